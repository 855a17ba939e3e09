"""The service (pelayanan): opened by queue number, entered by nurse and doctor, kept while it is typed, saved once."""

import asyncio
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.counter import icd10
from kiosk.counter.call import serve_now
from kiosk.counter.errors import Conflict, CounterError, InvalidField, InvalidForm
from kiosk.counter.referrals import referral_ratio
from kiosk.counter.serve import delete_visit, open_service, save_visit
from kiosk.counter.views import ServiceSheet
from kiosk.domain.allergies import names_in
from kiosk.domain.codes import Payer, TicketState
from kiosk.domain.field_problem import FieldProblem
from kiosk.domain.people import Role
from kiosk.screens import HOME
from kiosk.screens.base import DeskScreen
from kiosk.screens.service_done import ServiceDone, ask_deletion
from kiosk.screens.service_form import ServiceForm
from kiosk.screens.service_head import head_lines
from kiosk.screens.service_keeper import ServiceKeeper
from kiosk.screens.service_number import NumberQuestion
from kiosk.screens.service_sources import told_flag
from kiosk.screens.service_values import DIAGNOSES, YES, ServiceLists, known_of
from kiosk.screens.service_words import DELETE_KEY, DOUBTFUL, HELP_LINES, LEAVE, LEAVE_TEXT, NOT_YET, VIEW_KEYS
from kiosk.widgets.dialogs import ask
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Lines


class ServiceScreen(DeskScreen):
    """One patient's service; before it the question for the number, after it the word on its way to P-Care."""

    TITLE = "Pelayanan"
    KEYS = VIEW_KEYS["number"]
    HELP_LINES = HELP_LINES

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7", "delete", show=False),
    ]

    DEFAULT_CSS = """
    ServiceScreen .page { height: 1fr; padding: 0 1; }
    ServiceScreen .patient { height: 2; }
    ServiceScreen ServiceForm { height: 1fr; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._number = NumberQuestion()
        self._patient = Lines(classes="patient")
        self._form = ServiceForm()
        self._done_panel = ServiceDone()
        self._views: dict[str, Widget] = {}
        self._view = "number"
        self._sheet: ServiceSheet | None = None
        self._from_queue = False
        self._day: date | None = None
        """The day of the number that was opened from the queue."""
        self._keeper = ServiceKeeper(self, self._form)
        self._doubted: set[str] = set()
        """Doubts about this service that were asked about once."""

    def body(self) -> ComposeResult:
        """Three views of which one is shown."""
        yield self._number
        with Vertical(classes="page", id="service-form") as form:
            yield self._patient
            yield self._form.tabs
            yield self._form.allergy_line
            yield self._form
        with Vertical(classes="page", id="service-saved") as saved:
            yield self._done_panel
        self._views = {"number": self._number, "form": form, "saved": saved}

    def on_mount(self) -> None:
        """The question for the number is in front."""
        self._show_view("number")
        self.do(self._warm, group="warm")

    async def _warm(self) -> None:
        """The first look into ICD-10 takes a second; it is over before a diagnosis is typed."""
        await asyncio.to_thread(icd10.matching, "a00", 1)

    # Opening

    async def opened(self, **given: Any) -> None:
        """The service of `ticket_id`, else the question for a number; with `saved` as it was left after saving."""
        ticket_id = given.get("ticket_id")
        if given.get("saved") and await self._saved_again():
            return
        self._from_queue = ticket_id is not None
        self.say("")
        if ticket_id is None:
            await self._ask_number()
            return
        try:
            await self._open(await open_service(self.desk, ticket_id=str(ticket_id)))
        except CounterError as error:
            await self._ask_number()
            self.say(error.message, "error")

    async def _saved_again(self) -> bool:
        """Back from the drugs and results of the service that was just saved; whether it is still there."""
        if self._sheet is None:
            return False
        await self._reread(self._sheet)
        if self._sheet.visit is None:
            return False
        self._show_view("saved")
        self._done_panel.focus()
        return True

    async def _ask_number(self) -> None:
        self._sheet = None
        self._show_view("number")
        await self._number.ask(self.desk)

    @on(NumberQuestion.Typed)
    def _number_typed(self, event: NumberQuestion.Typed) -> None:
        event.stop()
        self.do(partial(self._open_label, event.label))

    async def _open_label(self, label: str) -> None:
        self._number.busy = True
        try:
            await self._open(await open_service(self.desk, label=label))
        except CounterError as error:
            self._number.problem(error.message)
        finally:
            self._number.busy = False

    async def _open(self, sheet: ServiceSheet) -> None:
        with self.station.keys_held():
            await self._fill(sheet)

    async def _fill(self, sheet: ServiceSheet) -> None:
        ticket = sheet.ticket
        if ticket is not None and ticket.state == TicketState.CALLED:
            await serve_now(self.desk, ticket.id)
        lists = await ServiceLists.read(self.desk)
        made, without = sheet.registration, sheet.visit.id if sheet.visit else None
        counts = made.payer == Payer.BPJS
        ratio = await referral_ratio(self.desk, made.day, without=without) if counts else None
        self._sheet = sheet
        self._doubted.clear()
        self._day = ticket.day if ticket is not None else None
        self._patient.show(*head_lines(sheet, self.desk.today()))
        self._show_view("form")
        self._form.use(self.desk, sheet, lists, ratio)
        self._form.fill(known_of(sheet, lists, self.desk.today()))
        await self._keeper.begin(self.desk, sheet)

    def _show_view(self, name: str) -> None:
        self._view = name
        for key, view in self._views.items():
            view.display = key == name
        keys = VIEW_KEYS["nurse" if name == "form" and self._hands_over else name]
        saved = name == "form" and self._sheet is not None and self._sheet.visit is not None
        self.show_keys((*keys[:3], DELETE_KEY, *keys[3:]) if saved else keys)

    @property
    def _hands_over(self) -> bool:
        """Whether somebody examines here for the doctor: a nurse, while the service is not saved yet."""
        operator, sheet = self.desk.operator, self._sheet
        return operator is not None and operator.role == Role.NURSE and sheet is not None and sheet.visit is None

    # What is typed

    @on(Form.Edited, "ServiceForm")
    def _edited(self, event: Form.Edited) -> None:
        event.stop()
        if self.notice.text.strip() in (NOT_YET, DOUBTFUL) and not any(
            field.has_problem for field in self._form.fields
        ):
            self.say("")
        self._keeper.touch()
        if event.field.key in DIAGNOSES:
            self.do(partial(self._ask_flag, event.field.key), group=event.field.key, exclusive=True)

    async def _ask_flag(self, key: str) -> None:
        """A diagnosis that was picked without P-Care's word on it: the word comes later, if it comes."""
        field = self._form.picker(key)
        picked = field.option
        if picked is None or picked.hint:
            return
        told = await told_flag(self.desk, picked)
        if told != picked and field.option == picked:
            self._form.take({key: f"{told.code}\t{told.name}\t{told.hint}"})

    async def before_lock(self) -> None:
        """The last letters go into the draft before the person at the desk is logged out."""
        if self._view == "form":
            await self._keeper.now()

    # Saving

    @on(Form.Save, "ServiceForm")
    def _save(self, event: Form.Save) -> None:
        event.stop()
        if self._hands_over and not self._keeper.changed(self._form.keys_of_others):
            if self._form.check_examination():
                self.do(self._hand_over, group="way")
            else:
                self.say(NOT_YET, "error")
            return
        values = self._form.values()
        if values is None:
            self.say(NOT_YET, "error")
            return
        doubtful = [field for field in self._form.fields if field.note and field.note not in self._doubted]
        if doubtful:
            # It may stand on a page that nobody looked at: an allergy, a height of 17 cm.
            self._doubted.update(field.note for field in doubtful)
            self._form.go_to(doubtful[0].key)
            self.say(DOUBTFUL, "warn")
            return
        self.do(self._save_form)

    async def _hand_over(self) -> None:
        """A nurse is done: what was examined waits in the draft for the doctor."""
        sheet = self._sheet
        if sheet is None:
            return
        with self.station.keys_held():
            await self._keeper.now()
            await self._keeper.finish(drop=False)
            label = sheet.ticket.label if sheet.ticket else ""
            await self._leave_view(f"{label}: pemeriksaan tersimpan; dokter melanjutkan dengan nomor yang sama")

    async def _save_form(self) -> None:
        sheet = self._sheet
        if sheet is None or self._form.busy or not await self._keeper.decided():
            return
        with self.station.keys_held():
            await self._save_decided(sheet)

    async def _save_decided(self, sheet: ServiceSheet) -> None:
        self._form.busy = True
        try:
            if (values := self._form.values()) is None:
                return
            based_on = sheet.visit.version if sheet.visit else 0
            number = values.get("internal_number") == YES
            told = (sheet.allergies.names, names_in(str(values.get("allergy_names") or "")))
            await save_visit(
                self.desk, self._form.made(values), based_on=based_on, number_at_internal=number, allergies=told
            )
        except InvalidForm as error:
            self._form.problems([FieldProblem(_FIELD.get(p.field, p.field), p.message) for p in error.problems])
            return
        except InvalidField as error:
            self._form.problem(_FIELD.get(error.field, error.field), error.message)
            return
        except Conflict:
            self._form.busy = False
            await self._open_anew(sheet)
            return
        finally:
            self._form.busy = False
        self.say("")
        await self._keeper.saved()
        await self._reread(sheet)
        self._show_view("saved")
        self._done_panel.focus()
        self.station.refresh_status()

    async def _open_anew(self, sheet: ServiceSheet) -> None:
        """Somebody saved this service meanwhile: both are merged in the form, and nothing is written over."""
        await self._keeper.now()
        if sheet.ticket is not None:
            await self._open(await open_service(self.desk, ticket_id=sheet.ticket.id))

    async def _reread(self, sheet: ServiceSheet) -> None:
        """The service as the store has it now."""
        if sheet.ticket is not None:
            self._sheet = await open_service(self.desk, ticket_id=sheet.ticket.id)
            self._done_panel.show(self._sheet)

    def store_changed(self) -> None:
        """P-Care may have answered about the one that was just saved, or somebody types in the same service."""
        if self._view == "saved" and self._sheet is not None:
            self.do(partial(self._reread, self._sheet), group="reread", exclusive=True)
        elif self._view == "form":
            self.do(self._keeper.look, group="look")

    # After saving

    @on(ServiceDone.Chosen)
    def _chosen(self, event: ServiceDone.Chosen) -> None:
        event.stop()
        if event.what == "correct" and self._sheet is not None:
            self.do(partial(self._correct, self._sheet))
        elif event.what == "delete":
            self.action_delete()
        elif event.what == "lines":
            self.do(self._open_lines, group="way")
        elif event.what == "next":
            self.do(self._leave_view, group="way")

    async def _correct(self, sheet: ServiceSheet) -> None:
        """The form again, with what the store has now."""
        await self._reread(sheet)
        await self._open(self._sheet or sheet)

    async def _open_lines(self) -> None:
        sheet = self._sheet
        if sheet is not None and sheet.ticket is not None:
            with self.station.keys_held():
                await self.station.go("visit_lines", ticket_id=sheet.ticket.id)

    def action_delete(self) -> None:
        """F7: take a saved service back, after a question."""
        if self._sheet is not None and self._sheet.visit is not None:
            self.do(partial(self._delete, self._sheet))

    async def _delete(self, sheet: ServiceSheet) -> None:
        if sheet.visit is None or not await ask_deletion(self.app, sheet):
            return
        await delete_visit(self.desk, sheet.visit.id)
        await self._keeper.saved()
        self._sheet = None
        self.station.refresh_status()
        label = sheet.ticket.label if sheet.ticket else ""
        await self._leave_view(f"Pelayanan {label} dihapus; nomornya bisa dilayani lagi")

    # Leaving

    def action_back(self) -> None:
        """Esc, F10: to where this service was opened from; from the question for a number, home."""
        self.do(self._back, group="way")

    async def _back(self) -> None:
        if await self.may_leave():
            if self._view == "number":
                await self.station.go(HOME)
            else:
                await self._leave_view()

    async def _leave_view(self, said: str = "") -> None:
        if self._from_queue:
            await self.station.go("queue", said=said, day=self._day)
        else:
            await self._ask_number()
            self.say(said, "ok")

    async def may_leave(self) -> bool:
        """Asks when something is typed and not saved."""
        sheet = self._sheet
        if self._form.busy:
            return False
        if self._view != "form" or sheet is None:
            return True
        if not self._keeper.is_dirty:
            await self._keeper.finish(drop=False)
            return True
        label = sheet.ticket.label if sheet.ticket else ""
        answer = await ask(self.app, f"Tinggalkan pelayanan {label}?", LEAVE_TEXT, answers=LEAVE, enter="keep")
        if answer is None:
            return False
        if answer == "keep":
            await self._keeper.now()
        await self._keeper.finish(drop=answer == "drop")
        self._sheet = None
        return True


_FIELD = {"referral": "hospital"}
"""Where the form shows what the counter says of a part of the visit."""
