"""`kiosk demo --tour`: a whole day on the real screens, over the real wire, once in the ledger."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_tour_ends_with_everything_once_at_pcare(tmp_path: Path) -> None:
    pictures = tmp_path / "gambar"
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "demo", "--tour", "--json", "--pictures", str(pictures)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["store"] == {"registrations": 5, "visits": 2, "outbox": {"done": 14}}
    ledger = result["ledger"]
    told = Counter(row["status"] for row in ledger["tickets"])
    assert told == {"terdaftar": 3, "hadir": 2}, "every number is in Mobile JKN, and who was called"
    assert len({(r["noKartu"], r["tglDaftar"], r["kdPoli"]) for r in ledger["registrations"]}) == 5
    assert len(ledger["registrations"]) == 5
    assert len(ledger["visits"]) == 2
    assert sum(1 for visit in ledger["visits"] if visit["rujukLanjut"]) == 1
    assert result["outage"]["registered_offline"] == 2
    assert result["outage"]["seconds_to_drain"] < 25
    assert len(result["steps"]) >= 12
    drawn = sorted(p.name for p in pictures.glob("*.svg"))
    assert len(drawn) == 2 * 10 and sum(name.endswith("-lebar.svg") for name in drawn) == 10, drawn
    assert all("<text" in (pictures / name).read_text("utf-8") for name in drawn)
