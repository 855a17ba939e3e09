"""A child process that ends when its parent does, however the parent ended."""

import asyncio
import ctypes
import os
import signal
import sys

POLL_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1  # prctl(2)


def ask_kernel() -> None:
    """Let the kernel send SIGTERM when the parent is gone (Linux); elsewhere `parent_gone` alone must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


async def parent_gone(parent: int) -> None:
    """Return once the process `parent` is no longer our parent."""
    while os.getppid() == parent:  # noqa: ASYNC110  (the kernel sets no event for us)
        await asyncio.sleep(POLL_SECONDS)
