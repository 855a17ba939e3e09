"""The order of calls: fair by the clinic's ratio, first come first served within a class, and nobody starves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.codes import Payer, Priority, TicketState
from kiosk.domain.queue import WAY_BACK, Ticket
from kiosk.domain.queue_order import (
    BEHIND,
    Why,
    call_order,
    next_call,
    next_of_all,
    place_after_skip,
    proposed_priority,
)
from kiosk.domain.queue_rules import QueueRules, Ratio, queue_rules
from kiosk.domain.queue_wait import FEWEST, usual_service, wait_text, waits

START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ORDINARY, ELDERLY, EMERGENCY = Priority.ORDINARY, Priority.ELDERLY, Priority.EMERGENCY


def ticket(number: int, priority: Priority = ORDINARY, **known: object) -> Ticket:
    """Number `number` of poli 001, that came so many minutes after the start."""
    made = Ticket(
        id=f"t{number:03d}",
        ticket_id=f"t{number:03d}",
        registration_id=f"r{number:03d}",
        participant_id=f"p{number:03d}",
        participant_name="Pasien Uji",
        day=START.date(),
        poli_code="001",
        poli_name="Umum",
        number=number,
        label=f"A-{number:03d}",
        state=TicketState.WAITING,
        priority=priority,
        payer=Payer.GENERAL,
        remote_number=None,
        has_visit=False,
        called_at=None,
        calls=0,
        room=None,
        turn=None,
        queued_at=START + timedelta(minutes=number),
        serving_at=None,
        done_at=None,
        returns_to=None,
        created_at=START + timedelta(minutes=number),
    )
    return replace(made, **known)  # type: ignore[arg-type]  # names of the ticket


def called(one: Ticket, turn: int, state: TicketState = TicketState.DONE) -> Ticket:
    return replace(one, state=state, turn=turn, calls=1)


def labels(tickets: tuple[Ticket, ...]) -> str:
    """The order as classes and numbers: "P2 O1"."""
    letters = {ORDINARY: "O", EMERGENCY: "!"}
    return " ".join(f"{letters.get(t.priority, 'P')}{t.number}" for t in tickets)


ratios = st.builds(Ratio, st.integers(1, 4), st.integers(1, 4))
classes = st.sampled_from([ORDINARY, ORDINARY, ORDINARY, ELDERLY, Priority.PREGNANT])


@st.composite
def mornings(draw: st.DrawFn, least: int = 0, among: st.SearchStrategy[Priority] = classes) -> list[Ticket]:
    """A queue of whom some were called already, in any order of classes."""
    kinds = draw(st.lists(among, min_size=least, max_size=25))
    gone = draw(st.integers(0, max(len(kinds) - least, 0)))
    queue = [ticket(number, kind) for number, kind in enumerate(kinds, 1)]
    turns = draw(st.permutations(range(gone)))
    return [called(one, turns[at] + 1) if at < gone else one for at, one in enumerate(queue)]


@pytest.mark.parametrize(
    ("ratio", "kinds", "order"),
    [
        (Ratio(1, 2), "OOOPP", "P4 O1 O2 P5 O3"),
        (Ratio(2, 1), "OOOPPP", "P4 P5 O1 P6 O2 O3"),
        (Ratio(1, 1), "PPOO", "P1 O3 P2 O4"),
        (Ratio(1, 2), "OO!P!", "!3 !5 P4 O1 O2"),
        (Ratio(1, 2), "OOO", "O1 O2 O3"),
        (Ratio(1, 2), "PP", "P1 P2"),
    ],
)
def test_classes_take_turns_by_the_ratio(ratio: Ratio, kinds: str, order: str) -> None:
    kind = {"O": ORDINARY, "P": ELDERLY, "!": EMERGENCY}
    queue = [ticket(number, kind[letter]) for number, letter in enumerate(kinds, 1)]
    assert labels(call_order(queue, ratio)) == order


def test_who_was_called_before_decides_whose_turn_it_is() -> None:
    done = [called(ticket(1, ELDERLY), 1), called(ticket(2), 2)]
    waiting = [ticket(3), ticket(4), ticket(5, ELDERLY)]
    assert labels(call_order([*done, *waiting], Ratio(1, 2))) == "O3 P5 O4"
    after_two = [*done, called(ticket(3), 3), ticket(4), ticket(5, ELDERLY)]
    first = next_call(after_two, Ratio(1, 2))
    assert first is not None and (first.ticket.label, first.why) == ("A-005", Why.PRIORITY_TURN)


def test_an_emergency_takes_nobodys_turn() -> None:
    done = [called(ticket(1, ELDERLY), 1), called(ticket(2), 2), called(ticket(3, EMERGENCY), 3)]
    assert labels(call_order([*done, ticket(4), ticket(5), ticket(6, ELDERLY)], Ratio(1, 2))) == "O4 P6 O5"


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ([ORDINARY, EMERGENCY], Why.EMERGENCY),
        ([ORDINARY, ELDERLY], Why.PRIORITY_TURN),
        ([ELDERLY], Why.ONLY_PRIORITY),
        ([ORDINARY], Why.ARRIVAL),
    ],
)
def test_the_reason_of_the_next_call_is_told(kinds: list[Priority], why: Why) -> None:
    found = next_call([ticket(number, kind) for number, kind in enumerate(kinds, 1)], Ratio())
    assert found is not None and found.why == why


def test_over_all_polis_an_emergency_goes_first_then_who_came_first() -> None:
    here = [ticket(1), ticket(2, ELDERLY)]
    there = [ticket(3, id="x3", poli_code="002")]
    first = next_of_all([*here, *there], Ratio())
    assert first is not None and first.ticket.number == 2, "each poli's own order, the earliest of the heads"
    there.append(ticket(4, EMERGENCY, id="x4", poli_code="002"))
    first = next_of_all([*here, *there], Ratio())
    assert first is not None and first.ticket.id == "x4"
    assert next_of_all([], Ratio()) is None


@settings(deadline=None, max_examples=80)
@given(mornings(least=1), ratios)
def test_nobody_starves(queue: list[Ticket], ratio: Ratio) -> None:
    """With `a` of the own class ahead, at most so many of the other class go before, whoever comes later."""
    waiting = [t for t in queue if t.state == TicketState.WAITING]
    crowd = [ticket(100 + n, kind) for n in range(40) for kind in (ORDINARY, ELDERLY)]
    order = call_order([*queue, *crowd], ratio)
    for one in waiting:
        ordinary = one.priority == ORDINARY
        before = order[: order.index(one)]
        own = [t for t in before if (t.priority == ORDINARY) == ordinary]
        each, per = (ratio.priority, ratio.ordinary) if ordinary else (ratio.ordinary, ratio.priority)
        assert len(before) - len(own) <= each * (len(own) // per + 1)


@settings(deadline=None, max_examples=80)
@given(mornings(), ratios)
def test_within_a_class_who_came_first_is_called_first(queue: list[Ticket], ratio: Ratio) -> None:
    order = call_order(queue, ratio)
    assert sorted(t.id for t in order) == sorted(t.id for t in queue if t.state == TicketState.WAITING)
    for ordinary in (True, False):
        numbers = [t.number for t in order if (t.priority == ORDINARY) == ordinary]
        assert numbers == sorted(numbers)


@settings(deadline=None, max_examples=80)
@given(mornings(least=1), ratios, classes)
def test_the_order_is_stable(queue: list[Ticket], ratio: Ratio, kind: Priority) -> None:
    """A call leaves the order of the others as it was told; a newcomer changes nothing between them."""
    order = call_order(queue, ratio)
    turn = max((t.turn or 0 for t in queue), default=0) + 1
    after = [called(t, turn, TicketState.CALLED) if t.id == order[0].id else t for t in queue]
    assert call_order(after, ratio) == order[1:]
    assert call_order(reversed(queue), ratio) == order
    with_newcomer = call_order([*queue, ticket(90, kind)], ratio)
    assert tuple(t for t in with_newcomer if t.number != 90) == order


@settings(deadline=None, max_examples=60)
@given(mornings(least=1), ratios, st.data())
def test_who_was_held_gets_the_old_place_and_who_was_skipped_stands_behind_three(
    queue: list[Ticket], ratio: Ratio, data: st.DataObject
) -> None:
    order = call_order(queue, ratio)
    one = data.draw(st.sampled_from(order))
    held = [replace(t, state=TicketState.HELD) if t.id == one.id else t for t in queue]
    back = [replace(t, state=WAY_BACK[t.state]) if t.state == TicketState.HELD else t for t in held]
    assert call_order(back, ratio) == order
    skipped = replace(one, state=TicketState.SKIPPED)
    others = [t for t in queue if t.id != one.id]
    place = place_after_skip([*others, skipped], skipped)
    again = call_order([*others, replace(skipped, state=TicketState.WAITING, queued_at=place)], ratio)
    own = [t.id for t in again if (t.priority == ORDINARY) == (one.priority == ORDINARY)]
    assert own.index(one.id) == min(BEHIND, len(own) - 1)


@pytest.mark.parametrize(
    ("birth", "proposed"),
    [
        (date(1966, 11, 23), ELDERLY),
        (date(1966, 11, 24), None),
        (date(2021, 11, 24), Priority.TODDLER),
        (date(2021, 11, 23), None),
        (date(2026, 11, 23), Priority.TODDLER),
        (date(2027, 1, 1), None),
        (None, None),
    ],
)
def test_the_age_proposes_a_class(birth: date | None, proposed: Priority | None) -> None:
    assert proposed_priority(birth, date(2026, 11, 23)) == proposed


# How long it takes


def finished(number: int, minutes: float, at: int, room: str = "Ruang 1") -> Ticket:
    """Done `at` minutes after the start, called so many minutes before."""
    end = START + timedelta(minutes=at)
    return ticket(
        number,
        state=TicketState.DONE,
        turn=number,
        calls=1,
        room=room,
        called_at=end - timedelta(minutes=minutes),
        done_at=end,
    )


def test_too_few_services_say_nothing() -> None:
    few = [finished(n, 6, n * 6) for n in range(1, FEWEST)]
    now = START + timedelta(minutes=40)
    assert usual_service(few) is None
    assert waits([*few, ticket(30)], Ratio(), now) == {}
    enough = [*few, finished(FEWEST, 6, FEWEST * 6)]
    assert usual_service(enough) == timedelta(minutes=6)
    assert waits([*enough, ticket(30)], Ratio(), now) == {"t030": 0}


def test_what_was_no_service_does_not_count() -> None:
    real = [finished(n, 8, n * 8) for n in range(1, FEWEST)]
    assert usual_service([*real, finished(20, 0.1, 60), finished(21, 200, 240), ticket(22, has_visit=True)]) is None


def test_the_wait_grows_with_who_is_ahead_and_shrinks_with_rooms() -> None:
    done = [finished(n, 10, n * 10) for n in range(1, 7)]
    now = START + timedelta(minutes=62)
    inside = [ticket(7, state=TicketState.CALLED, turn=7, called_at=now, room="Ruang 1")]
    line = [ticket(n) for n in range(10, 14)]
    assert list(waits([*done, *inside, *line], Ratio(), now).values()) == [10, 20, 30, 40]
    inside.append(ticket(8, state=TicketState.SERVING, turn=8, called_at=now, room="Ruang 2"))
    assert list(waits([*done, *inside, *line], Ratio(), now).values()) == [5, 10, 15, 20]
    first = {t.id: at for at, t in enumerate(call_order([*done, *inside, *line, ticket(14, EMERGENCY)], Ratio()))}
    assert first["t014"] == 0


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "segera"), (25, "kira-kira 25 menit"), (60, "kira-kira 1 jam"), (75, "kira-kira 1 jam 15 menit")],
)
def test_the_wait_in_words(minutes: int, text: str) -> None:
    assert wait_text(minutes) == text


# What the clinic decides


def test_rules_are_read_and_defaults_kept() -> None:
    assert queue_rules({}) == QueueRules()
    rules = queue_rules({"ratio": "2:3", "places": ["Farmasi", " Ruang  Tindakan ", "Farmasi"]})
    assert (str(rules.ratio), rules.places) == ("2:3", ("Farmasi", "Ruang Tindakan"))


@pytest.mark.parametrize(
    "table",
    [{"ratio": "1"}, {"ratio": 2}, {"ratio": "0:1"}, {"places": "Farmasi"}, {"places": ["001"]}, {"rasio": "1:2"}],
)
def test_wrong_rules_are_explained(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\[queue\]"):
        queue_rules(table)
