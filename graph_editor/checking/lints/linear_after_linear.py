"""Two Linear layers with nothing between them.

What it does: finds a Linear layer whose output enters another Linear layer, and nothing else. It
does not speak where the first is narrower than what enters it and what leaves the second: such a
pair saves weights, and is drawn on purpose.

Why it matters: the two can say no more than one Linear layer; it takes a function that bends
between them for a network to become deeper.

Example: `Linear(64, 32) → Linear(32, 10)`.
Better: `Linear(64, 32) → ReLU → Linear(32, 10)`.

Fix: inserts a ReLU.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.neighbours import Pair, neighbours
from graph_editor.checking.proposals import insert
from graph_editor.checking.words import label, number, sizes
from graph_editor.document.model import Address, At

CODE = "linear-after-linear"
LINEAR = ("nn.Linear",)


def _told(pairs: Sequence[Pair], context: Context) -> Iterator[Diagnosis]:
    """Yield every Linear layer that comes directly after another."""
    for first, second in pairs:
        if not _trained_apart(first, second, context):
            yield _diagnosis(first, second)


def _widths(first: Site, second: Site) -> tuple[int, int, int] | None:
    """Return how many numbers enter the first, go between, and leave the second, where known."""
    arriving, between = sizes(first, "input"), sizes(second, "input")
    leaving = number(second.value("out_features"))
    return (arriving[-1], between[-1], leaving) if arriving and between and leaving else None


def _could_be_one(first: Site, second: Site) -> bool:
    widths = _widths(first, second)
    return widths is not None and widths[1] >= min(widths[0], widths[2])


def _trained_apart(first: Site, second: Site, context: Context) -> bool:
    """Whether some optimizer names one of the two and not the other."""
    for node in context.project.main.graph.nodes.values():
        trained = node.args.get("trains") if node.kind == "optim" else None
        items = trained if isinstance(trained, tuple) else (trained,)
        named = {Address(item.address) for item in items if isinstance(item, At)}
        if (first.address in named) != (second.address in named):
            return True
    return False


def _diagnosis(first: Site, second: Site) -> Diagnosis:
    widths = _widths(first, second)
    assert widths is not None  # only such pairs were looked for
    entering, between, leaving = widths
    message = (
        f"Nothing stands between Linear {label(first)} ({entering} to {between}) and Linear "
        f"{label(second)} ({between} to {leaving}): together they can say no more than one "
        f"Linear layer from {entering} to {leaving}."
    )
    proposals = (insert(second, "input", "nn.ReLU", {}, f"Insert a ReLU before {label(second)}"),)
    return Diagnosis(CODE, "info", second.address, message, "", "input", proposals)


check = neighbours(LINEAR, LINEAR, _could_be_one, _told)
