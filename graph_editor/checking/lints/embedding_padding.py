"""A class that an Embedding takes for padding.

What it does: looks whether an Embedding or EmbeddingBag with `padding_idx` reads the class labels
of a data set, each of which stands for a class. Numbers that may mean anything, as those of random
tensors, are left alone, and so is the number with which a source fills up what is too short.

Why it matters: the row of the padding is 0 and stays 0, so that nothing is learnt of that class.

Example: `Embedding(10, 16, padding_idx=0)` for the labels of digits, of which 0 is one.
Better: `Embedding(10, 16)`.

Fix: no padding.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.proposals import reset
from graph_editor.checking.walk import TRANSPARENT, chain_before, facts_of
from graph_editor.checking.words import label, number, title

CODE = "embedding-padding"
ANYTHING = "data.random"


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every Embedding that takes a class of the data for padding."""
    for site in context.of(("nn.Embedding", "nn.EmbeddingBag")):
        padding, rows = number(site.value("padding_idx")), number(site.value("num_embeddings"))
        if padding is None or rows is None or site.node.freeze or site.node.weights:
            continue
        facts = facts_of(site, "input", context)
        *_, data = (None, *chain_before(site, "input", context, TRANSPARENT))
        if facts is None or facts.classes is None or data is None or data.node.spec == ANYTHING:
            continue
        row = padding + rows if padding < 0 else padding
        if 0 <= row < facts.classes and row != facts.padding:
            message = (
                f"{title(site)} {label(site)} takes {row} for padding, and {row} is one of the "
                f"{facts.classes} classes that {label(data)} gives ({site.shown('input')}): its "
                "row is 0 and stays 0."
            )
            proposals = (reset(site, "padding_idx"),)
            yield Diagnosis(
                CODE, "warning", site.address, message, "padding_idx", "input", proposals
            )
