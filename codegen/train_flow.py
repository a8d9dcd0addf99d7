"""What flows through a training step: which weights lie beneath a value, what gradients reach."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from codegen.model_custom import piece_called
from codegen.train_phases import Learner, Phase
from codegen.training_plan import Plan
from graph_editor.catalogue.order import Lookup, canonical_order, incoming
from graph_editor.catalogue.ports import output_kind
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, At, Node, NodeId, OutPort, Project

OWNING = ("nn", "block", "param")
"""Kinds of nodes that may own weights."""
DRAWN = (
    *("torch.rand", "torch.randn", "torch.randint"),
    *("torch.rand_like", "torch.randn_like", "torch.bernoulli"),
)
"""Specs of noise, which is drawn once in a step whatever is computed again."""
CUT = "Tensor.detach"
WHOLE = ("int", "uint", "bool")
"""How the dtypes begin through which no gradient passes."""


class Flow:
    """Answers what a step has to know of the whole drawing; asked only where phases differ."""

    def __init__(self, project: Project, plan: Plan, lookup: Lookup, verdict: Verdict) -> None:
        self.project, self.plan, self.lookup, self.verdict = project, plan, lookup, verdict
        self.graph = project.main.graph
        self.wires = incoming(self.graph)
        self._beneath: dict[NodeId, frozenset[NodeId]] = {}

    def owner(self, node_id: NodeId) -> NodeId:
        """Return the node whose weights a node uses."""
        node = self.graph.nodes[node_id]
        if node.spec == "param.of" and isinstance(of := node.args.get("of"), At):
            return first_of(of.address)
        weights = node.weights
        return weights.same_as if weights is not None and weights.same_as else node_id

    def beneath(self, node_id: NodeId) -> frozenset[NodeId]:
        """Return the nodes of the main graph whose weights a value depends on."""
        if node_id not in self._beneath:
            cone = canonical_order(self.graph, [node_id], self.lookup)
            owners = (self.owner(n) for n in cone if self.graph.nodes[n].kind in OWNING)
            self._beneath[node_id] = frozenset(owners)
        return self._beneath[node_id]

    def stepped(self, phase: Phase) -> frozenset[NodeId]:
        """Return the nodes of the main graph whose weights a phase changes, at least in part."""
        return frozenset(n for learner in phase.learners for n in self.of(learner))

    def of(self, learner: Learner) -> frozenset[NodeId]:
        """Return the nodes of the main graph whose weights an optimizer changes."""
        if learner.trains:
            found = (first_of(address) for address in learner.trains)
            named = frozenset(self.owner(n) for n in found if n in self.graph.nodes)
            return named | self.models if "." in learner.trains else named
        return self.models

    @cached_property
    def models(self) -> frozenset[NodeId]:
        """The nodes that own the weights of the model; without a model, of the blocks."""
        within = self.plan.model or self.plan.nodes
        kinds = OWNING if self.plan.model else ("block",)
        owners = {self.owner(n) for n in within if self.graph.nodes[n].kind in kinds}
        return frozenset(n for n in owners if n in self.graph.nodes and self.is_learnable(n))

    def is_learnable(self, node_id: NodeId) -> bool:
        """Whether the weights of a node learn, at least in part."""
        node = self.graph.nodes[node_id]
        return not (node.weights is not None and node.weights.follows) and "." not in node.freeze

    def has_frozen(self, learner: Learner) -> bool:
        """Whether some of the weights that an optimizer is given rest."""
        given = self.of(learner) if learner.trains else self.plan.model or self.models
        return any(_rests(self.project, self.graph.nodes[n]) for n in given)

    def strays(self, phase: Phase) -> bool:
        """Whether gradients of a phase's loss reach weights that are not its own to change."""
        own = self.stepped(phase)
        partly = {first_of(a) for x in phase.learners for a in x.trains if "/" in a or "[" in a}
        return bool(self._reached(port.node for port in phase.losses) - (own - partly))

    def is_forgotten(self, owner: NodeId) -> bool:
        """Whether gradients reach weights beside the model that no optimizer changes."""
        changed = {n for phase in self.plan.phases for n in self.stepped(phase)}
        return owner not in changed and owner in self._reached(p.node for p in self.plan.losses)

    def unread(self) -> frozenset[NodeId]:
        """Return the nodes of the model that own weights which no loss has anything to do with."""
        owning = frozenset(filter(self._learns, self.models))
        return owning - self._reached(port.node for port in self.plan.losses)

    def _reached(self, roots: Iterable[NodeId]) -> frozenset[NodeId]:
        """Return the owners of learning weights that gradients reach from roots."""
        found: set[NodeId] = set()
        seen: set[NodeId] = set()
        pending = list(roots)
        while pending:
            node_id = pending.pop()
            if node_id in seen or node_id not in self.graph.nodes:
                continue
            seen.add(node_id)
            node = self.graph.nodes[node_id]
            if node.kind in OWNING and self._learns(self.owner(node_id)):
                found.add(self.owner(node_id))
            if not self.cuts(node):
                pending += [s.node for s in self.wires[node_id].values() if self._passes(s)]
        return frozenset(found)

    def is_unknown(self, owner: NodeId) -> bool:
        """Whether nobody has said what a module of custom code owns: it has not been run yet."""
        node = self.graph.nodes[owner]
        known = self.verdict.status.get(Address(owner)) == "ok"
        return node.kind == "nn" and bool(piece_called(self.lookup(node.spec))) and not known

    def _learns(self, owner: NodeId) -> bool:
        if owner not in self.graph.nodes or not self.is_learnable(owner):
            return False
        if self.is_unknown(owner):
            return True
        return any(n and first_of(at) == owner for at, n in self.verdict.parameters.items())

    def cuts(self, node: Node) -> bool:
        """Whether no gradient passes a node."""
        spec = self.lookup(node.spec)
        if spec is None or node.spec == CUT or node.kind in ("data", "const"):
            return True
        return spec.category == "Creation" or output_kind(spec, node) == "size"

    def _passes(self, port: OutPort) -> bool:
        known = self.verdict.types.get(f"{port.node}.{port.port}")
        return known is None or not known.dtype.startswith(WHOLE)


def _rests(project: Project, node: Node) -> bool:
    if node.freeze:
        return True
    block = project.blocks.get(node.spec.partition(".")[2]) if node.kind == "block" else None  # type: ignore[call-overload]  # an id
    return block is not None and any(_rests(project, n) for n in block.graph.nodes.values())


def first_of(address: str) -> NodeId:
    """Return the node of the main graph with which an address begins."""
    return NodeId(address.split("/")[0].partition("[")[0])
