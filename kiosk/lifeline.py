"""A child process that ends when its parent does, however the parent ended."""

import asyncio
import os

POLL_SECONDS = 0.5


async def parent_gone(parent: int) -> None:
    """Return once the process `parent` is no longer our parent.

    It is asked for, not waited for: the kernel's own signal (PR_SET_PDEATHSIG) also comes when only the thread that
    started us has ended.
    """
    while os.getppid() == parent:  # noqa: ASYNC110  (nobody sets an event for us)
        await asyncio.sleep(POLL_SECONDS)
