"""The faults that can be asked of the simulator: their kinds, how they are written, and which call meets which."""

import asyncio
import math
import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """A kind of fault; `effect` tells whether the call takes effect unless the fault says otherwise."""

    name: str
    effect: bool
    meaning: str


KINDS: tuple[Kind, ...] = (
    Kind(
        "tls",
        False,
        "https yang salah (perlu --tls), mode=self-signed|wrong-host|expired|not-yet-valid: sertifikatnya;\n"
        "    mode=refused|cut|plain|silent: jabat tangan ditolak, diputus, dijawab tanpa enkripsi, tidak dijawab",
    ),
    Kind(
        "outage",
        False,
        "P-Care putus; mode=drop|html503|hang|refused|deaf (refused: sambungan ditolak, deaf: tak terjawab)",
    ),
    Kind("latency", True, "jawaban ditunda seconds=0.5 atau seconds=0.2-2"),
    Kind("lost_reply", True, "panggilan berlaku, jawabannya tidak pernah datang"),
    Kind("late", True, "sambungan putus, panggilan baru berlaku setelah seconds="),
    Kind(
        "error",
        False,
        "jawaban gagal status=400|401|403|404|408|429|500|502|503|504; bentuknya mode=usual|html|json|text",
    ),
    Kind("hang", False, "tidak pernah menjawab, sambungan tetap terbuka"),
    Kind("reset", False, "sambungan diputus kasar"),
    Kind("slow_body", True, "isi jawaban menetes, satu bita tiap seconds="),
    Kind("truncated", True, "jawaban terpotong di tengah isinya, atau setelah at= bita"),
    Kind("wrong_length", True, "Content-Length lebih besar dari isi, sambungan tetap terbuka"),
    Kind("garbage", True, "jawaban yang bukan HTTP"),
    Kind("html200", True, "halaman HTML dengan status 200"),
    Kind("redirect", False, "dialihkan ke alamat yang sama tanpa henti"),
    Kind("endless_100", False, "100 Continue tanpa henti"),
    Kind("giant_headers", True, "kepala jawaban satu megabita"),
    Kind("endless_chunks", True, "isi jawaban tanpa akhir"),
    Kind("gzip_bomb", True, "isi gzip yang mengembang ratusan megabita"),
    Kind("lz_bomb", True, "response terenkripsi yang mengembang lebih dari seribu kali"),
    Kind("deep_json", True, "JSON bersarang seratus ribu tingkat"),
    Kind("nan", True, "angka NaN dan Infinity di dalam JSON"),
    Kind("wrong_types", True, "response dengan jenis isi yang salah"),
    Kind("wrong_key", True, "response dienkripsi dengan waktu yang salah"),
    Kind("bad_base64", True, "response terenkripsi yang terpotong"),
    Kind("string_code", True, "kode metaData sebagai teks"),
    Kind("login", False, "nama pengguna atau kata sandi ditolak"),
    Kind("expired", False, "Consumer ID kedaluwarsa"),
    Kind("clock", True, "jam P-Care bergeser seconds= (boleh negatif)"),
    Kind("stale", True, "daftar tertinggal seconds="),
    Kind("short_list", True, "halaman daftar kurang satu baris"),
)
KIND = {each.name: each for each in KINDS}
OUTAGE_MODES = ("drop", "html503", "hang", "refused", "deaf")
# As the status is known to look, or a page of the web server, {"error": …}, bare text.
ERROR_MODES = ("usual", "html", "json", "text")
TLS_MODES = ("self-signed", "wrong-host", "expired", "not-yet-valid", "refused", "cut", "plain", "silent")
GOOD_TLS = "good"
STATUSES = (400, 401, 403, 404, 408, 429, 500, 502, 503, 504)
# These change the service as a whole; the others meet a call.
STANDING = ("tls", "clock", "stale", "short_list")


class FaultError(ValueError):
    """A fault that cannot be understood; the text is for people."""


@dataclass(slots=True)
class Fault:
    """One fault: its kind, which calls it meets, and how often.

    `method` and `path` are patterns (`*`); a path pattern also matches everything below it.  `probability` is
    for each matching call, `count` how many it still meets (None: no end), `seconds` a range; `at` is the byte of
    the reply, headers counted, after which it is cut (None: in the middle of its body).
    """

    kind: str
    method: str = "*"
    path: str = "*"
    probability: float = 1.0
    count: int | None = None
    seconds: tuple[float, float] = (1.0, 1.0)
    status: int = 500
    mode: str = "drop"
    text: str = ""
    effect: bool = True
    at: int | None = None

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a call (path below the service's base) is one of those."""
        if self.count == 0 or self.kind in STANDING:
            return False
        if self.method != "*" and self.method != method:
            return False
        wanted, given = self.path.lower().strip("/"), path.lower()
        return fnmatchcase(given, wanted) or given.startswith(f"{wanted}/")

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as JSON shows it."""
        return {**asdict(self), "seconds": list(self.seconds)}


@dataclass(slots=True)
class Plan:
    """What befalls one call: a delay in seconds, then at most one fault."""

    delay: float = 0.0
    fault: Fault | None = None


@dataclass(slots=True)
class Faults:
    """The faults in force; chance comes from the seed, `tls` says whether the service speaks https."""

    rng: random.Random
    active: list[Fault] = field(default_factory=list)
    tls: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when every fault in force at this moment is ended: whoever was kept waiting is answered."""

    def plan(self, method: str, path: str) -> Plan:
        """Decide what befalls a call; latencies add up, of the others the first that matches wins."""
        plan = Plan()
        if not self.active:
            return plan
        for fault in self.active:
            if plan.fault and fault.kind != "latency":
                continue
            if not fault.matches(method, path) or self.rng.random() >= fault.probability:
                continue
            if fault.count is not None:
                fault.count -= 1
            if fault.kind == "latency":
                plan.delay += self.rng.uniform(*fault.seconds)
            else:
                plan.fault = fault
        self.active = [fault for fault in self.active if fault.count != 0]
        return plan

    def standing(self, kind: str) -> Fault | None:
        """Return the fault of a kind that changes the service as a whole."""
        return next((fault for fault in self.active if fault.kind == kind), None)

    @property
    def shut(self) -> str:
        """How the door is shut while no connection is to be accepted: "refused" or "deaf"; else ""."""
        modes = {fault.mode for fault in self.active if fault.kind == "outage"}
        return next((mode for mode in ("refused", "deaf") if mode in modes), "")

    @property
    def tls_mode(self) -> str:
        """How a connection is greeted: one of TLS_MODES, or GOOD_TLS."""
        fault = self.standing("tls")
        return fault.mode if fault else GOOD_TLS

    def add(self, given: object) -> None:
        """Add what a JSON body asks for: one fault, a list, `{"faults": […]}`, or the short forms
        `{"outage": true|false|mode}` and `{"latency": seconds or [from, to] or 0}`.

        Asking again for an outage, latency, clock, stale list or kind of https without pattern replaces the one before.
        Raises FaultError, and then changes nothing.
        """
        fresh, ended = _from_json(given)
        if not self.tls and any(each.kind == "tls" for each in fresh):
            raise FaultError("gangguan tls hanya ada pada simulator yang dijalankan dengan --tls")
        replaced = {each.kind for each in fresh if _is_general(each)} | set(ended)
        self.active = [each for each in self.active if not (each.kind in replaced and _is_general(each))] + fresh

    def clear(self) -> None:
        """End every fault, and the waiting of the calls that one of them delays."""
        self.active = []
        self.ended.set()
        self.ended = asyncio.Event()


def _is_general(fault: Fault) -> bool:
    everywhere = (fault.method, fault.path, fault.count) == ("*", "*", None)
    return everywhere and fault.kind in ("outage", "latency", *STANDING)


def _from_json(given: object) -> tuple[list[Fault], list[str]]:
    if isinstance(given, list):
        parts = [_from_json(each) for each in given]
        return [each for fresh, _ in parts for each in fresh], [kind for _, ended in parts for kind in ended]
    if not isinstance(given, dict):
        raise FaultError("gangguan harus berupa objek JSON")
    if "kind" in given:
        return [make(given)], []
    if set(given) == {"faults"}:
        return _from_json(given["faults"])
    fresh, ended = [], []
    for kind, value in given.items():
        if kind not in KIND:
            raise FaultError(f"gangguan '{kind}' tidak dikenal")
        if value is False or value is None or (kind == "latency" and value == 0 and value is not True):
            ended.append(kind)
        elif value is True:
            fresh.append(make({"kind": kind}))
        elif isinstance(value, dict):
            fresh.append(make({**value, "kind": kind}))
        else:
            main = {"outage": "mode", "tls": "mode", "error": "status"}.get(kind, "seconds")
            fresh.append(make({"kind": kind, main: value}))
    return fresh, ended


def parse(spec: str) -> Fault:
    """Read a fault of a command line: `kind` or `kind:key=value,key=value`.  Raises FaultError."""
    kind, _, rest = spec.partition(":")
    values: dict[str, Any] = {"kind": kind.strip()}
    for pair in filter(None, rest.split(",")):
        key, equals, value = pair.partition("=")
        if not equals:
            raise FaultError(f"gangguan '{spec}': '{pair}' harus berbentuk KUNCI=NILAI")
        values[key.strip()] = value.strip()
    return make(values)


def make(values: dict[str, Any]) -> Fault:
    """Make a fault of its keys; texts are read as the command line writes them.  Raises FaultError."""
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in KIND:
        raise FaultError(f"gangguan '{kind}' tidak dikenal; yang ada: {', '.join(KIND)}")
    fault = Fault(kind, effect=KIND[kind].effect, mode=_modes(kind)[0])
    for key, value in values.items():
        try:
            _put(fault, key, value)
        except (TypeError, ValueError, AttributeError, KeyError):
            raise FaultError(f"gangguan {kind}: nilai {key}={value!s:.40} tidak dapat dibaca") from None
    return fault


def _put(fault: Fault, key: str, value: Any) -> None:
    if key == "method":
        fault.method = value.upper()
    elif key == "path":
        fault.path = value.lstrip("/")
    elif key == "probability":
        fault.probability = _within(float(value), 0, 1)
    elif key == "count":
        fault.count = None if value is None else int(_within(int(value), 1, 10**9))
    elif key == "seconds":
        fault.seconds = _range(value, negative=fault.kind == "clock")
    elif key == "status":
        fault.status = int(value)
        if fault.status not in STATUSES:
            raise ValueError(value)
    elif key == "mode":
        if value not in _modes(fault.kind):
            raise ValueError(value)
        fault.mode = value
    elif key == "text":
        fault.text = str(value)[:1_000]
    elif key == "at":
        fault.at = None if value is None else int(_within(int(value), 0, 10**9))
    elif key == "effect":
        fault.effect = {"yes": True, "no": False, "true": True, "false": False, True: True, False: False}[value]
    elif key != "kind":
        raise ValueError(key)


def _modes(kind: str) -> tuple[str, ...]:
    return {"tls": TLS_MODES, "error": ERROR_MODES}.get(kind, OUTAGE_MODES)


def _range(value: Any, *, negative: bool) -> tuple[float, float]:
    parts: Iterable[Any] = (value,)
    if isinstance(value, (list, tuple)):
        parts = value
    elif isinstance(value, str) and not negative and "-" in value:
        parts = value.split("-")
    # A clock may be set back to 1970.
    numbers = [_within(float(each), -4e9 if negative else 0, 4e9) for each in parts]
    if len(numbers) not in (1, 2) or numbers[0] > numbers[-1]:
        raise ValueError(value)
    return numbers[0], numbers[-1]


def _within(number: float, least: float, most: float) -> float:
    if math.isnan(number) or not least <= number <= most:
        raise ValueError(number)
    return number


def listing() -> str:
    """Return the kinds as lines for `--help`."""
    return "\n".join(f"  {each.name}: {each.meaning}" for each in KINDS)
