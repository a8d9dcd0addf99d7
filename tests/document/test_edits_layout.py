"""Edits of the layout: they reach positions, frames, notes and bends, and nothing else."""

from collections.abc import Callable

import pytest

from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.model import NOTHING, FrozenMap, InPort, PortPath, Project
from tests.document.sketch import end, ids, main, sketch, sound

A, B = ids("a b")


def project() -> Project:
    return main(sketch("a b", "a>b"))


def test_nodes_are_moved_and_forgotten() -> None:
    made = edits.move_nodes(project(), "main", {A: (1, 2.5), B: (0, 0)})
    made = edits.move_nodes(sound(made), "main", {A: (7, 7)})
    assert edits.positions_of(made, "main") == FrozenMap({"a": (7, 7), "b": (0, 0)})
    assert edits.move_nodes(made, "main", {A: (7, 7)}) is made
    assert edits.forget_positions(made, "main", [A, B]).layout == NOTHING


def test_wires_are_bent_and_freed() -> None:
    made = edits.set_bends(project(), "main", end("b"), [(1, 1), (2, 2)])
    assert edits.layout_of(sound(made), "main")["bends"] == FrozenMap({"b.input": ((1, 1), (2, 2))})
    assert edits.set_bends(made, "main", end("b"), []) == project()


def test_frames_come_change_and_go() -> None:
    made = edits.add_frame(project(), "main", [A, B], "Both", 2)
    made = edits.change_frame(sound(made), "main", 0, title="Pair", nodes=(B,))
    frame = FrozenMap({"title": "Pair", "nodes": (B,), "colour": 2})
    assert edits.layout_of(made, "main")["frames"] == (frame,)
    assert edits.remove_frame(made, "main", 0) == project()


def test_notes_come_change_and_go() -> None:
    made = edits.add_note(edits.add_note(project(), "main", (0, 1), "one"), "main", (2, 3), "two")
    made = edits.change_note(sound(made), "main", 1, text="zwei")
    notes = edits.layout_of(made, "main")["notes"]
    assert [note["text"] for note in notes] == ["one", "zwei"]
    assert edits.remove_note(edits.remove_note(made, "main", 0), "main", 0) == project()


def test_other_parts_are_kept_too() -> None:
    made = edits.set_layout_part(project(), "main", "collapsed", FrozenMap({"a": True}))
    assert edits.layout_of(sound(made), "main")["collapsed"] == FrozenMap({"a": True})
    assert edits.set_layout_part(made, "main", "collapsed", NOTHING) == project()


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: edits.move_nodes(p, "main", {"zz": (0, 0)}),
        lambda p: edits.move_nodes(p, "main", {A: (0,)}),
        lambda p: edits.move_nodes(p, "main", {A: (0, float("inf"))}),
        lambda p: edits.set_bends(p, "main", InPort(A, PortPath("input")), [(0, 0)]),
        lambda p: edits.set_bends(p, "main", end("b"), ["x"]),
        lambda p: edits.change_frame(edits.add_frame(p, "main", [A]), "main", 0, nodes=[A]),
        lambda p: edits.add_frame(p, "main", ids("zz")),
        lambda p: edits.change_frame(p, "main", 0, title="x"),
        lambda p: edits.remove_frame(p, "main", -1),
        lambda p: edits.add_note(p, "main", (0, 0), "\ud800"),
        lambda p: edits.remove_note(p, "main", 0),
        lambda p: edits.set_layout_part(p, "main", "at", NOTHING),
    ],
)
def test_what_is_not_there_is_refused(edit: Callable[[Project], Project]) -> None:
    with pytest.raises(EditError):
        edit(project())


def test_code_and_nodes_are_not_touched() -> None:
    made = edits.move_nodes(project(), "main", {A: (1, 2)})
    assert made.main is not None
    assert made.main == project().main
