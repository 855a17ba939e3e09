"""A form of several pages, one shown at a time: for what is too much for one screen of 24 lines."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.widgets.choice import ChoiceField
from kiosk.widgets.field import Field, fields_in
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Lines, Span, line

SAVE_NEXT = "Enter sekali lagi, F2, atau Ctrl+S: simpan"


class Page(Vertical, can_focus=False):
    """Fields that are shown together."""

    DEFAULT_CSS = """
    Page { height: auto; width: 1fr; }
    """

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.title = title
        """The word in the line of pages."""


class Part(Vertical, can_focus=False):
    """Fields of a page that are asked only in some cases; `display` says whether they are."""

    DEFAULT_CSS = """
    Part { height: auto; width: 1fr; }
    """


class PagedForm(Form):
    """A Form whose pages follow the cursor: Enter and Tab lead from the last field of one to the first of the next.

    Every field of every page is checked and saved; a problem on another page brings that page to the front.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "go(1)", show=False),
        Binding("shift+tab", "go(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.tabs = Lines()
        """The line of pages, to be placed above the form; a page with a problem is marked there."""
        self.pages: tuple[Page, ...] = ()
        """All pages in order."""
        self._by_key: dict[str, Field] = {}
        self._page_of: dict[Field, Page] = {}
        self._around: dict[Field, tuple[Widget, ...]] = {}

    def on_mount(self) -> None:
        """The first page is in front. What stands where never changes, and looking it up at each key would be slow."""
        self.pages = tuple(self.query(Page))
        for number, page in enumerate(self.pages):
            page.display = number == 0
            for field in fields_in(page):
                self._by_key[field.key] = field
                self._page_of[field] = page
                self._around[field] = (field, *(node for node in field.ancestors if isinstance(node, Part)))

    @property
    def page(self) -> Page | None:
        """The page in front; None while the form is going away."""
        return next((page for page in self.pages if page.display), None)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of all pages that are asked now, in order."""
        return tuple(field for field, around in self._around.items() if all(node.display for node in around))

    def field(self, key: str) -> Field:
        """The field that fills `key`. Raises KeyError."""
        return self._by_key[key]

    def show_page(self, page: Page) -> None:
        """Bring `page` to the front; the cursor is not moved."""
        if not page.display:
            for other in self.pages:
                other.display = other is page
        self._tell()

    def action_turn(self, by: int) -> None:
        """The next or previous page, with the cursor on its first empty field, else on its first."""
        pages, page = self.pages, self.page
        at = pages.index(page) + by if page else -1
        if 0 <= at < len(pages):
            fields = [field for field in self.fields if self._page_of[field] is pages[at]]
            empty = [field for field in fields if not field.typed and field.required]
            (empty or fields)[0].focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The page follows the cursor, not word of where it was a moment ago: that page would take it away again."""
        for page in self.pages:
            if page in event.widget.ancestors and event.widget is self.screen.focused:
                self.show_page(page)

    def go_to(self, key: str | None = None) -> None:
        """As in every form. The field's page comes first: a field that is hidden loses the cursor."""
        wanted = self._by_key.get(key or "")
        if wanted in self.fields:
            self.show_page(self._page_of[wanted])
        super().go_to(key)

    def start(self, known: Mapping[str, str] | None = None, focus: str | None = None) -> None:
        """As every form, from the first page on."""
        super().start(known, focus or self.fields[0].key)

    @on(Field.Done)
    def _last_choice(self, event: Field.Done) -> None:
        """One key chooses in the last field; it must not save as well before the person has looked at it."""
        if isinstance(event.field, ChoiceField) and event.field is self.fields[-1] and self.said != SAVE_NEXT:
            event.prevent_default()
            event.stop()
            self.say(SAVE_NEXT, "muted")

    @on(Field.Noted)
    def _marks(self, event: Field.Noted) -> None:
        self.show_tabs()

    def show_tabs(self) -> None:
        """Draw the line of pages again."""
        spans: list[Span] = []
        fields = self.fields
        for number, page in enumerate(self.pages, start=1):
            bad = any(field.has_problem and self._page_of[field] is page for field in fields)
            text = f"{number} {page.title}"
            if page.display:
                spans.append(Span(f"[{text}]", "chosen"))
            else:
                spans += [Span(" "), Span(text, "muted"), Span(" ")]
            spans += [Span(" ×" if bad else "  ", "error"), Span(" ")]
        self.tabs.show(line(*spans))

    def _tell(self) -> None:
        """Only notes of the page in front are told below the fields."""
        if not self.pages:
            # The screen is being taken down.
            return
        self.show_tabs()
        if self._said:
            self._message.show(line(self._said))
            return
        page = self.page
        notes = [f for f in self.fields if f.note and not f.note_fits and self._page_of[f] is page]
        notes.sort(key=lambda field: (not field.is_in_use, not field.has_problem))
        if notes:
            role, sign = ("error", "× ") if notes[0].has_problem else ("warn", "! ")
            self._message.show(line(Span(sign + notes[0].note, role)))
        else:
            self._message.show(())
