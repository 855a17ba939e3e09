"""The simulator's door for tests and training, from another process: ledger, faults, members."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Remote:
    """A simulator that runs in another process on this machine."""

    control_url: str

    def ledger(self) -> dict[str, Any]:
        """What took effect. Raises OSError."""
        found: dict[str, Any] = self._call("GET", "ledger")
        return found

    def members(self, count: int) -> list[dict[str, Any]]:
        """Members whose registration meets no obstacle: noKartu, nik, nama and more. Raises OSError."""
        found: list[dict[str, Any]] = self._call("GET", f"members?count={count}")
        return found

    def outage(self, on: bool) -> None:
        """Cut P-Care off, or let it come back. Raises OSError."""
        self._call("DELETE", "faults")
        if on:
            self._call("POST", "faults", {"kind": "outage"})

    def _call(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self.control_url}/{path}"
        if urlsplit(url).hostname != "127.0.0.1":
            raise OSError("the simulator lives on this machine only")
        data = None if body is None else json.dumps(body).encode()
        opener = build_opener(ProxyHandler({}))
        with opener.open(Request(url, data, method=method), timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310
            return json.loads(reply.read())
