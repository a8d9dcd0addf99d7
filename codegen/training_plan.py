"""What train.py has to do, read from the drawing; what has no code yet is refused by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.training_limits import check_node, check_run
from codegen.written import CannotWrite
from graph_editor.catalogue.order import ENDS, Lookup, Regions, canonical_order, incoming, regions
from graph_editor.document.model import (
    Arg,
    Block,
    FrozenMap,
    InPort,
    NodeId,
    OutPort,
    PortPath,
    Project,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The training of a project: one data source, one model, losses, one optimizer."""

    source: NodeId
    feeds: tuple[OutPort, ...]
    """The source's port that feeds each input of the model, in the order of ``forward``."""
    outputs: tuple[NodeId, ...]
    """The model's output nodes, in the order of what ``forward`` returns."""
    results: FrozenMap[OutPort, NodeId]
    """Ports inside the model that an output node makes visible, by that node."""
    shown: FrozenMap[OutPort, OutPort]
    """Ports of the model's inputs, by the source's port that feeds them."""
    losses: tuple[OutPort, ...]
    weights: tuple[float, ...]
    """One factor per loss; empty where none are given."""
    optimizer: NodeId
    schedules: tuple[NodeId, ...]
    """The schedulers that others hold, each before the one that holds it, and that one last."""
    metrics: tuple[NodeId, ...]
    step: tuple[NodeId, ...]
    """The nodes between model and losses, in canonical order."""
    watched: tuple[NodeId, ...]
    """The further nodes that only metrics need, in canonical order."""

    @property
    def scheduler(self) -> NodeId | None:
        """The scheduler that the training steps, if there is one."""
        return self.schedules[-1] if self.schedules else None


def has_training(project: Project) -> bool:
    """Whether the drawing says anything of training: a source of data, a metric or an optimizer."""
    nodes = project.main.graph.nodes.values()
    return any(node.kind in (*ENDS, "data") for node in nodes)


def training_plan(project: Project, lookup: Lookup) -> Plan:
    """Return the plan of a project's training. Raises CannotWrite."""
    main, parts = project.main, regions(project.main, lookup)
    check_run(project.run)
    for node_id in (*parts.data, *parts.step):
        check_node(project, node_id, lookup)
    optimizer = _only(_of_kind(main, parts.step, "optim"), "optimizer")
    source = _only(_of_kind(main, parts.data, "data"), "data source")
    losses = _losses(main, optimizer)
    metrics = _of_kind(main, parts.step, "metric")
    outputs, feeds = _outputs(main, parts), _feeds(main, parts, source)
    step = _between(main, [port.node for port in losses], parts, lookup)
    seen = _between(main, metrics, parts, lookup)
    return Plan(
        source=source,
        feeds=tuple(feeds.values()),
        outputs=outputs,
        results=FrozenMap({main.graph.wires[InPort(n, PortPath("input"))]: n for n in outputs}),
        shown=FrozenMap({OutPort(n, "output"): port for n, port in feeds.items()}),
        losses=losses,
        weights=_weights(main, optimizer, losses),
        optimizer=optimizer,
        schedules=_schedules(main, parts, lookup),
        metrics=metrics,
        step=step,
        watched=tuple(n for n in seen if n not in step),
    )


def _of_kind(main: Block, nodes: Iterable[NodeId], kind: str) -> tuple[NodeId, ...]:
    return tuple(n for n in nodes if main.graph.nodes[n].kind == kind)


def _only(found: tuple[NodeId, ...], what: str) -> NodeId:
    if not found:
        raise CannotWrite(
            "main",
            f"the training has no {what}",
            f"Add one {what} and wire it",
        )
    if len(found) > 1:
        raise CannotWrite(
            found[1],
            f"a training with several {what}s is not supported yet",
            f"Keep one {what} ({found[0]} or {found[1]})",
        )
    return found[0]


def _schedules(main: Block, parts: Regions, lookup: Lookup) -> tuple[NodeId, ...]:
    found = _of_kind(main, parts.step, "lr_scheduler")
    wires = incoming(main.graph)
    held = {s.node for n in found for p, s in wires[n].items() if p.startswith("schedulers[")}
    roots = [n for n in found if n not in held]
    if len(roots) > 1:
        raise CannotWrite(
            roots[1],
            "several schedulers in one training are not supported yet",
            "Keep one, or wire them into a ChainedScheduler or a SequentialLR",
        )
    order = _of_kind(main, canonical_order(main.graph, roots, lookup), "lr_scheduler")
    lost = [n for n in found if n not in order]
    if lost:
        raise CannotWrite(lost[0], "these schedulers hold each other in a circle", "Remove a wire")
    return order


def _losses(main: Block, optimizer: NodeId) -> tuple[OutPort, ...]:
    wires = incoming(main.graph)[optimizer]
    found = sorted((int(p[7:-1]), source) for p, source in wires.items() if p.startswith("losses["))
    if not found:
        raise CannotWrite(optimizer, "the optimizer has no loss", "Wire a loss into it")
    return tuple(source for _, source in found)


def _weights(main: Block, optimizer: NodeId, losses: tuple[OutPort, ...]) -> tuple[float, ...]:
    given: Arg = main.graph.nodes[optimizer].args.get("loss_weights")
    if given is None:
        return ()
    values = given if isinstance(given, tuple) else (given,)
    if len(values) != len(losses):
        raise CannotWrite(
            optimizer,
            f"loss_weights has {len(values)} factors for {len(losses)} losses",
            "Give one number for each loss",
        )
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) != len(values):
        raise CannotWrite(
            optimizer, "loss_weights that change are not supported yet", "Give plain numbers"
        )
    return tuple(numbers)


def _outputs(main: Block, parts: Regions) -> tuple[NodeId, ...]:
    drawn = [n for n in parts.model if main.graph.nodes[n].spec == "io.output"]
    outputs = [n for n in main.outputs if n in drawn]
    outputs += [n for n in drawn if n not in outputs]
    if not outputs:
        raise CannotWrite(
            "main",
            "the model has no output",
            "Add an output node after the model's last layer",
        )
    for node in outputs:
        if InPort(node, PortPath("input")) not in main.graph.wires:
            raise CannotWrite(node, "nothing is wired into this output", "Wire a layer into it")
        if main.graph.nodes[node].args.get("use", "always") != "always":
            raise CannotWrite(
                node, "an output for prediction alone is not supported yet", "Set use to always"
            )
    return tuple(outputs)


def _inputs(main: Block, parts: Regions) -> list[NodeId]:
    """Return the model's inputs in the order of ``forward``: what may be left out comes last."""
    drawn = [n for n in parts.model if main.graph.nodes[n].spec == "io.input"]
    inputs = [n for n in main.inputs if n in drawn]
    inputs += [n for n in drawn if n not in inputs]
    return sorted(inputs, key=lambda n: main.graph.nodes[n].args.get("optional") is True)


def _feeds(main: Block, parts: Regions, source: NodeId) -> FrozenMap[NodeId, OutPort]:
    """Return the source's port that feeds each input; the last ones may go without."""
    feeds: dict[NodeId, OutPort] = {}
    inputs = _inputs(main, parts)
    for place, node in enumerate(inputs):
        port = main.graph.wires.get(InPort(node, PortPath("input")))
        if port is None and main.graph.nodes[node].args.get("optional") is True:
            rest = [n for n in inputs[place:] if InPort(n, PortPath("input")) in main.graph.wires]
            if not rest:
                break
        if port is None or port.node != source:
            raise CannotWrite(node, "this input gets no data", f"Wire a port of {source} into it")
        feeds[node] = port
    return FrozenMap(feeds)


def _between(
    main: Block, roots: Iterable[NodeId], parts: Regions, lookup: Lookup
) -> tuple[NodeId, ...]:
    """Return the step's nodes that roots depend on, without optimizers, schedulers and metrics."""
    cut = (*parts.model, *parts.data)
    order = canonical_order(main.graph, roots, lookup, cut)
    return tuple(n for n in order if n in parts.step and main.graph.nodes[n].kind not in ENDS)
