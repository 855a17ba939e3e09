"""Identifiers that can be made on any machine without asking another."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0
"""The last id made in this process without its random bits: milliseconds × 4096 + the count within one."""


def new_id() -> str:
    """A UUIDv7 (RFC 9562 §5.7) as 36 characters: Unix milliseconds, a count (§6.2 method 1), 62 random bits.

    Ids of one process sort in the order they were made, also within one millisecond and when the clock is set back:
    rows that are made together are shown as they were entered. Between two processes the order is a convenience for
    indexes and is never relied upon: clocks of two counters differ. (Python gains `uuid.uuid7` only in 3.14.)
    """
    global _last
    with _lock:
        _last = max(_last + 1, (time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF) << 12)
        stamp, count = divmod(_last, 1 << 12)
    value = stamp << 80 | 0x7 << 76 | count << 64 | 0x2 << 62 | int.from_bytes(os.urandom(8)) >> 2
    return str(uuid.UUID(int=value))
