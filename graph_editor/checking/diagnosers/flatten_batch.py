"""A flatten that begins at axis 0 and so merges the samples of a batch into one.

What it does: finds a `Tensor.flatten` or `torch.flatten` whose `start_dim` is 0 (torch's default
for these two), or a view or reshape into `(-1)` or `(1, -1)`, before a node that needs one row for
each sample.

Why it matters: the batch is no longer an axis. A layer after it sees one long vector, whose length
changes with the batch size, and a loss finds no prediction for each label.

Example: `x.flatten()` makes `B*784` of `B×1×28×28`.
Better: `x.flatten(1)` makes `B×784`.

Fix: sets `start_dim` to 1; keeps the axis of the batch in a view, or flattens instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.following import followed
from graph_editor.checking.proposals import replace_spec, set_to
from graph_editor.checking.walk import ELEMENTWISE, chain_before
from graph_editor.checking.words import holds_batch, label, product, shape, sizes
from graph_editor.document.model import Expr

CODE = "flatten-merges-batch"
RANK = 10
FLATTENS = ("Tensor.flatten", "torch.flatten", "nn.Flatten")
TAKING_APART = ("Tensor.unflatten", "nn.Unflatten")
VIEWS = ("Tensor.view", "Tensor.reshape")
MERGING = ((-1,), (1, -1))
"""Shapes in which all samples are one row."""
WIDE = ELEMENTWISE | {"nn.Linear"}


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Blame a flatten from axis 0 somewhere before the node that refused."""
    site = failure.site
    if "input" not in site.inputs or site.node.spec in FLATTENS:
        return None
    if site.node.spec in TAKING_APART and site.value("dim") == 0:
        return None  # the samples are meant to stand with what each has
    given, target = sizes(site, "input"), sizes(site, "target")
    if given and target and len(target) > 1 and given[0] == product(target):
        return None  # the target has to be flattened in the same way
    for maker in chain_before(site, "input", context, WIDE):
        arriving = sizes(maker, "input")
        if maker.node.spec in VIEWS and site.node.kind == "nn":
            return _of_view(site, maker, context)
        if maker.node.spec not in FLATTENS or arriving is None:
            continue
        if maker.value("start_dim") != 0 or len(arriving) < 2:
            return None
        if target == arriving:
            return None  # the same was wired to both: the target is no target
        if given and target and len(given) == 1 and product(arriving[:-1]) == product(target):
            return _of_scores(site, maker, arriving)
        message = (
            f"{label(maker)} flattens from axis 0 and so merges the samples of a batch: "
            f"{maker.shown('input')} becomes {site.shown('input')}, and {label(site)} needs "
            "one row for each sample. Flatten from axis 1."
        )
        flat = replace_spec(maker, "nn.Flatten", without=("start_dim", "end_dim"))
        later = [set_to(maker, "start_dim", axis) for axis in range(2, len(arriving) - 1)]
        proposals = (set_to(maker, "start_dim", 1), flat, *later)
        return Diagnosis(CODE, "error", maker.address, message, "start_dim", "", proposals)
    return None


def _of_scores(site: Site, maker: Site, arriving: tuple[int, ...]) -> Diagnosis:
    """Speak of scores that are merged with the samples and steps that they are for."""
    message = (
        f"{label(maker)} merges all axes of {maker.shown('input')}, the last one too: "
        f"{label(site)} gets {site.shown('input')} for {site.shown('target')} class numbers, and "
        f"needs {arriving[-1]} scores for each. Leave the last axis."
    )
    kept = set_to(maker, "end_dim", len(arriving) - 2)
    return Diagnosis(CODE, "error", maker.address, message, "end_dim", "", (kept,))


def _of_view(site: Site, maker: Site, context: Context) -> Diagnosis | None:
    """Speak of a view or reshape into one row for the whole batch."""
    known, asked = maker.symbolic.get("input"), maker.value("args")
    if asked not in MERGING and asked not in [(each,) for each in MERGING]:
        return None
    if known is None or not known.shape or not holds_batch(known.shape[0]):
        return None
    if all(size == 1 for size in known.shape[1:]):
        return None  # as many rows as samples
    written = asked[0] if isinstance(asked, tuple) and isinstance(asked[0], tuple) else asked
    assert isinstance(written, tuple)
    message = (
        f"{label(maker)} asks for {_as_written(written)}, so that the batch is flattened too: "
        f"{known.text()} becomes {site.shown('input')}, and {label(site)} needs one row for each "
        f"sample, {shape((known.shape[0], _values(known.shape[1:])))}."
    )
    found = tuple(_keeping(maker, context))
    return Diagnosis(CODE, "error", maker.address, message, "args", "", found)


def _as_written(asked: tuple[object, ...]) -> str:
    return f"({', '.join(map(str, asked))})"


def _values(dims: tuple[int | str, ...]) -> int | str:
    """Return how many values a sample has, where that is known."""
    numbers = [size for size in dims if isinstance(size, int)]
    return product(numbers) if len(numbers) == len(dims) else "?"


def _keeping(maker: Site, context: Context) -> Iterator[Proposal]:
    """Yield ways to keep the axis of the batch; the layer after it may have to follow."""
    yield from followed(set_to(maker, "args", (Expr("input.shape[0]"), -1)), maker, context)
    yield from followed(replace_spec(maker, "nn.Flatten", without=("args",)), maker, context)
