"""A power cut loses nothing that was acknowledged; the ways to lose something are seen by the same eyes."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))
STATES, SOAK_STATES, PLANTED_STATES = 1_500, 30_000, 400
HOUSE = Path(__file__).parents[2]


def cut(folder: Path, states: int, how: str) -> dict[str, int]:
    words = (str(SEED), str(states), how, str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.power_cut", *words],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, int] = json.loads(done.stdout)
    print(f"LOKET_SEED={SEED} power cut, {how}: {found}")
    return found


@pytest.mark.slow
def test_no_power_cut_loses_an_acknowledged_row(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = cut(tmp_path, SOAK_STATES if request.config.getoption("--soak") else STATES, "full")
    assert found["states"] >= STATES
    assert found["acknowledged"] > 10 * STATES
    assert (found["lost"], found["damaged"]) == (0, 0), f"LOKET_SEED={SEED}"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["normal", "early"])
def test_a_sync_that_is_saved_and_an_acknowledgement_before_the_commit_are_caught(tmp_path: Path, how: str) -> None:
    assert cut(tmp_path, PLANTED_STATES, how)["lost"] > 0, f"LOKET_SEED={SEED}"
