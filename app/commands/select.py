"""What the Edit menu offers to select nodes by."""

from __future__ import annotations

from app.commands.command import on_canvas
from graph_editor.canvas import actions_marks as marks
from graph_editor.canvas import actions_select as select
from graph_editor.canvas.actions import cannot_select, select_all

SELECT = [
    on_canvas("edit.select_all", "Select all", "Ctrl+A", select_all, cannot_select, 3),
    on_canvas(
        "edit.select_none",
        "Select nothing",
        "",
        select.select_none,
        select.cannot_select_none,
        3,
        under="Select",
        doc="Esc does the same on the canvas.",
    ),
    on_canvas(
        "edit.select_inverse",
        "Select the others",
        "Ctrl+I",
        select.select_inverse,
        cannot_select,
        3,
        under="Select",
        doc="Select the nodes that are not selected, and no other.",
    ),
    on_canvas(
        "edit.select_upstream",
        "Select upstream",
        "[",
        select.select_upstream,
        select.cannot_act,
        3,
        under="Select",
        doc="Add all that leads to the selected nodes.",
    ),
    on_canvas(
        "edit.select_downstream",
        "Select downstream",
        "]",
        select.select_downstream,
        select.cannot_act,
        3,
        under="Select",
        doc="Add all that the selected nodes lead to.",
    ),
    on_canvas(
        "edit.select_connected",
        "Select connected",
        "Ctrl+Shift+A",
        select.select_connected,
        select.cannot_act,
        3,
        under="Select",
        doc="Add all that hangs together with the selected nodes by wires.",
    ),
    on_canvas(
        "edit.select_similar",
        "Select similar",
        "Shift+G",
        select.select_similar,
        select.cannot_act,
        3,
        under="Select",
        doc="Select all nodes of the same spec.",
    ),
    on_canvas(
        "edit.select_frame",
        "Select the frame",
        "Shift+C",
        marks.select_frame,
        marks.cannot_select_frame,
        3,
        under="Select",
        doc="Select the innermost frame around the selected nodes.",
    ),
    on_canvas(
        "edit.select_content",
        "Select what is in the frame",
        "",
        marks.select_content,
        marks.cannot_select_content,
        3,
        under="Select",
        doc="Select the nodes of the selected frames, and the notes in them.",
    ),
    on_canvas(
        "edit.select_note",
        "Select the next note",
        "Shift+N",
        marks.select_next_note,
        marks.cannot_select_note,
        3,
        under="Select",
    ),
]
"""A group of the Edit menu."""
