"""What a text says, in the ids and names of the drawing that it is to become part of."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from codegen.names import fresh, slug
from codegen.reading.members import ReadModel
from codegen.reading.problems import NotRead
from codegen.reading.translating import Words, translated
from graph_editor.catalogue.scope import specs_of
from graph_editor.document import expressions
from graph_editor.document.addresses import split_tie
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Expr,
    FrozenMap,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Repeat,
    Weights,
)

Said = tuple[Node, dict[PortPath, OutPort]]
"""A node and its wires."""


@dataclass(slots=True)
class View:
    """One text, and where what it says is in the drawing."""

    read: ReadModel
    keys: dict[str, str]
    """Graph of the text -> graph of the drawing."""
    nodes: dict[tuple[str, NodeId], NodeId]
    """Graph and node of the text -> node of the drawing."""
    project: Callable[[], Project]
    """Gives the drawing as it is by now."""
    called: dict[str, dict[str, str]] = field(default_factory=dict)
    """Graph of the text -> parameters that are renamed in the drawing, and their names there."""

    def home(self, key: str, node: NodeId) -> NodeId:
        """Return a node's id in the drawing."""
        return self.nodes.get((key, node), NodeId(f"gone_{node}"))

    def title(self, key: str) -> str:
        """Return the name of a class."""
        return self.read.classes[key]

    def code_names(self, key: str) -> dict[str, str]:
        """Return the parameters of a class that its block has: name in the text -> in the block."""
        return _code_names(self.project(), self.keys[key]) | self.called.get(key, {})

    def words(self, key: str) -> Words:
        """Return what the names of a graph are called in the drawing."""
        block = self.project().block(self.keys[key])
        sizes: dict[str, str] = {}
        for node, found in self.read.project.block(key).graph.nodes.items():
            shape, drawn = found.args.get("shape"), block.graph.nodes.get(self.home(key, node))
            own = drawn.args.get("shape") if drawn is not None else None
            if found.spec == "io.input" and isinstance(shape, tuple) and isinstance(own, tuple):
                sizes |= _sizes(shape, own)
        names = self.code_names(key)
        return Words({**sizes, **names}, lambda address: self.address(key, address))

    def said(self, key: str, node: NodeId, words: Words) -> Said:
        """Return a node and its wires in the drawing's words."""
        graph = self.read.project.block(key).graph
        found = graph.nodes[node]
        args = {
            self.port(found.spec, k): translated(v, words)
            for k, v in found.args.items()
            if not self._is_inferred(key, node, k, v)
        }
        repeat, weights, when = found.repeat, found.weights, self._condition(key, node, words)
        if repeat is not None:
            count = translated(repeat.count, words)
            assert isinstance(count, int | Expr)
            repeat = Repeat(count, repeat.shared)
        if weights is not None and weights.same_as is not None:
            weights = Weights(same_as=self.home(key, weights.same_as))
        made = Node(
            self.spec(found.spec), args=FrozenMap(args), when=when, repeat=repeat, weights=weights
        )
        wires = {}
        for end, start in graph.wires.items():
            if end.node == node:
                source = self.port(graph.nodes[start.node].spec, start.port)
                path = PortPath(self.port(found.spec, end.port))
                wires[path] = OutPort(self.home(key, start.node), source)
        return made, wires

    def _condition(self, key: str, node: NodeId, words: Words) -> Expr | None:
        """Return the condition of a node, which says the sizes that inference names by their axis.

        A size that the node does not read itself keeps its name, as it had it before an edit, too.
        """
        found = self.read.project.block(key).graph.nodes[node]
        if found.when is None:
            return None
        spec = specs_of(self.project())(self.spec(found.spec))
        sizes: dict[str, str] = {}
        for name in self._unknown(key) & set(_names_in(found.when)):
            readers = (n for n, value in found.args.items() if value == Expr(name))
            said = [a.infer for n in readers if spec and (a := spec.argument(n)) and a.infer]
            if said:
                sizes[name] = said[0]
        when = translated(found.when, Words({**words.names, **sizes}, words.address))
        assert isinstance(when, Expr)
        return when

    def _unknown(self, key: str) -> set[str]:
        """Return the parameters of a class that inference has made: the drawing has none."""
        made = {p.name for p in self.read.project.block(key).parameters}
        return made - set(self.code_names(key))

    def _is_inferred(self, key: str, node: NodeId, name: str, value: Arg) -> bool:
        """Whether an argument is one that the drawing leaves to inference altogether.

        So it is with parameters of a class that inference has made, and with what reads them.
        Raises NotRead where something reads them for which there is no inference.
        """
        found = self.read.project.block(key).graph.nodes[node]
        block = found.spec.removeprefix("block.")
        if block != found.spec and not self._is_end(block, name):
            return name not in self.code_names(block)
        asked = self._unknown(key) & set(_names_in(value))
        if not asked:
            return False
        spec = specs_of(self.project())(found.spec)
        argument = spec.argument(name) if spec is not None else None
        if argument is not None and argument.infer:
            return True
        place = self.read.places[key, node]
        where = ast.Pass(lineno=place.line, col_offset=place.column)
        words = f"{min(asked)} is a size that the drawing finds by itself and has no name for; "
        raise NotRead(where, words + "add a parameter of another name for it")

    def spec(self, spec: str) -> str:
        """Return a spec; a block's by its key in the drawing."""
        return f"block.{self.keys[spec[6:]]}" if spec.startswith("block.") else spec

    def port(self, spec: str, path: str) -> str:
        """Return a port or argument: a block's are the nodes and parameters of its graph."""
        if not spec.startswith("block."):
            return path
        is_end = self._is_end(spec[6:], path)
        there = self.nodes.get((spec[6:], NodeId(path))) if is_end else None
        names = self.code_names(spec[6:])
        return str(there) if there is not None else names.get(path, path)

    def _is_end(self, key: str, name: str) -> bool:
        """Whether a name is that of an input or output of a class, and of no parameter."""
        node = self.read.project.block(key).graph.nodes.get(NodeId(name))
        return node is not None and node.kind == "io"

    def address(self, key: str, address: Address) -> Address:
        """Return an address in the drawing's ids."""
        steps = []
        for step in address.split("/"):
            stem, bracket, index = step.partition("[")
            steps.append(f"{self.home(key, NodeId(stem))}{bracket}{index}")
            key = self.read.project.block(key).graph.nodes[NodeId(stem)].spec[6:]
        return Address("/".join(steps))

    def ties(self, key: str) -> dict[str, str]:
        """Return the ties of a graph."""
        ties = self.read.project.block(key).graph.ties
        return {self._tied(key, a): self._tied(key, b) for a, b in ties.items()}

    def _tied(self, key: str, text: str) -> str:
        address, parameter = split_tie(text)
        return f"{self.address(key, address)}.{parameter}"

    def frozen(self, key: str, node: NodeId) -> tuple[tuple[Address, ...], FrozenMap[str, object]]:
        """Return what of a node is frozen, and what it says of statistics."""
        found = self.read.project.block(key).graph.nodes[node]
        inside = found.spec[6:] if found.spec.startswith("block.") else key
        frozen = tuple(a if a == "." else self.address(inside, a) for a in found.freeze)
        return frozen, found.extra or NOTHING


def _code_names(project: Project, key: str) -> dict[str, str]:
    """Return a block's parameters: name in the code -> name in the drawing."""
    found: dict[str, str] = {}
    for parameter in project.block(key).parameters:
        found[fresh(slug(parameter.name), found)] = parameter.name
    return found


def _sizes(read: tuple[Arg, ...], drawn: tuple[Arg, ...]) -> dict[str, str]:
    """Return sizes by name: as the text has them -> as the drawing has them."""
    found = {}
    for word, own in zip(read, drawn, strict=False):
        if isinstance(word, Expr) and isinstance(own, Expr) and own.text.strip().isidentifier():
            found[word.text] = own.text.strip()
    return found


def _names_in(value: Arg) -> Iterator[str]:
    """Yield the names that an argument asks for."""
    if isinstance(value, Expr):
        yield from expressions.names(expressions.parse(value.text))
    elif isinstance(value, tuple):
        for item in value:
            yield from _names_in(item)
