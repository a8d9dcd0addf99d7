"""The direction in which data runs: kept in files and in blocks, and only as it may be."""

from __future__ import annotations

import pytest

from graph_editor.document.edits import (
    group,
    layout_of,
    move_nodes,
    runs_down,
    set_direction,
    set_layout_part,
    ungroup,
)
from graph_editor.document.edits.error import EditError
from graph_editor.document.files import FileProblem, dumps, loads
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Block, NodeId, Project
from tests.document.sketch import sketch


def down() -> Project:
    """Return a chain whose data runs down."""
    project = Project(main=Block(graph=sketch("a b c d", "a>b b>c c>d")))
    places = {NodeId(n): (0.0, 100.0 * i) for i, n in enumerate("abcd")}
    return set_direction(move_nodes(project, "main", places), "main", "down")


def test_a_direction_is_kept_in_a_file_and_taken_back() -> None:
    project = down()
    assert runs_down(loads(dumps(project)).project, "main")
    right = set_direction(project, "main", "right")
    assert not runs_down(right, "main")
    assert "direction" not in layout_of(right, "main")
    assert set_direction(right, "main", "right") is right


def test_a_block_of_a_graph_that_runs_down_runs_down_inside() -> None:
    project, ids = down(), IdSource(b"x" * 16)
    made = group(project, "main", [NodeId("b"), NodeId("c")], "Pair", ids)
    assert runs_down(made.project, made.block)
    back = ungroup(made.project, "main", made.node, ids).project
    assert layout_of(back, "main") == layout_of(project, "main")
    level = group(set_direction(project, "main", "right"), "main", [NodeId("b")], "One", ids)
    assert "direction" not in layout_of(level.project, level.block)


def test_a_direction_is_right_or_down() -> None:
    text = dumps(down()).replace('"direction":"down"', '"direction":"up"')
    text = text.replace('"direction": "down"', '"direction": "up"')
    with pytest.raises(FileProblem, match="must be right or down"):
        loads(text)
    with pytest.raises(EditError, match="edits of its own"):
        set_layout_part(down(), "main", "direction", "up")
