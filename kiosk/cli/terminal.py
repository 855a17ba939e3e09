"""Whether a terminal is there that the screens can be drawn on."""

import os
import sys


def terminal_problem() -> str | None:
    """Why no screen can be drawn here, as a sentence; None when all is well.

    Textual draws on standard error and reads standard input; TERM=dumb would be drawn as if it knew all colours.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return "Loket butuh terminal; jalankan langsung di terminal, tanpa pipa atau pengalihan"
    if os.environ.get("TERM", "") in ("", "dumb"):
        return "terminal ini (TERM) tidak dapat menggambar layar; pakai misalnya TERM=xterm-256color"
    return None
