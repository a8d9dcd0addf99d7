"""What can be done with frames and notes, and why it cannot be done now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from graph_editor.canvas.actions import NOTHING_SELECTED, cannot_rename, rename_selected
from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import taken_up
from graph_editor.canvas.copying import pointer
from graph_editor.canvas.editing import edit, named, snapped
from graph_editor.canvas.items.frame_item import NOTE_WIDTH, TITLE, FrameItem, NoteItem
from graph_editor.canvas.typed import type_line, type_lines
from graph_editor.document.edits import (
    Point,
    add_frame,
    add_note,
    change_frame,
    change_note,
    marks_of,
    remove_note,
)
from graph_editor.document.edits.reading import reading_order
from graph_editor.document.model import FrozenMap, Project

NO_MARK = "Select a frame or a note first."
NO_FRAME = "Select one frame alone first."
NO_FRAMES = "Select a frame first."
NOT_FRAMED = "None of the selected nodes is in a frame."


def _frames(canvas: Canvas) -> list[Mark]:
    return sorted(mark for mark in canvas.world.backdrop.chosen if mark.kind == "frame")


# Frames


def cannot_frame(canvas: Canvas) -> str:
    """Return why no frame can be put around what is selected."""
    chosen = canvas.selected()
    if not chosen:
        return NOTHING_SELECTED
    for frame in marks_of(canvas.document.project, canvas.key, "frames"):
        if isinstance(frame, FrozenMap) and set(frame.get("nodes", ())) == chosen:
            title = frame.get("title") or "Frame"
            return f"These nodes have a frame of their own already: {title}."
    return ""


def frame_selected(canvas: Canvas) -> QLineEdit | None:
    """Put a frame around the selected nodes and let its title be typed, all as one step."""
    if reason := cannot_frame(canvas):
        canvas.said.emit(reason)
        return None
    ids = canvas.selected()
    graph = canvas.document.project.block(canvas.key).graph
    order = [node for node in reading_order(graph) if node in ids]
    place = len(marks_of(canvas.document.project, canvas.key, "frames"))
    merge = f"frame:{canvas.key}:{place}"
    change = partial(add_frame, key=canvas.key, nodes=order)
    if not edit(canvas, change, f"Frame {named(canvas, ids)}", merge):
        return None
    mark = Mark("frame", place)
    canvas.select((), [mark])
    return title_frame(canvas, mark, merge)


def title_frame(canvas: Canvas, mark: Mark, merge: str | None = None) -> QLineEdit | None:
    """Open a line on a frame in which its title is typed; return it."""
    frame = canvas.world.backdrop.item(mark)
    if not isinstance(frame, FrameItem):
        return None

    def take(title: str) -> None:
        _change_mark(canvas, mark, "Rename the frame", merge, title=title)

    canvas.follow_added(frame.bar())
    return type_line(canvas, frame.title, "Title", partial(_bar_of, canvas, mark), take)


def _bar_of(canvas: Canvas, mark: Mark) -> QRect | None:
    frame = canvas.world.backdrop.item(mark)
    return _seen(canvas, frame.bar()) if isinstance(frame, FrameItem) else None


def _seen(canvas: Canvas, area: QRectF) -> QRect:
    return canvas.mapFromScene(area).boundingRect()


def cannot_comment(canvas: Canvas) -> str:
    """Return why no comment can be written."""
    return "" if len(_frames(canvas)) == 1 else NO_FRAME


def comment_frame(canvas: Canvas) -> QPlainTextEdit | None:
    """Open a field under the title of the selected frame in which its comment is typed."""
    if reason := cannot_comment(canvas):
        canvas.said.emit(reason)
        return None
    (mark,) = _frames(canvas)
    frame = canvas.world.backdrop.item(mark)
    assert isinstance(frame, FrameItem)

    def take(comment: str) -> None:
        words = "Comment on the frame" if comment else "Take the frame's comment away"
        _change_mark(canvas, mark, words, comment=comment or None)

    def area() -> QRect | None:
        now = canvas.world.backdrop.item(mark)
        return _seen(canvas, now.rect().adjusted(8, TITLE, -8, 0)) if now is not None else None

    canvas.follow_added(frame.bar())
    return type_lines(canvas, frame.comment, "Comment", area, take)


def cannot_select_frame(canvas: Canvas) -> str:
    """Return why there is no frame to select."""
    if not canvas.selected():
        return NOTHING_SELECTED
    return "" if _around(canvas) else NOT_FRAMED


def _around(canvas: Canvas) -> list[int]:
    """Return the frames that selected nodes are in, the innermost first."""
    chosen, frames = canvas.selected(), canvas.world.backdrop.frames
    found = [k for k, frame in enumerate(frames) if not chosen.isdisjoint(frame.nodes)]
    return sorted(found, key=lambda k: len(frames[k].nodes))


def select_frame(canvas: Canvas) -> None:
    """Select the innermost frame that the selected nodes are in."""
    if reason := cannot_select_frame(canvas):
        canvas.said.emit(reason)
        return
    canvas.select((), [Mark("frame", _around(canvas)[0])])


def cannot_select_content(canvas: Canvas) -> str:
    """Return why there is nothing in a frame to select."""
    return "" if _frames(canvas) else NO_FRAMES


def select_content(canvas: Canvas) -> None:
    """Select the nodes and notes that the selected frames would take along."""
    if reason := cannot_select_content(canvas):
        canvas.said.emit(reason)
        return
    held = taken_up(canvas)
    canvas.select(held.nodes, [Mark("note", place) for place in held.notes])


# Notes


def write_note(canvas: Canvas, spot: QPoint | None = None) -> QPlainTextEdit:
    """Let a note be typed at a place in the viewport, or at the pointer; return its field."""
    at = canvas.mapToScene(pointer(canvas) if spot is None else spot)
    corner = snapped(at.x(), at.y())

    def take(text: str) -> None:
        if not text:
            return
        place = len(marks_of(canvas.document.project, canvas.key, "notes"))
        change = partial(add_note, key=canvas.key, at=corner, text=text)
        if edit(canvas, change, "Write a note"):
            canvas.select((), [Mark("note", place)])

    return type_lines(canvas, "", "Note", partial(_sheet, canvas, corner), take)


def _sheet(canvas: Canvas, corner: Point) -> QRect:
    """Return where a note lies in the viewport; it is as wide from afar as at 100 %."""
    at = canvas.mapFromScene(QPointF(*corner))
    return QRect(at.x(), at.y(), max(round(NOTE_WIDTH * canvas.zoom()), round(NOTE_WIDTH)), 0)


def rewrite_note(canvas: Canvas, mark: Mark) -> QPlainTextEdit | None:
    """Let a note be typed anew where it stands; one without any text is gone."""
    note = canvas.world.backdrop.item(mark)
    if not isinstance(note, NoteItem):
        return None

    def take(text: str) -> None:
        if text:
            _change_mark(canvas, mark, "Rewrite a note", text=text)
        else:
            edit(canvas, partial(remove_note, key=canvas.key, index=mark.place), "Delete a note")

    def area() -> QRect | None:
        now = canvas.world.backdrop.item(mark)
        return _sheet(canvas, (now.pos().x(), now.pos().y())) if now is not None else None

    canvas.bring_into_view(note.rect())
    return type_lines(canvas, note.text, "Note", area, take)


def cannot_select_note(canvas: Canvas) -> str:
    """Return why there is no note to select."""
    return "" if canvas.world.backdrop.notes else "There is no note in this graph."


def select_next_note(canvas: Canvas) -> None:
    """Select the note behind the selected one, or the first, and bring it into view."""
    if reason := cannot_select_note(canvas):
        canvas.said.emit(reason)
        return
    back = canvas.world.backdrop
    chosen = [mark.place for mark in back.chosen if mark.kind == "note"]
    place = (max(chosen) + 1) % len(back.notes) if chosen else 0
    canvas.select((), [Mark("note", place)])
    canvas.bring_into_view(back.notes[place].rect())


# Both


def type_mark(canvas: Canvas, mark: Mark) -> QLineEdit | QPlainTextEdit | None:
    """Let the title of a frame, or a note, be typed anew."""
    return title_frame(canvas, mark) if mark.kind == "frame" else rewrite_note(canvas, mark)


def reveal_mark(canvas: Canvas, mark: Mark) -> None:
    """Bring a frame or note into view; one that is larger than the view is fitted into it."""
    item = canvas.world.backdrop.item(mark)
    if item is None:
        return
    canvas.bring_into_view(item.rect())
    if not canvas.viewport().rect().contains(_seen(canvas, item.rect())):
        canvas.fit(item.rect())


def _alone(canvas: Canvas) -> Mark | None:
    """Return the frame or note that alone is selected."""
    chosen = canvas.world.backdrop.chosen
    return next(iter(chosen)) if len(chosen) == 1 and not canvas.selected() else None


def cannot_name(canvas: Canvas) -> str:
    """Return why neither a name nor a note can be typed anew."""
    return "" if _alone(canvas) is not None else cannot_rename(canvas)


def name_selected(canvas: Canvas) -> None:
    """Let the name of the selected node or frame, or the selected note, be typed anew."""
    mark = _alone(canvas)
    if mark is not None:
        type_mark(canvas, mark)
    else:
        rename_selected(canvas)


def cannot_colour(canvas: Canvas) -> str:
    """Return why nothing can be coloured."""
    return "" if canvas.world.backdrop.chosen else NO_MARK


def colour_selected(canvas: Canvas, colour: str | None) -> None:
    """Give the selected frames and notes a colour; None takes it away."""
    if reason := cannot_colour(canvas):
        canvas.said.emit(reason)
        return
    chosen = sorted(canvas.world.backdrop.chosen)

    def change(now: Project) -> Project:
        for mark in chosen:
            one = change_frame if mark.kind == "frame" else change_note
            now = one(now, canvas.key, mark.place, colour=colour)
        return now

    edit(canvas, change, f"Colour {_called(chosen)}")


def colour_of(canvas: Canvas) -> str:
    """Return the colour that all selected frames and notes have; empty where there is no one."""
    found = set()
    for mark in canvas.world.backdrop.chosen:
        listed = marks_of(canvas.document.project, canvas.key, f"{mark.kind}s")
        usual = "grey" if mark.kind == "frame" else "yellow"
        found.add(str(listed[mark.place].get("colour", usual)))
    return found.pop() if len(found) == 1 else ""


def _called(marks: Sequence[Mark]) -> str:
    kinds = {mark.kind for mark in marks}
    if len(marks) == 1:
        return f"the {marks[0].kind}"
    return f"{len(marks)} {kinds.pop()}s" if len(kinds) == 1 else f"{len(marks)} frames and notes"


def _change_mark(
    canvas: Canvas, mark: Mark, words: str, merge: str | None = None, **fields: object
) -> None:
    one = change_frame if mark.kind == "frame" else change_note

    def change(now: Project) -> Project:
        return one(now, canvas.key, mark.place, **fields)

    edit(canvas, change, words, merge)
