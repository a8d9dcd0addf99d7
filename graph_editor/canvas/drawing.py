"""What is read of a graph to draw it: the build of each node, its state, and that of each wire."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple, TypeVar

from graph_editor.canvas.anatomy import Anatomy, anatomy_of
from graph_editor.canvas.findings import Finding, Findings, Live, PortFacts
from graph_editor.canvas.items.state import NO_FACTS, Facts, NodeState, alike, alike_known
from graph_editor.canvas.paints import Form, form_of
from graph_editor.canvas.sides import Use
from graph_editor.canvas.standing import standing
from graph_editor.catalogue.order import Lookup
from graph_editor.document.edits import is_off
from graph_editor.document.edits.reading import port_key
from graph_editor.document.model import (
    NOTHING,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
)

GRAVITY = {"info": 1, "warning": 2, "error": 3}
EMPTY = Findings()
NONE_AT_FAULT: frozenset[str] = frozenset()
Port = TypeVar("Port", bound=str)


class WireLook(NamedTuple):
    """How a wire is drawn."""

    rank: int | None
    form: Form
    state: str
    """ok, error, waiting or plan."""
    label: str


@dataclass(slots=True)
class Drawing:
    """One graph with what is known of it. Replaced part by part as these change."""

    graph: Graph = field(default_factory=Graph)
    key: str = "main"
    runs_down: bool = False
    """Whether data runs down; else it runs right."""
    lookup: Lookup = field(default=lambda _: None)
    findings: Findings = EMPTY
    live: Live = field(default_factory=Live)
    into: dict[NodeId, tuple[InPort, ...]] = field(default_factory=dict)
    """The wires that end at each node."""
    out: dict[NodeId, tuple[InPort, ...]] = field(default_factory=dict)
    """The wires that begin at each node."""
    problems: dict[NodeId, list[Finding]] = field(default_factory=dict)

    def take(self, graph: Graph, key: str, lookup: Lookup) -> None:
        """Draw a whole graph anew."""
        self.graph, self.key, self.lookup = graph, key, lookup
        self.into, self.out = dict.fromkeys(graph.nodes, ()), dict.fromkeys(graph.nodes, ())
        for target, source in graph.wires.items():
            self._join(target, source)

    def _join(self, target: InPort, source: OutPort) -> None:
        self.into[target.node] = (*self.into.get(target.node, ()), target)
        self.out[source.node] = (*self.out.get(source.node, ()), target)

    def rewire(self, graph: Graph, before: Graph, targets: Iterable[InPort]) -> None:
        """Follow a change of some wires."""
        self.graph = graph
        for target in targets:
            old = before.wires.get(target)
            if old is not None:
                _part(self.into, target.node, target)
                _part(self.out, old.node, target)
            new = graph.wires.get(target)
            if new is not None:
                self._join(target, new)

    def know(self, findings: Findings) -> None:
        """Take what the engine says."""
        self.findings = findings
        self.problems = {}
        for problem in findings.problems:
            self.problems.setdefault(problem.node, []).append(problem)

    def anatomy(self, node_id: NodeId, named: bool = True) -> Anatomy:
        """Return the build of one node, with the name that it was given or without."""
        node = self.graph.nodes[node_id]
        if not named:
            node = replace(node, name="")
        out, wires = self.out.get(node_id, ()), self.graph.wires
        build = anatomy_of(
            Use(
                node_id,
                node,
                self.lookup(node.spec),
                _in_order([target.port for target in self.into.get(node_id, ())]),
                _in_order({wires[target].port for target in out}) if out else (),
                bool(out) and all(self._is_optimizer(t.node) for t in out),
                self.findings.values(node_id),
                self.faulty(node_id),
                self.key == "main",
                node_id in self.live.curves,
            )
        )
        return standing(build) if self.runs_down else build

    def _is_optimizer(self, node_id: NodeId) -> bool:
        node = self.graph.nodes.get(node_id)
        return node is not None and node.kind == "optim"

    def faulty(self, node_id: NodeId) -> frozenset[str]:
        """Return the arguments at fault in a node."""
        found = self.problems.get(node_id)
        if not found:
            return NONE_AT_FAULT
        return frozenset(p.argument for p in found if p.argument and p.severity == "error")

    def state(self, node_id: NodeId, is_selected: bool, is_hovered: bool) -> NodeState:
        """Return the state of one node."""
        node = self.graph.nodes[node_id]
        problems = self.problems.get(node_id)
        worst = max((p.severity for p in problems), key=GRAVITY.__getitem__) if problems else ""
        state = NodeState(
            is_selected,
            is_hovered,
            self.findings.status.get(node_id, ""),
            worst,
            self.faulty(node_id) if problems else NONE_AT_FAULT,
            is_off(node),
            bool(node.freeze),
            self._is_tied(node_id, node),
            self.findings.parameters.get(node_id, 0),
            self.live.values.get(node_id, ""),
            self._progress(node),
        )
        return alike(state)

    def _is_tied(self, node_id: NodeId, node: Node) -> bool:
        if node.weights is not None and (node.weights.same_as or node.weights.follows):
            return True
        ties = self.graph.ties
        ends = (*ties.keys(), *ties.values()) if ties else ()
        return any(end.replace("/", ".").partition(".")[0] == node_id for end in ends)

    def _progress(self, node: Node) -> float | None:
        """Return the progress of a run; it is shown on the losses."""
        if self.live.progress is None:
            return None
        spec = self.lookup(node.spec)
        is_loss = spec is not None and spec.category == "Losses"
        return self.live.progress if is_loss else None

    def facts(self, source: OutPort) -> PortFacts | None:
        """Return what is known of an output."""
        return self.findings.ports.get(f"{source.node}.{source.port}")

    def port_facts(self, anatomy: Anatomy) -> Facts:
        """Return what is known of the ports of a node; an input knows what arrives."""
        if not self.findings.ports:
            return NO_FACTS
        ports = [place.ref for place in chain(anatomy.inputs.values(), anatomy.outputs.values())]
        wires = self.graph.wires
        sources = [wires.get(ref) if isinstance(ref, InPort) else ref for ref in ports]
        found = tuple(source and self.facts(source) for source in sources)
        return alike_known(found) if any(found) else NO_FACTS

    def wire_look(self, target: InPort, source: OutPort, is_plan: bool) -> WireLook:
        """Return how a wire is drawn."""
        facts = self.facts(source)
        at_fault = self._is_at_fault(target)
        if is_plan:
            return WireLook(None, "ring", "error" if at_fault else "plan", "")
        if facts is None:
            label = "?" if self.findings.status else ""
            return WireLook(None, "ring", "error" if at_fault else "waiting", label)
        state = "error" if at_fault else "ok"
        label = f"{facts.label} · {facts.device}" if facts.device else facts.label
        return WireLook(facts.rank, form_of(facts.dtype), state, label)

    def _is_at_fault(self, target: InPort) -> bool:
        for problem in self.problems.get(target.node, ()):
            if problem.severity != "error":
                continue
            if problem.port == target.port:
                return True
            if not problem.port and len(self.into.get(target.node, ())) == 1:
                return True
        return False


def _part(ends: dict[NodeId, tuple[InPort, ...]], node: NodeId, target: InPort) -> None:
    if node in ends:
        ends[node] = tuple(other for other in ends[node] if other != target)


def _in_order(ports: Collection[Port]) -> tuple[Port, ...]:
    return tuple(sorted(ports, key=port_key) if len(ports) > 1 else ports)


def bends_of(layout: FrozenMap[str, object], target: InPort) -> tuple[tuple[float, float], ...]:
    """Return the points that a wire is led past."""
    bends = layout.get("bends", NOTHING)
    found = bends.get(f"{target.node}.{target.port}", ()) if isinstance(bends, FrozenMap) else ()
    return found if isinstance(found, tuple) else ()
