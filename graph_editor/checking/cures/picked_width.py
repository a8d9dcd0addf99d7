"""The width of the layer that numbers pick from, or of what they write to: a place for each."""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.makers import maker_of, resized
from graph_editor.checking.proposals import set_width
from graph_editor.checking.value_range import whole_span_at
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import number, sizes

CODES = ("index-past-the-end",)
PICKS = ("torch.gather", "torch.index_select", "torch.scatter")


def cures(stopped: Site, context: Context) -> Iterator[Proposal]:
    """Yield the width with which the highest number finds a place."""
    axis, given = number(stopped.value("dim")), sizes(stopped, "input")
    if stopped.node.spec not in PICKS or axis is None or not given:
        return
    span = whole_span_at(stopped, "index", context)
    if span is None or not span.is_sure or span.low < 0 or not -len(given) <= axis < len(given):
        return
    if span.high < given[axis]:
        return
    wanted = int(span.high) + 1
    maker = width_before(stopped, "input", axis, context)
    if maker is not None:
        yield set_width(maker, wanted, context)
    made = maker_of(stopped, "input", axis % len(given) - len(given), context)
    sized = resized(made[0], {made[1]: wanted}, context) if made is not None else None
    if sized is not None:
        yield sized
