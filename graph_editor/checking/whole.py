"""Which numbers are known to be whole, as places and labels have to be, and what others are."""

from __future__ import annotations

from graph_editor.checking.failure import Context, Proposal, Site, Source
from graph_editor.checking.proposals import convert
from graph_editor.checking.walk import TRANSPARENT, first_port, source_of
from graph_editor.checking.words import label, title

_KEEPING = TRANSPARENT | {"Tensor.expand", "Tensor.repeat", "op.getitem"}
"""Specs that hand on the numbers they are given, or some of them."""
_COUNTING = frozenset({"torch.zeros", "torch.ones", "torch.zeros_like", "torch.ones_like"})
_FILLED = ("torch.full", "torch.full_like")
_WHOLE = ("int", "bool")


def to_whole(site: Site, port: str, context: Context) -> list[Proposal]:
    """Return the conversion of a port to int64, where what arrives is known to be whole.

    Scores and measurements that are cut off behind the point name no row, place or class, and
    negative ones stop the training.
    """
    return [] if unlike_whole(site, port, context) else [convert(site, port, "int64")]


def unlike_whole(site: Site, port: str, context: Context) -> str:
    """Return what arrives in words, where nothing says that it is whole; else nothing."""
    if any(kind in site.inputs[port].dtype for kind in _WHOLE):
        return ""
    source, last = source_of(site, port, context), None
    for _ in range(len(context.sites) + 1):
        if source is None:
            break
        if _says_whole(source, context):
            return ""
        last = context.sites.get(source.address)
        if last is None or last.node.spec not in _KEEPING:
            break
        source = source_of(last, first_port(last), context)
    if last is None or last.node.spec in _KEEPING:
        return "what arrives are numbers with a point"
    if last.node.kind == "data" and source is not None:
        return f"{source.port} of {label(last)} holds numbers with a point"
    return f"{title(last)} {label(last)} gives numbers with a point"


def _says_whole(source: Source, context: Context) -> bool:
    """Whether an output holds whole numbers by its dtype, by what data says, or as it is made."""
    known, facts = context.types.get(source.key), context.facts.get(source.key)
    if known is not None and any(kind in known.dtype for kind in _WHOLE):
        return True
    if facts is not None and facts.classes is not None:
        return True
    maker = context.sites.get(source.address)
    if maker is None:
        return False
    if maker.node.spec == "torch.arange":
        return all(isinstance(maker.value(name), int) for name in ("start", "step"))
    if maker.node.spec in _FILLED:
        filled = maker.value("fill_value")
        return isinstance(filled, int | float) and float(filled).is_integer()
    return maker.node.spec in _COUNTING
