"""Whether two drawings say the same model, and which node of one is which of the other.

The first is a drawing; the second one was read from code. What leaves no trace in code, and what
code states as a number where the drawing leaves it to inference, makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from codegen.model_class import ClassPlan
from codegen.reading.bare import COMPUTED, SHARED_WEIGHTS, Bare, BareNode
from codegen.written import CannotWrite
from graph_editor.document.addresses import MAIN, split_tie
from graph_editor.document.model import At, Node, NodeId, OutPort, Project

LIKE = "like"


class _Differs(Exception):  # noqa: N818  # an answer
    """The first difference found."""


@dataclass(slots=True)
class Pairing:
    """Which node of one drawing is which of another."""

    difference: str = ""
    """The first difference in words; empty where there is none."""
    graphs: dict[str, str] = field(default_factory=dict)
    nodes: dict[tuple[str, NodeId], NodeId] = field(default_factory=dict)
    """Graph and node of the first -> node of the second, in the graph that is paired with it."""


def isomorphic(drawn: Project, read: Project) -> str:
    """Return the first difference between a drawing and what was read; empty if there is none."""
    return pair(drawn, read).difference


def pair(drawn: Project, read: Project) -> Pairing:
    """Pair the nodes of a drawing's model with those of one that was read."""
    found = Pairing()
    try:
        _Pairer(Bare(drawn), Bare(read, whole=True), found).run()
    except CannotWrite as reason:
        found.difference = str(reason)
    except _Differs as reason:
        found.difference = str(reason)
    return found


class _Pairer:
    """Walks over both from their outputs on."""

    def __init__(self, one: Bare, two: Bare, found: Pairing) -> None:
        self.one, self.two, self.found = one, two, found

    def run(self) -> None:
        if (MAIN in self.one.plans) != (MAIN in self.two.plans):
            raise _Differs("one of them has no main graph")
        by_name = {plan.class_name: key for key, plan in self.two.plans.items()}
        for key in self.one.keys:
            name = self.one.plans[key].class_name
            if name in by_name:
                self.found.graphs[key] = by_name[name]
            elif key == MAIN or MAIN not in self.one.plans:
                raise _Differs(f"there is no class {name}")
        if len(self.found.graphs) != len(self.two.plans):
            raise _Differs(f"classes: {sorted(by_name)} were read")
        for key, other in self.found.graphs.items():
            _Graphs(self, key, other).run()
        for key, other in self.found.graphs.items():
            _Mentions(self, key, other).run()


class _Graphs:
    """Pairs the nodes of one graph with those of another."""

    def __init__(self, whole: _Pairer, key: str, other: str) -> None:
        self.whole, self.key, self.other = whole, key, other
        self.a: ClassPlan = whole.one.plans[key]
        self.b: ClassPlan = whole.two.plans[other]
        self.taken: dict[NodeId, NodeId] = {}
        self.alike = {
            place: self.a.parameters[word]
            for word, place in whole.one.sizes(key).items()
            if word in self.a.parameters
        }
        """Sizes of inputs that have to be a parameter's: code may say either."""
        self.left: list[tuple[OutPort, OutPort]] = []

    def fail(self, node: NodeId, words: str) -> None:
        """Say where the difference is."""
        raise _Differs(f"{self.key}/{node} ({self.a.node(node).spec}): {words}")

    def run(self) -> None:
        """Pair all nodes, from the outputs on."""
        self._parameters()
        self._ends(self.a.inputs(), list(self.b.block.inputs), "inputs")
        self._ends(self.a.outputs(), self.b.outputs(), "outputs")
        while self.left:
            one, two = self.left.pop()
            self._sources(one, two)

    def _parameters(self) -> None:
        mine = {self.a.parameters[p.name]: p for p in self.a.block.parameters}
        theirs = {self.b.parameters[p.name]: p for p in self.b.block.parameters}
        for name, parameter in mine.items():
            other = theirs.get(name)
            if other is None or repr(other.default) != repr(parameter.default):
                raise _Differs(f"{self.key}: the parameter {name} is another")
        if any(p.default is not None for name, p in theirs.items() if name not in mine):
            raise _Differs(f"{self.key}: there are more parameters")

    def _ends(self, mine: list[NodeId], theirs: list[NodeId], what: str) -> None:
        if len(mine) != len(theirs):
            raise _Differs(f"{self.key}: {len(mine)} {what} and {len(theirs)}")
        for one, two in zip(mine, theirs, strict=True):
            self._match(one, two)

    def _match(self, one: NodeId, two: NodeId) -> None:
        """Pair two nodes, and hold them side by side the first time."""
        known = self.whole.found.nodes.get((self.key, one))
        if known is not None:
            if known != two:
                self.fail(one, f"is {known} and also {two}")
            return
        is_weight = self.a.node(one).kind in SHARED_WEIGHTS
        if two in self.taken and not is_weight:
            self.fail(one, f"{two} stands for {self.taken[two]} too")
        self.whole.found.nodes[self.key, one] = two
        self.taken[two] = one
        mine, theirs = self.whole.one.node(self.key, one), self.whole.two.node(self.other, two)
        self._compare(one, mine, theirs)
        if self.a.node(one).spec == "io.input":
            return
        mine.wires.pop(LIKE, None)  # it says where a new tensor lies, which is where all lie
        theirs.wires.pop(LIKE, None)
        paths = {self._port(mine.spec, path): path for path in mine.wires}
        others = {self._port(theirs.spec, path, False): path for path in theirs.wires}
        if set(paths) != set(others):
            self.fail(one, f"is fed at {sorted(paths)} and {sorted(others)}")
        for place, path in paths.items():
            self.left.append((mine.wires[path], theirs.wires[others[place]]))

    def _port(self, spec: str, path: str, is_mine: bool = True, is_input: bool = True) -> str:
        """Return a port; of a block, by its place in the interface."""
        if not spec.startswith("block."):
            return path
        bare = self.whole.one if is_mine else self.whole.two
        ports = bare.block_ports(spec)[0 if is_input else 1]
        return str(ports.index(NodeId(path))) if path in ports else path

    def _sources(self, one: OutPort, two: OutPort) -> None:
        mine, theirs = self.a.node(one.node).spec, self.b.node(two.node).spec
        first = self._port(mine, one.port, True, False)
        second = self._port(theirs, two.port, False, False)
        if first != second:
            self.fail(one.node, f"gives {first} and {second}")
        self._match(one.node, two.node)

    def _compare(self, node: NodeId, mine: BareNode, theirs: BareNode) -> None:
        spec = mine.spec
        if spec.startswith("block."):
            spec = f"block.{self.whole.found.graphs.get(spec[6:], '?')}"
        if spec != theirs.spec:
            self.fail(node, f"is {theirs.spec} in the other")
        for word in ("when", "count", "is_shared"):
            other = self._as_drawn(getattr(theirs, word))
            if getattr(mine, word) != other and mine.when != "computed":
                self.fail(node, f"{word}: {getattr(mine, word)!r} and {getattr(theirs, word)!r}")
        args = self._named(mine)
        others = {k: self._as_drawn(v) for k, v in self._named(theirs, False).items()}
        for place in {*args, *others}:
            stem = place.partition("[")[0].partition(".")[0].partition("#")[0]
            if args.get(stem) is COMPUTED or others.get(stem) is COMPUTED:
                continue
            if spec.startswith("block.") and stem not in self._known_parameters(mine.spec):
                continue  # the drawing leaves it to inference altogether
            if args.get(place) != others.get(place):
                self.fail(node, f"{place} is {args.get(place)} and {others.get(place)}")

    def _as_drawn(self, value: object) -> object:
        """Return what code says of a size in the drawing's word for it."""
        if not isinstance(value, str) or not self.alike:
            return value
        return re.sub(r"size_\d+_\d+", lambda found: self.alike.get(found[0], found[0]), value)

    def _named(self, node: BareNode, is_mine: bool = True) -> dict[str, object]:
        """Return arguments; of a block, by the names that its parameters have in the code."""
        if not node.spec.startswith("block."):
            return node.args
        bare = self.whole.one if is_mine else self.whole.two
        names = bare.plans[node.spec[6:]].parameters
        return {names.get(k, self._port(node.spec, k, is_mine)): v for k, v in node.args.items()}

    def _known_parameters(self, spec: str) -> Iterable[str]:
        return self.whole.one.plans[spec[6:]].parameters.values()


class _Mentions:
    """Holds what names other nodes side by side, once all nodes are paired."""

    def __init__(self, whole: _Pairer, key: str, other: str) -> None:
        self.whole, self.key, self.other = whole, key, other
        self.a, self.b = whole.one.plans[key], whole.two.plans[other]

    def run(self) -> None:
        """Compare owners, weights that are read, ties and what is frozen."""
        nodes = {o: t for (k, o), t in self.whole.found.nodes.items() if k == self.key}
        owners: dict[NodeId, NodeId] = {}
        for one, two in nodes.items():
            if self.a.node(one).kind in SHARED_WEIGHTS:
                self._weight(one, two)
                continue
            mine, theirs = self.a.owner(one), self.b.owner(two)
            if owners.setdefault(mine, theirs) != theirs:
                raise _Differs(f"{self.key}/{one}: calls the module of {mine} and {theirs}")
        if len(set(owners.values())) != len(owners):
            raise _Differs(f"{self.key}: the modules of {sorted(owners)} are fewer in the other")
        ties = {self._tied(a): self._tied(b) for a, b in self.a.graph.ties.items()}
        others = {self._tied(a, False): self._tied(b, False) for a, b in self.b.graph.ties.items()}
        if ties != others:
            raise _Differs(f"{self.key}: tied are {ties} and {others}")
        frozen, also = set(self._frozen(self.a, True)), set(self._frozen(self.b, False))
        if frozen != also:
            raise _Differs(f"{self.key}: frozen are {sorted(frozen)} and {sorted(also)}")

    def _weight(self, one: NodeId, two: NodeId) -> None:
        if self.a.node(one).spec != "param.of":
            return
        mine, theirs = self._of(self.a.node(one), True), self._of(self.b.node(two), False)
        if mine != theirs:
            raise _Differs(f"{self.key}/{one}: reads {mine} and {theirs}")

    def _of(self, node: Node, is_mine: bool) -> str:
        at = node.args.get("of")
        address = str(at.address) if isinstance(at, At) else "?"
        return self._tied(f"{address}.{node.args.get('parameter', 'weight')}", is_mine)

    def _tied(self, text: str, is_mine: bool = True) -> str:
        address, parameter = split_tie(text)
        return f"{self._address(str(address), is_mine)}.{parameter}"

    def _frozen(self, plan: ClassPlan, is_mine: bool) -> list[str]:
        found = []
        for node in plan.order:
            each = plan.node(node)
            if each.weights is not None and each.weights.same_as is not None:
                continue
            for inner in each.freeze:
                address = node if inner == "." else f"{node}/{inner}"
                place = self._address(address, is_mine)
                found += [place] if "?" not in place else []
        return found

    def _address(self, address: str, is_mine: bool) -> str:
        """Return an address in the second drawing's ids; a step that is not used is ``?``."""
        bare = self.whole.one if is_mine else self.whole.two
        key = self.key if is_mine else self.other
        steps = []
        for step in address.split("/"):
            stem, bracket, index = step.partition("[")
            plan = bare.plans.get(key)
            if plan is None or NodeId(stem) not in plan.graph.nodes:
                return "?"
            node = plan.owner(NodeId(stem))
            found = plan.node(node)
            two: NodeId | None = node
            if is_mine:
                two = self.whole.found.nodes.get((key, node))
                other = self.whole.two.plans.get(self.whole.found.graphs.get(key, ""))
                two = other.owner(two) if other is not None and two is not None else two
            steps.append(f"{two or '?'}{bracket}{index}")
            key = found.spec.removeprefix("block.")
        return "/".join(steps)
