"""The search, where everything begins: one field for card, NIK, name, RM number or phone, and who was found."""

from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from kiosk.counter.ask import ask_participant, wait_for
from kiosk.counter.errors import CounterError
from kiosk.counter.find import open_participant, search
from kiosk.counter.views import Answer, Found, SearchResult
from kiosk.counter.views import ParticipantCard as Card
from kiosk.domain.day import day_text
from kiosk.domain.people import Action
from kiosk.screens import HOME
from kiosk.screens.base import DeskScreen
from kiosk.screens.history import show_history
from kiosk.screens.person import PersonPanel
from kiosk.widgets.entry import Entry
from kiosk.widgets.lines import Lines, Span, column, line
from kiosk.widgets.participant_card import CardContent, ParticipantCard
from kiosk.widgets.rows import Row, Rows

SEARCH_PAUSE = 0.1
"""Seconds without a key before the store is asked."""
REST = 0.4
"""Seconds without a key after which names that only sound alike are looked for too."""
CARD_PAUSE = 0.12
"""Seconds on a row before its card is read: running down the list sends no cards."""


def card_content(card: Card, desk_today: Any, zone: str) -> CardContent:
    """The counter's view of a person as the card shows it."""
    return CardContent(
        participant=card.participant,
        own_facility=card.own_facility,
        warnings=card.warnings,
        registrations=card.registrations,
        visits=card.visits,
        today=desk_today,
        zone=zone,
        due=card.due,
        elsewhere=tuple(
            (row.day, " ".join(part for part in (row.diagnosis, row.facility) if part))
            for row in sorted(card.elsewhere, key=lambda row: row.day or date.min, reverse=True)
        ),
        elsewhere_at=card.elsewhere_at,
    )


def then(answer: Answer, key: str) -> str:
    """What P-Care said, and the key that leads on."""
    return f"{answer.message.removesuffix('.')} · {key}"


class SearchScreen(DeskScreen):
    """Home."""

    TITLE = "Cari pasien"
    KEYS = (
        ("Enter", "Daftar"),
        ("Ctrl+D", "Data"),
        ("F7", "Baru"),
        ("F4", "Antrean"),
        ("F6", "Kiriman"),
        ("F1", "Bantuan"),
    )
    KEYS_WITHOUT_REGISTERING = (
        ("Ctrl+T", "Riwayat"),
        ("F4", "Antrean"),
        ("F5", "Pelayanan"),
        ("F6", "Kiriman"),
        ("F8", "Kunci"),
        ("F1", "Bantuan"),
    )
    """The bottom line of those who do not register patients: the doctors."""
    HELP_LINES = (
        "Ketik nama, nomor kartu BPJS (13 angka), NIK (16 angka), nomor RM, atau telepon.",
        "Nama boleh sebagian, dengan urutan kata bebas; ejaan lain dan salah ketik tetap ketemu.",
        "Pemindai kartu langsung jalan.",
        "",
        "↑ ↓  memilih baris; PgUp, PgDn satu halaman",
        "Enter  mendaftarkan yang dipilih; nomor yang belum dikenal ditanyakan ke P-Care",
        "Ctrl+R  bertanya lagi ke P-Care tentang yang dipilih",
        "Ctrl+T  riwayat kunjungan di sini dan menurut P-Care",
        "Ctrl+D  data: mengubahnya, keluarga, bayi baru lahir, menggabung data ganda",
        "F7  pasien baru, atau yang belum dapat diverifikasi",
        "F4, F5, F6  antrean, pelayanan, kiriman ke P-Care",
        "Esc  mengosongkan pencarian",
        "F8  mengunci loket",
        "Ctrl+Q  menutup Loket",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("f7", "new_patient", show=False),
        Binding("ctrl+r", "ask_again", show=False),
        Binding("ctrl+t", "history", show=False),
        Binding("ctrl+d", "person", show=False),
    ]

    DEFAULT_CSS = """
    SearchScreen .ask { height: 2; padding: 1 1 0 1; }
    SearchScreen .ask Lines { width: 8; }
    SearchScreen Entry { width: 1fr; }
    SearchScreen .hint { padding: 0 1 0 9; height: 1; }
    SearchScreen .found { height: 1fr; padding: 1 1 2 1; }
    SearchScreen Rows { width: 3fr; }
    SearchScreen .found Vertical { width: 2fr; min-width: 34; padding-left: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._entry = Entry(
            max_length=80, placeholder="nama, nomor kartu, NIK, nomor RM, telepon", select_on_focus=False
        )
        self._hint = Lines(classes="hint")
        self._rows = Rows()
        self._rows.can_focus = False
        self._card = ParticipantCard()
        self._found: dict[str, Found] = {}
        self._result: SearchResult | None = None
        self._serial = self._shown = 0
        """How often the text was changed, and of which time the rows are."""
        self._begun = ""
        """What the field was opened with: what is said of that stays until something else is typed."""
        self._said: tuple[int, Span] | None = None
        """What P-Care said of what is typed, by the serial of the typing: it stays until something else is typed."""
        self._pause: Timer | None = None
        self._rest: Timer | None = None
        self._card_pause: Timer | None = None

    def body(self) -> ComposeResult:
        """The field, the hint, the rows and the card."""
        with Horizontal(classes="ask"):
            yield Lines((line(Span("Cari", "strong")),))
            yield self._entry
        yield self._hint
        with Horizontal(classes="found"):
            yield self._rows
            with Vertical():
                yield self._card

    async def opened(self, **given: Any) -> None:
        """An empty field; `typed` begins a search with what was typed elsewhere; `said` is what was done there."""
        self.show_keys(self.KEYS if self._may_register() else self.KEYS_WITHOUT_REGISTERING)
        self._begin(str(given.get("typed", "")))
        self.say(str(given.get("said", "")), "ok")

    def _begin(self, typed: str = "") -> None:
        if typed and typed == self._entry.value:
            # The field sees no change, but who is found may have changed meanwhile.
            self.do(self._search, group="search", exclusive=True)
        self._begun = self._entry.value = typed
        self._entry.cursor_position = len(typed)
        self._entry.focus()
        self.say("")
        if not typed:
            self._show(None)

    def action_back(self) -> None:
        """Esc: an empty search."""
        self._begin()

    def way_again(self) -> tuple[str, dict[str, Any]]:
        """With what was searched."""
        return HOME, {"typed": self._entry.value}

    def store_changed(self) -> None:
        """Somebody may have registered one of those shown, or an answer of P-Care came in."""
        if self._entry.value.strip():
            self.do(self._search, group="search", exclusive=True)

    # Searching

    @on(Entry.Changed)
    def _changed(self, event: Entry.Changed) -> None:
        event.stop()
        if self._pause is not None:
            self._pause.stop()
        self._serial += 1
        if event.value != self._begun:
            self.say("")
        self._pause = self.set_timer(SEARCH_PAUSE, self._after_pause)
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    def _after_pause(self) -> None:
        self._pause = None
        self.do(partial(self._search, typing=True), group="search", exclusive=True)

    def _after_rest(self) -> None:
        self._rest = None
        self.do(self._search, group="search", exclusive=True)

    async def _search(self, *, typing: bool = False) -> None:
        serial = self._serial
        text = self._entry.value
        result = await search(self.desk, text, typing=typing) if text.strip() else None
        if serial == self._serial and text == self._entry.value:
            self._shown = serial
            self._show(result)
            if not typing:
                self._want_card()
            elif result is not None and result.rows:
                self._rest = self.set_timer(REST, self._after_rest)

    async def _catch_up(self) -> bool:
        """Whether the rows were those of an earlier text still; now they are those of what is typed."""
        if self._shown == self._serial:
            return False
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
        await self._search()
        return True

    def _show(self, result: SearchResult | None) -> None:
        self._result = result
        rows = result.rows if result else ()
        self._found = {found.participant.id: found for found in rows}
        if result and not rows:
            hint = Span(result.hint, "warn" if result.askable else "muted")
            self._hint.show(line(self._said[1] if self._said and self._said[0] == self._serial else hint))
        else:
            legend = f" · {result.legend}" if result and result.legend else ""
            most = " teratas" if result and result.full else ""
            self._hint.show(line(Span(f"{len(rows)} orang{most}{legend}", "muted")) if rows else ())
        self._rows.show_rows([self._row(found) for found in rows])
        if not rows:
            self._card.show_card(None)

    def _row(self, found: Found) -> Row:
        person = found.participant
        width = max(self._rows.content_size.width - 2, 30)
        tail = self._tail(found)
        tails = max((len(self._tail(each)) for each in self._found.values()), default=0)
        name = width - 10 - 1 - 3 - (tails + 1 if tails else 0)
        return Row(
            person.id,
            line(
                column(person.name, name, "" if person.active is not False else "muted"),
                " ",
                column(day_text(person.birth_date) if person.birth_date else "", 10),
                " ",
                column(person.sex or "", 1),
                " ",
                column(tail, tails, "muted"),
            ),
        )

    @staticmethod
    def _tail(found: Found) -> str:
        """One word at the end of the row: what the clerk must know first."""
        if found.registered_today:
            return "hari ini"
        return "ganda?" if found.duplicate else found.reason

    # The rows and the card

    def action_move(self, by: int) -> None:
        """Another row; what was said of the one before goes."""
        self.say("")
        self._rows.move(by)

    def action_page(self, by: int) -> None:
        """A screenful of rows."""
        self.say("")
        self._rows.action_page(by)

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        if self._card_pause is not None:
            self._card_pause.stop()
        self._card_pause = self.set_timer(CARD_PAUSE, self._want_card)

    def _want_card(self) -> None:
        self._card_pause = None
        if (key := self._rows.selected) is not None:
            self.do(partial(self._read_card, key), group="card", exclusive=True)

    async def _read_card(self, key: str) -> None:
        card = await open_participant(self.desk, key)
        if self._rows.selected == key:
            self._card.show_card(card_content(card, self.desk.today(), self.desk.zone))

    # Going on

    @on(Entry.Submitted)
    def _submitted(self, event: Entry.Submitted) -> None:
        event.stop()
        self.do(self._enter, group="enter")

    async def _enter(self) -> None:
        with self.station.keys_held():
            unseen = await self._catch_up()
            result, key = self._result, self._rows.selected
            if result is None:
                return
            # A row that was not on the screen yet when Enter was pressed is opened only when nobody else can be meant.
            if key is not None and (not unseen or len(result.rows) == 1):
                await self._register(key)
        if result.askable:
            await self._ask(result.askable)

    async def _register(self, key: str) -> None:
        if not self._may_register():
            self.say("Peran Anda tidak boleh mendaftarkan pasien", "error")
            return
        card = await open_participant(self.desk, key)
        await self.station.go("registration", card=card)

    def _may_register(self) -> bool:
        return self.desk.operator is None or self.desk.operator.may(Action.REGISTER)

    async def _ask(self, number: str) -> None:
        serial = self._serial
        asked = await ask_participant(self.desk, number)
        self._told(serial, Span(asked.message, "muted"))
        answer = await wait_for(self.desk, asked)
        if serial != self._serial:
            return
        if answer.participant is None:
            self._told(serial, Span(then(answer, "F7: pasien baru"), "warn"))
            return
        await self._search()
        self._hint.show(line(Span(then(answer, "Enter: daftarkan"), "ok")))

    def _told(self, serial: int, words: Span) -> None:
        """Show it, also after the store has changed and the search was done again."""
        if serial == self._serial:
            self._said = (serial, words)
            self._hint.show(line(words))

    def action_ask_again(self) -> None:
        """Ctrl+R: what does P-Care say of the selected one now?"""
        self.do(self._refresh, group="ask", exclusive=True)

    async def _refresh(self) -> None:
        with self.station.keys_held():
            key = await self._selected_row("Ctrl+R")
        if key is None:
            return
        person, serial = self._found[key].participant, self._serial
        number = person.card_number or person.nik
        if number is None:
            self.say("Tanpa nomor kartu atau NIK tidak dapat ditanyakan", "warn")
            return
        asked = await ask_participant(self.desk, number)
        self.say(asked.message, "muted")
        answer = await wait_for(self.desk, asked)
        if serial == self._serial and key == self._rows.selected:
            # Else it would be read as said of whom the person went on to.
            self.say(answer.message, "ok" if answer.participant else "warn")
        await self._search()
        self._want_card()

    def action_history(self) -> None:
        """Ctrl+T: the visits of the selected one."""
        self.do(self._history, group="history", exclusive=True)

    async def _history(self) -> None:
        with self.station.keys_held():
            if card := await self._selected("Ctrl+T"):
                show_history(self.app, card, self.desk.today())

    def action_person(self) -> None:
        """Ctrl+D: family, newborns and doubles of the selected one."""
        self.do(self._person, group="person", exclusive=True)

    async def _person(self) -> None:
        with self.station.keys_held():
            card = await self._selected("Ctrl+D")
        if card is not None:
            await PersonPanel(self).open(card)

    async def _selected(self, key: str) -> Card | None:
        """The card of the selected row, as the field says now; says what to do when there is none."""
        selected = await self._selected_row(key)
        return None if selected is None else await open_participant(self.desk, selected)

    async def _selected_row(self, key: str) -> str | None:
        await self._catch_up()
        selected = self._rows.selected
        self.say("" if selected else f"Cari dulu pasiennya, lalu {key}", "warn")
        return selected

    def action_new_patient(self) -> None:
        """F7: with what was typed as a start."""
        self.do(partial(self.station.go, "patient", typed=self._entry.value.strip()), group="way")

    def refused(self, error: CounterError) -> None:
        """Beside the field, where the eyes are."""
        self._hint.show(line(Span(error.message, "error")))
