"""An Embedding with fewer rows, or classes, than the numbers that ask for them.

What it does: compares `num_embeddings` (or the number of classes) with the highest value that the
data source gives, or that `arange` counts up to, and the lowest with 0: of made-up data that is
normal numbers, converted. Slices, turns and joins of values count for as much as these.

Why it matters: a row that does not exist cannot be looked up; torch stops there, on a GPU with an
unreadable message.

Example: `Embedding(10, 16)` for tokens from 0 to 64.
Better: `Embedding(65, 16)`.

Fix: as many rows as there are values; has made-up data give whole numbers below that. A last class
that is `ignore_index` needs no row.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.below_first import below_first
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.surely import is_run
from graph_editor.checking.walk import TRANSPARENT, chain_before, facts_of
from graph_editor.checking.words import label, number, title

CODE = "embedding-range"
ROWS = {
    "nn.Embedding": ("input", "num_embeddings", "row"),
    "nn.EmbeddingBag": ("input", "num_embeddings", "row"),
    "nn.LinearCrossEntropyLoss": ("target", "num_classes", "class"),
    "nn.AdaptiveLogSoftmaxWithLoss": ("target_", "n_classes", "class"),
    "F.one_hot": ("tensor", "num_classes", "class"),
}
"""For each spec the port of what asks, the argument that says how many there are, and of what."""
COUNTED = "torch.arange"
UNCHANGED = (TRANSPARENT - {"Tensor.to", "Tensor.float"}) | {"Tensor.expand", "Tensor.repeat"}
"""Specs that leave whole numbers as they are."""
PLURAL = {"row": "rows", "class": "classes"}


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every node that values from the data reach past the end of."""
    for site in context.of(ROWS):
        port, argument, word = ROWS[site.node.spec]
        rows, facts = number(site.value(argument)), facts_of(site, port, context)
        if not is_run(site, context):
            continue
        if rows is not None and rows > 0:
            yield from _of_negatives(site, rows, context)
            yield from _of_places(site, rows, context)
        if rows is None or facts is None or rows < 0:
            continue
        highest = facts.classes - 1 if facts.classes is not None else facts.high
        if highest is not None and highest == site.value("ignore_index"):
            highest -= 1
        if highest is None or highest < rows:
            continue
        needed = int(highest) + 1
        message = (
            f"{title(site)} {label(site)} has {rows} {PLURAL[word]}, 0 to {rows - 1}, and the data "
            f"asks for {word} {needed - 1} ({site.shown(port)})."
        )
        proposals = (set_to(site, argument, needed),)
        yield Diagnosis(CODE, "error", site.address, message, argument, port, proposals)


def _of_places(site: Site, rows: int, context: Context) -> Iterator[Diagnosis]:
    """Speak of places that are counted past the last row."""
    port, argument, word = ROWS[site.node.spec]
    counts = [s for s in chain_before(site, port, context, UNCHANGED) if s.node.spec == COUNTED]
    made = context.types.get(f"{counts[0].address}.output") if counts else None
    count = made.shape[0] if made is not None and made.shape else None
    if not isinstance(count, int) or count < 1:
        return  # it has a name, or none is asked for
    start, step = (number(counts[0].value(name)) for name in ("start", "step"))
    if start is None or step is None or step < 1 or start + step * (count - 1) < rows:
        return
    last = start + step * (count - 1)
    message = (
        f"{title(site)} {label(site)} has {rows} {PLURAL[word]}, 0 to {rows - 1}, and "
        f"{label(counts[0])} counts up to {last} ({site.shown(port)})."
    )
    proposals = (set_to(site, argument, last + 1),)
    yield Diagnosis(CODE, "error", site.address, message, argument, port, proposals)


def _of_negatives(site: Site, rows: int, context: Context) -> Iterator[Diagnosis]:
    """Speak of noise that was converted, and asks for what lies before the first."""
    port, argument, word = ROWS[site.node.spec]
    below = below_first(site, port, rows, context)
    if below is None:
        return
    lowest = "negative ones" if below.lowest is None else f"{word} {below.lowest}"
    message = (
        f"{title(site)} {label(site)} has {rows} {PLURAL[word]}, 0 to {rows - 1}, and {below.name} "
        f"asks for {lowest} ({site.shown(port)})."
    )
    if below.maker is None:
        yield Diagnosis(CODE, "error", site.address, message, argument, port, below.proposals)
        return
    by, found = below.maker.address, below.proposals
    yield Diagnosis(CODE, "error", by, message, "", "", found, site.address)
