"""Finds what else may cure a fault, beside what the rule that tells of it proposes."""

from __future__ import annotations

from dataclasses import replace

from graph_editor.checking import cures
from graph_editor.checking.explain import modules_of
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site


def with_more(told: Diagnosis, stopped: Site | None, context: Context) -> Diagnosis:
    """Return a diagnosis with the cures that others know of, behind its own."""
    more = further(told.code, stopped, context)
    return replace(told, proposals=(*told.proposals, *more)) if more else told


def further(code: str, stopped: Site | None, context: Context) -> tuple[Proposal, ...]:
    """Return what may cure a kind of fault, given the node where torch stops because of it.

    Each is an edit that is yet to be tried.
    """
    if stopped is None:
        return ()
    rooms = (module for module in modules_of(cures) if code in module.CODES)
    return tuple(proposal for module in rooms for proposal in module.cures(stopped, context))
