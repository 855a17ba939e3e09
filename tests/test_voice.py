"""The voice of the board: one child after the other, which can neither block it nor pile up nor stay behind."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from kiosk.voice import FAILURES, MOST_WAITING, Voice, speaks_by_default

PATIENCE = 20.0


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


def speaker(path: Path, then: str = "true") -> tuple[str, ...]:
    """A program that writes down what it was to say, and its process, and goes on with `then`."""
    return ("/bin/sh", "-c", f'echo "$1" >> {path}; echo $$ >> {path}.pid; {then}', "suara")


def gone(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    return False


async def test_sentences_are_spoken_in_order_and_again_when_called_again(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    voice = Voice(speaker(heard))
    for sentence in ("satu", "dua"):
        voice.say(sentence)
    await until(lambda: len(lines(heard)) == 2)
    voice.say("satu")
    await until(lambda: len(lines(heard)) == 3)
    assert lines(heard) == ["satu", "dua", "satu"]
    await voice.close()


async def test_many_calls_at_once_do_not_pile_up(tmp_path: Path) -> None:
    heard, door = tmp_path / "heard", tmp_path / "door"
    os.mkfifo(door)
    voice = Voice(speaker(heard, f"read x < {door}"))
    voice.say("pertama")
    await until(lambda: lines(heard) == ["pertama"])
    for number in range(20):
        voice.say(f"nomor {number}")
        voice.say(f"nomor {number}")
    while len(lines(heard)) < 1 + MOST_WAITING:
        before = len(lines(heard))
        await asyncio.to_thread(door.write_text, "\n")
        await until(lambda before=before: len(lines(heard)) > before)  # type: ignore[misc]  # bound at once
    await asyncio.to_thread(door.write_text, "\n")
    assert lines(heard) == ["pertama", "nomor 17", "nomor 18", "nomor 19"], "the newest ones, each once"
    await voice.close()


async def test_a_child_that_hangs_is_ended_and_after_three_it_is_silent(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    voice = Voice(speaker(heard, "exec sleep 600"), longest=0.3)
    for number in range(FAILURES):
        voice.say(f"nomor {number}")
    await until(lambda: voice.gave_up)
    voice.say("lagi")
    await voice.close()
    pids = lines(tmp_path / "heard.pid")
    assert all(gone(pid) for pid in pids)
    assert "lagi" not in lines(heard)


async def test_closing_ends_the_child_that_speaks(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    voice = Voice(speaker(heard, "exec sleep 600"))
    voice.say("panjang")
    await until(lambda: bool(lines(tmp_path / "heard.pid")))
    await voice.close()
    assert all(gone(pid) for pid in lines(tmp_path / "heard.pid"))


async def test_a_host_without_the_program_is_only_silent() -> None:
    voice = Voice(("/nonexistent/espeak-ng",))
    for number in range(FAILURES):
        voice.say(f"nomor {number}")
    await until(lambda: voice.gave_up)
    await voice.close()


def test_over_ssh_nobody_would_hear_it() -> None:
    assert speaks_by_default({})
    assert not speaks_by_default({"SSH_CONNECTION": "10.0.0.2 1 10.0.0.1 22"})
