"""A reshape that was meant to let axes change places, and mixes what lies along them instead.

What it does: compares the sizes before and after a `reshape` or `view`. It speaks where the same
sizes come out in another order; where an axis is cut in two and another one stands between the
parts (heads in front of time), or the other way round; where samples and steps were merged to one
axis and are cut apart as steps and samples; and where a loss reads rows of classes, and the classes
were an axis in the middle. It does not speak where equal sizes leave the order open.

Why it matters: a reshape never moves a value, it only cuts the same row of values anew. Where axes
have to change places, samples, steps and channels are mixed: all shapes fit, and the network learns
from values that do not belong together.

Example: `reshape(20, B, 32)` of `B×20×32`; `reshape(-1, 5)` of scores `B×5×8×8`.
Better: `permute(1, 0, 2)`; `permute(0, 2, 3, 1)`, then `reshape(-1, 5)`.

Fix: lets the axes change places with a permute, or gives the sizes in the order of the axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.lints.class_count import LOSSES
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, replace_spec, set_to, together
from graph_editor.checking.unmerged import cut_in_order, in_order
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import TRANSPARENT, chain_before, source_of
from graph_editor.checking.words import label, product, shape, title
from graph_editor.document.model import Arg

CODE = "axes-mixed"
RESHAPING = ("Tensor.reshape", "Tensor.view")
Dims = tuple[Dim, ...]


def _find(site: Site, context: Context) -> Iterator[Told]:
    if site.node.spec in LOSSES:
        for maker in chain_before(site, "input", context, TRANSPARENT):
            before, after = _around(maker, context)
            if _loses_classes(before, after):
                yield from of(maker, [_of_classes(maker, site, before, after)])
        return
    before, after = _around(site, context)
    source = source_of(site, "input", context)
    if source is not None and source.port in ("h_n", "c_n"):
        return  # states of a recurrent layer have a rule of their own
    found = (
        _turned(site, before, after) or _cut(site, before, after) or _joined(site, before, after)
    )
    found = found or _unmerged(site, before, after, context)
    if found is not None:
        yield from of(site, [found])


def _around(site: Site, context: Context) -> tuple[Dims, Dims]:
    """Return the shapes before and after a reshape with their names; nothing for other nodes."""
    given = site.symbolic.get("input") if site.node.spec in RESHAPING else None
    made = context.types.get(f"{site.address}.output")
    if given is None or made is None or site.node.repeat is not None:
        return (), ()
    return tuple(given.shape), tuple(made.shape)


def _order(before: Dims, after: Dims) -> tuple[int, ...] | None:
    """Return which axes the sizes after stand for, where they are those before in another order."""
    left, order = dict(enumerate(before)), []
    for size in after:
        place = next((place for place, known in left.items() if known == size), None)
        if place is None:
            return None
        order.append(place)
        del left[place]
    return None if left or _without_ones(before) == _without_ones(after) else tuple(order)


def _without_ones(sizes: Dims) -> Dims:
    return tuple(size for size in sizes if size != 1)


def _turned(site: Site, before: Dims, after: Dims) -> Diagnosis | None:
    order = _order(before, after)
    if order is None:
        return None
    why = "the same sizes in another order"
    return _diagnosis(site, before, after, why, _permuted(site, order))


def _cut(site: Site, before: Dims, after: Dims) -> Diagnosis | None:
    """Return what there is to say of an axis whose parts have another one between them."""
    for axis, apart, order in _parts(before, after):
        why = f"axis {axis} is meant to be {apart[0]} times {apart[1]}, no neighbours after it"
        words = f"Cut axis {axis} alone, then let the axes change places"
        sizes: dict[str, Arg] = {"dim": axis, "sizes": apart}
        cut = insert(site, "input", "Tensor.unflatten", sizes, words)
        return _diagnosis(
            site, before, after, why, together(cut, _permuted(site, order), title=words)
        )
    return None


def _joined(site: Site, before: Dims, after: Dims) -> Diagnosis | None:
    """Return what there is to say of an axis that is made of two which are no neighbours."""
    for axis, apart, order in _parts(after, before):
        why = f"axis {axis} is meant to be {apart[0]} times {apart[1]}, no neighbours before it"
        back = tuple(sorted(range(len(order)), key=order.__getitem__))
        return _diagnosis(site, before, after, why, _permuted_first(site, back))
    return None


def _unmerged(site: Site, before: Dims, after: Dims, context: Context) -> Diagnosis | None:
    """Return what there is to say of samples and steps that are cut apart in another order."""
    sizes = in_order(site, context) if before else None
    if sizes is None:
        return None
    why = f"{before[0]} was made of {after[1]}×{after[0]} and not of {after[0]}×{after[1]}"
    return _diagnosis(site, before, after, why, *cut_in_order(site, sizes))


def _parts(few: Dims, many: Dims) -> Iterator[tuple[int, tuple[int, int], tuple[int, ...]]]:
    """Yield how an axis of few may be cut, so that the axes of many are there in another order."""
    if len(many) != len(few) + 1 or 1 in many or _is_plain(few, many):
        return
    for axis, size in enumerate(few):
        for one, first in enumerate(many):
            for other in many[one + 1 :]:
                if not (isinstance(size, int) and isinstance(first, int)):
                    continue
                if not isinstance(other, int) or first * other != size:
                    continue
                whole: Dims = (*few[:axis], first, other, *few[axis + 1 :])
                order = _order(whole, many)
                if order is not None:
                    yield axis, (first, other), order


def _is_plain(few: Dims, many: Dims) -> bool:
    """Whether the axes of many come of cutting one axis of few, in its place."""
    same = next((n for n, (a, b) in enumerate(zip(few, many, strict=False)) if a != b), len(few))
    rest = len(few) - same - 1
    return rest < 0 or few[same + 1 :] == many[len(many) - rest :]


def _loses_classes(before: Dims, after: Dims) -> bool:
    """Whether rows of classes were cut out of a map whose classes are no last axis."""
    if len(before) < 3 or len(after) != 2 or after[1] != before[1]:
        return False
    behind = before[2:]
    if not all(isinstance(size, int) for size in behind) or product(map(int, behind)) == 1:
        return False
    return before[1] != 1 and all(
        product(map(int, behind[n:])) != before[1] for n in range(len(behind))
    )


def _of_classes(site: Site, loss: Site, before: Dims, after: Dims) -> Diagnosis:
    why = (
        f"the {before[1]} classes are axis 1 before, so that no row holds the scores of one place, "
        f"as {title(loss)} {label(loss)} takes it"
    )
    order = (0, *range(2, len(before)), 1)
    return _diagnosis(site, before, after, why, _permuted_first(site, order))


def _permuted(site: Site, order: tuple[int, ...]) -> Proposal:
    words = f"Use permute{order} instead"
    turned = replace_spec(site, "Tensor.permute", ("args",))
    return together(turned, set_to(site, "args", order), title=words)


def _permuted_first(site: Site, order: Sequence[int]) -> Proposal:
    """Propose a permute before; what it gives is in no order that a view takes."""
    words = f"Let axes change places before it with permute{tuple(order)}"
    turned = insert(site, "input", "Tensor.permute", {"args": tuple(order)}, words)
    if site.node.spec == "Tensor.reshape":
        return turned
    return together(turned, replace_spec(site, "Tensor.reshape"), title=words)


def _diagnosis(site: Site, before: Dims, after: Dims, why: str, *fixes: Proposal) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} makes {shape(after)} of {shape(before)}: {why}. It moves no "
        "value, it only cuts the same row of values anew, so that what belongs together is mixed."
    )
    return Diagnosis(CODE, "warning", site.address, message, "args", "", fixes)


check = PerSubject((*RESHAPING, *LOSSES), _find, once)
