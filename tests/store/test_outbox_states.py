"""The outbox against a model of its states: only what may follow follows, and a wrong move keeps nothing."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.outbox import OPEN, TRANSITIONS
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.store import outbox, outbox_due, outbox_moves, participants, registrations
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from kiosk.store.outbox_moves import Outcome, WrongMove
from kiosk.store.transaction import Transaction
from tests.engines import both_engines
from tests.people import CLINIC, some_people

if TYPE_CHECKING:
    from tests.postgres import Server

S = OutboxState
DAY = date(2026, 11, 20)
IN_FLIGHT = (S.SENDING, S.UNKNOWN)


@dataclass
class Known:
    """What the model knows of an item."""

    chain: str
    place: int
    state: OutboxState = S.PENDING
    attempts: int = 0
    version: int = 1
    not_before: datetime | None = None
    settle_at: datetime | None = None


def registered(tx: Transaction, person: str, poli: str) -> Registration:
    form = RegistrationForm(person, DAY, poli, Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT)
    made = registrations.get(
        tx, registrations.add(tx, form, card_number="0" * 13, provider_code=CLINIC.code, operator=None)
    )
    assert made is not None
    return made


def moves(tx: Transaction, item: str, at: datetime) -> dict[OutboxState, Callable[[], None]]:
    """The function of the outbox that leads to each state."""
    return {
        S.DONE: lambda: outbox_moves.done(tx, item, "read_back"),
        S.PENDING: lambda: outbox_moves.back_to_pending(tx, item, "unreachable", at),
        S.UNKNOWN: lambda: outbox_moves.to_unknown(tx, item, "timeout", at),
        S.NEEDS_ACTION: lambda: outbox_moves.to_needs_action(tx, item, "validation", "kdDokter"),
        S.DROPPED: lambda: outbox_moves.drop(tx, item, "given_up", "siti"),
    }


class Outbox(RuleBasedStateMachine):
    """Any order of calls on items of three chains, at a clock that only goes forward."""

    items: Bundle[str] = Bundle("items")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 1, tzinfo=UTC)
        self.store = self.make_store()
        self.known: dict[str, Known] = {}
        person = some_people()[0]

        def work(tx: Transaction) -> list[Registration]:
            participants.save(tx, person)
            return [registered(tx, person.id, poli) for poli in ("001", "002", "003")]

        self.registrations = self.store.write_now(work)

    def make_store(self) -> Store:
        self.folder = Path(tempfile.mkdtemp())
        store = Store.open(sqlite_url(self.folder / "k.sqlite3"), lambda: self.now, create=True)
        store.set_up(CLINIC)
        return store

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(target=items, chain=st.integers(0, 2), kind=st.sampled_from(OutboxKind))
    def add(self, chain: int, kind: OutboxKind) -> str:
        of = self.registrations[chain]
        made = self.store.write_now(lambda tx: outbox.add(tx, kind, of, of.id, 1))
        self.known[made] = Known(of.id, len(self.known))
        return made

    @rule(target=items)
    def claim(self) -> object:
        """As the sync process does: the first that is due, its attempt kept."""

        def work(tx: Transaction) -> str | None:
            for item in outbox_due.due(tx):
                assert outbox_due.claim(tx, item.id) == item
                outbox_moves.begin(tx, item, item.version + 1, "{}")
                return item.id
            return None

        taken = self.store.write_now(work)
        expected = self._due()
        assert taken == (expected[0] if expected else None)
        if taken is not None:
            known = self.known[taken]
            known.state, known.attempts, known.version = S.SENDING, known.attempts + 1, known.version + 1
        return multiple()

    @rule(item=items, to=st.sampled_from([s for s in S if s != S.SENDING]), seconds=st.integers(0, 90))
    def move(self, item: str, to: OutboxState, seconds: int) -> None:
        known, at = self.known[item], self.now + timedelta(seconds=seconds)

        def work(tx: Transaction) -> None:
            tx.next_number("witness")
            moves(tx, item, at)[to]()

        before = self._row(item)
        if to in TRANSITIONS[known.state]:
            self.store.write_now(work)
            known.state = to
            if to in (S.PENDING, S.UNKNOWN):
                known.not_before = at if to == S.PENDING else None
            known.settle_at = at if to == S.UNKNOWN else None
        else:
            witness = self._witness()
            with pytest.raises(WrongMove):
                self.store.write_now(work)
            assert self._row(item) == before
            assert self._witness() == witness

    @rule(item=items)
    def begin_what_is_not_pending(self, item: str) -> None:
        if self.known[item].state == S.PENDING:
            return
        attempts = self._attempts(item)
        found = self.store.read_now(lambda tx: outbox.get(tx, item))
        assert found is not None
        with pytest.raises(WrongMove):
            self.store.write_now(lambda tx: outbox_moves.begin(tx, found, 9, "{}"))
        assert self._attempts(item) == attempts

    @rule()
    def a_sender_takes_over(self) -> None:
        at = self.now + timedelta(seconds=60)
        count = self.store.write_now(lambda tx: outbox_due.take_over(tx, at))
        killed = [k for k in self.known.values() if k.state == S.SENDING]
        assert count == len(killed)
        for known in self.known.values():
            if known.state in (S.SENDING, S.UNKNOWN):
                known.state, known.settle_at, known.not_before = S.UNKNOWN, at, None
            elif known.state == S.PENDING:
                known.not_before = None

    @rule(seconds=st.sampled_from([-86_400, -60, 30, 3 * 86_400, -50 * 365 * 86_400]))
    def the_clock_is_set(self, seconds: int) -> None:
        by = timedelta(seconds=seconds)
        if (self.now + by).year < 1970:
            return
        self.now += by
        self.store.write_now(lambda tx: outbox_due.move_appointments(tx, by))
        for known in self.known.values():
            if known.state in (S.PENDING, S.UNKNOWN):
                known.settle_at = known.settle_at + by if known.settle_at else None
                known.not_before = known.not_before + by if known.not_before else None

    @rule(item=items)
    def a_person_asks_for_it(self, item: str) -> None:
        self.store.write_now(lambda tx: outbox_due.look_at_once(tx, item))
        if self.known[item].state == S.PENDING:
            self.known[item].not_before = None

    @rule(item=items, seconds=st.integers(1, 90), reason=st.sampled_from([None, "timeout"]))
    def look_later(self, item: str, seconds: int, reason: str | None) -> None:
        known, at, before = self.known[item], self.now + timedelta(seconds=seconds), self._row(item)
        self.store.write_now(lambda tx: outbox_due.look_later(tx, item, at, reason))
        if known.state in (S.PENDING, S.UNKNOWN):
            known.not_before = at
        if known.state != S.PENDING:
            assert self._row(item)["reason"] == before["reason"]

    @rule(item=items)
    def correct(self, item: str) -> None:
        known = self.known[item]
        if known.state not in (S.PENDING, S.NEEDS_ACTION):
            return
        found = self.store.read_now(lambda tx: outbox.get(tx, item))
        assert found is not None
        self.store.write_now(lambda tx: outbox.refresh(tx, found, known.version + 1))
        known.version += 1
        if known.state == S.NEEDS_ACTION:
            known.state, known.not_before = S.PENDING, None

    @rule()
    def the_line_is_back(self) -> None:
        self.store.write_now(outbox_due.hurry)
        for known in self.known.values():
            if known.state in (S.PENDING, S.UNKNOWN):
                known.not_before = None

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        for identifier, known in self.known.items():
            row = self._row(identifier)
            assert (row["state"], row["attempts"], row["version"]) == (known.state, known.attempts, known.version)
            assert self._attempts(identifier) == list(range(1, known.attempts + 1))
            assert (row["settle_at"] is not None) == (known.state == S.UNKNOWN)

    @invariant()
    def only_the_first_open_one_of_a_chain_is_due(self) -> None:
        found = self.store.read_now(lambda tx: [item.id for item in outbox_due.due(tx, limit=100)])
        assert found == self._due()

    @invariant()
    def unknown_ones_are_read_back_only_after_their_settle_time(self) -> None:
        found = self.store.read_now(lambda tx: [item.id for item in outbox_due.settled(tx, tx.now)])
        expected = [
            identifier
            for identifier, k in self.known.items()
            if k.state == S.UNKNOWN
            and (k.settle_at is not None and k.settle_at <= self.now)
            and (k.not_before is None or k.not_before <= self.now)
        ]
        assert found == expected

    @invariant()
    def one_call_of_a_chain_is_on_its_way_at_most(self) -> None:
        on_the_way = [k.chain for k in self.known.values() if k.state in IN_FLIGHT]
        assert len(on_the_way) == len(set(on_the_way))

    def _due(self) -> list[str]:
        first: dict[str, str] = {}
        for identifier, known in self.known.items():
            if known.state in OPEN:
                first.setdefault(known.chain, identifier)
        return [
            i
            for i in sorted(first.values(), key=lambda i: self.known[i].place)
            if self.known[i].state == S.PENDING and (self.known[i].not_before or self.now) <= self.now
        ]

    def _row(self, item: str) -> dict[str, object]:
        row = self.store.read_now(lambda tx: tx.row("SELECT * FROM outbox WHERE id = ?", item))
        assert row is not None
        return row

    def _attempts(self, item: str) -> list[int]:
        rows = self.store.read_now(
            lambda tx: tx.rows("SELECT number FROM attempt WHERE outbox = ? ORDER BY number", item)
        )
        return [row["number"] for row in rows]

    def _witness(self) -> object:
        return self.store.read_now(
            lambda tx: tx.value("SELECT last FROM counter WHERE clinic = ? AND name = 'witness'", tx.clinic)
        )


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


class OutboxOnServer(Outbox):
    """The same on PostgreSQL: each run is one clinic more in one database."""

    url = ""
    clinics = 0

    def make_store(self) -> Store:
        type(self).clinics += 1
        clinic = replace(CLINIC, code=f"{self.clinics:08d}")
        store = Store.open(f"{self.url}&clinic={clinic.code}", lambda: self.now)
        store.set_up(clinic)
        return store

    def teardown(self) -> None:
        self.store.close()


@pytest.mark.usefixtures("clinics_on_a_server")
class TestOutboxOnServer(OutboxOnServer.TestCase):
    """The same on PostgreSQL."""

    settings = settings(max_examples=12, stateful_step_count=30, deadline=None)


@pytest.fixture
def clinics_on_a_server(postgres: "Server") -> Iterator[None]:
    OutboxOnServer.url = postgres.fresh()
    yield
    postgres.drop(OutboxOnServer.url)


@both_engines
def test_an_attempt_keeps_what_was_sent_and_what_came_back(store: Store) -> None:
    def work(tx: Transaction) -> str:
        person = participants.with_digits(tx, "0000000000001", 1)[0]
        of = registered(tx, person.id, "001")
        outbox.add(tx, OutboxKind.REGISTRATION_ADD, of, of.id, 1)
        (item,) = outbox_due.due(tx)
        attempt = outbox_moves.begin(tx, item, 1, '{"noKartu":"x"}')
        outbox_moves.end_attempt(tx, attempt, Outcome("timeout", 504, 504, "Gateway"))
        outbox_moves.to_unknown(tx, item.id, "timeout", tx.now)
        return item.id

    identifier = store.write_now(work)
    row = store.read_now(lambda tx: tx.row("SELECT * FROM attempt WHERE outbox = ?", identifier))
    assert row is not None
    assert (row["request"], row["outcome"], row["status"], row["code"]) == ('{"noKartu":"x"}', "timeout", 504, 504)
    assert row["ended_at"] >= row["started_at"]
    assert store.read_now(outbox.counts) == {S.UNKNOWN: 1}
