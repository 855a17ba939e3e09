"""Choosing one of many when the list comes in pieces: first what is known here, then what P-Care answers."""

import asyncio
import textwrap
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Protocol

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.safe_text import plain
from kiosk.widgets.lines import Line, Lines, Span, column, line
from kiosk.widgets.picker import Option, PickerDialog, PickerField
from kiosk.widgets.rows import Row, Rows
from kiosk.widgets.screen import Dialog
from kiosk.widgets.work import work


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be picked now, and how far the asking is."""

    options: Sequence[Option]
    said: str = ""
    """A sentence: "Bertanya ke P-Care …", "Jawaban P-Care pukul 09.41"."""
    role: str = "muted"
    waiting: bool = False
    """More may come: an empty list does not mean yet that nothing fits."""
    unknown: bool = False
    """There is no list to choose from, and `said` says why: an empty one does not mean that nothing fits."""


class LiveSource(Protocol):
    """Where the options of a box come from."""

    def offers(self, text: str, fresh: bool) -> AsyncIterator[Offer]:
        """One offer at once, then a better one whenever there is news.

        `fresh` is true when the box has just opened or the person asked once more.
        """

    def about(self, option: Option) -> Sequence[Line]:
        """At most two lines on the selected option."""


class LiveDialog(PickerDialog):
    """As PickerDialog; the rows grow while answers come in, and the selection stays where it is."""

    NAME = "live-picker"

    DEFAULT_CSS = """
    LiveDialog > .box { width: 1fr; max-width: 110; height: 85%; max-height: 26; margin: 0 2; }
    LiveDialog .said { height: auto; }
    LiveDialog .about { height: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r,f5", "again", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self._said = Lines(classes="said")
        self._about = Lines(classes="about")
        self._live: LiveSource | None = None
        self._fresh = True
        self._empty = ""

    def compose(self) -> ComposeResult:
        """Title, entry, state of the asking, rows, two lines on the selected one, keys."""
        with Vertical(classes="box"):
            yield self._head
            yield self._entry
            yield self._said
            yield self._rows
            yield self._about
            yield self._foot

    def prepare_live(self, title: str, source: LiveSource, text: str, empty: str) -> None:
        """What is picked next time the box opens."""
        self._live, self._fresh, self._empty = source, True, empty
        self.prepare(title, self._source, text, "")
        self._said.show(())
        self._about.show(())

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """One key more than in the plain box, which draws its own first."""
        self.call_next(self._tell_keys)

    def _tell_keys(self) -> None:
        keys = (("Enter", "pilih"), ("↑ ↓", "baris"), ("Ctrl+R", "tanya lagi"), ("Esc", "kembali"))
        self._foot.show(line(*(span for key, text in keys for span in (Span(key, "key"), Span(f" {text}   ")))))

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        """Answers that come now are nobody's."""
        self._serial += 1

    def action_again(self) -> None:
        """Ctrl+R: ask P-Care once more."""
        self._fresh = True
        self._ask_source()

    async def _find(self) -> None:
        if self._live is None:
            return
        self._serial += 1
        fresh, self._fresh = self._fresh, False
        serial, text = self._serial, self._entry.value.strip()
        offers = self._live.offers(text, fresh)
        first = await anext(offers, None)
        if first is not None and serial == self._serial:
            self._shown_for = text
            self._lay_out(first, keep=False)
            work(self, partial(self._follow, offers, serial), "follow", exclusive=True)

    async def _follow(self, offers: AsyncIterator[Offer], serial: int) -> None:
        async for offer in offers:
            if serial != self._serial:
                return
            self._lay_out(offer, keep=True)

    def _lay_out(self, offer: Offer, *, keep: bool) -> None:
        self._options = {option.code: option for option in offer.options}
        codes = max((len(code) for code in self._options), default=0)
        hints = max((len(option.hint) for option in offer.options), default=0)
        room = max(self._rows.content_size.width - 2 - codes - 2 - hints - 1, 10)
        self._rows.empty = "" if offer.waiting or offer.unknown else self._empty
        self._rows.show_rows(
            [
                Row(
                    code,
                    line(
                        column(code, codes, "key"), "  ", column(option.row_text, room), " ", Span(option.hint, "muted")
                    ),
                )
                for code, option in self._options.items()
            ],
            keep=keep,
        )
        width = max(self._said.content_size.width, 20)
        self._said.show(*(line(Span(text, offer.role)) for text in textwrap.wrap(plain(offer.said), width)))
        self._tell_about()

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        self._tell_about()

    def _tell_about(self) -> None:
        option = self._options.get(self._rows.selected or "")
        self._about.show(*(self._live.about(option) if self._live and option else ()))


async def pick_live(
    app: App[None], title: str, source: LiveSource, text: str = "", empty: str = "Tidak ada yang cocok"
) -> Option | None:
    """Let the person pick from `source` while it is still filling; None when they left it. Await it in a worker."""
    if isinstance(app.screen, Dialog):
        return None
    if not app.is_screen_installed(LiveDialog.NAME):
        app.install_screen(LiveDialog(), LiveDialog.NAME)
    dialog = app.get_screen(LiveDialog.NAME, LiveDialog)
    dialog.prepare_live(title, source, text, empty)
    return await app.push_screen_wait(dialog)


class LivePickerField(PickerField):
    """A PickerField filled from a LiveSource; without one it says why nothing can be picked yet."""

    def __init__(
        self,
        key: str,
        label: str,
        *,
        not_yet: str = "",
        label_width: int = 18,
        required: bool = False,
        placeholder: str = "ketik untuk mencari",
        id: str | None = None,
    ) -> None:
        super().__init__(key, label, label_width=label_width, required=required, placeholder=placeholder, id=id)
        self.live: LiveSource | None = None
        """Where options come from; may be changed at any time."""
        self.not_yet = not_yet
        """Said when there is no source: what must be filled first."""

    async def _pick(self, text: str) -> None:
        if self.live is None:
            self.say(self.not_yet)
            return
        found = await pick_live(self.app, self.label, self.live, text, self.empty)
        if found is not None:
            self.option = found
            # The box has only just closed; the message goes on once the form is in front again.
            await asyncio.sleep(0)
            self.post_message(self.Edited(self))
            self.post_message(self.Done(self))
