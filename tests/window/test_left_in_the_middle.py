"""What is typed over the canvas ends well, whatever is done meanwhile: a name, and the palette."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from app.window.workplace import Workplace
from graph_editor.canvas.add_palette import AddPalette
from graph_editor.canvas.rename import RenameLine
from graph_editor.document.files import load
from graph_editor.document.model import Block, BlockId, NodeId
from tests.panels.judged import example, until
from tests.window.inhabited import Inhabited

CTRL, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
CONV, HEAD = NodeId("conv1"), NodeId("head")


@pytest.fixture
def inside(house: Inhabited) -> Workplace:
    """Return a window inside a block of the residual net."""
    place = house.stand(example("digits_residual"), width=1440, height=900)
    place.session.show_graph("residual", "block1")
    house.rest()
    return place


@pytest.fixture
def naming(house: Inhabited) -> Workplace:
    """Return a window in which a name is being typed."""
    place = house.stand(width=1440, height=900)
    name(place, HEAD, "classifier")
    return place


def name(place: Workplace, node: NodeId, text: str) -> RenameLine:
    place.canvas.select([node])
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, Qt.Key.Key_F2)
    line = line_of(place)
    assert line is not None
    QTest.keyClicks(line, text)
    return line


def line_of(place: Workplace) -> RenameLine | None:
    found = [x for x in place.canvas.viewport().findChildren(RenameLine) if x.isVisible()]
    return found[0] if found else None


def palette_of(place: Workplace) -> AddPalette | None:
    found = [x for x in place.shell.findChildren(AddPalette) if x.isVisible()]
    return found[0] if found else None


def residual(place: Workplace) -> Block:
    return place.session.project.blocks[BlockId("residual")]


def go_home(place: Workplace) -> None:
    QTest.mouseClick(place.shell.tools.path.home, LEFT)
    until(lambda: place.canvas.key == "main")


def test_another_graph_takes_the_name_first(inside: Workplace) -> None:
    main = inside.session.project.main
    name(inside, CONV, "hello")
    inside.session.show_graph("main")
    assert line_of(inside) is None
    assert residual(inside).graph.nodes[CONV].name == "hello"
    assert inside.session.project.main == main
    inside.session.undo()
    assert residual(inside).graph.nodes[CONV].name != "hello"


def test_a_click_on_the_way_home_takes_the_name_first(inside: Workplace) -> None:
    name(inside, CONV, "hello")
    go_home(inside)
    assert residual(inside).graph.nodes[CONV].name == "hello"


def test_a_graph_that_goes_takes_the_line_along(house: Inhabited, inside: Workplace) -> None:
    session = inside.session
    session.show_graph("main")
    uses = [k for k, n in session.project.main.graph.nodes.items() if "residual" in n.spec]
    inside.canvas.select(uses)
    inside.canvas.setFocus()
    QTest.keyClick(inside.canvas, Qt.Key.Key_Delete)
    session.undo()
    session.show_graph("residual", "block1")
    name(inside, CONV, "hello")
    session.redo()
    house.rest()
    assert session.project.main.graph.nodes.keys().isdisjoint(uses)


def test_another_graph_closes_the_palette(inside: Workplace) -> None:
    inside.canvas.setFocus()
    QTest.keyClick(inside.canvas, Qt.Key.Key_Tab)
    palette = palette_of(inside)
    assert palette is not None
    QTest.keyClicks(palette.line, "relu")
    before = inside.session.project
    go_home(inside)
    assert palette_of(inside) is None
    assert inside.session.project == before


def test_a_command_of_the_window_takes_the_name_and_is_done(
    naming: Workplace, tmp_path: Path
) -> None:
    naming.session.path = tmp_path / "net.netwright"
    line = line_of(naming)
    assert line is not None
    QTest.keyClick(line, Qt.Key.Key_Control)
    assert line_of(naming) is line
    QTest.keyClick(line, Qt.Key.Key_S, CTRL)
    assert line_of(naming) is None
    until((tmp_path / "net.netwright").exists)
    saved = load(tmp_path / "net.netwright").project
    assert saved.main.graph.nodes[HEAD].name == "classifier"


def test_what_edits_text_stays_in_the_line(naming: Workplace) -> None:
    line, before = line_of(naming), naming.session.project
    assert line is not None
    for key in (Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_V, Qt.Key.Key_Z, Qt.Key.Key_V):
        QTest.keyClick(line, key, CTRL)
    QTest.keyClick(line, Qt.Key.Key_Home)
    QTest.keyClick(line, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(line, Qt.Key.Key_Delete)
    assert line_of(naming) is line
    assert line.text() == "flassifier"
    assert naming.session.project == before


def test_the_line_lies_on_its_node_wherever_that_goes(house: Inhabited, naming: Workplace) -> None:
    canvas, line = naming.canvas, line_of(naming)
    assert line is not None
    for change in (
        lambda: canvas.set_zoom(0.7),
        lambda: canvas.horizontalScrollBar().setValue(canvas.horizontalScrollBar().value() + 40),
        canvas.fit_all,
        lambda: canvas.set_zoom(1.4, QPoint(canvas.node_place(HEAD))),
    ):
        change()
        house.rest()
        rect = canvas.node_rect(HEAD)
        assert line.geometry().intersects(QRect(rect.topLeft(), rect.topRight() + QPoint(0, 12)))


def test_a_click_elsewhere_takes_the_name(naming: Workplace) -> None:
    QTest.mouseClick(naming.shell.tools.fit_all, LEFT)
    assert line_of(naming) is None
    assert naming.session.project.main.graph.nodes[HEAD].name == "classifier"
    QTest.mouseClick(naming.shell.tools.undo, LEFT)
    assert naming.session.project.main.graph.nodes[HEAD].name == "head"
