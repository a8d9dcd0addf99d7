"""An embedding with `max_norm` whose weight another node has read before.

What it does: looks at embeddings with `max_norm`, and at nodes that read their weight before they
are called.

Parts of the weight (`chunk`, `split`, `unbind`) are refused as soon as they are read again.

Why it matters: with `max_norm` an embedding scales the rows that it looks up in place, in the
weight itself. What torch keeps of the weight for the way back is then another, and it stops in the
first step of training. PyTorch's documentation asks for a copy of the weight there.

Example: `param.of(embedding) → matmul`, with `Embedding(max_norm=1.0)` called after it.
Better: an embedding without `max_norm`; or `param.of → clone → matmul`.

Fix: takes `max_norm` away.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.gradient_flow import first_step, reached_from_losses
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import reset
from graph_editor.checking.shared_memory import keeps, order_of_calls, outputs_in_memory
from graph_editor.checking.words import label, title
from graph_editor.document.model import Address, At

CODE = "renormalised-weight"
PARTING = tuple(f"torch.{name}" for name in ("chunk", "split", "unbind"))
"""What gives several views at once, of which torch lets nobody write over what they show."""
LOOKING_UP = ("nn.Embedding", "nn.EmbeddingBag")


def _find(site: Site, context: Context) -> Iterator[Told]:
    most = site.value("max_norm")
    if not isinstance(most, int | float):
        return
    fixes = (reset(site, "max_norm", "Take max_norm away"),)
    parted = _parted(site, context)
    if parted is not None:
        parts, later = parted
        message = (
            f"{title(site)} {label(site)} scales the rows that it looks up to a norm of {most:g} "
            f"in place (max_norm), and {title(parts)} {label(parts)} has taken its weight apart "
            f"before: torch lets {title(later)} {label(later)} read none of these parts any more."
        )
        told = Diagnosis(CODE, "error", site.address, message, "max_norm", "", fixes, later.address)
        yield from of(site, [told])
        return
    reader = _reader(site, context)
    if reader is not None:
        message = (
            f"{title(site)} {label(site)} scales the rows that it looks up to a norm of {most:g} "
            f"in place (max_norm), and {title(reader)} {label(reader)} has read its weight before, "
            "which torch needs unchanged on the way back, so that training stops in the first step."
        )
        victim = context.fixed(first_step)
        told = Diagnosis(CODE, "error", site.address, message, "max_norm", "", fixes, victim)
        yield from of(site, [told])


def _parted(site: Site, context: Context) -> tuple[Site, Site] | None:
    """Return what has taken the weight apart before, and what reads a part of it afterwards."""
    read = [f"{w.address}.output" for w in context.of(("param.of",)) if _is_weight_of(w, site)]
    order = context.fixed(order_of_calls)
    own = order.places.get(site.address)
    if not read or own is None:
        return None
    for key in sorted(outputs_in_memory(read, context)):
        maker = context.sites.get(Address(key.partition(".")[0]))
        if maker is None or maker.node.spec not in PARTING:
            continue
        if order.places.get(maker.address, own) >= own:
            continue
        for place, address, port in sorted(order.readings.get(key, ())):
            given = context.sites[address].inputs.get(port)
            if place > own and given is not None and given.requires_grad:
                return maker, context.sites[address]
    return None


def _reader(site: Site, context: Context) -> Site | None:
    """Return a call that keeps the weight of an embedding, and comes before it."""
    read = [f"{w.address}.output" for w in context.of(("param.of",)) if _is_weight_of(w, site)]
    order = context.fixed(order_of_calls)
    own = order.places.get(site.address)
    if not read or own is None:
        return None
    outputs = outputs_in_memory(read, context)
    readings = sorted(each for key in outputs for each in order.readings.get(key, ()))
    reached = context.fixed(reached_from_losses)
    before = [address for place, address, _ in readings if place < own and address in reached]
    return next((context.sites[a] for a in before if keeps(a, outputs, context)), None)


def _is_weight_of(reader: Site, site: Site) -> bool:
    """Whether a node reads the weight that an embedding looks its rows up in."""
    named, weights = reader.value("of"), site.node.weights
    owner = weights.same_as if weights is not None and weights.same_as else site.id
    beside = site.address.rpartition("/")[0]
    above = reader.address.rpartition("/")[0]
    at = (
        Address(f"{above}/{named.address}" if above else named.address)
        if isinstance(named, At)
        else ""
    )
    mine = Address(f"{beside}/{owner}" if beside else owner)
    return at == mine and reader.value("parameter") in (None, "weight")


check = PerSubject(LOOKING_UP, _find, once)
