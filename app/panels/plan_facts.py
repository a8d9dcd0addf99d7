"""What the drawing says of training, in words: what trains what, how fast, in how many steps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph_editor.canvas.inspector.values import shown
from graph_editor.catalogue.data_split import parts_of
from graph_editor.catalogue.families import Family, family_of
from graph_editor.catalogue.run_settings import COUNTS
from graph_editor.document.model import At, Graph, Node, NodeId

if TYPE_CHECKING:
    from graph_editor.catalogue.order import Lookup
    from graph_editor.document.model import Project

KINDS = ("optim", "lr_scheduler", "loss", "metric")


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the plan."""

    node: NodeId
    family: Family
    title: str
    words: str


def plan_parts(project: Project, lookup: Lookup) -> tuple[Part, ...]:
    """Return the optimizers, schedules, losses and metrics of the main graph, in that order."""
    graph = project.main.graph
    losses = {
        start.node: end.node
        for end, start in graph.wires.items()
        if graph.nodes[end.node].kind == "optim" and end.port.startswith("losses")
    }
    parts: dict[str, list[Part]] = {kind: [] for kind in KINDS}
    for key in sorted(graph.nodes):
        node = graph.nodes[key]
        kind = "loss" if key in losses else node.kind
        if kind in parts:
            family = "loss" if kind == "loss" else family_of(lookup(node.spec), node.kind)
            words = _words(kind, key, graph, lookup, losses)
            parts[kind].append(Part(key, family, title_of(graph, key, lookup), words))
    return tuple(part for kind in parts.values() for part in kind)


def title_of(graph: Graph, key: NodeId, lookup: Lookup) -> str:
    """Return what a node is called: its own name, else its spec's title."""
    node = graph.nodes[key]
    spec = lookup(node.spec)
    return node.name or (spec.title if spec is not None else node.spec)


def _words(
    kind: str, key: NodeId, graph: Graph, lookup: Lookup, losses: dict[NodeId, NodeId]
) -> str:
    node = graph.nodes[key]
    if kind == "optim":
        return " · ".join(filter(None, (_trains(node), _argument(node, "lr", lookup))))
    if kind == "loss":
        return f"minimised by {title_of(graph, losses[key], lookup)}"
    if kind == "metric":
        return "watched, trains nothing"
    leads = [
        start.node
        for end, start in graph.wires.items()
        if end.node == key and end.port == "optimizer"
    ]
    of = f"sets the rate of {title_of(graph, leads[0], lookup)}" if leads else "sets no rate yet"
    said = (_argument(node, name, lookup) for name in sorted(node.args))
    return " · ".join(filter(None, (of, *said)))


def _trains(node: Node) -> str:
    said = node.args.get("trains")
    addresses = [a.address for a in said if isinstance(a, At)] if isinstance(said, tuple) else []
    return f"trains {', '.join(addresses)}" if addresses else "trains the whole model"


def _argument(node: Node, name: str, lookup: Lookup) -> str:
    spec = lookup(node.spec)
    argument = spec.argument(name) if spec is not None else None
    if argument is None:
        return ""
    value = node.args.get(name, argument.default)
    return "" if value is None else f"{name} {shown(argument, value).lstrip('=')}"


def number_of(project: Project, name: str) -> int:
    """Return a run setting that is a whole number; its default where it says nothing legal."""
    value = project.run.get(name)
    legal = COUNTS[name].allows(value)
    return value if legal and isinstance(value, int) else COUNTS[name].default


def step_lines(project: Project, lookup: Lookup) -> Iterator[tuple[str, str, str]]:
    """Yield how many samples and steps a run has, for each source whose size is known."""
    graph = project.main.graph
    sources = [key for key in sorted(graph.nodes) if graph.nodes[key].kind == "data"]
    for key in sources:
        spec = lookup(graph.nodes[key].spec)
        parts = parts_of(spec, graph.nodes[key]) if spec is not None else None
        if parts is None:
            continue
        steps = math.ceil(parts.train / number_of(project, "batch_size"))
        name = "samples" if len(sources) == 1 else title_of(graph, key, lookup)
        yield name, f"{parts.train:,}", f"{parts.val:,} to validate"
        yield "steps", f"{steps:,} an epoch", f"{steps * number_of(project, 'epochs'):,} in all"
