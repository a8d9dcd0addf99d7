"""Custom code in model.py: verbatim, in a section of its own before the classes that use it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from codegen.custom_imports import merged
from codegen.model_plan import Planner
from codegen.names import slug
from codegen.statements import Line, Statement
from codegen.written import CannotWrite, SourceText
from graph_editor.catalogue.custom_code import Reading, piece_of, read_code
from graph_editor.catalogue.custom_imports import Imported
from graph_editor.catalogue.order import Lookup, regions
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Address,
    Arg,
    Block,
    Code,
    FrozenMap,
    Node,
    Project,
    same,
)
from graph_editor.document.trust_key import used_code

HEADING = "# Custom code, as it was typed."
PIECE = "piece"
"""The fact of a spec that names the piece of custom code that it stands for."""
UNTRUSTED = "custom-code"
"""What the judge says of code that has not been trusted."""
UNKNOWN = "is not known"


# Custom code as modules and functions


def with_code(project: Project, lookup: Lookup) -> tuple[Project, Lookup]:
    """Return a drawing in which nodes of custom code are modules and functions like torch's own.

    What cannot be read stays as it is, and is refused where it is met.
    """
    own = dict(_specs(project, lookup))
    if not own:
        return project, lookup
    functions = {spec.callee for spec in own.values() if spec.kind == "F"}
    by_name = {spec.name: spec for spec in own.values()}

    def known(name: str) -> Spec | None:
        return by_name.get(name) or lookup(name)

    def drawn(block: Block) -> Block:
        nodes = block.graph.nodes
        changed = {
            key: _drawn(node, own.get(node.spec), project.code, functions)
            for key, node in nodes.items()
        }
        return replace(block, graph=replace(block.graph, nodes=FrozenMap(changed)))

    blocks = FrozenMap({key: drawn(block) for key, block in project.blocks.items()})
    return replace(project, main=drawn(project.main), blocks=blocks), known


def _specs(project: Project, lookup: Lookup) -> Iterator[tuple[str, Spec]]:
    """Yield the specs that stand for the pieces in use, by those that the drawing names."""
    for key in used_code(project):
        spec, reading = lookup(f"code.{key}"), read_code(key, project.code[key])
        if spec is None or reading.fault is not None:
            continue
        name = f"nn.Custom{reading.name}" if reading.kind == "module" else f"F.custom_{key}"
        while lookup(name) is not None:
            name += "_"
        arguments = tuple(_argument(a, reading) for a in spec.arguments)
        facts = FrozenMap[str, Arg]({PIECE: key})
        made = replace(spec, name=name, callee=reading.name, arguments=arguments, facts=facts)
        yield spec.name, made


def _argument(argument: Argument, reading: Reading) -> Argument:
    """Return an argument as the text has it: what has no default there is always passed."""
    if argument.port is not None:
        return argument
    default = reading.defaults.get(argument.name)
    return replace(argument, default=default, required=default is None)


def _drawn(node: Node, spec: Spec | None, code: Mapping[str, Code], functions: set[str]) -> Node:
    """Return a node as the writer is to see it."""
    if slug(node.name) in functions:  # a variable of that name would hide the function
        node = replace(node, name=f"{node.name} value")
    if spec is None:
        return node
    declared = code[piece_of(node.spec)].parameters
    given = {p.name: p.default for p in declared if p.default is not None}
    args = node.args
    for name, value in given.items():
        argument = spec.argument(name)
        if name not in args and argument is not None and not same(argument.default, value):
            args = args.set(name, value)
    name = node.name or (piece_of(node.spec) if spec.kind == "nn" else "")
    return replace(node, spec=spec.name, args=args, name=name)


@contextmanager
def said_of_code(project: Project, verdict: Verdict) -> Iterator[None]:
    """Let refusals speak of custom code as the drawing does."""
    try:
        yield
    except CannotWrite as refusal:
        if not project.code:
            raise
        feature, way_out = refusal.feature, refusal.way_out
        for key in used_code(project):
            name = read_code(key, project.code[key]).name or key
            for word in (f"nn.Custom{name}", f"F.custom_{key}"):
                feature = feature.replace(word, f"code.{key}")
        waits = any(d.code == UNTRUSTED for d in verdict.diagnostics)
        if waits and UNKNOWN in feature:
            feature = f"{feature} before the custom code is trusted"
            way_out = "Trust the custom code, or type a number."
        raise CannotWrite(refusal.node, feature, way_out) from None


# The section


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece as it goes into the file."""

    key: str
    node: Address
    """The first node that uses it."""
    reading: Reading
    lines: tuple[str, ...]


def _pieces(planner: Planner) -> list[Piece]:
    """Return the pieces that the classes use, in the order of use."""
    found: dict[str, Piece] = {}
    for node, spec in _uses(planner):
        key = piece_called(spec)
        if key and key not in found:
            code = planner.project.code[key]
            reading = read_code(key, code)
            found[key] = Piece(key, node, reading, tuple(_lines(code.text, reading.imports)))
    return list(found.values())


def _uses(planner: Planner) -> Iterator[tuple[Address, Spec | None]]:
    """Yield what the classes use, and then what the training calls outside of them."""
    for plan in planner.plans.values():
        for node in plan.order:
            yield plan.address(node), planner.lookup(plan.node(node).spec)
    main = planner.project.main
    for node in regions(main, planner.lookup).step:
        yield Address(node), planner.lookup(main.graph.nodes[node].spec)


def piece_called(spec: Spec | None) -> str:
    """Return the piece that a spec stands for in a drawing as the writer sees it; or nothing."""
    found = spec.facts.get(PIECE) if spec is not None else None
    return found if isinstance(found, str) else ""


def _lines(text: str, imports: Sequence[Imported]) -> list[str]:
    """Return a text's lines without the imports that go to the top of the file."""
    gone = {number for each in imports for number in range(each.line, each.last + 1)}
    lines = [line for number, line in enumerate(text.split("\n"), 1) if number not in gone]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def with_custom_code(
    planner: Planner, imports: list[Statement], classes: SourceText
) -> tuple[list[Statement], SourceText]:
    """Return the imports of a file with those of its custom code, and the classes below that code.

    Raises CannotWrite where a name in the file would mean two things.
    """
    pieces = _pieces(planner) if planner.project.code else []
    if not pieces:
        return imports, classes
    ours = [each.prefix for each in imports if isinstance(each, Line)]
    theirs = [each for piece in pieces for each in piece.reading.imports]
    _check_names(planner, pieces, classes.text)
    return merged(ours, theirs), _section(pieces, classes)


def _section(pieces: Sequence[Piece], classes: SourceText) -> SourceText:
    texts: list[str] = [HEADING]
    nodes: list[Address | None] = [pieces[0].node]
    for place, piece in enumerate(pieces):
        gap = ["", ""] if place else []
        texts += [*gap, *piece.lines]
        nodes += [*([None] * len(gap)), *([piece.node] * len(piece.lines))]
    text = "\n".join(texts) + f"\n\n\n{classes.text}"
    return SourceText(text, (*nodes, None, None, *classes.lines))


def _check_names(planner: Planner, pieces: Sequence[Piece], text: str) -> None:
    classes = {plan.class_name: plan for plan in planner.plans.values()}
    owners: dict[str, tuple[Piece, object]] = {}
    for piece in pieces:
        meant = {each.binds: each.means for each in piece.reading.imports}
        for name in (*meant, *piece.reading.bound):
            if name in classes:
                title = classes[name].block.name or classes[name].key
                feature = f"its code and the drawing {title} both make a class {name}"
                raise CannotWrite(piece.node, feature, "Give one of them another name.")
            before = owners.setdefault(name, (piece, meant.get(name, piece.key)))
            if before[0] is not piece and before[1] != meant.get(name, piece.key):
                feature = f"the code {before[0].key} and {piece.key} both give {name} a meaning"
                raise CannotWrite(piece.node, feature, "Choose another name in one of them.")
    functions = {p.reading.name: p for p in pieces if p.reading.kind == "function"}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name in classes:
            _check_variables(node, functions)


def _check_variables(found: ast.ClassDef, functions: Mapping[str, Piece]) -> None:
    """Refuse a function whose name a method has for a variable of its own."""
    for method in found.body:
        names = [n for n in ast.walk(method) if isinstance(n, ast.Name)]
        read = {n.id for n in names if isinstance(n.ctx, ast.Load)} & functions.keys()
        own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        own |= {n.arg for n in ast.walk(method) if isinstance(n, ast.arg)}
        for name in sorted(read & own):
            feature = f"a function called {name}, which is the name of a variable in {found.name}"
            raise CannotWrite(functions[name].node, feature, "Give the code another name.")
