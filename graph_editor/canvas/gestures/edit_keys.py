"""Keys on the canvas: one table of key, what it does, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from graph_editor.canvas import (
    actions,
    actions_align,
    actions_blocks,
    actions_bypass,
    actions_marks,
    actions_select,
    copying,
    opening,
)
from graph_editor.canvas import actions_weights as weights
from graph_editor.canvas import actions_wires as wires
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.gestures.open_palette import open_by_key

STEP, LEAP = 8.0, 64.0


@dataclass(frozen=True, slots=True)
class Row:
    """One key of the canvas."""

    id: str
    """``edit.delete``: that of the command that does the same, where there is one."""
    keys: str
    """As ``QKeySequence`` reads it."""
    words: str
    act: Callable[[Canvas], object]


def _nudge(dx: float, dy: float) -> Callable[[Canvas], None]:
    return lambda canvas: actions.nudge(canvas, dx, dy)


def _trace(canvas: Canvas) -> None:
    canvas.world.tracing.switch(not canvas.world.tracing.is_on)


def _follow(way: str) -> Callable[[Canvas], None]:
    return lambda canvas: wires.follow(canvas, way)


ALIGN = (
    Row("graph.align_left", "Alt+Shift+Left", "Align left edges", actions_align.align_left),
    Row("graph.align_centre", "Alt+Shift+C", "Align centres", actions_align.align_centre),
    Row("graph.align_right", "Alt+Shift+Right", "Align right edges", actions_align.align_right),
    Row("graph.align_top", "Alt+Shift+Up", "Align top edges", actions_align.align_top),
    Row("graph.align_middle", "Alt+Shift+M", "Align middles", actions_align.align_middle),
    Row("graph.align_bottom", "Alt+Shift+Down", "Align bottom edges", actions_align.align_bottom),
    Row(
        "graph.distribute_across",
        "Alt+Shift+H",
        "Distribute horizontally",
        actions_align.distribute_across,
    ),
    Row(
        "graph.distribute_down",
        "Alt+Shift+V",
        "Distribute vertically",
        actions_align.distribute_down,
    ),
    Row("graph.straighten", "Alt+Shift+S", "Straighten wires", actions_align.straighten),
)
MARKS = (
    Row("add.frame", "C", "Frame the selected nodes", actions_marks.frame_selected),
    Row("add.note", "N", "Write a note at the pointer", actions_marks.write_note),
    Row(
        "edit.comment",
        "Shift+F2",
        "Comment on the selected frame",
        actions_marks.comment_frame,
    ),
    Row(
        "edit.select_frame",
        "Shift+C",
        "Select the frame around the selected nodes",
        actions_marks.select_frame,
    ),
    Row("edit.select_note", "Shift+N", "Select the next note", actions_marks.select_next_note),
)
ROWS = (
    Row("edit.delete", "Del", "Delete the selected nodes", actions.delete_selected),
    Row("edit.delete", "Backspace", "Delete the selected nodes", actions.delete_selected),
    Row(
        "edit.dissolve",
        "Ctrl+Del",
        "Delete the selected nodes and heal the wires",
        actions.dissolve_selected,
    ),
    Row(
        "edit.dissolve",
        "Ctrl+Backspace",
        "Delete the selected nodes and heal",
        actions.dissolve_selected,
    ),
    Row("edit.cut", "Ctrl+X", "Cut", copying.cut_selected),
    Row("edit.copy", "Ctrl+C", "Copy", copying.copy_selected),
    Row("edit.paste", "Ctrl+V", "Paste at the pointer", copying.paste_at),
    Row("edit.duplicate", "Ctrl+D", "Duplicate", copying.duplicate_selected),
    Row("edit.select_all", "Ctrl+A", "Select all", actions.select_all),
    Row("edit.select_inverse", "Ctrl+I", "Select the others", actions_select.select_inverse),
    Row(
        "edit.select_upstream",
        "[",
        "Add all that leads to the selection",
        actions_select.select_upstream,
    ),
    Row(
        "edit.select_downstream",
        "]",
        "Add all that the selection leads to",
        actions_select.select_downstream,
    ),
    Row(
        "edit.select_connected",
        "Ctrl+Shift+A",
        "Add all that hangs together with the selection",
        actions_select.select_connected,
    ),
    Row(
        "edit.select_similar",
        "Shift+G",
        "Select all nodes of the same spec",
        actions_select.select_similar,
    ),
    *ALIGN,
    *MARKS,
    Row("edit.bypass", "M", "Bypass the selected nodes", actions_bypass.bypass_selected),
    Row("edit.select_none", "Esc", "Select nothing, then leave the block", actions_blocks.give_up),
    Row("edit.rename", "F2", "Rename what is selected", actions_marks.name_selected),
    Row("view.fit_all", "Home", "Fit all into view", actions.fit_all),
    Row(
        "view.fit_selection",
        "F",
        "Fit the selection into view",
        actions.fit_selection,
    ),
    Row("graph.arrange", "L", "Arrange the whole graph", actions.arrange),
    Row(
        "graph.arrange_selected", "Shift+L", "Arrange the selected nodes", actions.arrange_selected
    ),
    Row("graph.group", "Ctrl+G", "Make a block of the selection", actions_blocks.group_selected),
    Row("graph.ungroup", "Ctrl+Shift+G", "Take blocks apart", actions_blocks.ungroup_selected),
    Row("graph.enter", "Return", "Edit the numbers, or show the inside", opening.open_selected),
    Row("graph.enter", "Enter", "Edit the numbers, or show the inside", opening.open_selected),
    Row("graph.repeat", "R", "Ask how many copies of the selected nodes", weights.ask_copies),
    Row("graph.tie", "T", "Tie or untie the weights of two layers", weights.tie_selected),
    Row("graph.same_layer", "Shift+T", "Call one layer twice", weights.call_same_selected),
    Row("graph.unique", "U", "Make the block unique", actions_blocks.make_selected_unique),
    Row("view.trace", "P", "Dim all but the path of the selection", _trace),
    Row("graph.connect", "Ctrl+J", "Connect the selected nodes", wires.connect_selected),
    Row("graph.next_wire", "W", "Select the next wire at the node", wires.select_next_wire),
    Row("graph.replace", "Shift+R", "Replace the selected node", wires.replace_selected),
    Row("graph.swap", "Alt+S", "Swap two inputs", wires.swap_selected),
    Row("graph.detach", "Alt+D", "Detach the selected wire", wires.detach_selected),
    Row("edit.follow_left", "Left", "Follow a wire to the node before", _follow("left")),
    Row("edit.follow_right", "Right", "Follow a wire to the node behind", _follow("right")),
    Row("edit.follow_up", "Up", "Go to the node above", _follow("up")),
    Row("edit.follow_down", "Down", "Go to the node below", _follow("down")),
    Row("edit.nudge_left", "Shift+Left", "Move the selection left by 8", _nudge(-STEP, 0)),
    Row("edit.nudge_right", "Shift+Right", "Move the selection right by 8", _nudge(STEP, 0)),
    Row("edit.nudge_up", "Shift+Up", "Move the selection up by 8", _nudge(0, -STEP)),
    Row("edit.nudge_down", "Shift+Down", "Move the selection down by 8", _nudge(0, STEP)),
    Row("edit.leap_left", "Ctrl+Left", "Move the selection left by 64", _nudge(-LEAP, 0)),
    Row("edit.leap_right", "Ctrl+Right", "Move the selection right by 64", _nudge(LEAP, 0)),
    Row("edit.leap_up", "Ctrl+Up", "Move the selection up by 64", _nudge(0, -LEAP)),
    Row("edit.leap_down", "Ctrl+Down", "Move the selection down by 64", _nudge(0, LEAP)),
    Row("add.palette", "Tab", "Add a node at the pointer", open_by_key),
    Row("add.palette", "Shift+A", "Add a node at the pointer", open_by_key),
    Row("edit.ask_menu", "Menu", "Open the menu of what is selected", opening.ask_menu),
    Row("edit.ask_menu", "Shift+F10", "Open the menu of what is selected", opening.ask_menu),
    Row("help.shortcuts", "?", "Show all keys", lambda canvas: canvas.asked.emit("help.shortcuts")),
)
KEYPAD, SHIFT = Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier
Keys = Mapping[str, tuple[str, ...]]


class EditKeys(CanvasGesture):
    """Does what the table says of a key, or the keys that the user has given instead."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._known: Keys | None = None
        self._table: dict[QKeyCombination, Row] = {}

    def key(self, event: QKeyEvent) -> bool:
        if self.canvas.held is not None:
            return False  # first what the hand does comes to its end; Esc gives it up
        row = self._row(QKeyCombination(event.modifiers() & ~KEYPAD, Qt.Key(event.key())))
        if row is None:
            return False
        row.act(self.canvas)
        return True

    def _row(self, pressed: QKeyCombination) -> Row | None:
        if self._known is not self.canvas.keys:
            self._known = self.canvas.keys
            self._table = _by_keys(self._known)
        row = self._table.get(pressed)
        if row is None and _is_sign(pressed.key()):  # Shift belongs to ?, where it is above /
            bare = QKeyCombination(pressed.keyboardModifiers() & ~SHIFT, pressed.key())
            row = self._table.get(bare)
        return row


def _by_keys(keys: Keys) -> dict[QKeyCombination, Row]:
    table: dict[QKeyCombination, Row] = {}
    for row in ROWS:
        for text in keys.get(row.id, (row.keys,)):
            sequence = QKeySequence(text)
            if sequence.count() == 1:
                table.setdefault(sequence[0], row)  # type: ignore[index]  # it is
    return table


def _is_sign(key: Qt.Key) -> bool:
    """Whether a key types a sign that is neither letter nor digit."""
    return 0x20 < key.value < 0x100 and not chr(key.value).isalnum()
