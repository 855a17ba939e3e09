"""A process ends when what it lives for is gone: the parent that started it, or the terminal that it draws on."""

import os
import select
import signal
import threading
import time

POLL_SECONDS = 0.5
GRACE = 2.0
"""Seconds for a tidy end after the terminal is gone."""
HUNG_UP = 128 + signal.SIGHUP
"""The exit code after that, as a shell counts it."""
RESIZED = b"W"
"""What the process that waits at the terminal says of a new size; when it falls silent for good, it is gone."""


async def parent_gone(parent: int) -> None:
    """Return once the process `parent` is no longer our parent.

    It is asked for, not waited for: the kernel's own signal (PR_SET_PDEATHSIG) also comes when only the thread that
    started us has ended.
    """
    import asyncio

    while os.getppid() == parent:  # noqa: ASYNC110  (nobody sets an event for us)
        await asyncio.sleep(POLL_SECONDS)


def watch_terminal(terminal: int = 0, control: int | None = None) -> None:
    """From now on the process ends when the descriptor `terminal` is hung up, or the other end of `control` closes.

    It gets a SIGHUP for a tidy end, and is ended after GRACE seconds however it is: an event loop that stands still
    because nobody reads its terminal hears no signal. A thread of its own waits for it and costs nothing meanwhile.
    What is no terminal is not watched.
    """
    if not os.isatty(terminal):
        return
    watch = threading.Thread(target=_watch, args=(terminal, control), name="lifeline", daemon=True)
    watch.start()


def _watch(terminal: int, control: int | None) -> None:
    poll = select.poll()
    poll.register(terminal, 0)
    if control is not None:
        poll.register(control, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor != control or not (said := os.read(descriptor, 64)):
                _end()
            elif RESIZED in said:
                os.kill(os.getpid(), signal.SIGWINCH)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGHUP)
    time.sleep(GRACE)
    os._exit(HUNG_UP)
