"""Evaluates nodes that call the module of another node of their graph once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.engine.circles import Step
from app.engine.evaluate_outcome import Outcome
from app.engine.evaluate_repeat import held, is_unlike
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import as_called
from graph_editor.document.model import NOTHING, Graph, Node, NodeId


def beside(
    graph: Graph,
    done: Mapping[NodeId, Outcome],
    step: Step,
    lookup: Lookup,
    once: Callable[[Step, Node], Outcome],
) -> Outcome:
    """Return the outcome of a node, held to the module of another one where it calls that."""
    node = graph.nodes[step[0]]
    named = node.weights.same_as if node.weights is not None else None
    owner = graph.nodes.get(named) if named else None
    if owner is None or named is None:
        return once(step, node)
    known = done[named].record.inferred if named in done else NOTHING
    spec = lookup(node.spec)
    made = as_called(spec, node, owner) if spec is not None else node
    outcome = once(step, replace(made, args=made.args.merged(known)))
    return _held_to(done[named], outcome) if named in done else outcome


def _held_to(owner: Outcome, outcome: Outcome) -> Outcome:
    """Return a use of a block with the weights of another; one that needs others is refused."""
    site, theirs = outcome.record.site, owner.record.site
    if site.node.kind != "block":
        return outcome
    known = {r.site.address.removeprefix(theirs.address): r for r in owner.records}
    whose = f"“{theirs.node.name or theirs.id}”"
    inner = tuple(
        held(known.get(r.site.address.removeprefix(site.address)), r, whose)
        for r in outcome.records[1:]
    )
    if not any(map(is_unlike, inner)):
        return outcome
    whole = replace(outcome.record, status="waiting", outputs=NOTHING, types=NOTHING, makes=None)
    return Outcome(NOTHING, (whole, *inner))
