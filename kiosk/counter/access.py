"""Logging in and out, and what the one who is logged in may do."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, LoginRefused, NotFound, NotPermitted
from kiosk.domain.audit import Event, details
from kiosk.domain.people import Action, Operator, Role
from kiosk.store import operators
from kiosk.store.audit import note, note_of
from kiosk.store.transaction import Transaction

if TYPE_CHECKING:
    from argon2 import PasswordHasher

FREE_TRIES = 3
WAITS = (5, 15, 30, 60, 120, 300, 900)
"""Seconds after the fourth, fifth, … failure; never a permanent lock."""
WRONG = "Nama pengguna atau kata sandi salah"
MIN_PASSWORD = 8

# RFC 9106, the low-memory profile. Made once, so that an unknown user costs the same time as a known one.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$IHKGega3Cji22eqUtE93oA$Q5qo1j+tfmGF7Gez6h8BvDCEbxnRWb4PAIVrCF8Z0WY"


async def log_in(desk: Desk, login: str, password: str) -> Operator:
    """The operator with that name and password; from now on the desk is theirs.

    Raises LoginRefused: the same sentence for an unknown name and a wrong password; after three failures with a wait.
    """
    login = login.strip().lower()
    if not login:
        raise InvalidField("login", "Nama pengguna harus diisi")
    if not password:
        raise InvalidField("password", "Kata sandi harus diisi")
    found = await desk.read(lambda tx: operators.find(tx, login))
    if found and found[3] and found[3] > desk.now():
        wait = (found[3] - desk.now()).total_seconds()
        await desk.write(lambda tx: note(tx, Event.SESSION_REFUSED, found[0].id, why="wait"))
        raise LoginRefused(f"Terlalu sering salah; coba lagi {wait:.0f} detik lagi", wait)
    right, new_hash = await asyncio.to_thread(_verify, found[1] if found else _NOBODY, password)
    if found is None:
        # Not what was typed: it may be the password.
        await desk.write(lambda tx: note(tx, Event.SESSION_REFUSED, why="unknown"))
        raise LoginRefused(WRONG)
    operator, _, failures, _ = found
    if not right:
        wait = 0 if failures + 1 < FREE_TRIES else WAITS[min(failures + 1 - FREE_TRIES, len(WAITS) - 1)]
        until = desk.now() + timedelta(seconds=wait) if wait else None
        await desk.write(lambda tx: _refused(tx, operator, until))
        raise LoginRefused(WRONG + (f"; tunggu {wait} detik" if wait else ""), wait)
    if operator.disabled:
        await desk.write(lambda tx: note(tx, Event.SESSION_REFUSED, operator.id, why="disabled"))
        raise LoginRefused("Pengguna ini dinonaktifkan; hubungi admin")
    before = desk.locked_by if desk.locked_by and desk.locked_by.id != operator.id else None

    def work(tx: Transaction) -> None:
        operators.note_success(tx, operator.id, new_hash)
        event = Event.SESSION_TAKEOVER if before else Event.SESSION_IN
        # Theirs already, though the desk is not yet.
        note_of(tx, operator.id, tx.now_ms, event, operator.id, details({"before": before and before.id}))

    await desk.write(work)
    desk.operator, desk.locked_by = operator, None
    return operator


async def log_out(desk: Desk) -> None:
    """Nobody is at the desk any more; that cannot fail."""
    await _leave(desk, Event.SESSION_OUT)


async def lock(desk: Desk) -> None:
    """The operator is away for a moment: the next log-in is a return, or somebody else takes over. Cannot fail."""
    operator = desk.operator
    await _leave(desk, Event.SESSION_LOCK)
    desk.locked_by = operator


async def _leave(desk: Desk, event: Event) -> None:
    if desk.operator is not None:
        desk.remember(event, desk.operator.id)
        desk.operator = None
        await desk.flush()


def _refused(tx: Transaction, operator: Operator, until: datetime | None) -> None:
    operators.note_failure(tx, operator.id, until)
    note(tx, Event.SESSION_REFUSED, operator.id, why="password")


def require(desk: Desk, action: Action) -> Operator:
    """The operator at the desk. Raises NotPermitted when nobody is, or the role does not allow `action`."""
    if desk.operator is None:
        raise NotPermitted("Masuk dulu")
    if not desk.operator.may(action):
        raise NotPermitted("Peran Anda tidak boleh melakukan ini; minta petugas yang berwenang")
    return desk.operator


def add_operator(tx: Transaction, login: str, name: str, role: Role, password: str) -> str:
    """A new operator, inside of a set-up's own transaction; returns the id. Raises InvalidField."""
    login = login.strip().lower()
    if not login.isascii() or not login.replace(".", "").replace("_", "").isalnum():
        raise InvalidField("login", "Nama pengguna: huruf, angka, titik, dan garis bawah")
    _check_password(password)
    if operators.find(tx, login):
        raise InvalidField("login", "Nama pengguna itu sudah dipakai")
    identifier = operators.add(tx, login, name.strip() or login, role, _hasher().hash(password))
    note(tx, Event.USER_ADD, identifier, role=role)
    return identifier


def set_password(tx: Transaction, login: str, password: str) -> None:
    """A new password; failures are forgotten. Raises InvalidField, NotFound."""
    _check_password(password)
    person = _known(tx, login)
    operators.note_success(tx, person.id, _hasher().hash(password))
    note(tx, Event.USER_PASSWORD, person.id)


def set_disabled(tx: Transaction, login: str, disabled: bool) -> None:
    """Whether the operator may log in. The last admin stays. Raises NotFound, Conflict."""
    person = _known(tx, login)
    if disabled:
        _leave_an_admin(tx, person)
    operators.set_disabled(tx, person.id, disabled)
    note(tx, Event.USER_DISABLE if disabled else Event.USER_ENABLE, person.id)


def set_role(tx: Transaction, login: str, role: Role) -> None:
    """What the operator may do from the next log-in on. The last admin stays one. Raises NotFound, Conflict."""
    person = _known(tx, login)
    if role != Role.ADMIN:
        _leave_an_admin(tx, person)
    operators.set_role(tx, person.id, role)
    note(tx, Event.USER_ROLE, person.id, before=person.role, role=role)


def _leave_an_admin(tx: Transaction, person: Operator) -> None:
    admins = [o for o in operators.everyone(tx) if o.role == Role.ADMIN and not o.disabled]
    if [o.id for o in admins] == [person.id]:
        raise Conflict("Ini satu-satunya admin; tambahkan admin lain dulu")


def _known(tx: Transaction, login: str) -> Operator:
    found = operators.find(tx, login.strip().lower())
    if found is None:
        raise NotFound(f"Pengguna {login} tidak ada")
    return found[0]


def _check_password(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise InvalidField("password", f"Kata sandi paling sedikit {MIN_PASSWORD} huruf")


def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def _verify(stored: str, password: str) -> tuple[bool, str | None]:
    """Whether the password is right, and a new hash when the parameters have changed since."""
    from argon2.exceptions import HashingError, InvalidHashError, VerificationError, VerifyMismatchError

    hasher = _hasher()
    try:
        hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False, None
    except (VerificationError, HashingError, MemoryError):
        # Not enough memory is not a wrong password.
        raise LoginRefused("Komputer sedang penuh; coba lagi sebentar") from None
    return True, hasher.hash(password) if hasher.check_needs_rehash(stored) else None
