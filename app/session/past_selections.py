"""What was selected in each state of the history, for when undo and redo come back to it."""

from __future__ import annotations

from typing import TypeAlias

from graph_editor.canvas.backdrop import Mark
from graph_editor.document.model import NodeId, Project

Selection: TypeAlias = tuple[frozenset[NodeId], frozenset[Mark]]
MOST = 500
"""How many states are remembered; those that were left longest ago go first."""


class PastSelections:
    """Knows of every state what was selected when it was left."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[Project, str, Selection]] = {}

    def leave(
        self, project: Project, graph: str, nodes: frozenset[NodeId], marks: frozenset[Mark]
    ) -> None:
        """Remember what is selected in a graph of a state that another one follows."""
        self._left.pop(id(project), None)
        self._left[id(project)] = (project, graph, (nodes, marks))  # held: its id stays its own
        if len(self._left) > MOST:
            del self._left[next(iter(self._left))]

    def of(self, project: Project, graph: str) -> Selection | None:
        """Return what was selected in a graph of a state; None where that is not known."""
        _, where, selection = self._left.get(id(project), (None, "", None))
        return selection if where == graph else None
