"""A kernel or pooling window that is larger than the map it slides over.

What it does: compares the kernel, as far apart as `dilation` puts it, with the padded input.

Why it matters: there is no place where the window would fit, so the result would have no pixels.
It happens when pooling has made the map small.

Example: `Conv2d(64, 64, 7)` on `B×64×4×4`.
Better: `padding=3` keeps 4×4; or a kernel of 3; or one pooling less before it.

Fix: padding that keeps the size, a kernel that fits, or a pool switched off.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import set_to, skip
from graph_editor.checking.walk import ELEMENTWISE, POOLS, chain_before
from graph_editor.checking.words import label, per_axis, shape, sizes, title
from graph_editor.document.model import Arg

CODE = "kernel-too-large"
RANK = 40
SLIDING = {
    f"nn.{family}{n}d": n for family in ("Conv", "MaxPool", "AvgPool", "LPPool") for n in (1, 2, 3)
}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a window has no place on the map."""
    site, count = failure.site, SLIDING.get(failure.site.node.spec, 0)
    arriving = sizes(site, "input")
    if not count or arriving is None or len(arriving) not in (count + 1, count + 2):
        return None
    kernel = per_axis(site.value("kernel_size"), count)
    padding = per_axis(site.value("padding") or 0, count)
    dilation = per_axis(site.value("dilation") or 1, count)
    if kernel is None or padding is None or dilation is None:
        return None
    span = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    room = tuple(s + 2 * p for s, p in zip(arriving[-count:], padding, strict=True))
    if all(s <= r for s, r in zip(span, room, strict=True)):
        return None
    padded = f", {shape(room)} with padding" if any(padding) else ""
    spread = f" (spread over {shape(span)})" if span != kernel else ""
    size = f"kernel of {kernel[0]}" if count == 1 else f"{shape(kernel)} kernel"
    message = (
        f"The {size}{spread} of {title(site)} {label(site)} is larger than the map that arrives: "
        f"{shape(arriving[-count:])}{padded} ({site.shown('input')})."
    )
    proposals = _proposals(site, span, kernel, arriving[-count:], context)
    return Diagnosis(CODE, "error", site.address, message, "kernel_size", "input", proposals)


def _proposals(
    site: Site,
    span: tuple[int, ...],
    kernel: tuple[int, ...],
    spatial: tuple[int, ...],
    context: Context,
) -> tuple[Proposal, ...]:
    pooling = site.node.spec in POOLS
    fitting = tuple(min(k, s) for k, s in zip(kernel, spatial, strict=True))
    found = []
    if not pooling:
        found.append(set_to(site, "padding", _one(tuple(s // 2 for s in span))))
    found.append(set_to(site, "kernel_size", _one(fitting)))
    if pooling:
        found.append(skip(site))
    earlier = chain_before(site, "input", context, ELEMENTWISE)
    pool = next((s for s in earlier if s.node.spec in POOLS), None)
    if pool is not None:
        found.append(skip(pool))
    return tuple(found)


def _one(values: tuple[int, ...]) -> Arg:
    """Return one number where all axes agree."""
    return values[0] if len(set(values)) == 1 else values
