"""What Python can say and a drawing cannot: names that its expressions do not know, and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.reading.members import ReadModel
from codegen.reading.problems import Problem
from graph_editor.catalogue.scope import specs_of
from graph_editor.document import expressions
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import Arg, Block, BlockId, Expr, Node, NodeId, Project

COPY = ("i", "n")
ANYWHERE = ("training", "step", "epoch", "epochs")


def unsayable(
    before: Project,
    project: Project,
    read: ReadModel,
    keys: Mapping[str, str],
    nodes: Mapping[tuple[str, NodeId], NodeId],
) -> tuple[Problem, ...]:
    """Return what a text says that the drawing made of it cannot mean, by line.

    What the drawing ``before`` said already is none of it. ``keys`` and ``nodes`` tell which
    graphs and nodes of the drawing are those of the text.
    """
    found: list[Problem] = []
    for (key, node), home in nodes.items():
        block = project.block(keys[key])
        drawn = block.graph.nodes.get(home)
        if drawn is None or drawn.kind == "io":
            continue
        older = before.blocks.get(BlockId(keys[key])) if keys[key] != MAIN else before.main
        words = next(iter((*_names(block, older, drawn), *_arguments(project, drawn))), "")
        if words:
            place = read.places[key, node]
            found.append(Problem(place.line, place.column + 1, words))
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _names(block: Block, older: Block | None, node: Node) -> Iterator[str]:
    """Yield what is wrong with the names in a node's expressions."""
    said = older.graph.nodes.values() if older is not None else ()
    used = {name for each in said for value in _expressions(each) for name in _asked(value)}
    numbers = {p.name for p in block.parameters if p.type != "str"}
    texts = {p.name for p in block.parameters} - numbers
    known = {*numbers, *used, *_sizes(block), *ANYWHERE, *(COPY if node.repeat is not None else ())}
    for value in _expressions(node):
        for name in _asked(value):
            if name in texts and name not in used:
                yield f"{name} is a text, and the expressions of a drawing know numbers alone"
            elif name not in known:
                words = f"{name} is a size that the drawing finds by itself and has no name for; "
                yield words + "add a parameter of another name for it"


def _arguments(project: Project, node: Node) -> Iterator[str]:
    """Yield what a node is told that its kind does not have, or cannot be."""
    spec = specs_of(project)(node.spec)
    for name, value in node.args.items() if spec is not None else ():
        argument = spec.argument(name) if spec is not None else None
        if argument is None:
            yield f"{node.spec} has no argument {name} in the drawing"
        elif argument.choices and isinstance(value, str) and value not in argument.choices:
            listed = ", ".join(str(choice) for choice in argument.choices)
            yield f"{name} of {node.spec} is {value!r}; in the drawing it is one of {listed}"


def _expressions(node: Node) -> Iterator[Arg]:
    yield from node.args.values()
    yield node.when


def _sizes(block: Block) -> Iterator[str]:
    """Yield the names that a graph's inputs give to their sizes."""
    for node in block.graph.nodes.values():
        if node.spec == "io.input":
            yield from _asked(node.args.get("shape"))
    for name in block.inputs:
        if block.graph.nodes[name].args.get("kind") == "size":
            yield name


def _asked(value: Arg) -> Iterator[str]:
    """Yield the names that an argument asks for."""
    if isinstance(value, Expr):
        yield from sorted(expressions.names(expressions.parse(value.text)))
    elif isinstance(value, tuple):
        for item in value:
            yield from _asked(item)
