"""What is known of the main graph, kept from one revision to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from math import prod
from typing import Any, TypeVar

from app.engine.circles import Step
from app.engine.evaluate import Evaluator
from app.engine.evaluate_alike import Alike
from app.engine.evaluate_outcome import Outcome, on_output, tied, top_of
from app.engine.evaluate_plan import Plan
from app.engine.evaluate_record import Record, Trouble
from app.engine.evaluate_scope import Number, Scope
from app.engine.evaluate_shared import beside
from app.engine.evaluate_sites import Sites
from app.engine.judge_change import changed_arguments
from app.engine.judge_environment import Environment
from app.engine.judge_gradients import DECIDING
from app.engine.symbolic import probes
from app.engine.table import Table
from graph_editor.catalogue.order import Lookup, Regions, regions
from graph_editor.catalogue.ports import input_ports
from graph_editor.checking.failure import Diagnosis, Site
from graph_editor.checking.lint_memory import LintMemory
from graph_editor.checking.verdict import Status, TensorType
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Block,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Project,
)

V = TypeVar("V")


@dataclass(slots=True)
class State:
    """Everything found out about the main graph, by node, and how to bring it up to date."""

    environment: Environment
    nodes: FrozenMap[NodeId, Node] = NOTHING
    outcomes: Table[NodeId, Outcome] = field(default_factory=Table)
    types: Table[str, TensorType] = field(default_factory=Table)
    status: Table[Address, Status] = field(default_factory=Table)
    unsound: Table[Address, Status] = field(default_factory=Table)
    """Every status that is not ``ok``."""
    parameters: Table[Address, int] = field(default_factory=Table)
    state_keys: Table[Address, tuple[str, ...]] = field(default_factory=Table)
    flops: Table[Address, int] = field(default_factory=Table)
    inferred: Table[Address, FrozenMap[str, Arg]] = field(default_factory=Table)
    records: Table[Address, Record] = field(default_factory=Table)
    sites_by_address: Table[Address, Site] = field(default_factory=Table)
    is_sorted: bool = False
    """Whether these are in the order of the plan."""
    makes: Table[Address, bool] = field(default_factory=Table)
    """Whether a node makes weights, where that is known."""
    in_place: Table[Address, None] = field(default_factory=Table)
    """Nodes that write over what they are given."""
    conditional: Table[Address, None] = field(default_factory=Table)
    """Nodes that are not called in every step."""
    troubled: Table[NodeId, None] = field(default_factory=Table)
    retold: frozenset[NodeId] = frozenset()
    """Nodes of which ties made something else than was found by evaluating them."""
    sites: Sites = field(init=False)
    alike: Alike = field(default_factory=Alike)
    plan: Plan | None = None
    project: Project | None = None
    names: tuple[Mapping[str, Number], ...] = ()
    awaited: frozenset[str] = frozenset()
    """Sizes that an input would name, if anything reached it."""
    known_regions: Regions | None = None
    found_gradients: list[tuple[Record, Trouble]] | None = None
    kept: dict[object, Any] = field(default_factory=dict)
    """What checks found out that no small change has a part in (``Context.fixed``)."""
    touched: frozenset[Address] | None = None
    """The nodes that the last change had a part in, where it was small; None after others."""
    lints: LintMemory | None = None
    counted: tuple[frozenset[Address], tuple[tuple[int, Diagnosis], ...]] | None = None
    """The nodes that numbers come from that places are asked for with, and what is wrong there."""

    def __post_init__(self) -> None:
        here = self.environment
        self.sites = Sites(probes(here.sizes, here.last, here.free, here.validated))

    def copy(self) -> State:
        """Return a state that can be brought up to another revision without touching this one."""
        other = State(self.environment)
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(other, name, value.copy() if isinstance(value, Table) else value)
        return other

    @property
    def sound(self) -> int:
        """How many nodes torch takes, those in blocks each by itself."""
        return len(self.status) - len(self.unsound)

    def small_change(self, project: Project) -> list[NodeId] | None:
        """Return the nodes that are others in a project, where nothing but arguments is."""
        if self.project is None or self.plan is None or self.plan.circles:
            return None
        if self.environment.free or self.awaited:
            return None
        changed = changed_arguments(self.project, project)
        if changed is None or not self.plan.owners.isdisjoint(changed):
            return None
        return changed

    def update(self, project: Project, evaluator: Evaluator) -> None:
        """Bring everything up to a project; only what changed, and what depends on it, is done."""
        changed = self.small_change(project)
        if changed is None or not self._follow(project, evaluator, changed):
            self.touched, self.kept = None, {}
            self._update(project, evaluator)
        self.project = project

    def _follow(self, project: Project, evaluator: Evaluator, changed: list[NodeId]) -> bool:
        """Evaluate nodes whose arguments changed, and all that tells a difference from there.

        Returns whether that was enough: names of sizes may be other ones behind an input.
        """
        plan, graph, parameters = self.plan, project.main.graph, self.environment.parameters
        assert plan is not None
        scope = Scope("main", "", self.names, parameters)
        once = partial(evaluator.node, scope, partial(on_output, graph, self.outcomes))
        ahead = sorted({plan.place(id_) for id_ in changed})
        touched: set[Address] = set()
        steady = True
        while ahead:
            step = plan.steps[heappop(ahead)]
            id_, old = step[0], self.outcomes[step[0]]
            node = graph.nodes[id_]
            if node.spec in ("io.input", "param.of"):
                self.nodes = NOTHING  # all is to be looked at
                return False
            outcome = beside(plan, graph, self.outcomes, step, evaluator.lookup, once)
            if not _alike(old, outcome):
                for place in map(plan.place, plan.users(id_)):
                    if place not in ahead:
                        heappush(ahead, place)
            steady = steady and _signs(old) == _signs(outcome)
            touched.update(r.site.address for r in outcome.records)
            self._replace(id_, outcome)
        self.nodes = graph.nodes
        self.touched = frozenset(touched) if steady else None
        if not steady:
            self.kept = {}
        return True

    def _update(self, project: Project, evaluator: Evaluator) -> None:
        graph = project.main.graph
        self._replan(project, evaluator.lookup)
        plan = self.plan
        assert plan is not None
        fresh_blocks = self.project is None or self.project.blocks is not project.blocks
        environment = self.environment
        scope = Scope(
            "main",
            "",
            tuple(environment.names(p.sizes) for p in self.sites.tried),
            environment.parameters,
        )
        if self.sites.is_varied:  # how sizes follow from each other is found out anew
            self.sites.forget()
            self.nodes, evaluator.alike = NOTHING, Alike()
        before, nodes, outcomes = self.nodes, graph.nodes, self.outcomes
        changed = {n for n in plan.owners if before.get(n) is not nodes.get(n)}
        """Those that call an owner, be it before it is called itself, are told of its arguments."""
        done: dict[NodeId, Outcome] = {}  # what comes later is that of an earlier revision
        once = partial(evaluator.node, scope, partial(on_output, graph, done))
        bound = self._bound(graph)
        for step in plan.steps:
            id_ = step[0]
            node = nodes[id_]
            kept = before.get(id_) is node and id_ in outcomes
            if kept and (node.spec in ("io.input", "param.of") or id_ in bound):
                kept = False
            if kept and changed and not changed.isdisjoint(plan.needs[id_]):
                kept = False
            if kept and fresh_blocks and node.spec.startswith("block."):
                kept = False
            if id_ in plan.circles:
                kept = False  # a wire elsewhere decides which of them is at fault
            if kept:
                done[id_] = outcomes[id_]
                continue
            if id_ in plan.circles:
                outcome = evaluator.circular(scope, step, node, plan)
            elif node.spec == "param.of":
                outcome = evaluator.weight_of(scope, step, node, done)
            else:
                outcome = beside(plan, graph, done, step, evaluator.lookup, once)
            old = outcomes.get(id_)
            if old is None or not _alike(old, outcome):
                changed.add(id_)
            done[id_] = outcome
            self._replace(id_, outcome)
        known, self.names = (self.names, self.awaited), scope.names
        self.awaited = frozenset(scope.awaited)
        if known[0] and known != (self.names, self.awaited) and before:
            self.nodes, self.names = NOTHING, ()
            self._update(project, evaluator)
            return
        self.nodes = nodes
        made = tied(graph, "", dict(outcomes)) if graph.ties else {}
        self.retold = frozenset(id_ for id_ in made if made[id_] is not outcomes[id_])
        for id_ in self.retold:
            self._replace(id_, made[id_])
        self._sort(plan.steps)

    def _replan(self, project: Project, lookup: Lookup) -> None:
        main, before = project.main, self.project.main if self.project is not None else None
        if before is not None and self.plan is not None and self._same_ports(before, main, lookup):
            return
        self.plan = Plan.of(main, lookup)
        self.is_sorted = False
        self.known_regions = None
        self.found_gradients = None
        for id_ in [i for i in self.outcomes if i not in main.graph.nodes]:
            self._drop(self.outcomes.pop(id_), NOTHING)
            self.troubled.pop(id_)
        if before is not None:
            old, new = before.graph.wires, main.graph.wires
            targets = {t.node for t in (old.keys() | new.keys()) if old.get(t) != new.get(t)}
            self.nodes = self.nodes.without(*targets)

    def _same_ports(self, before: Block, main: Block, lookup: Lookup) -> bool:
        """Whether wires and ports are those of before, so that order and regions are too."""
        if before is main:
            return True
        old, new = before.graph, main.graph
        if (
            old.wires is not new.wires
            or before.inputs != main.inputs
            or before.outputs != main.outputs
            or len(old.nodes) != len(new.nodes)
        ):
            return False
        for id_, node in new.nodes.items():
            earlier = old.nodes.get(id_)
            if earlier is node:
                continue
            if earlier is None or earlier.spec != node.spec or earlier.weights != node.weights:
                return False
            spec = lookup(node.spec)
            if spec is not None and node.spec != "param.of":
                wired = [t.port for t in new.wires if t.node == id_]
                if input_ports(spec, node, wired) != input_ports(spec, earlier, wired):
                    return False
            elif earlier.args != node.args:
                return False
        return True

    def _replace(self, id_: NodeId, outcome: Outcome) -> None:
        old = self.outcomes.get(id_)
        if old is None or _gradient_signs(old) != _gradient_signs(outcome):
            self.found_gradients = None
        self.outcomes[id_] = outcome
        if old is not None:
            self._drop(old, {record.site.address: record for record in outcome.records})
        for record in outcome.records:
            self._enter(record)
        if any(record.troubles for record in outcome.records):
            self.troubled[id_] = None
        else:
            self.troubled.pop(id_)

    def _drop(self, old: Outcome, fresh: Mapping[Address, Record]) -> None:
        """Forget what an outcome said and a fresh one does not."""
        for record in old.records:
            address, now = record.site.address, fresh.get(record.site.address)
            for port in record.types:
                if now is None or port not in now.types:
                    self.types.pop(f"{address}.{port}")
            if now is None:
                for table in (self.status, self.unsound, self.records, self.sites_by_address):
                    table.pop(address)
                for found in (self.makes, self.parameters, self.flops, self.inferred):
                    found.pop(address)
                self.state_keys.pop(address)
                self.in_place.pop(address)
                self.conditional.pop(address)

    def _enter(self, record: Record) -> None:
        address, status = record.site.address, record.status
        self.records[address] = record
        self.status[address] = status
        node = record.site.node
        for kept, holds in (
            (self.in_place, node.args.get("inplace") is True),
            (self.conditional, node.when is not None),
        ):
            if holds:
                kept[address] = None
            else:
                kept.pop(address)
        for port, kind in record.types.items():
            self.types[f"{address}.{port}"] = kind
        there = address in self.sites_by_address
        if there != (status != "waiting"):
            self.is_sorted = False
        batch = self.environment.batch or 1
        _put(self.unsound, address, status if status != "ok" else None)
        _put(self.sites_by_address, address, record.site if status != "waiting" else None)
        _put(self.parameters, address, sum(map(prod, record.weights.values())) or None)
        _put(self.state_keys, address, record.state_keys or None)
        _put(self.flops, address, record.flops // batch if record.flops else None)
        _put(self.makes, address, record.makes)
        _put(self.inferred, address, record.inferred or None)

    def _sort(self, steps: Iterable[Step]) -> None:
        """Bring what is known of nodes into their order, whatever was found first."""
        if self.is_sorted:
            return
        known, self.sites_by_address, self.is_sorted = self.sites_by_address, Table(), True
        for id_, _ in steps:
            for record in self.outcomes[id_].records:
                if record.site.address in known:
                    self.sites_by_address[record.site.address] = record.site

    def regions(self, project: Project, lookup: Lookup) -> Regions:
        """Return the parts of the main graph."""
        if self.known_regions is None:
            self.known_regions = regions(project.main, lookup)
        return self.known_regions

    def _bound(self, graph: Graph) -> set[NodeId]:
        """Return the nodes to look at anew since ties decide on them, or did before."""
        before = self.project.main.graph.ties if self.project is not None else NOTHING
        sides = (side for ties in (before, graph.ties) for pair in ties.items() for side in pair)
        return {*self.retold, *map(top_of, sides)}

    def gradients(
        self, find: Callable[[Mapping[Address, Record]], list[tuple[Record, Trouble]]]
    ) -> list[tuple[Record, Trouble]]:
        """Return what find says of the records; remembered while no gradient changes its way."""
        if self.found_gradients is None:
            self.found_gradients = find(self.records)
        return self.found_gradients


def _put(table: Table[Address, V], address: Address, value: V | None) -> None:
    """Enter a value, or take out what is there."""
    if value is not None:
        table[address] = value
    else:
        table.pop(address)


def _alike(old: Outcome, new: Outcome) -> bool:
    """Whether nothing that depends on a node's outcome can tell the two apart."""
    if old.record.status != new.record.status or old.outputs != new.outputs:
        return False
    made = [[(r.weights, r.inferred) for r in outcome.records] for outcome in (old, new)]
    return made[0] == made[1]


def _gradient_signs(outcome: Outcome) -> list[tuple[object, ...]]:
    return [
        (
            r.site.address,
            r.status,
            r.learns,
            [(name, len(shape)) for name, shape in r.weights.items()],
            r.one_way,
            r.feeds,
            r.at_step,
            r.site.node.args.get("trains"),
            r.site.node.args.get("inplace"),
            *(r.site.value(name) for name in DECIDING.get(r.site.node.spec, ())),
        )
        for r in outcome.records
    ]


def _signs(outcome: Outcome) -> list[object]:
    """Return what checks may rely on through small changes (``Context.fixed``)."""
    made = [
        (r.makes, [(port, _wants(signal.values[0])) for port, signal in r.outputs.items()])
        for r in outcome.records
    ]
    return [*made, *_gradient_signs(outcome)]


def _wants(value: object) -> object:
    """Return what is on a wire, without its sizes."""
    return (value.dtype, value.requires_grad) if isinstance(value, TensorType) else value


__all__ = ["NOTHING", "Environment", "State"]
