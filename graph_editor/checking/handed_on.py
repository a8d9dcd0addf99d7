"""Which operations hand values on as they are: all of them, some of them, or those of several."""

from __future__ import annotations

from graph_editor.catalogue.spec import PortType
from graph_editor.checking.failure import Context, Site, Source
from graph_editor.document.model import Arg

_AROUND = ("torch.flip", "torch.roll", "torch.movedim")
MOVES = frozenset({*_AROUND, "torch.repeat_interleave", "Tensor.expand", "Tensor.repeat"})
"""Specs that give every value of their input, maybe several times or in another order."""
PICKS = frozenset({"op.getitem", "torch.chunk", "torch.split", "torch.unbind"})
"""Specs that give some values of their input."""
JOINS = frozenset({"torch.cat", "torch.stack"})
"""Specs that put several tensors together."""
RESIZES = frozenset(
    {"nn.Upsample", "nn.UpsamplingNearest2d", "nn.UpsamplingBilinear2d", "F.interpolate"}
)
"""Specs that stretch maps of numbers, which stay within their ends, or near to these."""
SHOWN = PICKS | RESIZES | {*_AROUND}
"""Specs behind which scores are still seen to be cut off or bounded."""
MIXED = SHOWN | {"torch.mean"}
"""Specs behind which numbers between two ends lie between them still."""
_SORTED = "torch.sort"
_MOST = frozenset({"torch.amax", "torch.max"})
_CONSTANT = {"torch.zeros": 0, "torch.zeros_like": 0, "torch.ones": 1, "torch.ones_like": 1}
ABOVE = frozenset({"op.gt", "op.ge", "op.ne"})
"""Comparisons with a number that are true of what is far above it."""
_KEEPING_TOP = {
    "torch.where": ("condition", ABOVE),
    "Tensor.masked_fill": ("mask", frozenset({"op.lt", "op.le", "op.eq"})),
}
"""Specs that replace values, and the comparisons with a small number that leave the highest."""


def is_moved(maker: Site, source: Source) -> bool:
    """Whether an output has every value that enters its node first."""
    return maker.node.spec in MOVES or (maker.node.spec == _SORTED and source.port == "values")


def is_picked(maker: Site, source: Source, context: Context) -> bool:
    """Whether an output has some values of what enters its node first, wherever these stand."""
    if maker.node.spec not in PICKS or len(maker.sources) != 1:
        return False  # what an index picks may be nothing
    made = context.types.get(source.key)
    return made is not None and 0 not in made.shape


def is_highest(maker: Site, source: Source) -> bool:
    """Whether an output has the highest values of what enters its node."""
    return maker.node.spec in _MOST and source.port in ("output", "values")


def joined_ports(maker: Site) -> list[str]:
    """Return the ports of what is put together, none where a node puts nothing together."""
    return sorted(maker.sources) if maker.node.spec in JOINS else []


def are_all_there(maker: Site) -> bool:
    """Whether each of the tensors that are put together holds something."""
    return all(p in maker.inputs and 0 not in maker.inputs[p].shape for p in maker.sources)


def constant(maker: Site | None) -> float | None:
    """Return the one number that a node makes a tensor of, if it is known."""
    if maker is None:
        return None
    spec, value = maker.node.spec, maker.value("fill_value")
    return _number(value) if spec == "torch.full" else _CONSTANT.get(spec)


def united(parts: list[PortType | float | None]) -> PortType | None:
    """Return what is known of the values of several, each known itself or a number."""
    known = [part for part in parts if isinstance(part, PortType)]
    if not known or any(part is None for part in parts):
        return None
    if any(facts.classes is None for facts in known):
        return known[0] if all(part == known[0] for part in parts) else None
    most = max(known, key=lambda facts: facts.classes or 0)
    numbers = [part for part in parts if isinstance(part, int | float)]
    return most if all(0 <= n < (most.classes or 0) and n == int(n) for n in numbers) else None


def keeps_highest(maker: Site, facts: PortType, left: Source | None, context: Context) -> bool:
    """Whether what replaces some values leaves the highest: it asks for those below a number.

    ``left`` is where the values are computed that it leaves.
    """
    port, comparisons = _KEEPING_TOP.get(maker.node.spec, ("", frozenset()))
    mask = maker.sources.get(port)
    by = context.sites.get(mask.address) if mask is not None else None
    return by is not None and leaves_highest(by, facts, left, comparisons)


def leaves_highest(
    by: Site, facts: PortType, left: Source | None, comparisons: frozenset[str] = ABOVE
) -> bool:
    """Whether a comparison of values with a small number says the same of the highest always."""
    if by.node.spec not in comparisons or "other" in by.sources:
        return False
    number = _number(by.value("other"))
    if number is None or facts.classes is None:
        return False
    return left is not None and by.sources.get("input") == left and number < facts.classes - 1


def fill(maker: Site) -> float | None:
    """Return the number that is typed for the values that a node replaces."""
    value = maker.value("other" if maker.node.spec == "torch.where" else "value")
    return _number(value)


def is_replaced(maker: Site) -> bool:
    """Whether a node puts other values in the place of some."""
    return maker.node.spec in _KEEPING_TOP


def _number(value: Arg) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
