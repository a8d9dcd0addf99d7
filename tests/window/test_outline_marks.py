"""Frames and notes in the outline of a whole window, by real keys, as on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit

from app.panels.outline_panel import OutlinePanel
from app.window.workplace import Workplace
from graph_editor.canvas.backdrop import Mark
from graph_editor.document.edits import add_frame, add_note, change_frame, marks_of
from graph_editor.document.model import InPort, NodeId, PortPath, Project
from tests.panels.judged import example
from tests.window.inhabited import Inhabited

K = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SPOKEN = Qt.ItemDataRole.AccessibleTextRole
FRONT, PLAIN = Mark("frame", 0), Mark("frame", 1)
WHY, WIDE = Mark("note", 0), Mark("note", 1)
CONV = ("conv1", "bn1", "relu1")


def marked() -> Project:
    """Return the residual example with two frames and two notes, and one of each in its block."""
    project = example("digits_residual")
    project = add_frame(project, "main", [NodeId("stem"), NodeId("block1")], "Front", "blue")
    project = change_frame(project, "main", 0, comment="From pixels to features.")
    project = add_frame(project, "main", [NodeId("head")])
    project = add_note(project, "main", (0.0, -600.0), "Why so small\n64 pixels overfit.")
    project = add_note(project, "main", (400.0, -600.0), "Wider?", "pink")
    project = add_frame(project, "residual", [NodeId("conv1")], "Inside")
    return add_note(project, "residual", (0.0, -400.0), "Look here")


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.stand(marked())
    made.show_panel("outline")
    house.rest()
    outline(made).view.setFocus()
    return made


def outline(place: Workplace) -> OutlinePanel:
    panel = place.panels["outline"]
    assert isinstance(panel, OutlinePanel)
    return panel


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key wherever the keyboard is."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifiers)
    QApplication.processEvents()


def go(place: Workplace, mark: Mark, graph: str = "main") -> None:
    """Walk to the row of a mark by keys: to the last row, then up."""
    view, rows = outline(place).view, outline(place).rows
    view.expand(rows.graph_index(graph))
    view.setFocus()
    press(K.Key_End)
    for _ in range(60):
        item = outline(place).current
        if item is not None and (item.mark, item.graph) == (mark, graph):
            return
        press(K.Key_Up)
    raise AssertionError(f"{mark} was not reached")


def rows_of(place: Workplace, graph: str = "main") -> list[tuple[str, str]]:
    """Return both columns of all frames and notes of a graph."""
    rows = outline(place).rows
    above = rows.graph_index(graph)
    found = [rows.index(row, 0, above) for row in range(rows.rowCount(above))]
    marks = [index for index in found if rows.item(index).mark is not None]
    assert found[len(found) - len(marks) :] == marks  # behind the nodes
    return [(index.data(), index.siblingAtColumn(1).data()) for index in marks]


def chosen_rows(place: Workplace) -> set[object]:
    """Return what is selected in the outline."""
    rows = outline(place).view.selectionModel().selectedRows(0)
    items = [outline(place).rows.item(index) for index in rows]
    return {item.mark or item.node for item in items}


def spoken(place: Workplace, mark: Mark, graph: str = "main") -> str:
    return str(outline(place).rows.node_index(graph, mark).data(SPOKEN))


def in_step(place: Workplace) -> bool:
    """Whether outline, canvas and session have the same selection."""
    canvas, session = place.canvas, place.session
    shown = {*canvas.selected(), *canvas.world.backdrop.chosen}
    return chosen_rows(place) == shown == {*session.selection, *session.marks}


def frames(place: Workplace, graph: str = "main") -> list[str]:
    return [each.get("title", "") for each in marks_of(place.session.project, graph, "frames")]


def notes(place: Workplace) -> list[str]:
    return [each["text"] for each in marks_of(place.session.project, "main", "notes")]


def entries(place: Workplace) -> dict[str, QAction]:
    """Ask for the menu of the current row, and return what it offers."""
    view = outline(place).view
    corner = view.visualRect(view.currentIndex()).bottomLeft()
    view.menu_asked.emit(view.viewport().mapToGlobal(corner + QPoint(24, 0)))
    (menu,) = [menu for menu in outline(place).findChildren(QMenu) if menu.isVisible()]
    return {action.text(): action for action in menu.actions() if not action.isSeparator()}


def shut(place: Workplace) -> None:
    for menu in outline(place).findChildren(QMenu):
        menu.close()
    place.shell.activateWindow()
    QApplication.processEvents()


def test_they_are_rows_behind_the_nodes_and_read_aloud(place: Workplace) -> None:
    assert rows_of(place) == [
        ("Front", "2 nodes"), ("Frame", "1 node"), ("Why so small", "note"), ("Wider?", "note"),
    ]  # fmt: skip
    assert rows_of(place, "residual") == [("Inside", "1 node"), ("Look here", "note")]
    assert spoken(place, FRONT) == "Front, frame, 2 nodes: From pixels to features."
    assert spoken(place, PLAIN) == "frame without a title, 1 node"
    assert spoken(place, WHY) == "note: Why so small\n64 pixels overfit."
    graph = outline(place).rows.graph_index("main")
    assert graph.siblingAtColumn(1).data() == "16 nodes"
    assert graph.data(SPOKEN).endswith("main graph, 16 nodes, 2 frames, 2 notes")


def test_what_is_selected_is_the_same_here_and_on_the_canvas(place: Workplace) -> None:
    canvas = place.canvas
    go(place, WHY)
    assert canvas.world.backdrop.chosen == {WHY}
    assert in_step(place)
    press(K.Key_Up, SHIFT)
    press(K.Key_Up, SHIFT)
    assert canvas.world.backdrop.chosen == {WHY, PLAIN, FRONT}
    assert in_step(place)
    canvas.fit_all()
    note = canvas.world.backdrop.notes[1].rect().center()
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, canvas.mapFromScene(note))
    assert chosen_rows(place) == {WIDE}
    QTest.mouseClick(canvas.viewport(), LEFT, SHIFT, canvas.node_place(NodeId("pool")))
    assert chosen_rows(place) == {WIDE, "pool"}
    assert in_step(place)
    press(K.Key_Escape)
    assert chosen_rows(place) == set()
    place.canvas.setFocus()
    press(K.Key_N, SHIFT)
    assert chosen_rows(place) == {WHY}
    press(K.Key_F10, SHIFT)
    (menu,) = [menu for menu in place.canvas.findChildren(QMenu) if menu.isVisible()]
    words = [action.text() for action in menu.actions()]
    menu.close()
    assert "Colour of the frame or note" in words
    assert "Delete" in words


def test_enter_shows_the_graph_and_brings_it_into_view(place: Workplace) -> None:
    canvas, session = place.canvas, place.session
    go(place, Mark("note", 0), "residual")
    assert (session.graph_key, canvas.world.backdrop.chosen) == ("main", frozenset())
    press(K.Key_Return)
    assert (session.graph_key, session.prefix) == ("residual", "block1")
    assert canvas.world.backdrop.chosen == {Mark("note", 0)}
    assert in_step(place)
    go(place, WIDE)
    canvas.set_zoom(2.0)
    press(K.Key_Return)
    assert session.graph_key == "main"
    area = canvas.mapFromScene(canvas.world.backdrop.notes[1].rect()).boundingRect()
    assert canvas.viewport().rect().contains(area)
    assert QApplication.focusWidget() is outline(place).view


def test_f2_types_a_title_in_the_row_and_undo_takes_it_back(place: Workplace) -> None:
    before = place.session.project
    for mark, title in ((PLAIN, "Rear"), (FRONT, "")):
        go(place, mark)
        press(K.Key_F2)
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        assert field.text() == frames(place)[mark.place]
        field.selectAll()
        press(K.Key_Backspace)
        QTest.keyClicks(field, title)
        press(K.Key_Return)
        assert frames(place)[mark.place] == title
        assert place.session.document.undo_title == "Rename the frame"
    assert [name for name, _ in rows_of(place)][:2] == ["Frame", "Rear"]
    place.session.undo()
    place.session.undo()
    assert place.session.project is before
    assert [name for name, _ in rows_of(place)][:2] == ["Front", "Frame"]


def test_notes_and_comments_are_typed_on_the_canvas_which_leads_back(place: Workplace) -> None:
    go(place, WHY)
    press(K.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QPlainTextEdit)
    assert place.canvas.isAncestorOf(field)
    assert field.verticalScrollBar().value() == 0  # all lines of it are seen
    field.selectAll()
    QTest.keyClicks(field, "Small enough")
    press(K.Key_Return, CTRL)
    assert notes(place) == ["Small enough", "Wider?"]
    assert rows_of(place)[2] == ("Small enough", "note")
    assert QApplication.focusWidget() is outline(place).view
    assert outline(place).current is not None
    assert outline(place).current.mark == WHY
    place.session.undo()
    assert notes(place)[0].startswith("Why so small")
    go(place, PLAIN)
    press(K.Key_F2, SHIFT)
    field = QApplication.focusWidget()
    assert isinstance(field, QPlainTextEdit)
    QTest.keyClicks(field, "Ten logits")
    press(K.Key_Return, CTRL)
    assert spoken(place, PLAIN) == "frame without a title, 1 node: Ten logits"
    assert QApplication.focusWidget() is outline(place).view


def test_delete_takes_them_alone_and_leaves_the_keyboard_here(place: Workplace) -> None:
    before = place.session.project
    go(place, FRONT)
    press(K.Key_Delete)
    assert place.session.document.undo_title == "Delete frame Front"
    assert frames(place) == [""]
    assert place.session.project.main.graph is before.main.graph
    assert rows_of(place)[0] == ("Frame", "1 node")
    assert outline(place).current is not None
    assert chosen_rows(place) == set()
    assert in_step(place)
    go(place, WHY)
    press(K.Key_Down, SHIFT)
    press(K.Key_Delete)
    assert place.session.document.undo_title == "Delete 2 notes"
    assert rows_of(place) == [("Frame", "1 node")]
    place.session.undo()
    place.session.undo()
    assert place.session.project is before
    assert len(rows_of(place)) == 4
    assert in_step(place)
    go(place, PLAIN)
    press(K.Key_Up, SHIFT)
    press(K.Key_Up, SHIFT)
    assert chosen_rows(place) == {PLAIN, FRONT, "accuracy"}
    press(K.Key_Delete)
    assert place.session.document.undo_title.startswith("Delete ")
    assert "accuracy" not in place.session.project.main.graph.nodes
    assert frames(place) == []
    assert [name for name, _ in rows_of(place)] == ["Why so small", "Wider?"]
    place.session.undo()
    assert place.session.project is before
    assert in_step(place)


def test_a_row_stays_that_of_its_mark_when_others_go(place: Workplace) -> None:
    canvas = place.canvas
    go(place, PLAIN)
    canvas.fit_all()
    bar = canvas.world.backdrop.frames[0].bar().center()
    QTest.mouseClick(canvas.viewport(), LEFT, CTRL, canvas.mapFromScene(bar))
    assert in_step(place)
    assert chosen_rows(place) == {FRONT, PLAIN}
    QTest.mouseClick(canvas.viewport(), LEFT, CTRL, canvas.mapFromScene(bar))
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, canvas.mapFromScene(bar))
    cursor = outline(place).rows.node_index("main", WIDE)
    outline(place).view.selectionModel().setCurrentIndex(
        cursor, outline(place).view.selectionModel().SelectionFlag.NoUpdate
    )
    canvas.setFocus()
    press(K.Key_Delete)
    assert frames(place) == [""]
    assert outline(place).current is not None
    assert outline(place).current.mark == WIDE
    assert in_step(place)


def test_the_menu_offers_what_the_canvas_offers_and_says_why_not(place: Workplace) -> None:
    go(place, FRONT)
    found = entries(place)
    off = {text: action.toolTip() for text, action in found.items() if not action.isEnabled()}
    assert set(off) == {"Connect…", "Follow the output", "Follow the input"}
    assert all(words.endswith(".") for words in off.values())
    assert {"Rename", "Comment on the frame…", "Delete the frame alone", "Duplicate"} <= set(found)
    colours = found["Colour of the frame or note"].menu()
    colours.aboutToShow.emit()
    next(action for action in colours.actions() if action.text() == "Green").trigger()
    assert marks_of(place.session.project, "main", "frames")[0]["colour"] == "green"
    found["Select what is in the frame"].trigger()
    assert place.canvas.selected() == {"stem", "block1"}
    assert in_step(place)
    shut(place)
    go(place, WHY)
    found = entries(place)
    assert not found["Comment on the frame…"].isEnabled()
    assert found["Comment on the frame…"].toolTip() == "Select one frame alone first."
    shut(place)


def test_keys_of_the_canvas_with_ctrl_or_alt_act_on_the_rows(place: Workplace) -> None:
    view, rows = outline(place).view, outline(place).rows
    place.shell.activateWindow()
    QApplication.processEvents()
    place.session.select([NodeId("pool")])
    press(K.Key_C, CTRL)
    before = place.session.project.main.graph
    press(K.Key_V, CTRL)
    (pasted,) = place.session.project.main.graph.nodes.keys() - before.nodes.keys()
    assert place.session.project.main.graph.nodes[pasted] == before.nodes[NodeId("pool")]
    assert view.hasFocus()
    place.session.select([NodeId("pool")])
    press(K.Key_D, ALT)
    wires = place.session.project.main.graph.wires
    cut = wires[InPort(NodeId("pool"), PortPath("input"))].node
    assert place.session.project.main.graph.nodes[cut].spec == "Tensor.detach"
    press(K.Key_End)
    view.setCurrentIndex(rows.node_index("main", NodeId("head")))
    assert {"Paste", "Detach"} <= entries(place).keys()
    shut(place)
