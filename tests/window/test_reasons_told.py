"""Whatever cannot be done says why in its tooltip: menus, bars, panels, dialogs, context menus."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QMenu,
    QTabBar,
    QWidget,
)

from app.panels.outline_panel import OutlinePanel
from app.panels.problems_panel import ProblemsPanel
from app.window.dialog_table import DIALOGS, OF_A_SELECTION
from app.window.workplace import Workplace
from graph_editor.document.model import NodeId, Project
from tests.window.inhabited import Inhabited

SENTENCE = re.compile(r"([A-Z“0-9]|torch ).* .*[.…]", re.DOTALL)


def without_reason(root: QWidget) -> Iterator[str]:
    """Yield what is off and does not say why, of all buttons, and of all menus as they open."""
    for button in root.findChildren(QAbstractButton):
        parent = button.parentWidget()
        off = parent is not None and not button.isEnabledTo(parent)
        own = not (isinstance(parent, QTabBar) or button.objectName().startswith("qt_"))
        if off and own and not SENTENCE.fullmatch(button.toolTip()):
            yield f"{button.text() or button.accessibleName()}: {button.toolTip()!r}"
    for menu in root.findChildren(QMenu):
        menu.aboutToShow.emit()
        yield from silent(menu)
        menu.aboutToHide.emit()


def silent(menu: QMenu) -> Iterator[str]:
    """Yield the entries of a menu that are off and do not say why."""
    for action in menu.actions():
        off = not action.isEnabled() and not action.isSeparator() and action.menu() is None
        told = menu.toolTipsVisible() and SENTENCE.fullmatch(action.toolTip())
        if off and not told:
            yield f"{action.text()}: {action.toolTip()!r}"


def shown(place: Workplace) -> Iterator[str]:
    """Yield what is off without a reason in every panel, one brought forward after the other."""
    for name in place.shell.docks:
        place.raise_panel(name)
        QCoreApplication.processEvents()
    yield from without_reason(place.shell)


@pytest.fixture(params=["empty", "example", "selected", "faulty", "running"])
def place(request: pytest.FixtureRequest, house: Inhabited) -> Workplace:
    made = house.stand(Project() if request.param == "empty" else None)
    house.judged(made)
    if request.param == "running":
        made.desk.is_starting = True
        made.desk.current_changed.emit()
    if request.param == "selected":
        made.canvas.select([NodeId("conv1")])
    if request.param == "faulty":
        made.canvas.select([NodeId("flatten")])
        made.menus.actions["edit.delete"].trigger()
        house.judged(made)
    house.rest()
    return made


def test_everything_that_is_off_says_why(place: Workplace) -> None:
    assert sorted({*shown(place), *in_context_menus(place)}) == []


def in_context_menus(place: Workplace) -> Iterator[str]:
    """Yield what is off without a reason in the menus of panels, and on nodes and empty canvas."""
    outline, problems = place.panels["outline"], place.panels["problems"]
    assert isinstance(outline, OutlinePanel)
    assert isinstance(problems, ProblemsPanel)
    yield from silent(outline.menu())
    yield from silent(problems.menu_of(None))
    canvas = place.canvas
    corner = canvas.viewport().rect().bottomLeft() + QPoint(9, -9)
    for spot in (corner, *map(canvas.node_place, list(canvas.places())[:2])):
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton, pos=spot)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        yield from silent(menu)
        menu.close()


@pytest.mark.parametrize("project", [Project(), None], ids=["empty", "example"])
def test_dialogs_say_why(project: Project | None, house: Inhabited) -> None:
    place = house.judged(house.stand(project))
    for name in sorted(set(DIALOGS) - OF_A_SELECTION):
        place.show_dialog(name)
        house.rest()
        (dialog,) = [d for d in place.shell.findChildren(QDialog) if d.isVisible()]
        found = sorted(set(without_reason(dialog)))
        dialog.close()
        house.rest()
        assert found == [], name
