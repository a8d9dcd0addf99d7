"""A view that makes another number of rows than there are samples.

What it does: where a loss gets more (or fewer) predictions than there are labels, looks for a view
or reshape before it that begins with `-1` and leaves the batch out.

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
from graph_editor.checking.proposals import let_infer, replace_spec, set_to, together
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
    if not site.node.spec.endswith("Loss") or not given or not target or given[0] == target[0]:
        return None
    layers: list[Site] = []
    for maker in chain_before(site, "input", context, THROUGH):
        arriving, asked = sizes(maker, "input"), _asked(maker)
        if maker.node.spec not in VIEWS or arriving is None or not asked:
            layers.append(maker)
            continue
        each, row = product(arriving[1:]), product(asked[1:])
        known = maker.symbolic.get("input")
        if asked[0] != -1 or each == row or known is None or not holds_batch(known.shape[0]):
            return None
        return _diagnosis(site, maker, (each, row), layers)
    return None


def _asked(site: Site) -> Shape:
    said = site.value("args")
    numbers = tuple(n for n in said if isinstance(n, int)) if isinstance(said, tuple) else ()
    return numbers if isinstance(said, tuple) and len(numbers) == len(said) else ()


def _diagnosis(site: Site, maker: Site, values: tuple[int, int], layers: list[Site]) -> Diagnosis:
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
        CODE, "error", maker.address, message, "args", "input", tuple(_proposals(maker, layers))
    )


def _proposals(maker: Site, layers: list[Site]) -> Iterator[Proposal]:
    """Yield ways to keep the batch; the first layer with weights after it has to follow."""
    said = maker.node.args.get("args")
    flat = replace_spec(maker, "nn.Flatten", without=("args",))
    kept: tuple[Arg, ...] = (Expr("input.shape[0]"), -1)
    ways = [flat, set_to(maker, "args", kept)] if isinstance(said, tuple) and len(said) == 2 else []
    following = [s for s in reversed(layers) if s.node.spec in WIDTHS][:1]
    for way in ways:
        yield way
        for layer in following:
            follow = let_infer(layer, "in_features")
            if "in_features" in layer.node.args and layer.block == maker.block:
                words = f"{way.title}, and let in_features of {label(layer)} follow"
                yield together(way, follow, title=words)
