"""When the program fails: a sentence and a code for the person, no data anywhere."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import ComposeResult

from kiosk.crash import write_report
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.lines import Lines

SECRET = "3171011503870001"


def fail() -> None:
    nik = SECRET
    raise ValueError(f"rusak: {nik}")


def test_a_report_has_the_place_and_nothing_that_was_in_memory(tmp_path: Path) -> None:
    try:
        fail()
    except ValueError as error:
        code = write_report(error, tmp_path / "laporan")
    (file,) = (tmp_path / "laporan").iterdir()
    text = file.read_text()
    assert code in file.name and "builtins.ValueError" in text and "fail" in text
    assert SECRET not in text and "rusak" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_not_a_second_failure(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert len(write_report(ValueError(), blocked / "x")) == 6


class Breaks(KioskApp):
    """Fails when it is drawn."""

    def compose(self) -> ComposeResult:
        yield Lines()

    def on_mount(self) -> None:
        fail()


async def test_an_error_in_a_screen_ends_in_a_sentence_with_a_code(tmp_path: Path) -> None:
    app = Breaks(tmp_path)
    shown: list[str] = []
    app._print_error_renderables = lambda: shown.extend(str(r) for r in app._exit_renderables)  # type: ignore[method-assign]
    with pytest.raises(ValueError):
        async with app.run_test():
            pass
    assert app.return_code == 1
    assert "kode" in shown[0] and SECRET not in "".join(shown)
    assert len(list(tmp_path.glob("crash-*.txt"))) == 1


def test_hooks_of_python_itself_tell_no_data_either(tmp_path: Path) -> None:
    code = (
        "import threading\nfrom pathlib import Path\nfrom kiosk.crash import install_hooks\n"
        f"install_hooks(Path({str(tmp_path)!r}))\n"
        f"def work():\n    nik = '{SECRET}'\n    raise ValueError(nik)\n"
        "t = threading.Thread(target=work); t.start(); t.join()\nwork()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("Loket berhenti") == 2
    assert SECRET not in done.stderr and "Traceback" not in done.stderr
    assert len(list(tmp_path.glob("crash-*.txt"))) == 2
