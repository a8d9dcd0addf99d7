"""What is moved together: nodes, notes and whole frames, and which frames nodes come to lie in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF

from graph_editor.canvas.backdrop import Backdrop, Mark
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, moved, named
from graph_editor.document.edits import (
    Point,
    change_frame,
    change_note,
    marks_of,
)
from graph_editor.document.model import NodeId, Project

Key = TypeVar("Key")
MOST_UNITS = 200
"""So many things at once change no frame: whoever moves half of a drawing means its places."""


@dataclass(slots=True)
class Load:
    """What a hand has taken up, with the places from which it did."""

    nodes: dict[NodeId, Point]
    notes: dict[int, Point]
    units: list[tuple[NodeId, ...]] = field(default_factory=list)
    """Nodes that join or leave a frame together: those of a moved frame, else each alone."""
    resting: dict[int, QRectF] = field(default_factory=dict)
    """Frames that stay, and where they lie around those of their nodes that stay."""

    def __bool__(self) -> bool:
        return bool(self.nodes or self.notes)


def mark_at(canvas: Canvas, spot: QPoint) -> Mark | None:
    """Return the note or the title of a frame under a place of the viewport, if nothing lies above.

    Nodes and ports come before it, and wires, which are painted over it.
    """
    if canvas.node_at(spot) is not None or canvas.port_at(spot) is not None:
        return None
    if canvas.wire_at(spot) is not None:
        return None
    return canvas.world.backdrop.mark_at(canvas.mapToScene(spot))


def meant(canvas: Canvas) -> frozenset[NodeId]:
    """Return the selected nodes, and those that lie in selected frames."""
    back = canvas.world.backdrop
    frames = [mark.place for mark in back.chosen if mark.kind == "frame"]
    found = canvas.selected().union(*(back.frames[k].nodes for k in frames))
    return frozenset(node for node in found if node in canvas.world.nodes)


def taken_up(canvas: Canvas) -> Load:
    """Return what a move takes along: the selection, and all that lies in selected frames."""
    back, items = canvas.world.backdrop, canvas.world.nodes
    nodes = {n: (items[n].x0, items[n].y0) for n in sorted(meant(canvas))}
    notes = {mark.place for mark in back.chosen if mark.kind == "note"}
    notes |= notes_within(back, whole_frames(back, nodes))
    at = {k: (back.notes[k].pos().x(), back.notes[k].pos().y()) for k in sorted(notes)}
    load = Load(nodes, at)
    for place, frame in enumerate(back.frames):
        stay = [node for node in frame.nodes if node not in nodes]
        if stay and nodes and frame.isVisible():
            load.resting[place] = back.around(place, stay)
    load.units = _units(back, nodes) if load.resting else []
    return load


def whole_frames(back: Backdrop, nodes: Collection[NodeId]) -> list[int]:
    """Return the frames of which all nodes are among some: those that go with them."""
    return [
        place
        for place, frame in enumerate(back.frames)
        if frame.nodes and all(node in nodes for node in frame.nodes)
    ]


def notes_within(back: Backdrop, frames: Iterable[int]) -> set[int]:
    """Return the notes whose middle lies in one of some frames: those that go with it."""
    areas = [back.frames[k].rect() for k in frames]
    middles = [note.rect().center() for note in back.notes]
    return {k for k, at in enumerate(middles) if any(area.contains(at) for area in areas)}


def _units(back: Backdrop, nodes: Mapping[NodeId, Point]) -> list[tuple[NodeId, ...]]:
    """Return what joins and leaves together, the larger frames before those within them."""
    whole = [back.frames[k].nodes for k in whole_frames(back, nodes)]
    units: list[tuple[NodeId, ...]] = []
    left = set(nodes)
    for members in sorted(whole, key=len, reverse=True):
        if left.issuperset(members):
            units.append(members)
            left -= set(members)
    return [*units, *((node,) for node in sorted(left))]


def members_at(canvas: Canvas, load: Load, step: Point) -> dict[int, tuple[NodeId, ...]]:
    """Return the nodes of the frames that stay, when what is moved lies a step further.

    A node leaves a frame when it does not touch any more what lies around the others, and comes
    into one when its middle lies in it.
    """
    if len(load.units) > MOST_UNITS:
        return {}
    found: dict[int, tuple[NodeId, ...]] = {}
    frames = marks_of(canvas.document.project, canvas.key, "frames")
    for place, area in load.resting.items():
        own = tuple(frames[place].get("nodes", ())) if place < len(frames) else ()
        members = list(own)
        for unit in load.units:
            card = _shifted(canvas, load, unit, step)
            if area.contains(card.center()):
                members += [node for node in unit if node not in members]
            elif not area.intersects(card):
                members = [node for node in members if node not in unit]
        found[place] = tuple(members)
    return found


def _shifted(canvas: Canvas, load: Load, unit: tuple[NodeId, ...], step: Point) -> QRectF:
    area = QRectF()
    for node in unit:
        build, (x, y) = canvas.world.nodes[node].anatomy, load.nodes[node]
        area = area.united(QRectF(x + step[0], y + step[1], build.width, build.height))
    return area


def show_carried(canvas: Canvas, load: Load, step: Point) -> None:
    """Show what is moved a step further; the document is not changed."""
    back = canvas.world.backdrop
    members = members_at(canvas, load, step)
    changed = {k: nodes for k, nodes in members.items() if back.frames[k].nodes != nodes}
    if changed:
        back.show_members(changed)
    back.put_notes(further(load.notes, step))
    canvas.show_places(further(load.nodes, step))
    if changed:
        back.lie()


def carry(canvas: Canvas, load: Load, step: Point, merge: str | None = None) -> None:
    """Put what is moved a step further, as one step of the history."""
    members = members_at(canvas, load, step) if merge is None else {}
    key, spots, notes = canvas.key, further(load.nodes, step), further(load.notes, step)
    written = marks_of(canvas.document.project, key, "frames")
    changed = {k: n for k, n in members.items() if n != written[k].get("nodes", ())}

    def change(now: Project) -> Project:
        if spots:
            now = moved(canvas, now, spots)
        for index, at in notes.items():
            now = change_note(now, key, index, at=at)
        for index, nodes in changed.items():
            now = change_frame(now, key, index, nodes=nodes)
        return now

    edit(canvas, change, f"Move {words_of(canvas, load)}", merge)


def framed(canvas: Canvas, now: Project, node: NodeId, middle: Point) -> Project:
    """Return a project in which a new node is in the frames that lie where its middle is."""
    for place in canvas.world.backdrop.frames_at(QPointF(*middle)):
        members = marks_of(now, canvas.key, "frames")[place].get("nodes", ())
        if node not in members:
            now = change_frame(now, canvas.key, place, nodes=(*members, node))
    return now


def words_of(canvas: Canvas, load: Load) -> str:
    """Return what is moved, in words: ``Conv2d``, ``3 nodes and a note``, ``frame Features``."""
    return counted(canvas, load.nodes, canvas.world.backdrop.chosen, len(load.notes))


def counted(
    canvas: Canvas, nodes: Iterable[NodeId], marks: Iterable[Mark], notes: int | None = None
) -> str:
    """Return nodes and marks in words: ``Conv2d``, ``3 nodes and a note``, ``frame Features``."""
    listed, frames = list(nodes), [mark for mark in marks if mark.kind == "frame"]
    count = sum(mark.kind == "note" for mark in marks) if notes is None else notes
    if len(frames) == 1 and not canvas.selected():
        title = canvas.world.backdrop.frames[frames[0].place].title
        return f"frame {title}" if title else "the frame"
    parts = [named(canvas, listed)] if listed else []
    if frames and not listed:
        parts.append(f"{len(frames)} frames" if len(frames) > 1 else "the frame")
    if count:
        parts.append(f"{count} notes" if count > 1 else "a note")
    return " and ".join(parts)


def further(spots: Mapping[Key, Point], step: Point) -> dict[Key, Point]:
    """Return places a step further."""
    return {key: (x + step[0], y + step[1]) for key, (x, y) in spots.items()}
