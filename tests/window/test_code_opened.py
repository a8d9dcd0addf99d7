"""The ways to the dialog of custom code: a double click, the inspector, the menus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.registry import BY_ID
from app.dialogs.code_dialog import CodeDialog
from app.session.trusting import TRUSTED
from app.trust import is_trusted
from app.window.workplace import Workplace
from graph_editor.document.files import load
from graph_editor.document.model import Address, NodeId
from tests.panels.judged import until
from tests.window.inhabited import Inhabited

__all__ = ["QApplication"]
SAMPLE = Path(__file__).parents[1] / "projects" / "custom_code.netwright"
SWISH = NodeId("swish")


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand(load(SAMPLE).project))
    house.rest()
    return made


def dialog_of(place: Workplace) -> CodeDialog:
    (found,) = place.shell.findChildren(CodeDialog)
    assert found.isVisible()
    return found


def test_a_double_click_on_the_node_opens_its_code(place: Workplace, house: Inhabited) -> None:
    assert place.session.verdict is not None
    assert place.session.verdict.status[Address("head")] == "waiting"
    place.canvas.code_entered.emit(SWISH)
    dialog = dialog_of(place)
    assert dialog.form.name.text() == "swish"
    said: list[str] = []
    place.session.said.connect(said.append)
    dialog.trust.click()
    dialog.ok_button.click()
    house.rest()
    assert said == [TRUSTED]
    assert is_trusted(place.session.project)


def test_the_inspector_and_the_menu_open_it_where_one_is_selected(
    place: Workplace, house: Inhabited
) -> None:
    command = BY_ID["edit.code"]
    place.session.select([NodeId("head")])
    assert command.unavailable(place) == "Select one node of custom code."
    place.session.select([SWISH])
    house.rest()
    assert command.unavailable(place) == ""
    inspector: Any = place.panels["inspector"]
    place.show_panel("inspector")
    house.rest()
    assert inspector.header.code.isVisible()
    QTest.mouseClick(inspector.header.code, Qt.MouseButton.LeftButton)
    assert dialog_of(place).key == "swish"


def test_a_new_piece_is_added_from_the_menu(place: Workplace, house: Inhabited) -> None:
    BY_ID["add.code"].run(place)
    dialog_of(place).ok_button.click()
    house.rest()
    (chosen,) = place.session.selection
    assert chosen in place.canvas.world.nodes
    until(lambda: place.session.is_judged)
    assert Address(chosen) in {problem.node for problem in place.session.problems()}
    place.session.undo()
    assert "my_code" not in place.session.project.code
