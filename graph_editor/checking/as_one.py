"""Faults that have one root are told once: at the first node, and the others wait for it.

Several readers may refuse the same output, and a metric what a loss, or the model, refuses too.
Once the first is cured, what is still wrong at the others is told there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graph_editor.catalogue.order import canonical_order
from graph_editor.checking.failure import Context, Site
from graph_editor.checking.gradient_flow import leading_to
from graph_editor.checking.one_cause import OF_TWO_SHAPES, origin
from graph_editor.checking.verdict import Diagnostic, Status, Verdict
from graph_editor.checking.walk import source_of
from graph_editor.document.model import Address, NodeId

NONE = frozenset[str]()
OF_ALL_READERS = ("missing-flatten",)
"""What is said of layers with weights where what they read is at fault, and not their sizes."""


def as_one(verdict: Verdict, context: Context) -> Verdict:
    """Return the verdict with the errors of one root told at its first node alone."""
    errors = [_Fault.of(d, context) for d in verdict.diagnostics if d.severity == "error"]
    if len(errors) < 2:
        return verdict
    first = _before(verdict.stop, context)
    errors.sort(key=lambda fault: fault.is_metric)  # what is trained comes first
    roots: list[Diagnostic] = []
    known: list[_Fault] = []
    waiting: list[list[Address]] = []  # of each root
    for each in errors:
        at = next((k for k, root in enumerate(known) if root.is_root_of(each)), None)
        told = each.told
        if at is None or (_is_of(told, first) and not _is_of(roots[at], first)):
            known.append(each)
            roots.append(told)
            waiting.append([])
        else:
            waiting[at] += (told.node, *told.victims)
    if not any(waiting):
        return verdict
    kept_as = {id(r): _with_victims(r, nodes) for r, nodes in zip(roots, waiting, strict=True)}
    rest = (d for d in verdict.diagnostics if d.severity != "error" or id(d) in kept_as)
    kept = tuple(kept_as.get(id(d), d) for d in rest)
    status: dict[Address, Status] = {node: "waiting" for nodes in waiting for node in nodes}
    status |= {root.node: "error" for root in roots}
    return replace(verdict, diagnostics=kept, status=verdict.status.merged(status))


@dataclass(frozen=True, slots=True)
class _Fault:
    """An error, and what it is told by from those of another root."""

    told: Diagnostic
    is_metric: bool
    read: frozenset[str]
    """The outputs that its node reads, past what leaves them as they are."""
    made: frozenset[str]
    """Those of them that no data source gives."""
    refused: tuple[str, ...]
    """The code, the port and the output that is refused; empty where that is not shared."""
    stopped_at: frozenset[Address]
    """What the node reads at which torch stops, where that is before any step is gone."""
    before: frozenset[Address]
    """Of a metric: all that it comes from."""

    @staticmethod
    def of(told: Diagnostic, context: Context) -> _Fault:
        """Return what is to be known of an error."""
        site = context.sites.get(told.node)
        if site is None:
            return _Fault(told, False, NONE, NONE, (), frozenset(), frozenset())
        is_metric = site.node.kind == "metric"
        read = _read(site, context)
        made = frozenset(key for key in read if not _is_data(key, context))
        own = site.node.kind == "nn" and told.code not in OF_ALL_READERS  # sizes of its own
        refused = "" if own else _refused(site, told, context)
        before = leading_to([site], context) if is_metric else frozenset[Address]()
        stopped_at = frozenset[Address]() if is_metric else _stopped_at(told, context)
        shared = (told.code, told.port, refused) if refused else ()
        return _Fault(told, is_metric, read, made, shared, stopped_at, before)

    def is_root_of(self, other: _Fault) -> bool:
        """Whether what is wrong at another node comes of what this one refuses too."""
        if other.is_metric:
            same = bool(self.read) and self.read == other.read
            return same if self.is_metric else not self.stopped_at.isdisjoint(other.before)
        if self.told.code != other.told.code or self.told.node == other.told.node:
            return False
        if self.told.code in OF_TWO_SHAPES:
            return not self.made.isdisjoint(other.made)
        return bool(self.refused) and self.refused == other.refused


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


def _stopped_at(fault: Diagnostic, context: Context) -> frozenset[Address]:
    found = (context.sites.get(n) for n in (fault.node, *fault.victims))
    stopped = [site for site in found if site is not None]
    if any(site.node.kind in ("optim", "lr_scheduler") for site in stopped):
        return frozenset()  # a loss that is no number says nothing of the metrics
    keys = set[str]()
    for site in stopped:
        sources = (source_of(site, port, context) for port in site.sources)
        keys |= {source.key for source in sources if source is not None} | _read(site, context)
    return frozenset(Address(k.partition(".")[0]) for k in keys if not _is_data(k, context))


def _is_data(key: str, context: Context) -> bool:
    site = context.sites.get(Address(key.partition(".")[0]))
    return site is not None and site.node.kind == "data"


def _read(site: Site, context: Context) -> frozenset[str]:
    found = (origin(site, port, context) for port in site.sources)
    return frozenset(filter(None, found))


def _refused(site: Site, told: Diagnostic, context: Context) -> str:
    """Return the output that a node refuses: of alike outputs of one node, that node."""
    port = told.port if told.port in site.sources else next(iter(site.sources), "")
    found = origin(site, port, context) if port else None
    address, _, output = (found or "").partition(".")
    return address if output.endswith("]") else found or ""
