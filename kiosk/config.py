"""Where a clinic's files are, and its settings; light to import, and no secret is ever read here."""

import os
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

THEME_NAMES = ("biasa", "kontras", "mono")
"""The themes that may be named; kiosk.widgets.themes has their tones."""

SQLITE, POSTGRES = "sqlite:///", "postgresql://"
_KEY_FILE = "?key_file="
"""As kiosk.store.engine reads it."""
_CREDENTIAL = "store-key"
"""The key of the store as systemd hands it to a service."""


class ConfigError(Exception):
    """The settings cannot be used; `args[0]` is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything of one clinic on this host."""

    folder: Path
    url: str = field(default="", repr=False)
    """Where its records are when they are not in the folder; may hold a password."""
    key_file: Path | None = None
    """The file with the store's key, when the store is encrypted."""

    @property
    def settings(self) -> Path:
        """What may be read by everybody at the counter."""
        return self.folder / "loket.toml"

    @property
    def secrets(self) -> Path:
        """P-Care's credentials: the owner alone, and only the sync process opens it."""
        return self.folder / "pcare.toml"

    @property
    def store(self) -> Path:
        """The clinic's records, where they are in a file."""
        if self.url.startswith(SQLITE):
            return Path(self.url.removeprefix(SQLITE).partition(_KEY_FILE)[0])
        return self.folder / "loket.sqlite3"

    @property
    def store_url(self) -> str:
        """Where the records are, as a URL; of an encrypted file it names the file with the key."""
        if self.on_server or _KEY_FILE in self.url:
            return self.url
        return f"{SQLITE}{self.store}" + (f"{_KEY_FILE}{self.key_file}" if self.key_file else "")

    @property
    def new_key(self) -> Path:
        """Where the key goes when nobody says otherwise."""
        return self.folder / "loket.kunci"

    @property
    def on_server(self) -> bool:
        """Whether the records are on a database server, shared by several hosts."""
        return bool(self.url) and not self.url.startswith(SQLITE)

    @property
    def is_there(self) -> bool:
        """Whether there is a store to open; a server can only be asked."""
        return self.on_server or self.store.is_file()

    @property
    def sender_lock(self) -> Path:
        """Held by the one sync process."""
        return self.store.with_name(self.store.name + ".sync")

    @property
    def seal(self) -> Path:
        """The seal of the audit log, for its owner alone: beside the store, or here when the store is on a server."""
        return (self.folder if self.on_server else self.store.parent) / "audit.segel"

    @property
    def looks(self) -> Path:
        """Which theme each place chose."""
        return self.folder / "tampilan.json"

    @property
    def reports(self) -> Path:
        """Where crash reports and the log of the sync process go."""
        return self.folder / "laporan"


def home_at(folder: Path | None, store: str | None = None) -> Home:
    """The home in `folder`, or the default one, with its records where they are said to be.

    `store` says it, else LOKET_STORE, else `store` in its settings, else they are in the folder. Raises ConfigError.
    """
    home = Home(folder) if folder else default_home()
    settings = read_settings(home)
    url = store or os.environ.get("LOKET_STORE") or settings.store
    if url and not url.startswith((SQLITE, POSTGRES)):
        raise ConfigError(f"alamat penyimpanan harus diawali {SQLITE} atau {POSTGRES}")
    return replace(home, url=url, key_file=_key_file(home, settings.store_key))


def _key_file(home: Home, named: str) -> Path | None:
    """The credential that systemd gives, else the file that the settings name (from the home, when it is relative)."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    if given and (Path(given) / _CREDENTIAL).is_file():
        return Path(given) / _CREDENTIAL
    return home.folder.absolute() / named if named else None


def default_home() -> Home:
    """The home that is used when none is named: LOKET_HOME, else the user's data folder."""
    named = os.environ.get("LOKET_HOME")
    if named:
        return Home(Path(named))
    from platformdirs import user_data_path

    return Home(user_data_path("loket"))


@dataclass(frozen=True, slots=True)
class Settings:
    """One host's settings, from `loket.toml`; every one has a default."""

    station: str = "Loket 1"
    """The name of this place, shown on the board when it calls."""
    start_sync: bool = True
    """Whether a counter starts the sync process when none is alive; false where it is a service."""
    idle_lock: float = 180
    """Seconds without a key until the counter locks itself; 0 never."""
    store: str = field(default="", repr=False)
    """Where the records are when they are not in the home: `postgresql://user@server/database`."""
    store_key: str = ""
    """The file with the key of an encrypted store, in the home or by its whole path; "" for a plain store."""
    entry_deadline: int = 3
    """The day of the next month up to which P-Care takes the services of a month: sources say 3rd or 5th."""
    theme: str = ""
    """How the screens look: biasa, kontras or mono; "" the default. F12 changes it at a terminal."""
    sync: dict[str, Any] = field(default_factory=dict)
    """The table [sync]: see kiosk.sync.policy."""
    queue: dict[str, Any] = field(default_factory=dict)
    """The table [queue]: see kiosk.domain.queue_rules."""
    voice: bool | None = None
    """Whether a board speaks its calls; unset: where a voice is installed, and not over SSH."""


_KINDS: dict[str, tuple[type, ...]] = {
    "station": (str,),
    "start_sync": (bool,),
    "idle_lock": (int, float),
    "store": (str,),
    "store_key": (str,),
    "entry_deadline": (int,),
    "theme": (str,),
    "sync": (dict,),
    "queue": (dict,),
    "voice": (bool,),
}


def read_settings(home: Home) -> Settings:
    """The settings of `home`; the defaults when there is no file. Raises ConfigError."""
    try:
        table = tomllib.loads(home.settings.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{home.settings} tidak dapat dibaca: {error}") from error
    for name, value in table.items():
        if name not in _KINDS:
            raise ConfigError(f"{home.settings}: {name} tidak dikenal; yang ada: {', '.join(_KINDS)}")
        if not isinstance(value, _KINDS[name]) or (isinstance(value, bool) and bool not in _KINDS[name]):
            raise ConfigError(f"{home.settings}: nilai {name} salah jenis")
    if table.get("theme", "") not in ("", *THEME_NAMES):
        raise ConfigError(f"{home.settings}: theme adalah {', '.join(THEME_NAMES)}")
    if not 1 <= table.get("entry_deadline", 1) <= 28:
        raise ConfigError(f"{home.settings}: entry_deadline adalah tanggal, 1 sampai 28")
    return Settings(**table)


def kept_theme(home: Home, place: str) -> str:
    """The theme that was chosen at `place` (a station's name), "" when none was or it cannot be read."""
    return _looks(home).get(place, "")


def keep_theme(home: Home, place: str, theme: str) -> None:
    """Remember the theme chosen at `place`; that it cannot be written is not worth a word."""
    import json

    with suppress(OSError):
        write_whole(home.looks, json.dumps({**_looks(home), place: theme}, ensure_ascii=False))


def _looks(home: Home) -> dict[str, str]:
    try:
        text = home.looks.read_text("utf-8")
    except OSError:
        return {}
    import json

    try:
        known = json.loads(text)
    except ValueError:
        return {}
    return {k: v for k, v in known.items() if v in THEME_NAMES} if isinstance(known, dict) else {}


def write_table(path: Path, table: dict[str, Any], *, private: bool = False) -> None:
    """Write simple values and one level of tables as TOML, whole or not at all; `private`: the owner alone (0600)."""
    import json

    plain = {k: v for k, v in table.items() if not isinstance(v, dict)}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    for key, inner in table.items():
        if isinstance(inner, dict):
            lines += ["", f"[{key}]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in inner.items())]
    write_whole(path, "\n".join(lines) + "\n", private=private)


def change_text(path: Path, name: str, value: str, *, private: bool = False) -> None:
    """Set one text in a TOML file outside of its tables, or take it away (""); all else stays as it was typed."""
    import json

    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    kept = [line for line in lines if line.partition("=")[0].strip() != name]
    # The first lines of the file belong to no table.
    fresh = [f"{name} = {json.dumps(value, ensure_ascii=False)}"] if value else []
    write_whole(path, "\n".join([*fresh, *kept]) + "\n", private=private)


def write_whole(path: Path, text: str, *, private: bool = False) -> None:
    """Write a small file, whole or not at all; `private`: the owner alone (0600)."""
    fresh = path.with_name(path.name + ".baru")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o660)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
