"""Runs a drawing directly on real tensors: for previews, and as a check on generated code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from app.engine.custom_code import is_runnable
from app.engine.execute import CannotExecute, call, construct, flatten_outputs
from graph_editor.catalogue.order import (
    Lookup,
    canonical_order,
    incoming,
    regions,
    sources_in_order,
)
from graph_editor.catalogue.ports import as_called, output_ports
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.copies import first_copies, plain
from graph_editor.checking.verdict import Verdict
from graph_editor.document import expressions
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Slice,
)

OWNED = ("nn", "param", "buffer", "block", "code")
STATISTICS = "freeze_statistics"
"""Says, beside what is frozen, whether running statistics are too."""
KEEPING = (nn.modules.batchnorm._BatchNorm, nn.modules.instancenorm._InstanceNorm)
Number = int | float | bool


@dataclass(slots=True)
class Frame:
    """One instance of a block: its place, its parameters and its order."""

    block: Block
    at: str
    parameters: Mapping[str, Any]
    order: tuple[NodeId, ...]
    wires: Mapping[NodeId, Mapping[PortPath, OutPort]]
    sizes: dict[str, int] = field(default_factory=dict)

    def node(self, node: NodeId) -> Node:
        """Return a node."""
        return self.block.graph.nodes[node]

    def owner(self, node: NodeId) -> NodeId:
        """Return the node whose module this node calls."""
        weights = self.node(node).weights
        return weights.same_as if weights is not None and weights.same_as else node

    def address(self, node: str) -> str:
        """Return a node's address from the main graph downwards."""
        return f"{self.at}/{node}" if self.at else node


class Interpreter:
    """A model as it is drawn. Modules are built once, in the canonical order, on the CPU.

    Custom code runs where ``lookup`` is ``trusted_specs(project)``.
    ``module`` holds all weights under their addresses (``stage1/conv1.weight``); its ``train`` and
    ``eval`` set the mode.
    """

    def __init__(
        self, project: Project, verdict: Verdict, seed: int = 0, lookup: Lookup | None = None
    ) -> None:
        self.project = project
        self.verdict = verdict
        self.known = first_copies(verdict.inferred)
        self.types = first_copies(verdict.types)
        self.lookup = specs_of(project) if lookup is None else lookup
        self.module = nn.Module()
        self.owned: dict[str, Any] = {}
        self.nodes: dict[str, Node] = {}
        self.resting: set[str] = set()
        """Where modules are whose running statistics are not to move."""
        self.frames: dict[str, Frame] = {}
        torch.manual_seed(seed)
        order = regions(project.main, self.lookup).model
        inputs = [n for n in order if project.main.graph.nodes[n].spec == "io.input"]
        self.main = self._frame(project.main, "", self._defaults(project.main), order, inputs)

    def forward(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the output nodes, by id, for values of the input nodes."""
        return self._run(self.main, inputs)

    # --- building ------------------------------------------------------------------------------

    def _defaults(self, block: Block) -> dict[str, Any]:
        return {p.name: p.default for p in block.parameters}

    def _frame(
        self,
        block: Block,
        at: str,
        parameters: Mapping[str, Any],
        order: tuple[NodeId, ...] | None = None,
        cut: list[NodeId] | None = None,
    ) -> Frame:
        """Build one instance of a block: everything it owns, in order."""
        if order is None:
            order = canonical_order(block.graph, block.outputs, self.lookup)
        wires = incoming(block.graph)
        for node in cut or ():
            wires[node] = {}
        frame = Frame(block, at, parameters, order, wires)
        self.frames[at] = frame
        for node in dict.fromkeys(frame.owner(n) for n in order if not self._muted(frame, n)):
            self._build(frame, node)
        self._tie(frame)
        self._freeze(frame)
        return frame

    def _build(self, frame: Frame, node: NodeId) -> None:
        found = frame.node(node)
        if found.kind not in OWNED or found.spec == "param.of":
            return
        weights = found.weights
        if weights is not None and weights.follows:
            raise CannotExecute(f"{frame.address(node)}: shadows need a run")
        if not self._constructed(frame, node):
            return
        count = self._count(frame, found)
        if count is None:
            self._own(frame, node, frame.address(node), {})
            return
        for copy in range(count):
            self._own(frame, node, f"{frame.address(node)}[{copy}]", {"i": copy, "n": count})

    def _own(self, frame: Frame, node: NodeId, at: str, inside: Mapping[str, int]) -> None:
        """Build what one node, or one copy of it, owns."""
        found = frame.node(node)
        spec = self._spec(found)
        scope = {**frame.parameters, **inside}
        if found.kind == "block":
            block = self.project.blocks[BlockId(found.spec.partition(".")[2])]
            given = self._constructor_arguments(spec, found, at, scope)
            self._frame(block, at, {**self._defaults(block), **given})
            return
        made = construct(spec, self._constructor_arguments(spec, found, at, scope))
        self.owned[at], self.nodes[at] = made, found
        if isinstance(made, nn.Module):
            self.module.add_module(at, made)
        elif isinstance(made, nn.Parameter):
            self.module.register_parameter(at, made)
        elif isinstance(made, torch.Tensor):
            self.module.register_buffer(at, made, found.args.get("persistent") is not False)

    def _constructor_arguments(
        self, spec: Spec, node: Node, at: str, scope: Mapping[str, Any]
    ) -> dict[str, Any]:
        args: dict[str, Any] = {}
        for argument in spec.arguments:
            if argument.stage != "constructor":
                continue
            if argument.name in node.args:
                args[argument.name] = self._constructor_value(node.args[argument.name], at, scope)
            elif argument.required:
                value = self._inferred(at, argument.name)
                if value is not None:
                    args[argument.name] = value
        return args

    def _constructor_value(self, value: Arg, at: str, scope: Mapping[str, Any]) -> Any:
        frame, _, node = at.rpartition("/")
        return concrete(value, scope, self._judged_shapes(self.frames[frame], node))

    def _judged_shapes(self, frame: Frame, node: str) -> expressions.Shapes:
        """Return the shapes that the verdict knows at a node's inputs; a size that varies is -1."""

        def shapes(port: str) -> tuple[int, ...]:
            source = frame.wires[NodeId(node.partition("[")[0])][PortPath(port)]
            at = frame.address(f"{source.node}.{source.port}")
            found = self.verdict.types.get(at) or self.types[plain(at)]
            return tuple(d if isinstance(d, int) else -1 for d in found.shape)

        return shapes

    def _inferred(self, at: str, argument: str) -> Any:
        own = self.verdict.inferred.get(Address(at)) or self.known.get(plain(at))
        return None if own is None else own.get(argument)

    def _spec(self, node: Node) -> Spec:
        spec = self.lookup(node.spec)
        if spec is None:
            raise CannotExecute(f"{node.spec} is unknown here")
        if spec.kind == "call" or (spec.kind == "code" and not is_runnable(spec)):
            raise CannotExecute(f"{node.spec} is custom code")
        return spec

    def _count(self, frame: Frame, node: Node) -> int | None:
        """Return the number of copies with weights of their own; None if there is one set."""
        if node.repeat is None or node.repeat.shared:
            return None
        return self._turns(frame, node)

    def _turns(self, frame: Frame, node: Node) -> int:
        repeat = node.repeat
        assert repeat is not None
        if repeat.over or repeat.stack:
            raise CannotExecute("repeat over an axis is not supported")
        return int(concrete(repeat.count, frame.parameters, None))

    def _muted(self, frame: Frame, node: NodeId) -> bool:
        """Whether a node is switched off whatever the parameters are."""
        test = frame.node(node).when
        try:
            return test is not None and not expressions.evaluate(expressions.parse(test.text), {})
        except expressions.ExpressionError:
            return False

    def _constructed(self, frame: Frame, node: NodeId) -> bool:
        """Whether parameters and sizes leave a node in; the mode is asked at each call."""
        test = frame.node(node).when
        if test is None:
            return True
        tree = expressions.parse(test.text)
        if not set(expressions.names(tree)) <= set(frame.parameters):
            return True
        shapes = self._judged_shapes(frame, node)
        return bool(expressions.evaluate(tree, frame.parameters, shapes))

    def _tie(self, frame: Frame) -> None:
        for target in sorted(frame.block.graph.ties):
            path, _, name = target.rpartition(".")
            from_path, _, from_name = frame.block.graph.ties[target].rpartition(".")
            left = self.owned.get(frame.address(path))
            right = self.owned.get(frame.address(from_path))
            if left is not None and right is not None:
                setattr(left, name, getattr(right, from_name))

    def _freeze(self, frame: Frame) -> None:
        for node in frame.order:
            for address in frame.node(node).freeze:
                whole = node if address == "." else f"{node}/{address}"
                for at in self._below(frame.address(whole)):
                    self.owned[at].requires_grad_(False)
                    if self._rests(at, frame.node(node)):
                        self.resting.add(at)

    def _rests(self, at: str, freezing: Node) -> bool:
        """Whether running statistics that a freeze covers stay as they are."""
        return all(
            node.args.get(STATISTICS, node.extra.get(STATISTICS, True)) is not False
            for node in (freezing, self.nodes[at])
        )

    def _below(self, address: str) -> list[str]:
        """Return where things lie that an address means; a repeated block is all its copies."""
        steps = [re.escape(s) + ("" if "[" in s else r"(\[\d+\])?") for s in address.split("/")]
        meant = re.compile("/".join(steps) + r"(/.*)?")
        return [at for at in self.owned if meant.fullmatch(at)]

    # --- running -------------------------------------------------------------------------------

    def _run(self, frame: Frame, inputs: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[OutPort, Any] = {}
        frame.sizes.clear()
        for node in frame.block.graph.nodes:
            if node in inputs and frame.node(node).spec == "io.input":
                values[OutPort(node, "output")] = inputs[node]
                self._bind_sizes(frame, node, inputs[node])
        for node in frame.order:
            found = frame.node(node)
            if found.spec != "io.input":
                arrived = self._arrived(frame, node, values)
                for port, value in self._node(frame, node, found, arrived).items():
                    values[OutPort(node, port)] = value
        outputs = [n for n in frame.order if frame.node(n).spec == "io.output"]
        return {n: values[OutPort(n, "output")] for n in outputs}

    def _bind_sizes(self, frame: Frame, node: NodeId, value: Any) -> None:
        shape = frame.node(node).args.get("shape")
        if isinstance(shape, tuple) and isinstance(value, torch.Tensor):
            for dim, size in zip(shape, value.shape, strict=False):
                if isinstance(dim, Expr) and dim.text.strip() not in frame.parameters:
                    frame.sizes.setdefault(dim.text.strip(), size)

    def _arrived(self, frame: Frame, node: NodeId, values: Mapping[OutPort, Any]) -> dict[str, Any]:
        """Return what arrives, in the order of the spec's ports."""
        wires = sources_in_order(frame.block.graph, node, frame.wires[node], self.lookup)
        return {path: values[source] for path, source in wires if source in values}

    def _node(
        self, frame: Frame, node: NodeId, found: Node, arrived: dict[str, Any]
    ) -> dict[str, Any]:
        spec = self._spec(found)
        if found.when is not None and not self._asked(frame, found, arrived):
            first = next(iter(arrived.values()))
            return {output_ports(spec, found)[0]: first}
        if found.repeat is None:
            return self._call(frame, node, spec, arrived, None, {})
        turns = self._turns(frame, found)
        ports = output_ports(spec, found)
        carried = self._carried(found, arrived, ports)
        results = {leaf: arrived[path] for path, leaf in carried.items()}
        for copy in range(turns):
            now = {**arrived, **{path: results[leaf] for path, leaf in carried.items()}}
            own = None if found.repeat.shared else copy
            results = self._call(frame, node, spec, now, own, {"i": copy, "n": turns})
        return results

    def _carried(
        self, node: Node, arrived: Mapping[str, Any], ports: tuple[str, ...]
    ) -> dict[str, str]:
        """Return which output of a copy feeds which input of the next."""
        carried = {next(iter(arrived)): ports[0]}
        if node.kind == "block":
            graph = self.project.blocks[BlockId(node.spec.partition(".")[2])].graph
            for port in ports[1:]:
                again = graph.nodes[NodeId(port)].args.get("again")
                if isinstance(again, At):
                    carried[again.address] = port
        return carried

    def _asked(self, frame: Frame, node: Node, arrived: Mapping[str, Any]) -> bool:
        assert node.when is not None
        return bool(concrete(node.when, self._scope(frame, {}), _shapes_of(arrived)))

    def _scope(self, frame: Frame, inside: Mapping[str, int]) -> dict[str, Any]:
        return {**frame.sizes, **frame.parameters, "training": self.module.training, **inside}

    def _call(
        self,
        frame: Frame,
        node: NodeId,
        spec: Spec,
        arrived: Mapping[str, Any],
        copy: int | None,
        inside: Mapping[str, int],
    ) -> dict[str, Any]:
        found = frame.node(node)
        at = frame.address(frame.owner(node)) + ("" if copy is None else f"[{copy}]")
        if spec.kind == "block":
            return self._run(self.frames[at], arrived)
        if spec.name == "param.of":
            return {"output": self._weight(frame, found)}
        scope = self._scope(frame, inside)
        shapes = _shapes_of(arrived)
        args = {
            a.name: concrete(found.args[a.name], scope, shapes)
            for a in spec.arguments
            if a.stage == "call" and a.name in found.args and a.name not in arrived
        }
        target = self.owned.get(at)
        if at in self.resting and isinstance(target, KEEPING):
            target.eval()
        result = call(spec, target, args, arrived)
        owner = frame.node(frame.owner(node))
        return flatten_outputs(spec, as_called(spec, found, owner), result)

    def _weight(self, frame: Frame, node: Node) -> torch.Tensor:
        of = node.args["of"]
        assert isinstance(of, At)
        found = self.owned[frame.address(of.address)]
        for part in str(node.args.get("parameter", "weight")).split("."):
            found = getattr(found, part)
        return found


def _shapes_of(arrived: Mapping[str, Any]) -> expressions.Shapes:
    return lambda port: tuple(arrived[port].shape)


def concrete(value: Arg, scope: Mapping[str, Any], shapes: expressions.Shapes | None) -> Any:
    """Return an argument in which every expression is replaced by its value."""
    if isinstance(value, Expr):
        return expressions.evaluate(expressions.parse(value.text), scope, shapes)
    if isinstance(value, tuple):
        return tuple(concrete(item, scope, shapes) for item in value)
    if isinstance(value, Slice):
        ends = (concrete(e, scope, shapes) for e in (value.start, value.stop, value.step))
        return Slice(*ends)
    if isinstance(value, FrozenMap):
        return FrozenMap({k: concrete(v, scope, shapes) for k, v in value.items()})
    return value
