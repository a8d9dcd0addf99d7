"""Deleting rows of the outline: nodes with their wires, frames and notes, as one step."""

from __future__ import annotations

from collections.abc import Sequence

from app.panels.outline.facts import Facts
from app.panels.outline.items import Item
from app.session.session import Session
from graph_editor.document.edits import delete, remove_marks
from graph_editor.document.model import NodeId, Project


def delete_rows(session: Session, rows: Sequence[Item], facts: Facts) -> None:
    """Delete what rows of one graph stand for; of a frame the nodes stay."""
    graph = rows[0].graph
    ids = [row.node for row in rows if row.node is not None]
    marks = [row.mark for row in rows if row.mark is not None]
    frames, notes = ([m.place for m in marks if m.kind == kind] for kind in ("frame", "note"))

    def change(now: Project) -> Project:
        now = remove_marks(now, graph, frames, notes)  # first: nodes take empty frames along
        return delete(now, graph, ids) if ids else now

    session.apply(change, f"Delete {_called(rows, facts, ids, len(frames), len(notes))}")


def _called(
    rows: Sequence[Item], facts: Facts, ids: Sequence[NodeId], frames: int, notes: int
) -> str:
    """Return ``3 nodes and a note``, ``frame Features``: the words of the canvas."""
    if len(rows) == frames == 1:
        title = facts.entry(rows[0]).get("title", "")
        return f"frame {title}" if title else "the frame"
    parts = []
    if ids:
        parts.append(facts.name(rows[0].graph, ids[0]) if len(ids) == 1 else f"{len(ids)} nodes")
    if frames and not ids:
        parts.append(f"{frames} frames" if frames > 1 else "the frame")
    if notes:
        parts.append(f"{notes} notes" if notes > 1 else "a note")
    return " and ".join(parts)
