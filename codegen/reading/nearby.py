"""Places for new nodes: between those that they are wired to, where nothing else lies."""

from __future__ import annotations

from collections.abc import Iterable

from graph_editor.document.edits import move_nodes, positions_of
from graph_editor.document.edits.placing import Point
from graph_editor.document.model import NodeId, Project

STEP = 208.0
"""How far apart neighbours in a row lie."""
WIDTH, HEIGHT = 176.0, 72.0
"""The room that a node takes."""


def placed(project: Project, fresh: Iterable[tuple[str, NodeId]]) -> Project:
    """Return the project with places for its new nodes, in graphs where others have one."""
    for key, node in fresh:
        there = positions_of(project, key)
        if there and key in ("main", *project.blocks):
            project = move_nodes(project, key, {node: _place(project, key, node)})
    return project


def _place(project: Project, key: str, node: NodeId) -> Point:
    there = positions_of(project, key)
    wires = project.block(key).graph.wires
    before = [there[s.node] for e, s in wires.items() if e.node == node and s.node in there]
    after = [there[e.node] for e, s in wires.items() if s.node == node and e.node in there]
    if before and after:
        x, y = _middle([_middle(before), _middle(after)])
    elif before:
        x, y = _middle(before)
        x += STEP
    elif after:
        x, y = _middle(after)
        x -= STEP
    else:
        x, y = 0.0, 0.0
    return _free((float(round(x)), float(round(y))), list(there.values()))


def _middle(points: list[Point]) -> Point:
    count = len(points)
    return sum(p[0] for p in points) / count, sum(p[1] for p in points) / count


def _free(point: Point, taken: list[Point]) -> Point:
    """Return the first place from point downwards that no other node covers."""
    x, y = point
    for _ in range(len(taken) + 1):
        if not any(abs(x - a) < WIDTH and abs(y - b) < HEIGHT for a, b in taken):
            break
        y += HEIGHT
    return x, y
