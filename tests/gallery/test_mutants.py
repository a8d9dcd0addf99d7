"""The written tests of the gallery notice what is broken in the written models."""

from __future__ import annotations

import pytest

from tests.gallery.mutants import Mutant, run

MOST = 16
"""Mutants of each template; ``python -m tests.gallery.mutants`` tries all of all."""
LEAST = 0.75
"""What part of them is noticed; nobody sees in a shape or a gradient that an activation is gone."""
NEVER_MISSED = ("call dropped", "layer dropped", "mask", "thawed", "untied")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gan", "mini_gpt", "seq2seq", "transfer_learning", "vae"])
def test_the_written_tests_notice_what_is_broken(name: str) -> None:
    found = run(name, MOST)
    missed = [mutant for mutant, test in found if not test and not _is_the_same(mutant)]
    assert len(missed) <= (1 - LEAST) * len(found), missed
    assert not [mutant for mutant in missed if mutant.kind in NEVER_MISSED]


def _is_the_same(mutant: Mutant) -> bool:
    """Whether a mutant does the same: what is frozen or drawn once has no gradient to lose."""
    return mutant.kind == "detached" and "requires_grad_" in mutant.text
