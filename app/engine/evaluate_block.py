"""Enters a block: its parameters, the names inside it and what arrives at its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.evaluate_arguments import infer, shapes_of
from app.engine.evaluate_call import Args
from app.engine.evaluate_io import block_inputs
from app.engine.evaluate_record import Place, Signal, Signals, Trouble
from app.engine.evaluate_scope import ArgumentProblem, Scope, concrete_all
from app.engine.evaluate_sites import Sites
from graph_editor.document.model import Block, NodeId

DEEPEST = 60
"""So many blocks may stand in one another: each is a few calls deep."""


def without_end(key: str, around: tuple[str, ...]) -> Trouble | None:
    """Return why a block is not entered: it stands in itself, or in too many others."""
    if key in around:
        text = f"The block {key} contains itself, so that it would never end."
    elif len(around) > DEEPEST:
        text = f"The block {key} stands in {len(around)} others, and {DEEPEST} are the most."
    else:
        return None
    return Trouble("recursive-block", f"{text} Take this use of it out.")


@dataclass(frozen=True, slots=True)
class Entered:
    """The inside of one instance of a block."""

    scope: Scope
    given: Mapping[NodeId, Signal]
    """What arrives at its input nodes."""
    inferred: Args
    """Its parameters that were found from what arrives."""


def entered(
    place: Place, signals: Signals, key: str, block: Block, sites: Sites
) -> Entered | Trouble:
    """Return the scope inside an instance of a block and what arrives at its inputs."""
    args = _parameters(place, signals, block)
    if isinstance(args, Trouble):
        return args
    inferred = infer(place, signals)
    found = block_inputs(place, signals, block, args, sites)
    if isinstance(found, Trouble):
        return found
    names, given = found
    blocks = (*place.scope.blocks, key)
    scope = Scope(key, f"{place.address}/", names, args, _below(place), blocks)
    return Entered(scope, given, inferred)


def _parameters(place: Place, signals: Signals, block: Block) -> Args | Trouble:
    """Return the values of a block's parameters in one instance."""
    assert place.spec is not None
    own = {n: a for n, a in place.node.args.items() if any(p.name == n for p in block.parameters)}
    inferred = infer(place, signals)
    try:
        args = concrete_all(own, place.names(0), shapes_of(signals, 0)).merged(inferred)
    except ArgumentProblem as problem:
        return Trouble("expression", f"{problem}.", argument=problem.argument)
    for parameter in block.parameters:
        if parameter.name not in args and parameter.default is not None:
            args = args.set(parameter.name, parameter.default)
    missing = next((p.name for p in block.parameters if p.name not in args), None)
    if missing is not None:
        text = f"{place.spec.title} needs a value for {missing}."
        return Trouble("missing-argument", text, argument=missing)
    return args


def _below(place: Place) -> tuple[str, ...]:
    """Return which addresses inside an instance do not learn."""
    if place.frozen():
        return (".",)
    heads = (f"{place.id}/", f"{place.address.rpartition('/')[2]}/")
    inner = [a.removeprefix(h) for a in place.scope.frozen for h in heads if a.startswith(h)]
    return (*(a for a in place.rests if a != "."), *inner)
