"""Which specs were added last: the searches show them first."""

from __future__ import annotations

from collections.abc import Iterable

from graph_editor.canvas.canvas import Canvas

MOST = 12
KEY = "recentSpecs"


def recent_specs(canvas: Canvas) -> tuple[str, ...]:
    """Return the names of the specs that were added last, the latest first."""
    kept = canvas.property(KEY)
    return tuple(map(str, kept)) if isinstance(kept, list | tuple) else ()


def keep_recent(canvas: Canvas, names: Iterable[str]) -> None:
    """Take the names as those that were added last; for who remembers them between starts."""
    canvas.setProperty(KEY, list(dict.fromkeys(names))[:MOST])


def note_used(canvas: Canvas, name: str) -> None:
    """Take a spec as the one that was added last."""
    keep_recent(canvas, (name, *recent_specs(canvas)))
    canvas.used(name)
