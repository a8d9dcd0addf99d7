"""Written modules are the drawings: imported apart from us, run, and compared bit for bit."""

from __future__ import annotations

import pytest

from tests.codegen import proof


def test_random_drawings() -> None:
    findings = proof.search(range(3000, 3060))
    assert findings.faults == []
    assert findings.counts["same"] >= 25


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_two_thousand_random_drawings(part: int) -> None:
    first = 100_000 + 850 * part
    findings = proof.search(range(first, first + 850))
    assert findings.faults == []
    assert findings.counts["same"] >= 500
