"""What comes from the terminal: any byte at all, pastes of any size, sequences that never end.

Textual's own reading ends the program at a byte that is no UTF-8, and takes a paste with an Esc in it for keys, one by
one. A broken cable, a wrong scanner setting or a spiteful clipboard must do neither.
"""

import os
import re
import selectors
import time
from codecs import getincrementaldecoder

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
PASTE_LIMIT = 2000
"""Characters of one paste that are handed on: more than any field takes."""
PASTE_PATIENCE = 1.0
"""Seconds without a character after which a paste that nobody ended is over."""
READ_BYTES = 16 * 1024
AWAKE, ASLEEP = 0.1, 0.5
"""Seconds until the reading looks up: the first while an Esc or a paste may be unfinished, the second when nothing has
come for a while; a program that ends waits for it."""
AWAKE_FOR = 2.0
"""Seconds that this lasts after what came last, longer than any patience here."""
_KEPT = len(PASTE_START) - 1
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")


class PasteGate:
    """Lets everything through but control characters inside pastes, and what is too long of them."""

    def __init__(self) -> None:
        self._inside = False
        self._tail = ""
        self._left = 0
        self._at = 0.0

    def passed(self, text: str, now: float) -> str:
        """What of `text` goes on; `now` in seconds by a steady clock."""
        out: list[str] = []
        self._at = now
        while text:
            text = self._pasted(text, out) if self._inside else self._typed(text, out)
        return "".join(out)

    def ended(self, now: float) -> str:
        """The end of a paste that has none, when it is time to believe that."""
        if not self._inside or now - self._at < PASTE_PATIENCE:
            return ""
        out: list[str] = []
        self._inside = False
        self._hand_on(self._tail, out)
        self._tail = ""
        return "".join((*out, PASTE_END))

    def _typed(self, text: str, out: list[str]) -> str:
        # A single Esc is a key: it goes on at once, and is remembered in case it was the beginning of a mark.
        known = len(self._tail)
        at = (self._tail + text).find(PASTE_START)
        if at < 0:
            out.append(text)
            self._tail = (self._tail + text)[-_KEPT:]
            return ""
        end = at + len(PASTE_START) - known
        out.append(text[:end])
        self._inside, self._left, self._tail = True, PASTE_LIMIT, ""
        return text[end:]

    def _pasted(self, text: str, out: list[str]) -> str:
        text = self._tail + text
        self._tail = ""
        at = text.find(PASTE_END)
        if at < 0:
            self._hand_on(text[:-_KEPT], out)
            self._tail = text[-_KEPT:]
            return ""
        self._hand_on(text[:at], out)
        out.append(PASTE_END)
        self._inside = False
        return text[at + len(PASTE_END) :]

    def _hand_on(self, text: str, out: list[str]) -> None:
        kept = _CONTROLS.sub("", text[: self._left * 2])[: self._left]
        self._left -= len(kept)
        out.append(kept)


class StationDriver(LinuxDriver):
    """Textual's driver for terminals, with a reading that nothing can end but the terminal itself."""

    def run_input_thread(self) -> None:
        """Read, decode, and hand on keys and pastes until the application ends or the terminal is gone."""
        parser, gate = XTermParser(self._debug), PasteGate()
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            came = time.monotonic()
            while not self.exit_event.is_set():
                text = ""
                if selector.select(AWAKE if time.monotonic() - came < AWAKE_FOR else ASLEEP):
                    came = time.monotonic()
                    given = self._read()
                    if not given:
                        self._app.call_later(self._app.exit)
                        return
                    text = gate.passed(decode(given), time.monotonic())
                # An empty text would mean to the parser that nothing follows any more.
                for part in filter(None, (text, gate.ended(time.monotonic()))):
                    for event in parser.feed(part):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def _read(self) -> bytes:
        """What has come; nothing when the terminal is gone."""
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _run_input_thread(self) -> None:
        """Whatever goes wrong is reported as everywhere else: a sentence with a code, nothing of what was typed."""
        try:
            self.run_input_thread()
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)
