"""Pairs whose label is neither 1 nor -1, in a loss that counts no others.

What it does: follows the target of a CosineEmbeddingLoss back to the data, and speaks of normal
numbers and of labels of more than two classes that arrive as they are. Labels 0 and 1 are another
rule's.

Why it matters: the loss asks of each pair whether its label is 1, for alike, or -1, for different.
A pair with any other label costs 0 and teaches nothing; of normal numbers none is 1 or -1, the loss
is 0 from the first step, and no weight ever moves. Torch says nothing.

Example: normal numbers `→ CosineEmbeddingLoss`.
Better: labels of two classes, `labels * 2 - 1 → CosineEmbeddingLoss`.

Fix: has made-up data give 0 and 1, and makes -1 and 1 of these.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Proposal, Site
from graph_editor.checking.made_up import with_classes
from graph_editor.checking.per_subject import PerSubject
from graph_editor.checking.proposals import insert, together
from graph_editor.checking.span import Span
from graph_editor.checking.surely import is_run
from graph_editor.checking.value_range import span_at
from graph_editor.checking.walk import facts_of
from graph_editor.checking.words import label, title

CODE = "pair-labels"
LOSS = "nn.CosineEmbeddingLoss"


def _find(site: Site, context: Context) -> Iterator[Diagnosis]:
    facts, span = facts_of(site, "target", context), span_at(site, "target", context)
    if facts is None or not is_run(site, context):
        return
    proposals: tuple[Proposal, ...] = ()
    if facts.classes is not None and facts.classes > 2:
        holds = f"class numbers from 0 to {facts.classes - 1}"
        none = "a pair with another one costs 0 and teaches nothing"
    elif span is not None and span.is_noise and facts.classes is None and _is_float(site):
        holds, none = "normal numbers", "none of them is, so that the loss is 0 and nothing learns"
        proposals = tuple(_proposals(site, span, context))
    else:
        return
    message = (
        f"{title(site)} {label(site)} takes labels 1 and -1, and its target "
        f"({site.shown('target')}) holds {holds}: {none}."
    )
    yield Diagnosis(CODE, "warning", site.address, message, "", "target", proposals)


def _is_float(site: Site) -> bool:
    """Whether the numbers arrive as they were made, and not as whole ones."""
    return "float" in site.inputs["target"].dtype


def _proposals(site: Site, span: Span, context: Context) -> Iterator[Proposal]:
    told = with_classes(span.source, 2, context)
    if told is not None:
        words = f"{told.title}, and make -1 and 1 of them"
        twice = insert(site, "target", "op.mul", {"other": 2}, words)
        less = insert(site, "target", "op.sub", {"other": 1}, words)
        yield together(told, twice, less, title=words)


check = PerSubject((LOSS,), _find)
