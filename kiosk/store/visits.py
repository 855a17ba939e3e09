"""Services given: one live visit a registration."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from kiosk.domain.codes import Care, Payer
from kiosk.domain.referral_ratio import ReferralRatio
from kiosk.domain.registration import Registration
from kiosk.domain.visit import Diagnosis, Referral, Visit, VisitForm
from kiosk.domain.vitals import Vitals
from kiosk.store import tables
from kiosk.store.transaction import Row, Transaction, from_flag, moment, to_json

_SELECT = (
    "SELECT v.*, r.care FROM visit v JOIN registration r ON r.clinic = v.clinic AND r.id = v.registration"
    " WHERE v.clinic = ?"
)


def from_row(row: Row) -> Visit:
    """A row as a value."""
    return Visit(
        id=row["id"],
        form=_form(json.loads(row["content"])),
        day=date.fromisoformat(row["day"]),
        deleted=bool(row["deleted"]),
        remote_number=row["remote_number"],
        version=row["version"],
        confirmed_version=row["confirmed_version"],
        care=Care(row["care"]),
        created_at=moment(row["created_at"]),
    )


def get(tx: Transaction, identifier: str) -> Visit | None:
    """The visit with our `identifier`, deleted ones too."""
    row = tx.row(f"{_SELECT} AND v.id = ?", tx.clinic, identifier)
    return from_row(row) if row else None


def live(tx: Transaction, registration: str) -> Visit | None:
    """The visit of a registration that was not deleted."""
    row = tx.row(f"{_SELECT} AND v.registration = ? AND v.deleted = 0", tx.clinic, registration)
    return from_row(row) if row else None


def of_participant(tx: Transaction, participant: str, limit: int) -> tuple[Visit, ...]:
    """A person's visits at this clinic, newest first."""
    rows = tx.rows(
        f"{_SELECT} AND v.participant = ? AND v.deleted = 0 ORDER BY v.day DESC, v.created_at DESC, v.id DESC LIMIT ?",
        tx.clinic,
        participant,
        limit,
    )
    return tuple(from_row(row) for row in rows)


def diagnoses_since(tx: Transaction, poli: str, first: date) -> dict[str, int]:
    """How often each diagnosis was made in a poli from the day `first` on, whether main or second."""
    each = (
        "SELECT {0} AS code, COUNT(*) AS n FROM visit"
        " WHERE clinic = ? AND poli_code = ? AND day >= ? AND deleted = 0 GROUP BY {0}"
    )
    of_three = " UNION ALL ".join(each.format(f"diagnosis{at}") for at in (1, 2, 3))
    rows = tx.rows(
        f"SELECT code, SUM(n) AS n FROM ({of_three}) AS one WHERE code IS NOT NULL GROUP BY code",
        *((tx.clinic, poli, first.isoformat()) * 3),
    )
    return {row["code"]: int(row["n"]) for row in rows}


def referrals(tx: Transaction, first: date, end: date, without: str | None) -> ReferralRatio:
    """The vertical referrals of members from the day `first` to before `end`, the visit `without` left out."""
    (row,) = tx.rows(
        "SELECT COUNT(*) AS referred,"
        " SUM(CASE WHEN v.tacc_code <= 0 AND v.non_specialist1 = 1 THEN 1 ELSE 0 END) AS non_specialist,"
        " SUM(CASE WHEN v.tacc_code <= 0 AND v.non_specialist1 IS NULL THEN 1 ELSE 0 END) AS unknown"
        " FROM visit v JOIN registration r ON r.clinic = v.clinic AND r.id = v.registration"
        " WHERE v.clinic = ? AND v.day >= ? AND v.day < ? AND v.referral_hospital IS NOT NULL AND v.deleted = 0"
        " AND v.id <> ? AND r.payer = ?",
        tx.clinic,
        first.isoformat(),
        end.isoformat(),
        without or "",
        Payer.BPJS,
    )
    return ReferralRatio(*(int(row[name] or 0) for name in ("referred", "non_specialist", "unknown")))


def claimed(tx: Transaction, remote_number: str, *, deleted_too: bool = True) -> bool:
    """Whether one of our visits holds this noKunjungan already, one that was deleted here perhaps among them."""
    return (
        tx.value(
            "SELECT 1 FROM visit WHERE clinic = ? AND remote_number = ? AND deleted <= ?",
            tx.clinic,
            remote_number,
            int(deleted_too),
        )
        is not None
    )


def add(tx: Transaction, form: VisitForm, registration: Registration, operator: str | None) -> str:
    """A new visit; returns its id."""
    return tx.insert(
        tables.Visit,
        registration=registration.id,
        participant=registration.participant_id,
        day=registration.day.isoformat(),
        poli_code=registration.poli_code,
        operator=operator,
        created_at=tx.now_ms,
        updated_at=tx.now_ms,
        **_columns(form),
    )


def change(tx: Transaction, visit: Visit, form: VisitForm, operator: str | None) -> int:
    """The form anew; returns the new version."""
    tx.update(
        tables.Visit, visit.id, version=visit.version + 1, operator=operator, updated_at=tx.now_ms, **_columns(form)
    )
    return visit.version + 1


def delete(tx: Transaction, visit: Visit) -> int:
    """The visit no longer holds; returns the new version."""
    tx.update(tables.Visit, visit.id, deleted=1, version=visit.version + 1, updated_at=tx.now_ms)
    return visit.version + 1


def confirm(tx: Transaction, identifier: str, remote_number: str | None, version: int) -> None:
    """P-Care holds `version` now, under `remote_number` (None: unchanged)."""
    if remote_number is not None:
        tx.update(tables.Visit, identifier, remote_number=remote_number)
    tx.execute(
        "UPDATE visit SET confirmed_version = ? WHERE clinic = ? AND id = ? AND confirmed_version < ?",
        version,
        tx.clinic,
        identifier,
        version,
    )


def forget_remote_number(tx: Transaction, identifier: str) -> None:
    """P-Care holds the visit no more, in no version."""
    tx.update(tables.Visit, identifier, remote_number=None, confirmed_version=0)


def of_registration(tx: Transaction, registration: str) -> tuple[Visit, ...]:
    """All visits of a registration, deleted ones too."""
    rows = tx.rows(f"{_SELECT} AND v.registration = ? ORDER BY v.created_at, v.id", tx.clinic, registration)
    return tuple(from_row(row) for row in rows)


def _columns(form: VisitForm) -> dict[str, Any]:
    codes = [d.code for d in form.diagnoses] + [None] * 3
    content = asdict(form)
    content["discharge_day"] = form.discharge_day.isoformat() if form.discharge_day else None
    if form.referral:
        content["referral"]["day"] = form.referral.day.isoformat()
    return {
        "diagnosis1": codes[0],
        "diagnosis2": codes[1],
        "diagnosis3": codes[2],
        "non_specialist1": from_flag(form.diagnoses[0].non_specialist) if form.diagnoses else None,
        "discharge_code": form.discharge_code,
        "doctor_code": form.doctor_code,
        "tacc_code": form.tacc_code,
        "referral_hospital": form.referral.hospital_code if form.referral else None,
        "content": to_json(content),
    }


def _form(content: dict[str, Any]) -> VisitForm:
    content["vitals"] = Vitals(**content["vitals"])
    content["diagnoses"] = tuple(Diagnosis(**d) for d in content["diagnoses"])
    if content["discharge_day"]:
        content["discharge_day"] = date.fromisoformat(content["discharge_day"])
    if content["referral"]:
        content["referral"]["day"] = date.fromisoformat(content["referral"]["day"])
        content["referral"] = Referral(**content["referral"])
    return VisitForm(**content)
