"""Who may do what: every function of the counter is called in every role, and what is refused changes nothing."""

import inspect
import pkgutil
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import kiosk.counter
from kiosk.counter import (
    ask,
    call,
    correct,
    days,
    diagnoses,
    find,
    kin,
    line_lists,
    lines,
    merge,
    month_end,
    outbox,
    patients,
    reference,
    referrals,
    register,
    serve,
    service_draft,
    shift,
    transfer,
    waiting,
)
from kiosk.counter.desk import Desk
from kiosk.counter.errors import NotPermitted
from kiosk.domain.audit import EVENT_TEXT, Event
from kiosk.domain.codes import Care, Priority, ReferenceList
from kiosk.domain.participant import Participant
from kiosk.domain.people import PERMITTED, ROLE_TEXT, Action, Operator, Role
from kiosk.store import audit, tables
from kiosk.store.actor import Seal
from kiosk.store.engine import sqlite_url
from tests.counter.scene import DRUG, FOREIGN, Scene, registration, service, set_the_scene
from tests.fortress import Count
from tests.people import make_store

Doing = Callable[[Desk, Scene], Awaitable[object]]


class Row(NamedTuple):
    """One function: what it needs, what it leaves in the audit log, and how it is called."""

    function: Callable[..., Any]
    action: Action
    event: Event | None
    doing: Doing


PERSON = patients.PatientForm(name="Pasien Baru Uji", phone="081399999999")
_L, _P, _R, _Q, _C = Action.LOOK_UP, Action.PATIENT_VIEW, Action.REGISTER, Action.QUEUE_VIEW, Action.CALL
_S, _O, _D = Action.SERVE, Action.OUTBOX_VIEW, Action.OUTBOX_DECIDE

FUNCTIONS: tuple[Row, ...] = (
    Row(find.search, _P, None, lambda d, s: find.search(d, "sutrisno")),
    Row(
        find.open_participant,
        _P,
        Event.PATIENT_VIEW,
        lambda d, s: find.open_participant(d, s.people["Sutrisno"]),
    ),
    Row(kin.family, _P, None, lambda d, s: kin.family(d, s.people["Siti"])),
    Row(kin.same_person, _P, None, lambda d, s: kin.same_person(d, s.people["Siti"])),
    Row(patients.alike, _P, None, lambda d, s: patients.alike(d, PERSON)),
    Row(patients.save_patient, _R, Event.PATIENT_ADD, lambda d, s: patients.save_patient(d, PERSON)),
    Row(
        patients.complete_patient,
        _R,
        Event.PATIENT_CHANGE,
        lambda d, s: patients.complete_patient(d, s.people["Siti"], PERSON),
    ),
    Row(
        patients.change_patient,
        _R,
        Event.PATIENT_CHANGE,
        lambda d, s: patients.change_patient(d, Participant(s.kept, "Bayi Kembar Uji"), PERSON),
    ),
    Row(
        patients.seen_corrections,
        _R,
        Event.PATIENT_NOTED,
        lambda d, s: patients.seen_corrections(d, s.people["Siti"]),
    ),
    Row(
        merge.preview_merge,
        _P,
        Event.PATIENT_VIEW,
        lambda d, s: merge.preview_merge(d, s.people["Siti"], s.kept),
    ),
    Row(merge.merge, _R, Event.PATIENT_MERGE, lambda d, s: merge.merge(d, s.people["Siti"], s.kept)),
    Row(merge.merged_into, _P, None, lambda d, s: merge.merged_into(d, s.kept)),
    Row(merge.undo_merge, _R, Event.PATIENT_PART, lambda d, s: merge.undo_merge(d, s.kept, s.merge)),
    Row(
        ask.ask_participant,
        _P,
        Event.INQUIRY_PATIENT,
        lambda d, s: ask.ask_participant(d, "0000000000098"),
    ),
    Row(ask.ask_history, _P, Event.PATIENT_HISTORY, lambda d, s: ask.ask_history(d, s.people["Siti"])),
    Row(ask.ask_subspecialties, _L, None, lambda d, s: ask.ask_subspecialties(d, "INT")),
    Row(ask.ask_diagnoses, _L, None, lambda d, s: ask.ask_diagnoses(d, "batuk")),
    Row(ask.ask_drugs, _L, None, lambda d, s: ask.ask_drugs(d, "para")),
    Row(ask.ask_procedures, _L, None, lambda d, s: ask.ask_procedures(d, Care.OUTPATIENT)),
    Row(
        ask.ask_hospitals,
        _S,
        None,
        lambda d, s: ask.ask_hospitals(d, day=d.today(), participant_id=s.people["Siti"], subspecialty_code="26"),
    ),
    Row(ask.answer, _P, None, lambda d, s: ask.answer(d, s.asked.id)),
    Row(ask.wait_for, _P, None, lambda d, s: ask.wait_for(d, s.asked, seconds=0)),
    Row(
        register.register,
        _R,
        Event.REGISTRATION_ADD,
        lambda d, s: register.register(d, registration(d, s.people["Siti"], "003")),
    ),
    Row(register.look_again, _Q, None, lambda d, s: register.look_again(d, s.waiting.registration.id)),
    Row(
        register.cancel_registration,
        _R,
        Event.REGISTRATION_CANCEL,
        lambda d, s: register.cancel_registration(d, s.waiting.registration.id),
    ),
    Row(
        correct.open_correction,
        _R,
        Event.REGISTRATION_VIEW,
        lambda d, s: correct.open_correction(d, s.waiting.registration.id),
    ),
    Row(
        correct.correct_registration,
        _R,
        Event.REGISTRATION_CHANGE,
        lambda d, s: correct.correct_registration(
            d, s.waiting.registration.id, registration(d, s.people["Sutrisno"]), based_on=1
        ),
    ),
    Row(call.queue, _Q, None, lambda d, s: call.queue(d)),
    Row(waiting.queue_now, _Q, None, lambda d, s: waiting.queue_now(d)),
    Row(days.missing_this_month, _O, None, lambda d, s: days.missing_this_month(d)),
    Row(days.past_days, _Q, None, lambda d, s: days.past_days(d)),
    Row(call.call_next, _C, Event.TICKET_MOVE, lambda d, s: call.call_next(d, "001")),
    Row(call.call, _C, Event.TICKET_MOVE, lambda d, s: call.call(d, s.waiting.ticket.id)),
    Row(call.recall, _C, Event.TICKET_MOVE, lambda d, s: call.recall(d, s.called.ticket.id)),
    Row(call.skip, _C, Event.TICKET_MOVE, lambda d, s: call.skip(d, s.called.ticket.id)),
    Row(call.hold, _C, Event.TICKET_MOVE, lambda d, s: call.hold(d, s.called.ticket.id)),
    Row(call.serve_now, _C, Event.TICKET_MOVE, lambda d, s: call.serve_now(d, s.called.ticket.id)),
    Row(call.finish, _C, Event.TICKET_MOVE, lambda d, s: call.finish(d, s.called.ticket.id)),
    Row(call.take_back, _C, Event.TICKET_BACK, lambda d, s: call.take_back(d, s.called.ticket.id)),
    Row(
        call.set_priority,
        _C,
        Event.TICKET_PRIORITY,
        lambda d, s: call.set_priority(d, s.waiting.ticket.id, Priority.ELDERLY),
    ),
    Row(transfer.places, _L, None, lambda d, s: transfer.places(d)),
    Row(
        transfer.send_on,
        _C,
        Event.TICKET_SEND,
        lambda d, s: transfer.send_on(d, s.waiting.ticket.id, "002", returns=False),
    ),
    Row(transfer.cancel_stop, _C, Event.TICKET_UNSEND, lambda d, s: transfer.cancel_stop(d, s.stopped)),
    Row(
        serve.open_service,
        _S,
        Event.VISIT_VIEW,
        lambda d, s: serve.open_service(d, ticket_id=s.served.ticket.id),
    ),
    Row(
        serve.save_visit,
        _S,
        Event.VISIT_CHANGE,
        lambda d, s: serve.save_visit(d, service(d, s.served.registration.id, "batuk seminggu")),
    ),
    Row(serve.delete_visit, _S, Event.VISIT_DELETE, lambda d, s: serve.delete_visit(d, s.visit.id)),
    Row(service_draft.unfinished, _S, None, lambda d, s: service_draft.unfinished(d)),
    Row(lines.lines_of, _S, None, lambda d, s: lines.lines_of(d, s.visit.id)),
    Row(lines.add_line, _S, Event.LINE_ADD, lambda d, s: lines.add_line(d, s.visit.id, DRUG)),
    Row(
        lines.edit_line,
        _S,
        Event.LINE_CHANGE,
        lambda d, s: lines.edit_line(d, s.line, type(DRUG)("Puyer batuk", 2, 1, 6, requested=6)),
    ),
    Row(lines.delete_line, _S, Event.LINE_DELETE, lambda d, s: lines.delete_line(d, s.line)),
    Row(lines.match_line, _D, Event.LINE_MATCH, lambda d, s: lines.match_line(d, s.line, FOREIGN)),
    Row(outbox.outbox, _O, None, lambda d, s: outbox.outbox(d)),
    Row(outbox.retry_now, _D, Event.OUTBOX_RETRY, lambda d, s: outbox.retry_now(d, s.unsent)),
    Row(outbox.give_up, _D, Event.OUTBOX_GIVE_UP, lambda d, s: outbox.give_up(d, s.unsent, "salah ketik")),
    Row(outbox.take_back, _D, Event.OUTBOX_TAKE_BACK, lambda d, s: outbox.take_back(d, s.given_up)),
    Row(month_end.month_end, _O, None, lambda d, s: month_end.month_end(d)),
    Row(shift.shift_report, Action.SHIFT_VIEW, None, lambda d, s: shift.shift_report(d)),
    Row(reference.references, _L, None, lambda d, s: reference.references(d, ReferenceList.POLI)),
    Row(referrals.referral_ratio, _L, None, lambda d, s: referrals.referral_ratio(d, d.today())),
    Row(diagnoses.favourites, _L, None, lambda d, s: diagnoses.favourites(d, "001")),
    Row(diagnoses.find_diagnoses, _L, None, lambda d, s: diagnoses.find_diagnoses(d, "batuk")),
    Row(line_lists.find_drugs, _L, None, lambda d, s: line_lists.find_drugs(d, "para")),
    Row(line_lists.procedures, _L, None, lambda d, s: line_lists.procedures(d, Care.OUTPATIENT)),
)

FOR_ANYBODY = {
    "kiosk.counter.access.log_in": "before there is an operator",
    "kiosk.counter.access.log_out": "whoever is there may go",
    "kiosk.counter.access.lock": "whoever is there may go",
    "kiosk.counter.board.board": "the waiting room: numbers without names",
    "kiosk.counter.status.status": "the top line: counts without people",
    "kiosk.counter.drafts.save_draft": "a person's own half-typed text, kept under that person",
    "kiosk.counter.drafts.load_draft": "a person's own half-typed text, kept under that person",
    "kiosk.counter.drafts.drop_draft": "a person's own half-typed text, kept under that person",
}
"""Functions of the counter that ask for no action, and why."""
ON_THE_HOST = {Action.AUDIT_VIEW, Action.MANAGE_USERS}
"""Actions of commands alone: no function of the counter does them."""


def someone(role: Role) -> Operator:
    return Operator(f"op-{role}", role.value, f"{role.value.title()} Uji", role)


def name_of(row: Row) -> str:
    return f"{row.function.__module__.rsplit('.', 1)[1]}.{row.function.__name__}"


def public_functions() -> set[str]:
    """Every public coroutine of the counter that is handed a desk."""
    found = set()
    for info in pkgutil.iter_modules(kiosk.counter.__path__, "kiosk.counter."):
        module = import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            own = function.__module__ == info.name and not name.startswith("_")
            if own and "desk" in inspect.signature(function).parameters:
                found.add(f"{info.name}.{name}")
    return found


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an invented clinic."""
    path = tmp_path_factory.mktemp("adegan") / "klinik.sqlite3"
    make_store(sqlite_url(path)).close()
    return path


_SCENES: dict[Path, Scene] = {}


@asynccontextmanager
async def at_the_desk(origin: Path, folder: Path, role: Role) -> AsyncIterator[tuple[Desk, Scene]]:
    """A desk on a copy of the file with the scene, somebody of `role` at it."""
    if origin not in _SCENES:
        first = await Desk.open(sqlite_url(origin), "Loket 1")
        _SCENES[origin] = await set_the_scene(first)
        await first.close()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "klinik.sqlite3"
    for beside in ("", "-wal"):
        if origin.with_name(origin.name + beside).exists():
            shutil.copy(origin.with_name(origin.name + beside), path.with_name(path.name + beside))
    desk = await Desk.open(sqlite_url(path), "Loket 9")
    desk.operator = someone(role)
    try:
        yield desk, _SCENES[origin]
    finally:
        await desk.close()


async def everything(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    names = [m._meta.table_name for m in vars(tables).values() if isinstance(m, type) and hasattr(m, "_meta")]
    return await desk.read(lambda tx: {name: tx.rows(f"SELECT * FROM {name}") for name in names if name != "row"})


async def events(desk: Desk) -> list[str]:
    await desk.flush()
    return [row.entry.event for row in await desk.read(lambda tx: audit.shown(tx, station="Loket 9"))]


def test_every_function_of_the_counter_names_its_action_or_why_it_needs_none() -> None:
    listed = {f"{row.function.__module__}.{row.function.__name__}" for row in FUNCTIONS}
    assert public_functions() == listed | set(FOR_ANYBODY)
    assert not listed & set(FOR_ANYBODY)


def test_every_action_has_a_function_every_role_a_word_and_every_event_a_text() -> None:
    assert {row.action for row in FUNCTIONS} | ON_THE_HOST == set(Action)
    assert set(PERMITTED) == set(ROLE_TEXT) == set(Role)
    assert set(EVENT_TEXT) == set(Event)


@pytest.mark.parametrize("role", Role)
async def test_what_a_role_may_not_do_is_refused_and_changes_nothing(
    origin: Path, tmp_path: Path, role: Role, counted: Count
) -> None:
    async with at_the_desk(origin, tmp_path, role) as (desk, scene):
        before = await everything(desk)
        denied = [row for row in FUNCTIONS if row.action not in PERMITTED[role]]
        for row in denied:
            with pytest.raises(NotPermitted):
                await row.doing(desk, scene)
        await desk.flush()
        assert await everything(desk) == before
    counted(roles={role.value}, calls_refused=len(denied))


@pytest.mark.parametrize("role", Role)
async def test_what_a_role_may_do_works_and_is_in_the_audit_log(origin: Path, tmp_path: Path, role: Role) -> None:
    quiet = [row for row in FUNCTIONS if row.event is None and row.action in PERMITTED[role]]
    async with at_the_desk(origin, tmp_path / "baca", role) as (desk, scene):
        for row in quiet:
            await row.doing(desk, scene)
        assert await events(desk) == []
    for number, row in enumerate(FUNCTIONS):
        if row.event is not None and row.action in PERMITTED[role]:
            async with at_the_desk(origin, tmp_path / str(number), role) as (desk, scene):
                await row.doing(desk, scene)
                assert row.event in await events(desk), name_of(row)


async def test_nobody_at_the_desk_may_nothing_and_a_disabled_operator_neither(origin: Path, tmp_path: Path) -> None:
    async with at_the_desk(origin, tmp_path, Role.ADMIN) as (desk, scene):
        before = await everything(desk)
        for operator in (None, Operator("op-x", "x", "X", Role.ADMIN, disabled=True)):
            desk.operator = operator
            for row in FUNCTIONS:
                with pytest.raises(NotPermitted):
                    await row.doing(desk, scene)
        assert await everything(desk) == before


async def test_the_log_of_a_day_holds_and_names_no_one(origin: Path, tmp_path: Path) -> None:
    async with at_the_desk(origin, tmp_path, Role.ADMIN) as (desk, scene):
        for row in (find.open_participant, merge.merge, serve.save_visit, outbox.give_up, patients.save_patient):
            await next(one.doing for one in FUNCTIONS if one.function is row)(desk, scene)
        await desk.flush()
        seal = Seal(tmp_path / "audit.segel")
        chains = await desk.read(lambda tx: audit.verify(tx, [seal]))
        assert {chain.station: chain.fault for chain in chains}["Loket 9"] is None
        rows = (await everything(desk))["audit"]
        text = " ".join(str(value) for row in rows for value in row.values()).lower()
        for secret in ("sutrisno", "siti", "aminah", "0000000000001", "3171011503870001", "pasien baru", "salah ketik"):
            assert secret not in text
