"""The login: who is at the counter. Shown before anything heavy is loaded, and when the counter was locked."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.domain.people import Operator
from kiosk.widgets.field import PasswordField, TextField
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Line, Lines, Span, line
from kiosk.widgets.screen import CounterScreen

if TYPE_CHECKING:
    from kiosk.counter.desk import Desk

_LABEL = 14


class Gate(Protocol):
    """What the login may ask of the application."""

    async def opened_desk(self) -> "Desk":
        """The desk, once the store is open. Raises StoreTrouble."""

    async def let_in(self, operator: Operator) -> None:
        """Go on with this person at the desk."""

    def keys_held(self) -> AbstractContextManager[None]:
        """While inside, keys wait for what comes to the front."""

    def report(self, error: BaseException) -> str:
        """Keep a report of an unexpected error; the sentence for the person."""


class LoginScreen(CounterScreen):
    """Operator and password; works without the network."""

    TITLE = "Masuk"
    KEYS = (("Enter", "Lanjut"), ("F12", "Tampilan"), ("F1", "Bantuan"), ("Ctrl+Q", "Keluar"))
    HELP_LINES = (
        "Ketik nama pengguna, Enter, lalu kata sandi, Enter.",
        "Tidak perlu jaringan: nama dan kata sandi disimpan di komputer klinik.",
        "",
        "Setelah tiga kali salah, tunggu beberapa detik sebelum mencoba lagi.",
        "Lupa kata sandi: minta admin menggantinya.",
        "",
        "Enter  isian berikut; setelah kata sandi: masuk",
        "Tab  pindah isian, Shift+Tab kembali",
        "F12  tampilan: biasa, kontras tinggi, tanpa warna; diingat di tempat ini",
        "Ctrl+Q  menutup Loket",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f10", "app.leave", show=False),
    ]

    DEFAULT_CSS = """
    LoginScreen > Vertical { align: center middle; }
    LoginScreen .login { width: 58; height: auto; }
    LoginScreen .login > Lines { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines((line(Span("L O K E T", "title")), (), ()))
        self._hint = Lines()
        self._form = Form()
        self._clinic = ""
        self._locked: Operator | None = None

    def body(self) -> ComposeResult:
        """A small form in the middle."""
        with Vertical(), Vertical(classes="login"):
            yield self._head
            with self._form:
                yield TextField("login", "Pengguna", width=24, max_length=40, label_width=_LABEL, required=True)
                yield PasswordField("password", "Kata sandi", width=24, label_width=_LABEL)
            yield self._hint

    async def opened(self, **given: Any) -> None:
        """Empty fields; with `locked` the name of the person who was here is filled in."""
        self._locked = given.get("locked")
        self._form.start({"login": self._locked.login} if self._locked else {})
        if isinstance(hint := given.get("hint"), str):
            self._hint.show((), line(Span(hint, "muted")))
        self._draw_head()

    def welcome(self, clinic: str) -> None:
        """The store is open: the clinic's name under ours."""
        self._clinic = clinic
        self._draw_head()

    def _draw_head(self) -> None:
        rows: list[Line] = [line(Span("L O K E T", "title")), line(Span(self._clinic, "muted"))]
        if self._locked:
            rows.append(line(Span(f"Terkunci oleh {self._locked.name}; isiannya tetap ada", "warn")))
        self._head.show(*rows, ())

    def trouble(self, message: str) -> None:
        """The store could not be opened."""
        self._form.say(message)

    @on(Form.Save)
    def _save(self, event: Form.Save) -> None:
        found = self._form.values()
        if found is not None:
            self._form.busy = True
            self._form.say("Memeriksa …", "muted")
            self.run_worker(self._log_in(str(found["login"]), str(found["password"])), exit_on_error=False)

    async def _log_in(self, login: str, password: str) -> None:
        gate = cast(Gate, self.app)
        with gate.keys_held():
            await self._try(gate, login, password)
        self._form.busy = False

    async def _try(self, gate: Gate, login: str, password: str) -> None:
        from kiosk.counter.errors import CounterError, InvalidField

        try:
            desk = await gate.opened_desk()
            from kiosk.counter.access import log_in

            operator = await log_in(desk, login, password)
        except InvalidField as error:
            self._form.problem(error.field, error.message)
        except CounterError as error:
            self._form.field("password").put("")
            self._form.say(error.message)
            self._form.go_to("password")
        except Exception as error:
            self._form.say(gate.report(error))
        else:
            self._form.start({})
            await gate.let_in(operator)
