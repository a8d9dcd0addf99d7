"""Evaluates a node that reads the weight of another one as a value."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.evaluate_arguments import own_arguments, stray
from app.engine.evaluate_call import Caller
from app.engine.evaluate_outcome import Outcome, failed, rests_by_ties, single
from app.engine.evaluate_record import Place, Record, Signal, Trouble
from app.engine.evaluate_scope import ArgumentProblem
from app.engine.evaluate_sites import Sites
from graph_editor.catalogue.order import Lookup
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Address, At, FrozenMap, NodeId, Project


def weight_read(
    place: Place,
    done: Mapping[NodeId, Outcome],
    project: Project,
    lookup: Lookup,
    caller: Caller,
    sites: Sites,
) -> Outcome:
    """Return the outcome of a ``param.of``, given those of the nodes that come before it."""
    scope, node = place.scope, place.node
    trouble = stray(place)
    if trouble is not None:
        return failed(place, {}, trouble, sites)
    named, which = node.args.get("of"), str(node.args.get("parameter", "weight"))
    if not isinstance(named, At):
        trouble = Trouble("missing-argument", "Say whose weight this is.", argument="of")
        return failed(place, {}, trouble, sites)
    address = Address(scope.prefix + named.address)
    owner = done.get(NodeId(named.address.partition("/")[0].partition("[")[0]))
    records = owner.records if owner else ()
    record = next((r for r in records if r.site.address == address), None)
    if owner is None:
        found = _made_ahead(place, NodeId(named.address), project, lookup, caller, sites)
        if isinstance(found, Trouble):
            return failed(place, {}, found, sites)
        record = found
    if record is not None and record.status not in ("ok", "idle"):
        return single(Record(sites.site(place, {}), "waiting"))
    if record is None or which not in record.weights:
        text = f"{named.address} has no weight called {which}."
        return failed(place, {}, Trouble("no-such-weight", text, argument="of"), sites)
    weight, around = f"{named.address}.{which}", project.block(scope.block)
    learns = record.learns and not rests_by_ties(project, around, scope.frozen, weight)
    kind = TensorType(record.weights[which], requires_grad=learns)
    signal = Signal(tuple(kind for _ in sites.tried), (f"{place.address}.output",))
    outputs = FrozenMap({"output": signal})
    feeds, types = (f"{address}.{which}",), sites.types(outputs)
    site = sites.site(place, {}, node.args)
    return single(Record(site, "ok", outputs, types, feeds=feeds, makes=False))


def _made_ahead(
    reader: Place,
    id_: NodeId,
    project: Project,
    lookup: Lookup,
    caller: Caller,
    sites: Sites,
) -> Record | Trouble | None:
    """Return what a layer owns that is called only behind the node that reads its weight.

    A module is there before anything is called, if what it is made of is said in the drawing.
    """
    node = project.block(reader.scope.block).graph.nodes.get(id_)
    spec = lookup(node.spec) if node is not None else None
    if node is None or spec is None or spec.kind != "nn":
        return None
    if node.repeat is not None or node.when is not None or node.weights is not None:
        return None
    place = Place(reader.scope, id_, node, spec, (), Address(reader.scope.prefix + id_))
    try:
        own, _ = own_arguments(place, {})
    except ArgumentProblem:
        return None
    made = caller.made(spec, own)
    if made.problem is None:
        learns = bool(made.parameters) and not place.frozen()
        return Record(sites.site(place, {}), "ok", weights=made.parameters, learns=learns)
    text, asked = f"{node.name or id_} is called only behind this node, and ", made.problem.place
    if made.problem.found == "missing-argument":
        text += f"its weights are asked for before anything arrives there: give {asked} a value."
    else:
        text += f"cannot be made: {made.problem.message}"
    return Trouble("no-such-weight", text, argument="of")
