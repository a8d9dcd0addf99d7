"""A tensor that was made with a size that does not fit what it is added to.

What it does: where two shapes do not fit, goes back to a parameter, a buffer, `zeros`, `ones` or
`arange` that says its sizes itself, and compares them with the other side.

Why it matters: position vectors are one for each place. A class token makes one place more, another
image or text length makes other places, and what was made for the old length no longer fits.

Example: a parameter of `1×64×24` added to `B×65×24`, 64 patches and a class token.
Better: a parameter of `1×65×24`.

Fix: sets the size where the tensor is made.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.broadcast import clashes, pairs_of
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.makers import SHAPES, argument_of, made, maker_of, resized, sizes_said
from graph_editor.checking.proposals import set_to, set_width
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import site_before, width_before
from graph_editor.checking.words import label, sizes, title

CODE = "made-size"
RANK = 29  # before what only compares the two shapes
Found = tuple[Site, dict[int, int]]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the node that makes a tensor of a size of its own, where that alone does not fit."""
    site = failure.site
    for first, second in pairs_of(site):
        left, right = sizes(site, first), sizes(site, second)
        bad = clashes(left, right) if left is not None and right is not None else []
        if left is None or right is None or not bad:
            continue
        if not clashes((*left[:-2], *left[-2:][::-1]), right):
            return None  # two axes have only changed places
        if len(left) == 4 and not clashes((left[0], left[2], left[1], left[3]), right):
            return None  # as heads that stand behind the places
        for port, other in ((second, first), (first, second)):
            found = _maker(site, (port, other), bad, context)
            if found is not None:
                return _diagnosis(site, (port, other), bad, found, context)
    return None


def _maker(site: Site, ports: tuple[str, str], bad: list[int], context: Context) -> Found | None:
    """Return the node that makes all axes that do not fit, and which axes they are there."""
    port, other = ports
    named = (site.symbolic.get(other) or site.inputs[other]).shape
    if len(named) != len(sizes(site, other) or ()):
        return None  # it has other axes in another try
    places: dict[int, int] = {}
    makers = {}
    for axis in bad:
        found = maker_of(site, port, axis, context)
        if found is None:
            return None
        if not _may_vary(found[0]) and isinstance(named[axis], str) and len(named) != -axis:
            return None  # it has to be cut instead
        makers[found[0].address] = found[0]
        places[axis] = found[1]
    return (next(iter(makers.values())), places) if len(makers) == 1 else None


def _may_vary(maker: Site) -> bool:
    """Whether a node makes its tensor anew in every run, and not once for all."""
    return not maker.node.spec.startswith(("param.", "buffer."))


def _diagnosis(
    site: Site, ports: tuple[str, str], bad: list[int], found: Found, context: Context
) -> Diagnosis:
    (port, other), (maker, places) = ports, found
    theirs = site.symbolic.get(other) or site.inputs[other]
    axis = bad[-1]
    mine, wanted = site.inputs[port].shape[axis], theirs.shape[axis]
    rank = len(theirs.shape)
    message = (
        f"{label(maker)} is made as {made(maker, context)}, and {label(site)} brings it together "
        f"with {site.shown(other)}: axis {rank + axis} has {wanted} places there, and {mine} here."
        f"{_joined(site, other, mine, context)}"
    )
    goals: dict[int, Dim] = {
        there: 1 if len(theirs.shape) == -a and not _may_vary(maker) else theirs.shape[a]
        for a, there in places.items()
    }
    argument = argument_of(maker)
    if len(site.inputs[port].shape) == 1 and rank > 2 and theirs.shape[1] == mine:
        message += f" It has a number for each of the {mine} channels, which are axis 1 there."
        shape = (mine, *(1,) * (rank - 2))
        fix = (
            ()
            if argument not in SHAPES.values()
            else (set_to(maker, argument, shape, label(maker)),)
        )
        return Diagnosis(CODE, "error", maker.address, message, argument, "", fix)
    proposals = [_turned(maker, argument, theirs.shape) or resized(maker, goals, context)]
    width = width_before(site, other, axis, context) if len(bad) == 1 else None
    if width is not None and isinstance(mine, int):
        proposals.append(set_width(width, mine, context))
    kept: list[Proposal] = [p for p in proposals if p is not None]
    return Diagnosis(CODE, "error", maker.address, message, argument, "", tuple(kept))


def _turned(maker: Site, argument: str, theirs: tuple[Dim, ...]) -> Proposal | None:
    """Propose the same sizes with the first two in turn, as of places that stand before the 1."""
    said = sizes_said(maker)
    if argument not in SHAPES.values() or len(said) != len(theirs) or said[1:2] != (1,):
        return None
    other = (said[1], said[0], *said[2:])
    fits = all(mine in (1, dim) for mine, dim in zip(other, theirs, strict=True))
    return set_to(maker, argument, other, of=label(maker)) if fits and len(said) > 2 else None


def _joined(site: Site, port: str, mine: Dim, context: Context) -> str:
    """Return how the other side came to be longer, where something was joined to it."""
    before = site_before(site, port, context)
    if before is None or before.node.spec != "torch.cat":
        return ""
    dim = before.value("dim")
    sizes_ = [
        (known.shape[dim], name)
        for name, known in before.inputs.items()
        if isinstance(dim, int) and -len(known.shape) <= dim < len(known.shape)
    ]
    if mine not in {size for size, _ in sizes_}:
        return ""
    total = " and ".join(str(size) for size, _ in sizes_)
    return f" {title(before).capitalize()} {label(before)} has joined {total}."
