"""Registrations: one active one for a person, a day and a poli."""

from datetime import date, datetime

from kiosk.domain.codes import Care, Payer, ReferenceList, VisitKind
from kiosk.domain.ids import new_id
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.vitals import Vitals
from kiosk.store import tables
from kiosk.store.transaction import Row, Transaction, moment

_SELECT = (
    "SELECT r.*, p.name AS participant_name, COALESCE(f.name, r.poli_code) AS poli_name FROM registration r"
    " JOIN participant p ON p.clinic = r.clinic AND p.id = r.participant"
    f" LEFT JOIN reference f ON f.clinic = r.clinic AND f.kind = '{ReferenceList.POLI}' AND f.code = r.poli_code"
    " WHERE r.clinic = ?"
)


def from_row(row: Row) -> Registration:
    """A row of the selection as a value."""
    return Registration(
        id=row["id"],
        participant_id=row["participant"],
        participant_name=row["participant_name"],
        card_number=row["card_number"],
        provider_code=row["provider_code"],
        day=date.fromisoformat(row["day"]),
        poli_code=row["poli_code"],
        poli_name=row["poli_name"],
        payer=Payer(row["payer"]),
        visit_kind=VisitKind(row["visit_kind"]),
        care=Care(row["care"]),
        complaint=row["complaint"],
        vitals=Vitals(
            systolic=row["systolic"],
            diastolic=row["diastolic"],
            weight=row["weight"],
            height=row["height"],
            respiration=row["respiration"],
            waist=row["waist"],
            heart_rate=row["heart_rate"],
        ),
        referred_back=bool(row["referred_back"]),
        cancelled=bool(row["cancelled"]),
        adopted=bool(row["adopted"]),
        remote_number=row["remote_number"],
        version=row["version"],
        created_at=moment(row["created_at"]),
    )


def get(tx: Transaction, identifier: str) -> Registration | None:
    """The registration with our `identifier`."""
    row = tx.row(f"{_SELECT} AND r.id = ?", tx.clinic, identifier)
    return from_row(row) if row else None


def by_request(tx: Transaction, request: str) -> Registration | None:
    """What the form with this id made already, if anything."""
    row = tx.row(f"{_SELECT} AND r.request = ?", tx.clinic, request)
    return from_row(row) if row else None


def active(tx: Transaction, participant: str, day: date, poli_code: str) -> Registration | None:
    """The one registration of a person in a poli on a day that was not cancelled."""
    row = tx.row(
        f"{_SELECT} AND r.participant = ? AND r.day = ? AND r.poli_code = ? AND r.cancelled = 0",
        tx.clinic,
        participant,
        day.isoformat(),
        poli_code,
    )
    return from_row(row) if row else None


def of_participant(tx: Transaction, participant: str, day: date) -> tuple[Registration, ...]:
    """A person's registrations of a day, cancelled ones left out."""
    rows = tx.rows(
        f"{_SELECT} AND r.participant = ? AND r.day = ? AND r.cancelled = 0 ORDER BY r.created_at, r.id",
        tx.clinic,
        participant,
        day.isoformat(),
    )
    return tuple(from_row(row) for row in rows)


def of_days(tx: Transaction, since: date, before: date) -> tuple[tuple[date, int, int], ...]:
    """Days from `since` on and before `before`, the newest first, with how many registrations stand, and unserved."""
    rows = tx.rows(
        "SELECT r.day, COUNT(*) AS numbers, SUM(CASE WHEN EXISTS (SELECT 1 FROM visit v WHERE v.clinic = r.clinic"
        " AND v.registration = r.id AND v.deleted = 0) THEN 0 ELSE 1 END) AS unserved FROM registration r"
        " WHERE r.clinic = ? AND r.day >= ? AND r.day < ? AND r.cancelled = 0 GROUP BY r.day ORDER BY r.day DESC",
        tx.clinic,
        since.isoformat(),
        before.isoformat(),
    )
    return tuple((date.fromisoformat(row["day"]), int(row["numbers"]), int(row["unserved"])) for row in rows)


def members_unserved(tx: Transaction, since: date, before: date) -> int:
    """How many registrations of members, from the day `since` on and before `before`, have no service here."""
    count = tx.value(
        "SELECT COUNT(*) FROM registration r WHERE r.clinic = ? AND r.day >= ? AND r.day < ? AND r.cancelled = 0"
        " AND r.payer = ? AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.clinic = r.clinic"
        " AND v.registration = r.id AND v.deleted = 0)",
        tx.clinic,
        since.isoformat(),
        before.isoformat(),
        Payer.BPJS,
    )
    return int(count)


def every_one(tx: Transaction, participant: str, day: date, poli_code: str) -> tuple[Registration, ...]:
    """A member's registrations of a day and poli that P-Care may know of, cancelled ones too."""
    rows = tx.rows(
        f"{_SELECT} AND r.participant = ? AND r.day = ? AND r.poli_code = ? AND r.payer = ?"
        " ORDER BY r.created_at, r.id",
        tx.clinic,
        participant,
        day.isoformat(),
        poli_code,
        Payer.BPJS,
    )
    return tuple(from_row(row) for row in rows)


def by_remote_number(tx: Transaction, day: date, remote_number: str) -> tuple[Registration, ...]:
    """Those of a day to which P-Care gave this noUrut (one a poli at most)."""
    rows = tx.rows(
        f"{_SELECT} AND r.day = ? AND UPPER(r.remote_number) = UPPER(?) AND r.cancelled = 0",
        tx.clinic,
        day.isoformat(),
        remote_number,
    )
    return tuple(from_row(row) for row in rows)


def newest_at(tx: Transaction) -> datetime | None:
    """When the newest one was made, by the clock that was there; ids grow with it, so that it is found at once."""
    row = tx.row("SELECT created_at FROM registration WHERE clinic = ? ORDER BY id DESC LIMIT 1", tx.clinic)
    return moment(row["created_at"]) if row else None


def add(
    tx: Transaction,
    form: RegistrationForm,
    *,
    card_number: str | None,
    provider_code: str | None,
    operator: str | None,
    adopted_number: str | None = None,
) -> str:
    """A new registration; returns its id. `adopted_number` is the noUrut of one that was typed in P-Care's own page."""
    return tx.insert(
        tables.Registration,
        id=new_id(),
        participant=form.participant_id,
        request=form.request_id,
        day=form.day.isoformat(),
        poli_code=form.poli_code,
        card_number=card_number,
        provider_code=provider_code,
        **_decided(form),
        adopted=int(adopted_number is not None),
        remote_number=adopted_number,
        operator=operator,
        created_at=tx.now_ms,
        updated_at=tx.now_ms,
    )


def change(
    tx: Transaction,
    known: Registration,
    form: RegistrationForm,
    *,
    card_number: str | None,
    provider_code: str | None,
) -> None:
    """What was decided is decided otherwise; person, day and poli stay, for the queue number hangs on them."""
    tx.update(
        tables.Registration,
        known.id,
        card_number=card_number,
        provider_code=provider_code,
        **_decided(form),
        version=known.version + 1,
        updated_at=tx.now_ms,
    )


def _decided(form: RegistrationForm) -> dict[str, object]:
    """The columns of what a form decides, besides person, day and poli."""
    v = form.vitals
    return {
        "payer": form.payer,
        "visit_kind": form.visit_kind,
        "care": form.care,
        "complaint": form.complaint,
        "systolic": v.systolic,
        "diastolic": v.diastolic,
        "weight": v.weight,
        "height": v.height,
        "respiration": v.respiration,
        "waist": v.waist,
        "heart_rate": v.heart_rate,
        "referred_back": int(form.referred_back),
    }


def cancel(tx: Transaction, identifier: str) -> None:
    """The registration no longer holds; its number is never given again."""
    tx.execute(
        "UPDATE registration SET cancelled = 1, version = version + 1, updated_at = ? WHERE clinic = ? AND id = ?",
        tx.now_ms,
        tx.clinic,
        identifier,
    )


def set_remote_number(tx: Transaction, identifier: str, remote_number: str) -> None:
    """Keep the noUrut that P-Care gave: without it nothing can be cancelled there."""
    tx.update(tables.Registration, identifier, remote_number=remote_number, updated_at=tx.now_ms)


def forget_remote_number(tx: Transaction, identifier: str) -> None:
    """P-Care holds the registration no more."""
    tx.update(tables.Registration, identifier, remote_number=None, updated_at=tx.now_ms)


def at_pcare(tx: Transaction, day: date) -> tuple[Registration, ...]:
    """The day's registrations that P-Care gave a number and that were not cancelled here."""
    rows = tx.rows(
        f"{_SELECT} AND r.day = ? AND r.cancelled = 0 AND r.remote_number IS NOT NULL ORDER BY r.created_at, r.id",
        tx.clinic,
        day.isoformat(),
    )
    return tuple(from_row(row) for row in rows)


def set_provider(tx: Transaction, identifier: str, provider_code: str) -> None:
    """The member's facility became known after the registration was typed."""
    tx.update(tables.Registration, identifier, provider_code=provider_code, updated_at=tx.now_ms)
