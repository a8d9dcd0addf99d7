"""One class of model.py as it is planned: its nodes in order, what they are called and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codegen.names import slug, spec_word
from codegen.statements import Argument as FunctionArgument
from graph_editor.catalogue.order import Lookup, sources_in_order
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import (
    Address,
    Arg,
    Block,
    BlockId,
    Graph,
    Node,
    NodeId,
    OutPort,
    PortPath,
)

OWNING = ("nn", "block", "param", "buffer")
"""Kinds that live in the module as an attribute."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A constructor parameter that the drawing leaves to inference and instances differ in."""

    path: str
    """A node's path below the class, or an output port's for a size that is asked for."""
    argument: str
    """The node's argument, or ``shape[1]``."""
    name: str
    size: tuple[OutPort, int] | None = None
    """The size in this class's graph that it equals; parameters for one size are one."""


@dataclass(slots=True)
class ClassPlan:
    """One class: the block it is written for and everything decided before its text."""

    key: str
    block: Block
    class_name: str
    order: tuple[NodeId, ...]
    wires: Mapping[NodeId, Mapping[PortPath, OutPort]]
    instances: list[str]
    """Addresses of all instances; of a repeated one, of its first copy."""
    scopes: list[Mapping[str, Arg]] = field(default_factory=list)
    """The values of the parameters in each instance."""
    uses: Counter[OutPort] = field(default_factory=Counter)
    extras: list[Extra] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    """Names of parameters in the drawing -> names in the code."""
    sizes: dict[str, str] = field(default_factory=dict)
    """Sizes that the block's inputs name -> parameters of the constructor that tell them."""
    attributes: dict[NodeId, str] = field(default_factory=dict)
    groups: list[list[NodeId]] = field(default_factory=list)  # each becomes one Sequential
    group_of: dict[NodeId, int] = field(default_factory=dict)
    is_chain: bool = False
    """Whether the class is one chain of modules and nothing else: a Sequential of its own."""
    place_of: dict[NodeId, int] = field(default_factory=dict)  # in its chain
    readers: dict[OutPort, list[tuple[NodeId, PortPath]]] = field(default_factory=dict)
    """Which ports in forward read an output."""
    passing: dict[NodeId, OutPort | None] = field(default_factory=dict)
    """Outputs, and nodes that are switched off: the value they pass through."""
    signature: list[FunctionArgument] = field(default_factory=list)
    """The parameters of forward after self, in the order of inputs()."""
    stored: dict[str, None] = field(default_factory=dict)
    """Parameters that forward reads, and so the constructor keeps."""
    nodes: Mapping[NodeId, Node] = field(init=False)
    """The graph's nodes, in a plain dictionary: they are asked for again and again."""

    def __post_init__(self) -> None:
        self.nodes = self.block.graph.nodes.thawed()

    @property
    def graph(self) -> Graph:
        """Return the block's graph."""
        return self.block.graph

    def node(self, node: NodeId) -> Node:
        """Return a node of the graph."""
        return self.nodes[node]

    def owner(self, node: NodeId) -> NodeId:
        """Return the node whose module this node calls."""
        weights = self.nodes[node].weights
        return weights.same_as if weights is not None and weights.same_as else node

    def address(self, node: NodeId) -> Address:
        """Return the node's address: in a block, that of its first instance."""
        first = self.instances[0] if self.instances else ""
        return Address(f"{first}/{node}" if first else node)

    def origin(self, source: OutPort | None) -> OutPort | None:
        """Return where a value comes from, past outputs and nodes that are switched off."""
        for _ in range(len(self.passing) + 1):  # no more: they may stand in a circle
            if source is None or source.node not in self.passing:
                return source
            source = self.passing[source.node]
        return None

    @property
    def extra_names(self) -> list[str]:
        """The constructor's parameters that the drawing leaves to inference."""
        return list(dict.fromkeys(e.name for e in self.extras))

    def taken(self, node: NodeId, source: OutPort) -> int:
        """Return how often a node reads an output."""
        found = [s for s in self.wires[node].values() if self.origin(s) == source]
        return len(found) * (1 if self.node(node).when is None else 2)

    def ordered(self, node: NodeId, lookup: Lookup) -> list[tuple[PortPath, OutPort]]:
        """Return a node's wires in the order of its spec's ports."""
        wires = self.wires[node]
        if len(wires) < 2:
            return list(wires.items())
        return sources_in_order(self.graph, node, wires, lookup)

    def inputs(self) -> list[NodeId]:
        """Return the input nodes in the order of forward: those that may be left out come last."""
        nodes = self.graph.nodes.thawed()
        listed = [n for n in self.block.inputs if n in nodes and nodes[n].spec == "io.input"]
        if self.key == "main":
            listed = [n for n in listed if n in self.order]
            listed += [n for n in self.order if nodes[n].spec == "io.input" and n not in listed]
        return sorted(listed, key=lambda n: nodes[n].args.get("optional") is True)

    def outputs(self) -> list[NodeId]:
        """Return the output nodes in the order in which forward returns them."""
        nodes = self.graph.nodes.thawed()
        listed = [n for n in self.block.outputs if n in nodes]
        return listed + [n for n in self.order if nodes[n].spec == "io.output" and n not in listed]


def blocks_below(graph: Graph, order: tuple[NodeId, ...]) -> Iterator[tuple[NodeId, BlockId]]:
    """Yield the instances of blocks among nodes, with the blocks' ids."""
    for node in order:
        if graph.nodes[node].kind == "block":
            yield node, BlockId(graph.nodes[node].spec.partition(".")[2])


def is_auto(argument: Argument, node: Node) -> bool:
    """Whether a parameter is left to inference."""
    left_out = argument.name not in node.args
    return argument.stage == "constructor" and left_out and argument.required


def base_name(node: Node, spec: Spec | None) -> str:
    """Return what a node is called in the code, before numbering."""
    title = spec.title if spec is not None and node.kind == "block" else ""
    return slug(node.name) or slug(title) or spec_word(node.spec)
