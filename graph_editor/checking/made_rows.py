"""Rows that are made for as many things as are looked for, where the losses know of other many.

As the queries of a detector: each becomes a box and a kind, and both losses are refused where
there are not as many of them as there are targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph_editor.checking.agreed_width import Agreed, Key
from graph_editor.checking.failure import Context, Proposal, Site
from graph_editor.checking.makers import argument_of, axis_before, made, resized
from graph_editor.checking.verdict import Diagnostic
from graph_editor.checking.walk import PAIRED, first_port, site_before
from graph_editor.checking.words import label, sizes, title
from graph_editor.document.model import RuleId

CODES = ("target-does-not-fit", "class-target")
PER_ROW = frozenset(
    f"nn.{name}"
    for name in (
        "Linear",
        "MultiheadAttention",
        "TransformerDecoder",
        "TransformerDecoderLayer",
        "TransformerEncoder",
        "TransformerEncoderLayer",
    )
)
"""Layers that keep all axes of their first input but the last one."""
Place = tuple[Site, int]


def rows(
    found: Mapping[Key, Diagnostic],
    proposals: Mapping[Key, tuple[Proposal, ...]],  # noqa: ARG001  # one signature for all
    context: Context,
) -> Iterator[Agreed]:
    """Yield where several losses want another size, the same one, of what one node makes."""
    wishes: dict[tuple[Site, int, int], list[Key]] = {}
    for key, told in found.items():
        site = context.sites.get(told.node)
        wish = _wish(site) if site is not None and told.code in CODES else None
        if site is None or wish is None or told.severity != "error":
            continue
        place = _made(site, wish[0], context)
        if place is not None:
            wishes.setdefault((*place, wish[1]), []).append(key)
    for (maker, axis, wanted), keys in wishes.items():
        cure = resized(maker, {axis: wanted}, context)
        if len(keys) > 1 and cure is not None:
            told = _told(maker, wanted, [found[key] for key in keys], context)
            yield Agreed(told, tuple(keys), (cure,))


def _wish(site: Site) -> tuple[int, int] | None:
    """Return the one axis of what a loss gets that does not fit, from the end, and its size."""
    given, target = sizes(site, "input"), sizes(site, "target")
    if given is None or target is None:
        return None
    places = list(range(-len(given), 0))
    if len(given) == len(target) + 1:
        places.pop(1)  # the classes
    if len(places) != len(target):
        return None
    bad = [(p, size) for p, size in zip(places, target, strict=True) if given[p] != size]
    return bad[0] if len(bad) == 1 and bad[0][0] != -len(given) else None


def _made(site: Site, axis: int, context: Context) -> Place | None:
    """Return the node that says how long an axis is, and which one it is there."""
    port = "input"
    for _ in range(len(context.sites)):
        current = site_before(site, port, context)
        if current is None:
            return None
        if argument_of(current):
            return current, axis
        before = _before(current, axis)
        if before is None:
            return None
        site, (port, axis) = current, before
    return None


def _before(site: Site, axis: int) -> tuple[str, int] | None:
    """Return the input that an axis of a result comes from, and which one it is there."""
    port = first_port(site)
    if site.node.spec in PER_ROW:
        return (port, axis) if axis != -1 else None
    if site.node.spec == "Tensor.expand":
        given = sizes(site, port) or ()
        return (port, axis) if len(given) >= -axis and given[axis] != 1 else None
    if site.node.spec in PAIRED:
        known = {each: sizes(site, each) or () for each in site.sources}
        longer = [each for each, s in known.items() if len(s) >= -axis and s[axis] != 1]
        return (longer[0], axis) if longer else None
    before = axis_before(site, axis)
    return None if before is None else (port, before)


def _told(maker: Site, wanted: int, faults: list[Diagnostic], context: Context) -> Diagnostic:
    sites = [context.sites[told.node] for told in faults]
    *others, last = [
        f"{title(site)} {label(site)} gets {site.shown('input')} for {site.shown('target')}"
        for site in sites
    ]
    message = (
        f"{label(maker)} is made as {made(maker, context)}, and what becomes of it is compared "
        f"with {wanted} in each sample: {'; '.join(others)}; and {last}."
    )
    victims = dict.fromkeys(v for told in faults for v in (told.node, *told.victims))
    return Diagnostic(
        RuleId("made-size"), "error", maker.address, message, faults[0].detail, "",
        argument_of(maker), tuple(v for v in victims if v != maker.address),
    )  # fmt: skip
