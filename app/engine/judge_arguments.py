"""Finds by trying which arguments torch refuses a node for, and what it would take instead."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial

import torch

from app.engine.evaluate_arguments import stages
from app.engine.evaluate_call import Args, Caller
from app.engine.evaluate_training import objection
from app.engine.schedulers import make_scheduler
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.checking.arguments import legal_type, numbers, out_of_bounds
from graph_editor.checking.bounds import Bounds, Wrong
from graph_editor.checking.failure import Failure, Site
from graph_editor.document.model import Arg, FrozenMap

LITTLE = 1e-6
LARGE = 1e6
COUNTS = (-1, 0, 1, 2)
"""The whole numbers that are tried for the least that is legal."""
_CALLER = Caller()
Accepts = Callable[[Args], bool]


def at_fault(failure: Failure) -> tuple[Wrong, ...]:
    """Return the arguments that torch refuses a node for; none where they are not the reason."""
    site = failure.site
    if site.spec is None or failure.phase not in ("construct", "forward"):
        return ()
    accepts = partial(_accepts, failure)
    said = {a.name: a for a in site.spec.arguments if _may_be_blamed(a, site)}
    kept = FrozenMap({n: v for n, v in site.args.items() if n not in said or said[n].required})
    found: list[Wrong] = []
    if not accepts(kept):
        needed = [a for a in said.values() if a.required and failure.phase == "construct"]
        culprit = _required(kept, needed, accepts)
        if culprit is None:
            return _alone(site, list(said.values()), accepts)
        argument, value = culprit
        kept = kept.set(argument.name, value)
        found.append(_wrong(argument, site.args[argument.name], kept, accepts))
    for argument in said.values():
        tried = kept.set(argument.name, site.args[argument.name])
        if argument.required or accepts(tried):
            kept = kept if argument.required else tried
        else:
            found.append(_wrong(argument, site.args[argument.name], kept, accepts))
    return tuple(found)


def _alone(site: Site, arguments: list[Argument], accepts: Accepts) -> tuple[Wrong, ...]:
    """Return the one argument without which torch takes all others."""
    for argument in arguments:
        rest = site.args.without(argument.name)
        if not argument.required and accepts(rest):
            return (_wrong(argument, site.args[argument.name], rest, accepts),)
    return ()


def _may_be_blamed(argument: Argument, site: Site) -> bool:
    name = argument.name
    return argument.port is None and name in site.args and name in site.node.args


def _required(
    kept: Args, arguments: list[Argument], accepts: Accepts
) -> tuple[Argument, Arg] | None:
    """Return the argument that torch demands whose value is refused, and one that is taken."""
    for argument in arguments:
        for value in (1, 2, 0.5) if any(True for _ in numbers(kept[argument.name])) else ():
            if accepts(kept.set(argument.name, value)):
                return argument, value
    return None


def _wrong(argument: Argument, said: Arg, kept: Args, accepts: Accepts) -> Wrong:
    """Return what is wrong with an argument, given others that torch takes it with."""
    if isinstance(said, str) and argument.choices:
        near = get_close_matches(
            said.lower(), [c for c in argument.choices if isinstance(c, str)], 1
        )
        return Wrong(argument, said, legal_type(argument), near[0] if near else None)
    bounds = _bounds(argument, said, lambda value: accepts(kept.set(argument.name, value)))
    if bounds is None or all(map(bounds.hold, numbers(said))):
        return Wrong(argument, said, "", None)
    return out_of_bounds(argument, said, bounds)


def _bounds(argument: Argument, said: Arg, takes: Callable[[Arg], bool]) -> Bounds | None:
    """Return the bounds of a number, or of all numbers of a tuple alike; None where there are none.

    Only the places are tried at which torch's own bounds lie: 0 and 1, themselves or not.
    """
    count = len(said) if isinstance(said, tuple) else 0
    if not any(True for _ in numbers(said)):
        return None

    def is_taken(number: float) -> bool:
        return takes((number,) * count if count else number)

    if argument.type in ("int", "size", "sizes", "shape"):
        least = next((n for n in COUNTS if is_taken(n)), None)
        return None if least is None or least == COUNTS[0] else Bounds(least)
    if not is_taken(0.5):
        return None
    low, above = (None, False) if is_taken(-1.0) else (0, not is_taken(0.0))
    high, below = (None, False) if is_taken(LARGE) else (1, not is_taken(1.0))
    if high is not None and is_taken(1 + LITTLE):
        return Bounds(low, None, above)  # the border lies somewhere else
    return Bounds(low, high, above, below)


def _accepts(failure: Failure, args: Args) -> bool:
    """Whether torch takes a node with other arguments."""
    site = failure.site
    assert site.spec is not None
    if site.spec.kind == "optim":
        return not objection(site.spec, args)
    if site.spec.kind == "lr_scheduler":
        return _schedule_is_made(site.spec, args, site)
    own, called = (
        FrozenMap({n: v for n, v in args.items() if n in names}) for names in stages(site.spec)
    )
    if failure.phase == "construct":
        return _CALLER.made(site.spec, own).problem is None
    inputs = FrozenMap(dict(site.inputs))
    return _CALLER.run(site.spec, own, called, inputs, failure.training).found == "ok"


def _schedule_is_made(spec: Spec, args: Args, site: Site) -> bool:
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], 0.1, momentum=0.9)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parts = [p for p in site.sources if p.startswith("schedulers[")]
            inner = [torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0) for _ in parts]
            made = make_scheduler(spec, args, optimizer, inner)
            optimizer.step()
            if spec.name != "lr_scheduler.ReduceLROnPlateau":
                made.step()
    except Exception:  # torch raises what it likes; only that it does matters here
        return False
    return True
