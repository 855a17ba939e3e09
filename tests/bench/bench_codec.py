"""How fast the reply codec is on a day's list of one megabyte, beside PyPI `lzstring` in the same run.

python tests/bench/bench_codec.py          (pip install lzstring for the comparison)
pytest tests/bench/bench_codec.py -s       (asserts the ratio; skipped where lzstring is not installed)
"""

import importlib.util
import json
import random
import time
from collections.abc import Callable

import pytest

from kiosk.pcare import codec

SIZE = 1_000_000
GOAL = 10


def day_list(size: int = SIZE) -> str:
    """Return the JSON text of a day's registrations, about `size` characters long."""
    chance = random.Random(20261122)
    names = ("BUDI", "SITI", "AGUS", "RAHAYU", "WATI", "ANDI", "CONTOH", "PUTRI", "HIDAYAT", "NUR")
    rows: list[dict[str, object]] = []
    length = 0
    while length < size:
        member = {
            "noKartu": f"{chance.randrange(10**13):013d}",
            "nama": " ".join(chance.choice(names) for _ in range(3)),
            "sex": chance.choice("LP"),
            "tglLahir": f"{chance.randrange(1, 29):02d}-{chance.randrange(1, 13):02d}-{chance.randrange(1940, 2026)}",
            "kdProviderPst": None,
            "aktif": False,
        }
        rows.append(
            {
                "noUrut": f"A{len(rows) + 1}",
                "tgldaftar": "22-11-2026",
                "peserta": member,
                "poli": {"kdPoli": "001", "nmPoli": "POLI UMUM", "poliSakit": True},
                "status": chance.choice(("Baru", "Sudah dilayani")),
                "sistole": chance.randrange(100, 160),
            }
        )
        length += len(json.dumps(rows[-1])) + 2
    return json.dumps({"count": len(rows), "list": rows})


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Return the seconds of the fastest run."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def measure() -> dict[str, float]:
    """Return seconds by name; those of lzstring only where it is installed."""
    text = day_list()
    packed = codec.compress(text)
    found = {
        "compress": best_of(2, lambda: codec.compress(text)),
        "decompress": best_of(5, lambda: codec.decompress(packed, 2 * SIZE)),
    }
    if importlib.util.find_spec("lzstring") is not None:
        from lzstring import LZString

        theirs = LZString()
        if theirs.decompressFromEncodedURIComponent(packed) != text:
            raise AssertionError("the two codecs disagree")
        found["lzstring compress"] = best_of(1, lambda: theirs.compressToEncodedURIComponent(text))
        found["lzstring decompress"] = best_of(2, lambda: theirs.decompressFromEncodedURIComponent(packed))
    return found


def test_decoding_a_day_list_is_ten_times_faster_than_lzstring() -> None:
    pytest.importorskip("lzstring")
    found = measure()
    ratio = found["lzstring decompress"] / found["decompress"]
    print(f"\n{found}  ratio {ratio:.1f}")
    assert ratio >= GOAL


if __name__ == "__main__":
    for name, seconds in measure().items():
        print(f"{name:<20} {seconds * 1000:9.1f} ms")
