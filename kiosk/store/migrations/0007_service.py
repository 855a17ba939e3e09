"""The service: drafts of a visit that several people share, allergies by name, what is counted of visits."""

from typing import Any

STATEMENTS = (
    "ALTER TABLE draft ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE draft ADD COLUMN saved_by TEXT",
    "CREATE TABLE allergy (clinic TEXT NOT NULL, id TEXT NOT NULL, participant TEXT NOT NULL, name TEXT NOT NULL, operator TEXT,"
    " created_at BIGINT NOT NULL, withdrawn_at BIGINT, PRIMARY KEY (clinic, id),"
    " FOREIGN KEY (clinic, participant) REFERENCES participant (clinic, id))",
    "CREATE INDEX allergy_participant ON allergy (clinic, participant)",
    # Read alone, without the rows and their long texts: the diagnoses of a poli, the referrals of a month.
    "CREATE INDEX visit_diagnoses ON visit (clinic, poli_code, day, deleted, diagnosis1, diagnosis2, diagnosis3)",
    "CREATE INDEX visit_referral ON visit (clinic, day) WHERE referral_hospital IS NOT NULL",
)


def up(migrator: Any, db: Any) -> None:
    """Create them; the newest draft of a service becomes the one that all share."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
    rows = db.execute_sql(
        "SELECT clinic, subject, operator FROM draft WHERE kind = 'service' ORDER BY updated_at, operator"
    ).fetchall()
    newest = {(clinic, subject): operator for clinic, subject, operator in rows}
    for (clinic, subject), operator in newest.items():
        key = f"clinic = {_text(clinic)} AND kind = 'service' AND subject = {_text(subject)}"
        db.execute_sql(f"DELETE FROM draft WHERE {key} AND operator <> {_text(operator)}")
        db.execute_sql(f"UPDATE draft SET operator = '', saved_by = operator WHERE {key}")


def _text(value: str) -> str:
    """A literal that both engines read alike; the keys are ours and have no signs."""
    return "'" + value.replace("'", "''") + "'"
