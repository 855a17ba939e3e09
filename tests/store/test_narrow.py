"""The public board's connection: it shows what is on the wall, and finds nothing else, whatever it asks."""

import pytest
from peewee import Model

from kiosk.counter.access import log_in
from kiosk.counter.board import board
from kiosk.counter.call import call_next
from kiosk.counter.desk import Desk
from kiosk.counter.find import search
from kiosk.counter.register import register
from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.registration import RegistrationForm
from kiosk.store import tables
from kiosk.store.database import Store
from kiosk.store.errors import Failed
from kiosk.store.narrow import READABLE
from tests.engines import both_engines
from tests.people import PASSWORD

MODELS = [m for m in vars(tables).values() if isinstance(m, type) and issubclass(m, Model)]
COLUMNS = {
    (model._meta.table_name, field.column_name)
    for model in MODELS
    if model not in (Model, tables.Row)
    for field in model._meta.sorted_fields
}
OPEN = {(table, column) for table, columns in READABLE.items() for column in columns}


def test_what_it_may_read_exists_and_tells_nothing_about_a_person() -> None:
    assert OPEN <= COLUMNS
    assert {column for table, column in OPEN if column == "name"} == {"name"}
    assert {table for table, column in OPEN if column == "name"} == {"clinic", "reference"}
    assert not {table for table, _ in OPEN} & {"participant", "operator", "outbox", "draft", "inquiry"}


@both_engines
async def test_the_board_shows_the_same_and_cannot_write(store: Store, desk: Desk) -> None:
    await log_in(desk, "admin", PASSWORD)
    person = (await search(desk, "sutrisno")).rows[0].participant
    form = RegistrationForm(person.id, desk.today(), "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "batuk")
    made = await register(desk, form)
    await call_next(desk, "001", "Loket 1")
    public = await Desk.open(store.url, "papan", narrow=True)
    try:
        shown = await board(public)
        wide = await board(desk)
        assert (shown.polis, shown.calls, shown.last_called) == (wide.polis, wide.calls, wide.last_called)
        assert [poli.current for poli in shown.polis] == [made.ticket.label]
        assert person.name not in repr(shown)
        for sql in ("UPDATE ticket SET room = 'x'", "DELETE FROM ticket", "DROP TABLE ticket"):
            with pytest.raises(Failed):
                public._store.read_now(lambda tx, sql=sql: tx.execute(sql))  # type: ignore[misc]
    finally:
        await public.close()


@pytest.mark.parametrize("engine", ["sqlite", "encrypted"])
def test_every_other_column_is_refused(store: Store) -> None:
    public = Store.open(store.url, narrow=True)
    refused = 0
    for table, column in sorted(COLUMNS):
        asked = f'SELECT "{column}" FROM "{table}"'
        if (table, column) in OPEN:
            public.read_now(lambda tx, sql=asked: tx.rows(sql))  # type: ignore[misc]
            continue
        with pytest.raises(Failed):
            public.read_now(lambda tx, sql=asked: tx.rows(sql))  # type: ignore[misc]
        refused += 1
    for sql in ("SELECT name FROM sqlite_master", "PRAGMA writable_schema = 1", "ATTACH ':memory:' AS x"):
        with pytest.raises(Failed):
            public.read_now(lambda tx, sql=sql: tx.rows(sql))  # type: ignore[misc]
    public.close()
    print(f"the board may read {len(OPEN)} columns; {refused} others were refused")
    assert refused > 150
