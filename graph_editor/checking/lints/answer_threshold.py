"""A binary accuracy that draws its line where no answers lie, or where another scale has it.

What it does: follows the input of a `binary_accuracy` back. Behind a sigmoid, a threshold of 0 or
less, or of 1 or more, has all answers on one side. Scores that a loss with a sigmoid of its own
reads too are compared with a threshold of 0.5, which belongs to probabilities.

Why it matters: the metric counts as a yes what lies above its threshold. With all on one side it
says how many of the labels are 1, whatever the network has learnt; with 0.5 on scores it calls an
answer of 0.6 in probability a no. Nothing fails.

Example: `Linear → Sigmoid → binary_accuracy` with `threshold=0.0`.
Better: `threshold=0.5`; 0 for scores without a sigmoid.

Fix: sets the threshold.
"""

from __future__ import annotations

from collections.abc import Iterator

from graph_editor.checking.failure import Context, Diagnosis, Site
from graph_editor.checking.proposals import set_to
from graph_editor.checking.verdict import Severity
from graph_editor.checking.walk import TRANSPARENT, chain_before, source_of
from graph_editor.checking.words import label, title

CODE = "answer-threshold"
METRIC = "metric.binary_accuracy"
CURVES = frozenset({"nn.Sigmoid", "torch.sigmoid"})
LOSSES = ("nn.BCEWithLogitsLoss", "nn.MultiLabelSoftMarginLoss")
HALF = 0.5


def check(context: Context) -> Iterator[Diagnosis]:
    """Yield every binary accuracy whose threshold is on another scale than its input."""
    for site in context.of((METRIC,)):
        said = site.value("threshold")
        if isinstance(said, bool) or not isinstance(said, int | float):
            continue
        *_, maker = (None, *chain_before(site, "input", context, TRANSPARENT))
        if maker is not None and maker.node.spec in CURVES:
            if said <= 0 or said >= 1:
                yield _of_shares(site, maker, float(said))
        elif said == HALF:
            yield from _of_scores(site, context)


def _of_shares(site: Site, maker: Site, said: float) -> Diagnosis:
    message = (
        f"threshold of {title(site)} {label(site)} is {said:g}, and {title(maker)} {label(maker)} "
        f"gives it numbers between 0 and 1 ({site.shown('input')}): every answer counts as "
        f"{'yes' if said <= 0 else 'no'}."
    )
    return _diagnosis(site, message, HALF)


def _of_scores(site: Site, context: Context) -> Iterator[Diagnosis]:
    """Speak of scores that a loss takes as such, by the very output that both read."""
    source = source_of(site, "input", context)
    for loss in context.of(LOSSES):
        if source is None or source_of(loss, "input", context) != source:
            continue
        message = (
            f"threshold of {title(site)} {label(site)} is 0.5, and it gets scores, as "
            f"{title(loss)} {label(loss)} does ({site.shown('input')}): a score of 0.5 is a "
            "probability of 0.62, and one of 0 is an even chance."
        )
        yield _diagnosis(site, message, 0.0, "info")  # it may be meant to be sure of a yes
        return


def _diagnosis(
    site: Site, message: str, better: float, severity: Severity = "warning"
) -> Diagnosis:
    proposals = (set_to(site, "threshold", better),)
    return Diagnosis(CODE, severity, site.address, message, "threshold", "", proposals)
