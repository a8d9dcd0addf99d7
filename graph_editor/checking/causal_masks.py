"""Masks of attention that are drawn as a triangle of ones, with what they hide."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from graph_editor.catalogue.ports import output_ports
from graph_editor.checking.failure import Context, Site
from graph_editor.checking.readers import readers_of
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import chain_before
from graph_editor.checking.words import number

_MASKS = ("src_mask", "tgt_mask", "memory_mask")
HIDING = {
    "nn.MultiheadAttention": ("attn_mask",),
    "nn.TransformerEncoderLayer": ("src_mask",),
    "nn.TransformerDecoderLayer": ("tgt_mask", "memory_mask"),
    "nn.Transformer": _MASKS,
}
"""Specs, and their ports at which true hides."""
SHOWING = {"F.scaled_dot_product_attention": ("attn_mask",)}
"""Specs, and their ports at which true shows."""
ATTENDING = {**HIDING, **SHOWING}
TRIANGLES = ("torch.triu", "torch.tril")
_SAME = ("bool", "float", "to", "detach", "contiguous", "unsqueeze")
TURNING = frozenset({"op.invert", "op.eq"})
"""Specs that let true and false change places, the second where it asks for 0."""
SHARES = frozenset({"nn.Softmax", "F.softmax", "torch.softmax"})
WEIGHING = frozenset({"op.matmul", "torch.bmm", "nn.Dropout", "F.dropout"})
"""Specs that read shares and mend none of them."""
_THROUGH = frozenset({*TRIANGLES, "nn.Identity", *(f"Tensor.{name}" for name in _SAME)})


@dataclass(frozen=True, slots=True)
class Triangle:
    """A mask of rows×columns ones, of which the part above or below a diagonal was kept."""

    port: str
    cut: Site
    """The node that cut it off."""
    rows: int
    columns: int
    diagonal: int
    is_upper: bool
    hides: bool
    """Whether what is kept is hidden, as true is at this port; else it is what is seen."""

    @property
    def is_mixed(self) -> bool:
        """Whether the cut leaves both zeros and ones."""
        if self.is_upper:
            return -self.rows < self.diagonal - 1 and self.diagonal < self.columns
        return -self.rows < self.diagonal < self.columns - 1

    @property
    def blind_row(self) -> int | None:
        """Return a row that sees nothing, were the mask true and false; None where all see."""
        last, across = self.rows - 1, self.columns - 1
        if self.hides:
            row, is_blind = (
                (0, self.diagonal <= 0) if self.is_upper else (last, across - last <= self.diagonal)
            )
        else:
            row, is_blind = (
                (last, across - last < self.diagonal) if self.is_upper else (0, self.diagonal < 0)
            )
        return row if is_blind else None

    @property
    def hides_the_future(self) -> bool:
        """Whether each row sees its own place and all before it, were the mask true and false."""
        kept_if_hidden, kept_if_seen = (True, 1), (False, 0)
        wanted = kept_if_hidden if self.hides else kept_if_seen
        return (self.is_upper, self.diagonal) == wanted

    @property
    def turned_hides_the_future(self) -> bool:
        """Whether it does once true and false change places."""
        wanted = (False, 0) if self.hides else (True, 1)
        return (self.is_upper, self.diagonal) == wanted


def triangles(site: Site, context: Context) -> Iterator[Triangle]:
    """Yield the masks of an attention that are known to be one triangle of ones, as it is."""
    is_idle = site.block == "main" and site.id in context.regions.idle
    outputs = output_ports(site.spec, site.node) if site.spec else ()
    has_result = any(f"{site.address}.{port}" in context.types for port in outputs)
    if is_idle or not has_result or _hides_by_itself(site):
        return
    for port in ATTENDING[site.node.spec]:
        makers = list(chain_before(site, port, context, _THROUGH)) if port in site.inputs else []
        cuts = [maker for maker in makers if maker.node.spec in TRIANGLES]
        if len(cuts) != 1 or makers[-1].node.spec != "torch.ones":
            continue
        cut = cuts[0]
        diagonal, square = number(cut.value("diagonal")), cut.inputs.get("input")
        sizes = site.inputs[port].shape[-2:]
        if diagonal is None or square is None or square.shape[-2:] != sizes or len(sizes) < 2:
            continue
        rows, columns = sizes
        if isinstance(rows, int) and isinstance(columns, int):
            upper, hides = cut.node.spec == "torch.triu", site.node.spec in HIDING
            yield Triangle(port, cut, rows, columns, diagonal, upper, hides)


def filled(site: Site, context: Context) -> Triangle | None:
    """Return the triangle of ones that -inf is written by, before a softmax along the last axis."""
    if site.value("value") != -math.inf or "mask" not in site.inputs or site.node.repeat:
        return None
    scores, mask = site.inputs.get("input"), site.inputs["mask"].shape
    found = _triangle(site, context) if len(mask) > 1 and _is_softened(site, context) else None
    if found is None or scores is None or scores.shape[-2:] != mask[-2:]:
        return None
    cut, hides = found
    diagonal, square = number(cut.value("diagonal")), cut.inputs.get("input")
    rows, columns = mask[-2:]
    if diagonal is None or square is None or square.shape[-2:] != mask[-2:]:
        return None
    if not isinstance(rows, int) or not isinstance(columns, int):
        return None
    return Triangle("mask", cut, rows, columns, diagonal, cut.node.spec == "torch.triu", hides)


def seen(site: Site, port: str, context: Context) -> Triangle | None:
    """Return the triangle of ones at a port, where it is of the size of the last axes there.

    What it keeps is what is seen.
    """
    makers = list(chain_before(site, port, context, _THROUGH)) if port in site.inputs else []
    cuts = [maker for maker in makers if maker.node.spec in TRIANGLES]
    if len(cuts) != 1 or makers[-1].node.spec != "torch.ones":
        return None
    if any(not is_run(maker, context) or maker.node.repeat is not None for maker in makers):
        return None
    cut, sizes = cuts[0], site.inputs[port].shape[-2:]
    diagonal, square = number(cut.value("diagonal")), cut.inputs.get("input")
    if diagonal is None or square is None or square.shape[-2:] != sizes or len(sizes) < 2:
        return None
    rows, columns = sizes
    if not isinstance(rows, int) or not isinstance(columns, int):
        return None
    return Triangle(port, cut, rows, columns, diagonal, cut.node.spec == "torch.triu", False)


def _triangle(site: Site, context: Context) -> tuple[Site, bool] | None:
    """Return the only cut before a mask, and whether what it keeps is what is true there."""
    cuts, is_kept, last = [], True, None
    for last in chain_before(site, "mask", context, _THROUGH | TURNING):
        cuts += [last] if last.node.spec in TRIANGLES else []
        if last.node.spec == "op.eq" and ("other" in last.sources or last.value("other") != 0):
            return None
        is_kept ^= last.node.spec in TURNING
        if not is_run(last, context) or last.node.repeat is not None:
            return None
    whole = last is not None and last.node.spec == "torch.ones"
    return (cuts[0], is_kept) if whole and len(cuts) == 1 else None


def _is_softened(site: Site, context: Context) -> bool:
    """Whether shares along the last axis are made of what a node gives, and weigh other numbers."""
    shares = [reader for reader, _ in readers_of(site, context)]
    return bool(shares) and all(_is_last(share) and _all_weigh(share, context) for share in shares)


def _is_last(share: Site | None) -> bool:
    if share is None or share.node.spec not in SHARES or "input" not in share.inputs:
        return False
    return share.value("dim") in (-1, len(share.inputs["input"].shape) - 1)


def _all_weigh(share: Site | None, context: Context) -> bool:
    readers = readers_of(share, context) if share is not None else []
    return bool(readers) and all(reader and reader.node.spec in WEIGHING for reader, _ in readers)


def _hides_by_itself(site: Site) -> bool:
    """Whether the mask is but a hint, or there is a key beside it that all rows see."""
    names = ("is_causal", *(f"{n.removesuffix('mask')}is_causal" for n in _MASKS))
    return any(site.value(name) is True for name in (*names, "add_bias_kv", "add_zero_attn"))
