"""Edits of the layout: positions and bends, and what becomes of all of it; nothing reaches code."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from graph_editor.document.edits.error import EditError
from graph_editor.document.layout_form import is_point
from graph_editor.document.model import (
    NOTHING,
    FrozenMap,
    Graph,
    InPort,
    NodeId,
    OutPort,
    Project,
)

Point: TypeAlias = tuple[float, float]
BY_NODE = ("at", "sizes", "collapsed")
"""Parts of a layout that say something of nodes, by their ids."""


def layout_of(project: Project, key: str) -> FrozenMap[str, Any]:
    """Return the layout of one graph."""
    part = project.layout.get(key)
    return part if isinstance(part, FrozenMap) else NOTHING


def positions_of(project: Project, key: str) -> FrozenMap[NodeId, Point]:
    """Return the places of the nodes of one graph, as far as they have one."""
    found = layout_of(project, key).get("at")
    return found if isinstance(found, FrozenMap) else NOTHING


def with_layout(project: Project, key: str, part: Mapping[str, Any]) -> Project:
    """Return the project with another layout for one graph; what is empty is left out."""
    kept = FrozenMap({name: value for name, value in part.items() if value not in (NOTHING, ())})
    old = layout_of(project, key)
    if kept == old:
        return project
    layout = project.layout.set(key, kept) if kept else project.layout.without(key)
    return replace(project, layout=layout)


def runs_down(project: Project, key: str) -> bool:
    """Whether the data of one graph runs down; else it runs right."""
    return layout_of(project, key).get("direction") == "down"


def set_direction(project: Project, key: str, direction: Literal["right", "down"]) -> Project:
    """Let the data of one graph run to the right, or down; its nodes stay where they are."""
    part = layout_of(project, key)
    if direction == "down":
        return with_layout(project, key, part.set("direction", direction))
    return with_layout(project, key, part.without("direction"))


def with_part(project: Project, key: str, name: str, value: object) -> Project:
    """Return the project with another part of one graph's layout."""
    return with_layout(project, key, layout_of(project, key).set(name, value))


def check_point(point: object) -> None:
    """Raise EditError unless point is a pair of finite numbers."""
    if not is_point(point) or not all(map(math.isfinite, point)):  # type: ignore[call-overload]  # it is a pair
        raise EditError("A position is two numbers.")


def move_nodes(project: Project, key: str, positions: Mapping[NodeId, Point]) -> Project:
    """Put nodes of one graph at positions."""
    nodes = project.block(key).graph.nodes
    for node_id, point in positions.items():
        if node_id not in nodes:
            raise EditError(f"There is no node {node_id} in this graph.")
        check_point(point)
    return with_part(project, key, "at", positions_of(project, key).merged(positions))


def forget_positions(project: Project, key: str, ids: Iterable[NodeId]) -> Project:
    """Leave it to the automatic layout where nodes are."""
    return with_part(project, key, "at", positions_of(project, key).without(*ids))


def set_bends(project: Project, key: str, target: InPort, points: Iterable[Point]) -> Project:
    """Lead the wire that ends in target past these points; none lets it run free."""
    return bend_wires(project, key, {target: points})


def bend_wires(project: Project, key: str, ways: Mapping[InPort, Iterable[Point]]) -> Project:
    """Lead wires past points, by the inputs that they end in; none lets a wire run free."""
    wires = project.block(key).graph.wires
    made = _bends(project, key).thawed()
    for target, points in ways.items():
        if target not in wires:
            raise EditError(f"No wire ends in {target.node}.{target.port}.")
        listed = tuple(points)
        for point in listed:
            check_point(point)
        if listed:
            made[wire_text(target)] = listed
        else:
            made.pop(wire_text(target), None)
    return with_part(project, key, "bends", FrozenMap(made))


def wire_text(target: InPort) -> str:
    """Return what the layout calls the wire that ends in target: ``add.input``."""
    return f"{target.node}.{target.port}"


def _bends(project: Project, key: str) -> FrozenMap[str, Any]:
    found = layout_of(project, key).get("bends")
    return found if isinstance(found, FrozenMap) else NOTHING


def set_layout_part(project: Project, key: str, name: str, value: object) -> Project:
    """Set another part of a graph's layout: collapsed ports, sizes, what is to come."""
    if name in ("at", "bends", "direction", "frames", "notes", "grouped_frames"):
        raise EditError(f"{name} has edits of its own.")
    return with_part(project, key, name, value)


def follow_graph(project: Project, key: str, before: Graph, after: Graph) -> Project:
    """Return the project with the layout of one graph brought after an edit of it.

    Nodes that went leave it; bends stay with their wires, also where a list has closed up.
    """
    part = layout_of(project, key)
    if not part:
        return project
    made = part
    if before.nodes is not after.nodes:
        gone = set(before.nodes) - set(after.nodes)
        if gone:
            made = _without_nodes(part, gone)
    bends = made.get("bends")
    if isinstance(bends, FrozenMap) and before.wires is not after.wires:
        made = made.set("bends", followed_bends(bends, before.wires, after.wires))
    return project if made is part else with_layout(project, key, made)


def _without_nodes(part: FrozenMap[str, Any], gone: set[NodeId]) -> FrozenMap[str, Any]:
    for name in BY_NODE:
        value = part.get(name)
        if isinstance(value, FrozenMap):
            part = part.set(name, value.without(*gone))
    frames = part.get("frames")
    if isinstance(frames, tuple):
        kept = [_without_members(frame, gone) for frame in frames]
        part = part.set("frames", tuple(frame for frame in kept if frame is not None))
    return part


def _without_members(frame: object, gone: set[NodeId]) -> object:
    """Return a frame without members that went; None where none is left."""
    members = frame.get("nodes") if isinstance(frame, FrozenMap) else None
    if not isinstance(frame, FrozenMap) or not isinstance(members, tuple):
        return frame
    kept = tuple(member for member in members if member not in gone)
    if kept == members:
        return frame
    return frame.set("nodes", kept) if kept else None


def followed_bends(
    bends: FrozenMap[str, Any],
    before: Mapping[InPort, OutPort],
    after: Mapping[InPort, OutPort],
) -> FrozenMap[str, Any]:
    """Return bends by wire after an edit: each stays with its wire, where a list closed up too."""
    old = {wire_text(end): (end, start) for end, start in before.items()}
    new = {wire_text(end): start for end, start in after.items()}
    moved = {(end.node, start): wire_text(end) for end, start in after.items() if end not in before}
    moved |= {
        (end.node, start): wire_text(end)
        for end, start in after.items()
        if end in before and before[end] != start
    }
    made: dict[str, Any] = {}
    for wire, points in bends.items():
        if wire not in old or new.get(wire) == old[wire][1]:
            made[wire] = points
        else:
            end, start = old[wire]
            if (end.node, start) in moved:
                made[moved[end.node, start]] = points
    return bends if made == dict(bends.items()) else FrozenMap(made)
