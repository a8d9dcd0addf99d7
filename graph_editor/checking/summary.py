"""The summary of a drawing: for each node its output, and what it costs with all that is in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from graph_editor.catalogue.order import Lookup, canonical_order, regions
from graph_editor.catalogue.ports import output_ports
from graph_editor.checking.training_memory import (
    Range,
    count_of_nodes,
    node_memory,
    paths_of,
    together,
    training_memory,
)
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import Address, Block, BlockId, Node, NodeId, Project

COPY = re.compile(r"\[\d+\]")
BATCH = re.compile(r"\bB\b")
"""The batch in a size."""
STATUS = {"error": "✗ error", "waiting": "… waiting", "unknown": "? unknown here"}
Called = Callable[[str, NodeId, Node], str]
"""Says what a node is called: key of its graph, its id, the node."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One node, at a depth below the main graph."""

    address: str
    """From the main graph downwards, without the numbers of copies."""
    depth: int
    name: str
    spec: str
    output: str
    """The shape, several with the names of their ports, or why there is none."""
    parameters: int
    flops: int
    """Of one forward pass of one sample; of the whole pass where the drawing has no batch."""
    activations: int
    """Bytes for a whole batch."""
    memory: Range
    """What a training takes of it."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What all nodes cost together."""

    parameters: int
    flops: int
    activations: int
    memory: Range

    @property
    def title(self) -> str:
        """What its row is called: all is at least so much where some nodes are not judged."""
        return "at least" if self.memory.unjudged else "total"

    @property
    def note(self) -> str:
        """How many nodes are not judged, where some are not."""
        left = self.memory.unjudged
        return f"({count_of_nodes(left)} not judged)" if left else ""


def totals(project: Project, verdict: Verdict) -> Totals:
    """Return what the whole drawing costs."""
    return Totals(
        sum(verdict.parameters.values()),
        sum(verdict.flops.values()),
        sum(verdict.activations.values()),
        training_memory(project, verdict),
    )


def work_unit(verdict: Verdict) -> str:
    """Return what FLOPs are those of: of one sample, or of a pass where nothing has a batch."""
    dims = (dim for found in verdict.types.values() for dim in found.shape)
    has_batch = any(isinstance(dim, str) and BATCH.search(dim) for dim in dims)
    return "per sample" if has_batch else "per pass"


def summary(
    project: Project,
    lookup: Lookup,
    verdict: Verdict,
    inside: bool = False,
    called: Called = lambda _, key, node: node.name or key,
) -> tuple[SummaryRow, ...]:
    """Return a row for each node of the main graph, in the order of execution.

    Where ``inside`` is on, what is in a block follows its row, one level deeper.
    """
    return tuple(_Summing(project, lookup, verdict, called).rows("main", "", 0, inside))


class _Summing:
    """Numbers of one verdict by address, with those of all that lies below added."""

    def __init__(self, project: Project, lookup: Lookup, verdict: Verdict, called: Called) -> None:
        self._project, self._lookup, self._called = project, lookup, called
        self._parameters = _sums(verdict.parameters)
        self._flops = _sums(verdict.flops)
        self._activations = _sums(verdict.activations)
        self._memory: dict[str, list[Range]] = {}
        for address, need in node_memory(project, verdict).items():
            for path in paths_of(address):
                self._memory.setdefault(path, []).append(need)
        self._types: dict[str, TensorType] = {}
        for port, kind in verdict.types.items():
            self._types.setdefault(COPY.sub("", port), kind)
        self._status = {COPY.sub("", str(a)): word for a, word in verdict.status.items()}

    def rows(self, key: str, prefix: str, depth: int, inside: bool) -> Iterator[SummaryRow]:
        block = self._project.block(key)
        for node_id in self._order(block):
            node = block.graph.nodes[node_id]
            address = f"{prefix}{node_id}"
            yield SummaryRow(
                address,
                depth,
                self._called(key, node_id, node),
                node.spec,
                self._output(address, node),
                self._parameters[address],
                self._flops[address],
                self._activations[address],
                together(self._memory.get(address, ())),
            )
            inner = BlockId(node.spec.partition(".")[2])
            if inside and node.kind == "block" and inner in self._project.blocks:
                yield from self.rows(inner, f"{address}/", depth + 1, inside)

    def _order(self, block: Block) -> tuple[NodeId, ...]:
        parts = regions(block, self._lookup)
        ends = (*parts.model, *parts.step, *parts.idle)
        return canonical_order(block.graph, ends, self._lookup)

    def _output(self, address: str, node: Node) -> str:
        spec = self._lookup(node.spec)
        ports = output_ports(spec, node) if spec is not None else ()
        keyed = [(port, f"{address}.{port}") for port in ports]
        found = [(port, self._types[key]) for port, key in keyed if key in self._types]
        if len(found) == 1:
            return found[0][1].text()
        if found:
            return ", ".join(f"{port} {kind.text()}" for port, kind in found)
        return STATUS.get(self._status.get(address, ""), "")


def _sums(counts: Mapping[Address, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for address, count in counts.items():
        for path in paths_of(address):
            found[path] += count
    return found
