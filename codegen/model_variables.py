"""Which variable holds which output: x along a chain, and names that say what they keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from codegen import emit
from codegen.emit import Expression
from codegen.model_class import ClassPlan, base_name
from codegen.model_plan import Planner
from codegen.model_roles import (
    NAMELESS,
    WORDS,
    are_positions,
    called_inside,
    given_as,
    is_joined,
    is_slice_of_weight,
    role_of,
    wanted_as,
)
from codegen.names import fresh, shape_text
from codegen.statements import Statement, assign
from graph_editor.catalogue.run_settings import shows_shapes
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import NOTHING, NodeId, OutPort

KEPT_WORDS = {"op.add": "identity", "op.sub": "identity", "op.mul": "gate", "torch.cat": "skip"}
"""What an older value is called that a node needs later."""


@dataclass(slots=True)
class Value:
    """What an output is in the code: a variable, or an expression not yet evaluated."""

    text: Expression
    node: NodeId
    weight: int = 0
    """Nodes inside an expression that is not yet evaluated; 0 for a variable."""
    reads: tuple[OutPort, ...] = ()
    """Variables that the expression reads."""
    nodes: list[NodeId] = field(default_factory=list)


class Variables:
    """The values known so far in one forward method, and the statements that made them.

    An expression with one reader waits in ``pending`` to be nested into it. Whatever waits is
    written, in order, before anything else is: so Python evaluates nodes in the canonical order.
    """

    def __init__(
        self, planner: Planner, plan: ClassPlan, named: Mapping[OutPort, str] = NOTHING
    ) -> None:
        self.planner = planner
        self.plan = plan
        self.named = named
        """Names of values that are known to be needed later; others are kept when that is seen."""
        self.kept: dict[OutPort, tuple[str, str]] = {}
        """Values of forward's own that were kept: under which word, and under which name."""
        self.values: dict[OutPort, Value] = {}
        self.left = dict(plan.uses)
        self.reading: dict[OutPort, int] = {}
        self.pending: list[OutPort] = []
        self.bound: dict[str, OutPort | None] = {}
        self.body: list[Statement] = []
        self.remarks: dict[int, str] = {}
        """Statements of the body that end in a shape -> whose: ``conv1.output``."""

    def made(self, node: NodeId, text: Expression) -> Value:
        """Return an expression over inputs, which are read by it from now on."""
        plan = self.plan
        reads: list[OutPort] = []
        weight, nodes = 1, []
        ways = 1 if plan.nodes[node].when is None else 2
        for source, times in Counter(map(plan.origin, plan.wires[node].values())).items():
            if source is None or source not in self.values:
                continue
            value = self.values[source]
            self.left[source] = self.left.get(source, 0) - times * ways
            if value.weight:
                weight += value.weight
                nodes += value.nodes
                reads += value.reads
                self.pending.remove(source)
            else:
                reads.append(source)
                self.reading[source] = self.reading.get(source, 0) + 1
        return Value(text, node, weight, tuple(reads), [*nodes, node])

    def flush(self) -> None:
        """Evaluate what is pending, in order; parts of weights can wait for their reader."""
        for port in [p for p in self.pending if not is_slice_of_weight(self.plan, p)]:
            self.assign(port)

    def assign(self, port: OutPort) -> None:
        """Write ``name = expression`` for an output."""
        if port in self.pending:
            self.pending.remove(port)
        value = self.values[port]
        for read in value.reads:
            self.reading[read] -= 1
        name = self._name_for(value, port)
        remark = self.shape(port)
        self.body.append(assign(name, value.text, self.plan.address(value.node), remark))
        self.bound[name] = port
        self.values[port] = Value(emit.name(name), value.node)

    def live(self, port: OutPort | None) -> bool:
        """Whether a later statement still reads an output under its name."""
        return port is not None and (self.left.get(port, 0) > 0 or self.reading.get(port, 0) > 0)

    def _name_for(self, value: Value, port: OutPort) -> str:
        """Return ``x`` along a chain, keeping an older value under a name that says what it is."""
        spec = self.planner.lookup(self.plan.node(value.node).spec)
        if spec is not None and spec.yields == "size":
            return self.free(base_name(self.plan.node(value.node), spec))
        role = self.named.get(port) or role_of(self.plan, port)
        if role:
            return self.free(role)
        own = self.plan.node(value.node)
        if own.name and (own.kind in NAMELESS or is_joined(self.plan, port)):
            return self._named(value.node, port)
        holder = self.bound.get("x")
        if "x" in self.bound and self.live(holder):
            assert holder is not None
            if WORDS.get(spec.name if spec else "") == "noise":
                return self.speaking(value.node)
            if holder not in value.reads or self.reading.get(holder, 0) > 0:
                return self._named(value.node, port)
            readers = {node for node, _ in self.plan.readers.get(port, ())}
            if len(readers) < self.plan.uses.get(port, 0):
                return self.free("normed" if "Norm" in own.spec else "y")  # x goes on beside it
            read = {name for name, port in self.bound.items() if port in value.reads}
            base = self._kept_word(holder)
            word = fresh(base, self.names_live() | read)
            if self.plan.node(holder.node).spec != "io.input":
                self.kept[holder] = (base, word)
            self.body.append(assign(word, emit.name("x"), self.plan.address(holder.node)))
            self.bound[word] = holder
            self.values[holder] = Value(emit.name(word), holder.node)
        return "x"

    def _named(self, node: NodeId, port: OutPort) -> str:
        """Return a free name for an output: what a block calls it that reads or gives it."""
        word = wanted_as(self.plan, port, self._inner)
        if not word and self.plan.node(node).kind == "block":
            word = given_as(self.plan, node, self._inner)
        return self.free(word) if word else self.speaking(node)

    def _inner(self, node: NodeId) -> ClassPlan:
        """Return the plan of the block that a node uses."""
        return self.planner.plans[self.plan.node(node).spec.partition(".")[2]]

    def _kept_word(self, port: OutPort) -> str:
        for node, path in self.plan.readers.get(port, ()):
            found = self.plan.node(node)
            is_block = found.kind == "block"
            word = (
                called_inside(node, path, self._inner) if is_block else KEPT_WORDS.get(found.spec)
            )
            if word:
                return word
        return "residual"

    def names_kept(self) -> dict[OutPort, str]:
        """Return what kept values are called from the start: ``skip1`` where there are more."""
        several = {base for base, word in self.kept.values() if word != base}
        numbers: Counter[str] = Counter()
        found = {}
        for port, (base, _) in self.kept.items():
            numbers[base] += 1
            found[port] = fresh(base, (), base in several, numbers[base])
        return found

    def speaking(self, node: NodeId) -> str:
        """Return a free name that says what a node gives."""
        found = self.plan.node(node)
        if node in self.plan.group_of:
            group = self.plan.groups[self.plan.group_of[node]]
            return self.free(self.plan.attributes[group[0]])
        if not found.name and are_positions(self.plan, node):
            return self.free("positions")
        if found.name or found.kind not in NAMELESS:
            return self.free(base_name(found, self.planner.lookup(found.spec)))
        word = WORDS.get(found.spec, "y")
        return self.free("z" if word == "y" and "y" in self.names_live() else word)

    def free(self, base: str) -> str:
        """Return base, numbered if a value that is still needed has that name."""
        live = {name for name, port in self.bound.items() if port is None or self.live(port)}
        return fresh(base, live)

    def names_live(self) -> set[str]:
        """Return the variables that may not be bound anew."""
        return {name for name, port in self.bound.items() if port is None or self.live(port)}

    def shape(self, port: OutPort) -> str:
        """Return the shape comment of an output of the main class, for the next statement."""
        if self.plan.key != "main" or not shows_shapes(self.planner.project.run):
            return ""
        place = f"{port.node}.{port.port}"
        self.remarks[len(self.body)] = place
        return shape_remark(self.planner.verdict, place)


def shape_remark(verdict: Verdict, place: str) -> str:
    """Return the shape at ``node.port`` as a comment says it; empty if unknown or a scalar's."""
    found = verdict.types.get(place)
    return _shape_text(found.shape) if found is not None and found.shape else ""


_shape_text = lru_cache(1_000)(shape_text)
"""A network has many outputs and few shapes."""
