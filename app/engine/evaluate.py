"""Evaluates the nodes of a graph, of the blocks it uses and of the copies that repeats make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from app.engine.evaluate_call import Caller
from app.engine.evaluate_io import block_inputs, data_outputs, main_input
from app.engine.evaluate_node import (
    Place,
    Record,
    Signal,
    Signals,
    Sites,
    Trouble,
    evaluate_leaf,
    infer,
    missing_input,
    shapes_of,
)
from app.engine.evaluate_plan import Plan, Step
from app.engine.evaluate_scope import ArgumentProblem, Number, Scope, concrete_all, number
from app.engine.evaluate_training import evaluate_optimizer, evaluate_scheduler
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import input_ports
from graph_editor.checking.verdict import Status, TensorType
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import (
    NOTHING,
    Address,
    At,
    Block,
    Expr,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    OutPort,
    Project,
    Repeat,
)

DEEPEST = 20
MOST_COPIES = 1000


class Cancelled(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """A newer revision has made this judgement pointless."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one node of a graph: its outputs, its record, and those of all below it."""

    outputs: FrozenMap[str, Signal]
    records: tuple[Record, ...]

    @property
    def record(self) -> Record:
        """The node's own record."""
        return self.records[0]


Sources = Callable[[OutPort], "Signal | Trouble | None"]
"""What is on an output: nothing where its node failed or waits, a trouble where it does not exist."""


class Evaluator:
    """Evaluates nodes of one project; results of single calls are kept in the caller's memory."""

    def __init__(
        self,
        project: Project,
        lookup: Lookup,
        caller: Caller,
        sites: Sites,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self.project = project
        self.lookup = lookup
        self.caller = caller
        self.sites = sites
        self.cancelled = cancelled
        self._plans: dict[str, Plan] = {}

    def node(
        self,
        scope: Scope,
        step: Step,
        node: Node,
        sources: Sources,
        extra: Mapping[str, Number] = NOTHING,
    ) -> Outcome:
        """Return what comes of one node, given what is on its wires (None where nothing is)."""
        if self.cancelled():
            raise Cancelled
        id_, wires = step
        spec = self.lookup(node.spec)
        place = Place(scope, id_, node, spec, wires, Address(scope.prefix + id_), extra)
        if spec is None:
            message = (
                f"{node.spec} is not known here, so that neither it nor what follows is judged."
            )
            trouble = Trouble("unknown-spec", message)
            return self._single(Record(self.sites.site(place, {}), "unknown", troubles=(trouble,)))
        signals: dict[str, Signal] = {}
        for port, source in wires:
            signal = sources(source)
            if isinstance(signal, Trouble):
                return self._failed(place, signals, replace(signal, port=port))
            if signal is None:
                return self._single(Record(self.sites.site(place, signals), "waiting"))
            if any(value is not None for value in signal.values):
                signals[port] = signal
        if node.repeat is not None:
            return self._repeated(place, signals, node.repeat)
        outcome = self.once(place, signals)
        if node.weights is not None and node.weights.same_as is not None:
            return Outcome(outcome.outputs, _without_weights(outcome.records))
        return outcome

    def once(self, place: Place, signals: Signals) -> Outcome:
        """Return what comes of a node that is not repeated, or of one of its copies."""
        if place.node.when is None:
            return self._always(place, signals)
        try:
            truths = [
                bool(number(place.node.when, {**place.names(k), "training": p.training}))
                for k, p in enumerate(self.sites.tried)
            ]
        except ExpressionError as error:
            trouble = Trouble("expression", f"when: {error}.", argument="when")
            site = self.sites.site(place, signals)
            return self._single(Record(site, "error", troubles=(trouble,)))
        if all(truths):
            return self._always(place, signals)
        first = self._first_input(place, signals)
        if first is None:
            return self._failed(place, signals, missing_input(place, "input"))
        done = self._always(place, signals) if any(truths) else None
        if done is not None and done.record.status != "ok":
            return done
        return self._passed(place, signals, signals[first], done, truths)

    def _passed(
        self,
        place: Place,
        signals: Signals,
        given: Signal,
        done: Outcome | None,
        truths: list[bool],
    ) -> Outcome:
        """Return the outcome of a node whose first input passes through where ``when`` is false."""
        assert place.spec is not None
        record = done.record if done else Record(self.sites.site(place, signals), "ok")
        made = next(iter(done.outputs.items()), None) if done else None
        port = made[0] if made else _first_output(place)
        inside = made[1].values if made else given.values
        values = tuple(
            a if truth else b for a, b, truth in zip(inside, given.values, truths, strict=True)
        )
        origin = (*(made[1].origin if made else ()), *given.origin)
        outputs = FrozenMap({port: Signal(values, origin)})
        record = replace(record, outputs=outputs, types=self.sites.types(outputs))
        return Outcome(outputs, (record, *(done.records[1:] if done else ())))

    def _first_input(self, place: Place, signals: Signals) -> str | None:
        assert place.spec is not None
        ports = input_ports(place.spec, place.node, [p for p, _ in place.wires])
        return next((p.path for p in ports if p.path in signals), None)

    def _always(self, place: Place, signals: Signals) -> Outcome:
        assert place.spec is not None
        kind = place.spec.kind
        if kind == "block":
            return self._block(place, signals)
        if kind == "code":
            message = "Custom code is not run before it is trusted, so that it is not judged."
            trouble = Trouble("custom-code", message, severity="info")
            site = self.sites.site(place, signals)
            return self._single(Record(site, "unknown", troubles=(trouble,)))
        if kind == "data":
            return self._single(data_outputs(place, self.sites))
        if kind == "io":
            if place.spec.name == "io.input":
                return self._single(main_input(place, signals, self.sites))
            return self._io_output(place, signals)
        if kind == "optim":
            return self._single(evaluate_optimizer(place, signals, self.sites))
        if kind == "lr_scheduler":
            return self._single(evaluate_scheduler(place, signals, self.sites))
        return self._single(evaluate_leaf(place, signals, self.caller, self.sites))

    def _io_output(self, place: Place, signals: Signals) -> Outcome:
        if "input" not in signals:
            return self._failed(place, signals, missing_input(place, "input"))
        outputs = FrozenMap({"output": signals["input"]})
        site = self.sites.site(place, signals)
        return self._single(Record(site, "ok", outputs, self.sites.types(outputs)))

    def _single(self, record: Record) -> Outcome:
        return Outcome(record.outputs, (record,))

    def _failed(self, place: Place, signals: Signals, trouble: Trouble) -> Outcome:
        site = self.sites.site(place, signals)
        return self._single(Record(site, "error", troubles=(trouble,)))

    def _block(self, place: Place, signals: Signals) -> Outcome:
        key = place.node.spec.partition(".")[2]
        if key in place.scope.blocks or len(place.scope.blocks) > DEEPEST:
            message = f"The block {key} contains itself."
            return self._failed(place, signals, Trouble("recursive-block", message))
        block = self.project.block(key)
        entered = self._entered(place, signals, key, block)
        if isinstance(entered, Outcome):
            return entered
        scope, given, inferred = entered
        done = self.graph(scope, block, given)
        outputs = {
            o: done[o].outputs["output"]
            for o in block.outputs
            if o in done and "output" in done[o].outputs
        }
        complete = len(outputs) == len(block.outputs)
        site = self.sites.site(place, signals, scope.parameters, inferred)
        record = Record(
            site,
            "ok" if complete else "waiting",
            FrozenMap(outputs) if complete else NOTHING,
            self.sites.types(outputs) if complete else NOTHING,
            inferred=inferred,
        )
        return Outcome(record.outputs, (record, *(r for o in done.values() for r in o.records)))

    def _entered(
        self, place: Place, signals: Signals, key: str, block: Block
    ) -> tuple[Scope, dict[NodeId, Signal], FrozenMap[str, object]] | Outcome:
        """Return the scope inside an instance of a block and what arrives at its inputs."""
        assert place.spec is not None
        own = {
            n: a for n, a in place.node.args.items() if any(p.name == n for p in block.parameters)
        }
        stray = next((n for n in place.node.args if n not in own), None)
        if stray is not None:
            text = f"The block {place.spec.title} has no parameter {stray}."
            return self._failed(place, signals, Trouble("unknown-argument", text, argument=stray))
        inferred = infer(place, signals)
        try:
            args = concrete_all(own, place.names(0), shapes_of(signals, 0)).merged(inferred)
        except ArgumentProblem as problem:
            trouble = Trouble("expression", f"{problem}.", argument=problem.argument)
            return self._failed(place, signals, trouble)
        for parameter in block.parameters:
            if parameter.name not in args and parameter.default is not None:
                args = args.set(parameter.name, parameter.default)
        missing = next((p.name for p in block.parameters if p.name not in args), None)
        if missing is not None:
            text = f"{place.spec.title} needs a value for {missing}."
            return self._failed(place, signals, Trouble("missing-argument", text, argument=missing))
        found = block_inputs(place, signals, block, args, self.sites)
        if isinstance(found, Trouble):
            return self._failed(place, signals, found)
        names, given = found
        scope = Scope(
            key,
            f"{place.address}/",
            names,
            args,
            _below(place),
            (*place.scope.blocks, key),
        )
        return scope, given, inferred

    def graph(
        self, scope: Scope, block: Block, given: Mapping[NodeId, Signal]
    ) -> dict[NodeId, Outcome]:
        """Return the outcomes of a block's nodes; ``given`` is what arrives at its input nodes."""
        graph = block.graph
        done: dict[NodeId, Outcome] = {}
        if scope.block not in self._plans:
            self._plans[scope.block] = Plan.of(block, self.lookup)
        plan = self._plans[scope.block]
        for step in plan.steps:
            id_ = step[0]
            node = graph.nodes[id_]
            if id_ in plan.circles:
                done[id_] = self.circular(scope, step, node, plan.circles[id_])
            elif node.spec == "io.input":
                done[id_] = self._given(scope, step, node, given.get(id_))
            elif node.spec == "param.of":
                done[id_] = self.weight_of(scope, step, node, done)
            else:
                sources = partial(on_output, graph, done)
                done[id_] = self.node(scope, step, shared(graph, node), sources)
        return tied(graph, scope.prefix, done)

    def circular(self, scope: Scope, step: Step, node: Node, circle: tuple[NodeId, ...]) -> Outcome:
        """Return the outcome of a node whose result would depend on itself."""
        spec = self.lookup(node.spec)
        place = Place(scope, step[0], node, spec, step[1], Address(scope.prefix + step[0]))
        text = f"These nodes feed each other in a circle: {', '.join(circle)}. Remove a wire."
        troubles = (Trouble("cycle", text),) if step[0] == circle[0] else ()
        return self._single(Record(self.sites.site(place, {}), "error", troubles=troubles))

    def weight_of(
        self, scope: Scope, step: Step, node: Node, done: Mapping[NodeId, Outcome]
    ) -> Outcome:
        """Return the outcome of a node that reads another node's weight as a value."""
        spec = self.lookup(node.spec)
        place = Place(scope, step[0], node, spec, step[1], Address(scope.prefix + step[0]))
        named, which = node.args.get("of"), str(node.args.get("parameter", "weight"))
        if not isinstance(named, At):
            trouble = Trouble("missing-argument", "Say whose weight this is.", argument="of")
            return self._failed(place, {}, trouble)
        address = scope.prefix + named.address
        owner = done.get(NodeId(named.address.partition("/")[0].partition("[")[0]))
        records = owner.records if owner else ()
        record = next((r for r in records if r.site.address == address), None)
        if record is not None and record.status not in ("ok", "idle"):
            return self._single(Record(self.sites.site(place, {}), "waiting"))
        if record is None or which not in record.weights:
            text = f"{named.address} has no weight called {which}."
            return self._failed(place, {}, Trouble("no-such-weight", text, argument="of"))
        kind = TensorType(record.weights[which], requires_grad=record.learns)
        outputs = FrozenMap(
            {"output": Signal(tuple(kind for _ in self.sites.tried), (f"{place.address}.output",))}
        )
        feeds = (f"{address}.{which}",)
        site = self.sites.site(place, {}, node.args)
        return self._single(Record(site, "ok", outputs, self.sites.types(outputs), feeds=feeds))

    def _given(self, scope: Scope, step: Step, node: Node, signal: Signal | None) -> Outcome:
        spec = self.lookup(node.spec)
        place = Place(scope, step[0], node, spec, step[1], Address(scope.prefix + step[0]))
        absent = Signal(tuple(None for _ in self.sites.tried))
        outputs = FrozenMap({"output": signal or absent})
        site = self.sites.site(place, {})
        return self._single(Record(site, "ok", outputs, self.sites.types(outputs)))

    def _repeated(self, place: Place, signals: Signals, repeat: Repeat) -> Outcome:
        """Return the outcome of a chain of copies, with one record for the whole and for each."""
        count: object = repeat.count
        try:
            if isinstance(count, Expr):
                count = number(count, place.names(0), shapes_of(signals, 0))
        except ExpressionError as error:
            trouble = Trouble("expression", f"The number of copies: {error}.", argument="repeat")
            return self._failed(place, signals, trouble)
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_COPIES:
            text = f"The number of copies has to be from 0 to {MOST_COPIES}; it is {count}."
            return self._failed(place, signals, Trouble("repeat-count", text, argument="repeat"))
        if repeat.over or repeat.stack:
            text = (
                "A repeat over slices of an input cannot be judged yet; leave over and stack empty."
            )
            trouble = Trouble("repeat-scan", text, severity="info")
            site = self.sites.site(place, signals)
            return self._single(Record(site, "unknown", troubles=(trouble,)))
        return self._chain(place, signals, repeat, count)

    def _chain(self, place: Place, signals: Signals, repeat: Repeat, count: int) -> Outcome:
        current, records = dict(signals), []
        carried = self._carried(place, signals)
        outputs: FrozenMap[str, Signal] = NOTHING
        status: Status = "ok"
        for copy in range(count):
            address = Address(f"{place.address}[{copy}]")
            at = replace(place, address=address, extra={"i": copy, "n": count})
            outcome = self.once(at, current)
            fresh = outcome.records
            if copy and repeat.shared:
                fresh = _without_weights(fresh)
            records.extend(fresh)
            if outcome.record.status != "ok":
                status = "unknown" if outcome.record.status == "unknown" else "waiting"
                outputs = NOTHING
                break
            outputs = outcome.outputs
            for output, port in carried.items():
                if output in outputs:
                    current[port] = outputs[output]
        if count == 0 and carried:
            output, port = next(iter(carried.items()))
            outputs = FrozenMap({output: signals[port]})
        site = self.sites.site(place, signals)
        whole = Record(site, status, outputs, self.sites.types(outputs))
        return Outcome(outputs, (whole, *records))

    def _carried(self, place: Place, signals: Signals) -> dict[str, str]:
        """Return which output of a copy feeds which input of the next."""
        found: dict[str, str] = {}
        first = self._first_input(place, signals)
        if first is not None:
            found[_first_output(place)] = first
        kind, _, key = place.node.spec.partition(".")
        if kind == "block":
            block = self.project.block(key)
            for name in block.outputs:
                again = block.graph.nodes[name].args.get("again")
                if isinstance(again, At):
                    found[name] = str(again.address)
        return found


def _without_weights(records: tuple[Record, ...]) -> tuple[Record, ...]:
    return tuple(replace(record, weights=NOTHING) for record in records)


def _first_output(place: Place) -> str:
    tree = place.spec.outputs if place.spec else "output"
    while isinstance(tree, tuple):
        tree = tree[0]
    return tree


def _below(place: Place) -> tuple[str, ...]:
    """Return which addresses inside an instance do not learn."""
    if place.frozen():
        return (".",)
    heads = (f"{place.id}/", f"{place.address.rpartition('/')[2]}/")
    inner = [a.removeprefix(h) for a in place.scope.frozen for h in heads if a.startswith(h)]
    return (*(a for a in place.node.freeze if a != "."), *inner)


def shared(graph: Graph, node: Node) -> Node:
    """Return a node with the arguments of the module that it calls again, if it does."""
    owner = graph.nodes.get(node.weights.same_as) if node.weights and node.weights.same_as else None
    if owner is None:
        return node
    return replace(node, args=owner.args.merged(node.args))


def on_output(
    graph: Graph, done: Mapping[NodeId, Outcome], source: OutPort
) -> Signal | Trouble | None:
    """Return what is on an output of a node that has been evaluated."""
    outcome = done.get(source.node)
    if outcome is None:
        if source.node in graph.nodes:
            return None
        return Trouble("unknown-output", f"The node {source.node} does not exist.")
    if source.port in outcome.outputs:
        return outcome.outputs[source.port]
    if outcome.record.status != "ok":
        return None
    return Trouble("unknown-output", f"{source.node} gives no output {source.port} here.")


def tied(graph: Graph, prefix: str, done: dict[NodeId, Outcome]) -> dict[NodeId, Outcome]:
    """Return outcomes in which a weight that is another's is not counted twice."""
    for one, other in graph.ties.items():
        mine, theirs = (_weight(text, prefix, done) for text in (one, other))
        if mine is None or theirs is None or mine[1] not in mine[0].weights:
            continue
        record, name = mine
        changed = replace(record, weights=record.weights.without(name))
        if record.weights[name] != theirs[0].weights.get(theirs[1], record.weights[name]):
            text = f"{one} cannot be the same weight as {other}: their shapes differ."
            changed = replace(
                record, status="error", outputs=NOTHING, troubles=(Trouble("tie-mismatch", text),)
            )
        id_ = NodeId(one.partition(".")[0].partition("/")[0].partition("[")[0])
        records = tuple(changed if r is record else r for r in done[id_].records)
        done[id_] = Outcome(done[id_].outputs, records)
    return done


def _weight(text: str, prefix: str, done: Mapping[NodeId, Outcome]) -> tuple[Record, str] | None:
    address, _, name = text.partition(".")
    outcome = done.get(NodeId(address.partition("/")[0].partition("[")[0]))
    records = outcome.records if outcome else ()
    found = next((r for r in records if r.site.address == prefix + address), None)
    return None if found is None else (found, name)
