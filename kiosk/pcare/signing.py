"""Signatures, credentials and reply keys of the BPJS gateway: pure functions of what a request carries.

`timestamp` is everywhere the decimal text of whole Unix seconds (ten digits) that the request itself sends
in `X-timestamp`; the reply is encrypted with a key made from it, so it must be kept until the reply is read.
"""

import base64
import hashlib
import hmac


def signature(cons_id: str, secret_key: str, timestamp: str) -> str:
    """Return `X-signature`: base64 of HMAC-SHA256 over `cons_id & timestamp` (P-Care catalogue)."""
    message = f"{cons_id}&{timestamp}".encode()
    return base64.b64encode(hmac.digest(secret_key.encode(), message, "sha256")).decode("ascii")


def authorization(username: str, password: str, app_code: str) -> str:
    """Return `X-authorization`: `Basic ` and base64 of `username:password:app_code`.

    The catalogue describes the base64 part alone, but without the `Basic ` prefix the service answers 400.
    Nothing is escaped before the base64.
    """
    credentials = f"{username}:{password}:{app_code}".encode()
    return "Basic " + base64.b64encode(credentials).decode("ascii")


def aes_key(cons_id: str, secret_key: str, timestamp: str) -> bytes:
    """Return the 32 bytes that a reply to the request signed at `timestamp` is encrypted with.

    The initialisation vector of AES-256-CBC is the first 16 of them (P-Care catalogue).
    """
    return hashlib.sha256(f"{cons_id}{secret_key}{timestamp}".encode()).digest()
