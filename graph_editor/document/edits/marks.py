"""Edits of what a person writes beside the drawing: frames around nodes, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graph_editor.document.edits.checks import check_text
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.placing import Point, check_point, layout_of, with_part
from graph_editor.document.model import FrozenMap, NodeId, Project

COLOURS = ("grey", "blue", "green", "orange", "yellow", "pink")
"""What frames and notes may be coloured; each theme has its own shade of them."""


def marks_of(project: Project, key: str, name: str) -> tuple[Any, ...]:
    """Return the frames or the notes of one graph."""
    found = layout_of(project, key).get(name)
    return found if isinstance(found, tuple) else ()


def add_frame(
    project: Project,
    key: str,
    nodes: Iterable[NodeId],
    title: str = "",
    colour: int | str | None = None,
) -> Project:
    """Put a titled frame around nodes."""
    frame: dict[str, Any] = {"nodes": tuple(nodes), "title": title}
    if colour is not None:
        frame["colour"] = colour
    _check_frame(project, key, frame)
    _check_colour(colour)
    frames = marks_of(project, key, "frames")
    return with_part(project, key, "frames", (*frames, FrozenMap(frame)))


def change_frame(project: Project, key: str, index: int, **fields: object) -> Project:
    """Give a frame another title, colour, comment or other members; None takes a field away."""
    frames = marks_of(project, key, "frames")
    _check_index(frames, index, "frame")
    changed = _changed(frames[index], fields)
    _check_frame(project, key, changed)
    return with_part(project, key, "frames", _replaced(frames, index, changed))


def _check_frame(project: Project, key: str, frame: Mapping[str, Any]) -> None:
    check_text(frame.get("title", ""), "A frame's title")
    check_text(frame.get("comment", ""), "A frame's comment")
    members = frame.get("nodes", ())
    nodes = project.block(key).graph.nodes
    if not isinstance(members, tuple):
        raise EditError("The nodes of a frame are a tuple of ids.")
    for node_id in members:
        if node_id not in nodes:
            raise EditError(f"There is no node {node_id} in this graph.")


def remove_frame(project: Project, key: str, index: int) -> Project:
    """Take a frame away; its nodes stay."""
    return remove_marks(project, key, [index], ())


def add_note(
    project: Project, key: str, at: Point, text: str, colour: str | None = None
) -> Project:
    """Write a note on the canvas."""
    check_point(at)
    check_text(text, "A note")
    _check_colour(colour)
    note: dict[str, Any] = {"at": at, "text": text}
    if colour is not None:
        note["colour"] = colour
    notes = marks_of(project, key, "notes")
    return with_part(project, key, "notes", (*notes, FrozenMap(note)))


def change_note(project: Project, key: str, index: int, **fields: object) -> Project:
    """Move, rewrite or colour a note; None takes a field away."""
    notes = marks_of(project, key, "notes")
    _check_index(notes, index, "note")
    changed = _changed(notes[index], fields)
    check_point(changed.get("at", (0, 0)))
    check_text(changed.get("text", ""), "A note")
    return with_part(project, key, "notes", _replaced(notes, index, changed))


def remove_note(project: Project, key: str, index: int) -> Project:
    """Take a note away."""
    return remove_marks(project, key, (), [index])


def remove_marks(
    project: Project, key: str, frames: Iterable[int], notes: Iterable[int]
) -> Project:
    """Take frames and notes away, by their places in the layout; the nodes of frames stay."""
    for name, what, places in (("frames", "frame", {*frames}), ("notes", "note", {*notes})):
        listed = marks_of(project, key, name)
        for place in places:
            _check_index(listed, place, what)
        kept = tuple(each for place, each in enumerate(listed) if place not in places)
        project = with_part(project, key, name, kept) if places else project
    return project


def _changed(mark: FrozenMap[str, Any], fields: Mapping[str, object]) -> FrozenMap[str, Any]:
    _check_colour(fields.get("colour"))
    changed = mark.merged({name: value for name, value in fields.items() if value is not None})
    return changed.without(*(name for name, value in fields.items() if value is None))


def _check_colour(colour: object) -> None:
    if isinstance(colour, str) and colour not in COLOURS:
        raise EditError(f"{colour} is no colour of frames and notes: {', '.join(COLOURS)}.")


def _check_index(items: tuple[Any, ...], index: int, what: str) -> None:
    if not 0 <= index < len(items):
        raise EditError(f"There is no {what} {index} in this graph.")


def _replaced(items: tuple[Any, ...], index: int, item: object) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])
