"""Identifiers that can be made on any machine without asking another."""

import os
import time
import uuid


def new_id() -> str:
    """A UUIDv7 (RFC 9562 §5.7) as 36 characters: 48 bits of Unix milliseconds, the rest random.

    Python gains `uuid.uuid7` only in 3.14. The order of these ids is a convenience for indexes and is never
    relied upon: clocks of two counters differ.
    """
    value = (time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
