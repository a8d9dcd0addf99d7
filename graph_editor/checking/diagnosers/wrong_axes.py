"""A layer for lines, images or volumes that gets something with another number of axes.

What it does: compares the number of axes that arrive with what the 1d, 2d and 3d layers take.

Why it matters: BatchNorm1d takes `B×C` or `B×C×L`; BatchNorm2d, Conv2d and the 2d pools take
images, `B×C×H×W`.

A batch of grey images without an axis for the one channel, `B×28×28`, is
read as one image with `B` channels.

Example: `Conv2d → BatchNorm1d`.
Better: `Conv2d → BatchNorm2d`.

Fix: uses the layer for as many axes as arrive, adds the axis of channels that is missing, or lays
rows out as maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.proposals import insert, replace_spec
from graph_editor.checking.walk import ELEMENTWISE, POOLS, chain_before
from graph_editor.checking.words import (
    axes,
    either,
    holds_batch,
    label,
    number,
    shape,
    sizes,
    title,
)
from graph_editor.document.model import Arg

CODE = "wrong-number-of-axes"
RANK = 15
MOST = 4
"""How many square maps are tried for a row: each is judged."""
COLOURS = (1, 3)
"""The channels of a picture: grey, or red, green and blue."""
UNBATCHED = "Conv ConvTranspose InstanceNorm MaxPool AvgPool LPPool AdaptiveAvgPool AdaptiveMaxPool"
TAKES = {
    **{f"nn.{family}{n}d": (n + 1, n + 2) for family in UNBATCHED.split() for n in (1, 2, 3)},
    **{f"nn.BatchNorm{n}d": (2, 3) if n == 1 else (n + 2,) for n in (1, 2, 3)},
}
FORMS = {1: ("B", "C", "L"), 2: ("B", "C", "H", "W"), 3: ("B", "C", "D", "H", "W")}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where a layer named after a number of axes gets another number of them."""
    site = failure.site
    accepted, arriving = TAKES.get(site.node.spec), sizes(site, "input")
    if accepted is None or arriving is None:
        return None
    if len(arriving) in accepted:
        return _without_channels(site, arriving, context)
    form = FORMS[int(site.node.spec[-2])]
    forms = [shape(form[:n]) for n in accepted if "Norm" in site.node.spec] or [shape(form)]
    message = (
        f"{title(site)} {label(site)} takes {either(forms)}, and what arrives has "
        f"{axes(len(arriving))}: {site.shown('input')}."
    )
    return Diagnosis(
        CODE,
        "error",
        site.address,
        message,
        "",
        "input",
        tuple(_proposals(site, len(arriving), context)),
    )


def _without_channels(site: Site, arriving: tuple[int, ...], context: Context) -> Diagnosis | None:
    """Speak where the samples of a batch are taken for the channels of a single one."""
    own = int(site.node.spec[-2])
    known = site.symbolic.get("input")
    if len(arriving) != own + 1 or "BatchNorm" in site.node.spec or known is None:
        return None
    if not known.shape or not holds_batch(known.shape[0]):
        return None
    form = FORMS[own]
    message = (
        f"{title(site)} {label(site)} takes {shape(form)}, and {site.shown('input')} arrives, with "
        f"{axes(own + 1)}: it takes that for one sample with {known.shape[0]} channels. The axis "
        "of the channels is missing."
    )
    return Diagnosis(
        CODE, "error", site.address, message, "", "input", tuple(_proposals(site, own + 1, context))
    )


def _is_line(site: Site, context: Context) -> bool:
    """Whether a layer along one axis made what arrives, so that its axis 1 is that of channels."""
    before = list(chain_before(site, "input", context, ELEMENTWISE | POOLS))
    return bool(before) and before[-1].node.spec.endswith("1d")


def _proposals(site: Site, rank: int, context: Context) -> list[Proposal]:
    stem, own = site.node.spec[:-2], int(site.node.spec[-2])
    found = []
    fitting = next((n for n in (1, 2, 3) if rank in TAKES[f"{stem}{n}d"][-1:]), None)
    if "BatchNorm" in stem and rank == 2:
        fitting = 1
    if fitting is not None:
        found.append(replace_spec(site, f"{stem}{fitting}d"))
    if rank == own + 1:
        words = f"Add an axis for one channel: B×1×{'×'.join(FORMS[own][2:])}"
        channel = insert(site, "input", "Tensor.unsqueeze", {"dim": 1}, words)
        found.insert(len(found) if _is_line(site, context) else 0, channel)
    found += _laid_out(site, rank, own)
    if rank > own + 2:
        words = "Flatten what follows the channels into one axis"
        if own == 1:
            found.append(insert(site, "input", "nn.Flatten", {"start_dim": 2}, words))
    if "Norm" in stem and own == 1 and rank > 3:
        found.append(insert(site, "input", "nn.Flatten", {}, "Insert Flatten before it"))
    return found


def _laid_out(site: Site, rank: int, own: int) -> Iterator[Proposal]:
    """Yield maps that each row may be laid out as: of the channels that were told, if there are."""
    arriving = sizes(site, "input")
    if rank != 2 or own == 1 or "Norm" in site.node.spec or arriving is None:
        return
    values = arriving[1]
    forms = [(values, *(1,) * own)]
    if own == 2:
        told = None if "in_channels" in site.inferred else number(site.value("in_channels"))
        sides = range(isqrt(values), 1, -1)
        squares = [(values // side**2, side, side) for side in sides if values % side**2 == 0]
        if told is not None or "Transpose" in site.node.spec:
            forms = [each for each in squares if told in (None, each[0])][:MOST] + forms
        else:
            forms = [each for each in squares if each[0] in COLOURS] + forms
    for dims in forms:
        args: dict[str, Arg] = {"dim": 1, "unflattened_size": dims}
        words = f"Lay each row out as {shape(dims)}"
        yield insert(site, "input", "nn.Unflatten", args, words)
