"""What the layout part of a project file may hold; names unknown here pass as they are."""

from __future__ import annotations

from graph_editor.document.file_problems import Complaints
from graph_editor.document.model import FrozenMap


def check_layout(layout: object, complaints: Complaints) -> None:
    """Complain of positions, frames, notes and bends that are of a wrong form."""
    if not isinstance(layout, FrozenMap):
        complaints.add("layout", "must be an object")
        return
    for key, part in layout.items():
        place = f"layout.{key}"
        if not isinstance(part, FrozenMap):
            complaints.add(place, "must be an object")
            continue
        if "at" in part:
            _check_points(part["at"], f"{place}.at", complaints)
        if "bends" in part:
            _check_bends(part["bends"], f"{place}.bends", complaints)
        if part.get("direction", "right") not in ("right", "down"):
            complaints.add(f"{place}.direction", "must be right or down")
        if "frames" in part:
            _check_frames(part["frames"], f"{place}.frames", complaints)
        if "grouped_frames" in part:
            _check_grouped(part["grouped_frames"], f"{place}.grouped_frames", complaints)
        if "notes" in part:
            _check_notes(part["notes"], f"{place}.notes", complaints)


def is_point(value: object) -> bool:
    """Whether value is a pair of numbers."""
    return (
        isinstance(value, tuple)
        and len(value) == 2
        and (type(value[0]) is int or type(value[0]) is float)
        and (type(value[1]) is int or type(value[1]) is float)
    )


def _check_points(value: object, place: str, complaints: Complaints) -> None:
    if not isinstance(value, FrozenMap):
        complaints.add(place, "must be an object of positions")
        return
    for node, point in value.items():
        if not is_point(point):
            complaints.add(f"{place}.{node}", "must be a position, a list of two numbers")


def _check_bends(value: object, place: str, complaints: Complaints) -> None:
    if not isinstance(value, FrozenMap):
        complaints.add(place, "must be an object of lists of positions")
        return
    for wire, points in value.items():
        if not (isinstance(points, tuple) and all(map(is_point, points))):
            complaints.add(f"{place}.{wire}", "must be a list of positions")


def _check_frames(value: object, place: str, complaints: Complaints) -> None:
    if not isinstance(value, tuple):
        complaints.add(place, "must be a list")
        return
    for index, frame in enumerate(value):
        members = frame.get("nodes", ()) if isinstance(frame, FrozenMap) else None
        titled = isinstance(frame, FrozenMap) and isinstance(frame.get("title", ""), str)
        if not (titled and isinstance(members, tuple) and all(isinstance(m, str) for m in members)):
            complaints.add(f"{place}[{index}]", "must be an object with a title and a list nodes")


def _check_grouped(value: object, place: str, complaints: Complaints) -> None:
    """Check the frames of a graph as they were before nodes of theirs went into this block."""
    if not isinstance(value, tuple):
        complaints.add(place, "must be a list")
        return
    for index, entry in enumerate(value):
        known = isinstance(entry, FrozenMap) and type(entry.get("index")) is int
        if isinstance(entry, FrozenMap) and known and entry["index"] >= 0:
            _check_frames((entry.get("frame"),), f"{place}[{index}].frame", complaints)
        else:
            complaints.add(f"{place}[{index}]", "must be an object with an index and a frame")


def _check_notes(value: object, place: str, complaints: Complaints) -> None:
    if not isinstance(value, tuple):
        complaints.add(place, "must be a list")
        return
    for index, note in enumerate(value):
        sound = isinstance(note, FrozenMap) and isinstance(note.get("text", ""), str)
        if not (sound and is_point(note.get("at", (0, 0)))):
            complaints.add(f"{place}[{index}]", "must be an object with a position at and a text")
