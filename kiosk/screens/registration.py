"""The registration (pendaftaran): what is known is filled in, what must be decided is asked, in P-Care's order."""

from datetime import date
from functools import partial
from typing import Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter.ask import ask_participant, wait_for
from kiosk.counter.correct import correct_registration
from kiosk.counter.errors import CounterError, InvalidField
from kiosk.counter.find import open_participant
from kiosk.counter.reasons import words
from kiosk.counter.reference import references
from kiosk.counter.register import register
from kiosk.counter.views import Correction
from kiosk.counter.views import ParticipantCard as Card
from kiosk.domain.codes import Payer, Priority, ReferenceList
from kiosk.domain.day import day_text, local_day
from kiosk.domain.ids import new_id
from kiosk.domain.queue import Ticket
from kiosk.domain.registration import RegistrationForm
from kiosk.screens import HOME
from kiosk.screens.base import DeskScreen
from kiosk.screens.form_draft import RESTORED, FormDraft
from kiosk.screens.history import show_history
from kiosk.screens.person import PersonPanel
from kiosk.screens.registration_fields import RegistrationFields
from kiosk.screens.registration_values import typed_of
from kiosk.screens.search import card_content
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Lines
from kiosk.widgets.participant_card import ParticipantCard

_LABEL = 18

DROP = (Choice("drop", "Ya, buang isian", "y"), Choice("stay", "Tidak, lanjut mengisi", "t"))


class RegistrationScreen(DeskScreen):
    """One visit of one person."""

    TITLE = "Pendaftaran"
    KEYS = (
        ("Enter", "Lanjut"),
        ("F2/Ctrl+S", "Simpan"),
        ("Ctrl+D", "Data"),
        ("Esc", "Batal"),
        ("F8", "Kunci"),
        ("F1", "Bantuan"),
    )
    HELP_LINES = (
        "Huruf terang di depan pilihan memilihnya dan pindah ke isian berikut.",
        "Keluhan dan pemeriksaan fisik boleh dikosongkan; yang tidak diukur tetap kosong.",
        "Antrean: lansia dan balita diusulkan dari usia; Enter menyetujui, huruf lain menggantinya.",
        "Angka boleh memakai koma atau titik: 62,5 atau 62.5",
        "",
        "Enter  isian berikut; ↑ ↓ dan Tab, Shift+Tab juga",
        "← →  memilih tanpa pindah isian",
        "F2, Ctrl+S  menyimpan dari isian mana pun; nomor antrean langsung keluar",
        "Ctrl+T  riwayat: kunjungan di sini, lalu yang diketahui P-Care",
        "Ctrl+D  data pasien: mengubahnya, keluarga, bayinya, orang yang sama",
        "Esc, F10  kembali; bertanya dulu kalau ada isian",
        "F8  mengunci loket; isian tetap ada",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "history", show=False),
        Binding("ctrl+d", "person", show=False),
    ]

    DEFAULT_CSS = """
    RegistrationScreen .page { height: 1fr; padding: 1 1 0 1; }
    RegistrationScreen .gap { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._card_view = ParticipantCard(wide=True)
        self._form = RegistrationFields()
        self._card: Card | None = None
        self._correction: Correction | None = None
        self._way_back = HOME
        self._request = ""
        self._filled: date | None = None
        """The date that was filled in, of today when the form was opened."""
        self._draft = FormDraft(self, "registration", without=("day",))

    def body(self) -> ComposeResult:
        """The card above, the form below it."""
        with Vertical(classes="page"):
            yield self._card_view
            yield Lines(classes="gap")
            yield self._form

    # Opening

    async def opened(self, **given: Any) -> None:
        """A new registration of the person whose card is given, or the `correction` of one that P-Care does not have.

        `way_back` is the room from which it was opened, `said` what was done before this.
        """
        card = cast(Card, given["card"])
        self._draft.pause()
        self._card, self._correction = card, cast(Correction | None, given.get("correction"))
        self._way_back = str(given.get("way_back", HOME if self._correction is None else "outbox"))
        self._request = new_id()
        polis = (await references(self.desk, ReferenceList.POLI)).rows
        person = card.participant
        proposed = self._form.use(person, polis, self.desk.today())
        self._filled = None if self._correction is not None else self.desk.today()
        if self._correction is not None:
            self._start_correction(self._correction)
            return
        bpjs = person.is_member and person.active is not False
        self._form.start(
            {
                "payer": Payer.BPJS if bpjs else ("" if person.is_member else Payer.GENERAL),
                "day": day_text(self.desk.today()),
                "priority": "" if proposed else Priority.ORDINARY,
            }
        )
        self._show_card()
        self.say("")
        if await self._draft.begin(self._form, person.id):
            self.say(RESTORED, "warn")
        elif card.registrations:
            names = ", ".join(one.poli_name for one in card.registrations)
            self.say(f"Hari ini sudah terdaftar: {names}", "warn")
        if given.get("said"):
            self.say(str(given["said"]), "ok")
        self.do(self._verify, group="verify", exclusive=True)

    def _start_correction(self, correction: Correction) -> None:
        """As it was typed; the cursor is on the first field, what P-Care said stands below."""
        typed = typed_of(correction.registration) | {"priority": correction.priority}
        self._form.start(typed, focus="payer")
        self._show_card()
        item = correction.item
        said = "Ubah, lalu simpan"
        if item is not None:
            why = f"P-Care: {item.detail}" if item.detail else words(item.reason).why
            said = why or "Perbaiki, lalu simpan: dikirim lagi"
        self.say(said, "warn")

    def _show_card(self) -> None:
        if self._card is not None:
            self._form.person = self._card.participant
            self._card_view.show_card(card_content(self._card, self.desk.today(), self.desk.zone))

    async def _verify(self) -> None:
        """Ask P-Care in the background when it was not asked today; the clerk never waits for it."""
        card = self._card
        if card is None or card.participant.card_number is None:
            return
        asked_at = card.participant.confirmed_at
        if asked_at is not None and local_day(asked_at, self.desk.zone) == self.desk.today():
            return
        answer = await wait_for(self.desk, await ask_participant(self.desk, card.participant.card_number))
        if answer.participant is not None and self._card is card:
            self._card = await open_participant(self.desk, card.participant.id)
            self._show_card()

    def action_history(self) -> None:
        """Ctrl+T: the person's visits; what is typed stays."""
        if self._card is not None:
            show_history(self.app, self._card, self.desk.today())

    def action_person(self) -> None:
        """Ctrl+D: family, newborns and doubles of the person; what is typed stays."""
        if self._card is not None:
            self.do(partial(self._person, self._card), group="person", exclusive=True)

    async def _person(self, card: Card) -> None:
        await PersonPanel(self).open(card)
        now = await open_participant(self.desk, card.participant.id)
        if self._card is card:
            self._card = now
            self._show_card()

    # Looking at what is typed

    @on(Form.Edited)
    def _edited(self, event: Form.Edited) -> None:
        if event.field.key in ("payer", "poli_code", "visit_kind"):
            self.say(self._form.doubt(), "warn")
        self._draft.touch()

    async def before_lock(self) -> None:
        """The last letters go into the draft."""
        await self._draft.now()

    def way_again(self) -> tuple[str, dict[str, Any]]:
        """This registration, or this correction."""
        again: dict[str, Any] = {"card": self._card, "way_back": self._way_back}
        if self._correction is not None:
            again["correction"] = self._correction
        return "registration", again

    async def step_out(self) -> bool:
        """A draft keeps a new registration; a correction has none and is asked about."""
        if self._correction is not None:
            return await self.may_leave()
        await self._draft.now()
        return True

    # Saving and leaving

    @on(Form.Save)
    def _save(self, event: Form.Save) -> None:
        found = self._form.values()
        if found is not None and self._card is not None and not self._day_went_by(found["day"]):
            self._form.busy = True
            self.do(partial(self._register, self._form.made(found, self._request)))

    def _day_went_by(self, typed: object) -> bool:
        """Whether midnight passed while the form was open and its date is still the one that was filled in."""
        today, before = self.desk.today(), self._filled
        if before is None or typed != before or before == today:
            return False
        self._filled = today
        self._form.field("day").put(day_text(today))
        self._form.go_to("day")
        self.say(f"Hari sudah berganti: tanggalnya menjadi {day_text(today)}; periksa, lalu simpan lagi", "warn")
        return True

    async def _register(self, form: RegistrationForm) -> None:
        with self.station.keys_held():
            correction = self._correction
            try:
                if correction is None:
                    done = await register(self.desk, form)
                else:
                    known = correction.registration
                    done = await correct_registration(self.desk, known.id, form, based_on=known.version)
            finally:
                self._form.busy = False
            await self._draft.forget()
            self._form.start({})
            self.station.refresh_status()
            if correction is not None and done.registration.id == correction.registration.id:
                sent = "dikirim lagi" if correction.item else "dikirim ke P-Care"
                if done.registration.payer != Payer.BPJS:
                    sent = "umum, tidak dikirim ke P-Care"
                await self._go_back(f"Pendaftaran {done.ticket.label} diperbaiki; {sent}", done.ticket)
            else:
                await self.station.go("saved", done=done)

    def refused(self, error: CounterError) -> None:
        """At the field it concerns; everything typed stays."""
        if isinstance(error, InvalidField):
            self.say("")
            self._form.problem(error.field, error.message)
        else:
            self._form.say(error.message)

    def action_back(self) -> None:
        """Esc, F10: to where it was opened."""
        self.do(self._back, group="way")

    async def _back(self) -> None:
        if self._correction is None:
            await self._leave_for(self._way_back)
        elif await self.may_leave():
            with self.station.keys_held():
                await self._go_back("", None)

    async def _go_back(self, said: str, ticket: Ticket | None) -> None:
        """To the room in which the correction was opened; the queue shows the day of the registration again."""
        known = self._correction
        if self._way_back == "queue" and known is not None:
            at = {} if ticket is None else {"ticket_id": ticket.id}
            await self.station.go("queue", said=said, day=known.registration.day, **at)
        else:
            await self.station.go(self._way_back, said=said)

    async def may_leave(self) -> bool:
        """Asks before typed things are dropped."""
        if not self._form.is_dirty:
            return True
        name = self._card.participant.name if self._card else ""
        asked = ("Buang isian pendaftaran?", f"{name} belum didaftarkan.")
        if self._correction is not None:
            asked = ("Buang perbaikan?", f"Pendaftaran {name} tetap seperti semula.")
        if await ask(self.app, *asked, answers=DROP) != "drop":
            return False
        await self._draft.forget()
        self._form.start({})
        return True
