"""Being told by PostgreSQL that somebody wrote: LISTEN on a connection of its own, looked after and made anew."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import psycopg
from psycopg import sql

from kiosk.store.postgres_address import Address

LOOK_SECONDS = 2.0
"""How often the server is looked at all the same: a pooler may swallow notifications."""
POLL_SECONDS = 0.25
"""How often where the server knows no LISTEN."""
AGAIN_SECONDS = 1.0
"""How long after a connection was lost, or could not be made, the next one is tried."""

SNAPSHOT = "SELECT pg_current_snapshot()::text"
"""Says something else after every commit on the server."""


def channel(clinic: str) -> str:
    """The channel on which a clinic's changes are told."""
    return f"loket:{clinic}"


def telling(clinic: str, writer: str) -> sql.Composed:
    """The statement by which a transaction tells, when it is committed, that `writer` wrote."""
    return sql.SQL("SELECT pg_notify({}, {})").format(sql.Literal(channel(clinic)), sql.Literal(writer))


async def changes(address: Address, clinic: str, writer: str, seen: str | None) -> AsyncGenerator[None]:
    """Yields when somebody else than `writer` changed the clinic's rows; never ends and never fails by itself.

    `seen` is what `SNAPSHOT` said when the caller began to wait. After an interruption it yields once: something may
    have been written meanwhile.
    """
    while True:
        try:
            async with (
                await psycopg.AsyncConnection.connect(
                    address.conninfo, autocommit=True, **{**address.options, "application_name": "loket kabar"}
                ) as connection,
                aclosing(_told(connection, clinic, writer, seen)) as told,
            ):
                async for _ in told:
                    yield
        except (psycopg.Error, OSError):
            seen = None
        await asyncio.sleep(AGAIN_SECONDS)


async def _told(
    connection: "psycopg.AsyncConnection[Any]", clinic: str, writer: str, seen: str | None
) -> AsyncGenerator[None]:
    patience = LOOK_SECONDS
    try:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel(clinic))))
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.SyntaxError):
        patience = POLL_SECONDS
    now = await _look(connection)
    if now is None or now != seen:
        # Something was written before we listened; a look too many costs nothing.
        yield
    while True:
        notes = [note async for note in connection.notifies(timeout=patience, stop_after=1)]
        seen, now = now, await _look(connection)
        if any(note.payload != writer for note in notes) or (not notes and (now is None or now != seen)):
            yield


async def _look(connection: "psycopg.AsyncConnection[Any]") -> str | None:
    """What changes with every commit on the server; None where the engine does not tell."""
    try:
        row = await (await connection.execute(SNAPSHOT)).fetchone()
    except psycopg.errors.UndefinedFunction:
        return None
    return str(row[0]) if row else None
