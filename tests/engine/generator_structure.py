"""Makes parts of a random graph into blocks, and repeats, switches and freezes nodes.

What is done mostly leaves a sound graph sound: a node is repeated or switched off where it gives
what it takes. Now and then it is done anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import torch

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import incoming, sources_in_order
from graph_editor.catalogue.ports import output_ports
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    At,
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
    Repeat,
    Weights,
)
from tests.engine.generator_ground import BATCH, Output, spec_named

COUNTS: tuple[int | Expr, ...] = (1, 2, 3, 2, Expr("1 + 1"), 0)
SWITCHES = ("training", "not training", f"B == {BATCH}", f"B > {BATCH}", "True", "False", "1 > 2")
ALIKE = ("True", "False", "1 > 2", "not training", f"B > {BATCH}")
"""Switches that are off in the first try if they ever are: where an output is missed in a later one
only, the judge does not tell in which."""
LIFTED = ("out_features", "out_channels", "hidden_size", "dim", "start_dim", "p", "kernel_size")
"""Arguments that a block may hand on as parameters of its own."""
INNER = ("nn", "op", "torch", "F", "Tensor")
"""Kinds of nodes that may stand in a block."""


class Structure:
    """A finished graph that is rearranged."""

    def __init__(
        self,
        random: Random,
        nodes: Mapping[NodeId, Node],
        wires: Mapping[InPort, OutPort],
        outputs: Iterable[Output],
        made: Mapping[NodeId, Any],
    ) -> None:
        self.random = random
        self.made, self.ties = made, dict[str, str]()
        self.nodes, self.wires = dict(nodes), dict(wires)
        self.blocks: dict[BlockId, Block] = {}
        self.outputs = {output.port: output for output in outputs}

    # --- one node ------------------------------------------------------------------------------

    def bend(self) -> None:
        """Repeat, switch and freeze some nodes."""
        called: dict[tuple[str, ...], NodeId] = {}
        for id_ in list(self.nodes):
            node = self.nodes[id_]
            if node.kind not in INNER or not any(target.node == id_ for target in self.wires):
                continue
            if id_ in self._meant():
                continue
            single = len(output_ports(spec_named(node.spec), node)) == 1
            chance = 0.1 if self._keeps(id_) else 0.008 if single else 0.05
            if single and self.random.random() < chance:
                count, shared = self.random.choice(COUNTS), self.random.random() < 0.4
                node = replace(node, repeat=Repeat(count, shared))
            if self.random.random() < chance:
                switches = SWITCHES if single else ALIKE
                node = replace(node, when=Expr(self.random.choice(switches)))
            if node.kind == "nn" and node.repeat is None:
                ports = output_ports(spec_named(node.spec), node)
                owner = called.setdefault((node.spec, *ports), id_)
                if owner != id_ and self.random.random() < 0.5:
                    node = self._shared(id_, node, owner)
                    called[node.spec, *ports] = owner if node.weights is not None else id_
            if node.kind == "nn" and self.random.random() < 0.05:
                node = replace(node, freeze=(Address("."),))
            if node.weights is None and self._weights(id_) and self.random.random() < 0.15:
                mine = Weights(same_as=id_)  # of what calls this layer, which follows no part of it
                others = (n for n, each in self.nodes.items() if each.weights != mine)
                leaders = [n for n in others if n != id_ and self._weights(n)]
                if leaders:
                    leader = Address(self.random.choice(leaders))
                    node = replace(node, weights=Weights(follows=leader, decay=0.9))
            self.nodes[id_] = node

    def _shared(self, id_: NodeId, node: Node, before: NodeId) -> Node:
        """Let a node call the layer of one before it, or that one its own, where it is free to."""
        first = self.nodes[before]
        followed = (n.weights.same_as for n in self.nodes.values() if n.weights is not None)
        is_free = before not in {*self._meant(), *followed}
        if is_free and self.random.random() < 0.3:
            self.nodes[before] = replace(first, args=NOTHING, weights=Weights(same_as=id_))
            return node
        return replace(node, args=NOTHING, weights=Weights(same_as=before))

    def tie(self) -> None:
        """Let weights of one shape of two layers be one."""
        plain = [
            id_
            for id_, node in self.nodes.items()
            if node.repeat is None and node.when is None and node.weights is None
        ]
        found = [(f"{id_}.{name}", shape) for id_ in plain for name, shape in self._weights(id_)]
        pairs = [
            (one, other)
            for one, shape in found
            for other, wanted in found
            if shape == wanted and one.partition(".")[0] != other.partition(".")[0]
        ]
        if pairs:
            one, other = self.random.choice(pairs)
            self.ties[one] = other

    def _weights(self, id_: NodeId) -> list[tuple[str, tuple[int, ...]]]:
        """Return the weights that a layer itself owns, with their shapes."""
        made = self.made.get(id_)
        if not isinstance(made, torch.nn.Module):
            return []
        return [(name, tuple(p.shape)) for name, p in made.named_parameters(recurse=False)]

    def _meant(self) -> set[str]:
        """Return the nodes whose weights others read, follow or have too."""
        values = (value for node in self.nodes.values() for value in node.args.values())
        read = {str(value.address) for value in values if isinstance(value, At)}
        tied = {side.partition(".")[0] for pair in self.ties.items() for side in pair}
        kept = [node.weights.follows for node in self.nodes.values() if node.weights is not None]
        return read | tied | {str(leader) for leader in kept if leader is not None}

    def _keeps(self, id_: NodeId) -> bool:
        """Whether what a node gives first is of the shape and dtype of what it takes first."""
        graph = Graph(FrozenMap(self.nodes), FrozenMap(self.wires))
        sources = sources_in_order(graph, id_, incoming(graph)[id_], catalogue().get)
        spec = catalogue().get(self.nodes[id_].spec)
        if not sources or spec is None:
            return False
        ports = output_ports(spec, self.nodes[id_])
        taken = self.outputs.get(sources[0][1])
        given = self.outputs.get(OutPort(id_, ports[0])) if ports else None
        if taken is None or given is None or not given.dims or len(ports) > 1:
            return False
        return taken.dims == given.dims and taken.dtype == given.dtype

    # --- blocks --------------------------------------------------------------------------------

    def enclose(self) -> None:
        """Make a few nodes that follow each other into a block."""
        inside = self._chosen()
        if not inside:
            return
        entries = [
            (t, s) for t, s in self.wires.items() if t.node in inside and s.node not in inside
        ]
        leaving = [
            (t, s) for t, s in self.wires.items() if s.node in inside and t.node not in inside
        ]
        if not leaving:
            return
        block, nodes, wires = NodeId("block"), dict[NodeId, Node](), dict[InPort, OutPort]()
        sources = list(dict.fromkeys(source for _, source in entries))
        results = list(dict.fromkeys(source for _, source in leaving))
        ins = {source: NodeId(f"in{k}") for k, source in enumerate(sources)}
        outs = {source: NodeId(f"out{k}") for k, source in enumerate(results)}
        for source, id_ in ins.items():
            nodes[id_] = Node("io.input", args=self._declared(source))
        for source, id_ in outs.items():
            nodes[id_] = Node("io.output")
            wires[InPort(id_, PortPath("input"))] = source
        for target in [t for t in self.wires if t.node in inside]:
            source = self.wires.pop(target)
            wires[target] = OutPort(ins[source], "output") if source in ins else source
        for target, source in leaving:
            self.wires[target] = OutPort(block, outs[source])
        for source, id_ in ins.items():
            self.wires[InPort(block, PortPath(id_))] = source
        for id_ in inside:
            nodes[id_] = self.nodes.pop(id_)
        parameters, args = self._lifted(nodes)
        graph = Graph(FrozenMap(nodes), FrozenMap(wires))
        made = Block(graph, "Part", parameters, tuple(ins.values()), tuple(outs.values()))
        self.blocks[BlockId("part")] = made
        self.nodes[block] = Node("block.part", args=args)
        self._vary(block, sources, results)

    def _chosen(self) -> list[NodeId]:
        """Return a node, and some of those that lead to it from nowhere else."""
        owners = {node.weights.same_as for node in self.nodes.values() if node.weights is not None}
        able = [
            n
            for n, node in self.nodes.items()
            if node.kind in INNER and node.weights is None and n not in self._meant() | owners
        ]
        last = [n for n in able if any(t.node == n for t in self.wires)]
        if not last:
            return []
        found = [self.random.choice(last)]
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            before = [
                n
                for n in able
                if n not in found
                and any(s.node == n and t.node in found for t, s in self.wires.items())
                and all(t.node in found for t, s in self.wires.items() if s.node == n)
            ]
            if not before:
                break
            found.append(self.random.choice(before))
        return found

    def _declared(self, source: OutPort) -> FrozenMap[str, Arg]:
        """Return what an input of a block says of what arrives there; mostly nothing."""
        known = self.outputs.get(source)
        if known is None:
            return NOTHING
        if known.dtype is int:
            return FrozenMap({"kind": "size"})
        if not known.dims or self.random.random() < 0.6:
            return NOTHING
        dims: list[Arg] = [Expr(f"n{k}") for k in range(len(known.dims))]
        for axis, dim in enumerate(known.dims):
            if len(set(dim)) == 1 and self.random.random() < 0.4:
                dims[axis] = dim[0] if self.random.random() < 0.95 else dim[0] + 1
        return FrozenMap({"shape": tuple(dims)})

    def _lifted(
        self, nodes: dict[NodeId, Node]
    ) -> tuple[tuple[Parameter, ...], FrozenMap[str, Arg]]:
        """Let an argument of a node inside be a parameter of the block."""
        able = [
            (id_, name)
            for id_, node in nodes.items()
            for name, value in node.args.items()
            if name in LIFTED and isinstance(value, int | float) and not isinstance(value, bool)
        ]
        if not able or self.random.random() < 0.4:
            return (), NOTHING
        id_, name = self.random.choice(able)
        value = nodes[id_].args[name]
        nodes[id_] = replace(nodes[id_], args=nodes[id_].args.set(name, Expr("size")))
        kind = "int" if isinstance(value, int) else "float"
        if self.random.random() < 0.5:
            return (Parameter("size", kind, value),), NOTHING
        return (Parameter("size", kind),), FrozenMap({"size": value})

    def _vary(self, block: NodeId, sources: list[OutPort], results: list[OutPort]) -> None:
        """Repeat, switch or freeze a block, or use it once more."""
        node = self.nodes[block]
        taken = self.outputs.get(sources[0]) if sources else None
        given = self.outputs.get(results[0])
        same = taken is not None and given is not None and bool(given.dims)
        keeps = same and taken.dims == given.dims and taken.dtype == given.dtype
        chance = 0.35 if keeps and len(results) == 1 else 0.02 if sources else 0
        if self.random.random() < chance:
            node = replace(
                node, repeat=Repeat(self.random.choice((1, 2, 3)), self.random.random() < 0.4)
            )
        if self.random.random() < chance:
            node = replace(node, when=Expr(self.random.choice(SWITCHES)))
        if self.random.random() < 0.05:
            node = replace(node, freeze=(Address("."),))
        self.nodes[block] = node
        if self.random.random() < 0.3:
            again, shown = NodeId("again"), NodeId("again_shown")
            self.nodes[again], self.nodes[shown] = node, Node("io.output")
            for target, source in list(self.wires.items()):
                if target.node == block:
                    self.wires[InPort(again, target.port)] = source
            self.wires[InPort(shown, PortPath("input"))] = OutPort(again, "out0")

    def project(self) -> Project:
        """Return the graph as a project."""
        graph = Graph(FrozenMap(self.nodes), FrozenMap(self.wires), FrozenMap(self.ties))
        ends = [
            tuple(n for n, node in self.nodes.items() if node.spec == spec)
            for spec in ("io.input", "io.output")
        ]
        main = Block(graph, "Main", (), *ends)
        return Project(main, FrozenMap(self.blocks), run=FrozenMap({"batch_size": BATCH}))


def structured(
    random: Random,
    nodes: Mapping[NodeId, Node],
    wires: Mapping[InPort, OutPort],
    outputs: Iterable[Output],
    made: Mapping[NodeId, Any],
) -> Project:
    """Return a graph as a project, parts of which may be rearranged."""
    found = Structure(random, nodes, wires, outputs, made)
    if random.random() < 0.5:
        found.bend()
    if random.random() < 0.5:
        found.tie()
    if random.random() < 0.4:
        found.enclose()
    return found.project()
