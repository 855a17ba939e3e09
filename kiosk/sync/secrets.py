"""The file with P-Care's addresses and credentials: readable by its owner alone, read by the sync process alone."""

import os
import stat
import tomllib
from pathlib import Path

from pydantic import ValidationError

from kiosk.pcare.settings import PCareSettings


class SecretsProblem(Exception):
    """The file cannot be used; `reason` is the word under which the sentence for people is found."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


CREDENTIAL = "pcare.toml"
"""The name under which systemd hands the file to the service (LoadCredential=pcare.toml:…)."""


def secrets_at(own: Path) -> Path:
    """Where this process finds its secrets: the credential that systemd gave it, else its `own` file."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(given) / CREDENTIAL if given else None
    return credential if credential and credential.is_file() else own


def read_secrets(path: Path) -> PCareSettings:
    """The settings of the client from a TOML file. Raises SecretsProblem; its text never holds a value."""
    try:
        mode = path.stat().st_mode
        # A credential of systemd belongs to root and is readable through an access list, which shows as the group's.
        given = os.environ.get("CREDENTIALS_DIRECTORY")
        if stat.S_IMODE(mode) & 0o077 and not (given and path.parent == Path(given)):
            raise SecretsProblem("secrets_open", f"{path}: hanya pemiliknya yang boleh membaca (chmod 600)")
        table = tomllib.loads(path.read_text("utf-8"))
        return PCareSettings.model_validate(table)
    except FileNotFoundError:
        raise SecretsProblem("no_secrets", f"{path} belum ada; jalankan kiosk init") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise SecretsProblem("secrets_unreadable", f"{path} tidak dapat dibaca") from None
    except ValidationError as error:
        names = ", ".join(sorted({".".join(str(p) for p in e["loc"]) or "isi" for e in error.errors()}))
        raise SecretsProblem("secrets_wrong", f"{path}: periksa {names}") from None
