"""Short words for graphs in tests: ``sketch("a:io.input b:nn.Linear", "a>b.input")``."""

from __future__ import annotations

from pathlib import Path

from graph_editor.document import edits, files
from graph_editor.document.model import (
    NOTHING,
    Arg,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

ROOT = Path(__file__).parents[2]
PROJECT_FILES = sorted(
    [
        *(ROOT / "tests/projects").glob("*.netwright"),
        *(ROOT / "assets/examples").glob("*.netwright"),
    ]
)


def end(text: str) -> InPort:
    """Return the input ``node.port``."""
    node, _, port = text.partition(".")
    return InPort(NodeId(node), PortPath(port or "input"))


def start(text: str) -> OutPort:
    """Return the output ``node.port``."""
    node, _, port = text.partition(".")
    return OutPort(NodeId(node), port or "output")


def node(spec: str, **args: Arg) -> Node:
    return Node(spec, args=FrozenMap(args) if args else NOTHING)


def sketch(nodes: str, wires: str = "") -> Graph:
    """Return a graph that was built by edits alone."""
    graph = Graph()
    for word in nodes.split():
        node_id, _, spec = word.partition(":")
        graph = edits.add_node(graph, NodeId(node_id), Node(spec or "nn.ReLU"))
    for word in wires.split():
        source, _, target = word.partition(">")
        graph = edits.connect(graph, start(source), end(target))
    return graph


def wires(graph: Graph) -> set[str]:
    """Return the wires of a graph in the words of ``sketch``, always with ports."""
    return {f"{s.node}.{s.port}>{t.node}.{t.port}" for t, s in graph.wires.items()}


def main(graph: Graph, **layout: object) -> Project:
    """Return a project whose main graph has been drawn by edits."""
    project = edits.in_block(Project(), "main", lambda _: graph)
    if layout:
        project = Project(project.main, layout=FrozenMap({"main": FrozenMap(layout)}))
    return project


def sound(project: Project) -> Project:
    """Return the project after it has been to a file and back, the same."""
    again = files.loads(files.dumps(project)).project
    assert again == project
    return project


def ids(text: str) -> list[NodeId]:
    return [NodeId(word) for word in text.split()]
