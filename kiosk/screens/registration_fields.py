"""The fields of the registration: what P-Care asks, in its order; what is doubtful in them, and the form they make."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from textual.app import ComposeResult

from kiosk.counter.register import COMPLAINT_LIMIT, NO_CARD
from kiosk.counter.views import Reference
from kiosk.domain.codes import CARE_TEXT, Care, Payer, Priority, VisitKind
from kiosk.domain.day import age_text
from kiosk.domain.participant import Participant
from kiosk.domain.queue_order import proposed_priority
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.vitals import Vitals
from kiosk.screens.queue_asks import PRIORITY_CHOICES
from kiosk.screens.registration_values import VITALS, poli_choices, short_poli
from kiosk.widgets.choice import Choice, ChoiceField, choices
from kiosk.widgets.field import TextField
from kiosk.widgets.form import Form, FormRow
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.proposal import ProposedChoice
from kiosk.widgets.value_fields import DateField
from kiosk.widgets.vital_field import VitalField


class RegistrationFields(Form):
    """The form of one visit of one person."""

    def __init__(self) -> None:
        super().__init__()
        self.person: Participant | None = None
        """Whose registration it is; the screen keeps it up to date, also when two rows are merged meanwhile."""
        self._polis: tuple[Reference, ...] = ()

    def compose(self) -> ComposeResult:
        """Payer, day, kind, care, poli, place in the queue, complaint, measurements."""
        yield ChoiceField("payer", "Jaminan", choices([(Payer.BPJS, "BPJS"), (Payer.GENERAL, "Umum")]))
        yield DateField("day", "Tanggal", required=True)
        yield ChoiceField(
            "visit_kind",
            "Jenis kunjungan",
            (Choice(VisitKind.SICK, "Sakit", "s"), Choice(VisitKind.HEALTHY, "Sehat", "h")),
        )
        yield ChoiceField(
            "care",
            "Perawatan",
            (
                Choice(Care.OUTPATIENT, CARE_TEXT[Care.OUTPATIENT].capitalize(), "j"),
                Choice(Care.INPATIENT, CARE_TEXT[Care.INPATIENT].capitalize(), "i"),
                Choice(Care.PROMOTIVE, CARE_TEXT[Care.PROMOTIVE].capitalize(), "p"),
            ),
        )
        yield ChoiceField("poli_code", "Poli tujuan", empty="Daftar poli belum diambil dari P-Care")
        yield ProposedChoice("priority", "Antrean", PRIORITY_CHOICES)
        yield ChoiceField("referred_back", "Rujuk balik", choices([("1", "Ya"), ("0", "Tidak")]))
        yield Lines(classes="breath")
        yield TextField("complaint", "Keluhan", width=58, max_length=COMPLAINT_LIMIT)
        yield Lines(classes="breath")
        yield Lines((line(Span("Pemeriksaan fisik, yang diukur saja", "muted")),))
        names = list(VITALS)
        for row in (names[0:3], names[3:6], names[6:]):
            with FormRow():
                for name in row:
                    yield VitalField(name, label=VITALS[name], label_width=11)
        yield from super().compose()

    def use(self, person: Participant, polis: Sequence[Reference], today: date) -> bool:
        """Offer these polis, and ask about the class that the age suggests; whether it suggests one."""
        self.person, self._polis = person, tuple(polis)
        cast(ChoiceField, self.field("poli_code")).set_options(poli_choices(self._polis))
        self.field("referred_back").display = bool(person.prb)
        kind = proposed_priority(person.birth_date, today)
        age = age_text(person.birth_date, today) if person.birth_date else ""
        cast(ProposedChoice, self.field("priority")).propose(kind, f"Usia {age}")
        return kind is not None

    def doubt(self) -> str:
        """What is possible and hardly right: a member without a card, a poli that is not for this kind of visit."""
        if self.person is not None and not self.person.is_member and self.field("payer").typed == Payer.BPJS:
            return NO_CARD
        poli = next((one for one in self._polis if one.code == self.field("poli_code").typed), None)
        kind = self.field("visit_kind").typed
        if poli and kind and poli.flag is not None and poli.flag != (kind == VisitKind.SICK):
            return f"{short_poli(poli.name)} untuk kunjungan {'sakit' if poli.flag else 'sehat'}, benar?"
        return ""

    def made(self, found: Mapping[str, Any], request: str) -> RegistrationForm:
        """The form that the checked values make; the same `request` saved twice makes one registration."""
        if self.person is None:
            raise LookupError("use comes first")
        return RegistrationForm(
            participant_id=self.person.id,
            day=cast(date, found["day"]),
            poli_code=found["poli_code"],
            payer=Payer(found["payer"]),
            visit_kind=VisitKind(found["visit_kind"]),
            care=Care(found["care"]),
            complaint=found["complaint"],
            vitals=Vitals(**{name: found[name] for name in VITALS}),
            referred_back=found.get("referred_back") == "1",
            priority=Priority(found["priority"]),
            request_id=request,
        )
