"""Where eager torch stops first, which is not always the node that is at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.engine.evaluate_outcome import Outcome
from app.engine.evaluate_record import Record, Trouble
from app.engine.judge_gradients import gradient_troubles
from app.engine.judge_late import Late
from app.engine.judge_ranges import range_troubles
from app.engine.judge_state import State
from app.engine.symbolic import Probe
from graph_editor.checking.explain import lint
from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.document.model import Address, NodeId

Key: TypeAlias = tuple[int, bool, int, int]
"""The try; whether the step is taken, behind all else; the node's place, and that inside it."""
Gradient: TypeAlias = tuple[Record, Trouble]
STEPPING = ("optim", "lr_scheduler")
Among: TypeAlias = Callable[[tuple[Probe, ...]], tuple[State, Context]]
"""Returns what is known where only these tries are made."""
ELSEWHERE = (
    "batch-dependence",
    "no-gradient",
    "lost-address",
    "no-meaning",
    "name-not-known",
    "unlike-follower",
    "run-settings",
)
"""Lints of what optimizers refuse, as is found of these themselves, or of what torch never sees."""
REFUSED = "wrong-argument"
"""What torch says itself where a node is made; only an optimizer's step is not tried."""
OWNING = ("nn", "param", "block", "code", "call")
"""Kinds of nodes of which it has to be known what they own before weights are looked at."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where torch stops first, and what is wrong there that other faults kept from being seen."""

    at: Address = Address("")  # noqa: RUF009  # a string
    gradients: tuple[Gradient, ...] = ()
    lints: tuple[Diagnosis, ...] = ()


def first_stop(
    state: State,
    context: Context,
    lints: Iterable[Diagnosis],
    among: Among,
    late: Sequence[Late] = (),
) -> Stop:
    """Return the first node at which torch stops in the first try in which it does, if there is.

    ``lints`` are the errors that only lints know of, ``late`` those that they know of later tries,
    and ``among`` looks at some tries alone: what lies behind a node that fails in a later try was
    not looked at in the earlier ones.
    """
    later = [_key(state, _met_first(state, found), tried) for tried, found in late]
    found = sorted([*_stops(state, context, lints), *later])
    if not found:
        return Stop()
    for count in range(1, found[-1][0][0] + 1):
        earlier, then = among(state.sites.tried[:count])
        silent = tuple(d for d in lint(then) if d.severity == "error")
        known = (each for each in later if each[0][0] < count)
        stops = sorted([*_stops(earlier, then, silent), *known])
        if stops:
            (_, optimizes, *_), at = stops[0]
            wrong = (*_backward(earlier, then), *_own(earlier, at)) if optimizes else ()
            told = (d for d in silent if at in (a for _, a in _silent_stops(earlier, then, [d])))
            return Stop(at, wrong, tuple(told))
    return Stop(found[0][1])


def _own(state: State, at: Address) -> Iterator[Gradient]:
    """Yield what is wrong at a step itself, which waits where its loss fails in other tries."""
    for record in state.outcomes[_top(at)].records:
        yield from ((record, t) for t in record.troubles if t.severity == "error")


def _stops(
    state: State, context: Context, lints: Iterable[Diagnosis]
) -> Iterator[tuple[Key, Address]]:
    """Yield where torch stops, and when."""
    assert state.plan is not None
    idle = _idle(context)
    for id_ in state.troubled:
        records = state.outcomes[id_].records if id_ not in idle else ()
        for record in records:
            for trouble in record.troubles:
                if trouble.severity == "error":
                    yield _key(state, record.site.address, _tried(trouble, state.sites.tried))
    for record, trouble in range_troubles(context, state.records, state.sites.tried):
        yield _key(state, record.site.address, trouble.tried)
    yield from _silent_stops(state, context, lints)
    for record, trouble in _backward(state, context):
        tried = _tried(trouble, state.sites.tried)
        for at in _steps(state, record):
            yield _key(state, at, tried)


def _steps(state: State, record: Record) -> Iterator[Address]:
    """Yield the optimizer that something is wrong with; all where it is on the way back."""
    if record.site.node.kind == "optim":
        yield record.site.address
        return
    for id_, outcome in state.outcomes.items():
        if outcome.record.site.node.kind == "optim":
            yield Address(id_)


def _silent_stops(
    state: State, context: Context, lints: Iterable[Diagnosis]
) -> Iterator[tuple[Key, Address]]:
    """Yield where torch stops for what only lints know: at the node, or at the one they name."""
    idle = _idle(context)
    for diagnosis in lints:
        at = diagnosis.victim or diagnosis.node
        outcome = state.outcomes.get(_top(at))
        if outcome is None or _top(at) in idle or diagnosis.code in ELSEWHERE:
            continue
        if diagnosis.code != REFUSED or outcome.record.site.node.kind == "optim":
            yield _key(state, _first_copy(outcome, at), 0)


def _met_first(state: State, found: Diagnosis) -> Address:
    """Return where torch stops for what is told of a node, or of all copies of it."""
    at = found.victim or found.node
    return _first_copy(state.outcomes[_top(at)], at)


def _first_copy(outcome: Outcome, at: Address) -> Address:
    """Return the copy of a repeated node that torch comes to first; any other node is itself."""
    copy = Address(f"{at}[0]")
    return copy if any(record.site.address == copy for record in outcome.records) else at


def _key(state: State, at: Address, tried: int) -> tuple[Key, Address]:
    """Return when a node is come to in a try, and the node."""
    assert state.plan is not None
    id_ = _top(at)
    records = state.outcomes[id_].records
    index, record = next(
        ((k, r) for k, r in enumerate(records) if r.site.address == at), (0, records[0])
    )
    return (tried, record.site.node.kind in STEPPING, state.plan.place(id_), index), at


def _idle(context: Context) -> frozenset[NodeId]:
    regions = context.regions
    return frozenset(regions.idle if regions.model or regions.step else ())


def _backward(state: State, context: Context) -> Iterator[Gradient]:
    """Yield what torch refuses on the way back or of weights, where these are known."""
    if weights_are_known(state, state.unsound):
        for record, trouble in gradient_troubles(state.records, context.regions.model):
            if trouble.severity == "error":
                yield record, trouble


def weights_are_known(state: State, at_fault: Iterable[str]) -> bool:
    """Whether none of the nodes that are not in order might own weights."""
    records = (state.records.get(Address(address)) for address in at_fault)
    return all(r is not None and r.site.node.kind not in OWNING for r in records)


def _top(at: Address) -> NodeId:
    """Return the node of the main graph that a node stands in."""
    return NodeId(at.partition("/")[0].partition("[")[0])


def _tried(trouble: Trouble, tried: tuple[Probe, ...]) -> int:
    """Return the place of the try that a failure is of, among those that were made."""
    failure = trouble.failure
    if failure is None:
        return trouble.tried
    wanted = (failure.probe, failure.training)
    return next((k for k, p in enumerate(tried) if (p.name, p.training) == wanted), 0)
