"""Runs any drawing on real tensors in eager torch: its blocks, copies, switches and named sizes.

Nothing here asks the judge: modules are made when what feeds them arrives, blocks are entered,
copies follow each other, and every try is a run of its own over the same modules.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from app.engine.evaluate_plan import Plan
from app.engine.interpret import concrete
from graph_editor.catalogue.order import Lookup, canonical_order, incoming, regions
from graph_editor.catalogue.order import sources_in_order as in_order
from graph_editor.catalogue.ports import as_called, output_ports
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.document.expressions import names as expression_names
from graph_editor.document.expressions import parse
from graph_editor.document.model import (
    Address,
    At,
    Block,
    BlockId,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Repeat,
)
from tests.engine.eager import Stop, Try, names_of, tries
from tests.engine.eager_crash import ends_the_process
from tests.engine.eager_nodes import (
    MADE,
    Names,
    bind,
    built,
    computed,
    go,
    inferred,
    optimizer,
    scheduler,
    shapes_of,
    sourced,
    spec_of,
    tie,
    weights_in,
)
from tests.engine.eager_schedule import move_on

FIRST = Try("", 0)


class Stopped(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """Torch refused at an address, in a phase."""

    def __init__(self, at: str, phase: str, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.at, self.phase = at, phase


@dataclass(frozen=True)
class Frame:
    """The main graph, or one instance of a block, in one run."""

    block: Block
    at: str
    """The address that what is inside begins with."""
    home: str
    """The same where copies share what they own: that of the first of them."""
    names: Names
    rests: bool
    """Whether what is made here does not learn."""
    values: dict[OutPort, Any] = field(default_factory=dict)
    off: set[NodeId] = field(default_factory=set)
    """Nodes that were switched off, of which only the first output is there."""

    def address(self, node: str) -> str:
        """Return a node's address from the main graph downwards."""
        return f"{self.at}{node}"


@dataclass
class Execution:
    """A drawing whose modules are made once and run as often as one likes."""

    project: Project
    targets: dict[str, Any] = field(default_factory=dict)
    """Everything that nodes own, by address."""
    how: Try = FIRST
    main: Frame = field(init=False)
    as_written: bool = False
    """Whether nodes are called in the order of the written code, once everything is made."""

    def __post_init__(self) -> None:
        self.lookup: Lookup = specs_of(self.project)
        parts = regions(self.project.main, self.lookup)
        # a source that feeds outputs too is of the model, and what reads it in the data is not
        ends = (*parts.data, *parts.model, *parts.step)
        self.written = tuple(self._needed(self.project.main, ends, are_made=True))
        self.order = self._linked(self.project.main, self.written)
        self.model = parts.model

    def once(self, how: Try) -> Stop | None:
        """Run forward and, in training, backward; return where torch stopped, if it did."""
        self.how = how
        settings = {p.name: p.default for p in self.project.main.parameters}
        names: dict[str, Any] = {"epochs": 10, "epoch": 1, "step": 1, **settings, **how.named}
        if "B" in names_of(self.project.main):
            names["B"] = how.batch
        self.main = Frame(self.project.main, "", "", names, rests=False)
        try:
            is_first = not self.targets
            self._run(self.main, self.order)
            if is_first and _ties(self.project):
                # in the written code weights are one before anything is called
                self.main.values.clear()
                self._run(self.main, self.order)
            if how.training:
                if _writes_over(self.project):
                    self._again()
                self._train()
            else:
                self._measure()
        except Stopped as stopped:
            return Stop(stopped.at, stopped.phase, how.name, str(stopped))
        return None

    # --- forward -------------------------------------------------------------------------------

    def _linked(self, block: Block, order: Iterable[NodeId]) -> list[NodeId]:
        """Return nodes and all that they need, in the order in which the judge looks at them.

        Any order in which sources come first would do; in this one, both stop at the same node.
        """
        if self.as_written:
            return list(order)
        done = self._needed(block, order)
        return [id_ for id_, _ in Plan.of(block, self.lookup).steps if id_ in done]

    def _needed(
        self, block: Block, order: Iterable[NodeId], are_made: bool = False
    ) -> dict[NodeId, None]:
        """Return nodes in order, each behind what feeds it; and, where nothing is made yet, those
        whose layers they call or read, which may lie before them or behind.
        """
        wires, done, wanted = incoming(block.graph), dict[NodeId, None](), list(order)

        def visit(id_: NodeId) -> None:
            if id_ in done or id_ not in block.graph.nodes:
                return
            node = block.graph.nodes[id_]
            of = node.args.get("of")
            if isinstance(of, At) and not are_made:
                wanted.append(NodeId(of.address.partition("/")[0].partition("[")[0]))
            if node.weights is not None and node.weights.same_as is not None and not are_made:
                wanted.append(node.weights.same_as)
            for _, source in in_order(block.graph, id_, wires[id_], self.lookup):
                visit(source.node)
            done[id_] = None

        for id_ in wanted:  # which grows
            visit(id_)
        return done

    def _run(self, frame: Frame, order: Iterable[NodeId]) -> None:
        graph, wires = frame.block.graph, incoming(frame.block.graph)
        for id_ in order:
            node = graph.nodes[id_]
            if node.kind in ("optim", "lr_scheduler") or OutPort(id_, "output") in frame.values:
                continue
            sources = in_order(graph, id_, wires[id_], self.lookup)
            arrived = {p: frame.values[s] for p, s in sources if s in frame.values}
            off = [s for _, s in sources if s not in frame.values and s.node in frame.off]
            if off:
                raise Stopped(frame.address(id_), "forward", KeyError(f"{off[0]} is not given"))
            for port, value in self._node(frame, id_, node, arrived).items():
                frame.values[OutPort(id_, port)] = value

    def _node(
        self, frame: Frame, id_: NodeId, node: Node, arrived: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what a node gives, as often as it is repeated; what arrives, if it is off."""
        at, own = frame.address(id_), f"{frame.home}{id_}"
        if node.kind == "data" or (node.spec == "io.input" and not arrived):
            if frame.at:
                return {}
            return self._guarded(at, "construct", lambda: sourced(node, frame.names))
        if node.kind == "io":
            return {"output": self._guarded(at, "forward", lambda: arrived["input"])}
        if node.spec == "param.of":
            return {"output": self._weight(frame, at, node)}
        if node.weights is not None and node.weights.same_as is not None:
            own = f"{frame.home}{node.weights.same_as}"
            owner = frame.block.graph.nodes[node.weights.same_as]
            # its weights are the owner's, which alone says whether they learn, be it off for good
            spec = self.lookup(node.spec)
            node = as_called(spec, node, owner) if spec is not None else node
            follows = owner.weights is not None and owner.weights.follows is not None
            node = replace(node, freeze=(Address("."),) if follows else owner.freeze)
        if node.repeat is None:
            return self._once(frame, (at, own), node, arrived, {})
        return self._copies(frame, (at, own), node, node.repeat, arrived)

    def _copies(
        self,
        frame: Frame,
        places: tuple[str, str],
        node: Node,
        repeat: Repeat,
        arrived: dict[str, Any],
    ) -> dict[str, Any]:
        at, own = places
        count = self._guarded(at, "construct", lambda: concrete(repeat.count, frame.names, None))
        spec = self.lookup(node.spec)
        assert spec is not None
        first, results = next(iter(arrived)), dict[str, Any]()
        port = output_ports(spec, node)[0]
        for copy in range(count):
            mine = (f"{at}[{copy}]", own if repeat.shared else f"{own}[{copy}]")
            results = self._once(frame, mine, node, arrived, {"i": copy, "n": count})
            arrived = {**arrived, first: results[port]}
        return results if count else {port: arrived[first]}

    def _once(
        self,
        frame: Frame,
        places: tuple[str, str],
        node: Node,
        arrived: dict[str, Any],
        extra: dict[str, Any],
    ) -> dict[str, Any]:
        """Return what a node, or one copy of it, gives; places are its address and its owner's."""
        at, own = places
        names = {**frame.names, **extra}
        shown = {**names, "training": self.how.training}
        spec = self.lookup(node.spec)
        assert spec is not None
        rests = _rests(frame, node)
        if node.when is not None and not self._guarded(
            at, "forward", lambda: concrete(node.when, shown, shapes_of(arrived))
        ):
            self._make_unused(frame, places, node, arrived, names)
            frame.off.add(NodeId(at.rpartition("/")[2].partition("[")[0]))
            port = next(iter(output_ports(spec, node)), "output")  # none: of a count below 0
            return {port: next(iter(arrived.values()))}
        if node.kind == "block":
            return self._inside(frame, places, node, arrived, names)
        self._guarded(at, "construct", lambda: self._make(own, node, arrived, names, rests))
        return self._guarded(
            at, "forward", lambda: self._called(places, spec, node, arrived, shown)
        )

    def _called(
        self,
        places: tuple[str, str],
        spec: Spec,
        node: Node,
        arrived: dict[str, Any],
        names: Names,
    ) -> dict[str, Any]:
        """Return what one call gives. Raises what torch raises."""
        return computed(spec, node, self.targets.get(places[1]), arrived, names)

    def _make_unused(
        self,
        frame: Frame,
        places: tuple[str, str],
        node: Node,
        arrived: dict[str, Any],
        names: Names,
    ) -> None:
        """Make what a node owns that is off for now; one that is off for good owns nothing.

        That is so too where parameters of the block decide it, as in the code that is written.
        """
        assert node.when is not None
        parameters = {parameter.name for parameter in frame.block.parameters}
        if expression_names(parse(node.when.text)) <= parameters:
            return
        with contextlib.suppress(Exception):  # where it is on, it is told
            if node.kind == "block":
                apart = {  # what is inside may work in place
                    port: value.clone() if isinstance(value, torch.Tensor) else value
                    for port, value in arrived.items()
                }
                self._inside(frame, places, node, apart, names)
            else:
                self._make(places[1], node, arrived, names, _rests(frame, node))

    def _guarded(self, at: str, phase: str, action: Any) -> Any:
        try:
            return action()
        except Stopped:
            raise
        except Exception as error:  # torch raises what it likes
            raise Stopped(at, phase, error) from error

    def _make(
        self, at: str, node: Node, arrived: Mapping[str, Any], names: Names, rests: bool
    ) -> None:
        if node.kind not in MADE:
            return
        if at not in self.targets:
            made = built(spec_of(node), node, arrived, names)
            self.targets[at] = made
            for weight in weights_in(made) if rests else ():
                weight.requires_grad_(False)
            tie(self.project.main.graph, at, self.targets)
        if isinstance(self.targets[at], torch.nn.Module):
            self.targets[at].train(self.how.training)

    def _inside(
        self,
        frame: Frame,
        places: tuple[str, str],
        node: Node,
        arrived: dict[str, Any],
        names: Names,
    ) -> dict[str, Any]:
        """Return what an instance of a block gives; its names are its parameters and sizes."""
        block = self.project.blocks[BlockId(node.spec.partition(".")[2])]
        spec = self.lookup(node.spec)
        assert spec is not None
        own: dict[str, Any] = {p.name: p.default for p in block.parameters}
        given = inferred(spec, node, arrived, names)
        own |= {n: concrete(v, names, shapes_of(arrived)) for n, v in given.items()}
        rests = _rests(frame, node)
        at, home = places
        inner = Frame(block, f"{at}/", f"{home}/", own, rests)
        for id_, value in arrived.items():
            declared = block.graph.nodes[NodeId(id_)]
            self._guarded(at, "declared", lambda d=declared, v=value: bind(own, d, v))
            inner.values[OutPort(NodeId(id_), "output")] = value
        order = canonical_order(block.graph, block.outputs, self.lookup)
        self._run(inner, self._linked(block, order))
        return {str(o): inner.values[OutPort(o, "output")] for o in block.outputs}

    def _weight(self, frame: Frame, at: str, node: Node) -> Any:
        of, which = node.args.get("of"), str(node.args.get("parameter", "weight"))

        def found() -> Any:
            assert isinstance(of, At)
            own, ahead = (
                f"{frame.home}{of.address}",
                frame.block.graph.nodes.get(NodeId(of.address)),
            )
            if own not in self.targets and ahead is not None and ahead.repeat is None:
                self._make(own, ahead, {}, frame.names, _rests(frame, ahead))
            target = self.targets[own]
            for part in which.split("."):
                target = getattr(target, part)
            if target is None:
                raise AttributeError(which)
            return target

        return self._guarded(at, "construct", found)

    # --- training ------------------------------------------------------------------------------

    def _train(self) -> None:
        """Make every optimizer and go a step; then make the schedules, and go a step of each."""
        graph, wires = self.project.main.graph, incoming(self.project.main.graph)
        inner = {s.node for t, s in graph.wires.items() if t.port.startswith("schedulers[")}
        for id_ in self.order:
            node = graph.nodes[id_]
            sources = in_order(graph, id_, wires[id_], self.lookup)
            if node.kind == "optim":
                self._guarded(
                    id_, "train", lambda i=id_, n=node, s=sources: self._optimize(i, n, s)
                )
            elif node.kind == "lr_scheduler":
                arrived = {p: self.main.values[s] for p, s in sources}
                self._guarded(
                    id_,
                    "train",
                    lambda i=id_, n=node, a=arrived: self._schedule(i, n, a, i not in inner),
                )

    def _again(self) -> None:
        """Go forward once more, in the order of the written code."""
        self.as_written = True
        self.main.values.clear()
        self._run(self.main, self.written)
        self.as_written = False

    def _measure(self) -> None:
        """Read the losses, as an evaluation does."""
        for target, source in self.project.main.graph.wires.items():
            if target.port.startswith("losses["):
                self._guarded(target.node, "train", lambda s=source: float(self.main.values[s]))

    def _optimize(self, id_: NodeId, node: Node, sources: list[tuple[PortPath, OutPort]]) -> None:
        values = self.main.values
        before = {port: made for port, made in values.items() if port.port == "optimizer"}
        if before:  # weights beneath the losses were stepped: all is computed anew
            values.clear()
            values.update(before)
            self.as_written = _writes_over(self.project)
            self._run(self.main, self.written if self.as_written else self.order)
            self.as_written = False
        weights = self.trained_by(node)
        made = values[OutPort(id_, "optimizer")] = optimizer(node, weights, self.main.names)
        for _, source in sources:
            if ends_the_process(self.main.values[source]):
                raise RuntimeError("torch ends the process in the way back through a GroupNorm")
            self.main.values[source].backward(retain_graph=True)
        go(made, node, weights, self.main.names)

    def _schedule(self, id_: NodeId, node: Node, arrived: dict[str, Any], is_outer: bool) -> None:
        watched = arrived.pop("metrics", torch.ones(()))
        made = scheduler(node, arrived, self.main.names)
        self.main.values[OutPort(id_, "scheduler")] = made
        if is_outer:
            move_on(made, watched, self.project, id_, self.how)

    def trained_by(self, node: Node) -> list[torch.Tensor]:
        """Return the weights that an optimizer names; all of the model's where it names none."""
        named = node.args.get("trains")
        items = named if isinstance(named, tuple) else (named,)
        wanted = {str(item.address) for item in items if isinstance(item, At)}
        if not wanted or wanted == {"."}:
            return self.weights()
        found = self.weights() if "." in wanted else []
        for at, target in self.targets.items():
            found += weights_in(target) if wanted & set(around(at)) else ()
        return list({id(weight): weight for weight in found}.values())

    def weights(self) -> list[torch.Tensor]:
        """Return the learnable tensors of the model's own nodes, each once."""
        model = set(self.model or self.order)
        inside = {
            at: target
            for at, target in self.targets.items()
            if at.partition("/")[0].partition("[")[0] in model
        }
        found = [weight for target in inside.values() for weight in weights_in(target)]
        return list({id(weight): weight for weight in found}.values())


def around(address: str) -> list[str]:
    """Return an address, and those of the blocks around it, with and without their copies."""
    steps = address.split("/")
    found = ["/".join(steps[:n]) for n in range(1, len(steps) + 1)]
    return [*found, *(re.sub(r"\[\d+\]", "", each) for each in found)]


def _writes_over(project: Project) -> bool:
    """Whether a weight is changed where it is looked up in, or a layer works in place.

    Then it matters who comes first.
    """
    blocks = (project.main, *project.blocks.values())
    nodes = [node for block in blocks for node in block.graph.nodes.values()]
    return any(n.args.get("max_norm") is not None or n.args.get("inplace") is True for n in nodes)


def _ties(project: Project) -> bool:
    """Whether a weight is that of a layer which may be made behind the calls that need it."""
    return any(block.graph.ties for block in (project.main, *project.blocks.values()))


def _rests(frame: Frame, node: Node) -> bool:
    """Whether what a node owns does not learn: it is frozen, or only follows others."""
    return frame.rests or "." in node.freeze or bool(node.weights and node.weights.follows)


def all_stops(project: Project, batch: int, seed: int = 0) -> tuple[Stop, ...]:
    """Return where eager torch stops on the processor in each of the tries in which it does."""
    torch.manual_seed(seed)
    run = Execution(project)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(stop for how in tries(project, batch) if (stop := run.once(how)))


def run_eagerly(project: Project, batch: int, seed: int = 0) -> Stop | None:
    """Return where eager torch stops first; None if it does not."""
    return next(iter(all_stops(project, batch, seed)), None)
