"""Who may send: one process of a clinic, on this host or on another, and another as soon as that one is gone."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.store import postgres_sender
from kiosk.store.database import Store
from kiosk.store.engine import engine_for
from kiosk.store.errors import LostSender
from tests.engines import both_engines
from tests.people import CLINIC, make_store

HOLDER = textwrap.dedent("""
    import sys, time
    from kiosk.store.database import Store
    store = Store.open(sys.argv[1])
    lock = store.sender_lock(10)
    print(lock.acquire(wait=False), flush=True)
    time.sleep(60)
""")


@pytest.fixture
def second(store: Store) -> Iterator[Store]:
    """The same clinic on another host."""
    other = Store.open(store.url)
    yield other
    other.close()


@pytest.fixture(params=["", "&sender=lease"], ids=["lock", "lease"])
def hosts(request: pytest.FixtureRequest, store: Store) -> Iterator[tuple[Store, Store]]:
    """Two hosts on one server, with advisory locks and as on an engine that has none."""
    pair = (Store.open(store.url + request.param), Store.open(store.url + request.param))
    yield pair
    for each in pair:
        each.close()


on_a_server = pytest.mark.parametrize("engine", ["postgresql"])


@both_engines
def test_one_process_sends_and_the_next_one_when_it_has_ended(store: Store, second: Store) -> None:
    mine, theirs = store.sender_lock(), second.sender_lock()
    assert not second.sync_alive()
    assert engine_for(store.url).sender_free()
    assert mine.acquire(wait=False)
    assert not theirs.acquire(wait=False)
    assert second.sync_alive()
    assert not engine_for(store.url).sender_free()
    assert mine.still_ours()
    mine.release()
    mine.release()
    assert not second.sync_alive()
    assert theirs.acquire(wait=True)
    assert store.sync_alive()
    theirs.release()


@both_engines
def test_a_sender_that_was_killed_is_followed_at_once(store: Store) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, store.url], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "True"
    assert store.sync_alive()
    holder.kill()
    holder.communicate()
    started = time.monotonic()
    lock = store.sender_lock()
    assert lock.acquire(wait=True)
    assert time.monotonic() - started < 3
    lock.release()


@on_a_server
def test_what_a_sender_claims_after_another_took_over_is_never_committed(
    hosts: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_sender, "LEASE_SECONDS", 1.5)
    first, second = hosts
    lock = first.sender_lock(10)
    assert lock.acquire(wait=False)
    assert first.write_now(lambda tx: tx.next_number("x")) == 1
    _freeze(lock)
    following = second.sender_lock(10)
    assert not following.acquire(wait=False), "the lease has not run out yet"
    assert following.acquire(wait=True)
    assert not lock.lost()
    with pytest.raises(LostSender, match="dihentikan"):
        first.write_now(lambda tx: tx.next_number("x"))
    assert not lock.still_ours()
    assert lock.lost()
    with pytest.raises(LostSender):
        first.check_sender()
    assert second.write_now(lambda tx: tx.next_number("x")) == 2
    lock.release()
    assert following.still_ours(), "letting go of what is lost takes nothing from the next one"
    following.release()
    assert first.write_now(lambda tx: tx.next_number("x")) == 3, "a counter's work is nobody's but its own"


@on_a_server
async def test_a_sender_whose_session_is_gone_knows_it_before_it_sends(hosts: tuple[Store, Store]) -> None:
    first, second = hosts
    lock = first.sender_lock()
    assert lock.acquire(wait=False)
    await first.confirm_sender()
    second.read_now(
        lambda tx: tx.rows(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = 'loket kirim'"
            " AND datname = current_database()"
        )
    )
    with pytest.raises(LostSender):
        await first.confirm_sender()
    with pytest.raises(LostSender):
        await first.write(lambda tx: tx.next_number("x"))
    lock.release()


@on_a_server
def test_a_heartbeat_holds_the_lease(hosts: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_sender, "LEASE_SECONDS", 1.5)
    first, second = hosts
    lock, other = first.sender_lock(10), second.sender_lock(10)
    assert lock.acquire(wait=False)
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        assert not other.acquire(wait=False)
        assert second.sync_alive()
        time.sleep(0.1)
    assert lock.still_ours()
    lock.release()
    assert other.acquire(wait=False)
    other.release()


@on_a_server
def test_without_advisory_locks_the_lease_is_shorter_than_the_settle_time(store: Store) -> None:
    """Who follows waits for the settle time before it reads back; what an earlier one had begun is over by then."""
    first, second = Store.open(f"{store.url}&sender=lease"), Store.open(f"{store.url}&sender=lease")
    settle = 3.0
    lock, following = first.sender_lock(settle), second.sender_lock(settle)
    assert lock.acquire(wait=False)
    _freeze(lock)
    started = time.monotonic()
    assert following.acquire(wait=True)
    assert time.monotonic() - started < settle
    following.release()
    lock.release()
    for each in (first, second):
        each.close()


@on_a_server
def test_each_clinic_of_a_database_has_its_own_sender(store: Store) -> None:
    other = make_store(f"{store.url}&clinic=0999X999", clinic=replace(CLINIC, code="0999X999"))
    named = Store.open(f"{store.url}&clinic={CLINIC.code}")
    mine, theirs = named.sender_lock(), other.sender_lock()
    assert mine.acquire(wait=False)
    assert not other.sync_alive()
    assert theirs.acquire(wait=False)
    assert other.sync_alive()
    assert not engine_for(f"{store.url}&clinic=0999X999").sender_free()
    for each in (mine, theirs):
        each.release()
    for one in (other, named):
        one.close()


def _freeze(lock: object) -> None:
    """The process stands still: nobody renews the lease."""
    assert isinstance(lock, postgres_sender.PostgresSender)
    lock._over.set()
    assert lock._heart is not None
    lock._heart.join()
