"""Forms under the fingers: moving, choosing, saving, refusing."""

import asyncio
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from kiosk.domain.field_problem import FieldProblem
from kiosk.widgets.choice import ChoiceField, choices
from kiosk.widgets.field import PasswordField, TextField
from kiosk.widgets.form import Form, FormRow
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.picker import Option, PickerField, listed
from kiosk.widgets.screen import CounterScreen
from kiosk.widgets.value_fields import DateField, DigitsField, NumberField
from kiosk.widgets.vital_field import VitalField


class FormScreen(CounterScreen):
    """One field of each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self.saved: list[dict[str, object] | None] = []

    def body(self) -> ComposeResult:
        with self.form:
            yield TextField("name", "Nama", required=True)
            yield ChoiceField("kind", "Jenis", choices([("a", "Sakit"), ("b", "Sehat"), ("c", "Sakit lama")]))
            yield DateField("day", "Tanggal")
            with FormRow():
                yield VitalField("weight", label="Berat", label_width=10)
                yield NumberField("count", "Jumlah", whole=True, label_width=10)
            yield DigitsField("nik", "NIK", length=16)
            yield PickerField(
                "diagnosis",
                "Diagnosis",
                listed([Option("K30", "Dispepsia"), Option("J06.9", "ISPA akut"), Option("I10", "Hipertensi")]),
            )
            yield PasswordField("secret", "Rahasia")

    def on_form_save(self, event: Form.Save) -> None:
        self.saved.append(self.form.values())


class FormApp(KioskApp):
    """The screen alone."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.one = FormScreen()

    async def on_mount(self) -> None:
        await self.push_screen(self.one)
        self.one.form.start({"secret": ""})


class Hands:
    """Keys in, text out."""

    def __init__(self, app: FormApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.form = app, pilot, app.one.form

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.app.keys_idle()
        await self.pilot.pause()

    @property
    def text(self) -> str:
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def at(self) -> str:
        return self.form.current.key if self.form.current else ""


@pytest.fixture
async def hands(tmp_path: Path) -> object:
    app = FormApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield Hands(app, pilot)


async def test_enter_moves_on_and_arrows_and_shift_tab_go_back(hands: Hands) -> None:
    assert hands.at == "name"
    await hands.press(*"Ani", "enter")
    assert hands.at == "kind"
    await hands.press("up")
    assert hands.at == "name"
    await hands.press("down", "down")
    assert hands.at == "day"
    await hands.press("shift+tab")
    assert hands.at == "kind"


async def test_one_key_chooses_and_goes_to_what_is_still_empty(hands: Hands) -> None:
    hands.form.field("day").put("22-11-2026")
    await hands.press(*"Ani", "enter", "s")
    assert hands.form.field("kind").typed == "a"
    assert "[S Sakit]" in hands.text
    assert hands.at == "weight"


async def test_the_same_list_always_gives_the_same_keys() -> None:
    keys = [option.key for option in choices([("1", "KIA"), ("2", "KB"), ("3", "Kulit"), ("4", "KIA")])]
    assert keys == ["k", "b", "u", "i"]
    assert len(set(keys)) == len(keys)


async def test_a_wrong_key_on_a_choice_says_which_there_are(hands: Hands) -> None:
    await hands.press(*"Ani", "enter", "x")
    assert "Tekan S, E, L" in hands.text
    assert hands.form.field("kind").typed == ""


async def test_a_row_of_keys_in_one_piece_fills_the_right_fields(hands: Hands) -> None:
    await hands.press(*"Ani", "enter", "s", *"05031987", "enter", *"62,5", "enter", *"12", "enter", *"12")
    assert hands.form.typed == {
        "name": "Ani",
        "kind": "a",
        "day": "05-03-1987",
        "weight": "62,5",
        "count": "12",
        "nik": "12",
    }


async def test_values_come_as_the_domain_wants_them(hands: Hands) -> None:
    hands.form.start(
        {
            "name": " Ani ",
            "kind": "b",
            "day": "05/03/1987",
            "weight": "62.5",
            "count": "3",
            "nik": "3201 0145 0387 0001",
            "diagnosis": "K30\tDispepsia",
            "secret": "x y",
        }
    )
    found = hands.form.values()
    assert found is not None
    assert {key: str(value) for key, value in found.items()} == {
        "name": "Ani",
        "kind": "b",
        "day": "1987-03-05",
        "weight": "62.5",
        "count": "3",
        "nik": "3201014503870001",
        "diagnosis": "K30",
        "secret": "x y",
    }


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("weight", "1.200", "bisa berarti dua hal"),
        ("weight", "enam", "Isi dengan angka"),
        ("weight", "9999", "tidak mungkin"),
        ("count", "3,5", "angka bulat"),
        ("day", "31-02-2026", "tidak ada di kalender"),
        ("day", "besok", "hh-bb-tttt"),
        ("nik", "32O1", "angka saja"),
    ],
)
async def test_what_cannot_be_read_is_said_and_stays_typed(hands: Hands, key: str, typed: str, said: str) -> None:
    hands.form.start({"name": "Ani", "kind": "a", "secret": "x", key: typed})
    await hands.press("ctrl+s")
    assert hands.app.one.saved == [None]
    assert said in hands.text
    assert hands.form.field(key).typed == typed
    assert hands.at == key


async def test_an_empty_measurement_stays_none(hands: Hands) -> None:
    hands.form.start({"name": "Ani", "kind": "a", "secret": "x"})
    found = hands.form.values()
    assert found is not None and found["weight"] is None and found["day"] is None


async def test_problems_of_the_counter_stand_at_their_fields_and_nothing_is_lost(hands: Hands) -> None:
    hands.form.start({"name": "Ani", "kind": "a"})
    hands.form.problems([FieldProblem("day", "Salah hari"), FieldProblem("elsewhere", "Hal lain")])
    await hands.pilot.pause()
    assert "Salah hari" in hands.text and "Hal lain" in hands.text
    assert hands.at == "day"
    assert hands.form.field("name").typed == "Ani"


async def test_a_busy_form_does_not_save_again(hands: Hands) -> None:
    hands.form.start({"name": "Ani", "kind": "a", "secret": "x"})
    await hands.press("ctrl+s")
    hands.form.busy = True
    await hands.press("ctrl+s", "f2")
    assert len(hands.app.one.saved) == 1


async def test_enter_on_the_last_field_saves(hands: Hands) -> None:
    hands.form.start({"name": "Ani", "kind": "a", "secret": "x"}, focus="secret")
    await hands.press("enter")
    assert len(hands.app.one.saved) == 1


async def test_what_is_typed_can_be_kept_and_brought_back_without_secrets(hands: Hands) -> None:
    hands.form.start({"name": "Ani", "kind": "a", "diagnosis": "K30\tDispepsia\t", "secret": "sangat-rahasia"})
    kept = hands.form.typed
    assert "secret" not in kept and "sangat-rahasia" not in kept.values()
    assert not hands.form.is_dirty
    hands.form.start({})
    hands.form.restore(kept)
    assert hands.form.typed == kept
    assert hands.form.is_dirty


async def test_picking_by_typing(hands: Hands) -> None:
    hands.form.go_to("diagnosis")
    await hands.press(*"hip")
    await hands.pilot.pause(0.2)
    assert "» I10" in hands.text
    await hands.press("enter")
    await hands.pilot.pause()
    assert "I10  Hipertensi" in hands.text
    assert hands.form.values() is None or hands.form.field("diagnosis").value() == "I10"


async def test_enter_waits_for_the_rows_of_what_is_typed(hands: Hands) -> None:
    free, asked = asyncio.Event(), list[str]()

    async def slow(text: str) -> list[Option]:
        asked.append(text)
        if text == "j06":
            await free.wait()
            return [Option("J06.9", "ISPA akut")]
        return [Option("J00", "Pilek")]

    field = hands.form.field("diagnosis")
    assert isinstance(field, PickerField)
    field.source = slow
    hands.form.go_to("diagnosis")
    await hands.press("j")
    await hands.press("0", "6")
    while "j06" not in asked:
        await asyncio.sleep(0.02)
    pressed = asyncio.create_task(hands.press("enter"))
    await asyncio.sleep(0.1)
    free.set()
    await pressed
    assert field.value() == "J06.9"


async def test_picking_faster_than_the_pause_takes_what_was_typed(hands: Hands) -> None:
    hands.form.go_to("diagnosis")
    await hands.press(*"ispa", "enter")
    await hands.pilot.pause(0.2)
    assert hands.form.field("diagnosis").value() == "J06.9"


async def test_leaving_the_picker_changes_nothing(hands: Hands) -> None:
    hands.form.start({"diagnosis": "K30\tDispepsia\t"}, focus="diagnosis")
    await hands.press(*"isp", "escape")
    await hands.pilot.pause()
    assert hands.form.field("diagnosis").value() == "K30"
    await hands.press("backspace")
    assert hands.form.field("diagnosis").value() is None
