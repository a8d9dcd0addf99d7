"""Cut, copy, paste and duplicate: nodes with the wires between them, frames and notes.

Beside each stands why it cannot be done now: a sentence, empty where it can.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QPointF, QRectF

from graph_editor.canvas import clipboard
from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import counted, meant, notes_within, whole_frames
from graph_editor.canvas.clear_ground import Group, free_beside, free_offset
from graph_editor.canvas.drawing import Drawing
from graph_editor.canvas.editing import edit, snapped
from graph_editor.canvas.items.frame_item import FrameItem, NoteItem
from graph_editor.canvas.wiring import NODE_HALF
from graph_editor.document.edits import (
    Fragment,
    Pasted,
    Point,
    copy,
    delete,
    held_otherwise,
    marks_of,
    paste,
    remove_marks,
)
from graph_editor.document.fragment_text import FOREIGN, NoFragment
from graph_editor.document.model import FrozenMap, NodeId, Project

NOTHING_SELECTED = "Select a node, a frame or a note first."


@dataclass(frozen=True, slots=True)
class Content:
    """What is copied: nodes, and notes by their places."""

    nodes: frozenset[NodeId]
    notes: frozenset[int]


def content_of(canvas: Canvas) -> Content:
    """Return what is selected, with all that lies in frames that go along."""
    back, ids = canvas.world.backdrop, meant(canvas)
    notes = {mark.place for mark in back.chosen if mark.kind == "note"}
    return Content(ids, frozenset(notes | notes_within(back, whole_frames(back, ids))))


def cannot_copy(canvas: Canvas) -> str:
    """Return why nothing can be copied."""
    return "" if canvas.selected() or canvas.world.backdrop.chosen else NOTHING_SELECTED


def fragment_of(canvas: Canvas, ids: Iterable[NodeId], notes: Iterable[int] = ()) -> Fragment:
    """Return nodes and notes as they can be copied, each with the place where it is shown."""
    chosen = set(ids)
    fragment = copy(canvas.document.project, canvas.key, chosen, notes)
    at = {key: spot for key, spot in canvas.places().items() if key in chosen}
    return replace(fragment, layout=fragment.layout.set("at", FrozenMap(at)))


def copy_selected(canvas: Canvas) -> None:
    """Put what is selected on the clipboard, with the wires between."""
    if reason := cannot_copy(canvas):
        canvas.said.emit(reason)
        return
    content = content_of(canvas)
    clipboard.put(fragment_of(canvas, content.nodes, content.notes))
    canvas.said.emit(f"Copied {_words(canvas, content)}.")


def cut_selected(canvas: Canvas) -> None:
    """Put what is selected on the clipboard and delete it."""
    if reason := cannot_copy(canvas):
        canvas.said.emit(reason)
        return
    content = content_of(canvas)
    clipboard.put(fragment_of(canvas, content.nodes, content.notes))

    def change(now: Project) -> Project:
        now = remove_marks(now, canvas.key, (), content.notes)
        return delete(now, canvas.key, content.nodes)

    edit(canvas, change, f"Cut {_words(canvas, content)}")


def _words(canvas: Canvas, content: Content) -> str:
    return counted(canvas, content.nodes, canvas.world.backdrop.chosen, len(content.notes))


def cannot_paste(canvas: Canvas) -> str:  # noqa: ARG001  # all of these take a canvas
    """Return why nothing can be pasted."""
    return "" if clipboard.has_text() else FOREIGN


def paste_at(canvas: Canvas, spot: QPoint | None = None) -> None:
    """Paste what is on the clipboard around a place in the viewport, and select it.

    With no place it lands at the pointer, or in the middle where the pointer is elsewhere.
    """
    try:
        fragment = clipboard.taken()
    except NoFragment as reason:
        canvas.said.emit(str(reason))
        return
    middle = canvas.mapToScene(pointer(canvas) if spot is None else spot)
    corners = _corners(fragment)
    offset = _offset_to(middle, corners) if corners else (0.0, 0.0)
    _paste(canvas, fragment, free_offset(_grounds(canvas, fragment), offset), "Paste")


def duplicate_selected(canvas: Canvas) -> None:
    """Put a copy of what is selected beside it, and select that."""
    if reason := cannot_copy(canvas):
        canvas.said.emit(reason)
        return
    content = content_of(canvas)
    fragment = fragment_of(canvas, content.nodes, content.notes)
    step = free_beside(_grounds(canvas, fragment), canvas.world.drawing.runs_down)
    _paste(canvas, fragment, step, "Duplicate")


def _grounds(canvas: Canvas, fragment: Fragment) -> list[Group]:
    """Return what of a fragment must not cover what: no card another, and no frame any."""
    back, scope = canvas.world.backdrop, canvas.world.scope
    cards = _cards(canvas, fragment)
    own, frames = list(cards.values()), list[QRectF]()
    for entry in fragment.layout.get("notes") or ():
        note = NoteItem(scope, entry)
        note.setPos(*entry.get("at", (0.0, 0.0)))
        own.append(note.rect())
    for entry in fragment.layout.get("frames") or ():
        frame = FrameItem(scope, entry)
        area = QRectF()
        for node in frame.nodes:
            area = area.united(cards.get(node, QRectF()))
        frame.surround(area)
        frames.append(frame.rect())
    there = [item.rect() for item in canvas.world.nodes.values()]
    there += [note.rect() for note in back.notes]
    framed = [frame.rect() for frame in back.frames if frame.isVisible()]
    return [(own, there), (frames, [*there, *framed])]


def _cards(canvas: Canvas, fragment: Fragment) -> dict[NodeId, QRectF]:
    """Return what the nodes of a fragment take, as they will be drawn."""
    shown = canvas.world.drawing
    drawing = Drawing(runs_down=shown.runs_down, findings=shown.findings)
    source = Project(blocks=fragment.blocks, code=fragment.code)
    drawing.take(fragment.graph, canvas.key, canvas.lookup(source))
    at = fragment.layout.get("at") or {}
    builds = {node: drawing.anatomy(node) for node in fragment.graph.nodes if node in at}
    return {n: QRectF(at[n][0], at[n][1], one.width, one.height) for n, one in builds.items()}


def _paste(canvas: Canvas, fragment: Fragment, offset: Point, verb: str) -> None:
    back = canvas.world.backdrop
    done: list[Pasted] = []
    before = len(marks_of(canvas.document.project, canvas.key, "notes"))

    def change(now: Project) -> Project:
        done.append(paste(now, canvas.key, fragment, canvas.ids, offset))
        return done[-1].project

    if edit(canvas, change, f"{verb} {_counts(fragment)}{_as_here(canvas, fragment)}"):
        ids = frozenset(done[-1].ids.values())
        notes = range(before, before + len(fragment.layout.get("notes") or ()))
        canvas.select(ids, [Mark("note", place) for place in notes])
        area = canvas.world.extent(ids) if ids else QRectF()
        for place in notes:
            area = area.united(back.notes[place].rect())
        canvas.follow_added(area)


def _as_here(canvas: Canvas, fragment: Fragment) -> str:
    """Return which blocks come from this project though those that were copied differ."""
    project = canvas.document.project
    names = [project.blocks[key].name or key for key in held_otherwise(project, fragment)]
    if not names:
        return ""
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f" with {names[0]}{others} as it is here"


def _counts(fragment: Fragment) -> str:
    nodes, notes = len(fragment.graph.nodes), len(fragment.layout.get("notes") or ())
    parts = [(nodes, "1 node" if nodes == 1 else f"{nodes} nodes")]
    parts.append((notes, "a note" if notes == 1 else f"{notes} notes"))
    return " and ".join(words for count, words in parts if count)


def _corners(fragment: Fragment) -> list[Point]:
    """Return where the nodes and notes of a fragment lie."""
    at, notes = fragment.layout.get("at") or {}, fragment.layout.get("notes") or ()
    return [*at.values(), *(note.get("at", (0.0, 0.0)) for note in notes)]


def pointer(canvas: Canvas) -> QPoint:
    """Return where the pointer is in the viewport, else its middle."""
    view = canvas.viewport()
    spot = canvas.pointer
    return spot if spot is not None and view.rect().contains(spot) else view.rect().center()


def _offset_to(middle: QPointF, corners: Iterable[Point]) -> Point:
    xs, ys = zip(*corners, strict=True)
    return snapped(
        middle.x() - (min(xs) + max(xs)) / 2 - NODE_HALF[0],
        middle.y() - (min(ys) + max(ys)) / 2 - NODE_HALF[1],
    )
