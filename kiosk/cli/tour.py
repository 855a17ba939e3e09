"""`kiosk demo --tour`: one day of a clinic, played on the real screens by keys, and compared with P-Care's ledger."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.cli.children import SyncKeeper
from kiosk.cli.player import NeverSeen, Player, playing
from kiosk.cli.throwaway import KNOWN_MEMBERS, PASSWORD, Throwaway, throwaway_clinic
from kiosk.domain.codes import OutboxState
from kiosk.store import outbox
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction

DRAIN_PATIENCE = 25.0
OVER = {OutboxState.DONE, OutboxState.DROPPED}


@dataclass
class Tour:
    """What was done so far, and what it is checked against."""

    clinic: Throwaway
    store: Store
    player: Player
    say: Callable[[str], None]
    begun: float = field(default_factory=time.monotonic)
    steps: list[dict[str, object]] = field(default_factory=list)
    offline: int = 0
    drained_s: float | None = None

    def step(self, text: str) -> None:
        """Tell one step."""
        seconds = round(time.monotonic() - self.begun, 2)
        self.steps.append({"at_s": seconds, "step": text})
        self.say(f"{seconds:6.1f} s  {text}")

    async def log_in(self, login: str) -> None:
        """The login, as a person types it."""
        await self.player.until("Kata sandi")
        await self.player.type(login)
        await self.player.press("enter")
        await self.player.type(PASSWORD)
        await self.player.press("enter")
        await self.player.until("nomor kartu, NIK")
        self.step(f"Masuk sebagai {login}")

    async def register(self, typed: str, *, ask: bool = False) -> str:
        """Find a person by what is typed, register an ordinary sick visit; returns the number."""
        player = self.player
        await player.press("f3")
        await player.type(typed)
        if ask:
            await player.until("bertanya ke P-Care")
            await player.press("enter")
            await player.until("terdaftar di sini")
        else:
            await player.until("»")
        await player.press("enter")
        await player.until("Jenis kunjungan")
        await player.press("s", "j", "u")
        await player.type("batuk dan pilek")
        await player.press("ctrl+s")
        await player.until("A-")
        label = next(word for word in player.text.split() if word.startswith("A-"))
        await player.press("enter")
        await player.until("nomor kartu, NIK")
        return label
