"""A power cut at any moment: every write and sync of the real store is recorded, and what a disk may hold is rebuilt.

Run as a process of its own, so that the recorder lies beneath SQLite's checksums, where the disk is:

    python -m tests.system.power_cut SEED STATES [full|normal|off|early] FOLDER

It prints one line of JSON: how many states were rebuilt, how many lost an acknowledged row, how many were damaged.
"""

import json
import random
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
WRITES = 60
CHECKPOINT_PAGES = 64
"""A few saves: the log is folded back and begun anew many times, and many commits stand in it alone."""


@dataclass
class Tape:
    """What reached the disk's door, in order: (what, file, offset, bytes)."""

    events: list[tuple[str, str, int, bytes]] = field(default_factory=list)
    on: bool = False

    def note(self, what: str, file: str, offset: int = 0, data: bytes = b"") -> None:
        if self.on:
            self.events.append((what, file, offset, data))


TAPE = Tape()


class RecordedFile(apsw.VFSFile):
    """A file whose writes, truncations and syncs are kept."""

    def __init__(self, base: str, name: Any, flags: list[int]) -> None:
        super().__init__(base, name, flags)
        self.name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "").name

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  (SQLite's name)
        TAPE.note("write", self.name, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802  (SQLite's name)
        TAPE.note("truncate", self.name, size)
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802  (SQLite's name)
        super().xSync(flags)
        TAPE.note("sync", self.name)


class Recorder(apsw.VFS):
    """The file system, with a tape."""

    def __init__(self, base: str) -> None:
        self.beneath = base
        super().__init__("recorder", base, makedefault=True, maxpathname=1024)

    def xOpen(self, name: Any, flags: list[int]) -> RecordedFile:  # noqa: N802  (SQLite's name)
        return RecordedFile(self.beneath, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  (SQLite's name)
        super().xDelete(filename, syncdir)
        TAPE.note("delete", Path(filename).name)


def main(seed: int, states: int, how: str, folder: Path) -> dict[str, int]:
    recorder = Recorder(apsw.vfs_names()[0])
    from kiosk.store import checksums, participants, sqlite
    from kiosk.store.database import Store
    from kiosk.store.engine import sqlite_url
    from tests.people import invented, make_store

    assert checksums.vfs() is not None
    _alone(sqlite, "full" if how == "early" else how)
    path = folder / "klinik.sqlite3"
    make_store(sqlite_url(path)).close()
    before = path.read_bytes()
    store = Store.open(sqlite_url(path))
    store._call(lambda: store._engine.database.execute_sql(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}"))
    TAPE.on = True
    # A log of an earlier life may be there; what it holds counts from its beginning.
    people = [invented(1000 + n, f"Peserta Uji {n} " + "x" * (n * 7 % 90)) for n in range(WRITES)]
    for person in people:
        early = how == "early"

        def work(tx: Any, person: Any = person, early: bool = early) -> None:
            participants.save(tx, person)
            if early:
                TAPE.note("ack", person.id)

        store.write_now(work)
        if not early:
            TAPE.note("ack", person.id)
    TAPE.on = False
    store.close()
    names = {person.id: person.name for person in people}
    found = Counter(states=0, lost=0, damaged=0, acknowledged=0, syncs=sum(e[0] == "sync" for e in TAPE.events))
    chance = random.Random(seed)
    for _ in range(states):
        moment = chance.randrange(len(TAPE.events) + 1)
        told = {file for what, file, *_ in TAPE.events[:moment] if what == "ack"}
        scene = folder / "adegan"
        shutil.rmtree(scene, ignore_errors=True)
        scene.mkdir()
        for name, content in rebuilt({path.name: before}, TAPE.events[:moment], chance).items():
            (scene / name).write_bytes(content)
        found["states"] += 1
        found["acknowledged"] += len(told)
        verdict = judged(scene / path.name, told, names)
        if verdict:
            found[verdict] += 1
    del recorder
    return dict(found)


def _alone(sqlite: Any, synchronous: str) -> None:
    """Python's file systems share no memory: one connection, which keeps the log's index to itself."""
    hooks = sqlite.StoreFile._add_conn_hooks

    def patched(self: Any, connection: Any) -> None:
        connection.execute("PRAGMA locking_mode=exclusive")
        hooks(self, connection)
        connection.execute(f"PRAGMA synchronous={synchronous}")

    sqlite.StoreFile._add_conn_hooks = patched


def rebuilt(
    before: dict[str, bytes], events: list[tuple[str, str, int, bytes]], chance: random.Random
) -> dict[str, bytes]:
    """What the disk may hold: all that was synced, and of the rest nothing, a beginning, or sectors in any order."""
    files = {name: bytearray(content) for name, content in before.items()}
    mode = chance.choice(("nothing", "prefix", "sectors"))
    for name in {file for what, file, *_ in events if what != "ack"} | set(files):
        own = [(what, offset, data) for what, file, offset, data in events if file == name and what != "ack"]
        last = max((n for n, (what, *_) in enumerate(own) if what in ("sync", "delete")), default=-1)
        content: bytearray | None = files.get(name)
        for what, offset, data in own[: last + 1]:
            content = applied(content, what, offset, data)
        loose = own[last + 1 :]
        if mode == "prefix":
            loose = loose[: chance.randrange(len(loose) + 1)]
        elif mode == "sectors":
            pieces = [
                ("write", offset + at, data[at : at + SECTOR])
                for what, offset, data in loose
                for at in range(0, len(data), SECTOR)
                if what == "write"
            ]
            loose = chance.sample(pieces, chance.randrange(len(pieces) + 1)) if pieces else []
        else:
            loose = []
        for what, offset, data in loose:
            content = applied(content, what, offset, data)
        if content is None:
            files.pop(name, None)
        else:
            files[name] = content
    return {name: bytes(content) for name, content in files.items()}


def applied(content: bytearray | None, what: str, offset: int, data: bytes) -> bytearray | None:
    """A file after one event."""
    if what == "delete":
        return None
    content = bytearray() if content is None else content
    if what == "truncate":
        del content[offset:]
    elif what == "write":
        if len(content) < offset:
            content.extend(bytes(offset - len(content)))
        content[offset : offset + len(data)] = data
    return content


def judged(path: Path, told: set[str], names: dict[str, str]) -> str | None:
    """lost, damaged, or None when every acknowledged row is there as it was."""
    from kiosk.store import checksums

    try:
        connection = apsw.Connection(str(path), vfs=checksums.vfs())
        connection.execute("PRAGMA locking_mode=exclusive")
        rows = dict(connection.execute("SELECT id, name FROM participant").fetchall())
        whole = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    except apsw.Error:
        return "damaged"
    if not whole:
        return "damaged"
    if any(rows.get(each) != names[each] for each in told):
        return "lost"
    return None


if __name__ == "__main__":
    _, seed, states, how, folder = sys.argv
    print(json.dumps(main(int(seed), int(states), how, Path(folder))))
