"""The address of a store on PostgreSQL: what is ours in it, what goes to the driver, and what may be shown."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from kiosk.store.errors import Unreadable

WRONG = (
    "Alamat PostgreSQL salah bentuk; contoh: postgresql://pengguna@server/basisdata "
    "(tanda baca dalam kata sandi ditulis %40, %2F, …)"
)
DEFAULTS: dict[str, Any] = {
    "application_name": "loket",
    "client_encoding": "utf8",
    "connect_timeout": 5,
    # A server that went away without a word is noticed within half a minute.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""What the address does not say itself."""
_OURS = ("clinic", "sender")
_PLAIN = re.compile(r"[A-Za-z0-9._,:\[\]/-]*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the store is. The text for the driver may hold a password: it is never shown."""

    conninfo: str = field(repr=False)
    shown: str
    """Server and database, for messages."""
    clinic: str | None = None
    """`?clinic=CODE`: whose rows are meant, where a database holds several clinics."""
    lease_only: bool = False
    """`?sender=lease`: the server has no session advisory locks, the lease alone keeps senders apart."""
    options: dict[str, Any] = field(default_factory=dict, repr=False)

    def connect(self, name: str = "loket") -> "psycopg.Connection[Any]":
        """A connection of its own, in autocommit mode. Raises psycopg.Error."""
        return psycopg.connect(self.conninfo, autocommit=True, **{**self.options, "application_name": name})


def address(url: str) -> Address:
    """The parts of a `postgresql://` URL. Raises Unreadable, never with a piece of the password in it."""
    try:
        parts = urlsplit(url)
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        _ = parts.port
    except ValueError:
        raise Unreadable(WRONG) from None
    ours = {name: value for name, value in given if name in _OURS}
    theirs = urlencode([(name, value) for name, value in given if name not in _OURS], quote_via=quote)
    conninfo = parts._replace(query=theirs).geturl()
    # An unescaped @, / or # in a password moves its rest to where host or database are expected.
    database = unquote(parts.path.removeprefix("/"))
    host = parts.netloc.rpartition("@")[2]
    if (
        parts.netloc.count("@") > 1
        or parts.fragment
        or "/" in database
        or not _PLAIN.fullmatch(database)
        or not _PLAIN.fullmatch(host)
    ):
        raise Unreadable(WRONG)
    try:
        known = conninfo_to_dict(conninfo)
    except psycopg.Error:
        raise Unreadable(WRONG) from None
    if ours.get("sender", "lock") not in ("lock", "lease"):
        raise Unreadable("Alamat PostgreSQL: sender hanya lock atau lease")
    place = host or str(known.get("host") or "server lokal")
    return Address(
        conninfo=conninfo,
        shown=f"{place}/{database or known.get('dbname') or known.get('user') or ''}",
        clinic=ours.get("clinic") or None,
        lease_only=ours.get("sender") == "lease",
        options={name: value for name, value in DEFAULTS.items() if name not in known},
    )
