"""`kiosk sessions`: the warm parent of sessions, which has everything imported and forks once for each terminal."""

import argparse
import gc
import os
import resource
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kiosk import lifeline, lockdown
from kiosk.cli import counter, wrong_use
from kiosk.config import ConfigError
from kiosk.session_client import READY, SOCKET, SOCKET_VARIABLE, version

if TYPE_CHECKING:
    from kiosk.session_socket import Connection

MOST = 64
"""Sessions at once; who comes after them starts an ordinary one."""
_OUTDATED = 75
"""The exit code of a child that found this installation replaced."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--socket",
        type=Path,
        default=Path(os.environ.get(SOCKET_VARIABLE, SOCKET)),
        metavar="BERKAS",
        help="tempat sesi mendaftar (bawaan: %(default)s)",
    )
    parser.epilog = (
        f"{parser.epilog}\n\n"
        "Sesi SSH (loket-session) mulai tiga kali lebih cepat dan memakai lebih sedikit memori selama ini berjalan;\n"
        "tanpa ini sesi tetap jalan, hanya lebih lambat. Tiap sesi adalah proses sendiri dengan pengguna, koneksi,\n"
        "dan kuncinya sendiri. Berhenti sendiri setelah Loket diperbarui, supaya systemd memulai yang baru; sesi yang\n"
        "sedang dipakai tidak ikut berhenti."
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop, or until the installation is another one."""
    from kiosk.cli.warm import warm
    from kiosk.session_socket import listening

    before = version()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warm()
    if threading.active_count() != 1:
        return wrong_use("masih ada thread setelah pemanasan; sesi tidak dapat dibagi dengan aman")
    lockdown.engage()
    try:
        with listening(arguments.socket) as listener:
            print(f"induk sesi siap di {arguments.socket}", flush=True)
            return _Parent(listener, before).serve()
    except OSError as error:
        return wrong_use(f"tidak dapat mendengarkan di {arguments.socket}: {error.strerror or error.args[0]}")


class _Parent:
    """Accepts, forks, buries; it never opens a store and never listens to what a client says."""

    def __init__(self, listener: "Connection", version_here: str) -> None:
        self._listener = listener
        self._version = version_here
        self._children: set[int] = set()
        self._over = False

    def serve(self) -> int:
        """Until a signal or an outdated installation ends it; what runs goes on without it."""
        import select

        hearing, told = os.pipe()
        for end in (hearing, told):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: setattr(self, "_over", True))
        self._listener.setblocking(False)
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(hearing, select.POLLIN)
        gc.collect()
        gc.freeze()
        while not self._over:
            poll.poll()
            with suppress(BlockingIOError):
                os.read(hearing, 512)
            self._bury()
            self._accept((hearing, told))
        return 0

    def _bury(self) -> None:
        for child in tuple(self._children):
            gone, status = os.waitpid(child, os.WNOHANG)
            if gone:
                self._children.discard(child)
                self._over |= os.waitstatus_to_exitcode(status) == _OUTDATED

    def _accept(self, ours: tuple[int, int]) -> None:
        from kiosk.session_socket import same_user

        try:
            connection, _ = self._listener.accept()
        except OSError:
            # Nobody waits any more, or the system is short of descriptors: the next client asks again.
            return
        with connection:
            if self._over or len(self._children) >= MOST or not same_user(connection):
                return
            try:
                child = os.fork()
            except OSError:
                return
            if child:
                self._children.add(child)
                return
            self._listener.close()
            signal.set_wakeup_fd(-1)
            for end in ours:
                os.close(end)
            _become_session(connection, self._version)


def _become_session(connection: "Connection", version_here: str) -> NoReturn:
    """In the child: take the terminal, be the session, tell its exit code, end."""
    code = 1
    try:
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
            signal.signal(number, signal.SIG_IGN)
        os.setsid()
        os.umask(0o007)
        code = _session(connection, version_here)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException as error:
        # The hooks for what nobody caught are never reached here: a fork must not return to the parent's code.
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        with suppress(OSError):
            connection.send(f"{code}\n".encode())
        os._exit(code & 0xFF)


def _session(connection: "Connection", version_here: str) -> int:
    from kiosk.session_socket import BadRequest, receive

    try:
        request = receive(connection)
    except (BadRequest, OSError):
        return 1
    if request.version != version_here:
        return _OUTDATED if version() != version_here else 1
    for target, descriptor in enumerate(request.descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        stream = open(number, mode, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.environ.clear()
    os.environ.update(request.environment)
    connection.settimeout(None)
    connection.sendall(READY)
    lifeline.watch_terminal(control=connection.fileno())
    parser = argparse.ArgumentParser(prog="kiosk session")
    counter.add_arguments(parser)
    try:
        return counter.show(parser.parse_args(request.words), session=True)
    except ConfigError as error:
        return wrong_use(str(error))
