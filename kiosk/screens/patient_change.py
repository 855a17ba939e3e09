"""The data of a patient who is known: a card that became known, another phone, a slip in a name."""

from typing import Any, cast

from kiosk.counter.find import open_participant
from kiosk.counter.patients import change_patient, from_pcare
from kiosk.domain.day import day_text
from kiosk.domain.participant import Participant
from kiosk.safe_text import NAME_LIMIT
from kiosk.screens import HOME
from kiosk.screens.form_draft import RESTORED
from kiosk.screens.patient import FIELDS, PatientScreen
from kiosk.widgets.lines import Span, line

SAVED = "Data pasien tersimpan"
_PCARE = "Yang tidak ada di sini menurut P-Care, dan diubah di BPJS."


class PatientChangeScreen(PatientScreen):
    """The form of a new patient, with what is known in it; what P-Care said is not asked."""

    TITLE = "Ubah data pasien"
    LEAVING = "Buang perubahan data?"
    KEYS = (("Enter", "Lanjut"), ("F2/Ctrl+S", "Simpan"), ("Esc", "Batal"), ("F1", "Bantuan"))
    HELP_LINES = (
        "Nomor kartu yang baru diketahui, telepon baru, nama yang salah ketik.",
        "Data peserta yang sudah menurut P-Care tidak diubah di sini; telepon dan nomor RM boleh.",
        "Setelah nomor kartu diisi, pendaftarannya boleh BPJS: F4, pilih nomornya, lalu U.",
        "",
        "Enter  isian berikut; ↑ ↓ dan Tab, Shift+Tab juga",
        "F2, Ctrl+S  menyimpan, lalu kembali ke tempat semula",
        "Esc, F10  kembali; bertanya dulu kalau ada isian",
    )

    def __init__(self) -> None:
        super().__init__()
        self._person: Participant | None = None
        self._back: tuple[str, dict[str, Any]] = (HOME, {})

    async def opened(self, **given: Any) -> None:
        """What is known of `person`; `way_back` is the room, with what it is given, to which saving and Esc lead."""
        person = cast(Participant, given["person"])
        self._person, self._back = person, cast("tuple[str, dict[str, Any]]", given.get("way_back", (HOME, {})))
        self._mother, self._proposed, self._known_nik = None, {}, person.nik or ""
        self.say("")
        told = from_pcare(person)
        for key in FIELDS:
            self._form.field(key).display = key not in told
        self._head.show(
            line(Span("Ubah data  ", "title"), Span(person.name, "strong", NAME_LIMIT)),
            line(Span(_PCARE, "muted")) if told else (),
        )
        self._form.start(_typed_of(person), focus="phone" if told else "name")
        if await self._draft.begin(self._form, f"ubah:{person.id}"):
            self.say(RESTORED, "warn")

    async def _save_patient(self) -> None:
        person = self._person
        try:
            if person is None:
                return
            with self.station.keys_held():
                changed = self._form.is_dirty
                if changed:
                    await change_patient(self.desk, person, self._form_of(self._form.typed))
                await self._draft.forget()
                self._form.start({})
                await self._go_back(SAVED if changed else "")
        finally:
            self._form.busy = False

    def action_back(self) -> None:
        """Esc, F10: to where the data were opened."""
        self.do(self._leave, group="way")

    async def _leave(self) -> None:
        if await self.may_leave():
            with self.station.keys_held():
                await self._go_back()

    async def _go_back(self, said: str = "") -> None:
        room, given = self._back
        given = given | {"said": said}
        if "card" in given and self._person is not None:
            given = given | {"card": await open_participant(self.desk, self._person.id)}
        await self.station.go(room, **given)


def _typed_of(person: Participant) -> dict[str, str]:
    """The row as it is typed into the form."""
    known = {key: getattr(person, key) or "" for key in FIELDS if key != "birth_date"}
    return {**known, "birth_date": day_text(person.birth_date) if person.birth_date else ""}
