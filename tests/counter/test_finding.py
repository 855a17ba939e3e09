"""Finding people at the counter: why they are shown, who may be entered twice, who may belong together."""

import subprocess
import sys
from datetime import date

import pytest

from kiosk.counter.desk import Desk
from kiosk.counter.errors import NotFound
from kiosk.counter.find import search
from kiosk.counter.kin import family
from kiosk.domain.participant import Participant
from kiosk.store import participants
from kiosk.store.database import Store
from tests.people import invented


def add(store: Store, *people: Participant) -> None:
    store.write_now(lambda tx: [participants.save(tx, person) for person in people])


@pytest.mark.parametrize(
    ("typed", "reason", "legend"),
    [
        ("sutrisno", "", ""),
        ("wibowo sutrisno", "", ""),
        ("Soetrisno Wibowo", "ejaan", "ejaan: ejaan lain"),
        ("sutrisno wbowo", "ketik?", "ketik?: mungkin salah ketik"),
        ("sutr wibo", "awalan", "awalan: kata belum selesai"),
        ("sutrisnowibowo", "spasi", "spasi: spasi berbeda"),
        ("0000000000001", "kartu", ""),
        ("081200000001", "telepon", ""),
        ("+62 812 0000 0001", "telepon", ""),
    ],
)
async def test_a_row_says_why_it_is_there(desk: Desk, typed: str, reason: str, legend: str) -> None:
    result = await search(desk, typed)
    assert [(found.participant.name, found.reason) for found in result.rows] == [("Sutrisno Wibowo", reason)]
    assert result.legend == legend


@pytest.mark.parametrize("typed", ["12-34-56", "RM-0077/b", "rm-0077/B", "123456"])
async def test_an_rm_number_is_found_as_the_clinic_writes_it(desk: Desk, store: Store, typed: str) -> None:
    add(
        store,
        invented(41, "Bermap Biru Uji", rm_number="RM-0077/B" if "b" in typed.lower() else typed),
        invented(42, "Map Lain Uji", rm_number="990011"),
    )
    (found,) = (await search(desk, typed)).rows
    assert (found.participant.name, found.reason) == ("Bermap Biru Uji", "RM")


async def test_a_person_entered_twice_is_marked_on_both_rows_and_others_are_not(desk: Desk, store: Store) -> None:
    born = date(1990, 1, 2)
    add(
        store,
        invented(31, "Zulkifli Hamzah", nik="3171010201900031", birth_date=born),
        invented(32, "Zulkifly Hamza", nik=None, birth_date=born),
        invented(33, "Zulkifli Hamzah", nik="3171010201910033", birth_date=date(1991, 1, 2)),
        invented(34, "Zulkifli Anwar", nik="3171010201900031", birth_date=None),
        invented(35, "Zulkifli Basri", nik=None, birth_date=None),
        invented(36, "Zulkifli Basri", nik=None, birth_date=None),
    )
    result = await search(desk, "zulkifli")
    marked = {found.participant.card_number for found in result.rows if found.duplicate}
    assert len(result.rows) == 6
    assert marked == {"0000000000031", "0000000000032", "0000000000034"}
    assert "ganda?" in result.legend
    assert "ganda?" not in (await search(desk, "sutrisno")).legend


async def test_a_family_is_proposed_by_phone_and_by_neighbouring_cards(desk: Desk, store: Store) -> None:
    father = invented(500, "Ayah Uji", phone="081300000001")
    add(
        store,
        father,
        invented(501, "Ibu Uji", phone="081300000001"),
        invented(504, "Anak Uji"),
        invented(700, "Nenek Uji", phone="081300000001"),
        invented(510, "Orang Jauh"),
    )
    proposed = [(one.participant.name, one.reason) for one in await family(desk, father.id)]
    assert proposed == [
        ("Ibu Uji", "telepon sama, kartu berdekatan"),
        ("Nenek Uji", "telepon sama"),
        ("Anak Uji", "kartu berdekatan"),
    ]


async def test_a_phone_that_many_have_makes_no_family(desk: Desk, store: Store) -> None:
    crowd = [invented(1000 + 20 * n, f"Peserta Uji {n}", phone="0000000000") for n in range(20)]
    add(store, *crowd)
    assert await family(desk, crowd[0].id) == ()


async def test_somebody_without_card_and_phone_has_no_family_to_propose(desk: Desk) -> None:
    rina = (await search(desk, "rina")).rows[0].participant
    assert await family(desk, rina.id) == ()
    with pytest.raises(NotFound):
        await family(desk, "nobody")


@pytest.mark.parametrize("number", [0, 9_999_999_999_999])
async def test_the_first_and_the_last_card_have_neighbours_too(desk: Desk, store: Store, number: int) -> None:
    add(store, invented(1, "Tepi Uji", card_number=f"{number:013d}", nik=None))
    person = (await search(desk, "tepi uji")).rows[0].participant
    assert all("berdekatan" in one.reason for one in await family(desk, person.id))


def test_what_ranks_the_names_is_not_loaded_before_the_first_search() -> None:
    """The login must be on the terminal first; on a poor machine every module counts."""
    code = "import sys, kiosk.counter.find, kiosk.screens.search; sys.exit('rapidfuzz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
