"""Runs a drawing on real tensors in eager torch, and says where and why torch stopped.

Nothing here asks the judge: what is inferred is calculated from the shapes that were seen, inputs
are drawn from the ranges that sources declare, and nodes run in an order of our own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

import torch

from app.engine.execute import arguments_of, call, construct, flatten_outputs, named, resolve
from app.engine.interpret import concrete
from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.data_split import parts_of
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import ENDS, incoming, regions
from graph_editor.catalogue.spec import Spec
from graph_editor.document.expressions import ExpressionError, evaluate, parse
from graph_editor.document.model import Name, Node, NodeId, OutPort, Project

BY_VALUE = (
    "index out of range in self",
    "out of bounds",
    "elements of input should be between 0 and 1",
    "elements of target should be between 0 and 1",
    "Class values must be smaller than num_classes",
    "Class values must be non-negative",
    "Found an invalid max index",
    "target out of range",
    "has negative entry",
    "index out of bounds",
    "Expected p_in >= 0",
    "Integers to negative integer powers",
    "ZeroDivisionError",
    "cutoffs",
    "is not valid label",
)
"""What torch says where the numbers in a tensor decide, not its shape or dtype."""


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
        return any(words in self.message for words in BY_VALUE)


@dataclass(frozen=True, slots=True)
class Try:
    """One way in which a drawing is run."""

    name: str
    batch: int
    training: bool = True


def tries(project: Project, batch: int) -> Iterator[Try]:
    """Yield how a drawing is run: as it is, evaluating, one sample more, and the last batch."""
    yield Try("batch", batch)
    yield Try("evaluation", batch, training=False)
    yield Try("next_batch", batch + 1)
    for node in project.main.graph.nodes.values():
        spec = catalogue().get(node.spec)
        parts = parts_of(spec, node) if spec is not None and node.kind == "data" else None
        last = parts.train % batch if parts else 0
        if last:
            yield Try("last_batch", last)


def spec_of(node: Node) -> Spec:
    """Return a node's spec, which is one of the catalogue's."""
    spec = catalogue().get(node.spec)
    assert spec is not None, node.spec
    return spec


def built(spec: Spec, node: Node, arrived: Mapping[str, Any], names: Mapping[str, int]) -> Any:
    """Return what a node owns; ``auto`` arguments are found from what arrives. Raises what torch
    raises.
    """  # fmt: skip
    args = dict(node.args)
    shapes = shapes_of(arrived)
    for argument in spec.arguments:
        if argument.infer and argument.name not in args:
            try:
                args[argument.name] = evaluate(parse(argument.infer), names, shapes)
            except (ExpressionError, LookupError):
                continue
    known = {name: concrete(value, names, shapes) for name, value in args.items()}
    return construct(spec, known)


def computed(
    spec: Spec, node: Node, target: Any, arrived: Mapping[str, Any], names: Mapping[str, int]
) -> dict[str, Any]:
    """Return a node's results by output port. Raises what torch raises."""
    called = {a.name for a in spec.arguments if a.stage == "call"}
    given = {n: v for n, v in node.args.items() if n in called and n not in arrived}
    args = {n: concrete(v, names, shapes_of(arrived)) for n, v in given.items()}
    return flatten_outputs(spec, node, call(spec, target, args, arrived))


def shapes_of(arrived: Mapping[str, Any]) -> Any:
    """Return a function from a port to the shape of what arrives there."""
    return lambda port: tuple(
        (arrived[port] if port in arrived else arrived[f"{port}[0]"]).shape
    )  # fmt: skip


def drawn_tensor(
    shape: tuple[int, ...], dtype: str, low: float | None, high: float | None
) -> torch.Tensor:
    """Return random numbers from a range, both ends of which are among them where they fit."""
    kind = named(dtype)
    if kind == torch.bool:
        return torch.rand(shape) < 0.5
    if not kind.is_floating_point:
        first, last = int(low or 0), int(1 if high is None else high)
        made = torch.randint(first, last + 1, shape, dtype=kind)
        flat = made.view(-1)
        flat[:1], flat[1:2] = last, first
        return made
    if low is None or high is None:
        return torch.randn(shape, dtype=kind)
    return torch.rand(shape, dtype=kind) * (high - low) + low


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
        node, names = self.project.main.graph.nodes[id_], {"B": how.batch}
        spec = spec_of(node)
        if node.kind == "data":
            for port, kind in port_types(spec, node).items():
                shape = concrete(kind.shape, names, None)
                value = drawn_tensor(shape, kind.dtype, kind.low, kind.high)
                self.values[OutPort(id_, port)] = value
            return
        if node.spec == "io.input" and "input" not in arrived:
            dtype = node.args.get("dtype")
            said = dtype.text if isinstance(dtype, Name) else "float32"
            shape = concrete(node.args["shape"], names, None)
            self.values[OutPort(id_, "output")] = drawn_tensor(shape, said, None, None)
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
        made.step()

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


def all_stops(project: Project, batch: int, seed: int = 0) -> tuple[Stop, ...]:
    """Return where eager torch stops on the processor in each of the tries in which it does."""
    torch.manual_seed(seed)
    run = Run(project)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(stop for how in tries(project, batch) if (stop := run.once(how)))


def run_eagerly(project: Project, batch: int, seed: int = 0) -> Stop | None:
    """Return where eager torch stops first; None if it does not."""
    return next(iter(all_stops(project, batch, seed)), None)
