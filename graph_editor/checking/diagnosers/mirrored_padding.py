"""A padding by what stands in the tensor that needs more of it than there is.

What it does: compares the padding of `ReflectionPad` and `CircularPad`, and of convolutions with
`padding_mode` `reflect` or `circular`, with the size of each axis that it is added to.

Why it matters: a mirrored edge shows what lies behind the edge itself, so that of an axis of 4
there are 3 to be mirrored; a tensor goes round at most once, which makes 4. Of zeros there is no
end.

Example: `ReflectionPad2d(4)` on `B×3×4×4`.
Better: `ReflectionPad2d(3)`.

Fix: the largest padding that is allowed, or zeros in the place of what is mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.conv_channels import CONVOLUTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import reset, set_to
from graph_editor.checking.words import label, per_axis, sizes, title
from graph_editor.document.model import Arg

CODE = "mirrored-padding"
RANK = 35
MODES = {"reflect": 1, "circular": 0}
"""By how much the padding has to stay below the size of an axis."""
PADS = {
    f"nn.{family}Pad{axes}d": (mode, axes)
    for family, mode in (("Reflection", "reflect"), ("Circular", "circular"))
    for axes in (1, 2, 3)
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the first axis that is padded with more than it has."""
    site, arriving = failure.site, sizes(failure.site, "input")
    mode, axes = PADS.get(site.node.spec, ("", 0))
    if not mode:
        mode, axes = str(site.value("padding_mode")), CONVOLUTIONS.get(site.node.spec, 0)
    if mode not in MODES or not axes or arriving is None or len(arriving) <= axes:
        return None
    asked = _asked(site, axes)
    allowed = [size - MODES[mode] for size in arriving[-axes:] for _ in (0, 1)]
    if asked is None or min(allowed) < 0:
        return None
    bad = [end for end in range(len(asked)) if asked[end] > allowed[end]]
    if not bad:
        return None
    axis = len(arriving) - axes + bad[0] // 2
    what = "mirrors the edge" if mode == "reflect" else "goes on at the other end"
    message = (
        f"padding of {title(site)} {label(site)} is {asked[bad[0]]} along axis {axis} of "
        f"{site.shown('input')}, which has {arriving[axis]} places, and it {what}: that is "
        f"possible up to {allowed[bad[0]]}."
    )
    found = tuple(_proposals(site, asked, allowed))
    return Diagnosis(CODE, "error", site.address, message, "padding", "input", found)


def _asked(site: Site, axes: int) -> tuple[int, ...] | None:
    """Return the padding before and behind each axis, in the order of the axes."""
    said = site.value("padding")
    if site.node.spec in CONVOLUTIONS:
        each = per_axis(said, axes)
        return None if each is None else tuple(n for n in each for _ in (0, 1))
    ends = per_axis(said, 2 * axes)
    pairs = [] if ends is None else [ends[i : i + 2] for i in range(0, 2 * axes, 2)]
    return tuple(n for pair in reversed(pairs) for n in pair) or None  # the last axis is said first


def _proposals(site: Site, asked: tuple[int, ...], allowed: list[int]) -> Iterator[Proposal]:
    most = [min(pair) for pair in zip(asked, allowed, strict=True)]
    pairs = [tuple(most[i : i + 2]) for i in range(0, len(most), 2)]
    better: Arg = most[0]
    if len(set(most)) > 1:
        if site.node.spec in CONVOLUTIONS:
            better = tuple(pair[0] for pair in pairs)
        else:
            better = tuple(n for pair in reversed(pairs) for n in pair)
    yield set_to(site, "padding", better)
    if site.node.spec in CONVOLUTIONS:
        yield reset(site, "padding_mode")
