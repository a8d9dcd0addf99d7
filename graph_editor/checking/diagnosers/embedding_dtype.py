"""An Embedding that gets anything but row numbers.

What it does: looks at the dtype of what enters an Embedding.

Why it matters: an Embedding is a table, and its input says which rows to take. Row numbers are
int64 or int32.

Example: `Embedding(1000, 64)` on `B×16` float32.
Better: the same on `B×16` int64, as a tokenizer gives them.

Fix: sets the dtype of the input node, or converts.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal
from graph_editor.checking.proposals import convert, set_to
from graph_editor.checking.words import label, title
from graph_editor.document.model import Name

CODE = "embedding-dtype"
RANK = 30
TABLES = ("nn.Embedding", "nn.EmbeddingBag", "F.embedding")


def diagnose(failure: Failure, context: Context) -> Diagnosis | None:
    """Speak where the row numbers of an Embedding are no whole numbers."""
    site = failure.site
    arriving = site.inputs.get("input")
    if site.node.spec not in TABLES or arriving is None or arriving.dtype in ("int64", "int32"):
        return None
    message = (
        f"{title(site)} {label(site)} looks rows up by number, so its input has to be int64, and "
        f"{site.shown('input')} {arriving.dtype} arrives."
    )
    proposals: list[Proposal] = []
    source = site.sources.get("input")
    before = context.sites.get(source.address) if source else None
    if before is not None and before.node.spec == "io.input":
        proposals.append(set_to(before, "dtype", Name("int64"), of=label(before)))
    proposals.append(convert(site, "input", "int64"))
    return Diagnosis(CODE, "error", site.address, message, "", "input", tuple(proposals))
