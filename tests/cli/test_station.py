"""The name of a place: the host's own, or asked once on each thin client's terminal."""

from pathlib import Path

import pytest

from kiosk.cli.station import station_here
from kiosk.config import Home

SSH = {"SSH_CLIENT": "10.0.0.7 50222 22"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def nobody_asks(question: str) -> str:
    raise AssertionError(question)


def test_on_the_host_itself_its_settings_say_it(home: Home) -> None:
    assert station_here(home, "Loket 1", {}, nobody_asks) == "Loket 1"


def test_a_thin_client_is_asked_once_and_remembered(home: Home) -> None:
    given = iter(["  ", "x" * 30, " Poli Umum  ruang 2 "])
    assert station_here(home, "Loket 1", SSH, lambda _: next(given)) == "Poli Umum ruang 2"
    assert station_here(home, "Loket 1", SSH, nobody_asks) == "Poli Umum ruang 2"
    other = {"SSH_CLIENT": "10.0.0.8 50222 22"}
    assert station_here(home, "Loket 1", other, lambda _: "Loket 3") == "Loket 3"
    assert station_here(home, "Loket 1", SSH, nobody_asks) == "Poli Umum ruang 2"


def test_no_answer_is_the_hosts_name_and_is_asked_again(home: Home) -> None:
    def hangs_up(question: str) -> str:
        raise EOFError

    assert station_here(home, "Loket 1", SSH, hangs_up) == "Loket 1"
    assert station_here(home, "Loket 1", SSH, lambda _: "Loket 2") == "Loket 2"


def test_a_note_that_is_broken_or_cannot_be_written_stops_nobody(home: Home, tmp_path: Path) -> None:
    (home.folder / "tempat.json").write_text("{", "utf-8")
    assert station_here(home, "Loket 1", SSH, lambda _: "Loket 2") == "Loket 2"
    nowhere = Home(tmp_path / "tidak ada")
    assert station_here(nowhere, "Loket 1", SSH, lambda _: "Loket 4") == "Loket 4"
