"""Numbers that are below the first class or row, in words and with what made-up data gives then."""

from __future__ import annotations

from dataclasses import dataclass

from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.made_up import with_classes
from graph_editor.checking.proposals import insert, skip
from graph_editor.checking.span import Span
from graph_editor.checking.value_range import span_at
from graph_editor.checking.walk import facts_of, first_port
from graph_editor.checking.words import label, title

WHOLE = ("int64", "int32")


@dataclass(frozen=True, slots=True)
class Below:
    """What asks for something before the first."""

    name: str
    """What a message calls the output that the numbers come from."""
    lowest: int | None
    """The lowest of them; None of noise, which has no lowest."""
    proposals: tuple[Proposal, ...]
    maker: Site | None = None
    """The operator without which none of them would be, if there is one."""


def below_first(site: Site, port: str, count: int, context: Context) -> Below | None:
    """Return what whole numbers at a port ask for that are certain to come below 0, if any are.

    A label that is ``ignore_index`` counts for none. Made-up data is told to give ``count``.
    """
    arriving, span = site.inputs.get(port), span_at(site, port, context)
    if arriving is None or arriving.dtype not in WHOLE or span is None or span.low > -1:
        return None
    facts = facts_of(site, port, context)
    if facts is not None and facts.low == -1 and _is_float(span, context):
        return None  # only the end of the data's range would become -1, and all above it becomes 0
    lowest = None if span.is_noise else int(span.low)
    alone = lowest == -1 or span.low == span.high or span.is_alone
    if lowest is not None and alone and lowest == site.value("ignore_index"):
        return None
    data = context.sites.get(span.source.address)
    name = f"{span.source.port} of {label(data)}" if data else f"“{span.source.address}”"
    maker = _mover(span, count, context)
    if maker is not None:
        return Below(f"{title(maker)} {label(maker)}", lowest, (skip(maker),), maker)
    if span.is_fixed and span.high - span.low < count:
        return Below(name, lowest, (_moved_up(site, port, int(-span.low)),))
    told = with_classes(span.source, count, context) if span.is_noise else None
    return Below(name, lowest, () if told is None else (told,))


def _is_float(span: Span, context: Context) -> bool:
    """Whether what the numbers come from gives fractions, which are cut off."""
    given = context.types.get(f"{span.source.address}.{span.source.port}")
    return given is not None and given.dtype.startswith(("float", "bfloat"))


def _moved_up(site: Site, port: str, number: int) -> Proposal:
    """Return the edit with which the lowest of fixed numbers, such as distances, is 0."""
    return insert(site, port, "op.add", {"other": number}, f"Add {number} to {port}")


def _mover(span: Span, count: int, context: Context) -> Site | None:
    """Return the operator with a number before which all numbers are right."""
    if not span.moved or span.is_noise:
        return None
    maker = span.moved[0]
    before = span_at(maker, first_port(maker), context)
    return maker if before is not None and before.low > -1 and before.high < count else None
