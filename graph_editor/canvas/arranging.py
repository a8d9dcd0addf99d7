"""Lays a graph out: data runs right, the training plan runs down below its losses."""

from __future__ import annotations

from collections.abc import Mapping

from graph_editor.canvas.anatomy import Anatomy
from graph_editor.canvas.placement import anchor_of
from graph_editor.document.edits import move_nodes, positions_of
from graph_editor.document.layout import Gaps, arrange
from graph_editor.document.model import InPort, NodeId, Project

Spot = tuple[float, float]


def arranged(
    project: Project,
    key: str,
    builds: Mapping[NodeId, Anatomy],
    labels: Mapping[InPort, str],
) -> Project:
    """Return the project with one graph laid out anew."""
    graph = project.block(key).graph
    made = arrange(
        graph,
        {node: (build.width, build.height) for node, build in builds.items()},
        anchor=anchor_of(builds.__getitem__),
        near=positions_of(project, key),
        gaps=Gaps(layers=96, nodes=32, wires=16),
    )
    return move_nodes(project, key, made.positions)
