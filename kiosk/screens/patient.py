"""A new patient: umum without a card, a BPJS card that cannot be verified now, or just born. On to the registration."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.counter.areas import area_of
from kiosk.counter.errors import CounterError, InvalidField
from kiosk.counter.find import NAME_LIMIT, open_participant
from kiosk.counter.patients import PatientForm, alike, complete_patient, newborn_form, save_patient
from kiosk.counter.views import Alike
from kiosk.domain.codes import Sex
from kiosk.domain.day import day_text, parse_day
from kiosk.domain.nik import NikReading, read_nik
from kiosk.domain.numbers import digits
from kiosk.domain.participant import CARD_LENGTH, NIK_LENGTH, Participant, card_problem, nik_mismatch, nik_problem
from kiosk.screens.base import DeskScreen, Keys
from kiosk.screens.form_draft import RESTORED, FormDraft
from kiosk.screens.person import person_row
from kiosk.screens.registration import DROP
from kiosk.widgets.choice import Choice, ChoiceField
from kiosk.widgets.dialogs import ask
from kiosk.widgets.field import Field, TextField
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.people_dialog import ENTER, choose_person
from kiosk.widgets.value_fields import DateField, DigitsField

FIELDS = ("name", "nik", "birth_date", "sex", "card_number", "rm_number", "phone")
"""The keys of the form."""
FROM_NIK = "dari NIK"
"""The note at what was filled in from the NIK."""
_DAYS = {"h": 0, "k": 1}
"""Keys in the field of the birth date, and how many days ago they mean."""
_NOBODY = ""
"""The subject of a draft of somebody who is not in the store yet."""
SAME = Choice("same", "orang ini", ENTER)
ANEW = Choice("anew", "bukan, simpan sebagai pasien baru", "b")


class PatientScreen(DeskScreen):
    """What is not known stays empty; only the name is needed."""

    TITLE = "Pasien baru"
    LEAVING = "Buang isian pasien baru?"
    """What is asked before something typed is dropped."""
    KEYS: ClassVar[Keys] = (
        ("Enter", "Lanjut"),
        ("F2/Ctrl+S", "Simpan dan daftarkan"),
        ("Esc", "Batal"),
        ("F1", "Bantuan"),
    )
    HELP_LINES: ClassVar[Sequence[str]] = (
        "Untuk pasien umum, atau peserta BPJS yang belum dapat ditanyakan ke P-Care.",
        "Hanya nama yang wajib. Yang tidak diketahui dikosongkan, jangan dikira-kira.",
        'Peserta BPJS yang diisi di sini tertulis "belum diverifikasi"; P-Care ditanya sendiri begitu tersambung.',
        "Setelah NIK diketik, tanggal lahir dan kelamin diisi dari NIK; periksa dengan KTP.",
        "Sebelum disimpan, orang yang mungkin sama ditunjukkan dulu.",
        "Bayi baru lahir: cari ibunya, Ctrl+D, lalu B.",
        "",
        "Enter  isian berikut; ↑ ↓ dan Tab, Shift+Tab juga",
        "H, K  di tanggal lahir: hari ini, kemarin",
        "F2, Ctrl+S  menyimpan, lalu langsung ke pendaftaran",
        "Esc, F10  kembali ke pencarian; bertanya dulu kalau ada isian",
    )

    DEFAULT_CSS = """
    PatientScreen .page { height: 1fr; padding: 1 1 0 1; }
    PatientScreen .head { height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._form = Form()
        self._head = Lines(classes="head")
        self._mother: Participant | None = None
        self._proposed: dict[str, str] = {}
        """What the NIK filled in, as long as nobody typed otherwise."""
        self._known_nik = ""
        self._draft = FormDraft(self, "patient")

    def body(self) -> ComposeResult:
        """The form."""
        with Vertical(classes="page"):
            yield self._head
            with self._form:
                yield TextField("name", "Nama", width=44, max_length=NAME_LIMIT, required=True)
                yield DigitsField("nik", "NIK", length=NIK_LENGTH, problem=nik_problem)
                yield DateField("birth_date", "Tanggal lahir")
                yield ChoiceField(
                    "sex",
                    "Jenis kelamin",
                    (Choice(Sex.MALE, "Laki-laki", "l"), Choice(Sex.FEMALE, "Perempuan", "p")),
                    required=False,
                )
                yield Lines(classes="breath")
                yield DigitsField("card_number", "Nomor kartu BPJS", length=CARD_LENGTH, problem=card_problem)
                yield Lines(classes="breath")
                yield TextField("rm_number", "Nomor RM", width=20, max_length=20)
                yield TextField("phone", "Telepon", width=20, max_length=20)

    async def opened(self, **given: Any) -> None:
        """An empty form; what was typed in the search (`typed`) is put where it belongs.

        `mother`: it is for the child that she brought, with what may be proposed for it.
        """
        self._mother = cast("Participant | None", given.get("mother"))
        self._proposed, self._known_nik = {}, ""
        self.say("")
        if self._mother is not None:
            proposed = newborn_form(self._mother)
            self._head.show(
                line(Span("Bayi baru lahir", "title"), "  ibu: ", Span(self._mother.name, "", NAME_LIMIT)), ()
            )
            self._form.start({"name": proposed.name, "phone": proposed.phone}, focus="birth_date")
            self._form.field("birth_date").say("H hari ini, K kemarin", "muted")
            if await self._draft.begin(self._form, self._mother.id):
                self.say(RESTORED, "warn")
            return
        self._head.show(line(Span("Pasien baru", "title")), ())
        typed = str(given.get("typed", ""))
        number = digits(typed)
        place = {CARD_LENGTH: "card_number", NIK_LENGTH: "nik"}.get(len(number), "name")
        if place == "name" and number == typed:
            typed = ""
        self._form.start({place: typed} if typed else {}, focus="name" if place != "name" or not typed else "nik")
        await self._read_nik()
        if await self._draft.begin(self._form, _NOBODY, lambda left: begins_with(left.get(place, ""), typed)):
            self.say(RESTORED, "warn")

    async def before_lock(self) -> None:
        """The last letters go into the draft."""
        await self._draft.now()

    @on(Form.Edited)
    def _edited(self, event: Form.Edited) -> None:
        key = event.field.key
        self._draft.touch()
        if key == "birth_date" and event.field.typed.lower() in _DAYS:
            day = self.desk.today() - timedelta(days=_DAYS[event.field.typed.lower()])
            event.field.put(day_text(day))
            self._form.action_go(1)
        if key in self._proposed and self._form.field(key).typed != self._proposed[key]:
            del self._proposed[key]
            event.field.say("")
        if key == "nik":
            self.do(self._read_nik, group="nik", exclusive=True)
        elif key in ("birth_date", "sex"):
            self._doubt_nik()

    async def _read_nik(self) -> None:
        """A whole NIK fills in what is empty still, as a proposal, and says where it was issued."""
        nik = digits(self._form.field("nik").typed)
        if nik == self._known_nik:
            return
        self._known_nik = nik
        reading = read_nik(nik, self.desk.today())
        for key in list(self._proposed):
            self._form.field(key).put("")
            self._form.field(key).say("")
            del self._proposed[key]
        if reading is None:
            self.say("")
            return
        self._propose(reading)
        if not self._doubt_nik():
            area = await area_of(reading.area_code)
            self.say(
                f"NIK dikeluarkan di {area}" if area else "Kode wilayah di NIK tidak dikenal; periksa KTP", "muted"
            )

    def _propose(self, reading: NikReading) -> None:
        births = [day_text(day) for day in reading.birth_dates]
        note = f"{FROM_NIK}; atau {births[1]}?" if len(births) > 1 else FROM_NIK
        for key, value, said in (
            ("birth_date", births[0] if births else "", note),
            ("sex", str(reading.sex), FROM_NIK),
        ):
            field: Field = self._form.field(key)
            if value and not field.typed:
                field.put(value)
                field.say(said, "muted")
                self._proposed[key] = value

    def _doubt_nik(self) -> bool:
        """NIK against birth date and sex: a warning, never a block. Whether there is one."""
        nik, typed = digits(self._form.field("nik").typed), self._form.field("birth_date").typed
        sex = self._form.field("sex").typed
        try:
            birth = parse_day(typed) if typed else None
        except ValueError:
            return False
        doubt = nik_mismatch(nik, birth, Sex(sex) if sex else None)
        if doubt or self._known_nik:
            self.say(doubt or "", "warn")
        return doubt is not None

    @on(Form.Save)
    def _save(self, event: Form.Save) -> None:
        if self._form.values() is not None:
            self._form.busy = True
            self.do(self._save_patient)

    async def _save_patient(self) -> None:
        try:
            form = self._form_of(self._form.typed)
            found = await alike(self.desk, form)
            chosen, key = await self._ask_who(found) if found else ("anew", "")
            if chosen == "":
                return
            with self.station.keys_held():
                if chosen == "same":
                    person = await complete_patient(self.desk, key, form)
                else:
                    person = await save_patient(self.desk, form)
                await self._draft.forget()
                self._form.start({})
                card = await open_participant(self.desk, person.id)
                await self.station.go("registration", card=card)
        finally:
            self._form.busy = False

    def _form_of(self, typed: dict[str, str]) -> PatientForm:
        form = PatientForm(
            name=typed["name"],
            card_number=typed.get("card_number", ""),
            nik=typed.get("nik", ""),
            rm_number=typed.get("rm_number", ""),
            sex=Sex(typed["sex"]) if "sex" in typed else None,
            birth_date=typed.get("birth_date", ""),
            phone=typed.get("phone", ""),
        )
        return form if self._mother is None else replace(form, mother_id=self._mother.id)

    async def _ask_who(self, found: tuple[Alike, ...]) -> tuple[str, str]:
        """Whether it is one of those who are there already."""
        certain = any(one.certain for one in found)
        title = "Sudah ada di sini" if certain else "Mungkin orang yang sama sudah ada di sini"
        text = "Yang kosong dilengkapi dari isian ini; yang sudah ada tidak diubah."
        return await choose_person(
            self.app,
            line(Span(title, "title")),
            [(), line(Span(text, "muted"))],
            [person_row(one.participant, one.reason) for one in found],
            [SAME] if certain else [SAME, ANEW],
        )

    def refused(self, error: CounterError) -> None:
        """At the field it concerns; everything typed stays."""
        if isinstance(error, InvalidField):
            self._form.problem(error.field, error.message)
        else:
            self._form.say(error.message)

    async def may_leave(self) -> bool:
        """Asks before typed things are dropped."""
        if not self._form.is_dirty:
            return True
        if await ask(self.app, self.LEAVING, "Belum disimpan.", answers=DROP) != "drop":
            return False
        await self._draft.forget()
        self._form.start({})
        return True


def begins_with(left: str, typed: str) -> bool:
    """Whether somebody left half typed may be the one of whom `typed` was searched for now."""
    return left.lower().startswith(typed.lower())
