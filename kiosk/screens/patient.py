"""A new patient: umum without a card, or a BPJS card that cannot be verified now. Straight on to the registration."""

from typing import Any, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.counter.errors import CounterError, InvalidField
from kiosk.counter.find import NAME_LIMIT, PatientForm, open_participant, save_patient
from kiosk.domain.codes import Sex
from kiosk.domain.numbers import digits
from kiosk.domain.participant import (
    CARD_LENGTH,
    NIK_LENGTH,
    card_problem,
    nik_mismatch,
    nik_problem,
)
from kiosk.screens.base import DeskScreen
from kiosk.screens.registration import DROP
from kiosk.widgets.choice import Choice, ChoiceField
from kiosk.widgets.dialogs import ask
from kiosk.widgets.field import DateField, DigitsField, TextField
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Lines, Span, line


class PatientScreen(DeskScreen):
    """What is not known stays empty; only the name is needed."""

    TITLE = "Pasien baru"
    KEYS = (("Enter", "Lanjut"), ("F2/Ctrl+S", "Simpan dan daftarkan"), ("Esc", "Batal"), ("F1", "Bantuan"))
    HELP_LINES = (
        "Untuk pasien umum, atau peserta BPJS yang belum dapat ditanyakan ke P-Care.",
        "Hanya nama yang wajib. Yang tidak diketahui dikosongkan, jangan dikira-kira.",
        'Peserta BPJS yang diisi di sini tertulis "belum diverifikasi" sampai P-Care menjawab.',
        "",
        "Enter  isian berikut; ↑ ↓ dan Tab, Shift+Tab juga",
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

    def body(self) -> ComposeResult:
        """The form."""
        with Vertical(classes="page"):
            yield Lines((line(Span("Pasien baru", "title")), ()), classes="head")
            with self._form:
                yield TextField("name", "Nama", width=44, max_length=NAME_LIMIT, required=True)
                yield DateField("birth_date", "Tanggal lahir")
                yield ChoiceField(
                    "sex",
                    "Jenis kelamin",
                    (Choice(Sex.MALE, "Laki-laki", "l"), Choice(Sex.FEMALE, "Perempuan", "p")),
                    required=False,
                )
                yield Lines(classes="breath")
                yield DigitsField("nik", "NIK", length=NIK_LENGTH, problem=nik_problem)
                yield DigitsField("card_number", "Nomor kartu BPJS", length=CARD_LENGTH, problem=card_problem)
                yield Lines(classes="breath")
                yield TextField("rm_number", "Nomor RM", width=20, max_length=20)
                yield TextField("phone", "Telepon", width=20, max_length=20)

    async def opened(self, **given: Any) -> None:
        """An empty form; what was typed in the search (`typed`) is put where it belongs."""
        typed = str(given.get("typed", ""))
        number = digits(typed)
        place = {CARD_LENGTH: "card_number", NIK_LENGTH: "nik"}.get(len(number), "name")
        if place == "name" and number == typed:
            typed = ""
        self._form.start(
            {place: typed} if typed else {}, focus="name" if place != "name" or not typed else "birth_date"
        )
        self.say("")

    @on(Form.Edited)
    def _edited(self, event: Form.Edited) -> None:
        if event.field.key in ("nik", "birth_date", "sex"):
            self._doubt_nik()

    def _doubt_nik(self) -> None:
        """NIK against birth date and sex: a warning, never a block."""
        try:
            nik, birth = self._form.field("nik").value(), self._form.field("birth_date").value()
        except ValueError:
            return
        sex = self._form.field("sex").typed
        doubt = nik_mismatch(cast(str, nik), cast(Any, birth), Sex(sex) if sex else None) if nik else None
        self.say(doubt or "", "warn")

    @on(Form.Save)
    def _save(self, event: Form.Save) -> None:
        if self._form.values() is not None:
            self._form.busy = True
            self.do(self._save_patient())

    async def _save_patient(self) -> None:
        typed = self._form.typed
        form = PatientForm(
            name=typed["name"],
            card_number=typed.get("card_number", ""),
            nik=typed.get("nik", ""),
            rm_number=typed.get("rm_number", ""),
            sex=Sex(typed["sex"]) if "sex" in typed else None,
            birth_date=typed.get("birth_date", ""),
            phone=typed.get("phone", ""),
        )
        with self.station.keys_held():
            try:
                person = await save_patient(self.desk, form)
            finally:
                self._form.busy = False
            self._form.start({})
            card = await open_participant(self.desk, person.id)
            await self.station.go("registration", card=card)

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
        return await ask(self.app, "Buang isian pasien baru?", "Belum disimpan.", answers=DROP) == "drop"
