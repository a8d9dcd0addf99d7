"""Evaluates the copies that a repeat makes of a node, each fed by the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from app.engine.evaluate_arguments import shapes_of
from app.engine.evaluate_outcome import (
    Outcome,
    failed,
    first_input,
    first_output,
    single,
    without_weights,
)
from app.engine.evaluate_record import Place, Record, Signal, Signals, Trouble
from app.engine.evaluate_scope import number
from app.engine.evaluate_sites import Sites
from graph_editor.checking.verdict import Status
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import NOTHING, Address, At, Block, Expr, FrozenMap, Repeat

MOST_COPIES = 1000
UNLIKE = "shared-weights"
"""A copy that would need other weights than those that it shares."""

Once: TypeAlias = Callable[[Place, Signals], Outcome]
"""Evaluates one copy."""


def repeated(
    place: Place, signals: Signals, repeat: Repeat, once: Once, block: Block | None, sites: Sites
) -> Outcome:
    """Return the outcome of a chain of copies, with one record for the whole and for each."""
    count: object = repeat.count
    try:
        if isinstance(count, Expr):
            count = number(count, place.names(0), shapes_of(signals, 0))
    except ExpressionError as error:
        trouble = Trouble("expression", f"The number of copies: {error}.", argument="repeat")
        return failed(place, signals, trouble, sites)
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_COPIES:
        text = f"The number of copies has to be from 0 to {MOST_COPIES}; it is {count}."
        return failed(place, signals, Trouble("repeat-count", text, argument="repeat"), sites)
    if repeat.over or repeat.stack:
        text = (
            "A repeat over slices of an input (its fields over and stack) cannot be judged yet, so "
            "that neither it nor what follows is."
        )
        trouble = Trouble("repeat-scan", text, severity="info")
        site = sites.site(place, signals)
        return single(Record(site, "unknown", troubles=(trouble,)))
    carried = _carried(place, signals, block)
    return _chain(place, signals, count, repeat.shared, once, carried, sites)


def _chain(
    place: Place,
    signals: Signals,
    count: int,
    shared: bool,
    once: Once,
    carried: Mapping[str, str],
    sites: Sites,
) -> Outcome:
    """Evaluate the copies, each with what the one before gave."""
    current, records = dict(signals), list[Record]()
    outputs: FrozenMap[str, Signal] = NOTHING
    status: Status = "ok"
    fewer = 0
    for copy in range(count):
        address = Address(f"{place.address}[{copy}]")
        at = replace(place, address=address, extra={"i": copy, "n": count})
        outcome = once(at, current)
        fresh = outcome.records
        if copy and shared:
            fresh = without_weights(_held_to(records, fresh, place.address))
        records.extend(fresh)
        if outcome.record.status != "ok" or any(map(is_unlike, fresh)):
            status = "unknown" if outcome.record.status == "unknown" else "waiting"
            outputs = NOTHING
            break
        outputs, fewer = outcome.outputs, outcome.fewer
        for output, port in carried.items():
            if output in outputs:
                current[port] = outputs[output]
    if count == 0 and carried:
        output, port = next(iter(carried.items()))
        outputs = FrozenMap({output: signals[port]})
    site = sites.site(place, signals)
    if records:  # lints ask the whole for its arguments, and it is called as its first copy is
        first = records[0].site
        site = replace(site, args=first.args, inferred=first.inferred)
    makes = False if status == "ok" else None
    whole = Record(site, status, outputs, sites.types(outputs), makes=makes)
    return Outcome(outputs, (whole, *records), fewer)


def _held_to(before: list[Record], fresh: tuple[Record, ...], at: Address) -> tuple[Record, ...]:
    """Return a copy's records; those that would need other weights than the first are refused."""
    known = {_inside(r.site.address, at): r for r in before}
    return tuple(held(known.get(_inside(r.site.address, at)), r) for r in fresh)


def held(first: Record | None, fresh: Record, owner: str = "") -> Record:
    """Return the record of a node with another's weights, refused where it would need others."""
    if first is None or fresh.status != "ok" or fresh.site.node.kind == "block":
        return fresh
    for name, value in fresh.inferred.items():
        if first.inferred.get(name, value) != value:
            text = (
                f"This {'use' if owner else 'copy'} would need {name} to be {value}, but it shares "
                f"the weights of {owner or 'the first'}, where it is {first.inferred[name]}."
            )
            trouble = Trouble(UNLIKE, text, argument=name)
            return replace(
                fresh, status="error", outputs=NOTHING, types=NOTHING, troubles=(trouble,)
            )
    return fresh


def is_unlike(record: Record) -> bool:
    """Return whether a node would need other weights than those that it shares."""
    return any(trouble.code == UNLIKE for trouble in record.troubles)


def _inside(address: str, at: Address) -> str:
    """Return where a record stands in its copy."""
    return address.removeprefix(at).partition("]")[2]


def _carried(place: Place, signals: Signals, block: Block | None) -> dict[str, str]:
    """Return which output of a copy feeds which input of the next."""
    found: dict[str, str] = {}
    first = first_input(place, signals)
    if first is not None:
        found[first_output(place)] = first
    for name in block.outputs if block is not None else ():
        assert block is not None
        again = block.graph.nodes[name].args.get("again")
        if isinstance(again, At):
            found[name] = str(again.address)
    return found
