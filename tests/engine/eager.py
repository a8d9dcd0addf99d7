"""In which ways a drawing is tried, and running a flat one on real tensors in eager torch.

Nothing here asks the judge: what is inferred is calculated from the shapes that were seen, inputs
are drawn from the ranges that sources declare, and nodes run in an order of our own. Drawings with
blocks and copies are run by ``eager_run.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

import torch

from app.engine.execute import arguments_of, resolve
from app.engine.interpret import concrete
from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.data_split import parts_of
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import ENDS, incoming, regions
from graph_editor.document.model import (
    NOTHING,
    Block,
    Expr,
    InPort,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.engine.eager_nodes import (
    built,
    computed,
    drawn_tensor,
    go,
    shapes_of,
    sourced,
    spec_of,
)

BY_VALUE = (
    "index out of range in self",
    "embedding_bag: Expected idx >= 0",
    "out of bounds",
    "elements of input should be between 0 and 1",
    "elements of target should be between 0 and 1",
    "Class values must be smaller than num_classes",
    "Class values must be non-negative",
    "Found an invalid max index",
    "target out of range",
    "argument #2 'target' is out of range",
    "Target values should be in",
    "has negative entry",
    "index out of bounds",
    "not in the valid range",
    "out of DATA bounds",
    "Expected i < index_size",
    "Expected p_in >= 0",
    "Integers to negative integer powers",
    "RuntimeError: ZeroDivisionError",
    "cutoffs",
    "is not valid label",
)
"""What torch says where the numbers in a tensor decide, not its shape or dtype."""
SAID = ("to - 1 is out of bounds", "from is out of bounds", "alpha cannot be 0 for CELU")
"""What it says in like words of numbers that stand in the drawing."""
NAMED = {"T": 5, "S": 7, "N": 3}
"""Sizes beside the batch that a drawing may name."""
STEP = 8
"""By how much each of them is changed in a try of its own."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where torch stopped, in which phase and try, and what it said."""

    node: str
    phase: str
    tried: str
    message: str

    @property
    def by_value(self) -> bool:
        """Whether other numbers of the same shape and dtype might have passed."""
        is_said = any(words in self.message for words in SAID)
        return any(words in self.message for words in BY_VALUE) and not is_said


@dataclass(frozen=True, slots=True)
class Try:
    """One way in which a drawing is run."""

    name: str
    batch: int
    training: bool = True
    named: Mapping[str, int] = NOTHING
    """Values of the other sizes that the drawing names."""


def tries(project: Project, batch: int) -> Iterator[Try]:
    """Yield how a drawing is run: as it is, evaluating, one sample more, the last batch, and the
    validation part where it is smaller than a batch; then with each other named size changed.
    """
    named = {name: NAMED.get(name, 4) for name in names_of(project.main) if name != "B"}
    yield Try("batch", batch, True, named)
    yield Try("evaluation", batch, False, named)
    yield Try("next_batch", batch + 1, True, named)
    for node in project.main.graph.nodes.values():
        spec = catalogue().get(node.spec)
        parts = parts_of(spec, node) if spec is not None and node.kind == "data" else None
        last = parts.train % batch if parts else 0
        if last:
            yield Try("last_batch", last, True, named)
        if parts and 0 < parts.val < batch:
            yield Try("validation", parts.val, False, named)
    for name in named:
        yield Try("sizes", batch, True, {**named, name: named[name] + STEP})


def names_of(main: Block) -> list[str]:
    """Return the sizes that data sources and unwired inputs of a graph name."""
    shapes: list[Any] = []
    for id_, node in main.graph.nodes.items():
        if node.kind == "data" and catalogue().get(node.spec) is not None:
            shapes += [kind.shape for kind in port_types(spec_of(node), node).values()]
        elif node.spec == "io.input" and InPort(id_, PortPath("input")) not in main.graph.wires:
            shapes.append(node.args.get("shape"))
    dims = [dim for shape in shapes if isinstance(shape, tuple) for dim in shape]
    texts = {dim.text.strip() for dim in dims if isinstance(dim, Expr)}
    return sorted(text for text in texts if text.isidentifier())


@dataclass
class Run:
    """A drawing whose modules are made once and run as often as one likes."""

    project: Project
    targets: dict[NodeId, Any] = field(default_factory=dict)
    values: dict[OutPort, Any] = field(default_factory=dict)

    def order(self) -> list[NodeId]:
        """Return all nodes that something needs, those that others depend on first."""
        idle = regions(self.project.main, catalogue().get).idle
        nodes = [n for n in self.project.main.graph.nodes if n not in idle]
        wires = incoming(self.project.main.graph)
        sorter = TopologicalSorter({n: {s.node for s in wires[n].values()} for n in sorted(nodes)})
        return list(sorter.static_order())

    def once(self, how: Try) -> Stop | None:
        """Run forward and, in training, backward; return where torch stopped, if it did."""
        self.values = {}
        graph, wires = self.project.main.graph, incoming(self.project.main.graph)
        order = self.order()
        for node in order:
            if graph.nodes[node].kind not in ENDS:
                phase = "construct"
                arrived = {p: self.values[s] for p, s in wires[node].items() if s in self.values}
                try:
                    self._make(node, arrived, how)
                    phase = "forward"
                    self._compute(node, arrived, how)
                except Exception as error:  # torch raises what it likes
                    return Stop(node, phase, how.name, f"{type(error).__name__}: {error}")
        for node in order if how.training else ():
            if graph.nodes[node].kind in ("optim", "lr_scheduler"):
                try:
                    self._train(node, list(wires[node].values()))
                except Exception as error:  # as above
                    return Stop(node, "train", how.name, f"{type(error).__name__}: {error}")
        return None

    def _make(self, id_: NodeId, arrived: Mapping[str, Any], how: Try) -> None:
        node = self.project.main.graph.nodes[id_]
        if id_ not in self.targets and node.kind in ("nn", "param", "buffer"):
            self.targets[id_] = built(spec_of(node), node, arrived, {"B": how.batch})
        target = self.targets.get(id_)
        if isinstance(target, torch.nn.Module):
            target.train(how.training)

    def _compute(self, id_: NodeId, arrived: Mapping[str, Any], how: Try) -> None:
        node, names = self.project.main.graph.nodes[id_], {"B": how.batch, **how.named}
        spec = spec_of(node)
        if node.kind == "data" or (node.spec == "io.input" and "input" not in arrived):
            for port, value in sourced(node, names).items():
                self.values[OutPort(id_, port)] = value
            return
        if node.kind == "io":
            self.values[OutPort(id_, "output")] = arrived["input"]
            return
        results = computed(spec, node, self.targets.get(id_), arrived, names)
        for port, value in results.items():
            self.values[OutPort(id_, port)] = value

    def _train(self, id_: NodeId, sources: list[OutPort]) -> None:
        """Make an optimizer, run backward and take a step; or make its schedule, and step it."""
        node = self.project.main.graph.nodes[id_]
        spec = spec_of(node)
        own = {a.name for a in spec.arguments if a.stage == "constructor" and a.style != "pseudo"}
        args = {n: concrete(v, {}, None) for n, v in node.args.items() if n in own}
        positional, keywords = arguments_of(spec, "constructor", args, {})
        first = self.values[sources[0]] if node.kind == "lr_scheduler" else self._weights()
        made = resolve(spec.callee)(first, *positional, **keywords)
        for port in ("optimizer", "output", "scheduler"):
            self.values[OutPort(id_, port)] = made
        if node.kind == "lr_scheduler":
            made.step()
            return
        for source in sources:
            self.values[source].backward(retain_graph=True)
        go(made, node, self._weights(), {})

    def _weights(self) -> list[torch.Tensor]:
        """Return the learnable tensors of the model's own nodes."""
        found: list[torch.Tensor] = []
        for node in regions(self.project.main, catalogue().get).model or self.order():
            target = self.targets.get(node)
            if isinstance(target, torch.nn.Module):
                found += target.parameters()
            elif isinstance(target, torch.nn.Parameter):
                found.append(target)
        return found


__all__ = [
    "NAMED",
    "Run",
    "Stop",
    "Try",
    "built",
    "computed",
    "drawn_tensor",
    "shapes_of",
    "spec_of",
    "tries",
]
