"""Readers of texts whose letters have no places, which learn nothing, and torch says nothing."""

from __future__ import annotations

from tests.checking.lint_cases_letters import LOG, ROW, SOFTMAX, moved_by, spoken
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import warned

CASES = [
    warned("letters-by-raw-scores", "logits-into-probability-loss", "loss",
           ("log-probabilities", "raw scores", "20×B×11"), "Insert LogSoftmax before it",
           spoken()),
    warned("letters-by-shares", "logits-into-probability-loss", "loss",
           ("log-probabilities", "gives probabilities"), "Use LogSoftmax instead",
           spoken(SOFTMAX)),
    warned("more-letters-than-steps", "targets-too-long", "loss", ("30 labels", "20 steps"), "",
           spoken(LOG, labels=30)),
    warned("some-longer-than-their-steps", "targets-too-long", "loss", ("25 labels", "20 steps"),
           "Set zero_infinity to True", spoken(LOG, labels=30, lengths=25), changes=("loss",)),
    Broken("letters-moved-past-the-blank", "labels-out-of-range", "shift",
           ("from 1 to 11", "11 scores"), "Set out_features of “scores” to 12",
           spoken(LOG, moved=moved_by("op.add", 1))),
    Broken("letters-in-a-row-of-others", "labels-in-a-row", "labels", ("add up to", "5*B"),
           "Set fill_value to 5", spoken(LOG, moved=ROW, said=4)),
]  # fmt: skip
