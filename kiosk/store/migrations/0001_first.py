"""The first tables: plain statements that SQLite and PostgreSQL both read."""

from typing import Any

ROW = "clinic TEXT NOT NULL, id TEXT NOT NULL, "
KEY = ", PRIMARY KEY (clinic, id)"


def _owns(column: str, table: str, extra: str = "") -> str:
    return f", FOREIGN KEY (clinic, {column}) REFERENCES {table} (clinic, id){extra}"


TABLES = (
    "CREATE TABLE clinic (code TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, zone TEXT NOT NULL, created_at BIGINT NOT NULL)",
    f"CREATE TABLE operator ({ROW} login TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL,"
    " disabled INTEGER NOT NULL, failures INTEGER NOT NULL, blocked_until BIGINT, created_at BIGINT NOT NULL"
    f"{KEY}, UNIQUE (clinic, login))",
    f"CREATE TABLE participant ({ROW} name TEXT NOT NULL, card_number TEXT, nik TEXT, rm_number TEXT, sex TEXT, birth_date TEXT,"
    " phone TEXT, relation TEXT, facility_code TEXT, facility_name TEXT, active INTEGER, status_text TEXT, class_name TEXT,"
    " kind_name TEXT, arrears INTEGER, prolanis TEXT, prb TEXT, confirmed_at BIGINT, seen_at BIGINT,"
    f" created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL{KEY}, UNIQUE (clinic, card_number), UNIQUE (clinic, rm_number))",
    "CREATE INDEX participant_nik ON participant (clinic, nik)",
    "CREATE INDEX participant_phone ON participant (clinic, phone)",
    "CREATE TABLE name_pair (clinic TEXT NOT NULL, key TEXT NOT NULL, participant TEXT NOT NULL,"
    f" PRIMARY KEY (clinic, key, participant){_owns('participant', 'participant', ' ON DELETE CASCADE')})",
    "CREATE INDEX name_pair_participant ON name_pair (clinic, participant)",
    "CREATE TABLE counter (clinic TEXT NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (clinic, name))",
    f"CREATE TABLE registration ({ROW} participant TEXT NOT NULL, request TEXT, day TEXT NOT NULL, poli_code TEXT NOT NULL,"
    " payer TEXT NOT NULL, card_number TEXT, provider_code TEXT, visit_kind TEXT NOT NULL, care TEXT NOT NULL, complaint TEXT,"
    " systolic INTEGER, diastolic INTEGER, weight DOUBLE PRECISION, height DOUBLE PRECISION, respiration INTEGER,"
    " waist DOUBLE PRECISION, heart_rate INTEGER, referred_back INTEGER NOT NULL, cancelled INTEGER NOT NULL,"
    " adopted INTEGER NOT NULL, remote_number TEXT, version INTEGER NOT NULL, operator TEXT, created_at BIGINT NOT NULL,"
    f" updated_at BIGINT NOT NULL{KEY}, UNIQUE (clinic, request){_owns('participant', 'participant')})",
    "CREATE INDEX registration_day ON registration (clinic, day, poli_code)",
    "CREATE INDEX registration_participant ON registration (clinic, participant, day)",
    "CREATE UNIQUE INDEX registration_active ON registration (clinic, day, poli_code, participant) WHERE cancelled = 0",
    f"CREATE TABLE ticket ({ROW} registration TEXT NOT NULL, day TEXT NOT NULL, poli_code TEXT NOT NULL, number INTEGER NOT NULL,"
    " label TEXT NOT NULL, state TEXT NOT NULL, room TEXT, calls INTEGER NOT NULL, called_at BIGINT, serving_at BIGINT,"
    f" done_at BIGINT, version INTEGER NOT NULL, created_at BIGINT NOT NULL{KEY}, UNIQUE (clinic, day, poli_code, number),"
    f" UNIQUE (clinic, registration){_owns('registration', 'registration')})",
    "CREATE INDEX ticket_state ON ticket (clinic, day, state)",
    f"CREATE TABLE visit ({ROW} registration TEXT NOT NULL, participant TEXT NOT NULL, day TEXT NOT NULL, poli_code TEXT NOT NULL,"
    " diagnosis1 TEXT, diagnosis2 TEXT, diagnosis3 TEXT, non_specialist1 INTEGER, discharge_code TEXT NOT NULL,"
    " doctor_code TEXT NOT NULL, tacc_code INTEGER NOT NULL, referral_hospital TEXT, content TEXT NOT NULL,"
    " deleted INTEGER NOT NULL, remote_number TEXT, version INTEGER NOT NULL, confirmed_version INTEGER NOT NULL, operator TEXT, created_at BIGINT NOT NULL,"
    f" updated_at BIGINT NOT NULL{KEY}{_owns('registration', 'registration')})",
    "CREATE UNIQUE INDEX visit_live ON visit (clinic, registration) WHERE deleted = 0",
    "CREATE INDEX visit_participant ON visit (clinic, participant, day)",
    "CREATE INDEX visit_day ON visit (clinic, day)",
    f"CREATE TABLE outbox ({ROW} kind TEXT NOT NULL, subject TEXT NOT NULL, registration TEXT NOT NULL, position INTEGER NOT NULL,"
    " chain TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, sent_version INTEGER, attempts INTEGER NOT NULL,"
    " reason TEXT, detail TEXT, not_before BIGINT NOT NULL, settle_at BIGINT, given_up_by TEXT, created_at BIGINT NOT NULL,"
    f" updated_at BIGINT NOT NULL{KEY}, UNIQUE (clinic, position){_owns('registration', 'registration')})",
    "CREATE INDEX outbox_state ON outbox (clinic, state, not_before)",
    "CREATE INDEX outbox_registration ON outbox (clinic, registration)",
    "CREATE INDEX outbox_chain ON outbox (clinic, chain, position)",
    "CREATE INDEX outbox_subject ON outbox (clinic, subject)",
    f"CREATE TABLE attempt ({ROW} outbox TEXT NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL, request TEXT NOT NULL,"
    " started_at BIGINT NOT NULL, ended_at BIGINT, outcome TEXT, status INTEGER, code INTEGER, message TEXT"
    f"{KEY}, UNIQUE (clinic, outbox, number){_owns('outbox', 'outbox')})",
    f"CREATE TABLE inquiry ({ROW} kind TEXT NOT NULL, question TEXT NOT NULL, state TEXT NOT NULL, asked_at BIGINT NOT NULL,"
    f" deadline_at BIGINT NOT NULL, answered_at BIGINT, reason TEXT, answer TEXT{KEY})",
    "CREATE INDEX inquiry_state ON inquiry (clinic, state, asked_at)",
    "CREATE INDEX inquiry_question ON inquiry (clinic, kind, question)",
    "CREATE UNIQUE INDEX inquiry_open ON inquiry (clinic, kind, question) WHERE state = 'asked'",
    "CREATE TABLE reference (clinic TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, flag INTEGER,"
    " position INTEGER NOT NULL, fetched_at BIGINT NOT NULL, PRIMARY KEY (clinic, kind, code))",
    "CREATE TABLE sync_status (clinic TEXT PRIMARY KEY NOT NULL, link TEXT NOT NULL, since BIGINT NOT NULL, reason TEXT,"
    " heartbeat_at BIGINT NOT NULL, process TEXT, skew_s DOUBLE PRECISION, changed_at BIGINT NOT NULL)",
    "CREATE TABLE merged_day (clinic TEXT NOT NULL, day TEXT NOT NULL, merged_at BIGINT NOT NULL, PRIMARY KEY (clinic, day))",
    "CREATE TABLE draft (clinic TEXT NOT NULL, operator TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,"
    " content TEXT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (clinic, operator, kind, subject))",
)


def up(migrator: Any, db: Any) -> None:
    """Create everything."""
    for statement in TABLES:
        db.execute_sql(statement)
