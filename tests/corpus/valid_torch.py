"""Runs the model that is written for a sound drawing, forward and back, in real torch."""

from __future__ import annotations

import warnings
from typing import Any

import torch

from app.engine.judge import Judge
from codegen.model import write_model
from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import incoming
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import PortType
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.expressions import evaluate, parse
from graph_editor.document.model import NodeId, Project
from tests.codegen.sameness import SIZES, built
from tests.engine.eager import tries
from tests.engine.eager_nodes import drawn_tensor

JUDGE = Judge()
"""One judge for all drawings: it remembers what it executed."""


def judged(project: Project) -> Verdict:
    return JUDGE.judge(project)


def said(project: Project) -> list[str]:
    """Return all that the judge has to say, of whatever grade."""
    found = judged(project).diagnostics
    return [f"{d.severity} {d.code} at {d.node}: {d.message} [{d.detail}]" for d in found]


def assert_written_model_runs(project: Project, batch: int) -> None:
    """Run the written model in every way in which the drawing is tried. Raises what torch raises.

    What comes out has the type that the judge named.
    """
    verdict = judged(project)
    text = write_model(project, specs_of(project), verdict)
    model = built(text)
    for how in tries(project, batch):
        sizes = {**SIZES, "B": how.batch}
        inputs = [one_input(project, verdict, NodeId(node), sizes) for _, node in text.inputs]
        model.train(how.training)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = model(*inputs)
        results = results if isinstance(results, tuple) else (results,)
        for result, (_, node) in zip(results, text.outputs, strict=True):
            known = verdict.types[f"{node}.output"]
            assert str(result.dtype) == f"torch.{known.dtype}"
            assert tuple(result.shape) == _numbers(known, sizes), (how, known)
        learning = [r.abs().sum() for r in results if r.requires_grad and how.training]
        if learning:
            torch.stack(learning).sum().backward()


def _numbers(known: TensorType, sizes: dict[str, int]) -> tuple[int, ...]:
    return tuple(
        dim if isinstance(dim, int) else int(evaluate(parse(dim), sizes)) for dim in known.shape
    )


def one_input(project: Project, verdict: Verdict, node: NodeId, sizes: dict[str, int]) -> Any:
    """Return a tensor as one that the data could give to an input."""
    known, source = verdict.types[f"{node}.output"], _source(project, node)
    low, high = (source.low, source.high) if source is not None else (None, None)
    return drawn_tensor(_numbers(known, sizes), known.dtype, low, high)


def _source(project: Project, node: NodeId) -> PortType | None:
    """Return what the data says of the values that an input gets, if data feeds it."""
    graph, wires = project.main.graph, incoming(project.main.graph)
    while wires[node]:
        wire = next(iter(wires[node].values()))
        found, spec = graph.nodes[wire.node], catalogue().get(graph.nodes[wire.node].spec)
        if found.kind == "data" and spec is not None:
            return port_types(spec, found).get(wire.port)
        node = wire.node
    return None
