"""Data with large numbers that reaches a layer with weights as it is.

What it does: compares the range that the data source gives with 50, where the values reach a layer
with weights unchanged, but for their dtype and shape.

Why it matters: fresh weights and the usual learning rates are made for numbers around 1. With 0 to
255 the first outputs, and with them the steps, are hundreds of times too large.

Example: pixels from 0 to 255 → `float` → `Linear`.
Better: pixels → `float` → `/ 255` → `Linear`; or a BatchNorm first.

Fix: divides by the largest value.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.proposals import insert
from graph_editor.checking.walk import facts_of
from graph_editor.checking.words import label, title

CODE = "unscaled-input"
LARGEST = 50
"""Values up to here are left in peace: counts, ages, grey levels of 4 bits."""
LAYERS = (
    "nn.Linear",
    "nn.Bilinear",
    *(f"nn.{name}{n}d" for name in ("Conv", "ConvTranspose") for n in (1, 2, 3)),
    *(f"nn.{name}" for name in ("RNN", "LSTM", "GRU")),
)


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every layer with weights that large values reach as the data source gives them."""
    if not any(_largest(facts.low, facts.high) > LARGEST for facts in context.facts.values()):
        return
    for site in context.of(LAYERS):
        facts = facts_of(site, "input", context)
        largest = _largest(facts.low, facts.high) if facts is not None else 0
        if facts is None or largest <= LARGEST:
            continue
        low, high = (f"{bound or 0:g}" for bound in (facts.low, facts.high))
        message = (
            f"{title(site)} {label(site)} gets values from {low} to {high} as the data gives them "
            f"({site.shown('input')}). Fresh weights and usual learning rates are made for numbers "
            "around 1: scale the values first."
        )
        words = f"Divide by {largest:g}"
        divide = insert(site, "input", "op.truediv", {"other": float(largest)}, words)
        yield Diagnosis(CODE, "warning", site.address, message, "", "input", (divide,))


def _largest(low: float | None, high: float | None) -> float:
    return max(abs(low or 0), abs(high or 0))
