"""The stations' user and the sender's share one store through their group, as assets/deploy sets it up."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

STATION, SENDER, GROUP = 61201, 61202, 61200
TAKING_TURNS = """
import os, sys, traceback
from kiosk.store import participants
from kiosk.store.database import Store
from tests.people import invented, make_store

url, rehearsal, station, sender, group = *sys.argv[1:3], *map(int, sys.argv[3:])

def as_user(user, work):
    if not (child := os.fork()):
        code = 1
        try:
            os.umask(0o007)
            os.setgroups([])
            os.setgid(group)
            os.setuid(user)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child

def write(number, url=url):
    store = Store.open(url)
    for each in range(10):
        store.write_now(lambda tx: participants.save(tx, invented(number + each, "Orang Uji")))
    lock = store.sender_lock()
    assert number != 300 or lock.acquire(False)
    store.close()

def done(*children):
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)

# Once as root, elsewhere: the others may not be able to read the modules that are first needed on the way.
make_store(rehearsal).close()
write(300, rehearsal)
done(as_user(station, lambda: make_store(url).close()))
done(as_user(sender, lambda: write(100)))
done(as_user(station, lambda: write(200)))
done(as_user(sender, lambda: write(300)), as_user(station, lambda: write(400)))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """As loket.tmpfiles makes it, where other users can reach it."""
    made = Path(tempfile.mkdtemp(prefix="loket-dua-"))
    os.chown(made, STATION, GROUP)
    made.chmod(0o2770)
    yield made
    shutil.rmtree(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become others")
def test_two_users_of_one_group_write_one_store_in_turns_and_together(folder: Path, tmp_path: Path) -> None:
    stores = [f"sqlite:///{place / 'loket.sqlite3'}" for place in (folder, tmp_path)]
    words = [*stores, *map(str, (STATION, SENDER, GROUP))]
    done = subprocess.run(
        [sys.executable, "-c", TAKING_TURNS, *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert done.returncode == 0, done.stderr
    for path in (folder, *folder.rglob("*")):
        about = path.stat()
        assert (about.st_gid, about.st_mode & 0o007) == (GROUP, 0), path
