"""An offline voice: one child process after the other speaks, none can block the board or pile up."""

import asyncio
import contextlib
import os
import shutil
from collections import deque
from collections.abc import Mapping, Sequence

PROGRAMS = ("espeak-ng", "espeak")
_LANGUAGE = ("-v", "id", "-s", "135")
"""Indonesian, words a minute: slower than its usual 175, for a waiting room."""
MOST_WAITING = 3
"""Sentences that wait for their turn; older ones are dropped, for the board shows them anyway."""
LONGEST = 15.0
"""Seconds after which a child is ended: a sentence takes four."""
FAILURES = 3
"""In a row, after which it is no longer tried (no sound card, no Indonesian voice)."""


def voice_command() -> tuple[str, ...] | None:
    """The program that speaks and its options, without the sentence; None when there is none on this host."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    return (found, *_LANGUAGE) if found else None


def speaks_by_default(environment: Mapping[str, str] | None = None) -> bool:
    """Whether a board should speak when nobody said so: not over SSH, where the host's loudspeaker is elsewhere."""
    known = os.environ if environment is None else environment
    return not any(known.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


class Voice:
    """Speaks sentences in the order of `say`; everything happens in the running event loop, which never waits."""

    def __init__(self, command: Sequence[str], *, longest: float = LONGEST) -> None:
        """`command` gets the sentence as its last argument; `longest` is in seconds, see LONGEST."""
        self._command = tuple(command)
        self._longest = longest
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._task: asyncio.Task[None] | None = None
        self._failures = 0

    @property
    def gave_up(self) -> bool:
        """Whether it failed so often that it is silent from now on."""
        return self._failures >= FAILURES

    def say(self, sentence: str) -> None:
        """Speak `sentence` when those before it are spoken."""
        if self.gave_up or sentence in self._waiting:
            return
        self._waiting.append(sentence)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._speak())

    async def close(self) -> None:
        """Fall silent at once; no child is left behind."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _speak(self) -> None:
        while self._waiting and not self.gave_up:
            spoken = await self._one(self._waiting.popleft())
            self._failures = 0 if spoken else self._failures + 1

    async def _one(self, sentence: str) -> bool:
        """Whether the child ended well within its time."""
        nowhere = asyncio.subprocess.DEVNULL
        try:
            child = await asyncio.create_subprocess_exec(
                *self._command, sentence, stdin=nowhere, stdout=nowhere, stderr=nowhere
            )
        except OSError:
            return False
        try:
            async with asyncio.timeout(self._longest):
                return await child.wait() == 0
        except TimeoutError:
            return False
        finally:
            if child.returncode is None:
                child.kill()
                # Reaped even while we are being cancelled: a killed child is gone at once.
                await asyncio.shield(child.wait())
