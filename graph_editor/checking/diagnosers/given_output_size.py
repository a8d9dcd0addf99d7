"""A transposed convolution that is asked for a size which it cannot give.

What it does: works out the sizes that a ConvTranspose can make of what arrives, from its kernel,
stride, padding and dilation, and compares them with `output_size`.

Why it matters: with a stride of 2, maps of two sizes come from one, and `output_size` chooses
between these. It does not stretch the map to any other.

Example: `ConvTranspose2d(kernel_size=3, stride=2, output_size=(80, 80))` on `B×3×32×32`.
Better: `output_size=(66, 66)`.

Fix: the nearest size that can be; none, so that the smallest is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.conv_channels import CONVOLUTIONS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import reset, set_to
from graph_editor.checking.words import label, number, per_axis, shape, sizes, title
from graph_editor.document.model import Expr

CODE = "given-output-size"
RANK = 35
SETTINGS = ("kernel_size", "stride", "padding", "dilation")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:  # noqa: ARG001  # one signature for all
    """Speak of the sizes that can be made, where another one is asked for."""
    site, arriving = failure.site, sizes(failure.site, "input")
    axes, said = CONVOLUTIONS.get(site.node.spec, 0), site.value("output_size")
    is_transposed = site.node.spec.startswith("nn.ConvTranspose")
    if not is_transposed or said is None or arriving is None or len(arriving) <= axes:
        return None
    each = [number(n) for n in (said if isinstance(said, tuple) else (said,))]
    asked = [n for n in each if n is not None]
    ends = _ends(site, arriving[-axes:], axes)
    if len(asked) != len(each) or ends is None:
        return None
    kept = asked[-axes:]
    is_counted = len(asked) in (axes, len(arriving))
    if is_counted and all(a <= n <= b for n, (a, b) in zip(kept, ends, strict=True)):
        return None  # something else is wrong
    least, most = shape(a for a, _ in ends), shape(b for _, b in ends)
    message = (
        f"output_size of {title(site)} {label(site)} is {shape(asked)}, and of "
        f"{site.shown('input')} it can make {least} to {most} with its kernel_size, stride, "
        f"padding and dilation."
    )
    if not is_counted:
        many = f"{len(asked)} number{'s' * (len(asked) != 1)}"
        message += f" It has {many}, and {axes} {'is' if axes == 1 else 'are'} wanted."
    proposals = tuple(_proposals(site, kept if is_counted else [], ends))
    return Diagnosis(CODE, "error", site.address, message, "output_size", "input", proposals)


def _ends(site: Site, arriving: tuple[int, ...], axes: int) -> list[tuple[int, int]] | None:
    """Return the least and the largest size along each axis, as torch reckons them."""
    known = (per_axis(site.value(name), axes) for name in SETTINGS)
    found = [numbers for numbers in known if numbers is not None]
    if len(found) < len(SETTINGS):
        return None
    ends = []
    for size, kernel, stride, padding, dilation in zip(arriving, *found, strict=True):
        least = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
        ends.append((least, least + stride - 1))
    return ends


def _proposals(site: Site, asked: list[int], ends: list[tuple[int, int]]) -> Iterator[Proposal]:
    if asked and not isinstance(site.node.args.get("output_size"), Expr):
        nearest = [min(max(n, a), b) for n, (a, b) in zip(asked, ends, strict=True)]
        yield set_to(site, "output_size", tuple(nearest))
    yield reset(site, "output_size")
