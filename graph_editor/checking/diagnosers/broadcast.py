"""Two tensors that are added (or compared, multiplied ...) and whose sizes do not fit.

What it does: lines the two shapes up from the last axis and finds those where the sizes differ and
neither is 1.

Why it matters: torch stretches an axis of size 1, or one that is missing on the left, and no other.

Example: a shortcut of `B×16×32×32` added to `B×32×16×16`.
Better: a 1×1 convolution with `stride=2` on the shortcut, so that both are `B×32×16×16`.

Fix: one width, stride or padding to set, axes that were swapped or are missing, or a layer (a 1×1
convolution, a Linear) that brings one side to the shape of the other; places for a text of any
length are cut to it, and made more where there are few.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.dealt_width import set_before
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.fitting_maps import fitting
from graph_editor.checking.makers import maker_of, resized
from graph_editor.checking.proposals import insert, together
from graph_editor.checking.words import holds_batch, label, sizes, title
from graph_editor.document.model import Arg, Expr, Slice

CODE = "shapes-do-not-broadcast"
RANK = 30
PLACES = 512
"""So many places are proposed for texts of any length."""
OPERATORS = "add sub mul truediv floordiv mod pow eq ne lt le gt ge and or xor"
NAMES = (*(f"op.{name}" for name in OPERATORS.split()), "torch.maximum", "torch.minimum")
PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(NAMES, (("input", "other"),)),
    "Tensor.masked_fill": (("input", "mask"),),
    **dict.fromkeys(
        ("nn.CosineSimilarity", "nn.PairwiseDistance", "F.cosine_similarity"), (("x1", "x2"),)
    ),
    **dict.fromkeys(("nn.CosineEmbeddingLoss", "nn.MarginRankingLoss"), (("input1", "input2"),)),
    "nn.TripletMarginLoss": (("anchor", "positive"), ("anchor", "negative")),
    "torch.where": (("input", "other"), ("condition", "input"), ("condition", "other")),
}
"""The ports of each spec whose shapes have to fit."""


def pairs_of(site: Site) -> tuple[tuple[str, str], ...]:
    """Return the pairs of ports whose shapes are stretched to one another."""
    return PAIRS.get(site.node.spec, ())


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where two shapes cannot be stretched to one."""
    for ports in pairs_of(failure.site):
        found = _of_pair(failure.site, ports, context)
        if found is not None:
            return found
    return None


def _of_pair(site: Site, ports: tuple[str, str], context: Context) -> Diagnosis | None:
    first, second = ports
    left, right = sizes(site, first), sizes(site, second)
    if left is None or right is None:
        return None
    bad = clashes(left, right)
    if not bad:
        return None
    axis = bad[0]
    one, other = (_size(site, port, axis) for port in (first, second))
    message = (
        f"{title(site)[0].upper()}{title(site)[1:]} {label(site)} gets {site.shown(first)} and "
        f"{site.shown(second)}: {_place(left, right, axis)} is {one} in one and {other} in the "
        "other. They have to be equal, or one of them 1."
    )
    proposals = (
        *_widths(site, (first, second), axis if len(bad) == 1 else 0, context),
        *_axes(site, (first, left), (second, right)),
        *fitting(site, (first, left), (second, right), context),
        *_cuts(site, (first, second), axis, context),
    )
    return Diagnosis(CODE, "error", site.address, message, "", second, proposals)


def _place(left: tuple[int, ...], right: tuple[int, ...], axis: int) -> str:
    """Return what to call an axis: by its number from 0 where that is the same for both."""
    if len(left) == len(right):
        return f"axis {axis + len(left)}"
    return f"axis {axis}, counted from the end,"


def _cuts(site: Site, ports: tuple[str, str], axis: int, context: Context) -> Iterator[Proposal]:
    """Yield what cuts one side to a size that has a name, such as places to the length of a text.

    A parameter that is shorter than that may be is given more places first.
    """
    for port, other in (ports, ports[::-1]):
        name, mine = _size(site, other, axis), _size(site, port, axis)
        place = len(site.inputs[port].shape) + axis
        if not isinstance(name, str) or not name.isidentifier() or not isinstance(mine, int):
            continue
        if holds_batch(name):
            continue  # how many samples there are says nothing of a sample
        index: dict[str, Arg] = {"index": (*(Slice(),) * place, Slice(None, Expr(name)))}
        words = f"Cut {port} to {name} along axis {place}"
        single = insert(site, port, "op.getitem", index, words)
        yield single
        found = maker_of(site, port, axis, context)
        more = resized(found[0], {found[1]: PLACES}, context) if found is not None else None
        if more is not None and mine < PLACES:
            yield together(more, single, title=f"{more.title}, and cut {port} to {name}")


def _size(site: Site, port: str, axis: int) -> int | str:
    """Return a size as it stands on the wire: by its name where it has one."""
    return site.on_wire(port).shape[axis]


def clashes(left: tuple[int, ...], right: tuple[int, ...]) -> list[int]:
    """Return the axes, counted from the end (-1, -2 ...), that cannot be stretched to one size."""
    count = min(len(left), len(right))
    return [
        -i for i in range(1, count + 1) if left[-i] != right[-i] and 1 not in (left[-i], right[-i])
    ]


def _widths(site: Site, ports: tuple[str, str], axis: int, context: Context) -> list[Proposal]:
    """Propose the width of one side for the layer that made the other."""
    found = []
    for port, other in (ports, ports[::-1]) if axis else ():
        proposal = set_before(site, port, axis, (sizes(site, other) or (0,))[axis], context)
        if proposal is not None:
            found.append(proposal)
    return found


def _axes(
    site: Site, first: tuple[str, tuple[int, ...]], second: tuple[str, tuple[int, ...]]
) -> list[Proposal]:
    """Propose to swap the last two axes of one side, or to add those that it lacks."""
    found = []
    for (port, shape), (_, other) in ((second, first), (first, second)):
        swapped = (*shape[:-2], *shape[-2:][::-1])
        if len(shape) > 1 and not clashes(swapped, other):
            words = f"Swap the last two axes of {port}"
            args = {"dim0": -2, "dim1": -1}
            found.append(insert(site, port, "Tensor.transpose", dict(args), words))
        found += _channels_moved(site, port, shape, other)
        missing = len(other) - len(shape)
        if missing < 1 or clashes((*shape, *(1,) * missing), other):
            continue
        if missing == 1:
            words = f"Add an axis of size 1 at the end of {port}"
            found.append(insert(site, port, "Tensor.unsqueeze", {"dim": -1}, words))
        elif shape:
            words = f"Add {missing} axes of size 1 at the end of {port}"
            sizes_: dict[str, Arg] = {"dim": -1, "unflattened_size": (shape[-1], *(1,) * missing)}
            found.append(insert(site, port, "nn.Unflatten", sizes_, words))
    return found


def _channels_moved(
    site: Site, port: str, mine: tuple[int, ...], theirs: tuple[int, ...]
) -> Iterator[Proposal]:
    """Propose that the channels of a map stand where those of the other one do."""
    rank = len(mine)
    ways: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("at the second axis", (0, rank - 1, *range(1, rank - 1))),
        ("last", (0, *range(2, rank), 1)),
    )
    for words, order in ways if len(theirs) == rank > 3 else ():
        if tuple(mine[axis] for axis in order) == theirs != mine:
            args: dict[str, Arg] = {"args": order}
            yield insert(site, port, "Tensor.permute", args, f"Put the channels of {port} {words}")
