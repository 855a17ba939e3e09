"""Python's search for unreachable cycles: it rests while a counter starts, and leaves alone what the start has made.

Classes, style rules and widgets stay until the end. Looking through all of them again and again took a tenth of the
start, and later now and then the thirtieth of a second in the middle of a key.
"""

import gc

_THRESHOLDS = (10_000, 20, 10)
"""New containers until the youngest are looked through, and how often until the next generation is."""
_rested = False


def rest() -> None:
    """No search from here on until `settle`: the program starts."""
    global _rested
    _rested = True
    gc.disable()


def settle() -> None:
    """What is there now is not looked through any more; what comes is, again. Nothing where the search never rested.

    Called again after something else was made that stays, it adds that.
    """
    if not _rested:
        return
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
