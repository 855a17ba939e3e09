"""Processes that a command starts beside itself, and that end with it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from kiosk.config import Home
from kiosk.store.engine import engine_for
from kiosk.store.errors import StoreError

CHECK_SECONDS = 3.0
END_PATIENCE = 5.0


def start(*words: str, output: int | None = None, log: Path | None = None, store: str = "") -> "subprocess.Popen[str]":
    """Start `kiosk WORDS… --parent-pid OURS`; standard error goes to `log` (0600), else nowhere.

    `store` is an address that everybody on the host could read among the words: it goes by the environment.
    """
    errors: int = subprocess.DEVNULL
    if log is not None:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603  (our own interpreter, our own words)
            [sys.executable, "-m", "kiosk", *words, "--parent-pid", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if output is None else output,
            stderr=errors,
            text=True,
            start_new_session=True,
            env={**os.environ, "LOKET_STORE": store} if store else None,
        )
    finally:
        if log is not None:
            os.close(errors)


def end(child: "subprocess.Popen[str]") -> None:
    """End a child kindly, then firmly."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(END_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


class SyncKeeper:
    """Starts the sync process when none is alive, and again when it has died; ends ours at the end.

    Several counters may each have a keeper: the sender's lock lets only one process send.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._over = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._keep, name="sync-keeper", daemon=True)

    def start(self) -> None:
        """Begin to look after it."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, and end the child that we started."""
        self._over.set()
        self._thread.join(END_PATIENCE + 1)

    def _keep(self) -> None:
        while not self._over.is_set():
            if (self._child is None or self._child.poll() is not None) and self._nobody_sends():
                self._child = start(
                    *("sync", "--home", str(self._home.folder), "--quiet"),
                    log=self._home.reports / "sync.log",
                    store=self._home.url,
                )
            self._over.wait(CHECK_SECONDS)
        if self._child is not None:
            end(self._child)

    def _nobody_sends(self) -> bool:
        try:
            return engine_for(self._home.store_url).sender_free()
        except (StoreError, OSError):
            # Where nobody can be asked, nothing can be sent either.
            return False
