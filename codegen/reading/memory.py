"""What works in place: read only where the drawing's order lets everything see the same numbers.

A drawing has no lines, so that what is written from it may compute values in another order than the
text that was read. That makes no difference, but where memory is written over: whoever reads it has
to do so before the change, or behind it, in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from codegen.reading.drawing import Sketch
from codegen.reading.problems import NotRead, shown
from graph_editor.catalogue.order import Lookup, canonical_order
from graph_editor.document.model import Block, Graph, Node, NodeId, PortPath

FRESH = (
    "nn.Conv", "nn.Linear", "nn.Bilinear", "nn.BatchNorm", "nn.LayerNorm", "nn.GroupNorm",
    "nn.InstanceNorm", "nn.RMSNorm", "nn.MaxPool", "nn.AvgPool", "nn.AdaptiveAvgPool",
    "nn.Embedding", "op.add", "op.sub", "op.mul", "op.truediv", "op.matmul", "op.neg",
    "op.setitem", "torch.cat", "torch.stack", "torch.bmm", "F.linear", "F.embedding",
)  # fmt: skip
"""How the specs begin whose results are new memory; those of all others may be what they read."""
APART = ("io.", "param.", "buffer.", "const.")


@dataclass(slots=True)
class Memory:
    """Which values of a graph may share memory, and what writes into it."""

    graph: Graph
    blocks: Mapping[str, Block]
    known: dict[str, set[PortPath]] = field(default_factory=dict)
    """Blocks -> the inputs whose memory they write over, as far as that was asked."""
    parents: dict[NodeId, NodeId] = field(default_factory=dict)
    sources: dict[NodeId, dict[PortPath, NodeId]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for end, start in self.graph.wires.items():
            self.sources.setdefault(end.node, {})[end.port] = start.node
        first = NodeId("")
        for node, found in self.graph.nodes.items():
            if found.spec == "io.input":  # a caller may give the same value twice
                first = first or node
                self._join(first, node)
        for end, start in self.graph.wires.items():
            if not self._is_fresh(self.graph.nodes[end.node]):
                self._join(start.node, end.node)

    def _is_fresh(self, node: Node) -> bool:
        is_plain = node.when is None and node.repeat is None and not is_in_place(self.graph, node)
        return node.spec.startswith(FRESH) and is_plain

    def _join(self, one: NodeId, other: NodeId) -> None:
        self.parents[self.place(one)] = self.place(other)

    def place(self, node: NodeId) -> NodeId:
        """Return the node that stands for the memory in which a node's results may be."""
        while (above := self.parents.get(node, node)) != node:
            self.parents[node] = self.parents.get(above, above)  # the next way is shorter
            node = above
        return node

    def written(self, node: NodeId) -> set[NodeId]:
        """Return the memory that a node writes over."""
        found, sources = self.graph.nodes[node], self.sources.get(node, {})
        if is_in_place(self.graph, found):
            return {self.place(source) for source in sources.values()}
        key = found.spec.removeprefix("block.")
        block = self.blocks.get(key)
        if found.kind != "block" or block is None:
            return set()
        if key not in self.known:
            inside = Memory(block.graph, self.blocks, self.known)
            self.known[key] = inside.written_inputs()
        return {self.place(s) for port, s in sources.items() if port in self.known[key]}

    def written_inputs(self) -> set[PortPath]:
        """Return the inputs whose memory the graph writes over."""
        over = {place for node in self.graph.nodes for place in self.written(node)}
        ports = [n for n, found in self.graph.nodes.items() if found.spec == "io.input"]
        return {PortPath(port) for port in ports if self.place(port) in over}

    def read(self, node: NodeId) -> set[NodeId]:
        """Return the memory that a node reads."""
        return {self.place(source) for source in self.sources.get(node, {}).values()}


def is_in_place(graph: Graph, node: Node) -> bool:
    """Whether a node, or the one whose module it calls, may write over what it is given."""
    owner = graph.nodes.get(node.weights.same_as) if node.weights and node.weights.same_as else None
    return (owner or node).args.get("inplace", False) is not False


def check_order(
    sketch: Sketch, outputs: Iterable[NodeId], blocks: Mapping[str, Block], lookup: Lookup
) -> None:
    """Raise NotRead where what works in place would act at another time in the drawing."""
    graph = sketch.graph()
    memory = Memory(graph, blocks)
    writers = {node: over for node in graph.nodes if (over := memory.written(node))}
    calls = _repeated_calls(graph, blocks)
    if not writers and not calls:
        return
    drawn = {n: k for k, n in enumerate(canonical_order(graph, outputs, lookup))}
    _check_calls(sketch, calls, drawn)
    said = {n: float(k) for k, n in enumerate(graph.nodes)}

    def moments(node: NodeId, over: set[NodeId]) -> set[float]:
        """Return when a node reads memory: what is written into was read when it was copied."""
        copied = memory.sources.get(node, {}).get(PortPath("input"))
        if node in sketch.copied and copied is not None and memory.place(copied) in over:
            return {said[node], sketch.copied[node] - 0.5}
        return {said[node]}

    readers: dict[NodeId, list[NodeId]] = {}
    for node in drawn:
        for place in () if graph.nodes[node].spec.startswith(APART) else memory.read(node):
            readers.setdefault(place, []).append(node)
    for writer, over in writers.items():
        code = sketch.code[writer]
        if writer not in drawn:
            words = f"{shown(code)} works in place, and its result is used for nothing; "
            raise NotRead(code, words + "give it a name and go on with that")
        for other in (node for place in sorted(over) for node in readers.get(place, ())):
            if other == writer:
                continue
            before = drawn[other] < drawn[writer]
            if any((moment < said[writer]) != before for moment in moments(other, over)):
                words = f"{shown(code)} works in place, and {shown(sketch.code[other])} reads that "
                words += "too: a drawing cannot say which comes first; leave inplace out"
                raise NotRead(code, words)


MOVING = ("nn.BatchNorm", "nn.SyncBatchNorm", "nn.InstanceNorm", "code.")
"""How the specs begin whose modules may remember in training what they were given."""


def _repeated_calls(graph: Graph, blocks: Mapping[str, Block]) -> list[list[NodeId]]:
    """Return the calls of each module that is called twice and remembers, as the text has them."""
    calls: dict[NodeId, list[NodeId]] = {}
    for node, found in graph.nodes.items():
        owner = found.weights.same_as if found.weights and found.weights.same_as else node
        calls.setdefault(owner, []).append(node)
    several = [each for each in calls.values() if len(each) > 1]
    return [each for each in several if _remembers(graph.nodes[each[0]], blocks)]


def _remembers(node: Node, blocks: Mapping[str, Block]) -> bool:
    block = blocks.get(node.spec.removeprefix("block."))
    if node.kind == "block" and block is not None:
        return any(_remembers(inner, blocks) for inner in block.graph.nodes.values())
    return node.spec.startswith(MOVING)


def _check_calls(
    sketch: Sketch, calls: Iterable[list[NodeId]], drawn: Mapping[NodeId, int]
) -> None:
    """Raise NotRead where a drawing calls a module that remembers in another order."""
    for several in calls:
        for node in several:
            if node not in drawn:
                code = sketch.code[node]
                words = f"the result of {shown(code)} is used for nothing, but its statistics move"
                raise NotRead(code, words)
        for one, two in pairwise(several):
            if drawn[one] > drawn[two]:
                code = sketch.code[two]
                words = f"{shown(code)} comes after {shown(sketch.code[one])}, which the drawing "
                words += "calls behind it: statistics would move otherwise; exchange the two"
                raise NotRead(code, words)
