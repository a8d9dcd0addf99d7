"""An Embedding with fewer rows than the numbers that ask for them.

What it does: compares `num_embeddings` with the highest value that the data source gives.

Why it matters: a row that does not exist cannot be looked up; torch stops there, on a GPU with an
unreadable message.

Example: `Embedding(10, 16)` for tokens from 0 to 64.
Better: `Embedding(65, 16)`.

Fix: as many rows as there are values.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis
from graph_editor.checking.proposals import set_to
from graph_editor.checking.walk import facts_of
from graph_editor.checking.words import label, number, title

CODE = "embedding-range"


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every Embedding that values from the data reach past the end of."""
    for site in context.of(("nn.Embedding", "nn.EmbeddingBag")):
        rows, facts = number(site.value("num_embeddings")), facts_of(site, "input", context)
        if rows is None or facts is None:
            continue
        highest = facts.classes - 1 if facts.classes is not None else facts.high
        if highest is None or highest < rows:
            continue
        needed = int(highest) + 1
        message = (
            f"{title(site)} {label(site)} has {rows} rows, 0 to {rows - 1}, and the data asks for "
            f"row {needed - 1} ({site.shown('input')})."
        )
        proposals = (set_to(site, "num_embeddings", needed),)
        yield Diagnosis(CODE, "error", site.address, message, "num_embeddings", "input", proposals)
