"""Labels 0 and 1 in a loss that takes -1 and 1.

What it does: follows the target of a SoftMarginLoss, HingeEmbeddingLoss, CosineEmbeddingLoss or
MarginRankingLoss back to labels of two classes, and looks whether they still are 0 and 1 there.

Why it matters: these losses multiply by the label, or ask whether it is 1 or -1. What has the label
0 counts for nothing then, or for the same whatever the network says: half of the data teaches
nothing, and torch says nothing.

Example: labels 0 and 1 → `SoftMarginLoss`.
Better: `labels * 2 - 1` → `SoftMarginLoss`.

Fix: makes -1 and 1 of the labels.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, together
from graph_editor.checking.surely import is_run
from graph_editor.checking.value_range import span_at
from graph_editor.checking.words import label, title

CODE = "labels-not-signed"
NOTHING_OF_0 = {
    "nn.SoftMarginLoss": "a sample with the label 0 costs log 2, whatever its score is",
    "nn.HingeEmbeddingLoss": "a sample with the label 0 costs the margin at any distance below it",
    "nn.CosineEmbeddingLoss": "a pair with the label 0 costs nothing, however near or far it is",
    "nn.MarginRankingLoss": "a pair with the label 0 costs the margin, whichever is ranked higher",
}
"""Losses of -1 and 1, and what they make of a 0."""


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    span = span_at(site, "target", context)
    if span is None or (span.low, span.high) != (0, 1) or not is_run(site, context):
        return
    facts = context.facts.get(span.source.key)
    if facts is None or facts.classes != 2:
        return  # what lies between 0 and 1 is another matter
    message = (
        f"{title(site)} {label(site)} takes labels -1 and 1, and its target "
        f"({site.shown('target')}) holds 0 and 1: {NOTHING_OF_0[site.node.spec]}."
    )
    words = "Make -1 and 1 of target"
    signed = (
        insert(site, "target", "op.mul", {"other": 2}, words),
        insert(site, "target", "op.sub", {"other": 1}, words),
    )
    fixes = (together(*signed, title=words),)
    yield Diagnosis(CODE, "warning", site.address, message, "", "target", fixes)


check = PerSubject(NOTHING_OF_0, _find)
