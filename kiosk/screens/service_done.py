"""After a service was saved: what happened with it on its way to P-Care, and what can be done next."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from kiosk.counter.views import ServiceSheet
from kiosk.domain.codes import OutboxState, Payer
from kiosk.safe_text import NAME_LIMIT
from kiosk.widgets.big_number import BigNumber
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.lines import Lines, Span, joined, line
from kiosk.widgets.words import poli_words

SENT: dict[OutboxState | None, tuple[str, str]] = {
    None: ("Pasien umum: tidak dikirim ke P-Care", "muted"),
    OutboxState.PENDING: ("Tersimpan di sini; dikirim ke P-Care begitu tersambung", "ok"),
    OutboxState.SENDING: ("Tersimpan di sini; sedang dikirim ke P-Care", "ok"),
    OutboxState.UNKNOWN: ("Tersimpan di sini; P-Care belum memastikan, diperiksa sendiri", "warn"),
    OutboxState.NEEDS_ACTION: ("Tersimpan di sini; P-Care menolak: buka Kiriman (F6)", "error"),
    OutboxState.DONE: ("Sudah sampai di P-Care", "ok"),
    OutboxState.DROPPED: ("Tersimpan di sini; tidak dikirim ke P-Care", "muted"),
}
"""What is said of a saved service in each state of its way."""


def sent_span(sheet: ServiceSheet) -> Span:
    """The sentence on the saved service of `sheet`, with P-Care's number when it is known."""
    text, role = SENT[sheet.outbox]
    number = sheet.visit.remote_number if sheet.visit else None
    return Span(f"{text}, nomor kunjungan {number}" if number else text, role)


async def ask_deletion(app: App[None], sheet: ServiceSheet) -> bool:
    """Whether the saved service of `sheet` is to be taken back; says what goes with it."""
    label = sheet.ticket.label if sheet.ticket else ""
    there = ", juga di P-Care" if sheet.registration.payer == Payer.BPJS else ""
    internal = (f"Nomor {sheet.internal.label} dari rujukan internalnya tetap ada.",) if sheet.internal else ()
    answer = await ask(
        app,
        f"Hapus pelayanan {label}?",
        f"{sheet.participant.name}: diagnosis, terapi, rujukan, obat, tindakan, dan lab dihapus{there}.",
        "Nomor antreannya bisa dilayani lagi.",
        *internal,
        answers=(Choice("yes", "Ya, hapus", "y"), Choice("no", "Tidak", "t")),
    )
    return answer == "yes"


class ServiceDone(Vertical, can_focus=True, inherit_bindings=False):
    """The number that was served, and the keys that go on from here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose('next')", show=False),
        Binding("k", "choose('correct')", show=False),
        Binding("h,f7", "choose('delete')", show=False),
        Binding("o", "choose('lines')", show=False),
    ]

    DEFAULT_CSS = """
    ServiceDone { height: 1fr; align: center middle; }
    ServiceDone BigNumber { height: 5; margin: 1 0; }
    """

    @dataclass
    class Chosen(Message):
        """A key was pressed."""

        what: str
        """"next", "correct", "delete" or "lines"."""

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines(centred=True)
        self._number = BigNumber()
        self._about = Lines(centred=True)

    def compose(self) -> ComposeResult:
        """Sentence, number, patient, way."""
        yield self._head
        yield self._number
        yield self._about

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        return f"{self._head.text}\n{self._number.label}\n{self._about.text}"

    def show(self, sheet: ServiceSheet) -> None:
        """Say what became of the service."""
        self._head.show(line(Span("Pelayanan tersimpan", "title")))
        self._number.label = sheet.ticket.label if sheet.ticket else ""
        rows = [line(Span(sheet.participant.name, "strong", NAME_LIMIT)), (), line(sent_span(sheet))]
        form = sheet.visit.form if sheet.visit else None
        if form is not None and form.diagnoses:
            rows.insert(1, joined([f"{d.code} {d.name}" for d in form.diagnoses[:1]]))
        if form is not None and form.referral is not None:
            rows.insert(2, line(f"Dirujuk ke {form.referral.hospital_name}"))
        if sheet.internal is not None:
            ticket = sheet.internal
            rows.append(
                line("Rujuk internal: nomor ", Span(ticket.label, "strong"), f" di {poli_words(ticket.poli_name)}")
            )
        elif form is not None and form.internal_poli_code:
            rows.append(line("Rujuk internal tanpa nomor antrean"))
        self._about.show(*rows)

    def action_choose(self, what: str) -> None:
        """A key."""
        self.post_message(self.Chosen(what))
