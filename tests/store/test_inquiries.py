"""A question is with one asker at a time, and free again when that one is gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from kiosk.domain.codes import InquiryKind
from kiosk.domain.day import now
from kiosk.store import inquiries
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.engines import both_engines

PATIENCE, SPAN = timedelta(seconds=10), timedelta(seconds=4)
QUESTIONS = 24


def asked(store: Store, count: int) -> list[str]:
    def work(tx: Transaction) -> list[str]:
        numbers = [f"{n:013d}" for n in range(count)]
        return [inquiries.ask(tx, InquiryKind.PARTICIPANT, {"number": n}, PATIENCE).id for n in numbers]

    return store.write_now(work)


@both_engines
def test_askers_in_several_processes_share_the_questions_and_none_is_asked_twice(store: Store) -> None:
    wanted = asked(store, QUESTIONS)

    def asker(_: int) -> list[str]:
        mine, other = [], Store.open(store.url)
        try:
            while other.read_now(inquiries.some_free):
                mine += [each.id for each in other.write_now(lambda tx: inquiries.claim(tx, 3, SPAN))]
        finally:
            other.close()
        return mine

    with ThreadPoolExecutor(3) as pool:
        found = [identifier for mine in pool.map(asker, range(3)) for identifier in mine]
    assert sorted(found) == sorted(wanted)


@both_engines
def test_what_another_is_claiming_at_this_moment_is_passed_over_or_waited_for_but_never_shared(store: Store) -> None:
    asked(store, 2)
    other = Store.open(store.url)
    with ThreadPoolExecutor(1) as pool:

        def claim_while_another_does(tx: Transaction) -> tuple[list[str], object]:
            mine = [each.id for each in inquiries.claim(tx, 1, SPAN)]
            return mine, pool.submit(lambda: other.write_now(lambda their: inquiries.claim(their, 2, SPAN)))

        (mine,), theirs = store.write_now(claim_while_another_does)
        found = [each.id for each in theirs.result(30)]  # type: ignore[attr-defined]  # a future
    other.close()
    assert len(found) == 1 and found != [mine]


@both_engines
def test_a_claim_ends_with_its_asker(store: Store) -> None:
    (identifier,) = asked(store, 1)

    def at(moment: datetime) -> list[str]:
        later = Store.open(store.url, lambda: moment)
        try:
            return [each.id for each in later.write_now(lambda tx: inquiries.claim(tx, 5, SPAN))]
        finally:
            later.close()

    begun = now() + timedelta(seconds=1)
    assert at(begun) == [identifier]
    assert at(begun + SPAN / 2) == []
    assert at(begun + SPAN) == [identifier]
    store.write_now(lambda tx: inquiries.leave_unanswered(tx, identifier, "unreachable"))
    assert at(begun + SPAN * 3) == []
    assert not store.read_now(inquiries.some_free)
