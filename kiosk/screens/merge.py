"""Two rows side by side that may be one person: which one stays, what moves, what speaks against it."""

from datetime import date

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from kiosk.counter.views import MergePreview
from kiosk.domain.codes import SEX_TEXT
from kiosk.domain.day import age_text, day_text
from kiosk.domain.participant import Participant
from kiosk.widgets.lines import Line, Lines, Span, column, line
from kiosk.widgets.participant_card import status_span
from kiosk.widgets.screen import Dialog

_LABEL = 12
_LOST = "Semua nomor dan nama lama tetap dapat dicari; bisa dipisahkan lagi."


class MergeDialog(Dialog[int]):
    """Ends with which of the two stays, 0 or 1; None when they are left as they are."""

    NAME = "merge"
    BINDINGS = [
        Binding("left,1", "keep(0)", show=False),
        Binding("right,2", "keep(1)", show=False),
        Binding("g", "merge", show=False),
    ]

    DEFAULT_CSS = """
    MergeDialog > .box { width: 1fr; max-width: 110; margin: 1 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines = Lines()
        self._ways: tuple[MergePreview, MergePreview] | None = None
        self._today = date.min
        self._kept = 0

    def compose(self) -> ComposeResult:
        """A box with the lines."""
        with Vertical(classes="box"):
            yield self._lines

    def prepare(self, ways: tuple[MergePreview, MergePreview], today: date) -> None:
        """The two ways to merge: the first row stays, or the second. The one with the card is proposed."""
        self._ways, self._today = ways, today
        first, second = ways[0].kept, ways[1].kept
        self._kept = int(second.is_member and not first.is_member)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw what was prepared."""
        self._draw()

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        """Closed: nothing of the people stays behind."""
        self._ways = None
        self._lines.show()

    def on_resize(self, event: events.Resize) -> None:
        """Another width gives the columns other widths."""
        self.call_after_refresh(self._draw)

    def action_keep(self, which: int) -> None:
        """The other one stays."""
        self._kept = which
        self._draw()

    def action_merge(self) -> None:
        """G: only where nothing forbids it."""
        if self._ways is not None and self._ways[self._kept].problem is None:
            self.dismiss(self._kept)

    def _draw(self) -> None:
        if self._ways is None or not self._lines.content_size.width:
            return
        way = self._ways[self._kept]
        cells = max((self._lines.content_size.width - _LABEL) // 2 - 1, 20)
        one, other = (_parts(each.kept, self._today) for each in self._ways)
        heads = [("» TETAP" if self._kept == at else "digabung") + f" ({at + 1})" for at in (0, 1)]
        rows: list[Line] = [
            line(Span("Gabungkan dua data menjadi satu orang?", "title")),
            (),
            line(column("", _LABEL), *(_cell(head, cells, self._kept == at) for at, head in enumerate(heads))),
        ]
        rows += [
            line(
                column(label, _LABEL, "muted"),
                column(one[label] or "–", cells),
                " ",
                column(other[label] or "–", cells),
            )
            for label in one
            if one[label] or other[label]
        ]
        counted = (self._ways[0].kept_counts, self._ways[1].kept_counts)
        rows.append(line(column("Di sini", _LABEL, "muted"), *(column(_counts(c), cells + 1) for c in counted)))
        rows += [(), *(line(Span(f"! {said}", "warn")) for said in way.warnings)]
        if way.problem:
            rows.append(line(Span(f"× {way.problem}", "error")))
        else:
            after = way.after
            numbers = (("kartu", after.card_number), ("RM", after.rm_number), ("NIK", after.nik))
            rows.append(line(Span("Sesudahnya: ", "muted"), Span(after.name, "strong")))
            rows.append(line(" · ".join(f"{name} {value}" for name, value in numbers if value)))
            rows.append(line(Span(_LOST, "muted")))
        keys: list[Span] = [Span("1 2 ← →", "key"), Span(" yang tetap   ")]
        if not way.problem:
            keys += [Span("G", "key"), Span(" gabungkan   ")]
        self._lines.show(*rows, (), line(*keys, Span("Esc", "key"), Span(" biarkan dua")))


def _cell(text: str, cells: int, strong: bool) -> Span:
    return column(text, cells + 1, "strong" if strong else "muted")


def _counts(counts: tuple[int, int]) -> str:
    return f"{counts[0]} pendaftaran, {counts[1]} kunjungan"


def _parts(person: Participant, today: date) -> dict[str, str]:
    """What is compared, by its label."""
    born = f"{day_text(person.birth_date)} ({age_text(person.birth_date, today)})" if person.birth_date else ""
    return {
        "Nama": person.name,
        "Kartu": person.card_number or "",
        "NIK": person.nik or "",
        "RM": person.rm_number or "",
        "Lahir": born,
        "Kelamin": SEX_TEXT[person.sex] if person.sex else "",
        "Telepon": person.phone or "",
        "BPJS": status_span(person).text,
        "Faskes": person.facility_name or person.facility_code or "",
    }


async def decide_merge(app: App[None], ways: tuple[MergePreview, MergePreview], today: date) -> MergePreview | None:
    """Show both and wait; the way that was chosen, None when they are left as they are. To be awaited in a worker."""
    if not app.is_screen_installed(MergeDialog.NAME):
        app.install_screen(MergeDialog(), MergeDialog.NAME)
    dialog = app.get_screen(MergeDialog.NAME, MergeDialog)
    dialog.prepare(ways, today)
    kept = await app.push_screen_wait(dialog)
    return None if kept is None else ways[kept]
