"""The tables as they are now; migrations/ holds how they came to be.

The models are bound to no database: every query is executed on the transaction that was handed in. Columns hold only
text, integers and floating numbers, so that constant SQL returns the same values on SQLite and PostgreSQL: days are ISO
text (clinic's local date), moments are integers (milliseconds since 1970, UTC), flags are 0 or 1, lists are JSON text.
The clinic's code is the first part of every primary, unique and foreign key; nothing joins across clinics. Keys
and indexes stand in the migrations alone.
"""

from peewee import BigIntegerField, CompositeKey, DoubleField, IntegerField, Model, TextField


class Row(Model):
    """What all tables share: the clinic and our own UUIDv7."""

    clinic = TextField()
    id = TextField()

    class Meta:
        primary_key = CompositeKey("clinic", "id")
        legacy_table_names = False


class Clinic(Model):
    """The facility itself; more than one only in a merged database."""

    code = TextField(primary_key=True)
    name = TextField()
    zone = TextField()
    created_at = BigIntegerField()

    class Meta:
        legacy_table_names = False


class Operator(Row):
    """Who may log in; failures are counted here so that a restart does not forgive them."""

    login = TextField()
    name = TextField()
    role = TextField()
    password_hash = TextField()
    disabled = IntegerField(default=0)
    failures = IntegerField(default=0)
    blocked_until = BigIntegerField(null=True)
    created_at = BigIntegerField()


class Participant(Row):
    """Members as P-Care confirmed them, and the clinic's own patients.

    `merged_into` is the row that stands for this one too, when a person had been entered twice. `corrected` is what had
    been typed here where P-Care said otherwise, as JSON. `mother` is another row: she brought this one as a newborn.
    """

    name = TextField()
    card_number = TextField(null=True)
    nik = TextField(null=True)
    rm_number = TextField(null=True)
    sex = TextField(null=True)
    birth_date = TextField(null=True)
    phone = TextField(null=True)
    relation = TextField(null=True)
    facility_code = TextField(null=True)
    facility_name = TextField(null=True)
    active = IntegerField(null=True)
    status_text = TextField(null=True)
    class_name = TextField(null=True)
    kind_name = TextField(null=True)
    arrears = IntegerField(null=True)
    prolanis = TextField(null=True)
    prb = TextField(null=True)
    confirmed_at = BigIntegerField(null=True)
    seen_at = BigIntegerField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()
    merged_into = TextField(null=True)
    corrected = TextField(null=True)
    mother = TextField(null=True)


class ParticipantMerge(Row):
    """That two rows are one person: `kept` stands for `gone`; `content` is how both were, and what was moved.

    `position` is the order in which they were made: the last one is undone first.
    """

    kept = TextField()
    gone = TextField()
    position = IntegerField()
    content = TextField()
    operator = TextField()
    merged_at = BigIntegerField()
    undone_at = BigIntegerField(null=True)
    undone_by = TextField(null=True)


class NamePair(Model):
    """Every ordered pair of a person's folded words: the index of the search by name (kiosk/store/search_index.py).

    `words` is how many words the name has.
    """

    clinic = TextField()
    key = TextField()
    words = IntegerField()
    participant = TextField()

    class Meta:
        primary_key = CompositeKey("clinic", "key", "words", "participant")
        legacy_table_names = False


class Vocabulary(Model):
    """The folded words of all names, with how many people have them."""

    clinic = TextField()
    term = TextField()
    count = IntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "term")
        legacy_table_names = False


class VocabularyDeletion(Model):
    """Every term of the vocabulary, whole and without each one of its letters: the way from a mistyped word to it."""

    clinic = TextField()
    deletion = TextField()
    term = TextField()

    class Meta:
        primary_key = CompositeKey("clinic", "deletion", "term")
        legacy_table_names = False


class Spelling(Model):
    """How the words of all names are written, by the folded word, with how many people write it so."""

    clinic = TextField()
    term = TextField()
    word = TextField()
    count = IntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "term", "word")
        legacy_table_names = False


class Counter(Model):
    """The last number given, by name: queues of a poli on a day, the order of the outbox."""

    clinic = TextField()
    name = TextField()
    last = IntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "name")
        legacy_table_names = False


class Registration(Row):
    """One person, one day, one poli."""

    participant = TextField()
    request = TextField(null=True)
    day = TextField()
    poli_code = TextField()
    payer = TextField()
    card_number = TextField(null=True)
    provider_code = TextField(null=True)
    visit_kind = TextField()
    care = TextField()
    complaint = TextField(null=True)
    systolic = IntegerField(null=True)
    diastolic = IntegerField(null=True)
    weight = DoubleField(null=True)
    height = DoubleField(null=True)
    respiration = IntegerField(null=True)
    waist = DoubleField(null=True)
    heart_rate = IntegerField(null=True)
    referred_back = IntegerField(default=0)
    cancelled = IntegerField(default=0)
    adopted = IntegerField(default=0)
    remote_number = TextField(null=True)
    version = IntegerField(default=1)
    operator = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()


class Ticket(Row):
    """One number in a poli's queue of a day."""

    registration = TextField()
    day = TextField()
    poli_code = TextField()
    number = IntegerField()
    label = TextField()
    state = TextField()
    priority = TextField(default="ordinary")
    room = TextField(null=True)
    calls = IntegerField(default=0)
    turn = IntegerField(null=True)
    queued_at = BigIntegerField()
    called_at = BigIntegerField(null=True)
    serving_at = BigIntegerField(null=True)
    done_at = BigIntegerField(null=True)
    version = IntegerField(default=1)
    created_at = BigIntegerField()


class Stop(Row):
    """A further queue on the way of a number: `place` is a poli's code or a place of the clinic's own.

    `turn` counts the calls of a queue's day. `returns_to` is the ticket or stop that goes back into line when this one
    is done, `operator` who sent the number here.
    """

    ticket = TextField()
    day = TextField()
    place = TextField()
    state = TextField()
    room = TextField(null=True)
    calls = IntegerField(default=0)
    turn = IntegerField(null=True)
    queued_at = BigIntegerField()
    called_at = BigIntegerField(null=True)
    serving_at = BigIntegerField(null=True)
    done_at = BigIntegerField(null=True)
    returns_to = TextField(null=True)
    operator = TextField(null=True)
    created_at = BigIntegerField()


class Visit(Row):
    """The service given; `content` holds what no query asks for, as JSON."""

    registration = TextField()
    participant = TextField()
    day = TextField()
    poli_code = TextField()
    diagnosis1 = TextField(null=True)
    diagnosis2 = TextField(null=True)
    diagnosis3 = TextField(null=True)
    non_specialist1 = IntegerField(null=True)
    discharge_code = TextField()
    doctor_code = TextField()
    tacc_code = IntegerField()
    referral_hospital = TextField(null=True)
    content = TextField()
    deleted = IntegerField(default=0)
    remote_number = TextField(null=True)
    version = IntegerField(default=1)
    confirmed_version = IntegerField(default=0)
    operator = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()


class VisitLine(Row):
    """A drug, a procedure or laboratory results of a visit; `content` is its value as JSON.

    `remote_number` is P-Care's key of the line while it is there. `compound` is the clinic's name of a compound,
    `compound_code` P-Care's.
    """

    registration = TextField()
    visit = TextField()
    kind = TextField()
    request = TextField(null=True)
    title = TextField()
    compound = TextField(null=True)
    content = TextField()
    deleted = IntegerField(default=0)
    remote_number = TextField(null=True)
    compound_code = TextField(null=True)
    version = IntegerField(default=1)
    confirmed_version = IntegerField(default=0)
    operator = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()


class RemoteLine(Model):
    """A key of P-Care's that no line of ours may be taken for: typed elsewhere, or (`own`) given up by one of ours."""

    clinic = TextField()
    kind = TextField()
    remote_number = TextField()
    visit = TextField()
    own = IntegerField()
    title = TextField()
    amount = DoubleField(null=True)
    read_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "kind", "remote_number")
        legacy_table_names = False


class LinesRead(Model):
    """When P-Care's lines of a kind were read last for a visit; no row: never."""

    clinic = TextField()
    visit = TextField()
    kind = TextField()
    read_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "visit", "kind")
        legacy_table_names = False


class Outbox(Row):
    """One call that P-Care must see; `position` is the order in which they were made, never the clock.

    Items of one `chain` go one after the other: participant, day and poli (P-Care's own key of a registration), one
    line of a visit, or one compound. `parent` is the visit that a line hangs on, null for the others. `given_up_by` is
    who gave it up and why, `state_before` and `reason_before` where it stood then.
    """

    kind = TextField()
    subject = TextField()
    registration = TextField()
    parent = TextField(null=True)
    position = IntegerField()
    chain = TextField()
    state = TextField()
    version = IntegerField()
    sent_version = IntegerField(null=True)
    attempts = IntegerField(default=0)
    reason = TextField(null=True)
    detail = TextField(null=True)
    not_before = BigIntegerField(default=0)
    settle_at = BigIntegerField(null=True)
    given_up_by = TextField(null=True)
    state_before = TextField(null=True)
    reason_before = TextField(null=True)
    taken_back_by = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()


class Attempt(Row):
    """One try of an outbox item: what was sent, what came back; never a secret."""

    outbox = TextField()
    number = IntegerField()
    version = IntegerField()
    request = TextField()
    started_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    outcome = TextField(null=True)
    status = IntegerField(null=True)
    code = IntegerField(null=True)
    message = TextField(null=True)


class Inquiry(Row):
    """A question to P-Care, asked once for all who wait for it; until `claimed_until` one process is asking it."""

    kind = TextField()
    question = TextField()
    state = TextField()
    asked_at = BigIntegerField()
    deadline_at = BigIntegerField()
    answered_at = BigIntegerField(null=True)
    reason = TextField(null=True)
    answer = TextField(null=True)
    claimed_until = BigIntegerField(null=True)


class Reference(Model):
    """Rows of the lists kept from P-Care, in its order."""

    clinic = TextField()
    kind = TextField()
    code = TextField()
    name = TextField()
    flag = IntegerField(null=True)
    position = IntegerField()
    fetched_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "kind", "code")
        legacy_table_names = False


class SyncStatus(Model):
    """What the sync process says of itself and of the line."""

    clinic = TextField(primary_key=True)
    link = TextField()
    since = BigIntegerField()
    reason = TextField(null=True)
    heartbeat_at = BigIntegerField()
    process = TextField(null=True)
    skew_s = DoubleField(null=True)
    changed_at = BigIntegerField()

    class Meta:
        legacy_table_names = False


class SenderLease(Model):
    """Which process may send to P-Care, where processes are on several hosts."""

    clinic = TextField(primary_key=True)
    holder = TextField()
    until_at = BigIntegerField()

    class Meta:
        legacy_table_names = False


class MergedDay(Model):
    """Until when P-Care's list of a day was merged."""

    clinic = TextField()
    day = TextField()
    merged_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "day")
        legacy_table_names = False


class Allergy(Row):
    """What a patient was said not to bear, by name; what P-Care has codes for stands in the visits."""

    participant = TextField()
    name = TextField()
    operator = TextField(null=True)
    created_at = BigIntegerField()
    withdrawn_at = BigIntegerField(null=True)


class Draft(Model):
    """What was being typed: survives a kill, a lock, a lost line. `operator` is empty for what several people share."""

    clinic = TextField()
    operator = TextField()
    kind = TextField()
    subject = TextField()
    content = TextField()
    version = IntegerField(default=1)
    saved_by = TextField(null=True)
    updated_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("clinic", "operator", "kind", "subject")
        legacy_table_names = False


class Audit(Model):
    """One row of the audit log: ids and codes alone; `mac` chains it to the one before (kiosk/store/audit.py)."""

    clinic = TextField()
    station = TextField()
    number = IntegerField()
    at = BigIntegerField()
    operator = TextField()
    event = TextField()
    subject = TextField()
    detail = TextField()
    mac = TextField()

    class Meta:
        primary_key = CompositeKey("clinic", "station", "number")
        legacy_table_names = False


class AuditHead(Model):
    """Where a station's chain stands: its last row, the key of the next one, and which seal it began with."""

    clinic = TextField()
    station = TextField()
    number = IntegerField()
    mac = TextField()
    next_key = TextField()
    seal = TextField()

    class Meta:
        primary_key = CompositeKey("clinic", "station")
        legacy_table_names = False
