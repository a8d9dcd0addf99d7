"""Channels that are dealt out in equal shares, and cannot be.

What it does: looks whether the axis that GLU halves is even, and whether the channels that
PixelShuffle spreads are a multiple of `upscale_factor` squared; and whether the map that
PixelUnshuffle gathers divides into squares.

Why it matters: GLU multiplies one half with the other; PixelShuffle makes one pixel into r×r, and
takes r² channels for it.

Example: `Conv2d(8, 6, 3) → PixelShuffle(4)`: 6 channels, and 16 are needed for each.
Better: `Conv2d(8, 16, 3) → PixelShuffle(4)`.

Fix: the nearest width that fits, at the layer before, or the nearest factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, isqrt

from graph_editor.checking.diagnosers.divisibility import nearest
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, set_width
from graph_editor.checking.walk import width_before
from graph_editor.checking.words import label, number, sizes, title

CODE = "shares-of-input"
RANK = 30
NEAREST = 3
"""How many factors are proposed at most: each is tried on a copy."""
SHUFFLES = ("nn.PixelShuffle", "F.pixel_shuffle")
UNSHUFFLES = ("nn.PixelUnshuffle", "F.pixel_unshuffle")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where an axis has no multiple of the shares."""
    site, arriving = failure.site, sizes(failure.site, "input")
    if site.node.spec in UNSHUFFLES and arriving is not None:
        return _unshuffled(site, arriving)
    axis, share = _shared(site, len(arriving or ()))
    if arriving is None or share < 2 or not -len(arriving) <= axis < len(arriving):
        return None
    count = arriving[axis]
    if count % share == 0:
        return None
    message = (
        f"{title(site)} {label(site)} deals axis {axis} out in shares of {share}, and there are "
        f"{count} ({site.shown('input')}): {share} does not divide {count}."
    )
    maker = width_before(site, "input", axis, context)
    near = sorted((n for n in (count - count % share, count - count % share + share) if n),
                  key=lambda n: abs(n - count))  # fmt: skip
    if site.node.spec in SHUFFLES:
        near.append(count * share)  # which leaves as many channels as there were meant to be
    widths = [set_width(maker, n, context) for n in near if maker]
    proposals = (*_factors(site, count), *widths)
    return Diagnosis(CODE, "error", site.address, message, "", "input", proposals)


def _factors(site: Site, count: int) -> Iterator[Proposal]:
    """Yield how many times as large maps of so many channels can be made, the nearest first."""
    said = number(site.value("upscale_factor"))
    if site.node.spec in SHUFFLES and said is not None:
        able = [n for n in range(2, isqrt(count) + 1) if count % n**2 == 0]
        for factor in sorted(able, key=lambda n: abs(n - said))[:NEAREST]:
            yield set_to(site, "upscale_factor", factor)


def _unshuffled(site: Site, arriving: tuple[int, ...]) -> Diagnosis | None:
    """Speak of a map that does not divide into squares of the size that are taken together."""
    factor = number(site.value("downscale_factor"))
    if factor is None or factor < 1 or len(arriving) < 3:
        return None
    bad = [size for size in arriving[-2:] if size % factor]
    if not bad:
        return None
    message = (
        f"{title(site)} {label(site)} takes squares of {factor}×{factor} together, and the map is "
        f"{arriving[-2]}×{arriving[-1]} ({site.shown('input')}): {factor} does not divide {bad[0]}."
    )
    both = gcd(*arriving[-2:])
    fixes = tuple(set_to(site, "downscale_factor", n) for n in nearest(factor, both) if n > 1)
    return Diagnosis(CODE, "error", site.address, message, "downscale_factor", "input", fixes)


def _shared(site: Site, rank: int) -> tuple[int, int]:
    """Return the axis that is dealt out, and of how many its size has to be a multiple."""
    if site.node.spec in ("nn.GLU", "F.glu"):
        dim = number(site.value("dim"))
        return (-1 if dim is None else dim), 2
    if site.node.spec in SHUFFLES and rank >= 3:
        return rank - 3, (number(site.value("upscale_factor")) or 1) ** 2
    return 0, 0
