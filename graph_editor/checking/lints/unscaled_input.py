"""Data with large numbers that reaches a layer with weights as it is.

What it does: compares the range that the data source gives with 50, where the values reach a layer
with weights unchanged, but for their dtype and shape, or moved and stretched by numbers that are
typed. Of images in bytes (`uint8`) the range is 0 to 255, whoever gives them. A `normalize` counts
with its mean and deviation.

Why it matters: fresh weights and the usual learning rates are made for numbers around 1. With 0 to
255 the first outputs, and with them the steps, are hundreds of times too large.

Example: pixels from 0 to 255 → `float` → `Linear`.
Better: pixels → `float` → `/ 255` → `Linear`; or a BatchNorm first.

Fix: divides by the largest value, or switches the operator off that makes the values large.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.catalogue.ports import output_ports
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, skip
from graph_editor.checking.value_range import MOVING, Span, span_at
from graph_editor.checking.verdict import TensorType
from graph_editor.checking.walk import (
    TRANSPARENT,
    chain_before,
    facts_of,
    first_port,
    source_of,
)
from graph_editor.checking.words import label, title

CODE = "unscaled-input"
LARGEST = 50
"""Values up to here are left in peace: counts, ages, grey levels of 4 bits."""
COLOURS = (1, 3, 4)
"""So many channels an image has."""
LAYERS = (
    "nn.Linear",
    "nn.Bilinear",
    *(f"nn.{name}{n}d" for name in ("Conv", "ConvTranspose") for n in (1, 2, 3)),
    *(f"nn.{name}" for name in ("RNN", "LSTM", "GRU")),
)


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    if not context.fixed(_may_be_large):
        return
    span = _moved(site, context)
    low, high = (span.low, span.high) if span else _range(site, "input", context) or (0.0, 0.0)
    largest = max(abs(low), abs(high))
    if largest <= LARGEST:
        return
    changed = f"through {label(span.moved[0])}" if span else "as the data gives them"
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
    yield insert(site, "input", "op.truediv", {"other": float(largest)}, f"Divide by {largest:g}")


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
    for maker in chain_before(site, port, context, TRANSPARENT):
        if maker.node.spec == "transform.normalize":
            return _normalized(maker, context)
        source, kind = source_of(maker, first_port(maker), context) or source, maker.node.kind
    made = context.types.get(source.key) if source and kind in ("data", "io") else None
    if made is None or len(made.shape) != 4 or made.shape[1] not in COLOURS:
        return None
    return (0.0, 255.0) if made.dtype == "uint8" else None


def _normalized(site: Site, context: Context) -> tuple[float, float] | None:
    """Return the range of what a transform gives that subtracts one number and divides by one."""
    before, mean, std = _range(site, "input", context), site.value("mean"), site.value("std")
    if before is None or not isinstance(mean, int | float) or not isinstance(std, int | float):
        return None
    return ((before[0] - mean) / std, (before[1] - mean) / std) if std > 0 else None


check = PerSubject(LAYERS, _find)
