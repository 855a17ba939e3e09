"""`kiosk sbom` and the lock: what is installed is named, and nothing gets in that the lock does not know."""

import json
import re
from importlib.metadata import version
from pathlib import Path

from kiosk.cli.sbom import locked
from tests.cli.test_commands import assert_one_line, kiosk

ROOT = Path(__file__).parents[2]


def test_the_bill_names_what_is_installed_with_the_hashes_of_the_lock(tmp_path: Path) -> None:
    done = kiosk("sbom", home=tmp_path)
    assert done.returncode == 0, done.stderr
    bill = json.loads(done.stdout)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"].lower(): part for part in bill["components"]}
    assert parts["textual"]["version"] == version("textual")
    assert parts["textual"]["purl"] == f"pkg:pypi/textual@{version('textual')}"
    pinned = locked((ROOT / "requirements.txt").read_text())
    assert {each["value"] for each in parts["textual"]["properties"]} == set(pinned["textual", version("textual")])
    refs = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert len(refs) == len(bill["components"]) + 1
    needed = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert needed.keys() == refs
    assert {other for others in needed.values() for other in others} <= refs
    assert parts["rich"]["bom-ref"] in needed[parts["textual"]["bom-ref"]]
    assert kiosk("sbom", home=tmp_path).stdout == done.stdout, "the same installation, the same document"


def test_it_is_written_to_a_file_and_a_lock_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert kiosk("sbom", "--output", str(tmp_path / "x.json"), home=tmp_path).returncode == 0
    assert json.loads((tmp_path / "x.json").read_text())["components"]
    assert_one_line(kiosk("sbom", "--lock", str(tmp_path / "tidak-ada"), home=tmp_path), "tidak-ada")


def test_every_pin_of_the_locks_has_hashes_and_the_commands_take_wheels_alone() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        pins = locked(text)
        assert len(pins) > 20
        assert all(pins.values()), f"{name}: {[pin for pin, hashes in pins.items() if not hashes]}"
        assert not re.search(r"(?m)^(?:-e|git\+|https?:|.* @ )", text)
    for place in (ROOT / "README.md", ROOT / ".ci" / "run"):
        for command in re.findall(r"pip install [^&\n]*-r requirements[^&\n]*", place.read_text()):
            assert "--require-hashes" in command and "--only-binary :all:" in command, command
