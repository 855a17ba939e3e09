"""The file with P-Care's addresses and credentials: readable by its owner alone, read by the sync process alone."""

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


def read_secrets(path: Path) -> PCareSettings:
    """The settings of the client from a TOML file. Raises SecretsProblem; its text never holds a value."""
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
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
