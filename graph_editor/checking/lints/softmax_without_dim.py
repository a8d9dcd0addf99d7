"""A softmax that is not told along which axis.

What it does: finds softmax layers without `dim`, for which torch guesses: the first axis of tensors
with 1 or 3 axes, the second of all others.

Why it matters: torch warns, and means to stop guessing. With 3 axes the guess is the batch, so that
samples take probability from each other.

Example: `Softmax()` on `B×16×24`: along the batch.
Better: `Softmax(dim=-1)`.

Fix: writes the guess down, or names the last axis; of one score for each step the steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.words import label, sizes, title

CODE = "softmax-without-dim"
GUESSING = frozenset(
    {"nn.Softmax", "nn.LogSoftmax", "nn.Softmin", "F.softmax", "F.log_softmax", "F.softmin"}
)


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every softmax for which torch guesses an axis."""
    for site in context.of(GUESSING):
        if site.value("dim") is None:
            arriving = sizes(site, "input")
            if arriving:
                yield _diagnosis(site, arriving)


def _diagnosis(site: Site, arriving: tuple[int, ...]) -> Diagnosis:
    rank = len(arriving)
    guess = guessed(rank)
    batch = ", which is the batch" if guess == 0 and rank > 1 else ""
    message = (
        f"{title(site)} {label(site)} is not told along which axis of {site.shown('input')}: "
        f"torch warns, and guesses axis {guess}{batch}."
    )
    kept, last = set_to(site, "dim", guess), set_to(site, "dim", _last(arriving))
    proposals = (kept,) if guess == rank - 1 else (last, kept) if batch else (kept, last)
    return Diagnosis(CODE, "warning", site.address, message, "dim", "", proposals)


def _last(arriving: tuple[int, ...]) -> int:
    """Return the last axis; of scores for each step, as ``B×T×1``, that of the steps."""
    single = len(arriving) == 3 and arriving[-1] == 1 and arriving[1] > 1
    return 1 if single else -1


def guessed(rank: int) -> int:
    """Return the axis that torch takes for a tensor with this many axes."""
    return 0 if rank in (0, 1, 3) else 1
