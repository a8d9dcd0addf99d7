"""Which calls look at the same memory, and in which order a training step makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graph_editor.catalogue.order import canonical_order
from graph_editor.checking.failure import Context, Retained
from graph_editor.checking.gradient_flow import passed_over
from graph_editor.document.model import Address, Block, NodeId

Reading = tuple[int, Address, str]
"""A call's place in the order, its address, and the port that it reads at."""


@dataclass(frozen=True, slots=True)
class Order:
    """The calls of a training step; it hangs on wires and on what is repeated, not on arguments."""

    places: dict[Address, int] = field(default_factory=dict)
    readings: dict[str, list[Reading]] = field(default_factory=dict)
    """Who reads each output ``address.port``, first things first, through borders of blocks."""


def order_of_calls(context: Context) -> Order:
    """Return the order of calls: to be asked by ``context.fixed``, since it looks at all nodes."""
    found = Order()
    regions = context.regions
    top = (*regions.data, *regions.model, *regions.step)
    if context.calls is None:
        return found
    for place, address in enumerate(_executed("", top, {}, context)):
        found.places[address] = place
        for port, source in context.calls.arriving(address).items():
            found.readings.setdefault(source, []).append((place, address, port))
    return found


def _executed(
    prefix: str, order: Iterable[NodeId], orders: dict[str, tuple[NodeId, ...]], context: Context
) -> Iterator[Address]:
    """Yield the addresses of all calls, those of copies and in blocks one after another."""
    for node in order:
        address = Address(f"{prefix}{node}")
        site = context.sites.get(address)
        if site is None:
            continue
        for each in _copies(address, context) if site.node.repeat is not None else (address,):
            if site.node.kind != "block":
                yield each
                continue
            key = site.node.spec.partition(".")[2]
            if key not in orders:
                block: Block = context.project.block(key)
                orders[key] = canonical_order(block.graph, block.outputs, context.lookup)
            yield from _executed(f"{each}/", orders[key], orders, context)


def _copies(address: Address, context: Context) -> Iterator[Address]:
    copy = 0
    while (each := Address(f"{address}[{copy}]")) in context.sites:
        yield each
        copy += 1


def retained(address: str, context: Context) -> Retained | None:
    """Return what torch keeps of a call, and note that it was looked at."""
    here = Address(address)
    if context.calls is None or here not in context.sites:
        return None
    return context.calls.retained(here)


def keeps(address: Address, outputs: frozenset[str], context: Context) -> bool:
    """Whether torch needs any of these outputs on the way back through a call."""
    kept = retained(address, context)
    if kept is None or context.calls is None:
        return False
    arriving, aside = context.calls.arriving(address), context.fixed(passed_over)
    needed = (arriving[p] for p in kept.inputs if (address, p) not in aside)
    held = {*needed, *(f"{address}.{p}" for p in kept.results)}
    return not held.isdisjoint(outputs)


def chain_in_memory(key: str, context: Context) -> Iterator[str]:
    """Yield outputs in the same memory, from this one back to the one that it was made for."""
    seen = set[str]()
    while key and key not in seen:
        seen.add(key)
        yield key
        address, _, port = key.partition(".")
        kept = retained(address, context)
        if kept is None or context.calls is None:
            return
        before = context.calls.arriving(Address(address)).get(kept.views.get(port, ""), "")
        other = kept.shared.get(port)
        key = f"{address}.{other}" if other is not None else before


def outputs_in_memory(starts: Iterable[str], context: Context) -> frozenset[str]:
    """Return these outputs and all that later calls give in the same memory."""
    assert context.calls is not None
    readings = context.fixed(order_of_calls).readings
    ahead = list(starts)
    found = set(ahead)
    for key in ahead:
        address, _, port = key.partition(".")
        kept = retained(address, context)
        fresh = [f"{address}.{o}" for o, p in kept.shared.items() if p == port] if kept else []
        for _, reader, _ in readings.get(key, ()):
            kept, arriving = retained(reader, context), context.calls.arriving(reader)
            for output, source in kept.views.items() if kept else ():
                if arriving.get(source) == key:
                    fresh.append(f"{reader}.{output}")
        ahead += (each for each in dict.fromkeys(fresh) if each not in found)
        found.update(fresh)
    return frozenset(found)
