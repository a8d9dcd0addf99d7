"""A squeeze that also drops the batch when it holds one sample.

What it does: finds a `squeeze` without `dim`, or with one that names an axis whose size varies.

Why it matters: a batch may be of one sample: the last one of an epoch, or one prediction. Squeeze
then drops that axis too, and all that follows sees another shape, mostly without an error.

Example: `x.squeeze()` of `B×1×24`, which is `B×24`, and `24` for one sample.
Better: `x.squeeze(1)`, which is always `B×24`.

Where the last batch of an epoch holds one sample and a node behind the squeeze stops for it, or a
cross entropy there has no way back, that is an error, and the squeeze is what is to be mended.

Fix: names the axes of size 1, or switches off a squeeze of the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.gradient_flow import reached_from_losses, wants_gradient
from graph_editor.checking.proposals import replace_spec, set_to, skip
from graph_editor.checking.surely import is_run
from graph_editor.checking.verdict import Dim
from graph_editor.checking.walk import ELEMENTWISE, RESHAPES, WIDTHS, chain_before
from graph_editor.checking.words import label, per_axis, sizes, title, value
from graph_editor.document.model import Address

CODE = "batch-dependence"
RANK = 9
SQUEEZE = "Tensor.squeeze"
AS_WIDE = ELEMENTWISE | {"nn.Linear"}
"""Specs that give as many axes as they get."""
BEHIND = (ELEMENTWISE | RESHAPES | frozenset(WIDTHS)) - {SQUEEZE}


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every squeeze after which the number of axes depends on the batch."""
    stopped = dict(_without_a_way_back(context))
    for site in context.of((SQUEEZE,)):
        found = _found(site)
        loss = stopped.get(site.address)
        if found is not None and loss is not None:
            message = f"{found.message} The last batch holds 1 sample, so that {_there(loss)}."
            found = replace(found, severity="error", message=message, victim=loss.address)
        if found is not None:
            yield found


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the squeeze behind which a node stops for a batch of one sample."""
    if (context.last_batch if failure.probe == "last_batch" else context.batch) != 1:
        return None
    for port in failure.site.sources:
        for maker in chain_before(failure.site, port, context, BEHIND):
            found = _found(maker) if _drops_batch(maker) else None
            if found is not None:
                message = f"{found.message} A batch of 1 sample comes, and {_there(failure.site)}."
                return replace(found, severity="error", message=message)
    return None


def _drops_batch(maker: Site) -> bool:
    """Whether a node is a squeeze that also drops the axis of a batch of one sample."""
    arriving, said = maker.symbolic.get("input"), maker.value("dim")
    if maker.node.spec != SQUEEZE or arriving is None or arriving.shape[:1] != ("B",):
        return False
    named = said if isinstance(said, tuple) else (said,)
    return said is None or 0 in named or -len(arriving.shape) in named


def _there(site: Site) -> str:
    return f"{title(site)} {label(site)} stops there"


def _without_a_way_back(context: Context) -> Iterator[tuple[Address, Site]]:
    """Yield squeezes by address with the cross entropy that takes a last sample forward alone."""
    if 1 not in (context.batch, context.last_batch):
        return
    for loss in context.of(("nn.CrossEntropyLoss",)):
        scores, labels = sizes(loss, "input"), sizes(loss, "target")
        if not scores or labels is None or not is_run(loss, context):
            continue
        if scores[-1] == 1 or len(labels) != 1 or "int" not in loss.inputs["target"].dtype:
            continue
        if len(scores) != 2 and (len(scores), labels) != (1, (1,)):
            continue
        *_, maker = (None, *chain_before(loss, "input", context, AS_WIDE))
        if maker is None or not _drops_batch(maker) or not is_run(maker, context):
            continue
        if wants_gradient(loss) and loss.address in reached_from_losses(context):
            yield maker.address, loss


def _found(site: Site) -> Diagnosis | None:
    arriving = site.symbolic.get("input")
    if arriving is None:
        return None
    said, dims = site.value("dim"), arriving.shape
    named = None if said is None else per_axis(said, len(said) if isinstance(said, tuple) else 1)
    if said is not None and named is None:
        return None
    varying = _first_varying(dims, named)
    if varying is None:
        return None
    single = [axis for axis, size in enumerate(dims) if size == 1]
    what = "Without dim, squeeze" if said is None else f"With dim {value(said)}, squeeze"
    message = (
        f"{what} at {label(site)} also drops the axis {varying} of {site.shown('input')} when "
        f"{varying} happens to be 1. Name an axis that is always 1."
    )
    found = tuple(_proposals(site, dims, single))
    return Diagnosis(CODE, "warning", site.address, message, "dim", "input", found)


def _proposals(site: Site, dims: tuple[Dim, ...], single: list[int]) -> Iterator[Proposal]:
    """Yield the axes that are always 1, and a Flatten where all behind the channels are."""
    if single:
        yield set_to(site, "dim", single[0] if len(single) == 1 else tuple(single))
    if len(single) > 1 and single == list(range(2, len(dims))):
        yield replace_spec(site, "nn.Flatten", without=("dim",))
    if len(dims) == 2 and site.value("dim") is not None:
        yield skip(site)  # a loss may need the one prediction as a column


def _first_varying(dims: tuple[Dim, ...], named: tuple[int, ...] | None) -> Dim | None:
    """Return the first size that varies among those that squeeze looks at, or None."""
    if named is None:
        named = tuple(range(len(dims)))
    looked_at = [dims[dim] for dim in named if -len(dims) <= dim < len(dims)]
    return next((size for size in looked_at if not isinstance(size, int)), None)
