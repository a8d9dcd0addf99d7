"""What train.py has to do, read from the drawing; what has no code yet is refused by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.model_custom import with_code
from codegen.train_phases import Learner, Phase, phases_of
from codegen.training_limits import check_node, check_run
from codegen.written import CannotWrite
from graph_editor.catalogue.order import ENDS, Lookup, Regions, canonical_order, regions
from graph_editor.document.model import (
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
    """The training of a project: data sources, models, and optimizers that act in turn."""

    source: NodeId
    """The data source that sets the epoch."""
    others: tuple[NodeId, ...]
    """Further sources, in canonical order: they are gone round and round."""
    feeds: tuple[OutPort, ...]
    """The port that feeds each input of the model, in the order of ``forward``."""
    outputs: tuple[NodeId, ...]
    """The model's output nodes, in the order of what ``forward`` returns; empty without model."""
    model: frozenset[NodeId]
    """The nodes inside the model."""
    results: FrozenMap[OutPort, NodeId]
    """Ports inside the model that an output node makes visible, by that node."""
    shown: FrozenMap[OutPort, OutPort]
    """Ports of the model's inputs and of transforms, by the port that stands for them."""
    transforms: tuple[NodeId, ...]
    """Transforms of data, in canonical order; what they give is a port of the source too."""
    transformed: FrozenMap[NodeId, OutPort]
    """The source's port that each transform reads."""
    phases: tuple[Phase, ...]
    """What the optimizers do in one step, in turn."""
    metrics: tuple[NodeId, ...]
    before: tuple[NodeId, ...]
    """The nodes that the model's inputs need, in canonical order."""
    step: tuple[NodeId, ...]
    """The further nodes that the losses need, in canonical order."""
    watched: tuple[NodeId, ...]
    """The further nodes that only metrics need, in canonical order."""

    @property
    def sources(self) -> tuple[NodeId, ...]:
        """All data sources, the one that sets the epoch first."""
        return (self.source, *self.others)

    @property
    def optimizer(self) -> NodeId:
        """The optimizer that acts first."""
        return self.phases[0].learners[0].node

    @property
    def scheduler(self) -> NodeId | None:
        """The scheduler of the optimizer that acts first, if it has one."""
        return self.phases[0].learners[0].scheduler

    @property
    def learners(self) -> tuple[Learner, ...]:
        """The optimizers, in the order in which they act."""
        return tuple(learner for phase in self.phases for learner in phase.learners)

    @property
    def alone(self) -> bool:
        """Whether there is one optimizer."""
        return len(self.phases) == 1 and len(self.phases[0].learners) == 1

    @property
    def loss_names(self) -> tuple[str, ...]:
        """The variables of the losses of phases, where there are several."""
        return tuple(phase.loss for phase in self.phases) if len(self.phases) > 1 else ()

    @property
    def is_fed_by_data(self) -> bool:
        """Whether there is a model, and what goes into it comes straight from the data."""
        return bool(self.outputs) and all(port.node == self.source for port in self.feeds)

    @property
    def losses(self) -> tuple[OutPort, ...]:
        """The losses of all optimizers, each once."""
        return tuple(dict.fromkeys(port for phase in self.phases for port in phase.losses))

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        """All nodes outside the model that are computed."""
        return (*self.before, *self.step, *self.watched)


def has_training(project: Project) -> bool:
    """Whether the drawing says anything of training: a source of data, a metric or an optimizer."""
    nodes = project.main.graph.nodes.values()
    return any(node.kind in (*ENDS, "data") for node in nodes)


def training_plan(project: Project, lookup: Lookup) -> Plan:
    """Return the plan of a project's training. Raises CannotWrite."""
    project, lookup = with_code(project, lookup)
    main, parts = project.main, regions(project.main, lookup)
    check_run(project.run)
    for node_id in (*parts.data, *parts.step):
        check_node(project, node_id, lookup)
    optimizers = _of_kind(main, parts.step, "optim")
    if not optimizers:
        raise CannotWrite("main", "the training has no optimizer", "Add one optimizer and wire it")
    sources = _of_kind(main, parts.data, "data")
    if not sources:
        raise CannotWrite("main", "the training has no data source", "Add one and wire it")
    phases = phases_of(project, parts, optimizers, lookup)
    metrics = _of_kind(main, parts.step, "metric")
    outputs = _outputs(main, parts)
    feeds = _feeds(main, parts, lookup)
    losses = [port.node for phase in phases for port in phase.losses]
    transforms = _of_kind(main, parts.data, "transform")
    transformed = _transformed(main, sources, transforms)
    shown = {OutPort(n, "output"): port for n, port in feeds.items()}
    shown |= {OutPort(n, "output"): OutPort(transformed[n].node, n) for n in transforms}
    before = _between(main, [port.node for port in feeds.values()], parts, lookup)
    step = _between(main, losses, parts, lookup)
    seen = _between(main, metrics, parts, lookup)
    return Plan(
        source=sources[0],
        others=sources[1:],
        feeds=tuple(_last(port, shown) for port in feeds.values()),
        outputs=outputs,
        model=frozenset(parts.model),
        results=FrozenMap({main.graph.wires[InPort(n, PortPath("input"))]: n for n in outputs}),
        shown=FrozenMap(shown),
        transforms=transforms,
        transformed=transformed,
        phases=phases,
        metrics=metrics,
        before=before,
        step=tuple(n for n in step if n not in before),
        watched=tuple(n for n in seen if n not in (*before, *step)),
    )


def _last(port: OutPort, shown: dict[OutPort, OutPort]) -> OutPort:
    """Return the port that stands for a port in the end."""
    while port in shown:
        port = shown[port]
    return port


def _transformed(
    main: Block, sources: tuple[NodeId, ...], transforms: tuple[NodeId, ...]
) -> FrozenMap[NodeId, OutPort]:
    """Return the source's port that each transform reads: its own, or what another one makes."""
    found: dict[NodeId, OutPort] = {}
    for node in transforms:
        port = main.graph.wires.get(InPort(node, PortPath("input")))
        if port is None or port.node not in (*sources, *found):
            raise CannotWrite(
                node,
                "a transform of what is no data",
                "Wire the data or another transform into it, or put it into the model",
            )
        earlier = found.get(port.node)
        found[node] = port if earlier is None else OutPort(earlier.node, port.node)
    return FrozenMap(found)


def _of_kind(main: Block, nodes: Iterable[NodeId], kind: str) -> tuple[NodeId, ...]:
    return tuple(n for n in nodes if main.graph.nodes[n].kind == kind)


def _outputs(main: Block, parts: Regions) -> tuple[NodeId, ...]:
    """Return the model's outputs; none where the blocks of the step are the models."""
    drawn = [n for n in parts.model if main.graph.nodes[n].spec == "io.output"]
    outputs = [n for n in main.outputs if n in drawn]
    outputs += [n for n in drawn if n not in outputs]
    if not outputs and not _of_kind(main, parts.step, "block"):
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


def _feeds(main: Block, parts: Regions, lookup: Lookup) -> FrozenMap[NodeId, OutPort]:
    """Return the port that feeds each input; the last ones may go without."""
    feeds: dict[NodeId, OutPort] = {}
    inputs = _inputs(main, parts)
    for place, node in enumerate(inputs):
        port = main.graph.wires.get(InPort(node, PortPath("input")))
        if port is None and main.graph.nodes[node].args.get("optional") is True:
            rest = [n for n in inputs[place:] if InPort(n, PortPath("input")) in main.graph.wires]
            if not rest:
                break
        if port is None:
            raise CannotWrite(node, "this input gets no data", "Wire a port of the data into it")
        cone = canonical_order(main.graph, [port.node], lookup)
        if any(n in parts.model and main.graph.nodes[n].spec != "io.input" for n in cone):
            raise CannotWrite(
                node,
                "this input is fed with what the model itself returns",
                "Make what comes before it a block of its own",
            )
        feeds[node] = port
    return FrozenMap(feeds)


def _between(
    main: Block, roots: Iterable[NodeId], parts: Regions, lookup: Lookup
) -> tuple[NodeId, ...]:
    """Return what roots depend on outside the model, without sources and what ends a step."""
    order = canonical_order(main.graph, roots, lookup, parts.model)
    outside = (*parts.data, *parts.step)
    return tuple(
        n
        for n in order
        if n in outside and main.graph.nodes[n].kind not in (*ENDS, "data", "transform")
    )
