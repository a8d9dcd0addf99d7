"""Which node of an edited text is which of the text before: by attribute, place and neighbours.

A wrong guess costs no more than a node's id and place on the canvas: what the drawing says
afterwards is what the edited text says, whatever was matched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TypeAlias

from codegen.reading.bare import Bare, BareNode
from codegen.reading.members import ReadModel
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import NodeId

Key: TypeAlias = tuple[object, ...]


@dataclass(slots=True)
class Matching:
    """What of the edited text was there before."""

    graphs: dict[str, str] = field(default_factory=dict)
    """Graph of the edited text -> graph of the text before."""
    nodes: dict[tuple[str, NodeId], NodeId] = field(default_factory=dict)
    """Graph and node of the edited text -> node of the text before."""


def matched(before: ReadModel, after: ReadModel) -> Matching:
    """Match two texts."""
    found = Matching(graphs=_graphs(before, after))
    old, new = Bare(before.project, whole=True), Bare(after.project, whole=True)
    for key, other in found.graphs.items():
        if key in new.plans and other in old.plans:
            one = _Side(before, old, other, {k: k for k in old.plans})
            two = _Side(after, new, key, found.graphs)
            pairs = _Nodes(one, two).run()
            found.nodes |= {(key, node): match for node, match in pairs.items()}
    return found


def _graphs(before: ReadModel, after: ReadModel) -> dict[str, str]:
    """Match classes by name; one that is left on either side was renamed."""
    old = {name: key for key, name in before.classes.items()}
    found = {key: old[name] for key, name in after.classes.items() if name in old}
    mine = [k for k in after.classes if k not in found]
    theirs = [k for k in before.classes if k not in found.values()]
    if len(mine) == len(theirs) == 1 and (mine == [MAIN]) == (theirs == [MAIN]):
        found[mine[0]] = theirs[0]
    return found


class _Side:
    """One graph of one text."""

    def __init__(self, read: ReadModel, bare: Bare, key: str, blocks: dict[str, str]) -> None:
        self.read, self.key, self.blocks = read, key, blocks
        self.plan = bare.plans[key]
        self.order = [n for n in self.plan.graph.nodes if n in self.plan.nodes]
        self.nodes: dict[NodeId, BareNode] = {n: bare.node(key, n) for n in self.order}

    def spec(self, node: NodeId) -> str:
        """Return a node's spec; a block's in the keys of the text before."""
        spec = self.nodes[node].spec
        if spec.startswith("block."):
            return f"block.{self.blocks.get(spec[6:], '?' + spec[6:])}"
        return spec

    def attribute(self, node: NodeId) -> str:
        """Return the attribute whose module a node calls."""
        return self.read.attributes.get((self.key, self.plan.owner(node)), "")

    def says(self, node: NodeId) -> Key:
        """Return all that a node says, without what arrives at it."""
        found = self.nodes[node]
        args = tuple(sorted((k, str(v)) for k, v in found.args.items()))
        return (self.spec(node), args, found.when, found.count)


class _Nodes:
    """Matches the nodes of one graph, from what is surest to what is least so."""

    def __init__(self, old: _Side, new: _Side) -> None:
        self.old, self.new = old, new
        self.found: dict[NodeId, NodeId] = {}
        self.taken: set[NodeId] = set()

    def run(self) -> dict[NodeId, NodeId]:
        """Return the matches: node of the edited text -> node before."""
        self._ends()
        self._by(lambda s, n: (s.spec(n), s.attribute(n), self._turn(s, n)), self._single)
        self._along(lambda s, n: (s.says(n), s.attribute(n).partition("[")[0]))
        self._along(lambda s, n: s.says(n))
        self._along(lambda s, n: (s.spec(n), s.attribute(n).partition("[")[0]))
        self._along(lambda s, n: (s.spec(n),))
        self._by(lambda s, n: ("attribute", s.attribute(n), self._turn(s, n)), self._single)
        self._replaced()
        return self.found

    def _pair(self, new: NodeId, old: NodeId) -> None:
        self.found[new] = old
        self.taken.add(old)

    def _left(self) -> tuple[list[NodeId], list[NodeId]]:
        ends = ("io.input", "io.output")
        new = [n for n in self.new.order if n not in self.found]
        old = [n for n in self.old.order if n not in self.taken]
        return (
            [n for n in new if self.new.nodes[n].spec not in ends],
            [n for n in old if self.old.nodes[n].spec not in ends],
        )

    def _ends(self) -> None:
        """Match inputs by name and then by place, outputs by place."""
        mine, theirs = self.new.plan.block.inputs, self.old.plan.block.inputs
        for node in mine:
            if node in theirs:
                self._pair(node, node)
        rest = [n for n in theirs if n not in self.taken]
        for new, old in zip([n for n in mine if n not in self.found], rest, strict=False):
            self._pair(new, old)
        for new, old in zip(self.new.plan.outputs(), self.old.plan.outputs(), strict=False):
            self._pair(new, old)

    def _single(self, side: _Side, node: NodeId) -> bool:
        """Whether a node has an attribute that is no chain's."""
        attribute = side.attribute(node)
        return bool(attribute) and "[" not in attribute

    def _turn(self, side: _Side, node: NodeId) -> int:
        """Return which call of its module a node is."""
        owner = side.plan.owner(node)
        return [n for n in side.order if side.plan.owner(n) == owner].index(node)

    def _by(
        self, key: Callable[[_Side, NodeId], Key], fits: Callable[[_Side, NodeId], bool]
    ) -> None:
        """Match nodes of which each side has exactly one under a key."""
        new, old = self._left()
        mine = _unique((key(self.new, n), n) for n in new if fits(self.new, n))
        theirs = _unique((key(self.old, n), n) for n in old if fits(self.old, n))
        for each, node in mine.items():
            if each in theirs:
                self._pair(node, theirs[each])

    def _along(self, key: Callable[[_Side, NodeId], Key]) -> None:
        """Match what is left in the order of the text, as lines of two texts are."""
        new, old = self._left()
        one, two = [key(self.old, n) for n in old], [key(self.new, n) for n in new]
        for start, other, size in SequenceMatcher(None, one, two, False).get_matching_blocks():
            for step in range(size):
                self._pair(new[other + step], old[start + step])

    def _replaced(self) -> None:
        """Match a node with one of another kind that took its inputs, where nothing else did."""
        new, old = self._left()
        mine = _unique((self._fed(self.new, n), n) for n in new)
        theirs = _unique((self._fed(self.old, n), n) for n in old)
        for each, node in mine.items():
            if each and each in theirs:
                self._pair(node, theirs[each])

    def _fed(self, side: _Side, node: NodeId) -> Key:
        sources = side.nodes[node].wires.values()
        if side is self.new:
            return tuple((self.found.get(s.node, f"?{s.node}"), s.port) for s in sources)
        return tuple((s.node, s.port) for s in sources)


def _unique(pairs: Iterable[tuple[Key, NodeId]]) -> dict[Key, NodeId]:
    """Return the pairs whose key occurs once."""
    found: dict[Key, list[NodeId]] = {}
    for key, node in pairs:
        found.setdefault(key, []).append(node)
    return {key: nodes[0] for key, nodes in found.items() if len(nodes) == 1}
