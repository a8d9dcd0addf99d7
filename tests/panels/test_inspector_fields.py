"""Typing, dragging and stepping in the inspector's fields, by real events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication

# isort: split
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.inspector.choice_edit import ChoiceEdit
from graph_editor.canvas.inspector.switch_edit import SwitchEdit
from graph_editor.document.edits import in_block, move_nodes, set_argument
from graph_editor.document.model import Expr, NodeId, same
from tests.panels.inspected import NO_KEYS, Desk, click, drag, move

KEY = Qt.Key


@pytest.fixture
def desk(qt: QApplication) -> Iterator[Desk]:
    made = Desk()
    made.select("conv2")
    yield made
    made.close()


def write(desk: Desk, name: str, text: str) -> None:
    """Click into a field, which selects all of it, and type."""
    click(desk.field(name))
    QTest.keyClicks(desk.field(name), text)


def test_each_legal_key_is_in_the_document_and_all_are_one_step(desk: Desk) -> None:
    before = desk.session.project
    click(desk.field("out_channels"))
    seen = []
    for sign in "128":
        QTest.keyClicks(desk.field("out_channels"), sign)
        seen.append(desk.said("conv2", "out_channels"))
    assert seen == [1, 12, 128]
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Tab)
    desk.session.undo()
    assert desk.session.project == before
    assert desk.field("out_channels").text() == "32"


def test_two_visits_are_two_steps(desk: Desk) -> None:
    write(desk, "out_channels", "48")
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Return)
    QTest.keyClicks(desk.field("out_channels"), "64")
    desk.session.undo()
    assert desk.said("conv2", "out_channels") == 48


def test_the_cursor_stays_while_verdicts_and_other_changes_come(desk: Desk) -> None:
    field = desk.field("out_channels")
    write(desk, "out_channels", "128")
    QTest.keyClick(field, KEY.Key_Left)
    QTest.keyClick(field, KEY.Key_Left)
    desk.judge()
    desk.session.apply(lambda p: move_nodes(p, "main", {NodeId("bn1"): (9.0, 9.0)}), "move")
    desk.session.apply(
        lambda p: in_block(p, "main", lambda g: set_argument(g, NodeId("conv1"), "bias", False)),
        "elsewhere",
    )
    assert desk.field("out_channels") is field
    assert field.hasFocus()
    assert field.cursorPosition() == 1
    QTest.keyClicks(field, "0")
    assert (field.text(), desk.said("conv2", "out_channels")) == ("1028", 1028)


def test_wrong_text_is_said_below_and_changes_nothing(desk: Desk) -> None:
    row = desk.inspector.form.rows["out_channels"]
    click(row.editor)
    QTest.keyClicks(row.editor, "3.5")
    assert desk.said("conv2", "out_channels") == 32
    assert row.message.isVisible()
    assert "a whole number" in row.message.text()
    assert row.editor.property("state") == "error"
    desk.judge()
    assert desk.field("out_channels").text() == "3.5"
    QTest.keyClick(row.editor, KEY.Key_Escape)
    assert not row.message.isVisible()
    assert desk.field("out_channels").text() == "32"


def test_a_change_from_elsewhere_wins_over_what_is_typed(desk: Desk) -> None:
    write(desk, "out_channels", "64")
    desk.session.undo()
    assert desk.field("out_channels").text() == "32"


def test_undo_keys_go_to_the_window(desk: Desk) -> None:
    field = desk.field("out_channels")
    click(field)
    QTest.keyClicks(field, "7")
    keys = QKeySequence(QKeySequence.StandardKey.Undo)[0]
    event = QKeyEvent(QEvent.Type.ShortcutOverride, keys.key(), keys.keyboardModifiers())
    event.ignore()
    QApplication.sendEvent(field, event)
    assert not event.isAccepted()
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Undo))
    assert field.text() == "7"


def test_escape_goes_back_to_where_the_visit_began(desk: Desk) -> None:
    write(desk, "out_channels", "99")
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Escape)
    assert desk.said("conv2", "out_channels") == 32
    assert desk.field("out_channels").text() == "32"


def test_an_emptied_field_says_nothing_and_a_needed_one_stays(desk: Desk) -> None:
    click(desk.field("padding"))
    QTest.keyClick(desk.field("padding"), KEY.Key_Delete)
    assert desk.said("conv2", "padding") == 1
    QTest.keyClick(desk.field("padding"), KEY.Key_Tab)
    assert desk.said("conv2", "padding") == "nothing"
    assert desk.field("padding").text() == "0"
    click(desk.field("out_channels"))
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Delete)
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Return)
    assert desk.said("conv2", "out_channels") == 32
    assert desk.field("out_channels").text() == "32"


def test_the_default_is_not_kept_as_a_value(desk: Desk) -> None:
    write(desk, "padding", "0")
    assert "padding" not in desk.node("conv2").args
    QTest.keyClicks(desk.field("padding"), "2")
    assert desk.field("padding").text() == "02"
    assert desk.said("conv2", "padding") == 2


def test_the_reset_button_shows_where_there_is_something_to_reset(desk: Desk) -> None:
    assert not desk.field("stride")._reset.isVisible()
    reset = desk.field("padding")._reset
    assert reset.isVisible()
    assert desk.field("padding").rect().contains(reset.geometry())
    click(reset)
    assert desk.said("conv2", "padding") == "nothing"
    assert not reset.isVisible()


def test_a_drag_on_the_label_is_one_step(desk: Desk) -> None:
    before = desk.session.project
    drag(desk.inspector.form.rows["out_channels"].label, 43)
    assert desk.said("conv2", "out_channels") == 42
    drag(desk.inspector.form.rows["out_channels"].label, -43)
    assert desk.said("conv2", "out_channels") == 32
    desk.session.undo()
    assert desk.said("conv2", "out_channels") == 42
    desk.session.undo()
    assert desk.session.project == before


def test_a_drag_on_the_field_leaves_the_keyboard_where_it_is(desk: Desk) -> None:
    click(desk.field("padding"))
    drag(desk.field("out_channels"), 43)
    assert desk.said("conv2", "out_channels") == 42
    assert desk.field("padding").hasFocus()


@pytest.mark.parametrize("on_label", [True, False])
def test_escape_gives_a_drag_up(desk: Desk, on_label: bool) -> None:
    before = desk.session.project
    row, field = desk.inspector.form.rows["out_channels"], desk.field("out_channels")
    held = row.label if on_label else field
    middle = held.rect().center()
    QTest.mousePress(held, Qt.MouseButton.LeftButton, NO_KEYS, middle)
    for place in range(44):
        move(held, middle + QPoint(place, 0), NO_KEYS)
    assert desk.said("conv2", "out_channels") == 42
    QTest.keyClick(QWidget.keyboardGrabber() or field, KEY.Key_Escape)
    move(held, middle + QPoint(80, 0), NO_KEYS)
    QTest.mouseRelease(held, Qt.MouseButton.LeftButton, NO_KEYS, middle)
    assert desk.session.project == before
    assert not desk.session.document.can_undo
    assert QWidget.keyboardGrabber() is None
    drag(held, 43)
    assert desk.said("conv2", "out_channels") == 42


def test_shift_drags_slowly(desk: Desk) -> None:
    drag(desk.field("out_channels"), 83, Qt.KeyboardModifier.ShiftModifier)
    assert desk.said("conv2", "out_channels") == 37


def test_a_click_begins_to_type_and_then_the_mouse_moves_the_cursor(desk: Desk) -> None:
    field = desk.field("out_channels")
    click(field)
    assert field.hasFocus()
    assert field.selectedText() == "32"
    drag(field, 40)
    assert desk.said("conv2", "out_channels") == 32


def test_arrow_keys_step(desk: Desk) -> None:
    field = desk.field("out_channels")
    click(field)
    QTest.keyClick(field, KEY.Key_Up)
    QTest.keyClick(field, KEY.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert desk.said("conv2", "out_channels") == 43
    assert field.text() == "43"
    desk.session.undo()
    assert desk.said("conv2", "out_channels") == 32


def test_several_numbers_move_together(desk: Desk) -> None:
    write(desk, "kernel_size", "3x5")
    assert same(desk.said("conv2", "kernel_size"), (3, 5))
    QTest.keyClick(desk.field("kernel_size"), KEY.Key_Tab)
    assert desk.field("kernel_size").text() == "3 × 5"
    drag(desk.inspector.form.rows["kernel_size"].label, 11)
    assert same(desk.said("conv2", "kernel_size"), (5, 7))


def test_formulas_are_taken_where_a_number_is(desk: Desk) -> None:
    write(desk, "out_channels", "=4 * width")
    assert same(desk.said("conv2", "out_channels"), Expr("4 * width"))
    desk.select("schedule")
    desk.field("T_max").setFocus()
    desk.field("T_max").selectAll()
    QTest.keyClicks(desk.field("T_max"), "epochs // 2")
    assert same(desk.said("schedule", "T_max"), Expr("epochs // 2"))


def test_auto_is_left_by_typing_and_come_back_to_by_its_chip(desk: Desk) -> None:
    row = desk.inspector.form.rows["in_channels"]
    assert (desk.field("in_channels").text(), row.auto.isChecked()) == ("16", True)
    assert desk.field("in_channels").property("said") == "auto"
    write(desk, "in_channels", "8")
    assert desk.said("conv2", "in_channels") == 8
    assert not row.auto.isChecked()
    click(row.auto)
    assert "in_channels" not in desk.node("conv2").args
    assert row.auto.isChecked()
    click(row.auto)
    desk.judge()
    assert desk.said("conv2", "in_channels") == 16


def test_a_choice_is_a_step_and_the_wheel_scrolls(desk: Desk) -> None:
    editor = desk.inspector.form.rows["padding_mode"].editor
    assert isinstance(editor, ChoiceEdit)
    editor.setFocus()
    QTest.keyClick(editor, KEY.Key_Down)
    assert desk.said("conv2", "padding_mode") == "reflect"
    QTest.keyClick(editor, KEY.Key_Up)
    assert "padding_mode" not in desk.node("conv2").args
    desk.session.undo()
    assert editor.currentText() == "reflect"


def test_a_checkbox_says_what_it_adds(desk: Desk) -> None:
    editor = desk.inspector.form.rows["bias"].editor
    assert isinstance(editor, SwitchEdit)
    assert editor.text() == "would add 32"
    place = QPoint(8, editor.height() // 2)
    QTest.mouseClick(editor, Qt.MouseButton.LeftButton, pos=place)
    assert "bias" not in desk.node("conv2").args
    assert editor.text() == "adds 32 parameters"
    editor.setFocus()
    QTest.keyClick(editor, KEY.Key_Space)
    assert desk.said("conv2", "bias") is False


def test_none_is_a_choice_where_it_may_be_said(desk: Desk) -> None:
    desk.select("optimizer")
    desk.inspector.form.reveal("fused")
    editor = desk.inspector.form.rows["fused"].editor
    assert isinstance(editor, ChoiceEdit)
    assert [editor.itemText(i) for i in range(editor.count())] == ["None", "True", "False"]
    assert editor.isVisible()


def test_a_visit_that_ends_without_a_value_leaves_no_trace(desk: Desk) -> None:
    session, before = desk.session, desk.session.project
    write(desk, "out_channels", "12")
    assert desk.said("conv2", "out_channels") == 12
    QTest.keyClicks(desk.field("out_channels"), "x")
    assert desk.said("conv2", "out_channels") == 32
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Tab)
    assert session.project is before
    assert (session.document.can_undo, session.document.is_modified) == (False, False)
    assert desk.field("out_channels").text() == "12x"


def test_text_that_is_a_value_again_counts_again_and_is_one_step(desk: Desk) -> None:
    before = desk.session.project
    write(desk, "out_channels", "12x")
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Backspace)
    QTest.keyClicks(desk.field("out_channels"), "8")
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Tab)
    assert desk.said("conv2", "out_channels") == 128
    desk.session.undo()
    assert desk.session.project is before
    assert not desk.session.document.can_undo


def test_a_needed_field_that_is_emptied_by_keys_keeps_its_former_value(desk: Desk) -> None:
    write(desk, "out_channels", "12")
    for _ in range(2):
        QTest.keyClick(desk.field("out_channels"), KEY.Key_Backspace)
    assert desk.said("conv2", "out_channels") == 32
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Tab)
    assert desk.field("out_channels").text() == "32"
    assert not desk.session.document.can_undo


def test_nodes_that_differ_get_back_what_each_of_them_said(desk: Desk) -> None:
    desk.select("conv1", "conv2")
    before = desk.session.project
    write(desk, "out_channels", "12")
    assert (desk.said("conv1", "out_channels"), desk.said("conv2", "out_channels")) == (12, 12)
    QTest.keyClicks(desk.field("out_channels"), "x")
    assert desk.session.project is before
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Backspace)
    assert desk.said("conv1", "out_channels") == 12
    QTest.keyClick(desk.field("out_channels"), KEY.Key_Escape)
    assert desk.session.project is before


def test_the_decays_of_an_optimizer_stay_below_one(desk: Desk) -> None:
    desk.select("optimizer")
    drag(desk.inspector.form.rows["betas"].label, 43)
    assert desk.said("optimizer", "betas") == (0.999, 0.999)
