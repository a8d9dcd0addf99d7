"""A PixelShuffle that lays channels out as other maps than the target has.

What it does: where a loss that goes number by number gets maps of another size or with other
channels, looks for a PixelShuffle directly before it, and works out its factor and the channels
that it would have to get.

Why it matters: a PixelShuffle by r makes r times larger maps of every r·r channels. Maps of 3
channels, twice as large, take 12.

Example: `Conv2d(32, 16) → PixelShuffle(2)` for a target of 3 channels: it gives 4.
Better: `Conv2d(32, 12) → PixelShuffle(2)`.

Fix: sets the channels of the layer before it, and the factor.
"""

from __future__ import annotations

from graph_editor.checking.diagnosers.paired_target import EQUAL, STRETCHED
from graph_editor.checking.failure import Context, Diagnosis, Failure
from graph_editor.checking.proposals import set_to, set_width, together
from graph_editor.checking.walk import ELEMENTWISE, chain_before, width_before
from graph_editor.checking.words import label, number, sizes, title

CODE = "shuffled-otherwise"
RANK = 29  # before what only compares the two shapes
SHUFFLE = "nn.PixelShuffle"
MAPS = 4
"""Axes of a batch of maps."""


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the layer that gives too many or too few channels, or the factor."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    if site.node.spec not in (*EQUAL, *STRETCHED) or given is None or target is None:
        return None
    *_, maker = (None, *chain_before(site, "input", context, ELEMENTWISE))
    if maker is None or maker.node.spec != SHUFFLE:
        return None
    small, factor = sizes(maker, "input"), number(maker.value("upscale_factor"))
    if small is None or factor is None or {len(small), len(given), len(target)} != {MAPS}:
        return None
    times = target[2] // small[2] if small[2] else 0
    layer = width_before(maker, "input", 1, context)
    if layer is None or times < 1 or tuple(n * times for n in small[2:]) != target[2:]:
        return None
    wanted = target[1] * times**2
    width = set_width(layer, wanted, context)
    reaches = (
        f"so that {site.shown('input')} reaches {title(site)} {label(site)}, and its target is "
        f"{site.shown('target')}. {times}×{times} times {target[1]} channels are {wanted}."
    )
    if times == factor:
        message = (
            f"{layer[1]} of {title(layer[0])} {label(layer[0])} is {small[1]}, and {title(maker)} "
            f"{label(maker)} makes one channel of {factor}×{factor}, {reaches}"
        )
        return Diagnosis(CODE, "error", layer[0].address, message, layer[1], "", (width,))
    message = (
        f"{title(maker)} {label(maker)} makes maps {factor} times as large of "
        f"{maker.shown('input')}, {reaches}"
    )
    told = set_to(maker, "upscale_factor", times)
    if wanted != small[1]:
        words = f"{told.title}, and {width.title[0].lower()}{width.title[1:]}"
        told = together(told, width, title=words)
    return Diagnosis(CODE, "error", maker.address, message, "upscale_factor", "", (told,))
