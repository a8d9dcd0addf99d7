"""Written modules are the drawings: imported apart from us, run, and compared bit for bit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine.judge import Judge
from codegen.written import SourceText
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


PLANTED = {
    "start": ("super().__init__()\n", "super().__init__()\n        torch.rand(1)\n"),
    "result": ("        return ", "        return -1 * "),
}
"""Faults of the writer, by the word of what is found."""


def test_a_planted_fault_is_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = set()
    for word, (old, new) in PLANTED.items():
        for seed in range(3000, 3010):
            case = proof.prepared(seed, Judge(), proof.Findings())
            if case is None or case.text.source.text.count(old) != 1:
                continue
            text = case.text.source.text.replace(old, new)
            source = SourceText(text, case.text.source.lines)
            changed = replace(case, text=replace(case.text, source=source))
            folder = tmp_path_factory.mktemp("planted")
            apart = proof.run_apart([changed], folder)
            if word in proof.compared(changed, apart[case.module]):
                found.add(word)
                break
    assert found == set(PLANTED)
