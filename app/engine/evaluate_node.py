"""Evaluates one node that is no block: its arguments, its tries and its outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from app.engine.evaluate_call import Args, Caller, Result, Value, training_matters
from app.engine.evaluate_scope import (
    ArgumentProblem,
    Number,
    Scope,
    as_batch,
    concrete_all,
    number,
)
from app.engine.guard import GUARD
from app.engine.harm import is_harm, said_of
from app.engine.symbolic import Probe, symbolic
from app.engine.symbolic_steps import Steps
from graph_editor.catalogue.ports import input_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Failure, Site, Source
from graph_editor.checking.verdict import Severity, Status, TensorType
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Expr,
    FrozenMap,
    Node,
    NodeId,
    OutPort,
)


@dataclass(frozen=True, slots=True)
class Signal:
    """What is on a wire in each try, and the outputs ``address.port`` that made it."""

    values: tuple[Value | None, ...]
    origin: tuple[str, ...] = ()


Signals = Mapping[str, Signal]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem that the judge itself found, or a failure that diagnosers will look at."""

    code: str
    message: str
    detail: str = ""
    port: str = ""
    argument: str = ""
    severity: Severity = "error"
    failure: Failure | None = None
    names: tuple[str, ...] = ()
    """The outputs that there are, where one is meant that there is not."""
    tried: int = 0
    """The place of the try that it was found in, where no failure says so."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one node at one address."""

    site: Site
    status: Status
    outputs: FrozenMap[str, Signal] = NOTHING
    types: FrozenMap[str, TensorType] = NOTHING
    """Output types with named sizes."""
    troubles: tuple[Trouble, ...] = ()
    weights: FrozenMap[str, tuple[int, ...]] = NOTHING
    """Shapes of its own learnable tensors by name."""
    flops: int = 0
    inferred: Args = NOTHING
    one_way: bool = False
    """Whether torch has no derivative of what it does, and refuses to go back through it."""
    learns: bool = False
    """Whether it has weights that are not frozen."""
    feeds: tuple[str, ...] = ()
    """The outputs ``address.port`` whose gradients it passes on."""
    makes: bool | None = None
    """Whether it makes weights, be they another's too; None where that is not known."""
    given: Signals | None = None
    """What arrives at a call that a training step makes; None of what is no such call."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is evaluated."""

    scope: Scope
    id: NodeId
    node: Node
    spec: Spec | None
    wires: tuple[tuple[str, OutPort], ...]
    address: Address
    extra: Mapping[str, Number] = field(default_factory=dict)
    """``i`` and ``n`` of a repeated node."""

    def names(self, index: int) -> Mapping[str, Number]:
        """Return what names mean in one try."""
        return {**self.scope.names[index], **self.extra} if self.extra else self.scope.names[index]

    def frozen(self) -> bool:
        """Return whether this node's own weights do not learn."""
        weights = self.node.weights
        if "." in self.node.freeze or (weights is not None and weights.follows is not None):
            return True
        return any(
            a == "." or a == self.id or a.startswith(self.id + "[") for a in self.scope.frozen
        )

    def sources(self) -> FrozenMap[str, Source]:
        """Return what feeds each wired port."""
        prefix = self.scope.prefix
        found = {p: Source(Address(prefix + s.node), s.port) for p, s in self.wires}
        return FrozenMap(found)


class Sites:
    """Makes sites and symbolic types, remembering the latter by what was seen."""

    def __init__(self, tried: tuple[Probe, ...]) -> None:
        self.tried = tried
        self._steps = Steps()
        self._learning = [k for k, probe in enumerate(tried) if probe.training]
        self.is_varied = any(probe.name == "sizes" for probe in tried)
        self._seen: dict[tuple[Value | None, ...], TensorType | None] = {}

    def symbolic(self, values: tuple[Value | None, ...]) -> TensorType | None:
        """Return a signal's type with named sizes, or None where it is no tensor."""
        if values in self._seen:
            return self._seen[values]
        types = tuple(v for v in values if isinstance(v, TensorType))
        whole = types and len(types) == len(values)
        found = symbolic(types, self.tried, self._steps) if whole else None
        if not self.is_varied:  # else what is known of steps may be more the next time
            self._seen[values] = found
        return found

    def forget(self) -> None:
        """Forget how sizes follow from each other."""
        self._steps = Steps()

    def learn(self, spec: Spec, args: Args, signals: Signals, outputs: Signals) -> None:
        """See how sizes of results follow from those of the first input, where some are named."""
        given = next(iter(signals.values()), None)
        if given is None or not self.is_varied:
            return
        for made in outputs.values():
            pairs = [(given.values[k], made.values[k]) for k in self._learning]
            kinds = [p for p in pairs if all(isinstance(v, TensorType) for v in p)]
            if kinds and len(kinds) == len(pairs):
                before, after = zip(*kinds, strict=True)
                self._steps.learn(spec, args, before, after)

    def types(self, signals: Signals) -> FrozenMap[str, TensorType]:
        """Return the types of signals with named sizes; what is no tensor is left out."""
        found = {port: self.symbolic(signal.values) for port, signal in signals.items()}
        return FrozenMap({port: kind for port, kind in found.items() if kind is not None})

    def site(
        self,
        place: Place,
        signals: Signals,
        args: Args = NOTHING,
        inferred: Args = NOTHING,
        index: int = 0,
    ) -> Site:
        """Return the site of a node as it was in one try."""
        seen = {p: s.values[index] for p, s in signals.items()}
        return Site(
            place.address,
            place.scope.block,
            place.id,
            place.node,
            place.spec,
            args.merged(inferred),
            FrozenMap({p: t for p, t in seen.items() if isinstance(t, TensorType)}),
            place.sources(),
            self.types(signals),
            frozenset(inferred),
        )


@lru_cache(maxsize=4096)
def stages(spec: Spec) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of a spec's constructor arguments and of its call arguments."""
    own = frozenset(a.name for a in spec.arguments if a.stage == "constructor")
    return own, frozenset(a.name for a in spec.arguments if a.stage == "call")


def port_argument(port: str) -> str:
    """Return the argument that a port is a place in."""
    return port.partition("[")[0].partition(".")[0]


def shapes_of(signals: Signals, index: int) -> Callable[[str], tuple[int, ...]]:
    """Return a function from a port to the shape that arrives there in one try."""

    def shape(port: str) -> tuple[int, ...]:
        signal = signals.get(port) or signals.get(f"{port}[0]")
        value = signal.values[index] if signal else None
        if isinstance(value, TensorType):
            return tuple(int(size) for size in value.shape)
        raise LookupError(port)

    return shape


def structure(place: Place, signals: Signals) -> Trouble | None:
    """Return what is wrong with a node before any value is looked at."""
    assert place.spec is not None
    trouble = stray(place)
    if trouble is not None or place.spec.kind == "code":
        return trouble  # code may be handed the nothing of an optional input that is left open
    return _gap(place, signals)


def stray(place: Place) -> Trouble | None:
    """Return the first argument, or the first wire, of a node that its spec does not know."""
    assert place.spec is not None
    own, called = stages(place.spec)
    for name in place.node.args:
        if name not in own and name not in called:
            what = f"The block {place.spec.title} has no parameter {name}."
            if place.spec.kind != "block":
                what = f"{place.spec.title} has no argument {name}."
            near = get_close_matches(name, sorted(own | called), 1)
            what += f" Did you mean {near[0]}?" if near else ""
            return Trouble("unknown-argument", what, argument=name)
    for path, _ in place.wires:
        if port_argument(path) not in called:
            return Trouble("unknown-port", f"{place.spec.title} has no input {path}.", port=path)
    return None


def _gap(place: Place, signals: Signals) -> Trouble | None:
    """Return the first input of a node that is needed and that nothing feeds."""
    assert place.spec is not None
    for port in input_ports(place.spec, place.node, [p for p, _ in place.wires]):
        missing = not port.optional and port.path not in signals
        if missing and port.argument.port is None and port.argument.name in place.node.args:
            missing = port.path != port.argument.name
        if missing:
            return missing_input(place, port.path)
    for argument in place.spec.arguments:
        if argument.many and argument.required and argument.name not in place.node.args:
            first = f"{argument.name}[0]"
            if not any(port_argument(p) == argument.name for p in signals):
                return missing_input(place, first)
    return None


def missing_input(place: Place, port: str) -> Trouble:
    """Return the trouble of an input that nothing feeds."""
    title = place.spec.title if place.spec else place.node.spec
    message = f"{title} needs an input: connect something to {port}."
    return Trouble("missing-input", message, port=port)


def infer(place: Place, signals: Signals) -> Args:
    """Return the values of parameters that are ``auto``: found from the shapes that arrive."""
    assert place.spec is not None
    found: dict[str, Arg] = {}
    shapes = as_batch(place.spec.name, shapes_of(signals, 0))
    for argument in place.spec.arguments:
        if argument.infer and argument.name not in place.node.args:
            try:
                text = Expr(argument.infer)
                found[argument.name] = number(text, place.names(0), shapes)
            except ExpressionError:
                continue  # the constructor will say what is missing
    return FrozenMap(found)


def own_arguments(place: Place, signals: Signals) -> tuple[Args, Args]:
    """Return the constructor's arguments and those of them that were inferred.

    They are the same in every try, since a module is made once. Raises ArgumentProblem.
    """
    assert place.spec is not None
    names = stages(place.spec)[0]
    written = {name: arg for name, arg in place.node.args.items() if name in names}
    inferred = infer(place, signals)
    given = concrete_all(written, place.names(0), shapes_of(signals, 0))
    return given.merged(inferred), inferred


def evaluate_leaf(place: Place, signals: Signals, caller: Caller, sites: Sites) -> Record:
    """Return what one node gives in every try."""
    assert place.spec is not None
    GUARD.at = place.address
    try:
        own, inferred = own_arguments(place, signals)
        calls = [_call_arguments(place, signals, k, p) for k, p in enumerate(sites.tried)]
    except ArgumentProblem as problem:
        trouble = Trouble("expression", f"{problem}.", argument=problem.argument)
        return Record(sites.site(place, signals), "error", troubles=(trouble,))
    site = sites.site(place, signals, own.merged(calls[0]), inferred)
    frozen = place.frozen()
    results: list[Result] = []
    for index, probe in enumerate(sites.tried):
        inputs = FrozenMap({p: v for p, s in signals.items() if (v := s.values[index]) is not None})
        result = caller.run(place.spec, own, calls[index], inputs, probe.training, frozen)
        if result.found != "ok":
            at = sites.site(place, signals, own.merged(calls[index]), inferred, index)
            return _refused(place, site, at, result, probe, inferred)
        results.append(result)
    return _accepted(place, signals, site, results, inferred, caller, own, sites)


def _call_arguments(place: Place, signals: Signals, index: int, probe: Probe) -> Args:
    assert place.spec is not None
    names = stages(place.spec)[1]
    written = {name: arg for name, arg in place.node.args.items() if name in names}
    known = {**place.names(index), "training": probe.training}
    return concrete_all(written, known, shapes_of(signals, index))


def _refused(
    place: Place, site: Site, at: Site, result: Result, probe: Probe, inferred: Args
) -> Record:
    if result.found == "missing-input":
        trouble = missing_input(place, result.place)
    elif result.found == "missing-argument":
        title = place.spec.title if place.spec else place.node.spec
        message = f"{title} needs a value for {result.place}."
        trouble = Trouble("missing-argument", message, argument=result.place)
    elif is_harm(result.found):
        message, severity = said_of(result.found, is_built=result.phase == "construct")
        trouble = Trouble(result.found, message, severity=severity)
        return Record(site, "unknown", troubles=(trouble,), inferred=inferred)
    elif result.found == "unknown":
        message = "What this gives depends on the data, so that it cannot be judged beforehand."
        trouble = Trouble("depends-on-data", message, result.message, severity="info")
        return Record(site, "unknown", troubles=(trouble,), inferred=inferred)
    else:
        failure = Failure(at, result.message, result.phase, probe.training, probe.name)
        trouble = Trouble("torch", "", result.message, port=result.place, failure=failure)
    return Record(site, "error", troubles=(trouble,), inferred=inferred)


def _accepted(
    place: Place,
    signals: Signals,
    site: Site,
    results: list[Result],
    inferred: Args,
    caller: Caller,
    own: Args,
    sites: Sites,
) -> Record:
    assert place.spec is not None
    weights = caller.made(place.spec, own).parameters
    outputs = {
        port: Signal(tuple(r.outputs.get(port) for r in results), (f"{place.address}.{port}",))
        for port in results[0].outputs
    }
    sites.learn(place.spec, site.args, signals, outputs)
    feeds = [o for s in signals.values() if _wants_gradient(s.values[0]) for o in s.origin]
    return Record(
        site,
        "ok",
        FrozenMap(outputs),
        sites.types(outputs),
        weights=weights,
        flops=results[0].flops,
        inferred=inferred,
        one_way=any(r.one_way for r in results),
        learns=bool(weights) and not place.frozen(),
        makes=bool(weights),
        feeds=tuple(feeds),
        given=FrozenMap(signals),
    )


def _wants_gradient(value: Value | None) -> bool:
    return isinstance(value, TensorType) and value.requires_grad


__all__ = [
    "Place",
    "Record",
    "Signal",
    "Signals",
    "Sites",
    "Trouble",
    "evaluate_leaf",
    "training_matters",
]
