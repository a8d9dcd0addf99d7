"""Ways in which one model.py can be written, and drawings made ready to be written again."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from functools import cache

from codegen.model import write_model
from codegen.reading.isomorphism import Pairing
from codegen.reading.model import read_model
from codegen.reading.naming import with_names
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import regions
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import InPort, NodeId, OutPort, Project

SPECS = catalogue().get


def stripped(text: str) -> str:
    """Return the code without comments and docstrings, as ast.unparse lays it out."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and _is_text(node.body[0]):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree) + "\n"


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@cache
def formatted(text: str, width: int = 60) -> str:
    """Return the code as the formatter lays it out in narrow lines."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", str(width)]
    done = subprocess.run(
        [*command, "--stdin-filename", "model.py", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def written_again(text: str, main: str | None = None) -> str:
    """Return the code of what a text says, written without a verdict."""
    project = with_names(read_model(text, SPECS, main), SPECS)
    return write_model(project, specs_of(project), Verdict()).source.text


def dressed(read: Project, drawn: Project, pairing: Pairing) -> Project:
    """Return what was read with what leaves no trace in code: the sizes of inputs, and words."""
    for key, other in pairing.graphs.items():
        mine, block = drawn.block(key), read.block(other)
        nodes = block.graph.nodes
        for node, found in mine.graph.nodes.items():
            if found.spec == "io.input" and (key, node) in pairing.nodes:
                two = pairing.nodes[key, node]
                given = {n: v for n, v in found.args.items() if n in ("shape", "dtype")}
                nodes = nodes.set(two, replace(nodes[two], args=nodes[two].args.merged(given)))
            if found.spec == "io.output":
                two = pairing.nodes[key, node]
                nodes = nodes.set(two, replace(nodes[two], name=found.name))
        graph = replace(block.graph, nodes=nodes)
        made = replace(block, graph=graph, doc=mine.doc, name=mine.name)
        read = read.with_block(other, made)
    return _fed(read, drawn, pairing)


def _fed(read: Project, drawn: Project, pairing: Pairing) -> Project:
    """Return what was read with the data that feed the drawing's inputs."""
    graph = drawn.main.graph
    data = set(regions(drawn.main, specs_of(drawn)).data)
    nodes = {NodeId(f"data_{n}"): graph.nodes[n] for n in data}
    wires = {}
    for end, start in graph.wires.items():
        two = pairing.nodes.get(("main", end.node))
        if start.node in data and (end.node in data or two is not None):
            target = NodeId(f"data_{end.node}") if end.node in data else two
            assert target is not None
            source = OutPort(NodeId(f"data_{start.node}"), start.port)
            wires[InPort(target, end.port)] = source
    main = read.main.graph
    made = replace(main, nodes=main.nodes.merged(nodes), wires=main.wires.merged(wires))
    return replace(read, main=replace(read.main, graph=made))
