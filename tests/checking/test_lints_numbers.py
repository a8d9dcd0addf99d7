"""What lints of numbers say of several layers at once."""

from __future__ import annotations

from graph_editor.document.model import RuleId
from tests.checking.drawings import FLAT, HEAD, codes, cured, drawing, judged, one, with_node
from tests.checking.lint_cases_numbers import FIRST
from tests.checking.numbered import CONV, inside


def test_biases_before_norms_are_named_together_and_cured_together() -> None:
    again = (("conv2", *CONV[1:]), ("norm2", "nn.BatchNorm2d", {}))
    made = drawing(CONV, ("norm", "nn.BatchNorm2d", {}), *again, FLAT, HEAD)
    found = one(judged(made), "bias-before-norm")
    assert (found.node, "1 other layer." in found.message) == ("conv", True)
    assert codes(cured(made, found, "Set bias to False in all 2 layers")) == []
    quiet = with_node(made, "conv", silence=(RuleId("bias-before-norm"),))
    left = one(judged(quiet), "bias-before-norm")
    assert (left.node, "other" in left.message) == ("conv2", False)


def test_what_is_wrong_in_a_block_is_said_once() -> None:
    twice = judged(inside(FIRST, ("b", "nn.BatchNorm1d", {}), uses=2))
    assert one(twice, "bias-before-norm").node == "stage0/a"
