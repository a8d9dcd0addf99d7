"""Data with large numbers that reaches a layer with weights as it is.

What it does: compares the range that the data source gives with 50, where the values reach a layer
with weights unchanged, but for their dtype and shape, pooled or beside others, or moved and
stretched by numbers that are typed. Of images in bytes (`uint8`) the range is 0 to 255, whoever
gives them. A `normalize` counts with its mean and deviation. It does not speak where norms alone
read what the layer gives: they take the scale away again.

Why it matters: fresh weights and the usual learning rates are made for numbers around 1. With 0 to
255 the first outputs, and with them the steps, are hundreds of times too large.

Example: pixels from 0 to 255 → `float` → `Linear`.
Better: pixels → `float` → `/ 255` → `Linear`; or a BatchNorm first.

Fix: divides by the largest value, or switches the operator off that makes the values large.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.catalogue.ports import output_ports
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site, Source
from graph_editor.checking.handed_on import joined_ports
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, skip
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.switched import is_off
from graph_editor.checking.value_range import MOVING, span_at
from graph_editor.checking.verdict import TensorType
from graph_editor.checking.walk import (
    POOLS,
    TRANSPARENT,
    chain_before,
    facts_of,
    first_port,
    source_of,
)
from graph_editor.checking.words import label, title
from graph_editor.document.model import Node, NodeId

CODE = "unscaled-input"
LARGEST = 50
"""Values up to here are left in peace: counts, ages, grey levels of 4 bits."""
COLOURS = (1, 3, 4)
"""So many channels an image has."""
LINEAR = (
    "nn.Linear",
    "nn.Bilinear",
    *(f"nn.{name}{n}d" for name in ("Conv", "ConvTranspose") for n in (1, 2, 3)),
)
LAYERS = (*LINEAR, *(f"nn.{name}" for name in ("RNN", "LSTM", "GRU")))
PASSING = (
    TRANSPARENT
    | {pool for pool in POOLS if "LPPool" not in pool}
    | {f"nn.{name}Pad{n}d" for name in ("Zero", "Reflection", "Replication") for n in (1, 2, 3)}
    | {"nn.Dropout", "nn.Dropout1d", "nn.Dropout2d", "nn.Dropout3d", "F.dropout"}
    | {"F.interpolate", "torch.cat"}
)
"""Specs behind which numbers go as far as before, or hardly less."""
NORMS = frozenset(
    {f"nn.{name}Norm{n}d" for name in ("Batch", "Instance") for n in (1, 2, 3)}
    | {"nn.LayerNorm", "nn.GroupNorm"}
)


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    if not context.fixed(_may_be_large) or site.id in context.fixed(_normed, site.block):
        return
    span = _moved(site, context)
    low, high = (span.low, span.high) if span else _range(site, "input", context) or (0.0, 0.0)
    largest = max(abs(low), abs(high))
    if largest <= LARGEST:
        return
    changed = f"through {label(span.moved[0])}" if span else "as they come from the data"
    beyond = " and beyond" if span is not None and span.is_noise else ""
    message = (
        f"{title(site)} {label(site)} gets values from {low:.4g} to {high:.4g}{beyond} {changed} "
        f"({site.shown('input')}). Fresh weights and usual learning rates are made for "
        "numbers around 1: scale the values first."
    )
    proposals = tuple(_proposals(site, largest, span, context))
    yield Diagnosis(CODE, "warning", site.address, message, "", "input", proposals)


def _proposals(
    site: Site, largest: float, span: Span | None, context: Context
) -> Iterator[Proposal]:
    if span is not None:
        before = span_at(span.moved[0], first_port(span.moved[0]), context)
        if before is not None and max(abs(before.low), abs(before.high)) <= LARGEST:
            yield skip(span.moved[0])
            if span.moved[0].node.spec in ("op.add", "op.sub"):
                return  # divided they would all be about 1
        largest = float(f"{largest:.3g}")
    at, port = (site, "input") if span else _place(site, context)
    yield insert(at, port, "op.truediv", {"other": float(largest)}, f"Divide by {largest:g}")


def _place(site: Site, context: Context) -> tuple[Site, str]:
    """Return the input at which the large numbers arrive, before others are put beside them."""
    for maker in chain_before(site, "input", context, PASSING - {"torch.cat"}):
        for port in joined_ports(maker) if maker.node.spec == "torch.cat" else ():
            low, high = _range(maker, port, context) or (0.0, 0.0)
            if max(abs(low), abs(high)) > LARGEST:
                return maker, port
    return site, "input"


def _moved(site: Site, context: Context) -> Span | None:
    """Return how far the numbers of a data source go that were moved or stretched on the way."""
    span = span_at(site, "input", context)
    if span is None or not span.moved or span.source.key not in context.facts:
        return None
    return span


def _may_be_large(context: Context) -> bool:
    """Whether there is anything in a drawing that could be told."""
    known = [f for f in context.facts.values() if max(abs(f.low or 0), abs(f.high or 0)) > LARGEST]
    large = bool(known) or any(made.dtype == "uint8" for made in _given(context))
    return large or any("other" not in site.sources for site in context.of(MOVING))


def _normed(context: Context, block: str) -> frozenset[NodeId]:
    """Return the linear layers of a graph of which norms alone read what they give."""
    graph = context.project.block(block).graph
    readers: dict[NodeId, list[Node]] = {}
    for target, source in graph.wires.items():
        readers.setdefault(source.node, []).append(graph.nodes[target.node])
    linear = {n for n in readers if graph.nodes[n].spec in LINEAR}
    return frozenset(
        n for n in linear if all(r.spec in NORMS and not is_off(r) for r in readers[n])
    )


def _given(context: Context) -> Iterator[TensorType]:
    """Yield the types of what data sources and inputs give."""
    for address, site in context.sites.items():
        if site.node.kind in ("data", "io") and site.spec is not None:
            ports = (f"{address}.{port}" for port in output_ports(site.spec, site.node))
            yield from (context.types[port] for port in ports if port in context.types)


def _range(site: Site, port: str, context: Context) -> tuple[float, float] | None:
    """Return the least and the largest value at a port, where they are known."""
    facts = facts_of(site, port, context)
    if facts is not None and (facts.low is not None or facts.high is not None):
        return facts.low or 0.0, facts.high or 0.0
    source, kind = source_of(site, port, context), ""
    for maker in chain_before(site, port, context, PASSING):
        if maker.node.spec == "transform.normalize":
            return _normalized(maker, context)
        if maker.node.spec in MOVING:
            return _shifted(maker, context)
        if maker.node.spec == "torch.cat":
            return _of_parts(maker, context)
        source, kind = source_of(maker, first_port(maker), context) or source, maker.node.kind
    return _of_source(source, kind, context)


def _of_source(source: Source | None, kind: str, context: Context) -> tuple[float, float] | None:
    if source is None or kind not in ("data", "io"):
        return None
    facts, made = context.facts.get(source.key), context.types.get(source.key)
    if facts is not None and (facts.low is not None or facts.high is not None):
        return facts.low or 0.0, facts.high or 0.0
    if made is None or len(made.shape) != 4 or made.shape[1] not in COLOURS:
        return None
    return (0.0, 255.0) if made.dtype == "uint8" else None


def _shifted(maker: Site, context: Context) -> tuple[float, float] | None:
    """Return the range after a number was added to another range or taken off it."""
    before, number = _range(maker, "input", context), maker.value("other")
    is_plain = is_run(maker, context) and maker.node.repeat is None
    if before is None or "other" in maker.sources or not isinstance(number, int | float):
        return None
    if not is_plain or maker.node.spec not in ("op.add", "op.sub"):
        return None
    sign = 1 if maker.node.spec == "op.add" else -1
    return before[0] + sign * number, before[1] + sign * number


def _of_parts(maker: Site, context: Context) -> tuple[float, float] | None:
    """Return how far the parts go, of those of which that is known."""
    found = [_range(maker, port, context) for port in joined_ports(maker)]
    known = [each for each in found if each is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def _normalized(site: Site, context: Context) -> tuple[float, float] | None:
    """Return the range of what a transform gives that subtracts one number and divides by one."""
    before, mean, std = _range(site, "input", context), site.value("mean"), site.value("std")
    if before is None or not isinstance(mean, int | float) or not isinstance(std, int | float):
        return None
    return ((before[0] - mean) / std, (before[1] - mean) / std) if std > 0 else None


check = PerSubject(LAYERS, _find)
