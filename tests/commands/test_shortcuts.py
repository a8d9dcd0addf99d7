"""Keys that the user gives to commands: read, kept, and never in two places at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.commands.registry import ALL
from app.commands.shortcuts import (
    canvas_keys,
    give,
    present,
    pressed,
    readable,
    reset,
    reset_all,
    slots,
    taker,
    usual,
    why_not,
)
from app.settings.shortcuts import read, written
from app.settings.shortcuts import why_not as why_unread
from app.settings.store import Settings
from graph_editor.canvas.gestures.edit_keys import ROWS

NAMES = sorted(slots())
KEY = st.sampled_from(
    ["Ctrl+T", "F5", "Ctrl+S", "Del", "Shift+A", "Ctrl+;", "L", "?", "Alt+Return"]
)


def test_every_command_and_every_row_of_the_canvas_has_a_slot(qapp: QApplication) -> None:
    assert {command.id for command in ALL if command.choices is None} <= set(slots())
    assert set(canvas_keys(usual())) == {row.id for row in ROWS}
    for row in ROWS:
        assert row.keys in canvas_keys(usual())[row.id]


def test_no_key_is_usual_for_two_things(qapp: QApplication) -> None:
    keys = [key for each in usual().values() for key in each]
    assert len(keys) == len(set(keys))
    assert all(map(readable, keys))
    assert all(not why_not(slots()[name], key) for name, ks in usual().items() for key in ks)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(KEY, max_size=3, unique=True).map(tuple)))
def test_a_text_says_what_was_written(keys: dict[str, tuple[str, ...]]) -> None:
    assert read(written(keys)) == keys


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.lists(KEY, max_size=2, unique=True)), max_size=8)
)
def test_whatever_is_given_no_key_stands_twice_and_reset_brings_all_back(
    gifts: list[tuple[str, list[str]]],
) -> None:
    settings = Settings()
    for name, keys in gifts:
        slot = slots()[name]
        give(settings, slot, tuple(keys))
        assert present(settings)[name] == tuple(keys)
        every = [key for each in present(settings).values() for key in each]
        assert len(every) == len(set(every))
    for name in [name for name in NAMES if present(settings)[name] != usual()[name]]:
        reset(settings, slots()[name])
    assert present(settings) == usual()
    reset_all(settings)
    assert settings["shortcuts"] == ""


def test_who_has_a_key_is_told_by_name(qapp: QApplication) -> None:
    settings = Settings()
    other = taker(settings, slots()["run.train"], "Ctrl+S")
    assert other is not None
    assert other.title == "Save"
    assert taker(settings, slots()["file.save"], "Ctrl+S") is None
    assert taker(settings, slots()["run.train"], "Ctrl+Alt+Shift+F9") is None


@pytest.mark.parametrize(
    "text",
    ["Ctrl+T", "run.train Ctrl+T", "Run = F5", "a = F1\na = F2", "a = " + "x" * 400, "a = \x07"],
)
def test_a_text_that_cannot_be_read_leaves_the_usual_keys(text: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"shortcuts": text}))
    settings = Settings(file)
    assert why_unread(text).endswith(".")
    assert settings.why_refused("shortcuts") == why_unread(text)
    assert present(settings) == usual()


def test_what_is_given_comes_before_what_is_usual_and_the_first_line_before_others() -> None:
    settings = Settings()
    settings.set("shortcuts", "run.pause = Ctrl+S; F6\nrun.train = Ctrl+S")
    now = present(settings)
    assert now["run.pause"] == ("Ctrl+S", "F6")
    assert now["run.train"] == ()
    assert "Ctrl+S" not in now["file.save"]


def test_keys_nobody_has_and_commands_nobody_knows_are_passed_over_and_kept() -> None:
    settings = Settings()
    settings.set("shortcuts", "later.thing = F5\nrun.train = Hyper+Blah; F6")
    assert present(settings)["run.train"] == ("F6",)
    give(settings, slots()["file.save"], ("F9",))
    assert read(str(settings["shortcuts"]))["later.thing"] == ("F5",)


def test_the_key_that_pans_is_refused_on_the_canvas(qapp: QApplication) -> None:
    for slot in slots().values():
        assert bool(why_not(slot, "Space")), slot.name
        assert not why_not(slot, "Ctrl+F12")


def test_letters_alone_are_refused_where_one_types(qapp: QApplication) -> None:
    assert "alone" in why_not(slots()["run.train"], "T")
    assert not why_not(slots()["run.train"], "F5")
    assert not why_not(slots()["edit.duplicate"], "T")


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier, "Ctrl+T"),
        (Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier, "?"),
        (Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier, "Shift+Tab"),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.KeypadModifier, "Left"),
        (Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier, ""),
    ],
)
def test_what_was_pressed(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str, qapp: QApplication
) -> None:
    assert pressed(key, modifiers) == text
