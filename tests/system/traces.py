"""Where a text has left traces on this machine: files, and the environment and words of every process."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_MOST = 64 * 1024 * 1024
"""Bytes of a file that are looked at."""


def traces(canary: Mapping[str, str], folders: Iterable[Path], since: float) -> list[str]:
    """What of `canary` (values by name) is found where, as "name in place"; nothing of the values is repeated.

    `folders` are looked through whole; in the machine's folders for passing files, what was written after `since`
    (seconds since 1970); and every process that may be read.
    """
    forms = {
        (name, form) for name, text in canary.items() for form in (text.encode(), text.upper().encode(), _wide(text))
    }
    found = set()
    for place, content in _contents(folders, since):
        found |= {f"{name} in {place}" for name, form in forms if form in content}
    return sorted(found)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _contents(folders: Iterable[Path], since: float) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield str(path.relative_to(folder.parent)), _read(path)
                yield f"the name of {path.name}", str(path).encode()
    for passing in (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path(f"/run/user/{os.getuid()}")):
        for path in passing.iterdir() if passing.is_dir() else ():
            if path.is_file() and not path.is_symlink() and _written(path) >= since:
                yield str(path), _read(path)
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            yield f"the environment of {process.name}", _read(process / "environ")
            yield f"the words of {process.name}", _read(process / "cmdline")


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST)
    except OSError:
        return b""
