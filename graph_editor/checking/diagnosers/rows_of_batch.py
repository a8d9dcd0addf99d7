"""A view that makes another number of rows than there are samples.

What it does: where a loss gets more (or fewer) predictions than there are labels, looks for a view
or reshape before it that begins with `-1` and leaves the batch out; and where any layer fails, for
one into a number of rows that is written down.

Why it matters: `-1` takes whatever is left. Where the sizes after it are no whole sample, it splits
samples into several rows, or merges several samples into one.

Example: `x.view(-1, 32)` of `B×1×8×8`, 64 values a sample: two rows for each.
Better: `x.flatten(1)`, which keeps the batch: `B×64`.

Fix: keeps the axis of the batch, and lets the layer after it follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.diagnosers.reshape_size import VIEWS
from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.following import followed
from graph_editor.checking.proposals import replace_spec, set_to
from graph_editor.checking.walk import ELEMENTWISE, POOLS, WIDTHS, chain_before
from graph_editor.checking.words import holds_batch, label, product, sizes, title
from graph_editor.document.model import Arg, Expr

CODE = "rows-of-batch"
RANK = 13
THROUGH = ELEMENTWISE | POOLS | frozenset(WIDTHS) | {"nn.Flatten", "Tensor.flatten"}
Shape = tuple[int, ...]


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame the view behind which a loss gets another number of rows than labels."""
    site = failure.site
    given, target = sizes(site, "input"), sizes(site, "target")
    is_loss = site.node.spec.endswith("Loss")
    if is_loss and (not given or not target or given[0] == target[0]):
        return None
    if is_loss and given and target and len(target) > 1 and given[0] == product(target):
        return None  # the target has to be flattened in the same way
    for maker in chain_before(site, "input", context, THROUGH):
        arriving, asked = sizes(maker, "input"), _asked(maker)
        if maker.node.spec not in VIEWS or arriving is None or not asked:
            continue
        each, row = product(arriving[1:]), product(asked[1:])
        known = maker.symbolic.get("input")
        if known is None or not known.shape or maker.node.when is not None:
            return None
        if not holds_batch(known.shape[0]):
            return None
        if asked[0] > 1 and asked.count(-1) == 1 and isinstance(_said(maker)[0], int):
            return _of_number(site, maker, asked[0], context)
        if not is_loss or asked[0] != -1 or each == row:
            return None
        return _diagnosis(site, maker, (each, row), context)
    return None


def _said(site: Site) -> tuple[Arg, ...]:
    """Return the sizes as they were written."""
    said = site.node.args.get("args")
    return said if isinstance(said, tuple) and said else (None,)


def _of_number(site: Site, maker: Site, count: int, context: Context) -> Diagnosis:
    """Speak of a view into a number of rows that is written down."""
    message = (
        f"{label(maker)} lays {maker.shown('input')} out in {count} rows, however many samples the "
        f"batch holds, so that {site.shown('input')} reaches {title(site)} {label(site)}: a row "
        "holds parts of several samples. The axis of the batch has to stay."
    )
    found = tuple(_proposals(maker, context))
    return Diagnosis(CODE, "error", maker.address, message, "args", "input", found)


def _asked(site: Site) -> Shape:
    said = site.value("args")
    numbers = tuple(n for n in said if isinstance(n, int)) if isinstance(said, tuple) else ()
    return numbers if isinstance(said, tuple) and len(numbers) == len(said) else ()


def _diagnosis(site: Site, maker: Site, values: tuple[int, int], context: Context) -> Diagnosis:
    each, row = values
    rows = f"each sample becomes {each // row} rows" if each % row == 0 else "samples are torn up"
    message = (
        f"{label(maker)} lays {maker.shown('input')} out in rows of {row} values, and a sample has "
        f"{each}: {rows}, and {site.shown('input')} reaches {title(site)} {label(site)}, whose "
        f"target is {site.shown('target')}. The axis of the batch has to stay."
    )
    if each < row:
        message = message.replace(rows, f"samples are merged, {row} values hold more than one")
    return Diagnosis(
        CODE, "error", maker.address, message, "args", "input", tuple(_proposals(maker, context))
    )


def _proposals(maker: Site, context: Context) -> Iterator[Proposal]:
    """Yield ways to keep the batch; the layer after it may have to follow."""
    if len(_said(maker)) == 2:
        yield from followed(replace_spec(maker, "nn.Flatten", without=("args",)), maker, context)
    kept: tuple[Arg, ...] = (Expr("input.shape[0]"), *(_said(maker)[1:-1]), -1)
    if len(_said(maker)) > 1:
        yield from followed(set_to(maker, "args", kept), maker, context)
