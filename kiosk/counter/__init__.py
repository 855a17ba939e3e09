"""What people do at the counter: one function, one transaction, in the words of the procedure.

Every function is async and takes a Desk first; it asks `require(desk, Action.X)` before anything else (the table of
roles is kiosk.domain.people.PERMITTED), and notes what it changed in the audit log inside of its transaction
(kiosk.store.audit.note; what was only looked at: desk.saw). See the module named:

kiosk.counter.desk
    class Desk: .clinic: Clinic  .operator: Operator | None  .station: str  .today() -> date (clinic-local)
    .now() -> datetime UTC  .zone: str
    Desk.open(url: str, station: str, clock=now) -> Desk  (async classmethod; raises StoreTrouble)   await
    desk.close()
    desk.changes() -> async iterator, yields None whenever another process changed the store (screens refresh on
    it); app runs ONE worker over it and posts a StoreChanged message
kiosk.counter.access
    log_in(desk, login: str, password: str) -> Operator       raises LoginRefused(message, wait)
    log_out(desk) -> None;  lock(desk) -> None   (the next log-in is a return or a take-over)
    require(desk, Action) -> Operator   (raises NotPermitted)     screens may use desk.operator.may(Action.X) to
    dim keys
kiosk.counter.find
    search(desk, text: str, limit: int = 20) -> SearchResult
    open_participant(desk, participant_id: str, day: date | None = None) -> ParticipantCard
kiosk.counter.patients
    alike(desk, form: PatientForm) -> tuple[Alike, ...]     (before saving: who may be the same)
    save_patient(desk, form: PatientForm) -> Participant   (the clinic's own new patient; raises InvalidField)
    complete_patient(desk, participant_id, form) -> Participant   (the one who was there already; fills gaps only)
    change_patient(desk, opened: Participant, form) -> Participant   (what differs from `opened`; InvalidField)
    newborn_form(mother: Participant) -> PatientForm
kiosk.counter.kin
    family(desk, participant_id) -> tuple[Relative, ...];  same_person(desk, participant_id) -> tuple[Alike, ...]
kiosk.counter.merge
    preview_merge(desk, kept_id, gone_id) -> MergePreview;  merge(desk, kept_id, gone_id) -> Participant   Conflict
    merged_into(desk, participant_id) -> tuple[MergedRow, ...];  undo_merge(desk, kept_id, merge_id) -> Participant
kiosk.counter.areas
    area_of(area_code) -> str     (where a NIK was issued, from its first six digits)
kiosk.counter.ask
    ask_participant(desk, number: str) -> Answer     (state ASKED at once; the sync process answers into the
    store)
    ask_history(desk, participant_id) -> Answer
    ask_subspecialties(desk, specialty_code) -> Answer
    ask_hospitals(desk, *, day: date, subspecialty_code: str | None, sarana_code: str | None, special_code: str |
    None, participant_id: str) -> Answer
    ask_diagnoses(desk, text) -> Answer
    ask_drugs(desk, text) -> Answer;  ask_procedures(desk, care) -> Answer   (both lists are kept, see line_lists)
    answer(desk, inquiry_id) -> Answer                  (read again after a store change, or use:)
    wait_for(desk, answer: Answer, seconds: float = 10) -> Answer   (returns when answered/unanswered/time is over;
    last known answer otherwise)
kiosk.counter.register
    register(desk, form: RegistrationForm) -> Registered        InvalidField(field, message): fields poli_code,
    visit_kind, care, complaint, day, systolic, … (RegistrationForm / Vitals attribute names)
    cancel_registration(desk, registration_id) -> None          Conflict when served
kiosk.counter.call
    queue(desk, poli_code: str | None = None, day: date | None = None) -> tuple[Ticket, ...]   by queue and number
    call_next(desk, poli_code, room: str|None=None) -> Ticket | None   (by the clinic's ratio of priorities)
    call(desk, ticket_id, room=None); recall; skip; hold; serve_now; finish; take_back (the way back of each)
    set_priority(desk, ticket_id, priority)   all -> Ticket; Conflict, NotFound
kiosk.counter.waiting
    queue_now(desk, day=None) -> QueueNow   (all queues: order of the calls, who is next and why, minutes until the
    call)
kiosk.counter.days
    past_days(desk, days=31) -> tuple[PastDay, ...]   (earlier days, how many numbers, how many without a service)
    missing_this_month(desk) -> int   (members of the month that closes next without a service)
kiosk.counter.correct
    open_correction(desk, registration_id) -> Correction;  correct_registration(desk, id, form, *, based_on) ->
    Registered   (what P-Care does not have; NotFound, Conflict)
kiosk.counter.transfer
    places(desk) -> (code, name) of every queue a number may be sent to
    send_on(desk, ticket_id, place, *, returns: bool) -> Ticket (the stop);  cancel_stop(desk, stop_id) -> Ticket
kiosk.counter.serve
    open_service(desk, *, ticket_id: str | None = None, label: str | None = None) -> ServiceSheet    NotFound
    (label: "A-012", "a12", "12", or P-Care's noUrut)
    save_visit(desk, form: VisitForm, *, based_on: int | None = None, number_at_internal=False, allergies: (before,
    now) | None = None) -> Visit    InvalidForm(problems), Conflict; number_at_internal: a registration of today at the
    poli of the internal referral, in the same transaction
    delete_visit(desk, visit_id) -> None
kiosk.counter.diagnoses
    find_diagnoses(desk, text, limit=20, used=None) -> tuple[DiagnosisOffer, ...]    (offline: by code, Indonesian or
    English words; `used` from favourites(desk, poli_code) come first)
    words_for_pcare(text) -> str    (what to ask P-Care for, whose list is in English)
kiosk.counter.referrals
    referral_ratio(desk, day, *, without: str | None = None) -> ReferralRatio    (the month's referrals, for RRNS)
kiosk.counter.lines
    lines_of(desk, visit_id) -> VisitLines    (medications, procedures, labs: LineRow with how far each is; foreign)
    add_line(desk, visit_id, value: Medication | Procedure | LabResult, *, request_id: str | None = None) -> VisitLine
    edit_line(desk, line_id, value, *, based_on: int | None = None) -> VisitLine
    delete_line(desk, line_id) -> None
    match_line(desk, line_id, remote_number) -> VisitLine   (a foreign line of the visit is this very one)
    InvalidForm(problems): fields are the attributes of the value; NotFound; Conflict. Warnings, before saving:
    kiosk.domain.lines.line_warnings(value)
kiosk.counter.line_lists
    find_drugs(desk, text, limit=40) -> tuple[Reference, ...]     (offline: what was asked for before)
    procedures(desk, care) -> tuple[ProcedureOffer, ...]          (offline: as P-Care gave the list last)
kiosk.counter.reference
    references(desk, ReferenceList.X) -> References
kiosk.counter.outbox
    outbox(desk, state: OutboxState | None = None) -> tuple[OutboxRow, ...]  oldest first, OPEN ones plus today's
    done
    retry_now(desk, item_id) -> None; give_up(desk, item_id, reason: str) -> None
kiosk.counter.shift
    shift_report(desk) -> Shift;  shift_lines(shift) -> (title, lines)   (the day's numbers, where the audit log stands)
kiosk.counter.status
    status(desk) -> Status
kiosk.counter.board
    board(desk, polis: Sequence[str] = ()) -> BoardView
kiosk.counter.service_draft
    ServiceDraft(desk, registration_id, visit_version, start): await .open() -> Restored | None; await .keep(now, at)
    and .look(now) -> the fields that others changed; .clashes, .decide(mine=…); await .close(drop=…)
    unfinished(desk) -> tuple[Unfinished, ...]    (services that were begun and not saved, the newest first)
kiosk.counter.drafts
    save_draft(desk, kind: str, subject: str, content: dict[str, str]) -> None; load_draft(desk, kind, subject) ->
    dict[str, str] | None; drop_draft(desk, kind, subject) -> None
"""
