"""Peewee without the drivers that it looks for by itself: a clinic on a file needs none, and they cost 7 MiB."""

import importlib
import sys

_LOOKED_FOR = ("pysqlite3", "psycopg2cffi", "psycopg2", "psycopg", "pymysql", "MySQLdb")


def import_peewee() -> None:
    """Import Peewee as if no driver were installed. Once it is imported this does nothing."""
    if "peewee" in sys.modules:
        return
    hidden = [name for name in _LOOKED_FOR if name not in sys.modules]
    for name in hidden:
        # None says that it cannot be imported.
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        importlib.import_module("peewee")
    finally:
        for name in hidden:
            del sys.modules[name]


def lend_psycopg() -> None:
    """Give Peewee the driver of a store on a server; what its own import would have set (Peewee 4.5)."""
    import peewee
    import psycopg
    from psycopg.pq import TransactionStatus
    from psycopg.types.json import Json, Jsonb

    if vars(peewee)["psycopg"] is not None:
        return
    for name, value in (
        ("psycopg", psycopg),
        ("TransactionStatus", TransactionStatus),
        ("Json_pg3", Json),
        ("Jsonb_pg3", Jsonb),
    ):
        setattr(peewee, name, value)
    for name in ("IDLE", "INERROR", "UNKNOWN"):
        setattr(peewee.Psycopg3Adapter, f"txn_{name.lower()}", TransactionStatus[name])
