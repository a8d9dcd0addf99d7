"""Where numbers of every sample meet those of every other, in sums that are worked out by hand.

Tables of samples by samples are often meant. These are not: an axis of size 1 that nobody added,
on one side what a network gave, on the other what it is to be held against, and in the end one mean
or sum of all, for which nothing but single numbers is worked out in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graph_editor.checking.failure import Context, Site, Source
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import FLATTENING, first_port, source_of
from graph_editor.checking.words import holds_batch
from graph_editor.document.model import Address

_MOST = 64
"""So many nodes are looked at at most."""
REDUCERS = ("torch.mean", "torch.sum", "torch.linalg.vector_norm")
"""Specs that make one number of all."""


def _named(prefix: str, names: str) -> frozenset[str]:
    return frozenset(f"{prefix}.{name}" for name in names.split())


PAIRING = _named("op", "add sub mul truediv pow eq ne lt le gt ge") | _named(
    "torch", "maximum minimum where"
)
"""Specs that bring numbers of two tensors together, place by place."""
POINTWISE = PAIRING.union(
    _named("op", "neg invert"),
    _named("torch", "abs square sqrt exp log log1p clamp relu sigmoid tanh sign sin cos erf rsqrt"),
    _named("Tensor", "bool contiguous detach float long to type_as"),
    _named("F", "gelu leaky_relu relu silu softplus"),
    _named("nn", "ReLU Sigmoid Tanh Softplus LogSigmoid Identity LeakyReLU GELU SiLU ELU Hardtanh"),
)
"""Specs that make of each number another one."""
_UNMEANT = _named("torch", "gather chunk split topk") | FLATTENING | {"Tensor.squeeze"}
"""Specs that leave an axis of size 1 which nobody asked them for."""


Starts: TypeAlias = list[tuple[Site, str]]
"""Inputs, by their nodes and ports."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A node at which two tensors with a row for each sample make a table of each with each."""

    site: Site
    long: str
    """The port of the tensor with an axis of size 1 too many."""
    short: str


def crosses(one: Sequence[Dim], other: Sequence[Dim]) -> bool:
    """Whether two tensors with a batch each make one in which samples meet samples."""
    if abs(len(one) - len(other)) != 1 or not one or not other:
        return False
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    alone = longer[0] == shorter[0] and longer[1] == 1 and [*longer[2:]] == [*shorter[1:]]
    return alone and holds_batch(longer[0]) and not any(map(holds_batch, longer[1:]))


def unmeant_crossings(site: Site, context: Context) -> list[Crossing]:
    """Return those that nobody can mean behind a node that makes one number of all."""
    if site.value("dim") is not None or not _is_table(site, first_port(site)):
        return []
    walk = _Walk(context)
    walk.back(site)
    found = walk.found if walk.is_plain else []
    if not found or not _are_alone(walk.seen, context):
        return []
    return [each for each in found if _is_unmeant(each, context)]


def crossing_of(site: Site) -> Crossing | None:
    """Return how a node lets samples meet samples, if it does."""
    ports = [port for port in site.symbolic if port in site.sources]
    for long in ports:
        for short in ports:
            one, other = site.symbolic[long].shape, site.symbolic[short].shape
            if len(one) > len(other) and crosses(one, other):
                return Crossing(site, long, short)
    return None


def _is_table(site: Site, port: str) -> bool:
    """Whether two axes of what arrives are as long as the batch."""
    known = site.symbolic.get(port)
    return known is not None and sum(map(holds_batch, known.shape)) > 1


@dataclass
class _Walk:
    """A walk back from one number, as long as tables of samples by samples arrive."""

    context: Context
    seen: dict[Address, Site] = field(default_factory=dict)
    found: list[Crossing] = field(default_factory=list)
    is_plain: bool = True
    """Whether all tables on the way are made of crossings, number by number."""

    def back(self, site: Site) -> None:
        """Look at what a table that arrives at a node is made of."""
        for port in site.sources:
            if not _is_table(site, port):
                continue
            source = source_of(site, port, self.context)
            maker = self.context.sites.get(source.address) if source else None
            if maker is None or len(self.seen) >= _MOST or maker.node.spec not in POINTWISE:
                self.is_plain = False
                return
            if maker.address not in self.seen:
                self.seen[maker.address] = maker
                self.of_table(maker)

    def of_table(self, maker: Site) -> None:
        """Look at a node that gives such a table."""
        crossing = crossing_of(maker)
        if crossing is not None and not any(_is_table(maker, port) for port in maker.sources):
            self.found.append(crossing)
        elif any(_is_table(maker, port) for port in maker.sources):
            self.back(maker)
        else:
            self.is_plain = False  # a row beside a column: that is how it is drawn on purpose


def _are_alone(tables: dict[Address, Site], context: Context) -> bool:
    """Whether nothing else reads these tables than one another, and what makes one number of all.

    Shares of a row, or the row's nearest neighbour, are taken of tables that are meant.
    """
    for site in tables.values():
        around = site.address.removesuffix(site.id)
        for target, source in context.project.block(site.block).graph.wires.items():
            reader = context.sites.get(Address(f"{around}{target.node}"))
            if source.node != site.id or (reader is not None and reader.address in tables):
                continue
            if reader is None or not (_makes_one(reader) or _leaves_block(reader)):
                return False
    return True


def _makes_one(reader: Site) -> bool:
    return reader.node.spec in REDUCERS and reader.value("dim") is None


def _leaves_block(reader: Site) -> bool:
    return reader.node.spec == "io.output" and reader.block != "main"


def _is_unmeant(crossing: Crossing, context: Context) -> bool:
    site = crossing.site
    if not _has_grown(site, crossing.long, context):
        return False
    one, other = (_origins(site, port, context) for port in (crossing.long, crossing.short))
    return (one.model and other.target) or (other.model and one.target)


def _has_grown(site: Site, port: str, context: Context) -> bool:
    """Whether data, or a layer, gave the axis of size 1 by themselves."""
    wanted, ahead, seen = site.symbolic[port].shape, [(site, port)], set[Address]()
    while ahead:
        reader, at = ahead.pop()
        source = source_of(reader, at, context)
        maker = context.sites.get(source.address) if source else None
        if source is None or maker is None or len(seen) > _MOST:
            return False
        if maker.address in seen or _gives(maker, context):
            continue
        seen.add(maker.address)
        alike = [p for p in maker.sources if _shape(maker, p) == wanted]
        if maker.node.spec not in POINTWISE or not alike:
            return False
        ahead += [(maker, p) for p in alike]
    return True


def _gives(maker: Site, context: Context) -> bool:
    """Whether an axis of size 1 of what a node gives comes from nobody's wish to have it."""
    if maker.node.kind == "data" or context.makes.get(maker.address):
        return True
    return maker.node.spec in _UNMEANT or maker.node.spec.endswith("Loss")


def _shape(site: Site, port: str) -> tuple[Dim, ...] | None:
    known = site.symbolic.get(port)
    return known.shape if known is not None else None


@dataclass(frozen=True, slots=True)
class _Origins:
    """What a tensor is made of."""

    model: bool
    """Whether weights have a part in it."""
    target: bool
    """Whether data have that no input of the model takes."""


def _origins(site: Site, port: str, context: Context) -> _Origins:
    ahead, seen = [(site, port)], set[Address]()
    model = target = False
    while ahead and len(seen) < _MOST:
        reader, at = ahead.pop()
        source = source_of(reader, at, context)
        maker = context.sites.get(source.address) if source else None
        if source is None or maker is None:
            continue
        if maker.node.kind == "data":
            target |= not _is_taken_in(source, context)
        elif context.makes.get(maker.address):
            model = True  # whatever enters it, a network has looked at it
        elif maker.address not in seen:
            seen.add(maker.address)
            ahead += [(maker, p) for p in maker.sources]
    return _Origins(model, target)


def _is_taken_in(source: Source, context: Context) -> bool:
    return source.key in context.fixed(_taken_in)


def _taken_in(context: Context) -> frozenset[str]:
    """Return the outputs that enter the model."""
    graph = context.project.main.graph
    return frozenset(
        f"{source.node}.{source.port}"
        for target, source in graph.wires.items()
        if graph.nodes[target.node].spec == "io.input"
    )


def starts(crossings: Sequence[Crossing], is_long: bool, context: Context) -> Starts:
    """Return the inputs at which one side of all of these can be given another shape.

    Where all of them hang on one chain of nodes, that is its first input.
    """
    ports = [(c.site, c.long if is_long else c.short) for c in crossings]
    if len(ports) == 1:
        return ports
    firsts = [_first(site, port, context) for site, port in ports]
    return firsts[:1] if len({(s.address, p) for s, p in firsts}) == 1 else ports


def ends(crossing: Crossing, context: Context) -> tuple[Source | None, ...]:
    """Return what both sides come from, before what makes of each number another one."""
    firsts = [_first(crossing.site, p, context) for p in (crossing.long, crossing.short)]
    return tuple(source_of(site, port, context) for site, port in firsts)


def _first(site: Site, port: str, context: Context) -> tuple[Site, str]:
    for before in _alone_before(site, port, context):
        site, port = before, first_port(before)
    return site, port


def _alone_before(site: Site, port: str, context: Context) -> Iterator[Site]:
    """Yield the nodes of one input each that come before a port, nearest first."""
    for _ in range(_MOST):
        source = source_of(site, port, context)
        before = context.sites.get(source.address) if source else None
        if before is None or len(before.sources) != 1 or before.node.spec not in POINTWISE:
            return
        yield before
        site, port = before, first_port(before)
