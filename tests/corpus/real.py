"""Runs a graph of the corpus in eager torch, and trains it for a step. Nothing asks the judge."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import torch

from graph_editor.catalogue.order import incoming
from graph_editor.document.model import NodeId, Project
from tests.engine.eager import Stop, Try, tries
from tests.engine.eager_nodes import optimizer
from tests.engine.eager_run import Execution, all_stops

NO_PROGRAM = (AssertionError, KeyError, LookupError, RecursionError, TypeError)
"""What stops the runner itself where a drawing is none that could be written as a program."""


def stops(project: Project, batch: int) -> tuple[Stop, ...]:
    """Return where eager torch stops, in each of the tries in which it does."""
    try:
        return all_stops(project, batch)
    except NO_PROGRAM as error:
        return (Stop("", "order", "", f"{type(error).__name__}: {error}"),)


def losses_of_a_step(project: Project, batch: int) -> dict[str, tuple[float, float]]:
    """Return what the losses of each optimizer come to on a batch, before its step and after."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {id_: Training(project, batch).step(id_) for id_ in _optimizers(project)}


def _optimizers(project: Project) -> Iterator[NodeId]:
    nodes = project.main.graph.nodes
    yield from (id_ for id_ in sorted(nodes) if nodes[id_].kind == "optim")


class Training(Execution):
    """A drawing that sees the same batch in every run, and drops the same of it."""

    def __init__(self, project: Project, batch: int, seed: int = 0) -> None:
        super().__init__(project)
        self.way: Try = next(iter(tries(project, batch)))
        self.seed = seed
        torch.manual_seed(seed)
        self._forward()  # makes the modules, which draw their weights

    def step(self, id_: NodeId) -> tuple[float, float]:
        """Take the first step of an optimizer; return what its losses are before and after."""
        before = self._loss(id_)
        node = self.project.main.graph.nodes[id_]
        made = optimizer(node, self.trained_by(node), self.main.names)
        made.zero_grad()
        before.backward()
        made.step()
        return float(before.detach()), float(self._loss(id_).detach())

    def _forward(self) -> None:
        stopped = self.once(self.way)
        assert stopped is None, stopped

    def _train(self) -> None:
        """Do nothing behind the forward pass: steps are taken one by one."""

    def _loss(self, id_: NodeId) -> torch.Tensor:
        torch.manual_seed(self.seed)  # so that data, noise and what is dropped are the same
        self._forward()
        wires = incoming(self.project.main.graph)[id_]
        sources = (source for port, source in wires.items() if port.startswith("losses"))
        return torch.stack([self.main.values[source].reshape(()) for source in sources]).sum()
