"""Certificates of the simulator's https, good and bad, signed by an authority that lives as long as the simulator."""

import datetime as dt
import ipaddress
import shutil
import ssl
import tempfile
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.simulator.faults import GOOD_TLS

OWN_ADDRESS = "127.0.0.1"
OTHER_HOST = "contoh.invalid"


class CertificateError(OSError):
    """The certificates cannot be put on the disk; the only argument is an Indonesian sentence for people."""


class _Flaw(NamedTuple):
    """How a server's certificate looks: the host in it, first and last day counted from now, who signed it."""

    host: str = OWN_ADDRESS
    first_day: int = -30
    last_day: int = 30
    signed_by_authority: bool = True


FLAWS = {
    GOOD_TLS: _Flaw(),
    "self-signed": _Flaw(signed_by_authority=False),
    "wrong-host": _Flaw(host=OTHER_HOST),
    "expired": _Flaw(first_day=-60, last_day=-1),
    "not-yet-valid": _Flaw(first_day=1, last_day=60),
}


class Certificates:
    """A server's side of https for each of `FLAWS`, and `ca_file`, which a client has to trust.

    Private keys are on the disk only while they are loaded, in a folder that nobody else can enter; the authority's
    never is.  Raises CertificateError where there is no room for that folder.
    """

    def __init__(self) -> None:
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="kiosk-simulator-"))
        except OSError as error:
            raise CertificateError(f"folder sementara tidak dapat dibuat: {error.strerror or error}") from None
        self.ca_file = self._folder / "ca.pem"
        try:
            authority = _Authority()
            _write(self.ca_file, authority.pem)
            self.contexts = {name: self._context(authority.certify(flaw)) for name, flaw in FLAWS.items()}
        except OSError as error:
            self.remove()
            raise CertificateError(f"sertifikat tidak dapat ditulis: {error.strerror or error}") from None

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _context(self, key_and_certificate: bytes) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        passing = self._folder / "server.pem"
        try:
            _write(passing, key_and_certificate)
            context.load_cert_chain(passing)
        finally:
            passing.unlink(missing_ok=True)
        return context


class _Authority:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("CA sekali pakai simulator P-Care")
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        made = _unsigned(self._name, self._key, dt.timedelta(days=-3650), dt.timedelta(days=3650))
        made = made.issuer_name(self._name).add_extension(usage, critical=True)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.pem = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def certify(self, flaw: _Flaw) -> bytes:
        """Return a fresh key and a certificate for it, in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(flaw.host)
        signer, issuer = (self._key, self._name) if flaw.signed_by_authority else (key, name)
        made = _unsigned(name, key, dt.timedelta(days=flaw.first_day), dt.timedelta(days=flaw.last_day))
        made = made.issuer_name(issuer).add_extension(x509.SubjectAlternativeName([_host(flaw.host)]), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        signed_with = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        made = made.add_extension(signed_with, critical=False)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return secret + made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _unsigned(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, first: dt.timedelta, last: dt.timedelta
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now + first).not_valid_after(now + last)
    return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _write(path: Path, content: bytes) -> None:
    path.touch(0o600, exist_ok=False)
    path.write_bytes(content)
