"""The pages of the service: which fields there are, what they start with, and the form they make together."""

from collections.abc import Mapping, Sequence
from typing import cast

from textual import on
from textual.app import ComposeResult

from kiosk.counter.desk import Desk
from kiosk.counter.views import ServiceSheet
from kiosk.domain.allergies import Allergies, CodedAllergy, allergy_warning, names_in
from kiosk.domain.codes import DISCHARGE_LISTS, DISCHARGE_VERTICAL_REFERRAL, ReferenceList
from kiosk.domain.referral_ratio import ReferralRatio
from kiosk.domain.visit import VisitForm
from kiosk.screens.service_head import allergy_line, entered_line
from kiosk.screens.service_referral import ReferralPart
from kiosk.screens.service_sources import DiagnosisSource, diagnosis_of
from kiosk.screens.service_values import (
    ALLERGIES,
    DIAGNOSES,
    LABEL,
    NUMBER_THERE,
    TEXT_LENGTH,
    TEXT_WIDTH,
    ServiceLists,
    free_text,
    visit_form,
)
from kiosk.widgets.choice import ChoiceField
from kiosk.widgets.field import Field, TextField, fields_in
from kiosk.widgets.form import FormRow
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.live_picker import LivePickerField
from kiosk.widgets.pages import Page, PagedForm
from kiosk.widgets.picker import PickerField, listed
from kiosk.widgets.value_fields import DateField
from kiosk.widgets.vital_field import VitalField

_VITAL_ROWS = (
    ("systolic", "diastolic"),
    ("heart_rate", "respiration"),
    ("temperature", "waist"),
    ("weight", "height"),
)
_DECIDING = frozenset(
    {"discharge_code", "referral_kind", "specialty", "subspecialty", "sarana", "special", "referral_day"}
    | {"diagnosis1", "tacc_code", "internal_poli_code"}
)
"""Fields that decide what else is asked."""
_ALLERGIC = frozenset({"allergy_names", *(name for name, _, _ in ALLERGIES)})
"""Fields that say what the patient does not bear."""


class DrugText(TextField):
    """The drugs in free words; one that resembles what the patient does not bear is doubted."""

    def __init__(self) -> None:
        super().__init__("therapy_drugs", "Obat", width=TEXT_WIDTH, max_length=TEXT_LENGTH, label_width=LABEL)
        self.allergens: Sequence[str] = ()
        """What the patient does not bear."""

    def doubt(self, value: object) -> str:
        """The sentence on the first that resembles a drug."""
        return allergy_warning(str(value), self.allergens)


class ServiceForm(PagedForm):
    """What nurse and doctor enter for one registration, on three pages."""

    DEFAULT_CSS = """
    ServiceForm .gap { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._referral = ReferralPart()
        self._drugs = DrugText()
        self._entered = Lines(((),))
        self.allergy_line = Lines(((),))
        """What the patient does not bear, to be placed above the form: as it is known and as it is being typed."""

    def compose(self) -> ComposeResult:
        """The pages."""
        with Page("Pemeriksaan"):
            yield free_text("complaint", "Keluhan", required=True)
            yield free_text("anamnesis", "Anamnesis")
            yield Lines((line(Span("Tanda vital, yang diukur saja", "muted")),))
            for pair in _VITAL_ROWS:
                with FormRow():
                    for name in pair:
                        yield VitalField(name, label_width=LABEL)
            yield ChoiceField("consciousness_code", "Kesadaran", label_width=LABEL)
            yield Lines(classes="gap")
            for name, label, _ in ALLERGIES:
                yield PickerField(name, label, label_width=LABEL, placeholder="tidak ditanyakan")
            yield free_text("allergy_names", "Alergi terhadap", placeholder="nama obat, makanan; dipisah koma")
        with Page("Diagnosis & terapi"):
            for number, name in enumerate(DIAGNOSES, start=1):
                label = "Diagnosis utama" if number == 1 else f"Diagnosis {number}"
                hint = "ketik kode atau kata" if number == 1 else "kosong"
                yield LivePickerField(name, label, label_width=LABEL, required=number == 1, placeholder=hint)
            yield Lines(classes="gap")
            yield self._drugs
            yield free_text("therapy_other", "Terapi lain")
            yield free_text("supplies", "Bahan (BMHP)")
            yield Lines(classes="gap")
            yield self._entered
            yield Lines(classes="gap")
            yield ChoiceField("prognosis_code", "Prognosis", label_width=LABEL, required=False)
        with Page("Pulang & rujukan"):
            yield ChoiceField("doctor_code", "Dokter", label_width=LABEL, empty="Daftar dokter belum diambil")
            yield ChoiceField("discharge_code", "Status pulang", label_width=LABEL, empty="Daftar belum diambil")
            yield DateField("discharge_day", "Tanggal pulang", label_width=LABEL, required=True)
            yield PickerField("internal_poli_code", "Rujuk internal", label_width=LABEL, placeholder="tidak dirujuk")
            yield ChoiceField("internal_number", "Nomor di sana", NUMBER_THERE, label_width=LABEL)
            yield self._referral
        yield from super().compose()

    # What a field is filled from

    def use(self, desk: Desk, sheet: ServiceSheet, lists: ServiceLists, ratio: ReferralRatio | None) -> None:
        """Offer the clinic's lists and P-Care's answers for this patient; `ratio` are the month's other referrals."""
        self._desk, self._sheet = desk, sheet
        self._referral.use(desk, sheet, lists, ratio)
        self._entered.show(entered_line(sheet))
        own = sheet.registration.poli_code
        self.picker("internal_poli_code").source = listed(
            [option for option in lists.options(ReferenceList.POLI) if option.code != own]
        )
        for key, kind in (
            ("consciousness_code", ReferenceList.CONSCIOUSNESS),
            ("prognosis_code", ReferenceList.PROGNOSIS),
            ("discharge_code", DISCHARGE_LISTS[sheet.registration.care]),
        ):
            self.choice(key).set_options(lists.choices(kind))
        for key, kind in (*((name, kind) for name, _, kind in ALLERGIES),):
            self.picker(key).source = listed(lists.options(kind))
        self.choice("doctor_code").set_options(lists.doctors())
        self._referral.widen()
        source = DiagnosisSource(desk, sheet.registration.poli_code)
        for name in DIAGNOSES:
            self.live(name).live = source

    def choice(self, key: str) -> ChoiceField:
        """The field `key`, of which a key chooses."""
        return cast(ChoiceField, self.field(key))

    def picker(self, key: str) -> PickerField:
        """The field `key`, filled from a box."""
        return cast(PickerField, self.field(key))

    def live(self, key: str) -> LivePickerField:
        """The field `key`, filled from a box that asks P-Care."""
        return cast(LivePickerField, self.field(key))

    # What depends on what

    @on(Field.Edited)
    def _decided(self, event: Field.Edited) -> None:
        """At once, so that Enter goes on to what the choice has just opened."""
        if event.field.key in _DECIDING:
            self.follow()

    @on(Field.Edited)
    def _asked_otherwise(self) -> None:
        """Before the cursor moves on: a choice may ask for fields that come next."""
        self.follow()

    @on(Field.Edited)
    def _allergy_told(self, event: Field.Edited) -> None:
        """What the nurse is told now, the doctor is warned of, also while nothing is saved."""
        if event.field.key in _ALLERGIC:
            self._tell_allergies()

    def _tell_allergies(self) -> None:
        known = self.allergies
        self._drugs.allergens = known.drugs
        self.allergy_line.show(allergy_line(known))
        if self._drugs.typed:
            self._drugs.check()

    @property
    def allergies(self) -> Allergies:
        """What is known of the patient, with what is typed here."""
        picked = ((kind, self.picker(name).option) for name, _, kind in ALLERGIES)
        today = self._desk.today()
        chosen = [CodedAllergy(kind, one.code, one.name, today) for kind, one in picked if one is not None]
        return self._sheet.allergies.told(names_in(self.field("allergy_names").typed), chosen)

    def follow(self) -> None:
        """Show what the choices so far ask for, and forget what no longer fits them."""
        referred = self.field("discharge_code").typed == DISCHARGE_VERTICAL_REFERRAL
        main = self.picker(DIAGNOSES[0]).option
        self._referral.follow(referred, diagnosis_of(main) if main else None)
        # Another poli is for who stays; a number there only while the day lasts.
        poli, number = self.picker("internal_poli_code"), self.choice("internal_number")
        poli.display = not referred
        number.display = poli.display and poli.option is not None and self._sheet.registration.day == self._desk.today()

    # What a nurse examines

    @property
    def keys_of_others(self) -> list[str]:
        """The fields behind the first page: the doctor's."""
        examined = {field.key for field in fields_in(self.pages[0])}
        return [field.key for field in fields_in(self) if field.key not in examined]

    def check_examination(self) -> bool:
        """Whether all that is typed on the first page may be kept; what is empty may stay so."""
        bad = [field for field in fields_in(self.pages[0]) if field.typed and not field.check()]
        if bad:
            bad[0].focus()
        return not bad

    # In and out

    def fill(self, known: Mapping[str, str]) -> None:
        """Start with what is known; where the cursor goes is said by `lay_over` or `go_to`."""
        self._referral.widen()
        self.reset(known)
        self.follow()
        self._tell_allergies()
        self._start = self.typed

    def lay_over(self, draft: Mapping[str, str], at: str | None) -> None:
        """A draft in the place of what is there; the cursor goes to `at`, else to what must still be filled."""
        self.take({field.key: draft.get(field.key, "") for field in fields_in(self)})
        open_still = next((field.key for field in self.fields if field.required and not field.typed), None)
        self.go_to(at or open_still or self.fields[0].key)

    def take(self, texts: Mapping[str, str]) -> None:
        """Put these texts into their fields, an empty one too; the cursor stays."""
        if texts:
            self._referral.widen()
            for key, text in texts.items():
                self.field(key).put(text)
            self.follow()
            self._tell_allergies()

    def made(self, values: Mapping[str, object]) -> VisitForm:
        """The form that the checked `values` and the picked rows make."""
        pickers = [field for field in self.fields if isinstance(field, PickerField)]
        picked = {field.key: field.option for field in pickers if field.option is not None}
        return visit_form(self._sheet.registration.id, values, picked)
