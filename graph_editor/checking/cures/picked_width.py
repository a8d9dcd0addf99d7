"""The width of the layer that numbers pick from: one place for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.proposals import set_width
from graph_editor.checking.value_range import whole_span_at
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import number, sizes

CODES = ("index-past-the-end",)
PICKS = ("torch.gather", "torch.index_select")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the width with which the highest number finds a place."""
    axis, given = number(stopped.value("dim")), sizes(stopped, "input")
    if stopped.node.spec not in PICKS or axis is None or not given:
        return
    span = whole_span_at(stopped, "index", context)
    if span is None or not span.is_sure or span.low < 0 or not -len(given) <= axis < len(given):
        return
    maker = width_before(stopped, "input", axis, context)
    if maker is not None and span.high >= given[axis]:
        yield set_width(maker, int(span.high) + 1, context)
