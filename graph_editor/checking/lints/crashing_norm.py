"""A GroupNorm that reads turned data first of all, at which torch itself breaks off.

What it does: looks at each GroupNorm whose weights learn, and to whose input no gradient goes back:
whether its channels lie next to one another in memory, as those of a picture do whose axes were
turned.

Why it matters: in torch 2.13 the way back through such a norm writes where there is nothing, and
the process ends without a word. A copy in one piece, or a layer with weights before the norm,
avoids it.

Example: `permute(0, 3, 1, 2)` of `B×32×32×4`, then `GroupNorm(2, 4)`.
Better: `permute(0, 3, 1, 2) → contiguous → GroupNorm(2, 4)`.

Fix: makes a copy in one piece before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.gradient_flow import first_step, reached_from_losses
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert
from graph_editor.checking.strided import Strided
from graph_editor.checking.words import label, title
from graph_editor.document.addresses import HERE

CODE = "crashing-norm"
SPEC = "nn.GroupNorm"


def _find(site: Site, context: Context) -> Iterator[Told]:
    given = site.inputs.get("input")
    if not isinstance(given, Strided) or given.requires_grad or not _has_channels_last(given):
        return
    learns = site.value("affine") is not False and HERE not in site.node.freeze
    if not learns or site.address not in context.fixed(reached_from_losses):
        return
    message = (
        f"{title(site)} {label(site)} reads {site.shown('input')} whose channels lie next to one "
        "another in memory, and no gradient goes back behind it: this PyTorch ends the whole "
        "process on the way back. Make a copy in one piece first."
    )
    fixes = (insert(site, "input", "Tensor.contiguous", {}, "Make a copy in one piece before it"),)
    victim = context.fixed(first_step)
    told = Diagnosis(CODE, "error", site.address, message, "", "input", fixes, victim)
    yield from of(site, [told])


def _has_channels_last(kind: Strided) -> bool:
    """Whether torch takes a tensor for one with its channels last, gaps between values or not."""
    count = len(kind.shape)
    if count not in (4, 5) or not kind.stride[1]:
        return False
    least = 0
    for axis in (1, *range(count - 1, 1, -1), 0):
        size, step = int(kind.shape[axis]), kind.stride[axis]
        if not size or step < least or (axis == 0 and least == kind.stride[1]):
            return False
        least = step * max(size, 1)
    return True


check = PerSubject((SPEC,), _find, once)
