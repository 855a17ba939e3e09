"""A bare client of the simulator, made of httpx and the codec only, and a simulator to ask."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from kiosk.pcare import codec
from kiosk.simulator.running import Credentials, Running, running

LIMIT = 4_194_304


@dataclass
class Answer:
    """What came back: HTTP status, code, message and response in clear, and the reply itself."""

    status: int
    code: Any
    message: str
    response: Any
    reply: httpx.Response


class Caller:
    """Asks as a clinic does; signing is written out here so that it is checked against ours."""

    def __init__(self, credentials: Credentials, http: httpx.AsyncClient) -> None:
        self.credentials = credentials
        self.http = http
        self.members = credentials.members

    @property
    def today(self) -> str:
        zone = timezone(timedelta(hours=7))
        return datetime.now(zone).strftime("%d-%m-%Y")

    def headers(self, timestamp: str, **changed: str | None) -> dict[str, str]:
        of = self.credentials
        signed = hmac.new(of.secret_key.encode(), f"{of.cons_id}&{timestamp}".encode(), hashlib.sha256).digest()
        login = base64.b64encode(f"{of.username}:{of.password}:{of.app_code}".encode()).decode()
        headers: dict[str, str | None] = {
            "X-cons-id": of.cons_id,
            "X-timestamp": timestamp,
            "X-signature": base64.b64encode(signed).decode(),
            "X-authorization": f"Basic {login}",
            "user_key": of.user_key,
        }
        names = {name.lower().replace("-", "_"): name for name in headers}
        headers.update({names[name]: value for name, value in changed.items()})
        return {name: value for name, value in headers.items() if value is not None}

    def key(self, timestamp: str) -> bytes:
        return hashlib.sha256(f"{self.credentials.cons_id}{self.credentials.secret_key}{timestamp}".encode()).digest()

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        base: str | None = None,
        content: bytes | None = None,
        at: float | None = None,
        content_type: str = "text/plain",
        **changed: str | None,
    ) -> Answer:
        timestamp = str(int(time.time() if at is None else at))
        headers = self.headers(timestamp, **changed)
        if content is None and body is not None:
            content = json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = content_type
        reply = await self.http.request(
            method, f"{base or self.credentials.base_url}/{path}", headers=headers, content=content
        )
        return self.read(reply, timestamp)

    def read(self, reply: httpx.Response, timestamp: str) -> Answer:
        try:
            envelope = reply.json()
        except ValueError:
            return Answer(reply.status_code, None, "", None, reply)
        meta = envelope.get("metaData") or envelope.get("metadata") or {}
        response = envelope.get("response")
        if isinstance(response, str) and response:
            try:
                response = json.loads(codec.decrypt(response, self.key(timestamp), LIMIT))
            except codec.DecodeError:
                response = "?"
        return Answer(reply.status_code, meta.get("code", meta.get("Code")), meta.get("message", ""), response, reply)

    async def queue(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        more.setdefault("user_key", self.credentials.antrean_user_key)
        return await self.ask(method, path, body, base=self.credentials.antrean_url, **more)

    def registration(self, member: int = 0, **changed: Any) -> dict[str, Any]:
        """A registration as a clinic sends it."""
        return {
            "kdProviderPeserta": self.credentials.facility,
            "tglDaftar": self.today,
            "noKartu": self.members[member]["noKartu"],
            "kdPoli": "001",
            "keluhan": "batuk pilek",
            "kunjSakit": True,
            "sistole": 0,
            "diastole": 0,
            "beratBadan": 62.5,
            "tinggiBadan": 160,
            "respRate": 0,
            "lingkarPerut": 0,
            "heartRate": 0,
            "rujukBalik": 0,
            "kdTkp": "10",
            **changed,
        }

    def visit(self, member: int = 0, **changed: Any) -> dict[str, Any]:
        """A visit as a clinic sends it."""
        return {
            "noKunjungan": None,
            "noKartu": self.members[member]["noKartu"],
            "tglDaftar": self.today,
            "kdPoli": "001",
            "keluhan": "batuk pilek",
            "kdSadar": "01",
            "sistole": 120,
            "diastole": 80,
            "beratBadan": 62.5,
            "tinggiBadan": 160,
            "respRate": 20,
            "heartRate": 80,
            "lingkarPerut": None,
            "kdStatusPulang": "3",
            "tglPulang": self.today,
            "kdDokter": "001",
            "kdDiag1": "J06.9",
            "kdDiag2": None,
            "kdDiag3": None,
            "kdPoliRujukInternal": None,
            "rujukLanjut": None,
            "kdTacc": -1,
            "alasanTacc": None,
            "anamnesa": "batuk tiga hari",
            "terapiObat": "parasetamol",
            "terapiNonObat": "istirahat",
            "bmhp": "",
            "alergiMakan": "00",
            "alergiUdara": "00",
            "alergiObat": "00",
            "kdPrognosa": "01",
            "suhu": "36,4",
            **changed,
        }

    async def register(self, member: int = 0, **changed: Any) -> str:
        """Register a member and return the noUrut."""
        answer = await self.ask("POST", "pendaftaran", self.registration(member, **changed))
        assert answer.code == 201, answer
        return str(answer.response["message"])

    async def serve(self, member: int = 0, **changed: Any) -> str:
        """Register and serve a member and return the noKunjungan."""
        await self.register(member)
        answer = await self.ask("POST", "kunjungan/V1", self.visit(member, **changed))
        assert answer.code == 201, answer
        return str(answer.response[0]["message"])


@pytest.fixture
async def simulator() -> AsyncIterator[Running]:
    async with running() as up:
        yield up


@pytest.fixture
async def caller(simulator: Running) -> AsyncIterator[Caller]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        yield Caller(simulator.credentials, http)
