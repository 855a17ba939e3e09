"""`python -m tests`: format, lint, types, then every test; the one command that CI runs too.

Anything behind `python -m tests` goes to pytest: `python -m tests -k outbox`.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent.parent
CHECKS: tuple[tuple[str, ...], ...] = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
)


def main() -> int:
    """Run the checks in order; the first that fails decides."""
    for check in CHECKS:
        print("·", *check, flush=True)
        if subprocess.run([sys.executable, "-m", *check], cwd=HERE, check=False).returncode:
            return 1
    begun = time.monotonic()
    # More than there are cores: more than half of the time is spent waiting for deadlines and for processes.
    workers = str(min(2 * (os.cpu_count() or 2), 6))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", *sys.argv[1:]],
        cwd=HERE,
        check=False,
    )
    print(f"· {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
