"""Layers that work in place and stop torch in a later try than the first.

Whether what is written over is needed unchanged is asked of one step of training, the first. With
a condition such as ``B < 4`` there is another step in the last, smaller batch of an epoch. And with
one sample the axis of the batch has nothing to move, so that torch keeps what it else copies. Where
a condition is true in evaluation alone, there is no way back, and torch only refuses to write over
weights and parts that share their memory; a dropout hands them on there as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from app.engine.judge_state import State
from app.engine.memory import DROPPING
from app.engine.symbolic import Probe
from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.lints import in_place

Late: TypeAlias = tuple[int, Diagnosis]
"""The try that something is found in, and what is said of it."""


def late_faults(
    state: State, context: Context, alone: Callable[[Probe], Context]
) -> Iterator[Late]:
    """Yield what works in place and stops a training in a later try alone.

    ``alone`` returns what is known where one try alone is made.
    """
    if not state.in_place:
        return
    hands_on = any(context.of(DROPPING)) and any(context.of(in_place.UNTOUCHABLE))
    later = [
        (k, probe)
        for k, probe in enumerate(state.sites.tried)
        if k and (state.conditional or (1 in probe.sizes.values() if probe.training else hands_on))
    ]
    if not later:
        return
    known = {found.node for found in in_place.check(context) if found.severity == "error"}
    for index, probe in later:
        for found in in_place.check(alone(probe)):
            is_way_back = bool(found.victim)
            if found.severity != "error" or (is_way_back and not probe.training):
                continue
            site = context.sites.get(found.node)
            drops = site is not None and site.node.spec in DROPPING and not in_place.turns(site)
            if drops and not probe.training:
                continue  # what drops nothing writes nothing
            if found.node not in known:
                known.add(found.node)
                yield index, replace(found, message=f"{where(probe)}: {found.message}")


def where(probe: Probe) -> str:
    """Return in which try something is found, as the beginning of a sentence."""
    if not probe.training:
        return "In evaluation"
    return "Where " + " and ".join(f"{name} = {size}" for name, size in probe.sizes.items())
