"""The times and limits by which the sync process works, and the rule of its back-off."""

import random
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Policy:
    """All times in seconds. The defaults are for the real service; towards the simulator they are shorter."""

    settle: float = 120
    """How long a call without an answer may still take effect: our deadline, plus the longest the server may still
    apply it, plus how stale its lists may be. P-Care states none of them, so this is a generous choice. Exactly-once
    holds as long as the server keeps this bound."""
    backoff_first: float = 2
    backoff_most: float = 300
    parallel: int = 4
    """Calls under way at once; the client holds as many connections."""
    probe: float = 15
    """How often a broken line is tried, and how often a silent one."""
    probe_quiet: float = 60
    probe_stopped: float = 900
    """How often access that a person must repair is tried again; a refused login never is."""
    merge_every: float = 900
    """How old the merge of P-Care's list may be before the next send of that day."""
    compare_every: float = 6 * 3600
    """How old the merge of an earlier day may be before it is compared again in a quiet moment."""
    compare_days: float = 3
    """How many days back that goes."""
    lists_every: float = 12 * 3600
    schedule_every: float = 600
    """How old the queue service's schedule of a day may be when a number is announced."""
    tick: float = 1.0
    """How often the store is looked at when nobody gives notice of a change: what is due by time waits that long."""
    checkpoint_every: float = 300
    """How old the last folding of the store's log may get before a quiet moment is used for the next."""

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> "Policy":
        """The policy of a settings file's [sync] table. Raises ValueError for an unknown name or a wrong value."""
        known = {f.name: f.type for f in fields(cls)}
        for name, value in table.items():
            if name not in known:
                raise ValueError(f"[sync] tidak mengenal {name}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise ValueError(f"[sync] {name} harus angka lebih dari nol")
        values: dict[str, Any] = {name: int(v) if name == "parallel" else float(v) for name, v in table.items()}
        return cls(**values)

    def wait(self, attempts: int, chance: random.Random) -> float:
        """Seconds before the next try after `attempts` failures: exponential, with full jitter.

        Full jitter: a uniform choice between nothing and the exponential bound, so that many clinics that lost the
        same line do not return in step.
        """
        bound = min(self.backoff_most, self.backoff_first * 2 ** min(attempts, 30))
        return chance.uniform(self.backoff_first / 2, max(bound, self.backoff_first))
