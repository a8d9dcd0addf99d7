"""Evaluates the nodes of a graph, of the blocks it uses and of the copies that repeats make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from app.engine.circles import Step
from app.engine.evaluate_alike import Alike
from app.engine.evaluate_arguments import (
    awaits_a_size,
    inferred_at_first,
    missing_input,
    shapes_of,
    stray,
    structure,
)
from app.engine.evaluate_block import entered, without_end
from app.engine.evaluate_call import Caller
from app.engine.evaluate_code import evaluate_code
from app.engine.evaluate_count import Count, too_many
from app.engine.evaluate_io import data_outputs, main_input, named_sizes
from app.engine.evaluate_node import evaluate_leaf
from app.engine.evaluate_outcome import (
    Outcome,
    dangling,
    failed,
    fails_later,
    first_input,
    first_output,
    frozen_with,
    lent,
    merged,
    met,
    of_tries,
    on_output,
    single,
    spread,
    tied,
    where_on,
    wholly_tied,
)
from app.engine.evaluate_plan import Plan
from app.engine.evaluate_record import Place, Record, Signal, Signals, Trouble
from app.engine.evaluate_repeat import repeated
from app.engine.evaluate_scope import Number, Scope, names_in, number
from app.engine.evaluate_shared import beside
from app.engine.evaluate_sites import Sites
from app.engine.evaluate_training import evaluate_optimizer, evaluate_scheduler
from app.engine.evaluate_weight import weight_read
from app.engine.evaluate_when import other_world, shown_where_off, told_where_on
from graph_editor.catalogue.meaning import means
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.failure import Failure
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import (
    NOTHING,
    Address,
    Block,
    FrozenMap,
    Node,
    NodeId,
    OutPort,
    Project,
)

SPECIAL = ("block", "code", "data", "io", "optim", "lr_scheduler")
"""Kinds of nodes that are no plain call."""


class Cancelled(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """A newer revision has made this judgement pointless."""


Sources = Callable[[OutPort], "Signal | Trouble | None"]
"""What is on an output: nothing where its node failed or waits, trouble where there is none."""


class Evaluator:
    """Evaluates nodes of one project; results of single calls are kept in the caller's memory."""

    def __init__(
        self,
        project: Project,
        lookup: Lookup,
        caller: Caller,
        sites: Sites,
        cancelled: Callable[[], bool] = lambda: False,
        alike: Alike | None = None,
    ) -> None:
        self.project = project
        self.lookup = lookup
        self.caller = caller
        self.sites = sites
        self.cancelled = cancelled
        self.alike = alike or Alike()
        self._plans: dict[str, Plan] = {}
        self._count = Count(project)

    def node(
        self,
        scope: Scope,
        sources: Sources,
        step: Step,
        node: Node,
        extra: Mapping[str, Number] = NOTHING,
    ) -> Outcome:
        """Return what comes of one node, given what is on its wires (None where nothing is)."""
        if self.cancelled():
            raise Cancelled
        id_, wires = step
        spec = self.lookup(node.spec)
        if node.weights is not None and node.weights.same_as is not None:
            scope = frozen_with(self.project, scope, id_, node.weights.same_as)
        place = Place(scope, id_, node, spec, wires, Address(scope.prefix + id_), extra)
        if spec is None:
            message = (
                f"{node.spec} is not known here, so that neither it nor what follows is judged."
            )
            trouble = Trouble("unknown-spec", message)
            return single(Record(self.sites.site(place, {}), "unknown", troubles=(trouble,)))
        signals: dict[str, Signal] = {}
        for port, source in wires:
            signal = sources(source)
            if isinstance(signal, Trouble):
                scope.awaited.update(named_sizes(node))
                return dangling(place, signals, port, signal, self.sites)
            if signal is None:
                scope.awaited.update(named_sizes(node))
                return single(Record(self.sites.site(place, signals), "waiting"))
            if any(value is not None for value in signal.values):
                signals[port] = signal
        if awaits_a_size(place):
            return single(Record(self.sites.site(place, signals), "waiting"))
        if (many := self._count.too_many(node, place.names(0))) > 0:
            record = Record(self.sites.site(place, signals), "unknown", troubles=(too_many(many),))
            return single(record)
        if node.repeat is not None and means(node.kind, "repeat"):
            kind, _, key = node.spec.partition(".")
            block = self.project.block(key) if kind == "block" else None
            return repeated(place, signals, node.repeat, self.once, block, self.sites)
        outcome = self.once(place, signals)
        if outcome.record.learns and wholly_tied(self.project, place, outcome.record.weights):
            outcome = self.once(replace(place, scope=scope.resting(id_)), signals)
        return lent(self.project, place, outcome)

    def once(self, place: Place, signals: Signals) -> Outcome:
        """Return what comes of a node that is not repeated, or of one of its copies."""
        if place.node.when is None or not means(place.node.kind, "when"):
            return self._always(place, signals)
        try:
            truths = [
                bool(number(place.node.when, names, shapes_of(signals, k)))
                for k, p in enumerate(self.sites.tried)
                for names in [{**place.names(k), "training": p.training}]
            ]
        except ExpressionError as error:
            trouble = Trouble("expression", f"when: {error}.", argument="when")
            site = self.sites.site(place, signals)
            return single(Record(site, "error", troubles=(trouble,)))
        first = first_input(place, signals)
        if all(truths):
            shown = self._always(place, signals)
            if first is None or not other_world(place, signals, self.sites, truth=False):
                return shown
            return shown_where_off(shown, self.sites.symbolic(signals[first].values))
        if first is None:
            return failed(place, signals, missing_input(place, "input"), self.sites)
        done = self._always(place, signals) if any(truths) else None
        if done is not None and done.record.status != "ok":
            done = self._where_true(place, signals, truths)
        if done is not None and done.record.status != "ok":
            return done
        passed = self._passed(place, signals, signals[first], done, truths)
        if done:
            return passed
        world = other_world(place, signals, self.sites, truth=True)
        if world is None:
            return self._owning(place, passed, lambda: self._always(place, signals))
        inner = Evaluator(self.project, self.lookup, self.caller, world.sites, self.cancelled)
        shown = inner._always(world.place, world.signals)
        return self._owning(place, told_where_on(passed, world, shown), lambda: shown)

    def _owning(self, place: Place, passed: Outcome, shown: Callable[[], Outcome]) -> Outcome:
        """Return the outcome of a node that is off in all tries, with what it owns all the same.

        Code makes the weights of what may be switched on, as by the mode. One that is off for good,
        or by the parameters of its block, owns nothing.
        """
        if names_in((place.node.when,)) <= place.scope.parameters.keys():
            return passed
        made = [r for r in shown().records if r.weights]
        if not made:
            return passed
        inside = {f"{k}.{n}": w for k, r in enumerate(made) for n, w in r.weights.items()}
        weights = made[0].weights if len(made) == 1 else FrozenMap(inside)
        learns = any(record.learns for record in made)
        found = made[0].inferred if len(made) == 1 else NOTHING
        own = replace(passed.record, weights=weights, learns=learns, makes=True, inferred=found)
        return Outcome(passed.outputs, (own,))

    def _where_true(self, place: Place, signals: Signals, truths: list[bool]) -> Outcome:
        """Return what comes of a node in those tries alone in which it is switched on."""
        if place.node.kind == "block" and not truths[0]:
            # what is inside is made for what arrives at first, all the same
            done = self._among(place, signals, [True, *truths[1:]])
            if fails_later(done):
                return done
        done = self._among(place, signals, truths)
        node = inferred_at_first(place, signals, done.record.inferred)
        return self._among(replace(place, node=node), signals, truths) if node else done

    def _among(self, place: Place, signals: Signals, mask: list[bool]) -> Outcome:
        """Return what comes of a node in some of the tries."""
        chosen = [k for k, is_in in enumerate(mask) if is_in]
        sites = Sites(tuple(self.sites.tried[k] for k in chosen))
        names = tuple(place.scope.names[k] for k in chosen)
        fed = {p: s.among(chosen) for p, s in signals.items()}
        inner = Evaluator(self.project, self.lookup, self.caller, sites, self.cancelled)
        done = inner._always(replace(place, scope=replace(place.scope, names=names)), fed)
        outputs = {p: spread(signal, mask) for p, signal in done.outputs.items()}
        return Outcome(FrozenMap(outputs), tuple(of_tries(r, chosen) for r in done.records))

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
        port = made[0] if made else first_output(place)
        inside = made[1].values if made else given.values
        values = tuple(
            a if truth else b for a, b, truth in zip(inside, given.values, truths, strict=True)
        )
        origins = (made[1].origin if made else (), given.origin)
        first, second = origins if truths[0] else reversed(origins)
        origin = (*first, *second)
        outputs = FrozenMap({port: Signal(values, origin, merged(made and made[1], given, truths))})
        types, arrived = self.sites.types(outputs), met(signals, truths)
        record = replace(record, outputs=outputs, types=types, met=arrived)
        records = (record, *(done.records[1:] if done else ()))
        return Outcome(outputs, tuple(where_on(r, truths) for r in records), truths.index(False))

    def _always(self, place: Place, signals: Signals) -> Outcome:
        assert place.spec is not None
        kind = place.spec.kind
        learning = self.sites.learning
        like = self.alike.find(place, signals, learning) if kind not in SPECIAL else None
        if like is not None:
            return single(like)
        trouble = structure(place, signals)
        if trouble is not None:
            return failed(place, signals, trouble, self.sites)
        if kind == "block":
            return self._block(place, signals)
        if kind == "code":
            return single(evaluate_code(self.project, place, signals, self.caller, self.sites))
        if kind == "data":
            return single(data_outputs(place, self.sites))
        if kind == "io":
            if place.spec.name == "io.input":
                record = main_input(place, signals, self.sites)
                if record.status != "ok":
                    place.scope.awaited.update(named_sizes(place.node))
                return single(record)
            return self._io_output(place, signals)
        if kind == "optim":
            return single(evaluate_optimizer(place, signals, self.sites))
        if kind == "lr_scheduler":
            return single(evaluate_scheduler(place, signals, self.sites))
        record = evaluate_leaf(place, signals, self.caller, self.sites)
        return single(self.alike.keep(place, record))

    def _io_output(self, place: Place, signals: Signals) -> Outcome:
        outputs = FrozenMap({"output": signals["input"]})
        site = self.sites.site(place, signals)
        return single(Record(site, "ok", outputs, self.sites.types(outputs), makes=False))

    def _block(self, place: Place, signals: Signals) -> Outcome:
        key = place.node.spec.partition(".")[2]
        endless = without_end(key, place.scope.blocks)
        if endless is not None:
            return failed(place, signals, endless, self.sites)
        block = self.project.block(key)
        inside = entered(place, signals, key, block, self.sites)
        if isinstance(inside, Trouble):
            return failed(place, signals, inside, self.sites)
        scope, inferred = inside.scope, inside.inferred
        done = self.graph(scope, block, inside.given)
        outputs = {
            str(o): done[o].outputs["output"]
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
            makes=False if complete else None,
        )
        return Outcome(record.outputs, (record, *(r for o in done.values() for r in o.records)))

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
                done[id_] = self.circular(scope, step, node, plan)
            elif node.spec == "io.input":
                done[id_] = self._given(scope, step, node, given.get(id_))
            elif node.spec == "param.of":
                done[id_] = self.weight_of(scope, step, node, done)
            else:
                sources = partial(on_output, graph, done)
                once = partial(self.node, scope, sources)
                done[id_] = beside(plan, graph, done, step, self.lookup, once)
        return tied(graph, scope.prefix, done)

    def circular(self, scope: Scope, step: Step, node: Node, plan: Plan) -> Outcome:
        """Return the outcome of a node whose result would depend on itself.

        The one that a circle is closed at is at fault; the others wait for it.
        """
        id_, wires = step
        spec = self.lookup(node.spec)
        place = Place(scope, id_, node, spec, wires, Address(scope.prefix + id_))
        site = self.sites.site(place, {})
        if id_ not in plan.closing:
            return single(Record(site, "waiting"))
        first, *others = plan.closing[id_]
        text = f"These nodes feed each other in a circle: {', '.join(plan.circles[id_])}."
        failure = Failure(site, "", "circle", port=first.port, also=tuple(others))
        return single(Record(site, "error", troubles=(Trouble("cycle", text, failure=failure),)))

    def weight_of(
        self, scope: Scope, step: Step, node: Node, done: Mapping[NodeId, Outcome]
    ) -> Outcome:
        """Return the outcome of a node that reads another node's weight as a value."""
        place = Place(
            scope, step[0], node, self.lookup(node.spec), step[1], Address(scope.prefix + step[0])
        )
        return weight_read(place, done, self.project, self.lookup, self.caller, self.sites)

    def _given(self, scope: Scope, step: Step, node: Node, signal: Signal | None) -> Outcome:
        spec = self.lookup(node.spec)
        place = Place(scope, step[0], node, spec, step[1], Address(scope.prefix + step[0]))
        trouble = stray(place)
        if trouble is not None:
            return failed(place, {}, trouble, self.sites)
        absent = Signal(tuple(None for _ in self.sites.tried))
        outputs = FrozenMap({"output": signal or absent})
        site = self.sites.site(place, {})
        return single(Record(site, "ok", outputs, self.sites.types(outputs), makes=False))
