"""Evaluates nodes that call the module of another node of their graph once more.

A module is made once, for the call that comes first: what is ``auto`` in it is found from what
arrives there, be that the node that owns it or one that comes before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.engine.circles import Step
from app.engine.evaluate_call import Args
from app.engine.evaluate_outcome import Outcome
from app.engine.evaluate_plan import Plan
from app.engine.evaluate_repeat import held, is_unlike
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import as_called
from graph_editor.document.model import NOTHING, Graph, Node, NodeId


def beside(
    plan: Plan,
    graph: Graph,
    done: Mapping[NodeId, Outcome],
    step: Step,
    lookup: Lookup,
    once: Callable[[Step, Node], Outcome],
) -> Outcome:
    """Return the outcome of a node, held to the call that its module was made for."""
    node = graph.nodes[step[0]]
    first = _first(plan, done, step[0])
    named = node.weights.same_as if node.weights is not None else None
    owner = graph.nodes.get(named) if named else node
    if owner is None or (owner is node and first is None):
        return once(step, node)
    known = first.record.inferred if first is not None else NOTHING
    spec = lookup(node.spec)
    made = as_called(spec, node, owner) if spec is not None else node
    outcome = once(step, replace(made, args=made.args.merged(known)))
    if owner is node and outcome.record.status != "waiting":
        outcome = _told(outcome, known)
    return _held_to(first, outcome) if first is not None else outcome


def _first(plan: Plan, done: Mapping[NodeId, Outcome], id_: NodeId) -> Outcome | None:
    """Return the call that the module of a node was made for, if it comes before."""
    calls = (done[other] for other in plan.earlier.get(id_, ()))
    return next((call for call in calls if call.record.inferred or call.records[1:]), None)


def _told(outcome: Outcome, known: Args) -> Outcome:
    """Return the outcome of an owner, with what was found where its module was called before."""
    record = outcome.record
    record = replace(record, inferred=record.inferred.merged(known))
    return replace(outcome, records=(record, *outcome.records[1:]))


def _held_to(first: Outcome, outcome: Outcome) -> Outcome:
    """Return a use of a block, or copies, with weights of others; what needs others is refused."""
    site, theirs = outcome.record.site, first.record.site
    is_block = site.node.kind == "block"
    if not is_block and site.node.repeat != theirs.node.repeat:
        return outcome  # which of the copies is called is not said
    known = {r.site.address.removeprefix(theirs.address): r for r in first.records}
    whose = f"“{theirs.node.name or theirs.id}”"
    inner = tuple(
        held(known.get(r.site.address.removeprefix(site.address)), r, whose)
        for r in outcome.records[1:]
    )
    unlike = next((place for place, r in enumerate(inner) if is_unlike(r)), None)
    if unlike is None:
        return outcome
    if not is_block:
        inner = inner[: unlike + 1]  # the copies behind it wait
    whole = replace(outcome.record, status="waiting", outputs=NOTHING, types=NOTHING, makes=None)
    return Outcome(NOTHING, (whole, *inner))
