"""All open questions to P-Care, each asked by one process at a time, several side by side."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from kiosk.store import inquiries
from kiosk.sync.ask import answer_one
from kiosk.sync.courier import Courier

CLAIMED_DEADLINES = 2.5
"""For how many deadlines of a question nobody else asks it: the longest are asked in several pages."""


async def answer_questions(
    courier: Courier, stop: asyncio.Event, change: Callable[[], Awaitable[None]], wake: Callable[[], None]
) -> None:
    """Ask until `stop`; `change` waits for news in the store, and `wake` ends such a wait."""
    store, under_way = courier.store, set[asyncio.Task[None]]()
    span = timedelta(seconds=CLAIMED_DEADLINES * courier.client.settings.question_deadline)

    def over(task: "asyncio.Task[None]") -> None:
        under_way.discard(task)
        wake()

    while not stop.is_set():
        room = courier.policy.parallel - len(under_way)
        late, free = await store.read(lambda tx: (inquiries.some_late(tx), inquiries.some_free(tx)))
        if late:
            await store.write(lambda tx: inquiries.expire(tx, "deadline"))
        if room and free:
            for asked in await store.write(lambda tx, n=room: inquiries.claim(tx, n, span)):  # type: ignore[misc]
                task = asyncio.create_task(answer_one(courier, asked))
                under_way.add(task)
                task.add_done_callback(over)
        await change()
