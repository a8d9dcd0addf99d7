"""Faults that have one root are told once: at the first node, and the others wait for it.

Several readers may refuse the same output, and a metric what a loss, or the model, refuses too.
Once the first is cured, what is still wrong at the others is told there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from graph_editor.catalogue.order import canonical_order
from graph_editor.checking.failure import Context, Site
from graph_editor.checking.gradient_flow import leading_to
from graph_editor.checking.one_cause import OF_TWO_SHAPES, origin
from graph_editor.checking.verdict import Diagnostic, Status, Verdict
from graph_editor.checking.walk import source_of
from graph_editor.checking.words import label
from graph_editor.document.model import Address, NodeId

NONE = frozenset[str]()
UNWRITTEN = ("no-meaning", "name-not-known", "unlike-follower")
"""What keeps code from being written: a node behind it may be refused for a reason of its own."""
OF_ALL_READERS = ("missing-flatten", "steps-left")
"""What is said of layers with weights where what they read is at fault, and not their sizes."""


def as_one(verdict: Verdict, context: Context) -> Verdict:
    """Return the verdict with the errors of one root told at its first node alone."""
    errors = [_Fault.of(d, context) for d in verdict.diagnostics if d.severity == "error"]
    if len(errors) < 2:
        return verdict
    first = _before(verdict.stop, context)
    errors.sort(key=lambda fault: fault.is_metric)  # what is trained comes first
    errors = _linked(errors)
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
            if known[at].is_twin_of(each):
                roots[at] = _told_with(roots[at], told.node, context)
    if not any(waiting):
        return verdict
    kept_as = {
        id(fault.told): _with_victims(root, nodes)
        for fault, root, nodes in zip(known, roots, waiting, strict=True)
    }
    rest = (d for d in verdict.diagnostics if d.severity != "error" or id(d) in kept_as)
    kept = tuple(kept_as.get(id(d), d) for d in rest)
    status: dict[Address, Status] = {node: "waiting" for nodes in waiting for node in nodes}
    status |= {root.node: "error" for root in roots}
    return replace(verdict, diagnostics=kept, status=verdict.status.merged(status))


def _linked(errors: list[_Fault]) -> list[_Fault]:
    """Return the errors, those of two shapes with all that is read where one leads to the next.

    As where two halves of a code are both turned by the same two tables: each table meets each
    half, and no single output is read by all four products.
    """
    linked = list(errors)
    for place, each in enumerate(linked):
        if each.told.code not in OF_TWO_SHAPES or each.is_metric:
            continue
        made, before = each.made, NONE
        while made != before:
            before = made
            alike = (e for e in errors if e.told.code == each.told.code and not e.is_metric)
            made = made.union(*(e.made for e in alike if not made.isdisjoint(e.made)))
        linked[place] = replace(each, made=made)
    return linked


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
    twin: Hashable = None
    """What it has in common with the same call behind a layer like the one before it."""

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
        stops = not is_metric and told.code not in UNWRITTEN
        stopped_at = _stopped_at(told, context) if stops else frozenset[Address]()
        shared = (told.code, told.port, refused) if refused else ()
        twin = None if own or is_metric else _twin(site, told, context)
        return _Fault(told, is_metric, read, made, shared, stopped_at, before, twin)

    def is_root_of(self, other: _Fault) -> bool:
        """Whether what is wrong at another node comes of what this one refuses too."""
        if other.is_metric:
            same = bool(self.read) and self.read == other.read
            return same if self.is_metric else not self.stopped_at.isdisjoint(other.before)
        if self.told.code != other.told.code or self.told.node == other.told.node:
            return False
        if self.told.code in OF_TWO_SHAPES:
            return not self.made.isdisjoint(other.made)
        if self.is_twin_of(other):
            return True
        return bool(self.refused) and self.refused == other.refused

    def is_twin_of(self, other: _Fault) -> bool:
        """Whether the same is wrong at another node, of which the edit of one is no cure."""
        return self.twin is not None and self.twin == other.twin


def _told_with(root: Diagnostic, node: Address, context: Context) -> Diagnostic:
    """Return an error with the name of a node at which the same is wrong, and without fixes.

    An edit of all of them that cured would be offered in the place of theirs.
    """
    message = f"{root.message} The same is wrong at {label(context.sites[node])}."
    return replace(root, message=message, fixes=())


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


def _twin(site: Site, told: Diagnostic, context: Context) -> Hashable:
    """Return what tells one mistake made alike behind several layers of one kind.

    As where queries, keys and values are laid out alike: the layers before them read one output.
    """
    key = origin(site, told.port, context) if told.port in site.sources else None
    layer = context.sites.get(Address(key.partition(".")[0])) if key is not None else None
    if layer is None or layer.node.kind != "nn" or len(site.sources) != 1:
        return None
    read = _read(layer, context)
    if len(read) != 1 or len(layer.sources) != 1:
        return None
    shapes = frozenset(site.symbolic.items())
    return (told.code, site.node.spec, site.args, shapes, layer.node.spec, layer.args, read)


def _refused(site: Site, told: Diagnostic, context: Context) -> str:
    """Return the output that a node refuses: of alike outputs of one node, that node."""
    port = told.port if told.port in site.sources else next(iter(site.sources), "")
    found = origin(site, port, context) if port else None
    address, _, output = (found or "").partition(".")
    return address if output.endswith("]") else found or ""
