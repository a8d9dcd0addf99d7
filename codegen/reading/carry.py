"""Carries what was edited in a text into the drawing: one graph after the other, as edits of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from codegen.names import slug
from codegen.reading.isomorphism import Pairing
from codegen.reading.matching import Matching
from codegen.reading.members import ReadModel
from codegen.reading.parameters import Parameters
from codegen.reading.views import Said, View
from graph_editor.catalogue.scope import specs_of
from graph_editor.document import edits
from graph_editor.document.addresses import MAIN
from graph_editor.document.edits.checks import check_node
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    NOTHING,
    Arg,
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Project,
    same,
)

WORDS = ("when", "repeat", "weights")
Ends = dict[InPort, OutPort]


@dataclass(slots=True)
class Carried:
    """The drawing so far, and where what was read is in it."""

    project: Project
    nodes: dict[tuple[str, NodeId], NodeId] = field(default_factory=dict)
    """Graph and node of the edited text -> node of the drawing."""
    keys: dict[str, str] = field(default_factory=dict)
    """Graph of the edited text -> graph of the drawing."""
    fresh: list[tuple[str, NodeId]] = field(default_factory=list)
    """Graph of the drawing and node of it, for what is new."""
    stated: list[tuple[str, NodeId, str]] = field(default_factory=list)
    """Arguments that the edited text gives a number of its own."""
    changes: list[str] = field(default_factory=list)


class Carrier:
    """Carries one edited text into a drawing."""

    def __init__(
        self, project: Project, link: Pairing, before: ReadModel, after: ReadModel,
        matching: Matching, ids: IdSource,
    ) -> None:  # fmt: skip
        self.matching, self.ids = matching, ids
        self.made = Carried(project)
        home = {other: key for key, other in link.graphs.items()}
        self.origin: dict[tuple[str, NodeId], list[NodeId]] = {}
        """Graph and node of the text before -> nodes of the drawing."""
        for (key, node), other in link.nodes.items():
            self.origin.setdefault((link.graphs[key], other), []).append(node)
        first = {place: nodes[0] for place, nodes in self.origin.items()}
        self.dropped: dict[str, list[str]] = {}
        """Graph of the drawing -> parameters that the edited text has no more."""
        self.before = View(before, home, first, lambda: self.made.project)
        self.after = View(after, self.made.keys, self.made.nodes, lambda: self.made.project)

    def run(self) -> Carried:
        """Return the drawing that says what the edited text says. Raises EditError."""
        keys = [k for k in (*self.after.read.project.blocks, MAIN) if k in self.after.read.classes]
        for key in keys:
            self._graph(key)
        for key in keys:
            self._mentions(key)
        for mine, names in self.dropped.items():
            for name in names:
                self.made.project = edits.remove_parameter(self.made.project, mine, name)
        self._unused()
        return self.made

    def _say(self, words: str) -> None:
        self.made.changes.append(words)

    def _graph(self, key: str) -> None:
        """Carry one class."""
        old = self.matching.graphs.get(key)
        block = self.after.read.project.block(key)
        self.made.keys[key] = mine = self._key(key, old)
        if old is not None:
            self._class(key, old, mine)
            project, self.dropped[mine] = Parameters(self.before, self.after, self._say).carry(
                key, old
            )
            self.made.project = project
        self._homes(key, old)
        gone = self._gone(key, old) if old is not None else []
        self._name_sizes(key, mine)
        words = self.after.words(key)
        now = {n: self.after.said(key, n, words) for n in block.graph.nodes}
        was: dict[NodeId, Said] = {}
        if old is not None:
            words = self.before.words(old)
            for node in now:
                match = self.matching.nodes.get((key, node))
                if match is not None and (old, match) in self.origin:
                    was[node] = self.before.said(old, match, words)

        def edit(graph: Graph) -> Graph:
            return self._edited(graph, key, was, now)

        self.made.project = edits.in_block(self.made.project, mine, edit)
        if gone:
            self.made.project = edits.delete(self.made.project, mine, gone)
        self._ports(key, mine)

    def _key(self, key: str, old: str | None) -> str:
        """Return the graph of the drawing that a class is; a new one where need be."""
        if old is not None:
            return self.before.keys[old]
        name = self.after.read.classes[key]
        parameters = self.after.read.project.block(key).parameters
        made = self.ids.fresh(slug(name) or "block", self.made.project.blocks)
        start = Block(name=name, parameters=parameters)
        self.made.project = edits.add_block(self.made.project, BlockId(made), start)
        self._say(f"the block {name} was added")
        return made

    def _class(self, key: str, old: str, mine: str) -> None:
        name, before = self.after.read.classes[key], self.before.read.classes[old]
        if name != before:
            self.made.project = edits.rename_block(self.made.project, mine, name)
            self._say(f"{before} is called {name}")

    def _homes(self, key: str, old: str | None) -> None:
        """Give every node of the edited text its node in the drawing, a new one where need be."""
        mine = self.made.keys[key]
        taken = set(self.made.project.block(mine).graph.nodes)
        for node, found in self.after.read.project.block(key).graph.nodes.items():
            match = self.matching.nodes.get((key, node))
            there = self.origin.get((old or "", match)) if match is not None else None
            if there:
                self.made.nodes[key, node] = there[0]
                continue
            made = NodeId(self.ids.fresh(node, taken))
            taken.add(made)
            self.made.nodes[key, node] = made
            self.made.fresh.append((mine, made))
            named = f"{found.spec} {found.name}" if found.kind == "io" else found.spec
            self._say(f"{named.strip()} was added")

    def _gone(self, key: str, old: str) -> list[NodeId]:
        """Return the nodes of the drawing that the edited text no longer has."""
        kept = {match for (k, _), match in self.matching.nodes.items() if k == key}
        gone: list[NodeId] = []
        for node, found in self.before.read.project.block(old).graph.nodes.items():
            if node not in kept and (old, node) in self.origin:
                gone += self.origin[old, node]
                self._say(f"{found.spec} was removed")
        return gone

    def _name_sizes(self, key: str, mine: str) -> None:
        """Let inputs name the sizes that the edited text asks them for."""
        drawn = self.made.project.block(mine).graph.nodes
        for node, found in self.after.read.project.block(key).graph.nodes.items():
            home, shape = self.made.nodes[key, node], found.args.get("shape")
            own = drawn[home].args.get("shape") if home in drawn else None
            if found.spec != "io.input" or not isinstance(shape, tuple) or home not in drawn:
                continue
            if not isinstance(own, tuple):
                dims: tuple[Arg, ...] = shape
            else:
                dims = tuple(
                    dim if isinstance(dim, Expr) or _spare(word) else word
                    for word, dim in zip(shape, own, strict=False)
                )
                dims += own[len(dims) :]
            if not same(dims, own):
                edit = partial(edits.set_argument, node_id=home, name="shape", value=dims)
                self.made.project = edits.in_block(self.made.project, mine, edit)

    def _edited(
        self, graph: Graph, key: str, was: Mapping[NodeId, Said], now: Mapping[NodeId, Said]
    ) -> Graph:
        """Return a graph of the drawing with what the edited text says of each node."""
        nodes, ends = graph.nodes.thawed(), graph.wires.thawed()
        for node, said in now.items():
            home = self.made.nodes[key, node]
            if node not in was:
                args = self.after.read.project.block(key).graph.nodes[node].args
                nodes[home] = replace(said[0], args=args) if said[0].kind == "io" else said[0]
                self._state(home, key, said[0].args)
                ends |= {InPort(home, path): source for path, source in said[1].items()}
            else:
                nodes[home] = self._changed(nodes[home], was[node][0], said[0], home, key)
                self._rewired(ends, nodes, home, was[node], said)
            check_node(nodes[home])
        for home in (self.made.nodes[key, node] for node in now):
            nodes[home] = self._as_owner(nodes, home)
        return replace(graph, nodes=graph.nodes.merged(nodes), wires=FrozenMap(ends))

    def _as_owner(self, nodes: Mapping[NodeId, Node], home: NodeId) -> Node:
        """Return a node without what it says otherwise of a module that it shares with another."""
        found = nodes[home]
        owner = (
            nodes.get(found.weights.same_as) if found.weights and found.weights.same_as else None
        )
        spec = specs_of(self.made.project)(found.spec)
        if spec is None or owner is None:
            return found
        made = {a.name for a in spec.arguments if a.stage == "constructor"}
        for name in made.intersection(found.args):
            if not same(found.args[name], owner.args.get(name, UNSAID)):
                found = replace(found, args=found.args.without(name))
        return found

    def _state(self, home: NodeId, key: str, names: Mapping[str, Arg]) -> None:
        self.made.stated += [(self.made.keys[key], home, name) for name in names]

    def _changed(self, drawn: Node, was: Node, now: Node, home: NodeId, key: str) -> Node:
        """Return a node of the drawing with what differs between the two texts."""
        made = drawn
        if was.spec != now.spec:
            self._say(f"{was.spec} became {now.spec}")
            self._state(home, key, now.args)
            made = replace(made, spec=now.spec, args=now.args)
            was = replace(was, args=now.args)
        args = made.args
        for name in sorted({*was.args, *now.args}):
            before, after = was.args.get(name, UNSAID), now.args.get(name, UNSAID)
            if same(before, after) or (now.kind == "io" and name in ("shape", "dtype")):
                continue
            args = args.without(name) if after is UNSAID else args.set(name, now.args[name])
            self._say(f"{name} of {drawn.name or home}: {_shown(before)} -> {_shown(after)}")
            self._state(home, key, {name: None})
        made = replace(made, args=args)
        for word in WORDS:
            if not same(getattr(was, word), getattr(now, word)):
                made = replace(made, **{word: getattr(now, word)})
                self._say(f"{word} of {drawn.name or home} changed")
        return made

    def _rewired(
        self, ends: Ends, nodes: dict[NodeId, Node], home: NodeId, was: Said, now: Said
    ) -> None:
        """Lead the wires into one node as the edited text does, argument by argument."""
        replaced = was[0].spec != now[0].spec
        stems = {_stem(path) for path in (*was[1], *now[1], *was[0].args, *now[0].args)}
        for stem in sorted(stems):
            before = {p: s for p, s in was[1].items() if _stem(p) == stem}
            after = {p: s for p, s in now[1].items() if _stem(p) == stem}
            said = now[0].args.get(stem, UNSAID)
            if before == after and same(was[0].args.get(stem, UNSAID), said) and not replaced:
                continue
            for end in [e for e in ends if e.node == home and _stem(e.port) == stem]:
                del ends[end]
            ends |= {InPort(home, path): source for path, source in after.items()}
            args = nodes[home].args
            args = args.without(stem) if said is UNSAID else args.set(stem, now[0].args[stem])
            if now[0].kind != "io" or stem != "shape":
                nodes[home] = replace(nodes[home], args=args)
            if before != after and not replaced:
                self._say(f"{stem} of {nodes[home].name or home} comes from elsewhere")

    def _ports(self, key: str, mine: str) -> None:
        """Put inputs and outputs into the order of the edited text."""
        block, drawn = self.after.read.project.block(key), self.made.project.block(mine)
        orders = []
        for wanted, there in ((block.inputs, drawn.inputs), (block.outputs, drawn.outputs)):
            listed = [self.made.nodes[key, n] for n in wanted]
            rest = [n for n in there if n not in listed]
            known = [n for n in there if n in listed]
            orders.append(there if known == listed else (*listed, *rest))
        if orders != [drawn.inputs, drawn.outputs]:
            if not self.made.changes:
                self._say("the order of inputs and outputs changed")
            self.made.project = edits.reorder_ports(self.made.project, mine, *orders)

    def _mentions(self, key: str) -> None:
        """Tie and freeze as the edited text does."""
        old, mine = self.matching.graphs.get(key), self.made.keys[key]
        graph = self.made.project.block(mine).graph
        ties = self.after.ties(key)
        before = self.before.ties(old) if old is not None else {}
        if ties != before:
            kept = {a: b for a, b in graph.ties.items() if a not in before}
            graph = replace(graph, ties=FrozenMap({**kept, **ties}))
            self._say("the tied weights changed")
        for node in self.after.read.project.block(key).graph.nodes:
            home, match = self.made.nodes[key, node], self.matching.nodes.get((key, node))
            is_old = old is not None and match is not None
            was = self.before.frozen(old or "", match or node) if is_old else ((), NOTHING)
            now = self.after.frozen(key, node)
            if now != was:
                each = replace(graph.nodes[home], freeze=now[0], extra=now[1])
                graph = replace(graph, nodes=graph.nodes.set(home, each))
                self._say(f"what is frozen of {each.name or home} changed")
        self.made.project = edits.in_block(self.made.project, mine, lambda _: graph)

    def _unused(self) -> None:
        """Delete the blocks whose classes went with all their instances."""
        kept = set(self.matching.graphs.values())
        for old, mine in reversed(self.before.keys.items()):
            is_spare = self.before.read.classes[old] in self.after.read.spare
            if old in kept or is_spare or mine == MAIN:
                continue
            if edits.instances_of(self.made.project, mine):
                continue
            self.made.project = edits.delete_block(self.made.project, BlockId(mine))
            self._say(f"the block {self.before.read.classes[old]} was removed")


UNSAID = object()
"""Stands for an argument that is not said."""


def _shown(value: object) -> str:
    return "the default" if value is UNSAID else str(getattr(value, "text", value))


def _stem(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def _spare(word: Arg) -> bool:
    """Whether a size of an input is one that the edited text does not ask for."""
    return not isinstance(word, Expr) or word.text.startswith("axis_")
