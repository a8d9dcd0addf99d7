"""A bias that the normalisation directly after it takes away again.

What it does: finds convolutions and Linear layers with `bias` whose output enters a BatchNorm or an
InstanceNorm, and nothing else. It speaks once of all of them.

Why it matters: the normalisation subtracts the mean of each channel, and what the bias adds is in
that mean. The bias is stored and trained, and changes nothing.

Example: `Conv2d(3, 64, 3) → BatchNorm2d(64)`.
Better: `Conv2d(3, 64, 3, bias=False) → BatchNorm2d(64)`.

Fix: makes the layers without a bias.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.neighbours import Pair, neighbours
from graph_editor.checking.proposals import set_to, together
from graph_editor.checking.words import label, number, title
from graph_editor.document.model import Expr

CODE = "bias-before-norm"
_CONVOLUTIONS = {f"nn.{name}{n}d": n for name in ("Conv", "ConvTranspose") for n in (1, 2, 3)}
LAYERS = {"nn.Linear": ("out_features", 0)} | {
    spec: ("out_channels", axes) for spec, axes in _CONVOLUTIONS.items()
}
"""What says how many channels there are, and how many axes follow the channels."""
NORMS = {f"nn.{name}{n}d": n for name in ("BatchNorm", "InstanceNorm") for n in (1, 2, 3)}


def _told(pairs: Sequence[Pair], _: Context) -> Iterator[Diagnosis]:
    """Yield the first layer whose bias is taken away, with the number of others."""
    found = [
        (layer, norm)
        for layer, norm in pairs
        if CODE not in layer.node.silence and not isinstance(layer.node.args.get("bias"), Expr)
    ]
    if found:
        yield _diagnosis(*found[0], [layer for layer, _ in found])


def _is_taken_away(layer: Site, norm: Site) -> bool:
    """Whether the layer has a bias, and it lies along the axis that the norm calls channels."""
    arriving, after = norm.inputs.get("input"), LAYERS[layer.node.spec][1]
    if arriving is None or not layer.value("bias"):
        return False
    rank, axes = len(arriving.shape), NORMS[norm.node.spec]
    if norm.node.spec.startswith("nn.BatchNorm"):
        return rank == after + 2  # torch takes no other norm than the one of as many axes
    return after == axes and rank in (after + 1, after + 2)


def _diagnosis(layer: Site, norm: Site, all_of_them: list[Site]) -> Diagnosis:
    count = number(layer.value(LAYERS[layer.node.spec][0]))
    numbers = f" of {count} number{'s' * (count != 1)}" if count is not None else ""
    has_own = norm.value("affine") and norm.value("bias") is not False
    own = f" {title(norm)} has a bias of its own." if has_own else ""
    more = len(all_of_them) - 1
    others = f" So it is with {more} other layer{'s' * (more > 1)}." if more else ""
    message = (
        f"{title(layer)} {label(layer)} adds a bias{numbers}, and {title(norm)} {label(norm)} "
        f"({norm.shown('input')}) takes the mean of each channel away, the bias with it."
        f"{own}{others}"
    )
    proposal = set_to(layer, "bias", False)
    if more:
        changes = [set_to(site, "bias", False) for site in all_of_them]
        words = f"Set bias to False in all {len(changes)} layers"
        proposal = replace(
            together(*changes, title=words), id=f"{layer.address}:no-bias-before-norm"
        )
    return Diagnosis(CODE, "info", layer.address, message, "bias", "", (proposal,))


check = neighbours(LAYERS, NORMS, _is_taken_away, _told)
