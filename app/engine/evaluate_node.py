"""Evaluates one node that is no block: its tries and its outputs."""

from __future__ import annotations

from dataclasses import replace

from app.engine.custom_code import KIND, state_keys
from app.engine.evaluate_arguments import call_arguments, missing_input, own_arguments
from app.engine.evaluate_call import Args, Caller, Result
from app.engine.evaluate_numbers import Numbers, Worked, worked_out
from app.engine.evaluate_record import (
    NUMBERS,
    Place,
    Record,
    Signal,
    Signals,
    Trouble,
    gradients_of,
)
from app.engine.evaluate_scope import ArgumentProblem
from app.engine.evaluate_sites import Sites
from app.engine.guard import GUARD
from app.engine.harm import is_harm, said_of
from app.engine.symbolic import Probe
from graph_editor.checking.failure import Failure, Site
from graph_editor.document.model import FrozenMap


def evaluate_leaf(place: Place, signals: Signals, caller: Caller, sites: Sites) -> Record:
    """Return what one node gives in every try."""
    assert place.spec is not None
    GUARD.at = place.address
    try:
        own, inferred = own_arguments(place, signals)
        calls = [call_arguments(place, signals, k, p) for k, p in enumerate(sites.tried)]
    except ArgumentProblem as problem:
        trouble = Trouble("expression", f"{problem}.", argument=problem.argument)
        return Record(sites.site(place, signals), "error", troubles=(trouble,))
    site = sites.site(place, signals, own.merged(calls[0]), inferred)
    frozen = place.frozen()
    results: list[Result] = []
    numbers: list[Worked] = []
    for index, probe in enumerate(sites.tried):
        inputs = FrozenMap({p: v for p, s in signals.items() if (v := s.values[index]) is not None})
        result = caller.run(place.spec, own, calls[index], inputs, probe.training, frozen)
        known = {p: n for p, s in signals.items() if (n := s.number(index)) is not None}
        worked = worked_out(caller, place.spec, own, calls[index], inputs, FrozenMap(known), result)
        if worked.outputs is not None:
            result = Result(outputs=worked.outputs)
        if result.found != "ok":
            at = sites.site(place, signals, own.merged(calls[index]), inferred, index)
            refused = _refused(place, site, at, result, probe, inferred)
            is_made = result.found == "error" and result.phase != "construct"
            return _owned(refused, place, caller, own) if is_made else refused
        results.append(result)
        numbers.append(worked)
    return _accepted(place, signals, site, results, numbers, inferred, caller, own, sites)


def _refused(
    place: Place, site: Site, at: Site, result: Result, probe: Probe, inferred: Args
) -> Record:
    if result.found == "missing-input":
        trouble = missing_input(place, result.place)
    elif result.found == "missing-argument":
        title = place.spec.title if place.spec else place.node.spec
        message = f"{title} needs a value for {result.place}."
        failure = None
        if any(not kind.shape for kind in at.inputs.values()):  # one number: no size can be found
            failure = Failure(at, message, result.phase, probe.training, probe.name)
        trouble = Trouble("missing-argument", message, argument=result.place, failure=failure)
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


def _owned(refused: Record, place: Place, caller: Caller, own: Args) -> Record:
    """Return the record of a call that is refused with the weights that were made before it."""
    assert place.spec is not None
    weights = caller.made(place.spec, own).parameters
    return replace(refused, weights=weights, learns=bool(weights) and not place.frozen())


def _accepted(
    place: Place,
    signals: Signals,
    site: Site,
    results: list[Result],
    numbers: list[Worked],
    inferred: Args,
    caller: Caller,
    own: Args,
    sites: Sites,
) -> Record:
    assert place.spec is not None
    made = caller.made(place.spec, own)
    weights = made.parameters
    outputs = {
        port: Signal(
            tuple(r.outputs.get(port) for r in results),
            (f"{place.address}.{port}",),
            _of_port(port, numbers),
        )
        for port in results[0].outputs
    }
    refused = [
        Trouble(NUMBERS, worked.ends, worked.refused, worked.port, tried=k)
        for k, worked in enumerate(numbers)
        if worked.refused
    ]
    sites.learn(place, site.args, signals, outputs)
    return Record(
        site,
        "ok",
        FrozenMap(outputs),
        sites.types(outputs),
        tuple(refused),
        weights=weights,
        state_keys=state_keys(made.target) if place.spec.kind == KIND else (),
        flops=results[0].flops,
        inferred=inferred,
        one_way=tuple(
            k
            for k, (r, p) in enumerate(zip(results, sites.tried, strict=True))
            if r.one_way and p.training
        ),
        learns=bool(weights) and not place.frozen(),
        makes=bool(weights),
        feeds=gradients_of(place.node.spec, site.args, signals, sites.learning),
        given=FrozenMap(signals),
    )


def _of_port(port: str, numbers: list[Worked]) -> tuple[Numbers | None, ...]:
    """Return the numbers on an output in each try; nothing where they are known in none."""
    found = tuple(worked.numbers.get(port) for worked in numbers)
    return found if any(each is not None for each in found) else ()
