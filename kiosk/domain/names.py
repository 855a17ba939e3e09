"""Indonesian names folded so that spelling variants meet: coarse on purpose, the true spelling decides in the ranking.

Rules: titles and bin/binti dropped; oe, oo → u; o → u; tj → c; dj → j; j, y → i; sj, sy, sh → s; kh, ch → h; ae → ai;
consonant + h → consonant; f, v → p; q, ck → k; x → ks; z → s; doubled letters single; final h dropped; the short forms
of Muhammad written out. Prefix-stable: an unfinished word folds to a prefix of the folded word, save its last letter.
"""

import re
import unicodedata

TITLES = frozenset(
    "h hj haji hajjah ir drs dra dr drg prof kh kyai ustadz ustad raden rr r tn ny sdr sdri an by bin binti alm almh "
    "sh se spd sag mm mpd mkes skm skep ns amd sst st si ssi skom msi mkn".split()
)
_MUHAMMAD = frozenset("m muh moh much moch mohd muhd mhd mohammad mohamad muhamad muhammad mochamad mochammad".split())
_DOTTED = re.compile(r"\b([a-z]{1,2})\.([a-z]{1,3})\b")
_STEPS = (
    (re.compile("oe|oo"), "u"),
    (re.compile("o"), "u"),
    (re.compile("tj"), "c"),
    (re.compile("dj"), "j"),
    (re.compile("sj|sy|sh"), "s"),
    (re.compile("kh|ch"), "h"),
    (re.compile("[jy]"), "i"),
    (re.compile("ae"), "ai"),
    (re.compile("([bcdgklmnprtvwxzfqs])h"), r"\1"),
    (re.compile("[fv]"), "p"),
    (re.compile("ck|q"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("z"), "s"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile("(?<=.)h$"), ""),
)


def words(name: str) -> list[str]:
    """The words of a name in lower-case ASCII letters, titles still among them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.findall("[a-z]+", _DOTTED.sub(_whole_degree, plain))


def _whole_degree(match: re.Match[str]) -> str:
    """ "s.pd" is the degree spd; "m.ali" stays two words."""
    joined = match[1] + match[2]
    return joined if joined in TITLES else match[0]


def fold(word: str) -> str:
    """One lower-case word, folded."""
    if word in _MUHAMMAD and len(word) > 1:
        return "muhamad"
    for pattern, replacement in _STEPS:
        word = pattern.sub(replacement, word)
    return word


def folded_words(name: str) -> tuple[str, ...]:
    """The folded words of a full name without titles; the words themselves when nothing but titles is left."""
    found = words(name)
    kept = [w for w in found if w not in TITLES] or found
    return tuple(fold("muhammad" if w == "m" and len(kept) > 1 and i == 0 else w) for i, w in enumerate(kept))
