"""What a client must know to speak for one facility: addresses, credentials, limits."""

import ssl
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

PRODUCTION_URL = "https://apijkn.bpjs-kesehatan.go.id/pcare-rest"
DEVELOPMENT_URL = "https://apijkn-dev.bpjs-kesehatan.go.id/pcare-rest-dev"
ANTREAN_PRODUCTION_URL = "https://apijkn.bpjs-kesehatan.go.id/antreanfktp"
ANTREAN_DEVELOPMENT_URL = "https://apijkn-dev.bpjs-kesehatan.go.id/antreanfktp_dev"

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _service_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise ValueError("an address is scheme, host and path only")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("an address must be https (http only on this machine)")
    return url.rstrip("/")


def _header_text(value: str) -> str:
    if not value.isascii() or not value.isprintable() or value != value.strip():
        raise ValueError("must be printable ASCII without blanks around it")
    return value


def _header_secret(value: SecretStr) -> SecretStr:
    _header_text(value.get_secret_value())
    return value


def _authorities(path: Path) -> Path:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError:  # ssl.SSLError among them
        raise ValueError("must be a readable file of certificates in PEM") from None
    return path


ServiceUrl = Annotated[str, AfterValidator(_service_url)]
HeaderText = Annotated[str, Field(min_length=1), AfterValidator(_header_text)]
HeaderSecret = Annotated[SecretStr, Field(min_length=1), AfterValidator(_header_secret)]


class PCareSettings(BaseModel):
    """Addresses, credentials and limits of one facility; frozen, its secrets never shown.

    `facility` is the facility's own code (kdProvider, 8 characters).  `version` "v4" encrypts replies and needs
    `user_key`; "v3" is the legacy service with plain replies and no `user_key`.  `visit_path` chooses between
    `kunjungan/V1` and plain `kunjungan`, on which sources disagree; v3 knows only the plain one.
    `ca_file`, in PEM, replaces the certificate authorities; nothing switches the check of certificates off.
    Times are seconds: `deadline` bounds a whole call, and `question_deadline` one that a person waits for.
    `max_body` is in bytes, `max_text` in characters after unpacking.
    Raises `pydantic.ValidationError` for an address that is not https (http is allowed to loopback), and for a
    `ca_file` without certificates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: ServiceUrl
    cons_id: HeaderText
    secret_key: HeaderSecret
    user_key: HeaderSecret | None = None
    username: str = Field(min_length=1)
    password: Annotated[SecretStr, Field(min_length=1)]
    facility: str = Field(min_length=1, max_length=8)
    antrean_url: ServiceUrl | None = None
    antrean_user_key: HeaderSecret | None = None
    app_code: HeaderText = "095"
    version: Literal["v4", "v3"] = "v4"
    visit_path: Literal["V1", "plain"] = "V1"
    ca_file: Annotated[Path, AfterValidator(_authorities)] | None = None
    connect_timeout: float = Field(default=5.0, gt=0)
    read_timeout: float = Field(default=15.0, gt=0)
    write_timeout: float = Field(default=10.0, gt=0)
    pool_timeout: float = Field(default=5.0, gt=0)
    deadline: float = Field(default=20.0, gt=0)
    question_deadline: float = Field(default=8.0, gt=0)
    max_body: int = Field(default=4 * 1024 * 1024, gt=0)
    max_text: int = Field(default=8 * 1024 * 1024, gt=0)

    @model_validator(mode="after")
    def _keys_fit_the_version(self) -> Self:
        if self.version == "v4" and self.user_key is None:
            raise ValueError("version v4 needs user_key")
        return self

    def secrets(self) -> tuple[str, ...]:
        """Return every secret text, for blotting them out of what a server echoes."""
        keys = (self.secret_key, self.user_key, self.antrean_user_key, self.password)
        return tuple(key.get_secret_value() for key in keys if key is not None and key.get_secret_value())
