"""Faults that have one root are told once: at the first node, and the others wait for it.

Several readers may refuse the same output, and a metric what a loss, or the model, refuses too.
Once the first is cured, what is still wrong at the others is told there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.catalogue.order import canonical_order
from graph_editor.checking.failure import Context, Site
from graph_editor.checking.gradient_flow import leading_to
from graph_editor.checking.one_cause import OF_TWO_SHAPES, origin
from graph_editor.checking.verdict import Diagnostic, Status, Verdict
from graph_editor.checking.walk import source_of
from graph_editor.document.model import Address, NodeId

OF_ALL_READERS = ("missing-flatten",)
"""What is said of layers with weights where what they read is at fault, and not their sizes."""


def as_one(verdict: Verdict, context: Context) -> Verdict:
    """Return the verdict with the errors of one root told at its first node alone."""
    errors = [d for d in verdict.diagnostics if d.severity == "error"]
    if len(errors) < 2:
        return verdict
    first = _before(verdict.stop, context)
    errors.sort(key=lambda d: _is_metric(d, context))  # what is trained comes first
    roots: list[Diagnostic] = []
    waiting: list[list[Address]] = []  # of each root
    for each in errors:
        at = next((k for k, root in enumerate(roots) if _have_one_root(root, each, context)), None)
        if at is None or (_is_of(each, first) and not _is_of(roots[at], first)):
            roots.append(each)
            waiting.append([])
        else:
            waiting[at] += (each.node, *each.victims)
    if not any(waiting):
        return verdict
    told = {id(r): _with_victims(r, nodes) for r, nodes in zip(roots, waiting, strict=True)}
    rest = (d for d in verdict.diagnostics if d.severity != "error" or id(d) in told)
    kept = tuple(told.get(id(d), d) for d in rest)
    status: dict[Address, Status] = {node: "waiting" for nodes in waiting for node in nodes}
    status |= {root.node: "error" for root in roots}
    return replace(verdict, diagnostics=kept, status=verdict.status.merged(status))


def _before(stop: Address, context: Context) -> frozenset[Address]:
    """Return the node at which torch stops first, and all that its values come from.

    Of what stands in a block the block is named too.
    """
    site = context.sites.get(stop)
    if site is not None:
        return frozenset(a for each in leading_to([site], context) for a in _blocks_around(each))
    graph = context.project.main.graph  # of what waits elsewhere too, only the drawing tells
    root = NodeId(stop.partition("/")[0].partition("[")[0])
    known = [root] if root in graph.nodes else []
    return frozenset(map(Address, canonical_order(graph, known, context.lookup)))


def _blocks_around(address: Address) -> Iterator[Address]:
    steps = address.split("/")
    yield from (Address("/".join(steps[: k + 1])) for k in range(len(steps)))


def _is_of(told: Diagnostic, nodes: frozenset[Address]) -> bool:
    return not nodes.isdisjoint((told.node, *told.victims))


def _with_victims(told: Diagnostic, more: list[Address]) -> Diagnostic:
    found = dict.fromkeys((*told.victims, *more))
    found.pop(told.node, None)
    return replace(told, victims=tuple(found))


def _is_metric(told: Diagnostic, context: Context) -> bool:
    site = context.sites.get(told.node)
    return site is not None and site.node.kind == "metric"


def _have_one_root(first: Diagnostic, other: Diagnostic, context: Context) -> bool:
    """Whether what is wrong at another node comes of what the first refuses too."""
    here, there = context.sites.get(first.node), context.sites.get(other.node)
    if here is None or there is None or here.address == there.address:
        return False
    if _is_metric(other, context):
        if _is_metric(first, context):
            return _read(here, context) == _read(there, context)
        return _measures(there, first, context)
    if first.code != other.code:
        return False
    if first.code in OF_TWO_SHAPES:
        return not _read(here, context).isdisjoint(_read(there, context))
    own = "nn" in (here.node.kind, there.node.kind) and first.code not in OF_ALL_READERS
    if own or first.port != other.port:
        return False  # each has sizes that can be set by itself
    return _refused(here, first, context) == _refused(there, other, context) != ""


def _measures(metric: Site, fault: Diagnostic, context: Context) -> bool:
    """Whether a metric is of what the node reads at which torch stops, before any step is gone."""
    found = (context.sites.get(n) for n in (fault.node, *fault.victims))
    stopped = [site for site in found if site is not None]
    if any(site.node.kind in ("optim", "lr_scheduler") for site in stopped):
        return False  # a loss that is no number says nothing of the metrics
    read = set[Address]()
    for site in stopped:
        sources = (source_of(site, port, context) for port in site.sources)
        read |= {source.address for source in sources if source is not None}
        read |= {Address(key.partition(".")[0]) for key in _read(site, context)}
    data = {a for a in read if (s := context.sites.get(a)) is not None and s.node.kind == "data"}
    return not (read - data).isdisjoint(leading_to([metric], context))


def _read(site: Site, context: Context) -> frozenset[str]:
    """Return the outputs that a node reads, past what leaves them as they are."""
    found = (origin(site, port, context) for port in site.sources)
    return frozenset(filter(None, found))


def _refused(site: Site, told: Diagnostic, context: Context) -> str:
    """Return the output that a node refuses: of alike outputs of one node, that node."""
    ports = [told.port] if told.port in site.sources else list(site.sources)[:1]
    return next(_outputs(site, ports, context), "")


def _outputs(site: Site, ports: list[str], context: Context) -> Iterator[str]:
    for port in ports:
        found = origin(site, port, context) or ""
        address, _, output = found.partition(".")
        yield address if output.endswith("]") else found
