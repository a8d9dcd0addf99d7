"""A mask that writes 0, or a number near it, into scores of attention: it hides nothing.

What it does: walks back from a softmax whose shares weigh other numbers to a `masked_fill` (or a
`where`) that puts a typed number between -1 and 1 into the scores. It does not speak where
something else reads the shares, as another `masked_fill` that takes them away.

Why it matters: a softmax takes exponentials, and that of 0 is 1, as much as any score near 0 has.
What is meant to be hidden is looked at like all else: a padding, or what comes later, is learnt
from. torch says nothing. The exponential of -inf is 0.

Example: `scores.masked_fill(mask, 0) → softmax(dim=-1)`, or `1e-9` in the place of `-1e9`.
Better: `scores.masked_fill(mask, float("-inf")) → softmax(dim=-1)`.

Fix: writes -inf, where some are left to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.causal_masks import SHARES, filled
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.softmax_of_hidden import MASKS, SAME
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.readers import readers_behind
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import label, title, value

CODE = "mask-of-small-numbers"
DROPPING = frozenset({"nn.Dropout", "F.dropout"})
PRODUCTS = frozenset({"op.matmul", "torch.bmm", "torch.einsum"})
HIGHEST = 1.0
"""Numbers up to it, and down to its opposite, are scores like others."""


def _find(site: Site, context: Context) -> Iterator[Told]:
    *_, hider = (None, *chain_before(site, "input", context, SAME))
    if hider is None or hider.node.spec not in MASKS or hider.node.repeat is not None:
        return
    mask, filling = MASKS[hider.node.spec]
    number = hider.value(filling)
    if not isinstance(number, int | float) or filling in hider.sources or mask not in hider.inputs:
        return
    if not -HIGHEST <= number <= HIGHEST:
        return
    readers = readers_behind(site, context, SAME | DROPPING)
    if readers and all(reader and reader.node.spec in PRODUCTS for reader, _ in readers):
        yield from of(hider, [_diagnosis(site, hider, filling, number, context)])


def _diagnosis(site: Site, hider: Site, filling: str, number: float, context: Context) -> Diagnosis:
    message = (
        f"{title(hider)} {label(hider)} writes {value(number)} into the scores that {title(site)} "
        f"{label(site)} makes shares of ({site.shown('input')}): the exponential of it is "
        f"{math.exp(number):.3g}, like that of other scores, so that nothing is hidden. That of "
        "-inf is 0."
    )
    hiding = replace(hider, args=hider.args.set(filling, -math.inf))
    triangle = filled(hiding, context)
    is_blind = triangle is not None and triangle.blind_row is not None
    proposals = () if is_blind else (set_to(hider, filling, -math.inf),)
    return Diagnosis(CODE, "warning", hider.address, message, filling, "", proposals)


check = PerSubject(SHARES, _find, once)
"""Softmaxes, behind each of which a mask may stand."""
