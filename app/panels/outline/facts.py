"""What the outline says of its items: names, kinds, shapes, states, and all in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.panels.outline.items import Entrance, Exit, Item
from app.panels.outline.marks import beside, listed, spoken, texts
from app.session.locating import first_use
from app.session.session import Session
from app.session.shown import findings_of
from graph_editor.canvas.findings import Findings
from graph_editor.canvas.waits import waited_for, waiting_words
from graph_editor.catalogue.families import family_of
from graph_editor.document.addresses import MAIN
from graph_editor.document.model import InPort, Node, NodeId, OutPort

STATES = {
    "ok": "ok",
    "error": "error",
    "waiting": "waiting",
    "unknown": "not known here",
    "idle": "not used",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one node's row shows of the verdict."""

    shape: str = ""
    state: str = ""
    problem: str = ""


@dataclass(slots=True)
class GraphFacts:
    """What is known of one graph: for each node what its row shows, for each port its shape."""

    ports: dict[str, str] = field(default_factory=dict)
    nodes: dict[NodeId, Shown] = field(default_factory=dict)


class Facts:
    """Reads names from the document and shapes from the verdict, each graph when it is wanted."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, GraphFacts] = {}

    def renew(self) -> dict[str, list[NodeId]]:
        """Read the present verdict; return the nodes that show something else now, by graph."""
        before, self._known = self._known, {}
        changed: dict[str, list[NodeId]] = {}
        for key, old in before.items():
            new = self.of(key)
            nodes = old.nodes.keys() | new.nodes.keys()
            other = [n for n in nodes if old.nodes.get(n) != new.nodes.get(n)]
            if other:
                changed[key] = other
        return changed

    def of(self, key: str) -> GraphFacts:
        """Return what is known of a graph; of a block, as it is shown or first used."""
        if key not in self._known:
            self._known[key] = _facts(self._findings(key))
        return self._known[key]

    def _findings(self, key: str) -> Findings:
        session = self._session
        if session.verdict is None or (key != MAIN and key not in session.project.blocks):
            return Findings()
        if key == session.graph_key:
            return session.findings if key == MAIN or session.prefix else Findings()
        prefix = first_use(session.project, key)
        return Findings() if prefix is None else findings_of(session.verdict, prefix)

    # Words

    def held(self, graph: str, node_id: NodeId) -> Node | None:
        """Return a node as it is now."""
        project = self._session.project
        if graph != MAIN and graph not in project.blocks:
            return None
        return project.block(graph).graph.nodes.get(node_id)

    def name(self, graph: str, node_id: NodeId) -> str:
        """Return what a person calls a node."""
        node = self.held(graph, node_id)
        return node.name or str(node_id) if node is not None else str(node_id)

    def port(self, graph: str, port: InPort | OutPort) -> str:
        """Return what a person calls a port."""
        node = self.held(graph, port.node)
        spec = self._session.lookup(node.spec) if node is not None else None
        return spec.port_title(port.port) if spec is not None else port.port

    def graph_name(self, graph: str) -> str:
        """Return what a person calls a graph."""
        project = self._session.project
        if graph == MAIN:
            return project.main.name or "Main graph"
        return (project.block(graph).name if graph in project.blocks else "") or graph

    def kind(self, graph: str, node_id: NodeId) -> str:
        """Return what a node is: its spec's title."""
        node = self.held(graph, node_id)
        if node is None:
            return ""
        spec = self._session.lookup(node.spec)
        if spec is None or node.kind == "nn":
            return node.spec.partition(".")[2]
        return spec.title

    def family(self, graph: str, node_id: NodeId) -> str:
        """Return the family that a node is coloured by."""
        node = self.held(graph, node_id)
        return family_of(self._session.lookup(node.spec), node.kind) if node is not None else "op"

    def entry(self, item: Item) -> Mapping[str, Any]:
        """Return what the layout says of a frame or note."""
        assert item.mark is not None
        return listed(self._session.project, item.graph).entry(item.mark)

    def texts(self, item: Item) -> tuple[str, str, str]:
        """Return the texts of a row: name, kind, output."""
        graph, key, node = item.graph, item.key, item.node
        if item.mark is not None:
            return texts(item.mark, self.entry(item))
        if node is None:
            nodes = len(item.children) - len(item.marks)
            words = "1 node" if nodes == 1 else f"{nodes} nodes"
            return self.graph_name(graph), "graph" if graph == MAIN else "block", words
        if isinstance(key, Entrance):
            other = self._end(graph, key.source) if key.source else "–"
            return f"← {self.port(graph, key.port)}", other, self._shape(graph, key.source)
        if isinstance(key, Exit):
            other = self._end(graph, key.target) if key.target else "–"
            return f"→ {self.port(graph, key.port)}", other, self._shape(graph, key.port)
        shown = self.of(graph).nodes.get(node, Shown())
        words = shown.shape if shown.state in ("ok", "") else STATES.get(shown.state, shown.state)
        return self.name(graph, node), self.kind(graph, node), words

    def _end(self, graph: str, port: InPort | OutPort) -> str:
        name = self.name(graph, port.node)
        return name if port.port in ("output", "input") else f"{name} · {self.port(graph, port)}"

    def _shape(self, graph: str, port: object) -> str:
        key = f"{getattr(port, 'node', '')}.{getattr(port, 'port', '')}"
        return self.of(graph).ports.get(key, "")

    def spoken(self, item: Item) -> str:
        """Return a row as a screen reader says it."""
        graph, key, node = item.graph, item.key, item.node
        if item.mark is not None:
            return spoken(item.mark, self.entry(item))
        name, kind, words = self.texts(item)
        if node is None:
            words += beside(listed(self._session.project, graph))
            return f"{name}, {'main graph' if graph == MAIN else kind}, {words}"
        owner, shape = self.name(graph, node), f", {words}" if words else ""
        if isinstance(key, Entrance):
            wire = f"from {kind}" if key.source else "not connected"
            return f"{self.port(graph, key.port)} of {owner}, {wire}{shape}"
        if isinstance(key, Exit):
            wire = f"to {kind}" if key.target else "not connected"
            return f"{self.port(graph, key.port)} of {owner}, {wire}{shape}"
        shown = self.of(graph).nodes.get(node, Shown())
        parts = [name] if name.casefold() == kind.casefold() else [name, kind]
        if shown.shape:
            parts.append(f"output {shown.shape}")
        if shown.state == "waiting":
            parts.append(self._waits(graph, node))
        elif shown.state:
            parts.append(STATES.get(shown.state, shown.state))
        return ", ".join(parts) + (f": {shown.problem}" if shown.problem else "")

    def _waits(self, graph: str, node: NodeId) -> str:
        """Return what a node waits for: ``waiting for conv1``."""
        findings, drawn = self._findings(graph), self._session.project.block(graph).graph
        at_fault = waited_for(drawn, findings.status, node, findings.told_at)
        words = waiting_words(self.name(graph, each) for each in at_fault)
        return words[0].lower() + words[1:].rstrip(".")


def _facts(findings: Findings) -> GraphFacts:
    made = GraphFacts({place: port.label for place, port in findings.ports.items()})
    shapes: dict[NodeId, list[tuple[str, str]]] = {}
    for place, label in made.ports.items():
        node, _, port = place.partition(".")
        shapes.setdefault(NodeId(node), []).append((port, label))
    problems: dict[NodeId, str] = {}
    for problem in findings.problems:
        problems.setdefault(problem.node, problem.message)
    for node_id in {*findings.status, *shapes, *problems}:
        found = shapes.get(node_id, [])
        shape = found[0][1] if len(found) == 1 else ", ".join(f"{p} {s}" for p, s in found)
        state = findings.status.get(node_id, "")
        made.nodes[node_id] = Shown(shape, state, problems.get(node_id, ""))
    return made
