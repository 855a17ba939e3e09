"""What is typed into the service is kept while it is typed, and what others type in it comes in."""

from collections.abc import Collection

from kiosk.counter.desk import Desk
from kiosk.counter.service_draft import Restored, ServiceDraft
from kiosk.counter.views import ServiceSheet
from kiosk.domain.day import clock_text
from kiosk.screens.base import DeskScreen
from kiosk.screens.service_form import ServiceForm
from kiosk.widgets.choice import Choice, ChoiceField
from kiosk.widgets.dialogs import ask
from kiosk.widgets.draft import DraftTimer
from kiosk.widgets.field import Field

NAMED = 3
"""Fields that a sentence lists; the rest is counted."""
_TOGETHER = "Sudah disimpan di tempat lain; isian digabung: periksa, lalu simpan"


class ServiceKeeper:
    """Stands between the form and the draft of the service that is open."""

    def __init__(self, screen: DeskScreen, form: ServiceForm) -> None:
        self._screen, self._form = screen, form
        self._timer = DraftTimer(screen, self._write, screen.do)
        self._draft: ServiceDraft | None = None
        self._left_at: dict[str, str] = {}
        self._others = False

    async def begin(self, desk: Desk, sheet: ServiceSheet) -> None:
        """The form is filled with what is known; a draft goes over it, with the cursor where it was."""
        version = sheet.visit.version if sheet.visit else 0
        self._left_at = self._form.typed
        self._draft = draft = ServiceDraft(desk, sheet.registration.id, version, self._left_at)
        found = await draft.open()
        if found is None:
            self._others = False
            self._form.go_to(self._form.fields[0].key)
            return
        self._form.lay_over(found.content, found.at)
        self._others = found.by is not None
        if self._others:
            self._left_at = self._form.typed
        self._screen.say(*_restored_words(found, desk.zone))
        self._tell_clashes()

    @property
    def is_dirty(self) -> bool:
        """Whether this person typed what is not saved as a service."""
        return self._draft is not None and self._form.typed != self._left_at

    def changed(self, keys: Collection[str]) -> bool:
        """Whether this person typed in one of these fields."""
        typed = self._form.typed
        return any(typed.get(key, "") != self._left_at.get(key, "") for key in keys)

    def touch(self) -> None:
        """A key was pressed: it is written a moment later."""
        self._timer.touch()

    async def now(self) -> None:
        """The last letters must not wait."""
        await self._timer.now()

    async def look(self) -> None:
        """The store changed: perhaps somebody types in the same service."""
        if self._draft is not None:
            self._take(self._draft, await self._draft.look(lambda: self._form.typed))

    async def finish(self, *, drop: bool) -> None:
        """The service was saved, taken back or thrown away; what others had typed before is never thrown away."""
        self._timer.stop()
        draft, self._draft = self._draft, None
        if draft is None:
            return
        if drop and self._others:
            left_at = self._left_at | draft.decide(mine=False)
            await draft.keep(lambda: left_at, None)
        await draft.close(drop=drop and not self._others)

    async def saved(self) -> None:
        """The service is in the store: nothing is left of the draft, whoever typed it."""
        self._others = False
        await self.finish(drop=True)

    async def decided(self) -> bool:
        """Whether the form may be saved: what two people typed differently is asked first."""
        draft = self._draft
        if draft is None or not draft.clashes:
            return True
        by = draft.by or "Rekan Anda"
        pairs = [self._pair(key, theirs) for key, theirs in draft.clashes.items()]
        more = [f"… dan {len(pairs) - NAMED} isian lain"] if len(pairs) > NAMED else []
        answer = await ask(
            self._screen.app,
            f"Isian Anda dan isian {by} berbeda",
            *pairs[:NAMED],
            *more,
            answers=(Choice("mine", "Pakai isian saya", "s"), Choice("theirs", "Pakai isian itu", "i")),
        )
        if answer is None:
            return False
        self._form.take(draft.decide(mine=answer == "mine"))
        await self.now()
        if answer == "theirs":
            self._screen.say(f"Isian {by} dipakai; periksa, lalu simpan", "warn")
        return answer == "mine"

    async def _write(self) -> None:
        if (draft := self._draft) is not None and not self._form.busy:
            at = self._form.current.key if self._form.current else None
            self._take(draft, await draft.keep(lambda: self._form.typed, at))

    def _take(self, draft: ServiceDraft, news: dict[str, str]) -> None:
        """What others typed appears in its fields; what both typed is told."""
        if draft is not self._draft:
            return
        if news:
            self._form.take(news)
            self._others = True
            self._left_at = {key: text for key, text in (self._left_at | news).items() if text}
            self._screen.say(f"{draft.by or 'Rekan Anda'} mengisi {self._named(list(news))}", "ok")
        self._tell_clashes()

    def _tell_clashes(self) -> None:
        draft = self._draft
        if draft is None or not draft.clashes:
            return
        for key, theirs in draft.clashes.items():
            self._form.field(key).say(f"{draft.by}: {shown_text(self._form.field(key), theirs)}", "warn")
        told = f"{draft.by} mengisi lain: {self._named(list(draft.clashes))}"
        self._screen.say(f"{told}; ditanya saat menyimpan", "warn")

    def _named(self, keys: list[str]) -> str:
        labels = [self._form.field(key).label for key in keys]
        more = f" dan {len(labels) - NAMED} lagi" if len(labels) > NAMED else ""
        return ", ".join(labels[:NAMED]) + more

    def _pair(self, key: str, theirs: str) -> str:
        field = self._form.field(key)
        mine = shown_text(field, field.typed) or "kosong"
        return f"{field.label}: Anda {mine}; {shown_text(field, theirs) or 'kosong'}"


def shown_text(field: Field, text: str) -> str:
    """What a draft keeps of a field, as a person reads it."""
    if isinstance(field, ChoiceField):
        return next((option.label for option in field.options if option.value == text), text)
    return text.split("\t")[1] if "\t" in text else text


def _restored_words(found: Restored, zone: str) -> tuple[str, str]:
    if found.outdated:
        return _TOGETHER, "warn"
    if found.by is not None:
        return f"Diisi {found.by} pukul {clock_text(found.saved_at, zone)}; lanjutkan", "ok"
    return "Draf yang belum disimpan dipulihkan", "ok"
