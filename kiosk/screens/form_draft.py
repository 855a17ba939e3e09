"""A person's own half-typed form: kept while it is typed, there again after a kill, a lost line or another errand."""

from collections.abc import Callable, Collection, Mapping

from kiosk.counter.drafts import drop_draft, load_draft, save_draft
from kiosk.domain.people import Operator
from kiosk.screens.base import DeskScreen
from kiosk.widgets.draft import DraftTimer
from kiosk.widgets.form import Form

RESTORED = "Isian yang belum disimpan dikembalikan; Esc membuangnya"
_AT = "_at"
"""In a draft: the field with the cursor."""


class FormDraft:
    """Stands between a form and its draft in the store; nothing is kept before `begin` and after `forget`."""

    def __init__(self, screen: DeskScreen, kind: str, without: Collection[str] = ()) -> None:
        """`kind` names the form, `without` the fields that are not kept (a day: the next one has its own)."""
        self._screen, self._kind, self._without = screen, kind, without
        self._timer = DraftTimer(screen, self._write, screen.do)
        self._form: Form | None = None
        self._subject = ""
        self._owner: Operator | None = None

    async def begin(self, form: Form, subject: str, fits: Callable[[Mapping[str, str]], bool] = lambda _: True) -> bool:
        """From now on `form` is kept under `subject`; whether something was there that `fits`: it is laid over."""
        self._form, self._subject, self._owner = form, subject, self._screen.desk.operator
        found = await load_draft(self._screen.desk, self._kind, subject)
        if not found or not fits(found):
            return False
        form.restore(found, focus=found.pop(_AT, None))
        return True

    def touch(self) -> None:
        """A key was pressed: it is written a moment later."""
        if self._form is not None:
            self._timer.touch()

    async def now(self) -> None:
        """The last letters must not wait."""
        await self._timer.now()

    async def forget(self) -> None:
        """The form was saved or thrown away."""
        self._timer.stop()
        if self._form is not None:
            self._form = None
            await drop_draft(self._screen.desk, self._kind, self._subject)

    def pause(self) -> None:
        """Nothing more is kept; what was kept stays."""
        self._timer.stop()
        self._form = None

    async def _write(self) -> None:
        form = self._form
        if form is None or not form.is_dirty or form.busy:
            return
        if self._screen.desk.operator != self._owner:
            # The counter was taken over: what is typed here stays its owner's.
            return
        typed = {key: text for key, text in form.typed.items() if key not in self._without}
        if form.current is not None:
            typed[_AT] = form.current.key
        await save_draft(self._screen.desk, self._kind, self._subject, typed)
