"""The referral of a service: for what, on which day, to which hospital, with which reason, and what it does to RRNS."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import cast

from textual.app import ComposeResult

from kiosk.counter.ask import ask_hospitals, ask_subspecialties
from kiosk.counter.desk import Desk
from kiosk.counter.views import ServiceSheet
from kiosk.domain.codes import SPECIAL_WITH_SUBSPECIALTY, TACC_NONE, TACC_REASONS, TACC_TEXT, ReferenceList
from kiosk.domain.referral_ratio import BEST_PERCENT, ReferralRatio
from kiosk.domain.visit import Diagnosis
from kiosk.screens.service_sources import AnswerSource, hospital_options, reference_options
from kiosk.screens.service_values import (
    LABEL,
    SPECIAL,
    SPECIALIST,
    ServiceLists,
    free_text,
    reason_label,
    tacc_label,
)
from kiosk.widgets.choice import Choice, ChoiceField, choices
from kiosk.widgets.field import Field, fields_in
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.live_picker import LivePickerField
from kiosk.widgets.pages import Part
from kiosk.widgets.picker import PickerField, listed
from kiosk.widgets.value_fields import DateField

_NO_HOSPITAL = "Rujukan baru bisa disimpan setelah rumah sakitnya diketahui; isian tersimpan sebagai draf."
_KINDS = (Choice(SPECIALIST, "Spesialis", "s"), Choice(SPECIAL, "Layanan khusus", "k"))


class ReferralPart(Part):
    """The fields of a vertical referral; shown only when the patient is discharged with one."""

    def __init__(self) -> None:
        super().__init__()
        self._title = Lines(((),))
        self._tacc_part = Part()
        self._ratio: ReferralRatio | None = None
        self._questions: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The fields in the order in which they are decided."""
        yield self._title
        yield ChoiceField("referral_kind", "Ke", _KINDS, label_width=LABEL)
        yield PickerField("special", "Layanan khusus", label_width=LABEL, required=True)
        yield PickerField("specialty", "Spesialis", label_width=LABEL, required=True)
        yield LivePickerField(
            "subspecialty", "Subspesialis", label_width=LABEL, required=True, not_yet="Pilih spesialis dulu"
        )
        yield PickerField("sarana", "Sarana", label_width=LABEL, placeholder="tanpa sarana")
        yield free_text("note", "Catatan")
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

    def use(self, desk: Desk, sheet: ServiceSheet, lists: ServiceLists, ratio: ReferralRatio | None) -> None:
        """Offer the clinic's lists and P-Care's answers for this patient.

        `ratio` are the month's other referrals, None when this one does not count (umum).
        """
        self._desk, self._sheet, self._ratio = desk, sheet, ratio
        for key, kind in (
            ("specialty", ReferenceList.SPECIALTY),
            ("sarana", ReferenceList.SARANA),
            ("special", ReferenceList.KHUSUS),
        ):
            self._picker(key).source = listed(lists.options(kind))

    def widen(self) -> None:
        """Every TACC may be filled in, and nothing is forgotten, until `follow` narrows them to what fits."""
        self._questions = {}
        self._offer_tacc([*TACC_TEXT])
        self._offer_reasons([*dict.fromkeys(reason for reasons in TACC_REASONS.values() for reason in reasons)])

    def follow(self, referred: bool, main: Diagnosis | None) -> None:
        """Show what the choices so far ask for, and forget what no longer fits them; `main` is the main diagnosis."""
        kind = self._field("referral_kind").typed
        special = self._picker("special").option if kind == SPECIAL else None
        narrow = kind == SPECIALIST or (special is not None and special.code in SPECIAL_WITH_SUBSPECIALTY)
        self.display = referred
        for key, asked in (
            ("special", kind == SPECIAL),
            ("specialty", narrow),
            ("subspecialty", narrow),
            ("sarana", kind == SPECIALIST),
            ("note", special is not None),
        ):
            self._field(key).display = asked
        self._follow_specialty()
        self._follow_hospital(narrow)
        self._follow_tacc(main)
        self._tell_ratio(main)

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {field.key: field for field in fields_in(self)}

    def _field(self, key: str) -> Field:
        return self._fields[key]

    def _picker(self, key: str) -> PickerField:
        return cast(PickerField, self._fields[key])

    def _live(self, key: str) -> LivePickerField:
        return cast(LivePickerField, self._fields[key])

    def _choice(self, key: str) -> ChoiceField:
        return cast(ChoiceField, self._fields[key])

    def _follow_specialty(self) -> None:
        specialty, field = self._picker("specialty").option, self._live("subspecialty")
        self._keep_while(field, specialty.code if specialty else "")
        # A saved referral knows its subspecialty only; the specialty is the way to another one.
        self._picker("specialty").required = field.option is None
        if specialty is None:
            field.live = None
        elif field.live is None:
            code, desk = specialty.code, self._desk
            field.live = AnswerSource(desk, lambda: ask_subspecialties(desk, code), reference_options, "")

    def _follow_hospital(self, narrow: bool) -> None:
        field, day = self._live("hospital"), self._day
        codes = {
            f"{key}_code": option.code if self._field(key).display and (option := self._picker(key).option) else None
            for key in ("special", "subspecialty", "sarana")
        }
        self._keep_while(field, f"{day} {codes}")
        if day is None or not codes["subspecialty_code" if narrow else "special_code"]:
            field.live = None
        elif field.live is None:
            desk, person = self._desk, self._sheet.participant.id
            field.live = AnswerSource(
                desk,
                lambda: ask_hospitals(desk, day=day, participant_id=person, **codes),
                hospital_options,
                _NO_HOSPITAL,
                day,
            )

    def _keep_while(self, field: LivePickerField, question: str) -> None:
        """What was picked for another question is not an answer to this one."""
        before = self._questions.get(field.key)
        if before != question:
            field.live = None
            if before is not None:
                field.option = None
            self._questions[field.key] = question

    def _follow_tacc(self, main: Diagnosis | None) -> None:
        flag = main.non_specialist if main else None
        self._tacc_part.display = main is not None and flag is not False
        # A non-specialist diagnosis cannot be referred without a reason; otherwise one may be given.
        self._offer_tacc([code for code in TACC_TEXT if code != TACC_NONE or not flag])
        reasons = TACC_REASONS.get(self._tacc, ())
        self._choice("tacc_reason").display = bool(reasons)
        self._offer_reasons(reasons)

    @property
    def _tacc(self) -> int:
        return int(self._field("tacc_code").typed or TACC_NONE)

    def _offer_tacc(self, codes: Sequence[int]) -> None:
        self._choice("tacc_code").set_options(choices([(str(code), tacc_label(code)) for code in codes]))

    def _offer_reasons(self, reasons: Sequence[str]) -> None:
        self._choice("tacc_reason").set_options(
            [Choice(reason, reason_label(reason), str(number)) for number, reason in enumerate(reasons, start=1)]
        )

    def _tell_ratio(self, main: Diagnosis | None) -> None:
        title = Span("Rujukan", "title")
        if self._ratio is None or main is None:
            self._title.show(line(title))
        else:
            tacc = self._tacc if self._tacc_part.display else TACC_NONE
            said, role = ratio_words(self._ratio, main.non_specialist, tacc)
            self._title.show(line(title, "  ", Span(said, role)))

    @property
    def _day(self) -> date | None:
        try:
            return cast(date | None, self._field("referral_day").value())
        except ValueError:
            return None


def ratio_words(ratio: ReferralRatio, non_specialist: bool | None, tacc_code: int) -> tuple[str, str]:
    """What one referral more does to RRNS this month, and the role in which it is said."""
    after = ratio.with_one(non_specialist, tacc_code)
    share = f"{after.non_specialist} dari {after.referred} rujukan bulan ini"
    percent = f"{after.percent:.1f}".replace(".", ",")
    if after.non_specialist > ratio.non_specialist:
        return f"! RRNS naik: {share}, {percent} % (baik sampai {BEST_PERCENT:.0f} %)", "warn"
    if after.unknown > ratio.unknown:
        return f"RRNS {share}; naik bila nonspesialistik", "muted"
    if non_specialist:
        return f"RRNS {share}: dengan TACC tidak dihitung", "muted"
    return f"RRNS {share} ({percent} %)", "muted"
