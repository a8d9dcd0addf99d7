"""Where eager torch stops first, which is not always the node that is at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from app.engine.evaluate import Evaluator
from app.engine.evaluate_call import Caller
from app.engine.evaluate_record import Record, Trouble
from app.engine.evaluate_sites import Sites
from app.engine.judge_gradients import gradient_troubles
from app.engine.judge_state import State
from app.engine.symbolic import Probe
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.failure import Context
from graph_editor.checking.gradient_flow import in_more_places
from graph_editor.document.model import Address, Project

Key: TypeAlias = tuple[int, bool, int, int]
"""The try; whether the step is taken, behind all else; the node's place, and that inside it."""
Gradient: TypeAlias = tuple[Record, Trouble]
STEPPING = ("optim", "lr_scheduler")
OWNING = ("nn", "param", "block", "code", "call")
"""Kinds of nodes of which it has to be known what they own before weights are looked at."""


def first_stop(
    project: Project, state: State, context: Context, caller: Caller, cancelled: Callable[[], bool]
) -> tuple[Address, list[Gradient]]:
    """Return the first node at which torch stops in the first try in which it does; else "".

    Beside it, what is wrong with gradients there that other faults kept from being seen. What lies
    behind a node that fails in a later try was not looked at in the earlier ones; it is here.
    """
    found = sorted(_stops(state, context))
    if not found:
        return Address(""), []
    for count in range(1, found[-1][0][0] + 1):
        earlier = State(state.environment)
        earlier.sites = Sites(state.sites.tried[:count])
        earlier.update(project, evaluator(project, context.lookup, caller, earlier, cancelled))
        stops = sorted(_stops(earlier, context))
        if stops:
            optimizes = stops[0][0][1]
            return stops[0][1], list(_backward(earlier, context)) if optimizes else []
    return found[0][1], []


def evaluator(
    project: Project, lookup: Lookup, caller: Caller, state: State, cancelled: Callable[[], bool]
) -> Evaluator:
    """Return what brings a state up to a project."""
    return Evaluator(project, lookup, caller, state.sites, cancelled, state.alike)


def _stops(state: State, context: Context) -> Iterator[tuple[Key, Address]]:
    """Yield where torch stops, and when."""
    assert state.plan is not None
    regions = context.regions
    idle = frozenset(regions.idle if regions.model or regions.step else ())
    for id_ in state.troubled:
        records = state.outcomes[id_].records if id_ not in idle else ()
        for index, record in enumerate(records):
            kind = record.site.node.kind
            for trouble in record.troubles:
                if trouble.severity == "error":
                    tried = _tried(trouble, state.sites.tried)
                    yield (tried, kind in STEPPING, state.plan.place(id_), index), _at(record)
    wrong = list(_backward(state, context))
    steps_only = all(trouble is record.at_step for record, trouble in wrong)
    for id_, outcome in state.outcomes.items() if wrong else ():
        record = outcome.record
        if record.site.node.kind == "optim" and (record.at_step is not None or not steps_only):
            yield (0, True, state.plan.place(id_), 0), Address(id_)


def _backward(state: State, context: Context) -> Iterator[Gradient]:
    """Yield what torch refuses on the way back or of weights, where these are known."""
    if weights_are_known(state, state.unsound):
        for record, trouble in gradient_troubles(
            state.records, context.regions.model, context.fixed(in_more_places)
        ):
            if trouble.severity == "error":
                yield record, trouble


def weights_are_known(state: State, at_fault: Iterable[str]) -> bool:
    """Whether none of the nodes that are not in order might own weights."""
    records = (state.records.get(Address(address)) for address in at_fault)
    return all(r is not None and r.site.node.kind not in OWNING for r in records)


def _at(record: Record) -> Address:
    return record.site.address


def _tried(trouble: Trouble, tried: tuple[Probe, ...]) -> int:
    """Return the place of the try that a failure is of, among those that were made."""
    failure = trouble.failure
    if failure is None:
        return trouble.tried
    wanted = (failure.probe, failure.training)
    return next((k for k, p in enumerate(tried) if (p.name, p.training) == wanted), 0)
