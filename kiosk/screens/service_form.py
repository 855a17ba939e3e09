"""The pages of the service: which fields there are, what they start with, and the form they make together."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from textual import on
from textual.app import ComposeResult

from kiosk.counter.ask import ask_hospitals, ask_subspecialties
from kiosk.counter.desk import Desk
from kiosk.counter.views import ServiceSheet
from kiosk.domain.codes import DISCHARGE_VERTICAL_REFERRAL, TACC_NONE, TACC_REASONS, TACC_TEXT, ReferenceList
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.screens.service_sources import (
    AnswerSource,
    DiagnosisSource,
    diagnosis_of,
    hospital_options,
    reference_options,
)
from kiosk.screens.service_values import (
    ALLERGIES,
    DIAGNOSES,
    SPECIAL,
    SPECIALIST,
    ServiceLists,
    reason_label,
    tacc_label,
    visit_form,
)
from kiosk.widgets.choice import Choice, ChoiceField, choices
from kiosk.widgets.field import DateField, Field, TextField, VitalField
from kiosk.widgets.form import FormRow
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.live_picker import LivePickerField
from kiosk.widgets.pages import Page, PagedForm, Part
from kiosk.widgets.picker import PickerField, listed

LABEL = 18
TEXT_WIDTH = 58
TEXT_LENGTH = 500
_VITAL_ROWS = (
    ("systolic", "diastolic"),
    ("heart_rate", "respiration"),
    ("temperature", "waist"),
    ("weight", "height"),
)
_NO_HOSPITAL = "Rujukan baru bisa disimpan setelah rumah sakitnya diketahui; isian tersimpan sebagai draf."


_DECIDING = frozenset(
    {"discharge_code", "referral_kind", "specialty", "subspecialty", "sarana", "special", "referral_day"}
    | {"diagnosis1", "tacc_code"}
)
"""Fields that decide what else is asked."""


class ServiceForm(PagedForm):
    """What nurse and doctor enter for one registration, on three pages."""

    DEFAULT_CSS = """
    ServiceForm .gap { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._referral_part, self._specialist_part, self._special_part, self._tacc_part = (Part() for _ in range(4))
        self._questions: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The pages."""
        with Page("Pemeriksaan"):
            yield self._text("complaint", "Keluhan", required=True)
            yield self._text("anamnesis", "Anamnesis")
            yield Lines((line(Span("Tanda vital, yang diukur saja", "muted")),))
            for pair in _VITAL_ROWS:
                with FormRow():
                    for name in pair:
                        yield VitalField(name, label_width=LABEL)
            yield ChoiceField("consciousness_code", "Kesadaran", label_width=LABEL)
            yield Lines(classes="gap")
            for name, label, _ in ALLERGIES:
                yield PickerField(name, label, label_width=LABEL, placeholder="tidak ditanyakan")
        with Page("Diagnosis & terapi"):
            for number, name in enumerate(DIAGNOSES, start=1):
                label = "Diagnosis utama" if number == 1 else f"Diagnosis {number}"
                hint = "ketik kode atau kata" if number == 1 else "kosong"
                yield LivePickerField(name, label, label_width=LABEL, required=number == 1, placeholder=hint)
            yield Lines(classes="gap")
            yield self._text("therapy_drugs", "Obat")
            yield self._text("therapy_other", "Terapi lain")
            yield self._text("supplies", "Bahan (BMHP)")
            yield Lines(classes="gap")
            yield ChoiceField("prognosis_code", "Prognosis", label_width=LABEL, required=False)
        with Page("Pulang & rujukan"):
            yield ChoiceField("doctor_code", "Dokter", label_width=LABEL, empty="Daftar dokter belum diambil")
            yield ChoiceField("discharge_code", "Status pulang", label_width=LABEL, empty="Daftar belum diambil")
            yield DateField("discharge_day", "Tanggal pulang", label_width=LABEL, required=True)
            with self._referral_part:
                yield from self._referral()
        yield from super().compose()

    def _text(self, key: str, label: str, *, required: bool = False) -> TextField:
        return TextField(key, label, width=TEXT_WIDTH, max_length=TEXT_LENGTH, label_width=LABEL, required=required)

    def _referral(self) -> ComposeResult:
        kinds = (Choice(SPECIALIST, "Spesialis", "s"), Choice(SPECIAL, "Layanan khusus", "k"))
        yield Lines((line(Span("Rujukan", "title")),))
        yield ChoiceField("referral_kind", "Ke", kinds, label_width=LABEL)
        with self._specialist_part:
            yield PickerField("specialty", "Spesialis", label_width=LABEL, required=True)
            yield LivePickerField(
                "subspecialty", "Subspesialis", label_width=LABEL, required=True, not_yet="Pilih spesialis dulu"
            )
            yield PickerField("sarana", "Sarana", label_width=LABEL, placeholder="tanpa sarana")
        with self._special_part:
            yield PickerField("special", "Layanan khusus", label_width=LABEL, required=True)
            yield self._text("note", "Catatan")
        yield DateField("referral_day", "Tanggal rujukan", label_width=LABEL, required=True)
        yield LivePickerField(
            "hospital",
            "Rumah sakit",
            label_width=LABEL,
            required=True,
            placeholder="pilih dari daftar P-Care",
            not_yet="Isi subspesialis atau layanan khusus dan tanggal dulu",
        )
        with self._tacc_part:
            yield ChoiceField("tacc_code", "Alasan TACC", label_width=LABEL)
            yield ChoiceField("tacc_reason", "Keterangan", label_width=LABEL)

    # What a field is filled from

    def use(self, desk: Desk, sheet: ServiceSheet, lists: ServiceLists) -> None:
        """Offer the clinic's lists and P-Care's answers for this patient."""
        self._desk, self._sheet = desk, sheet
        for key, kind in (
            ("consciousness_code", ReferenceList.CONSCIOUSNESS),
            ("prognosis_code", ReferenceList.PROGNOSIS),
            ("discharge_code", ReferenceList.DISCHARGE),
        ):
            self.choice(key).set_options(lists.choices(kind))
        for key, kind in (
            *((name, kind) for name, _, kind in ALLERGIES),
            ("specialty", ReferenceList.SPECIALTY),
            ("sarana", ReferenceList.SARANA),
            ("special", ReferenceList.KHUSUS),
        ):
            self.picker(key).source = listed(lists.options(kind))
        self.choice("doctor_code").set_options(lists.doctors())
        self._widen()
        source = DiagnosisSource(desk)
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

    def follow(self) -> None:
        """Show what the choices so far ask for, and forget what no longer fits them."""
        referred = self.field("discharge_code").typed == DISCHARGE_VERTICAL_REFERRAL
        kind = self.field("referral_kind").typed
        self._referral_part.display = referred
        self._specialist_part.display = referred and kind == SPECIALIST
        self._special_part.display = referred and kind == SPECIAL
        self._follow_specialty()
        self._follow_hospital(kind)
        self._follow_tacc(referred)

    def _follow_specialty(self) -> None:
        specialty, field = self.picker("specialty").option, self.live("subspecialty")
        self._keep_while(field, specialty.code if specialty else "")
        # A saved referral knows its subspecialty only; the specialty is the way to another one.
        self.picker("specialty").required = field.option is None
        if specialty is None:
            field.live = None
        elif field.live is None:
            code, desk = specialty.code, self._desk
            field.live = AnswerSource(desk, lambda: ask_subspecialties(desk, code), reference_options, "")

    def _follow_hospital(self, kind: str) -> None:
        field, day = self.live("hospital"), self._day("referral_day")
        keys = ("subspecialty", "sarana") if kind == SPECIALIST else ("special",)
        codes = [option.code if (option := self.picker(key).option) else "" for key in keys]
        self._keep_while(field, f"{day} {codes}")
        if day is None or not codes[0] or not kind:
            field.live = None
        elif field.live is None:
            desk, person = self._desk, self._sheet.participant.id
            asked: dict[str, Any] = (
                {"subspecialty_code": codes[0], "sarana_code": codes[1] or None}
                if kind == SPECIALIST
                else {"special_code": codes[0]}
            )
            field.live = AnswerSource(
                desk,
                lambda: ask_hospitals(desk, day=day, participant_id=person, **asked),
                hospital_options,
                _NO_HOSPITAL,
            )

    def _keep_while(self, field: LivePickerField, question: str) -> None:
        """What was picked for another question is not an answer to this one."""
        before = self._questions.get(field.key)
        if before != question:
            field.live = None
            if before is not None:
                field.option = None
            self._questions[field.key] = question

    def _follow_tacc(self, referred: bool) -> None:
        main = self._main
        flag = main.non_specialist if main else None
        self._tacc_part.display = referred and main is not None and flag is not False
        # A non-specialist diagnosis cannot be referred without a reason; otherwise one may be given.
        self._offer_tacc([code for code in TACC_TEXT if code != TACC_NONE or not flag])
        reasons = TACC_REASONS.get(int(self.field("tacc_code").typed or TACC_NONE), ())
        self.choice("tacc_reason").display = bool(reasons)
        self._offer_reasons(reasons)

    def _widen(self) -> None:
        """Every TACC may be filled in, before `follow` narrows them to what fits."""
        self._offer_tacc([*TACC_TEXT])
        self._offer_reasons([*dict.fromkeys(reason for reasons in TACC_REASONS.values() for reason in reasons)])

    def _offer_tacc(self, codes: Sequence[int]) -> None:
        self.choice("tacc_code").set_options(choices([(str(code), tacc_label(code)) for code in codes]))

    def _offer_reasons(self, reasons: Sequence[str]) -> None:
        self.choice("tacc_reason").set_options(
            [Choice(reason, reason_label(reason), str(number)) for number, reason in enumerate(reasons, start=1)]
        )

    @property
    def _main(self) -> Diagnosis | None:
        option = self.picker(DIAGNOSES[0]).option
        return diagnosis_of(option) if option else None

    def _day(self, key: str) -> date | None:
        try:
            return cast(date | None, self.field(key).value())
        except ValueError:
            return None

    # In and out

    def fill(self, known: Mapping[str, str]) -> None:
        """Start with what is known; the cursor goes to the first field."""
        self._questions = {}
        self.start(known)
        self.follow()
        self._start = self.typed

    def lay_over(self, draft: Mapping[str, str]) -> None:
        """A draft over what is there."""
        self._questions = {}
        self._widen()
        self.restore(draft, self.fields[0].key)
        self.follow()

    def made(self, values: Mapping[str, object]) -> VisitForm:
        """The form that the checked `values` and the picked rows make."""
        pickers = [field for field in self.fields if isinstance(field, PickerField)]
        picked = {field.key: field.option for field in pickers if field.option is not None}
        return visit_form(self._sheet.registration.id, values, picked)
