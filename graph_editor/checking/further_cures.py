"""Finds what else may cure a fault, beside what the rule that tells of it proposes."""

from __future__ import annotations

from dataclasses import replace

from graph_editor.checking import cures
from graph_editor.checking.explain import LOG, STRICT, modules_of
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site


def with_more(told: Diagnosis, stopped: Site | None, context: Context) -> Diagnosis:
    """Return a diagnosis with the cures that others know of, behind its own."""
    more = further(told.code, stopped, context)
    return replace(told, proposals=(*told.proposals, *more)) if more else told


def further(code: str, stopped: Site | None, context: Context) -> tuple[Proposal, ...]:
    """Return what may cure a kind of fault, given the node where torch stops because of it.

    Each is an edit that is yet to be tried. What breaks is passed over, as a diagnoser is.
    """
    if stopped is None:
        return ()
    found: list[Proposal] = []
    for module in modules_of(cures):
        if code not in module.CODES:
            continue
        try:
            found += module.cures(stopped, context)
        except Exception:  # the fault itself is told all the same
            if STRICT:
                raise
            LOG.exception("%s broke at %s", module.__name__, stopped.address)
    return tuple(found)
