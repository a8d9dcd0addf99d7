"""An Embedding that gets anything but row numbers.

What it does: looks at the dtype of what enters an Embedding.

Why it matters: an Embedding is a table, and its input says which rows to take. Row numbers are
int64 or int32.

Example: `Embedding(1000, 64)` on `B×16` float32.
Better: the same on `B×16` int64, as a tokenizer gives them.

Fix: sets the dtype of an input node that nothing feeds, or converts what is known to be whole. Of
measurements, scores and normal numbers no conversion makes row numbers, since there are negative
ones among them: made-up data is told to give whole numbers, and for all else the message says what
is wanted.
"""

from __future__ import annotations

from graph_editor.checking.failure import Context, Diagnosis, Failure, Proposal, Site
from graph_editor.checking.made_up import with_classes
from graph_editor.checking.proposals import set_to
from graph_editor.checking.span import Span
from graph_editor.checking.value_range import span_at
from graph_editor.checking.whole import to_whole, unlike_whole
from graph_editor.checking.words import label, number, title
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
    span = span_at(site, "input", context)
    if span is not None and (span.is_noise or span.low < 0):
        return _of_negatives(site, span, message, context)
    proposals: list[Proposal] = []
    source = site.sources.get("input")
    before = context.sites.get(source.address) if source else None
    if before is not None and before.node.spec == "io.input":
        proposals.append(set_to(before, "dtype", Name("int64"), of=label(before)))
    proposals += to_whole(site, "input", context)
    other = unlike_whole(site, "input", context)
    if other:
        message += (
            f" Here {other}, and no conversion makes row numbers of them{_up_to(site)}. Words and "
            "classes have such numbers; measurements and scores are what a Linear layer takes."
        )
    return Diagnosis(CODE, "error", site.address, message, "", "input", tuple(proposals))


def _of_negatives(site: Site, span: Span, message: str, context: Context) -> Diagnosis:
    """Speak of numbers that are no row numbers even when they are made whole."""
    data, rows = context.sites.get(span.source.address), _rows(site)
    name = f"{span.source.port} of {label(data)}" if data else f"“{span.source.address}”"
    least = "normal numbers, negative ones among them" if span.is_noise else f"{span.low:g} and up"
    message += (
        f" {name} holds {least}, so that no conversion makes row numbers of it{_up_to(site)}."
    )
    told = with_classes(span.source, rows, context) if rows and span.is_noise else None
    proposals = () if told is None else (told,)
    return Diagnosis(CODE, "error", site.address, message, "", "input", proposals)


def _up_to(site: Site) -> str:
    rows = _rows(site)
    return f": they go from 0 to {rows - 1}" if rows else ""


def _rows(site: Site) -> int:
    """Return how many rows a table has; 0 where that is not known."""
    weight = site.inputs.get("weight")
    first = weight.shape[0] if weight is not None and weight.shape else None
    return number(site.value("num_embeddings")) or (first if isinstance(first, int) else 0)
