"""No room, a folder that cannot be written, a limit on files: it is said, reading works, and the work goes on after."""

import contextlib
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.counter.call import queue
from kiosk.counter.desk import Desk
from kiosk.counter.errors import StoreTrouble
from kiosk.counter.find import search
from kiosk.store.engine import sqlite_url
from tests.system.counter_day import Work, check_nothing_lost, desk_at, prepared_store

POINTS = (0, 1, 3)
"""How many rounds of work went before."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A prepared store to be copied."""
    path = tmp_path_factory.mktemp("templat") / "klinik.sqlite3"
    return path, prepared_store(path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], check=False)
    if done.returncode:
        pytest.skip("a disk can only be mounted by root; the limit on files stands for it")
    yield folder
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=False)
    subprocess.run(["umount", "-l", str(folder)], check=True)


def laid_out(template: tuple[Path, list[str]], folder: Path) -> tuple[str, Work]:
    shutil.copy(template[0], folder / "klinik.sqlite3")
    return sqlite_url(folder / "klinik.sqlite3"), Work(template[1])


async def through(
    desk: Desk, url: str, work: Work, rounds: int, begin: Callable[[], None], end: Callable[[], None]
) -> None:
    """Work, then trouble, then work again."""
    for _ in range(rounds):
        await work.round(desk)
    before = len(work.told)
    assert before == 2 * rounds
    begin()
    try:
        for _ in range(3):
            await work.round(desk)
        assert work.sentences, "it was said"
        assert all(said.startswith("Penyimpanan gagal") for said in work.sentences)
        assert (await search(desk, "Peserta Uji 7")).rows, "people are still found"
        assert len(await queue(desk)) >= rounds, "the queue is still shown"
    finally:
        end()
    held = len(work.told)
    await work.round(desk)
    assert len(work.told) == held + 2, "it goes on"
    await desk.close()
    await check_nothing_lost(url, work)


@pytest.mark.parametrize("rounds", POINTS)
async def test_a_full_disk(template: tuple[Path, list[str]], small_disk: Path, rounds: int) -> None:
    url, work = laid_out(template, small_disk)
    filler = small_disk / "lain-lain.bin"

    def fill() -> None:
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

    await through(await desk_at(url), url, work, rounds, fill, filler.unlink)


@pytest.mark.parametrize("rounds", POINTS)
async def test_a_limit_on_the_size_of_files(template: tuple[Path, list[str]], tmp_path: Path, rounds: int) -> None:
    url, work = laid_out(template, tmp_path)
    desk = await desk_at(url)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = tmp_path / "klinik.sqlite3-wal"

    def limit() -> None:
        size = log.stat().st_size if log.exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, hard))

    await through(desk, url, work, rounds, limit, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)))


@pytest.mark.parametrize("rounds", POINTS)
async def test_a_disk_that_turned_read_only_is_said_and_read(
    template: tuple[Path, list[str]], small_disk: Path, rounds: int
) -> None:
    """A file system with errors is turned read-only by the kernel; then nobody who has it open can write."""
    url, work = laid_out(template, small_disk)
    desk = await desk_at(url)
    for _ in range(rounds):
        await work.round(desk)
    await desk.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreTrouble, match="Penyimpanan tidak dapat dibuka"):
        await desk_at(url)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    desk = await desk_at(url)
    await work.round(desk)
    assert len(work.told) == 2 * rounds + 2
    await desk.close()
    await check_nothing_lost(url, work)


AS_NOBODY = """
import os, sys
import kiosk.store.checksums, kiosk.store.database, kiosk.store.sqlite, playhouse.migrations, concurrent.futures.thread
from kiosk.store.errors import StoreError
kiosk.store.checksums.vfs()
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    kiosk.store.database.Store.open(sys.argv[1])
except StoreError as error:
    print(error)
"""


def test_a_folder_without_rights_is_said(template: tuple[Path, list[str]]) -> None:
    """As another user: root may write everywhere. Everything is imported before the rights are given up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url, _ = laid_out(template, folder)
        (folder / "klinik.sqlite3").chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, url], capture_output=True, text=True, timeout=60, check=False
        )
        folder.chmod(0o755)
    assert done.stdout.startswith("Penyimpanan tidak dapat dibuka"), done.stderr[-600:]
    assert done.stdout.count("\n") == 1
