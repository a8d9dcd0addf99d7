"""A layer that is used again by its weights, and gets rows or maps of another width there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.failure import Context, Proposal, Site, Source
from graph_editor.checking.proposals import apart, clear, set_width
from graph_editor.checking.walk import WIDTHS, first_port, use_around, width_before
from graph_editor.checking.words import label, sizes
from graph_editor.document.model import Address, FrozenMap, InPort, NodeId, PortPath

_COPY = re.compile(r"(.*)\[(\d+)\](.*)$")
CODES = ("shared-weights", "linear-in-features", "conv-in-channels")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the width of the layer before that the first use gets, and weights of its own."""
    used = _use(stopped, context)
    if used is None or used.node.weights is None:
        yield from _of_copies(stopped, context)
        return
    widths = list(_widths(stopped, used, context))
    yield from widths
    weights = used.node.weights
    if not widths and weights.start is None and weights.follows is None:
        apart = clear(used, "same_as")
        yield Proposal(apart.id, f"Give {label(used)} weights of its own", apart.edit)


def _of_copies(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the width with which each copy of shared weights gives what it takes, or no sharing."""
    copy = _COPY.match(stopped.address)
    whole = stopped if stopped.node.repeat is not None else use_around(stopped, context)
    repeat = whole.node.repeat if whole is not None else None
    if copy is None or copy[2] == "0" or whole is None or repeat is None or not repeat.shared:
        return
    first = context.sites.get(Address(f"{copy[1]}[0]{copy[3]}"))
    port = first_port(stopped)
    mine, theirs = sizes(stopped, port), sizes(first, port) if first is not None else None
    if mine is not None and theirs is not None and len(mine) == len(theirs):
        for axis in (axis for axis in range(1, len(mine)) if mine[axis] != theirs[axis]):
            for maker in _ends_of_first(whole, copy[1], axis - len(mine), context):
                yield set_width(maker, theirs[axis], context)
    yield apart(whole, repeat)


def _ends_of_first(
    whole: Site, address: str, axis: int, context: Context
) -> Iterator[tuple[Site, str]]:
    """Yield what decides the width of what the first copy gives, counted from the last axis."""
    first = context.sites.get(Address(f"{address}[0]"))
    argument, where = WIDTHS.get(whole.node.spec, ("", 0))
    if first is not None and argument and where == axis:
        yield first, argument
    if whole.node.kind == "block":
        for output in context.project.block(whole.node.spec.partition(".")[2]).outputs:
            end = context.sites.get(Address(f"{address}[0]/{output}"))
            maker = width_before(end, "input", axis, context) if end is not None else None
            if maker is not None:
                yield maker


def _widths(stopped: Site, used: Site, context: Context) -> Iterator[Proposal]:
    """Yield the width of the layer before with which this use gets what the first one got."""
    port = first_port(stopped)
    owner = _owner(stopped, used, context)
    mine, theirs = sizes(stopped, port), sizes(owner, port) if owner is not None else None
    if mine is None or theirs is None or len(mine) != len(theirs):
        return
    at, entry = _entry(stopped, used, port, context)
    for axis in (axis for axis in range(1, len(mine)) if mine[axis] != theirs[axis]):
        maker = width_before(at, entry, axis, context)
        if maker is not None:
            yield set_width(maker, theirs[axis], context)


def _entry(stopped: Site, used: Site, port: str, context: Context) -> tuple[Site, str]:
    """Return the use of a block and its port, where what arrives there is the first to stop.

    A use that fails is not known as a place of its own yet.
    """
    source = stopped.sources.get(port)
    name = source.address.removeprefix(f"{used.address}/") if source is not None else ""
    wires = context.project.block(used.block).graph.wires
    outer = wires.get(InPort(used.id, PortPath(name))) if name else None
    if outer is None or stopped.address == used.address:
        return stopped, port
    parent = used.address.rpartition("/")[0]
    start = Address(f"{parent}/{outer.node}" if parent else outer.node)
    arriving = FrozenMap({name: stopped.inputs[port]})
    sources = FrozenMap({name: Source(start, str(outer.port))})
    return replace(used, inputs=arriving, sources=sources), name


def _use(stopped: Site, context: Context) -> Site | None:
    """Return the node, or the use of a block around it, that has the weights of another one."""
    steps, key = stopped.address.split("/"), "main"
    for count, step in enumerate(steps, 1):
        id_ = NodeId(step.partition("[")[0])
        node = context.project.block(key).graph.nodes.get(id_)
        if node is None:
            return None
        if node.weights is not None and node.weights.same_as is not None:
            address = Address("/".join(steps[:count]))
            return Site(address, key, id_, node, context.lookup(node.spec), node.args)
        if node.kind == "block":
            key = node.spec.partition(".")[2]
    return None


def _owner(stopped: Site, used: Site, context: Context) -> Site | None:
    """Return the place of the first use that stands for the place where torch stops."""
    weights = used.node.weights
    if weights is None or weights.same_as is None:
        return None
    parent = used.address.rpartition("/")[0]
    first = f"{parent}/{weights.same_as}" if parent else str(weights.same_as)
    return context.sites.get(Address(first + stopped.address.removeprefix(used.address)))
