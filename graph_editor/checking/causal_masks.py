"""Masks of attention that are drawn as a triangle of ones, with what they hide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph_editor.catalogue.ports import output_ports
from graph_editor.checking.failure import Context, Site
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


def _hides_by_itself(site: Site) -> bool:
    """Whether the mask is but a hint, or there is a key beside it that all rows see."""
    names = ("is_causal", *(f"{n.removesuffix('mask')}is_causal" for n in _MASKS))
    return any(site.value(name) is True for name in (*names, "add_bias_kv", "add_zero_attn"))
