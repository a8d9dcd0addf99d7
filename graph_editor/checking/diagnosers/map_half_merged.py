"""A flatten or a mean that leaves one axis of a map too many.

What it does: where a Linear layer gets three axes of a map and it or the loss behind it is refused,
looks for a flatten that does not begin at axis 1, or that ends before the last axis, and for a mean
(or the like) over one side of the map alone.

Why it matters: of `B×32×8×8`, a mean over axis 2 leaves `B×32×8`, and `flatten(2)` leaves
`B×32×64`. A Linear layer then works on each channel by itself, and the loss gets a row for each.

Example: `Conv2d → mean(dim=2) → Linear → CrossEntropyLoss`.
Better: `Conv2d → mean(dim=(2, 3)) → Linear → CrossEntropyLoss`.

Fix: flattens from axis 1 to the end, or goes over all places of the map.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.batch_axis import REDUCTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.following import followed
from graph_editor.checking.proposals import reset, set_to, together
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, FLATTENING, POOLS, chain_before
from graph_editor.checking.words import holds_batch, label, number, product, shape, title, value

CODE = "map-half-merged"
RANK = 20  # before the steps of a sequence, which a map has none of
LINEAR = "nn.Linear"
LEFT = 3
"""Axes of what is left, one too many for a row for each sample."""
Shape = tuple[Dim, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame what merges a map in part, before the Linear layer that gets the rest."""
    site = failure.site
    layer = site if site.node.spec == LINEAR else _layer(site, context)
    maker = _merging(layer, context) if layer is not None else None
    if layer is None or maker is None:
        return None
    arriving = maker.symbolic["input"].shape
    if layer is site and number(layer.value("in_features")) != _row(maker, arriving):
        return None
    where = f", and its in_features is {value(layer.value('in_features'))}"
    if layer is not site:
        where = (
            f", so that {site.shown('input')} reaches {title(site)} {label(site)}, whose target "
            f"{site.shown('target')} has no such axis"
        )
    message = (
        f"{_does(maker, arriving)}, and {layer.shown('input')} is left: {title(layer)} "
        f"{label(layer)} works on the last axis alone{where}."
    )
    argument = "start_dim" if maker.node.spec in FLATTENING else "dim"
    found = tuple(_whole(maker, len(arriving), context))
    return Diagnosis(CODE, "error", maker.address, message, argument, "", found)


def _layer(site: Site, context: Context) -> Site | None:
    """Return the first Linear layer before a loss that gets an axis more than the target has."""
    given, target = site.symbolic.get("input"), site.symbolic.get("target")
    if not site.node.spec.endswith("Loss") or given is None or target is None:
        return None
    if len(given.shape) != LEFT or len(target.shape) >= LEFT:
        return None
    before = chain_before(site, "input", context, ELEMENTWISE | {LINEAR})
    layers = [each for each in before if each.node.spec == LINEAR]
    return layers[-1] if layers else None


def _merging(layer: Site, context: Context) -> Site | None:
    """Return what made three axes of a batch of maps, directly before a layer."""
    left = layer.symbolic.get("input")
    *_, maker = (None, *chain_before(layer, "input", context, ELEMENTWISE))
    known = maker.symbolic.get("input") if maker is not None else None
    if maker is None or known is None or left is None or len(left.shape) != LEFT:
        return None
    if len(known.shape) <= LEFT or not holds_batch(known.shape[0]):
        return None
    merges = maker.node.spec in FLATTENING | REDUCTIONS and left.shape[0] == known.shape[0]
    return maker if merges and maker.node.when is None and _is_map(maker, context) else None


def _is_map(maker: Site, context: Context) -> bool:
    """Whether what arrives are images or maps, whose channels are axis 1."""
    *_, first = (None, *chain_before(maker, "input", context, ELEMENTWISE | POOLS))
    spec = first.node.spec if first is not None else ""
    return spec.startswith(("nn.Conv", "data."))


def _row(maker: Site, arriving: Shape) -> int:
    """Return how many numbers a sample would have in the end."""
    if maker.node.spec in REDUCTIONS:
        return number(arriving[1]) or 0
    numbers = [size for size in arriving[1:] if isinstance(size, int)]
    return product(numbers) if len(numbers) == len(arriving) - 1 else 0


def _does(maker: Site, arriving: Shape) -> str:
    name = f"{title(maker).capitalize()} {label(maker)}"
    if maker.node.spec in REDUCTIONS:
        said = maker.value("dim")
        gone = said if isinstance(said, tuple) else (said,)
        which = "axis" if len(gone) == 1 else "axes"
        return f"{name} goes over {which} {' and '.join(map(str, gone))} of {shape(arriving)} alone"
    rank, said = len(arriving), (maker.value("start_dim"), maker.value("end_dim"))
    start, end = (end % rank if isinstance(end, int) else end for end in said)
    return f"{name} merges axes {start} to {end} of {shape(arriving)} alone"


def _whole(maker: Site, rank: int, context: Context) -> Iterator[Proposal]:
    """Yield what makes one row of each sample; the layer behind it may have to follow."""
    if maker.node.spec in REDUCTIONS:
        places = tuple(range(2, rank))
        yield from followed(set_to(maker, "dim", places), maker, context)
        return
    start = set_to(maker, "start_dim", 1)
    if maker.value("end_dim") not in (-1, rank - 1):
        end = reset(maker, "end_dim")
        words = end.title if maker.value("start_dim") == 1 else f"{start.title}, to the last axis"
        start = together(start, end, title=words)
    yield from followed(start, maker, context)
