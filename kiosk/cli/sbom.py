"""`kiosk sbom`: what this installation is made of, as a CycloneDX bill of materials."""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from kiosk import __version__

SPECIFICATION = "1.6"
"""CycloneDX: https://cyclonedx.org/docs/1.6/json/"""
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lock", type=Path, metavar="BERKAS", help="requirements.txt dengan hash (bawaan: bila ada)")
    parser.add_argument("--output", type=Path, metavar="BERKAS", help="tulis ke berkas, bukan ke layar")
    parser.epilog = (
        f"{parser.epilog}\n  kiosk sbom --output loket.cdx.json\n\n"
        "Satu objek JSON (CycloneDX 1.6): setiap paket yang terpasang di lingkungan ini, versinya, lisensinya, dan\n"
        "hash SHA-256 berkas rilisnya bila versinya sama dengan yang dikunci. Satu rilis punya beberapa berkas.\n"
        "kode keluar: 0 jadi, 2 berkas kunci atau keluaran tidak dapat dipakai"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print or write it."""
    from kiosk.cli import wrong_use

    named: Path | None = arguments.lock
    lock = named or Path(__file__).parents[2] / "requirements.txt"
    try:
        text = lock.read_text("utf-8") if named or lock.is_file() else ""
        bill = json.dumps(bill_of_materials(locked(text)), indent=1, ensure_ascii=False)
        if arguments.output:
            arguments.output.write_text(bill + "\n", "utf-8")
        else:
            sys.stdout.write(bill + "\n")
    except (OSError, UnicodeError) as error:
        return wrong_use(str(error))
    return 0


def locked(text: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """(name, version) → the SHA-256 of each file of that release, from a requirements file with hashes."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    at: tuple[str, str] | None = None
    for line in text.splitlines():
        pinned = _PINNED.match(line)
        if pinned:
            at = (_normal(pinned[1]), pinned[2])
        if at is not None:
            found[at] = (*found.get(at, ()), *_HASH.findall(line))
    return found


def bill_of_materials(hashes: dict[tuple[str, str], tuple[str, ...]]) -> dict[str, Any]:
    """The document; the same installation gives the same one."""
    there = {_normal(each.name): each for each in distributions() if each.name}
    components = [_component(name, each, hashes) for name, each in sorted(there.items()) if name != "loket"]
    version = there["loket"].version if "loket" in there else __version__
    loket = {"type": "application", "bom-ref": f"pkg:pypi/loket@{version}", "name": "loket", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {"component": loket},
        "components": components,
        "dependencies": [_needs(name, each, there) for name, each in sorted(there.items())],
    }


def _component(name: str, of: Distribution, hashes: dict[tuple[str, str], tuple[str, ...]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(name, of),
        "name": of.name,
        "version": of.version,
        "purl": _purl(name, of),
    }
    licence = of.metadata.json.get("license_expression")
    if licence:
        described["licenses"] = [{"expression": licence}]
    release = hashes.get((name, of.version), ())
    if release:
        # Not "hashes", which are of one file: which file of the release was installed is not kept.
        described["properties"] = [{"name": "loket:lock:sha256", "value": each} for each in release]
    return described


def _needs(name: str, of: Distribution, there: dict[str, Distribution]) -> dict[str, Any]:
    needed = sorted({other for other in _required(of) if other in there and other != name})
    return {"ref": _purl(name, of), "dependsOn": [_purl(other, there[other]) for other in needed]}


def _required(of: Distribution) -> Iterator[str]:
    """Names only, those of extras left out."""
    for text in of.requires or ():
        found = re.match(r"[A-Za-z0-9._-]+", text)
        if found and "extra ==" not in text:
            yield _normal(found[0])


def _purl(name: str, of: Distribution) -> str:
    return f"pkg:pypi/{name}@{of.version}"


def _normal(name: str) -> str:
    """As package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
