"""A softmax along an axis along which a mask hides all or nothing.

What it does: walks back from a softmax to a `masked_fill` (or `where`) that puts -inf into scores,
or to a triangle of -inf that is added to them, and compares `dim` with the axes along which the
mask says anything. It does not speak where what comes of it is replaced again, as by another
`masked_fill`.

Why it matters: shares are taken of numbers along one axis. Where the mask is the same all along it,
a place that is hidden has nothing but -inf there, and its shares are 0 of 0: nan, in the first
step, and in all weights after it. Torch says nothing.

Example: scores `B×heads×T×T`, hidden by a mask `T×T`, then `Softmax(dim=1)`, along the heads.
Better: `Softmax(dim=-1)`, along what is attended to.

Fix: sets `dim` to the last axis of the mask.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.lints.softmax_before_cross_entropy import LOG_SOFTMAX, SOFTMAX
from graph_editor.checking.once import Told, of, once
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import set_to
from graph_editor.checking.verdict import TensorType
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import label, number, title

CODE = "softmax-of-hidden"
MASKS = {"Tensor.masked_fill": ("mask", "value"), "torch.where": ("condition", "other")}
"""Specs that replace scores, the port of their mask, and the number that they put there."""
TRIANGLES = frozenset({"torch.triu", "torch.tril"})
SAME = frozenset(
    {"nn.Identity", *(f"Tensor.{name}" for name in ("contiguous", "float", "to", "detach"))}
)
"""Specs that leave every number at its place."""
SOFTMAXES = (SOFTMAX | LOG_SOFTMAX) - {"nn.Softmax2d"}


def _find(site: Site, context: Context) -> Iterator[Told]:
    arriving, dim = site.symbolic.get("input"), number(site.value("dim"))
    if arriving is None or dim is None or not -len(arriving.shape) <= dim < len(arriving.shape):
        return
    *_, hider = (None, *chain_before(site, "input", context, SAME))
    if hider is None or hider.node.repeat is not None:
        return
    mask = _added(hider, context) if hider.node.spec == "op.add" else _put_in(hider)
    from_end = dim % len(arriving.shape) - len(arriving.shape)
    if mask is None or _size(mask, from_end) != 1:
        return
    if arriving.shape[dim] == 1 or _is_mended(site, context):
        return
    yield from of(site, [_diagnosis(site, hider, mask, dim)])


def _put_in(hider: Site) -> TensorType | None:
    """Return the mask by which a node puts -inf in the place of scores, if it does."""
    port, filled = MASKS.get(hider.node.spec, ("", ""))
    is_hiding = port and filled not in hider.sources and hider.value(filled) == -math.inf
    return (hider.symbolic.get(port) or hider.inputs.get(port)) if is_hiding else None


def _added(hider: Site, context: Context) -> TensorType | None:
    """Return what is added to scores, where that is a triangle of -inf."""
    for port in ("input", "other"):
        makers = [*chain_before(hider, port, context, SAME | TRIANGLES)]
        last = makers[-1] if makers else None
        if last is None or not any(maker.node.spec in TRIANGLES for maker in makers):
            continue
        if last.node.spec == "torch.full" and last.value("fill_value") == -math.inf:
            return hider.symbolic.get(port) or hider.inputs.get(port)
    return None


def _size(mask: TensorType, from_end: int) -> int | str:
    """Return how many places a mask tells apart along an axis."""
    return mask.shape[from_end] if -from_end <= len(mask.shape) else 1


def _is_mended(site: Site, context: Context) -> bool:
    """Whether something reads the shares that may replace a nan."""
    graph = context.project.block(site.block).graph
    readers = [target.node for target, source in graph.wires.items() if source.node == site.id]
    return any(graph.nodes[reader].spec in MASKS for reader in readers)


def _diagnosis(site: Site, hider: Site, mask: TensorType, dim: int) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} takes shares along axis {dim} of {site.shown('input')}, and "
        f"the mask {mask.text()} with which {label(hider)} puts -inf there says nothing along it: "
        "where it hides a place, all numbers along the axis are -inf, and their shares are nan."
    )
    told = [axis for axis in range(-1, -len(mask.shape) - 1, -1) if mask.shape[axis] != 1]
    proposals = tuple(set_to(site, "dim", axis) for axis in told[:1])
    return Diagnosis(CODE, "warning", site.address, message, "dim", "", proposals)


check = PerSubject(SOFTMAXES, _find, once)
