"""Readers of texts whose letters have no places, which learn nothing, and torch says nothing."""

from __future__ import annotations

from tests.checking.lint_cases_letters import LOG, SOFTMAX, spoken
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
]  # fmt: skip
