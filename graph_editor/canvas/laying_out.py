"""Lays out the graph that a scene shows, or some nodes of it, as one step of the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph_editor.canvas.arranging import Present, arranged
from graph_editor.canvas.arranging_notes import with_notes
from graph_editor.canvas.scene import Scene
from graph_editor.document.document import Document
from graph_editor.document.edits import runs_down, set_direction
from graph_editor.document.model import NodeId

Direction: TypeAlias = Literal["right", "down"]
TITLES: dict[Direction | None, str] = {
    None: "Arrange the graph",
    "right": "Arrange left to right",
    "down": "Arrange top-down",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was laid out."""

    nodes: frozenset[NodeId]
    is_changed: bool
    is_turned: bool
    """Whether data runs in another direction than before."""


def lay_out(
    scene: Scene,
    document: Document,
    key: str,
    ids: Iterable[NodeId] | None = None,
    direction: Direction | None = None,
) -> Done:
    """Lay out the shown graph, or some nodes of it; in its own direction, if none is given."""
    before = document.project
    turned = before if direction is None else set_direction(before, key, direction)
    builds, near = scene.as_directed(runs_down(turned, key))
    labels = {target: wire.label for target, wire in scene.wires.items()}
    only = None if ids is None else frozenset(ids) & scene.nodes.keys()
    title = TITLES[direction] if only is None else f"Arrange {len(only)} nodes"
    ways = {target: wire.bends for target, wire in scene.wires.items()}
    if runs_down(turned, key) != runs_down(before, key):
        ways = Present({}, ways).turned().ways
    after = arranged(turned, key, builds, labels, Present(near, ways), only)
    if after is not before:
        after = with_notes(scene, before, after, key, builds)
    document.apply(lambda _: after, title)
    nodes = frozenset(scene.nodes) if only is None else only
    return Done(nodes, after is not before, turned is not before)
