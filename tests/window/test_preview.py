"""A fix is shown before it is applied, wherever one points at it; nothing is edited by that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.window.workplace import Workplace
from graph_editor.canvas.preview import Edited, Preview
from graph_editor.document.edits import dissolve, in_block, insert_on_wire
from graph_editor.document.model import FrozenMap, InPort, Node, NodeId, PortPath, Project
from tests.panels.judged import example, set_value
from tests.window.inhabited import Inhabited

HEAD, FLATTEN = NodeId("head"), NodeId("flatten")
KEY = Qt.Key
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand())
    set_value(made.session, "head", "in_features", 256)
    house.judged(made)
    return made


def preview(place: Workplace) -> Preview:
    return place.wiring.preview


def is_shown(place: Workplace) -> bool:
    """Whether something is shown, on the canvas as in the session."""
    shown = preview(place)
    in_scene = shown.ghosts is not None and shown.ghosts.scene() is place.canvas.world
    assert in_scene == shown.label.isVisible() == (place.session.previewing.fix is not None)
    return in_scene


def move(widget: QWidget, spot: QPoint) -> None:
    """Move the pointer to a place, without a button."""
    button = Qt.MouseButton.NoButton
    kind = QEvent.Type.MouseMove
    there = QPointF(widget.mapToGlobal(spot))
    QApplication.sendEvent(widget, QMouseEvent(kind, QPointF(spot), there, button, button, NONE))


def enter(widget: QWidget) -> None:
    spot = QPointF(widget.rect().center())
    QApplication.sendEvent(widget, QEnterEvent(spot, spot, QPointF(widget.mapToGlobal(spot))))


def leave(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def over_chip(place: Workplace) -> QPoint:
    """Show the bubble of the node at fault, and return where its first fix is."""
    canvas = place.canvas
    place.session.select([HEAD])
    canvas.reveal(HEAD)
    bubble = canvas.world.bubble
    assert bubble.isVisible()
    return canvas.mapFromScene(bubble.pos()) + bubble.button.center().toPoint()


def test_the_chip_on_the_node_shows_it_while_the_pointer_is_on_it(place: Workplace) -> None:
    view, spot = place.canvas.viewport(), over_chip(place)
    before = place.session.project
    move(view, spot)
    assert is_shown(place)
    sketch = preview(place).sketch
    assert sketch is not None
    assert dict(sketch.changed) == {HEAD: ("in_features 256 → 512",)}
    assert preview(place).tags[0].lines == ("in_features 256 → 512",)
    assert preview(place).label.lines[0] == "Set in_features to 512"
    move(view, QPoint(3, 3))
    assert not is_shown(place)
    move(view, spot)
    leave(place.canvas)
    assert not is_shown(place)
    assert place.session.project is before
    assert not place.session.document.undo_title.startswith("Apply")


def test_the_chip_still_applies_it(place: Workplace) -> None:
    view, spot = place.canvas.viewport(), over_chip(place)
    move(view, spot)
    QTest.mouseClick(view, LEFT, pos=spot)
    assert not is_shown(place)
    assert not place.session.problems()


def test_escape_ends_it_wherever_the_keyboard_is(place: Workplace) -> None:
    spot = over_chip(place)
    move(place.canvas.viewport(), spot)
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, KEY.Key_Escape)
    assert not is_shown(place)
    assert place.session.selection == {HEAD}  # that Esc was for the preview alone
    QTest.keyClick(place.canvas, KEY.Key_Escape)
    assert place.session.selection == frozenset()


def test_an_edit_ends_it(place: Workplace) -> None:
    move(place.canvas.viewport(), over_chip(place))
    assert is_shown(place)
    set_value(place.session, "dropout", "p", 0.4)
    assert not is_shown(place)


def test_the_button_of_the_inspector_shows_it(place: Workplace) -> None:
    place.session.select([HEAD])
    inspector = place.panels["inspector"]
    button = inspector.findChild(QPushButton, "fix 0")
    assert button is not None
    enter(button)
    assert is_shown(place)
    leave(button)
    assert not is_shown(place)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert is_shown(place)
    place.canvas.setFocus()
    assert not is_shown(place)


def test_tab_comes_to_a_fix_enter_applies_it_and_ctrl_z_takes_it_back(
    place: Workplace, house: Inhabited
) -> None:
    place.session.select([HEAD])
    house.rest()
    before = place.session.project
    name = place.panels["inspector"].findChild(QLineEdit)
    assert name is not None
    name.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(name, KEY.Key_Tab)  # fixes stand below the name, over all parameters
    button = QApplication.focusWidget()
    assert isinstance(button, QPushButton)
    assert button.objectName() == "fix 0"
    assert is_shown(place)
    QTest.keyClick(button, KEY.Key_Return)
    house.judged(place)
    assert not is_shown(place)
    assert not place.session.problems()
    again = QApplication.focusWidget()
    assert again is not None
    QTest.keyClick(again, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    house.judged(place)
    assert place.session.project is before


def test_a_button_that_goes_takes_its_preview_along(place: Workplace, house: Inhabited) -> None:
    place.session.select([HEAD])
    house.rest()
    button = place.panels["inspector"].findChild(QPushButton, "fix 0")
    assert button is not None
    enter(button)
    assert button.isVisible()
    place.session.select([FLATTEN])
    assert not is_shown(place)


def test_the_list_shows_it_by_pointer_and_by_arrow(place: Workplace, house: Inhabited) -> None:
    place.show_panel("problems")
    house.rest()
    panel: Any = place.panels["problems"]
    view = panel.view
    row = view.rows.rows[0]
    places = view.painter_of_rows.places(row, view.visualRect(view.rows.index(0, 0)))
    move(view.viewport(), places.fix.center())
    assert is_shown(place)
    move(view.viewport(), places.sentence.center())
    assert not is_shown(place)
    view.setFocus()
    QTest.keyClick(view, KEY.Key_Down)
    QTest.keyClick(view, KEY.Key_Up)
    assert is_shown(place)
    QTest.keyClick(view, KEY.Key_Escape)
    assert not is_shown(place)


def test_the_menu_of_more_fixes_shows_each(place: Workplace) -> None:
    panel: Any = place.panels["problems"]
    place.show_panel("problems")
    row = panel.view.rows.rows[0]
    assert len(row.fixes) > 1
    menu = panel.menu_of(row)
    menu.popup(QPoint(10, 10))
    titles = []
    for act in menu.actions()[: len(row.fixes)]:
        menu.setActiveAction(act)
        assert is_shown(place)
        titles.append(preview(place).label.lines[0])
    assert titles == [each.title for each in row.fixes]
    QTest.keyClick(menu, KEY.Key_Escape)
    assert not menu.isVisible()  # at once: that Esc was for the menu
    assert not is_shown(place)
    menu.deleteLater()


def test_the_first_fix_of_the_graph_menu_is_shown(place: Workplace, house: Inhabited) -> None:
    """Arrow keys come to it as the pointer does; Esc closes the menu and ends it."""
    menu = place.shell.title_row.menus["Graph"]
    menu.popup(place.canvas.mapToGlobal(QPoint(300, 0)))  # where the words would stand
    for _ in range(menu.actions().index(place.menus.actions["graph.fix"]) + 1):
        if menu.activeAction() is place.menus.actions["graph.fix"]:
            break
        QTest.keyClick(menu, KEY.Key_Down)
    assert menu.activeAction() is place.menus.actions["graph.fix"]
    assert is_shown(place)
    label = preview(place).label
    covered = QRect(menu.mapToGlobal(QPoint()), menu.size())
    assert not covered.intersects(QRect(label.mapToGlobal(QPoint()), label.size()))
    assert preview(place).label.lines[0] == "Set in_features to 512"
    QTest.keyClick(menu, KEY.Key_Up)
    assert not is_shown(place)
    QTest.keyClick(menu, KEY.Key_Down)
    assert is_shown(place)
    QTest.keyClick(menu, KEY.Key_Escape)
    assert not is_shown(place)
    menu.popup(QPoint(10, 10))
    menu.setActiveAction(place.menus.actions["graph.fix"])
    QTest.keyClick(menu, KEY.Key_Return)
    house.judged(place)
    assert not is_shown(place)
    assert not place.session.problems()


def test_the_strip_under_the_canvas_shows_it(place: Workplace) -> None:
    strip = place.strip
    enter(strip._fix)  # the button has no other way to be had
    assert is_shown(place)
    leave(strip._fix)  # as above
    assert not is_shown(place)


def with_softmax(project: Project) -> Project:
    node = Node("nn.Softmax", args=FrozenMap({"dim": 1}))
    target = InPort(NodeId("loss"), PortPath("input"))
    return in_block(project, "main", lambda g: insert_on_wire(g, target, NodeId("soft"), node))


def test_a_node_comes_where_its_ghost_was_also_at_other_ports(
    place: Workplace, house: Inhabited
) -> None:
    """The loss gets another port by it: at its side, no more at its foot."""
    session, loss = place.session, NodeId("loss")
    set_value(session, "head", "in_features", 512)
    set_value(session, "loss", "reduction", "none")
    house.judged(place)
    fix = next(f for p in session.problems() for f in p.fixes if "mean of" in f.title)
    session.previewing.show(fix)
    ghosts = preview(place).ghosts
    assert ghosts is not None
    (ghost,) = ghosts.areas()
    before = place.canvas.places().keys()
    session.apply_fix(fix)
    (new,) = place.canvas.places().keys() - before
    assert place.canvas.world.nodes[new].rect() == ghost
    assert not ghost.intersects(place.canvas.world.nodes[loss].rect())


def test_a_node_that_would_be_off_is_told(house: Inhabited) -> None:
    place = house.judged(house.stand(with_softmax(example("digits_cnn"))))
    session = place.session
    fix = next(f for p in session.problems() for f in p.fixes if "off" in f.title)
    session.previewing.show(fix)
    assert is_shown(place)
    (tag,) = preview(place).tags
    assert tag.lines == ("off: what enters passes it by",)
    session.previewing.end()


def test_a_node_that_would_go_is_crossed_out(place: Workplace) -> None:
    shown = preview(place)
    after = in_block(place.session.project, "main", lambda g: dissolve(g, FLATTEN))
    shown.show(Edited("Remove it", after))
    assert shown.sketch is not None
    assert shown.ghosts is not None
    assert shown.sketch.gone == (FLATTEN,)
    assert len(shown.ghosts.gone) == 1
    assert shown.ghosts.undrawn
    shown.end()


def test_what_is_drawn_is_seen(place: Workplace) -> None:
    """The pixels differ where something is shown, and are the same again after it."""
    canvas = place.canvas
    over_chip(place)
    plain = canvas.grab().toImage()
    place.session.previewing.show(place.session.problems()[0].fixes[0])
    assert canvas.grab().toImage() != plain
    place.session.previewing.end()
    assert canvas.grab().toImage() == plain


def test_the_far_view_shows_it_too(place: Workplace) -> None:
    canvas = place.canvas
    canvas.zoom_to(0.2)
    assert canvas.is_far
    plain = canvas.grab().toImage()
    place.session.previewing.show(place.session.problems()[0].fixes[0])
    preview(place).label.hide()  # it would differ by that alone
    assert canvas.grab().toImage() != plain
    preview(place).label.show()
    place.session.previewing.end()
