"""An error that is calculated by hand, of every prediction and every target: an axis is missing.

What it does: walks back from a mean, a sum or a norm, through a square or an absolute value, to a
subtraction, and looks whether it made a table of samples by samples of two rows of samples. It does
not speak where both come from one tensor, nor where a node directly before it adds the axis: that
is how distances of each with each are drawn on purpose.

Why it matters: of `B×1` minus `B` torch makes `B×B`: each prediction meets the targets of all other
samples. The network learns to say their mean. Nothing fails.

Example: `(out - y).square().mean()` with `out` `B×1` and `y` `B`.
Better: both `B`.

Fix: adds the axis to the one, or drops it from the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site, Source
from graph_editor.checking.lints.loss_of_itself import SAME
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import TRANSPARENT, chain_before, first_port, site_before, source_of
from graph_editor.checking.words import holds_batch, label, shape

CODE = "difference-stretched"
ERRORS = frozenset({"torch.square", "torch.abs", "op.pow", "op.mul", "torch.sqrt"})
"""What makes an error of a difference; a product only where it is one with itself."""
_SHAPES = ("unsqueeze", "view", "reshape", "unflatten", "expand")
ADDING = frozenset(f"Tensor.{name}" for name in _SHAPES) | {"op.getitem", "nn.Unflatten"}
"""Specs that add an axis, where that is meant."""


def _find(site: Site, context: Context) -> Iterator[Told]:
    for maker in chain_before(site, first_port(site), context, ERRORS | SAME):
        if maker.node.spec == "op.mul" and not _is_square(maker, context):
            return
        if maker.node.spec == "op.sub":
            yield from of(maker, _told(maker, context))


def _is_square(site: Site, context: Context) -> bool:
    return source_of(site, "input", context) == source_of(site, "other", context)


def _told(site: Site, context: Context) -> Iterator[Diagnosis]:
    one, other = (site.symbolic.get(port) for port in ("input", "other"))
    if one is None or other is None or not _crosses(one.shape, other.shape):
        return
    origins = [_origin(site, port, context) for port in ("input", "other")]
    if None not in origins and origins[0] != origins[1]:
        yield _diagnosis(site, one.shape, other.shape)


def _crosses(one: tuple[Dim, ...], other: tuple[Dim, ...]) -> bool:
    """Whether two tensors with a batch each make one in which samples meet samples."""
    if abs(len(one) - len(other)) != 1:
        return False
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    alone = longer[0] == shorter[0] and longer[1] == 1 and longer[2:] == shorter[1:]
    return alone and holds_batch(longer[0]) and not any(map(holds_batch, longer[1:]))


def _origin(site: Site, port: str, context: Context) -> Source | None:
    """Return the output that a side comes from; None where its axis was added on purpose."""
    source = source_of(site, port, context)
    before = site_before(site, port, context)
    if before is not None and before.node.spec in ADDING:
        return None
    for _ in range(len(context.sites)):
        maker = context.sites.get(source.address) if source else None
        if maker is None or maker.node.spec not in TRANSPARENT:
            break
        source = source_of(maker, first_port(maker), context)
    return source


def _diagnosis(site: Site, one: tuple[Dim, ...], other: tuple[Dim, ...]) -> Diagnosis:
    longer = one if len(one) > len(other) else other
    result = (longer[0], longer[0], *longer[2:])
    message = (
        f"{label(site)} subtracts {site.shown('other')} from {site.shown('input')}: torch "
        f"stretches both to {shape(result)}, so that predictions are compared with targets of "
        "other samples."
    )
    proposals = tuple(_proposals(site, "input" if longer is other else "other"))
    return Diagnosis(CODE, "warning", site.address, message, "", "other", proposals)


def _proposals(site: Site, short: str) -> Iterator[Proposal]:
    long = "other" if short == "input" else "input"
    yield insert(site, short, "Tensor.unsqueeze", {"dim": 1}, f"Add an axis of size 1 to {short}")
    yield insert(site, long, "Tensor.squeeze", {"dim": 1}, f"Drop the axis of size 1 of {long}")


check = PerSubject(("torch.mean", "torch.sum", "torch.linalg.vector_norm"), _find, once)
