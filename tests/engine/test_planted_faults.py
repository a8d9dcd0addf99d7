"""Faults that are planted in what the judge knows are found by the random graphs."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from tests.engine.differential import DISAGREEING, compare, comparisons
from tests.engine.faults import FAULTS

FIRST, MOST = 1400, 600
FOUND_AT = {
    "shapes": 1495,
    "dtypes": 1002,
    "recurrence": 1643,
    "targets": 1522,
    "gradients": 1000,
    "optimizers": 1015,
}
"""For each fault a seed that finds it, so that one can see it at once."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_shows(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = FOUND_AT[fault]
    sound = compare(Judge(), seed)
    assert sound.word not in DISAGREEING, sound.text()
    FAULTS[fault](monkeypatch)
    assert compare(Judge(), seed).word in DISAGREEING


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_random_search_finds_a_planted_fault(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    FAULTS[fault](monkeypatch)
    found = (c for c in comparisons(FIRST, MOST) if c.word in DISAGREEING)
    first = next(found, None)
    assert first is not None, f"{MOST} graphs show nothing of it"
    monkeypatch.undo()
    sound = compare(Judge(), first.seed)
    assert sound.word not in DISAGREEING, sound.text()
