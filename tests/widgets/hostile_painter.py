"""Every widget in use with hostile text in it, stage by stage at SIGUSR1: run in a terminal by test_hostile_matrix.

Of each stage the texts that must then be read are told, as a line of JSON, to the file descriptor that is named.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from kiosk.domain.participant import Participant
from kiosk.widgets.bars import KeyLine, StatusBar
from kiosk.widgets.big_number import BigNumber
from kiosk.widgets.board_panel import BoardPanel, PanelContent
from kiosk.widgets.choice import Choice, ChoiceField
from kiosk.widgets.dialogs import AskDialog, HelpDialog
from kiosk.widgets.field import PasswordField, TextField
from kiosk.widgets.form import Form
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.lines import Line, Lines, Span, line
from kiosk.widgets.live_picker import LiveDialog, LivePickerField, Offer
from kiosk.widgets.pages import Page, PagedForm
from kiosk.widgets.participant_card import CardContent, ParticipantCard
from kiosk.widgets.people_dialog import PeopleDialog
from kiosk.widgets.picker import Option, PickerDialog, PickerField
from kiosk.widgets.proposal import ProposedChoice
from kiosk.widgets.reading import Reading
from kiosk.widgets.reason import ReasonDialog
from kiosk.widgets.rows import Row, Rows
from kiosk.widgets.screen import Dialog
from kiosk.widgets.vital_field import VitalField

ROWS, COLUMNS = 50, 160
LOOKS = ("biasa", "kontras")
BATCH = 5
"""Payloads that a box shows at once."""

PAYLOADS: tuple[str, ...] = (
    # the terminal is told to do something
    "\x1b]52;c;cm0gLXJm\x07klip",
    "\x1b]0;judul\x07nama",
    "\x1b]8;;http://jahat\x1b\\tautan\x1b]8;;\x1b\\",
    "\x1b]4;1;rgb:00/00/00\x1b\\warna",
    "\x1b]1337;File=inline=1:QQ==\x07gambar",
    "\x1b[2Jhapus",
    "\x1b[31mmerah\x1b[0m",
    "\x1b[1;1Hpojok",
    "\x1b[?1049lkeluar",
    "\x1b[?25htampak",
    "\x1b[?1003htikus",
    "\x1b[6nlapor",
    "\x1b[cjenis",
    "\x1b[>cjenis dua",
    "\x1b[21tjudul balik",
    "\x1b[8;1;1tkecil",
    "\x1b[?2004ltempel",
    "\x1bculang",
    "\x1b7\x1b8simpan",
    '\x1bP$q"p\x1b\\tanya',
    "\x1bP+q544e\x1b\\terminfo",
    "\x1b_G a=T;QQ==\x1b\\kitty",
    "\x1b^rahasia\x1b\\pm",
    "\x1bX sos\x1b\\string",
    "\x1b(0garis",
    "\x1b#8isi",
    "\x9b31mC1",
    "\x9d52;c;QQ==\x9cosc satu",
    "\x90q\x9cdcs satu",
    # other control and invisible characters
    "nul\x00nul",
    "hapus\x7f\x08\x08balik",
    "bel\x07bel",
    "so\x0esi\x0f",
    "dua\r\nbaris\ttab",
    "pisah\u2028alinea\u2029u\x85x",
    "kanan\u202ekiri\u202c",
    "isolat\u2066x\u2069",
    "tanda\u200e\u200f\u061c",
    "nol\u200b\u200d\ufeffx",
    "lunak\u00adx\u2060y",
    "tag\U000e0041\U000e0042x",
    "pribadi\ue000\U000f0000x",
    "pilih\ufe0f\U000e0100x",
    "surrogat\ud800x",
    "bukan\ufffe\uffffhuruf",
    "z" + "\u0301" * 400 + "algo",
    # markup of the libraries
    "BUDI [ALM]",
    "[/b]x[/]",
    "[@click=app.quit]tekan[/]",
    "[link=http://jahat]tautan[/link]",
    "[bold red]merah",
    "[$error]galat",
    "[not a tag",
    "\\[b]miring\\",
    ":warning: emoji",
    # sizes and widths
    "x" * 5000,
    "界" * 300,
    "👨‍👩‍👧‍👦keluarga",
    "{nama!r} %s %(x)s",
    "' OR 1=1 --",
)


@dataclass
class Stage:
    """One picture: which look and which box (none: the walls), and the texts in it."""

    number: int
    look: str
    box: str
    texts: tuple[str, ...]
    kept: list[str] = field(default_factory=list)
    """What must be read on the terminal, as it was given."""
    places: int = 0

    def own(self, text: str, *, kept: bool = True) -> str:
        """The text for one place, told from all the others."""
        given = f"{self.number:03}{self.places:02}{text}"
        self.places += 1
        if kept:
            self.kept.append(given)
        return given


BOXES = ("ask", "help", "people", "reason", "picker", "live-picker")


def stages() -> Iterator[Stage]:
    """All of them, in order; the painter and its reader go through the same ones."""
    number = 0
    batches = [PAYLOADS[at : at + BATCH] for at in range(0, len(PAYLOADS), BATCH)]
    for look in LOOKS:
        for text in PAYLOADS:
            yield Stage(number, look, "", (text,))
            number += 1
        for batch in batches:
            for box in BOXES:
                yield Stage(number, look, box, batch)
                number += 1


class Walls(Screen[None], inherit_bindings=False):
    """Every widget that is not a box, one below the other."""

    CSS = """
    Walls { layout: vertical; overflow: hidden; }
    Walls Rows { height: 2; } Walls Reading { height: 2; } Walls #raw { height: 1; } Walls BoardPanel { height: 12; }
    Walls ParticipantCard { height: 4; } Walls #big { height: 1; }
    """

    def compose(self) -> ComposeResult:
        """From the bar at the top to the keys at the bottom."""
        yield StatusBar()
        yield Lines(id="lines")
        yield Rows(id="rows")
        yield Reading(id="reading")
        yield Static("", markup=False, id="raw")
        yield ParticipantCard(id="card", wide=True)
        with Form(id="form"):
            yield TextField("text", "Teks", width=60)
            yield PasswordField("password", "Sandi")
            yield VitalField("weight")
            yield ChoiceField("choice", "Pilihan")
            yield ProposedChoice("proposed", "Usul")
            yield PickerField("picker", "Daftar")
            yield LivePickerField("live", "Tanya")
        with PagedForm(id="paged"), Page("Halaman"):
            yield TextField("paged", "Isi", width=60)
        yield BigNumber(id="big")
        yield BoardPanel()
        yield KeyLine()

    def fill(self, stage: Stage) -> None:
        """Give every widget its text."""
        own, text = stage.own, stage.texts[0]
        bar = self.query_one(StatusBar)
        bar.tell(clinic=own(text), person=own(text[:9], kept=False), links=(own(text[:25]),), role="warn", clock="")
        self.query_one("#lines", Lines).show(line(Span(own(text), "error", 40)), line(own(text)))
        self.query_one("#rows", Rows).show_rows([Row("a", line(own(text))), Row("b", line(own(text)))])
        self.query_one(Reading).read([line(own(text)), line(own(text))])
        # It forgot the cleaning: the guard alone stands behind it.
        self.query_one("#raw", Static).update(own(text, kept=False)[:150])
        self.query_one(ParticipantCard).show_card(_card(own(text), own(text[:60])))
        self._fill_forms(stage, text)
        self.query_one("#big", BigNumber).label = own(text[:6])
        panel = PanelContent(own(text), "A-001", own(text), (), (), 1, True)
        self.query_one(BoardPanel).show(panel, self.size.width, 12)
        self.query_one(KeyLine).keys([("F1", own(text))])

    def _fill_forms(self, stage: Stage, text: str) -> None:
        own = stage.own
        for key in ("text", "password", "paged"):
            one = next(each for each in self.query(TextField) if each.key == key)
            # The entry shows its end, where the cursor is.
            one.put(own(text[:25], kept=key != "password"))
        self.query_one(VitalField).say(own(text[:30]))
        for choice in (self.query_one("#form ChoiceField", ChoiceField), self.query_one(ProposedChoice)):
            choice.set_options([Choice("a", own(text), "a"), Choice("b", "lain", "b")])
        self.query_one(ProposedChoice).propose("a", text)
        for picker in self.query(PickerField):
            picker.option = Option("K1", own(text), text)
        self.query_one("#form", Form).say(own(text))


def _card(name: str, warning: str) -> CardContent:
    person = Participant("p", name, card_number="0000000000001", status_text=warning, facility_name=name)
    return CardContent(person, False, (warning,), (), (), date(2026, 11, 22), "Asia/Jakarta", due=(warning,))


@dataclass(frozen=True)
class _Live:
    """A live source with the stage's texts."""

    offer: Offer

    async def offers(self, text: str, fresh: bool) -> AsyncIterator[Offer]:
        """One offer."""
        yield self.offer

    def about(self, option: Option) -> Sequence[Line]:
        """Two lines."""
        return (line(option.name), line(option.hint))


class Painter(KioskApp):
    """Paints the next stage at each SIGUSR1."""

    def on_mount(self) -> None:
        """Walls first."""
        self._next = asyncio.Event()
        self.install_screen(Walls(), "walls")
        for box in (AskDialog(), HelpDialog(), PeopleDialog(), ReasonDialog(), PickerDialog(), LiveDialog()):
            self.install_screen(box, box.NAME)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._next.set)
        self.run_worker(self._paint(), exit_on_error=True)

    async def _paint(self) -> None:
        await self.push_screen("walls")
        walls = self.get_screen("walls", Walls)
        self._tell([])
        for stage in stages():
            await self._next.wait()
            self._next.clear()
            while isinstance(self.screen, Dialog):
                await self.pop_screen()
            if stage.look != self.look:
                self.show_look(stage.look)
            if stage.box:
                await self.push_screen(prepared(self, stage))
            else:
                walls.fill(stage)
            self._tell(stage.kept)
        await self._next.wait()
        self.exit()

    @staticmethod
    def _tell(kept: list[str]) -> None:
        os.write(int(sys.argv[1]), json.dumps(kept).encode() + b"\n")


def prepared(app: Painter, stage: Stage) -> Dialog[object]:
    """The box of a stage with its texts."""
    own, texts = stage.own, stage.texts
    box = app.get_screen(stage.box)
    if isinstance(box, AskDialog):
        answers = [Choice(str(n), own(text[:30]), str(n)) for n, text in enumerate(texts)]
        box.prepare(own(texts[0][:60]), [own(text[:100]) for text in texts], answers, "1")
    elif isinstance(box, HelpDialog):
        box.prepare(own(texts[0][:60]), [f"F{n}  {own(text[:100])}" for n, text in enumerate(texts)])
    elif isinstance(box, PeopleDialog):
        rows = [Row(str(n), line(own(text))) for n, text in enumerate(texts)]
        box.prepare(line(own(texts[0])), [line(own(texts[1]))], rows, [Choice("x", own(texts[0][:30]), "x")], "")
    elif isinstance(box, ReasonDialog):
        ready = [own(text) for text in texts]
        box.prepare(
            own(texts[0]), [own(text[:100]) for text in texts], ready, own(texts[0]), own(texts[1][:20]), own(texts[2])
        )
    elif isinstance(box, LiveDialog):
        options = [Option(str(n), own(text), text[:6]) for n, text in enumerate(texts)]
        box.prepare_live(own(texts[0]), _Live(Offer(options, own(texts[0]), "warn")), own(texts[1][:20]), "")
    elif isinstance(box, PickerDialog):
        options = [Option(str(n), own(text), text[:6]) for n, text in enumerate(texts)]

        async def find(typed: str) -> Sequence[Option]:
            return options

        box.prepare(own(texts[0]), find, own(texts[1][:20]), "")
    return box  # type: ignore[return-value]  # one of the boxes, all of them dialogs


if __name__ == "__main__":
    Painter(Path(tempfile.gettempdir()), theme=LOOKS[0]).run()
