"""Finds the arguments of a node, and what is wrong with them before anything is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

from app.engine.evaluate_call import Args
from app.engine.evaluate_record import Place, Signals, Trouble
from app.engine.evaluate_scope import as_batch, concrete_all, names_in, number
from app.engine.symbolic import Probe
from graph_editor.catalogue.ports import input_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import Arg, Expr, FrozenMap, Node


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


def inferred_at_first(place: Place, signals: Signals, found: Args) -> Node | None:
    """Return a node with what is inferred of the first try, where that is not what was found.

    A size that is another in a later try is none that a weight can have.
    """
    first = infer(place, signals) if found else found
    return None if first == found else replace(place.node, args=place.node.args.merged(first))


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


def call_arguments(place: Place, signals: Signals, index: int, probe: Probe) -> Args:
    """Return the arguments of the call in one try. Raises ArgumentProblem."""
    assert place.spec is not None
    names = stages(place.spec)[1]
    written = {name: arg for name, arg in place.node.args.items() if name in names}
    known = {**place.names(index), "training": probe.training}
    return concrete_all(written, known, shapes_of(signals, index))


def awaits_a_size(place: Place) -> bool:
    """Return whether a node mentions a size that an input names which nothing has reached."""
    missing = place.scope.awaited.difference(place.scope.names[0])
    if not missing:
        return False
    node = place.node
    count = node.repeat.count if node.repeat is not None else None
    return not missing.isdisjoint(names_in((*node.args.values(), node.when, count)))
