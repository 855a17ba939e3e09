"""The service (pelayanan): opened by queue number, entered by nurse and doctor, kept while it is typed, saved once."""

import asyncio
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter import icd10
from kiosk.counter.call import queue, serve_now
from kiosk.counter.drafts import drop_draft, load_draft, save_draft
from kiosk.counter.errors import CounterError, InvalidField, InvalidForm
from kiosk.counter.serve import delete_visit, open_service, save_visit
from kiosk.counter.views import ServiceSheet
from kiosk.domain.codes import TicketState
from kiosk.domain.visit import FieldProblem
from kiosk.screens import HOME
from kiosk.screens.base import DeskScreen
from kiosk.screens.service_done import ServiceDone
from kiosk.screens.service_form import ServiceForm
from kiosk.screens.service_head import head_lines
from kiosk.screens.service_values import ServiceLists, known_of
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.draft import DraftTimer
from kiosk.widgets.field import TextField
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Line, Lines, Span, line
from kiosk.widgets.words import poli_words

DRAFT = "service"
"""The kind under which drafts of this form are kept."""
_VERSION = "_version"
"""In a draft: the version of the saved service that it was typed over."""

_NOT_YET = "Belum bisa disimpan: perbaiki isian bertanda ×"
LEAVE = (Choice("keep", "Simpan sebagai draf", "d"), Choice("drop", "Buang isian", "b"))
_KEYS = {
    "number": (("Enter", "Buka"), ("F3", "Cari"), ("F4", "Antrean"), ("F6", "Kiriman"), ("F1", "Bantuan")),
    "form": (("Enter", "Lanjut"), ("PgDn", "Halaman"), ("F2/Ctrl+S", "Simpan"), ("Esc", "Kembali"), ("F1", "Bantuan")),
    "saved": (
        ("Enter", "Lanjut"),
        ("O", "Obat, tindakan, lab"),
        ("K", "Koreksi"),
        ("H", "Hapus"),
        ("F4", "Antrean"),
        ("F1", "Bantuan"),
    ),
}
_DELETE_KEY = ("F7", "Hapus")


class ServiceScreen(DeskScreen):
    """One patient's service; before it the question for the number, after it the word on its way to P-Care."""

    TITLE = "Pelayanan"
    KEYS = _KEYS["number"]
    HELP_LINES = (
        "Enter  isian berikut, juga ke halaman berikut",
        "PgDn, PgUp  halaman berikut dan sebelumnya",
        "F2, Ctrl+S  menyimpan dari isian mana pun",
        "F7  menghapus pelayanan yang tersimpan; bertanya dulu",
        "O, K, H  setelah tersimpan: obat, tindakan, lab; koreksi; hapus",
        "Esc, F10  kembali; isian bisa disimpan sebagai draf",
        "",
        "Diagnosis: ketik kode (I10) atau kata; Backspace mengosongkan.",
        "Yang tidak diukur tetap kosong. Isian disimpan sambil diketik.",
        "Rumah sakit rujukan dipilih dari daftar P-Care: butuh sambungan.",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7", "delete", show=False),
        Binding("f8", "lock", show=False),
    ]

    DEFAULT_CSS = """
    ServiceScreen .page { height: 1fr; padding: 0 1; }
    ServiceScreen #service-number { height: 1fr; align: center middle; }
    ServiceScreen #service-number Form { width: 60; }
    ServiceScreen #service-number Lines { width: 60; }
    ServiceScreen .patient { height: 2; }
    ServiceScreen ServiceForm { height: 1fr; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._asking = Form()
        self._called = Lines()
        self._patient = Lines(classes="patient")
        self._form = ServiceForm()
        self._done_panel = ServiceDone()
        self._views: dict[str, Vertical] = {}
        self._view = "number"
        self._sheet: ServiceSheet | None = None
        self._from_queue = False
        self._draft = DraftTimer(self, self._keep_draft, self.do)

    def body(self) -> ComposeResult:
        """Three views of which one is shown."""
        with Vertical(classes="page", id="service-number") as number:
            yield Lines((line(Span("Buka pelayanan", "title")), ()))
            with self._asking:
                yield TextField("label", "Nomor antrean", width=12, max_length=12, required=True, select_on_focus=True)
            yield self._called
        with Vertical(classes="page", id="service-form") as form:
            yield self._patient
            yield self._form.tabs
            yield Lines(((),))
            yield self._form
        with Vertical(classes="page", id="service-saved") as saved:
            yield self._done_panel
        self._views = {"number": number, "form": form, "saved": saved}

    def on_mount(self) -> None:
        """The question for the number is in front."""
        self._show_view("number")
        self.do(self._warm(), group="warm")

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
        self._asking.start()
        here = [t for t in await queue(self.desk) if t.state in (TicketState.CALLED, TicketState.SERVING)]
        rows: list[Line] = [
            line(Span(f"{t.label}  ", "strong"), f"{t.participant_name} · {poli_words(t.poli_name)}") for t in here[:8]
        ]
        self._called.show((), line(Span("Sedang di ruang pelayanan", "muted")), *rows) if rows else self._called.show()

    @on(Form.Save, "#service-number Form")
    def _number_typed(self, event: Form.Save) -> None:
        event.stop()
        if (found := self._asking.values()) is not None:
            self.do(self._open_label(str(found["label"])))

    async def _open_label(self, label: str) -> None:
        self._asking.busy = True
        try:
            await self._open(await open_service(self.desk, label=label))
        except CounterError as error:
            self._asking.problem("label", error.message)
        finally:
            self._asking.busy = False

    async def _open(self, sheet: ServiceSheet) -> None:
        ticket = sheet.ticket
        if ticket is not None and ticket.state == TicketState.CALLED:
            await serve_now(self.desk, ticket.id)
        lists = await ServiceLists.read(self.desk)
        draft = await load_draft(self.desk, DRAFT, sheet.registration.id)
        self._sheet = sheet
        self._patient.show(*head_lines(sheet, self.desk.today()))
        self._show_view("form")
        self._form.use(self.desk, sheet, lists)
        self._form.fill(known_of(sheet, lists, self.desk.today()))
        if draft is not None:
            self._restore(sheet, draft)

    def _restore(self, sheet: ServiceSheet, draft: dict[str, str]) -> None:
        version = draft.pop(_VERSION, "0")
        self._form.lay_over(draft)
        if version == _version(sheet):
            self.say("Draf yang belum disimpan dipulihkan", "ok")
        else:
            self.say("Draf dipulihkan, tetapi pelayanan ini sudah diubah sejak itu: periksa lagi", "warn")

    def _show_view(self, name: str) -> None:
        self._view = name
        for key, view in self._views.items():
            view.display = key == name
        saved = name == "form" and self._sheet is not None and self._sheet.visit is not None
        self.key_line.keys((*_KEYS[name][:3], _DELETE_KEY, *_KEYS[name][3:]) if saved else _KEYS[name])

    # Drafts

    @on(Form.Edited, "ServiceForm")
    def _edited(self, event: Form.Edited) -> None:
        event.stop()
        if self.notice.text.strip() == _NOT_YET and not any(field.has_problem for field in self._form.fields):
            self.say("")
        self._draft.touch()

    async def _keep_draft(self) -> None:
        """Write what is typed, unless nothing is or it was saved meanwhile."""
        sheet = self._sheet
        if sheet is not None and self._view == "form" and self._form.is_dirty and not self._form.busy:
            content = {**self._form.typed, _VERSION: _version(sheet)}
            await save_draft(self.desk, DRAFT, sheet.registration.id, content)

    def action_lock(self) -> None:
        """F8: the last letters go into the draft before the person at the desk is logged out."""
        self.do(self._lock(), group="way")

    async def _lock(self) -> None:
        await self._draft.now()
        await self.app.run_action("lock")

    # Saving

    @on(Form.Save, "ServiceForm")
    def _save(self, event: Form.Save) -> None:
        event.stop()
        values = self._form.values()
        if values is None:
            self.say(_NOT_YET, "error")
            return
        self._form.busy = True
        self.do(self._save_form(values))

    async def _save_form(self, values: dict[str, object]) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        try:
            based_on = sheet.visit.version if sheet.visit else 0
            await save_visit(self.desk, self._form.made(values), based_on=based_on)
        except InvalidForm as error:
            self._form.problems([FieldProblem(_FIELD.get(p.field, p.field), p.message) for p in error.problems])
            return
        except InvalidField as error:
            self._form.problem(_FIELD.get(error.field, error.field), error.message)
            return
        finally:
            self._form.busy = False
        self.say("")
        await self._forget_draft(sheet)
        await self._reread(sheet)
        self._show_view("saved")
        self._done_panel.focus()
        self.station.refresh_status()

    async def _forget_draft(self, sheet: ServiceSheet) -> None:
        self._draft.stop()
        await drop_draft(self.desk, DRAFT, sheet.registration.id)

    async def _reread(self, sheet: ServiceSheet) -> None:
        """The service as the store has it now."""
        if sheet.ticket is not None:
            self._sheet = await open_service(self.desk, ticket_id=sheet.ticket.id)
            self._done_panel.show(self._sheet)

    def store_changed(self) -> None:
        """P-Care may have answered about the one that was just saved, or somebody was called."""
        if self._view == "saved" and self._sheet is not None:
            self.do(self._reread(self._sheet), group="reread", exclusive=True)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """A box was closed."""
        self.store_changed()

    # After saving

    @on(ServiceDone.Chosen)
    def _chosen(self, event: ServiceDone.Chosen) -> None:
        event.stop()
        if event.what == "correct" and self._sheet is not None:
            self.do(self._open(self._sheet))
        elif event.what == "delete":
            self.action_delete()
        elif event.what == "lines":
            self.do(self._open_lines(), group="way")
        elif event.what == "next":
            self.do(self._leave_view(), group="way")

    async def _open_lines(self) -> None:
        sheet = self._sheet
        if sheet is not None and sheet.ticket is not None:
            with self.station.keys_held():
                await self.station.go("visit_lines", ticket_id=sheet.ticket.id)

    def action_delete(self) -> None:
        """F7: take a saved service back, after a question."""
        if self._sheet is not None and self._sheet.visit is not None:
            self.do(self._delete(self._sheet))

    async def _delete(self, sheet: ServiceSheet) -> None:
        label = sheet.ticket.label if sheet.ticket else ""
        answer = await ask(
            self.app,
            f"Hapus pelayanan {label}?",
            f"{sheet.participant.name}: diagnosis, terapi, dan rujukannya dihapus, juga di P-Care.",
            "Nomor antreannya bisa dilayani lagi.",
            answers=(Choice("yes", "Ya, hapus", "y"), Choice("no", "Tidak", "t")),
        )
        if answer != "yes" or sheet.visit is None:
            return
        await delete_visit(self.desk, sheet.visit.id)
        await self._forget_draft(sheet)
        self._sheet = None
        self.station.refresh_status()
        await self._leave_view(f"Pelayanan {label} dihapus; nomornya bisa dilayani lagi")

    # Leaving

    def action_back(self) -> None:
        """Esc, F10: to where this service was opened from; from the question for a number, home."""
        self.do(self._back(), group="way")

    async def _back(self) -> None:
        if await self.may_leave():
            if self._view == "number":
                await self.station.go(HOME)
            else:
                await self._leave_view()

    async def _leave_view(self, said: str = "") -> None:
        if self._from_queue:
            await self.station.go("queue", said=said)
        else:
            await self._ask_number()
            self.say(said, "ok")

    async def may_leave(self) -> bool:
        """Asks when something is typed and not saved."""
        sheet = self._sheet
        if self._form.busy:
            return False
        if self._view != "form" or sheet is None or not self._form.is_dirty:
            return True
        label = sheet.ticket.label if sheet.ticket else ""
        answer = await ask(
            self.app,
            f"Tinggalkan pelayanan {label}?",
            "Isian belum disimpan. Sebagai draf, isian tampil lagi saat nomor ini dibuka.",
            answers=LEAVE,
            enter="keep",
        )
        if answer == "keep":
            await self._draft.now()
        elif answer == "drop":
            await self._forget_draft(sheet)
        else:
            return False
        self._sheet = None
        return True


_FIELD = {"referral": "hospital"}
"""Where the form shows what the counter says of a part of the visit."""


def _version(sheet: ServiceSheet) -> str:
    return str(sheet.visit.version) if sheet.visit else "0"
