"""What happens when the program itself fails: a short sentence with a code on screen, frames without data in a file."""

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

_KEPT_FRAMES = 40


def sentence(code: str) -> str:
    """What the person reads; `code` is the name of the report."""
    return f"Loket berhenti karena kesalahan program (kode {code}). Data yang sudah disimpan aman. Buka Loket lagi."


def write_report(error: BaseException, folder: Path) -> str:
    """Write where `error` happened to a new file in `folder` that only its owner can read; returns its code.

    Only types, files, lines and function names are kept: messages and locals may hold names, NIK or keys. A folder
    that cannot be written is not a second failure; the code then names no file.
    """
    code = os.urandom(3).hex().upper()
    report = [f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {code}"]
    seen: BaseException | None = error
    while seen is not None:
        report.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        for frame in traceback.extract_tb(seen.__traceback__)[-_KEPT_FRAMES:]:
            report.append(f"  {frame.filename}:{frame.lineno} {frame.name}")
        seen = seen.__cause__ or seen.__context__
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / f"crash-{code}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(report) + "\n")
    except OSError:
        pass
    return code


def install_hooks(folder: Path, tell: Callable[[str], None] | None = None) -> None:
    """Replace Python's own tracebacks (main thread, other threads, destroyed objects) by a report and one line."""
    say = tell or (lambda text: print(text, file=sys.stderr))

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt | SystemExit):
            say(sentence(write_report(error.with_traceback(trace), folder)))

    def in_thread(details: threading.ExceptHookArgs) -> None:
        if details.exc_value is not None and details.exc_type is not SystemExit:
            say(sentence(write_report(details.exc_value, folder)))

    def unraisable(details: Any) -> None:
        if details.exc_value is not None:
            write_report(details.exc_value, folder)

    sys.excepthook = on_error
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable


def loop_handler(folder: Path) -> Callable[[asyncio.AbstractEventLoop, Mapping[str, Any]], None]:
    """An exception handler for the event loop: a report instead of a traceback with everything in it."""

    def handle(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            write_report(error, folder)

    return handle
