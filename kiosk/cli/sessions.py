"""`kiosk sessions`: the warm parent of sessions, which has a login ready and forks once for each terminal."""

import argparse
import contextvars
import gc
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kiosk import lean, lifeline, lockdown
from kiosk.cli import chosen_home, counter, wrong_use
from kiosk.config import ConfigError
from kiosk.session_client import READY, SOCKET, SOCKET_VARIABLE, version

if TYPE_CHECKING:
    import asyncio

    from kiosk.cli.warm import ReadyCounter
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
        "Sesi SSH (loket-session) mulai lebih cepat dan memakai lebih sedikit memori selama ini berjalan; tanpa ini\n"
        "sesi tetap jalan, hanya lebih lambat. Tiap sesi adalah proses sendiri dengan pengguna, koneksi, dan kuncinya\n"
        "sendiri. Berhenti sendiri setelah Loket diperbarui, supaya systemd memulai yang baru; sesi yang sedang\n"
        "dipakai tidak ikut berhenti."
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop, or until the installation is another one."""
    lean.leave_out()
    from kiosk.cli import warm
    from kiosk.session_socket import listening

    before = version()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in (*os.environ.keys() & {"COLORTERM", "NO_COLOR"},):
        del os.environ[name]
    os.environ["TERM"] = warm.TERM
    warm.import_everything()
    try:
        with listening(arguments.socket) as listener:
            parent = _Parent(listener, before, f"induk sesi siap di {arguments.socket}")
            app = warm.ReadyCounter(parent.next_session)
            app.run(loop=parent.loop)
            if parent.session is not None:
                _end(parent.session, app.return_code or 0)
            return 0 if app.came_so_far else 1
    except OSError as error:
        return wrong_use(f"tidak dapat mendengarkan di {arguments.socket}: {error.strerror or error.args[0]}")


class _Parent:
    """Accepts, forks, buries; it never opens a store and never listens to what a client says."""

    def __init__(self, listener: "Connection", version_here: str, greeting: str) -> None:
        from kiosk.cli.warm import new_loop

        self.loop = new_loop()
        """The application's, which stands still while the parent serves."""
        self.session: Connection | None = None
        """In a child: the line to its client."""
        self._listener = listener
        self._version = version_here
        self._greeting = greeting
        self._children: set[int] = set()
        self._over = False
        self._beginning: asyncio.Task[None] | None = None

    def next_session(self, app: "ReadyCounter") -> bool:
        """In the parent: serve, then False. In a child: True once `app` has its terminal, or it never returns."""
        if threading.active_count() != 1:
            raise RuntimeError("there are threads: a fork would not be safe")
        lockdown.engage()
        gc.collect()
        gc.freeze()
        print(self._greeting, file=sys.__stdout__, flush=True)
        connection = self._serve()
        if connection is None:
            return False
        _guarded(connection, lambda: self._begin(connection, app))
        self.session = connection
        return True

    def _serve(self) -> "Connection | None":
        """A line to a client, in a child; None when a signal or an outdated installation ended it.

        What runs goes on without the parent.
        """
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
        while not self._over:
            poll.poll()
            with suppress(BlockingIOError):
                os.read(hearing, 512)
            self._bury()
            connection = self._forked()
            if connection is not None:
                signal.set_wakeup_fd(-1)
                for end in (hearing, told):
                    os.close(end)
                return connection
        signal.set_wakeup_fd(-1)
        return None

    def _bury(self) -> None:
        for child in tuple(self._children):
            gone, status = os.waitpid(child, os.WNOHANG)
            if gone:
                self._children.discard(child)
                self._over |= os.waitstatus_to_exitcode(status) == _OUTDATED

    def _forked(self) -> "Connection | None":
        """Take who knocks, if somebody does; what is returned is only ever returned in a child."""
        from kiosk.session_socket import same_user

        try:
            connection, _ = self._listener.accept()
        except OSError:
            # Nobody waits any more, or the system is short of descriptors: the next client asks again.
            return None
        if not self._over and len(self._children) < MOST and same_user(connection):
            try:
                child = os.fork()
            except OSError:
                child = None
            if child == 0:
                self._listener.close()
                return connection
            if child is not None:
                self._children.add(child)
        connection.close()
        return None

    def _begin(self, connection: "Connection", app: "ReadyCounter") -> None:
        """In the child: take the terminal, and go on with the login that is ready, or with another application."""
        from kiosk.cli.station import is_known
        from kiosk.cli.warm import drawn_alike, leave_loop, own_loop
        from kiosk.crash import install_hooks

        arguments = _terminal_taken(connection, self._version)
        if not (drawn_alike() and (arguments.station or is_known(chosen_home(arguments)))):
            leave_loop()
            _end(connection, contextvars.Context().run(counter.show, arguments, session=True))
        post = counter.post_at(arguments)
        install_hooks(post.home.reports)
        own_loop(self.loop)
        app.take_post(**post.options)
        self._beginning = self.loop.create_task(app.begin())
        self._beginning.add_done_callback(lambda task: _guarded(connection, task.result))


def _terminal_taken(connection: "Connection", version_here: str) -> argparse.Namespace:
    """The session's options, once descriptors 0 to 2 are its terminal and the environment is its own."""
    from kiosk.session_socket import BadRequest, receive

    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    os.setsid()
    os.umask(0o007)
    try:
        request = receive(connection)
    except (BadRequest, OSError):
        _end(connection, 1)
    if request.version != version_here:
        _end(connection, _OUTDATED if version() != version_here else 1)
    try:
        connection.settimeout(None)
        connection.sendall(READY)
    except OSError:
        # The client has waited too long, and has begun a session of its own at this terminal.
        _end(connection, 1)
    for target, descriptor in enumerate(request.descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request.environment)
    lifeline.watch_terminal(control=connection.fileno())
    parser = argparse.ArgumentParser(prog="kiosk session")
    counter.add_arguments(parser)
    return parser.parse_args(request.words)


def _guarded(connection: "Connection", work: Callable[[], None]) -> None:
    """Whatever happens in a child, it never comes back to its parent's work."""
    try:
        work()
    except ConfigError as error:
        print(f"kiosk: {error}", file=sys.__stderr__)
        _end(connection, 2)
    except SystemExit as leaving:
        _end(connection, leaving.code if isinstance(leaving.code, int) else 1)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        _end(connection, 1)


def _end(connection: "Connection", code: int) -> NoReturn:
    """The end of a session's process: its exit code goes to who waits at the terminal."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]  # AttributeError is suppressed
    with suppress(OSError):
        connection.send(f"{code}\n".encode())
    os._exit(code & 0xFF)
