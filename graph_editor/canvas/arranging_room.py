"""Nodes that are arranged on their own come to lie where they cover none of the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from graph_editor.canvas.anatomy import Anatomy
from graph_editor.canvas.arranging_task import Box, Spot
from graph_editor.canvas.clearing import turned_over, way_clear
from graph_editor.canvas.drawing import bends_of
from graph_editor.document.edits import (
    bend_wires,
    layout_of,
    move_nodes,
    positions_of,
    runs_down,
)
from graph_editor.document.model import InPort, NodeId, Project

ALONG = 3.0
"""How many times as far a way along the data is as one out of its line."""


def with_room(
    made: Project,
    key: str,
    builds: Mapping[NodeId, Anatomy],
    near: Mapping[NodeId, Spot],
    nodes: Collection[NodeId],
) -> Project:
    """Return the project with some nodes, as they are arranged, where they cover no other one.

    Rather out of the line of the data than along it, since what comes before and behind stays.
    """
    places, runs = positions_of(made, key), runs_down(made, key)
    mine, ways = _covered(made, key, builds, nodes)
    others = [
        (*near[node], build.width, build.height)
        for node, build in builds.items()
        if node not in nodes and node in near
    ]
    if runs:
        across, down = way_clear(turned_over(mine), turned_over(others), ALONG)[::-1]
    else:
        across, down = way_clear(mine, others, ALONG)
    if not across and not down:
        return made
    moved = {node: (places[node][0] + across, places[node][1] + down) for node in nodes}
    led = {t: [(round(x + across), round(y + down)) for x, y in way] for t, way in ways.items()}
    return bend_wires(move_nodes(made, key, moved), key, led)


def _covered(
    made: Project, key: str, builds: Mapping[NodeId, Anatomy], nodes: Collection[NodeId]
) -> tuple[list[Box], dict[InPort, Sequence[Spot]]]:
    """Return what some nodes and the wires between them cover, and past where those are led."""
    places, layout = positions_of(made, key), layout_of(made, key)
    boxes = [(*places[node], builds[node].width, builds[node].height) for node in nodes]
    ways: dict[InPort, Sequence[Spot]] = {}
    for target, source in made.block(key).graph.wires.items():
        if target.node in nodes and source.node in nodes:
            ways[target] = bends_of(layout, target)
            ends = [
                (places[port.node][0] + place.x, places[port.node][1] + place.y)
                for port in (source, target)
                if (place := builds[port.node].place(port)) is not None
            ]
            boxes += [
                (min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
                for (x1, y1), (x2, y2) in pairwise([*ends[:1], *ways[target], *ends[1:]])
            ]
    return boxes, ways
