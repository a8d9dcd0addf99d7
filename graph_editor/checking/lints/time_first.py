"""A sequence layer that takes the batch for time, or time for the batch.

What it does: looks which axis of a sequence holds the batch (`B`), and which one the layer reads
as the batch: axis 0 with `batch_first=True`, else axis 1.

Why it matters: torch cannot know which is which. It runs along the samples of the batch as if they
followed each other, so that what a sample gets depends on which others are beside it.

Example: `LSTM(24, 64)` on `B×16×24`, which reads one sequence of `B` steps 16 times.
Better: `LSTM(24, 64, batch_first=True)`.

Fix: sets `batch_first`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from graph_editor.checking.diagnosers import samples_repeated, state_for_steps
from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.proposals import insert, set_to
from graph_editor.checking.verdict import Dim
from graph_editor.checking.words import label, title

CODE = "time-first"
PORTS = {
    **{f"nn.{name}": "input" for name in ("RNN", "LSTM", "GRU")},
    "nn.MultiheadAttention": "query",
    "nn.TransformerEncoderLayer": "src",
    "nn.TransformerDecoderLayer": "tgt",
    "nn.Transformer": "src",
}
ALONE = ("nn.RNN", "nn.LSTM", "nn.GRU")
"""Layers that are never meant to go over a batch itself, as attention may be."""
_BATCH = re.compile(r"\bB\b")


def holds_batch(dim: Dim) -> bool:
    """Return whether a size depends on how many samples a batch has."""
    return isinstance(dim, str) and _BATCH.search(dim) is not None


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every sequence layer whose batch_first is not what arrives."""
    for site in context.of(PORTS):
        port = PORTS[site.node.spec]
        arriving, says_first = site.symbolic.get(port), bool(site.value("batch_first"))
        if arriving is None or not arriving.shape:  # torch refuses a single number itself
            continue
        first, *others = map(holds_batch, arriving.shape)
        is_mixed = len(others) == 2 and first != others[0] and first != says_first
        if is_mixed and not _is_told(site, context):
            told = samples_repeated.repeated(site, port, context)
            mixed = _mixed(site, port, says_first, arriving.shape)
            yield mixed if told is None else replace(told, severity="warning")
        is_refused = not arriving.dtype.startswith(("float", "bfloat"))  # numbers of words
        if len(others) == 1 and first and site.node.spec in ALONE and not is_refused:
            yield _alone(site, port, says_first)


def _is_told(site: Site, context: Context) -> bool:
    """Whether a loss is told of a layer that reads a last state, with the wire that mends it."""
    return site.node.spec in state_for_steps.READING and any(
        other.node.spec.endswith("Loss") and state_for_steps.reading(other, context) is site
        for other in context.sites.values()
    )


def _mixed(site: Site, port: str, says_first: bool, shape: tuple[Dim, ...]) -> Diagnosis:
    batch, time = (1, 0) if says_first else (0, 1)
    message = (
        f"{title(site)} {label(site)} has batch_first {says_first}, so that it takes axis {batch} "
        f"of {site.shown(port)} ({shape[batch]}) for the steps of a sequence and axis {time} "
        f"({shape[time]}) for the samples. Axis {batch} is the batch: the samples get mixed."
    )
    proposals = (set_to(site, "batch_first", not says_first),)
    return Diagnosis(CODE, "warning", site.address, message, "batch_first", port, proposals)


def _alone(site: Site, port: str, says_first: bool) -> Diagnosis:
    message = (
        f"{title(site)} {label(site)} gets {site.shown(port)}, which it takes for one sequence "
        "without a batch: the samples are its steps, and get mixed. A batch of sequences has 3 "
        "axes."
    )
    words = "Make every sample a sequence of one step"
    step = insert(site, port, "Tensor.unsqueeze", {"dim": 1 if says_first else 0}, words)
    return Diagnosis(CODE, "warning", site.address, message, "", port, (step,))
