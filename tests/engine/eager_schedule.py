"""Moves a schedule on as often as the training that is written for a drawing does."""

from __future__ import annotations

from typing import Any

import torch

from graph_editor.catalogue.data_split import parts_of
from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import InPort, NodeId, PortPath, Project
from tests.engine.eager import Try

ENDING = tuple(
    f"lr_scheduler.{name}"
    for name in ("OneCycleLR", "LambdaLR", "MultiplicativeLR", "PolynomialLR")
)
"""Schedules that may have no rate to give later on; of all others one step tells enough."""


def move_on(made: Any, watched: Any, project: Project, id_: NodeId, how: Try) -> None:
    """Move a schedule on: in the first try through all epochs, if that may not be possible."""
    spec = project.main.graph.nodes[id_].spec
    whole = spec in ENDING and how.name == "batch"
    for _ in range(max(1, moves(project, id_, how.batch)) if whole else 1):
        made.step(*([watched] if spec.endswith("Plateau") else []))


def moves(project: Project, id_: NodeId, batch: int) -> int:
    """Return how often a schedule is moved on in all epochs, found by counting; 0: not known."""
    graph, said = project.main.graph, project.main.graph.nodes[id_].args
    epochs = project.run.get("epochs", 10)
    assert isinstance(epochs, int)
    every_step = said.get("interval", _usual(graph.nodes[id_].spec)) == "step"
    if not every_step:
        return epochs
    source = next((n for n in graph.nodes.values() if n.kind == "data"), None)
    spec = catalogue().get(source.spec) if source is not None else None
    parts = parts_of(spec, source) if spec is not None and source is not None else None
    optimizer = graph.wires.get(InPort(id_, PortPath("optimizer")))
    if parts is None or optimizer is None:
        return 0
    waits = graph.nodes[optimizer.node].args.get("accumulate")
    step = count = 0
    for _ in range(epochs):
        for _ in torch.split(torch.arange(parts.train), batch):
            step += 1
            count += step % waits == 0 if isinstance(waits, int) else True
    return count


def _usual(spec: str) -> str:
    """Return when a schedule is moved on that says nothing of it, as the training writes it."""
    return "step" if spec.endswith(("OneCycleLR", "CyclicLR")) else "epoch"
