"""A mask that writes 0, or a number near it, into scores of attention: it hides nothing.

What it does: walks back from a softmax whose shares weigh other numbers to a `masked_fill` (or a
`where`) that puts a number between -1 and 1 into the scores, typed or of `zeros_like` and the like,
or to a product of the scores with a triangle of ones and zeros. It does not speak where something
else reads the shares, as another `masked_fill` that takes them away.

Why it matters: a softmax takes exponentials, and that of 0 is 1, as much as any score near 0 has.
What is meant to be hidden is looked at like all else: a padding, or what comes later, is learnt
from. torch says nothing. The exponential of -inf is 0.

Example: `scores.masked_fill(mask, 0) → softmax(dim=-1)`, or `1e-9` in the place of `-1e9`;
`scores * tril(ones(20, 20)) → softmax(dim=-1)`.
Better: `scores.masked_fill(mask, float("-inf")) → softmax(dim=-1)`.

Fix: writes -inf, where some are left to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.causal_masks import SHARES, Triangle, filled, seen
from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.handed_on import constant
from graph_editor.checking.lints.softmax_of_hidden import MASKS, SAME
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import (
    disconnect,
    insert,
    replace_called,
    set_to,
    swap_inputs,
    together,
)
from graph_editor.checking.readers import readers_behind
from graph_editor.checking.walk import chain_before, site_before
from graph_editor.checking.words import label, title, value

CODE = "mask-of-small-numbers"
DROPPING = frozenset({"nn.Dropout", "F.dropout"})
PRODUCTS = frozenset({"op.matmul", "torch.bmm", "torch.einsum"})
PRODUCT = "op.mul"
HIGHEST = 1.0
"""Numbers up to it, and down to its opposite, are scores like others."""


def _find(site: Site, context: Context) -> Iterator[Told]:
    *_, hider = (None, *chain_before(site, "input", context, SAME))
    if hider is None or hider.node.repeat is not None:
        return
    by_product = _factor(hider, context) if hider.node.spec == PRODUCT else None
    number = 0 if by_product is not None else _written(hider, context)
    if number is None or not -HIGHEST <= number <= HIGHEST:
        return
    readers = readers_behind(site, context, SAME | DROPPING)
    if readers and all(reader and reader.node.spec in PRODUCTS for reader, _ in readers):
        cures = _unlike(hider, by_product) if by_product is not None else _filling(hider, context)
        yield from of(hider, [_diagnosis(site, hider, number, cures)])


def _written(hider: Site, context: Context) -> float | None:
    """Return the number that a node puts in the place of scores, typed or made beside it."""
    mask, filling = MASKS.get(hider.node.spec, ("", ""))
    if not mask or mask not in hider.inputs:
        return None
    if filling in hider.sources:
        return constant(site_before(hider, filling, context))
    number = hider.value(filling)
    return number if isinstance(number, int | float) else None


def _factor(product: Site, context: Context) -> Triangle | None:
    """Return the triangle of ones by which scores of the same last axes are multiplied."""
    for port, scores in (("input", "other"), ("other", "input")):
        found = seen(product, port, context)
        arriving = product.inputs.get(scores)
        if found is not None and found.is_mixed and arriving is not None:
            return found if arriving.shape[-2:] == (found.rows, found.columns) else None
    return None


def _diagnosis(site: Site, hider: Site, number: float, cures: Iterator[Proposal]) -> Diagnosis:
    message = (
        f"{title(hider)} {label(hider)} writes {value(number)} into the scores that {title(site)} "
        f"{label(site)} makes shares of ({site.shown('input')}): the exponential of it is "
        f"{math.exp(number):.3g}, like that of other scores, so that nothing is hidden. That of "
        "-inf is 0."
    )
    filling = MASKS.get(hider.node.spec, ("", ""))[1]
    return Diagnosis(CODE, "warning", hider.address, message, filling, "", tuple(cures))


def _filling(hider: Site, context: Context) -> Iterator[Proposal]:
    """Yield -inf in the place of a small number, where some scores are left to be seen."""
    mask, filling = MASKS[hider.node.spec]
    if filling in hider.sources:
        triangle = seen(hider, mask, context)
        if triangle is None or triangle.blind_row is None:
            words = f"Set {filling} to -inf"
            wire = disconnect(hider, filling, words)
            yield together(wire, set_to(hider, filling, -math.inf), title=words)
        return
    triangle = filled(replace(hider, args=hider.args.set(filling, -math.inf)), context)
    if triangle is None or triangle.blind_row is None:
        yield set_to(hider, filling, -math.inf)


def _unlike(product: Site, mask: Triangle) -> Iterator[Proposal]:
    """Yield a masked_fill where the triangle is 0 in the place of the product with it."""
    if mask.blind_row is not None:
        return
    words = "Fill with -inf where the triangle is 0, instead of multiplying"
    turn = [swap_inputs(product, "input", "other", "")] if mask.port == "input" else []
    fill = replace_called(product, "Tensor.masked_fill", "other", "mask", "")
    is_zero = insert(product, "mask", "op.eq", {"other": 0}, "")
    steps = [*turn, fill, is_zero, set_to(product, "value", -math.inf)]
    yield together(steps[0], *steps[1:], title=words)


check = PerSubject(SHARES, _find, once)
"""Softmaxes, behind each of which a mask may stand."""
