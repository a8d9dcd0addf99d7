"""What an older value is kept under while ``x`` goes on: the word of the block that reads it."""

from __future__ import annotations

from tests.codegen.drawings import Drawing
from tests.codegen.sameness import check


def kept_for(word: str) -> str:
    """Return the code of a value that goes on along a chain and into a block's second input."""
    merge = Drawing().add("x", "io.input", shape=["=B", 4])
    merge.add("other", "io.input", _name=word, shape=["=B", 4])
    merge.add("sum", "op.add", {"input": "x", "other": "other"}).add("y", "io.output", "sum")
    main = Drawing().add("a", "io.input", shape=["=B", 4])
    main.add("one", "nn.Linear", "a", _name="one", out_features=4)
    main.add("two", "nn.Linear", "one", _name="two", out_features=4)
    main.add("wide", "nn.Linear", "two", _name="wide", out_features=8)
    main.add("four", "nn.Linear", "wide", _name="four", out_features=4).add("act", "F.relu", "four")
    main.add("five", "nn.Linear", "act", _name="five", out_features=4)
    main.add("merge", "block.merge", {"x": "five", "other": "one"}).add("y", "io.output", "merge.y")
    return check(main.project(merge=merge.block("Merge"))).source.text


def test_a_value_is_kept_under_the_word_of_the_block_that_reads_it() -> None:
    assert "        skip = x\n" in kept_for("skip")


def test_a_word_that_says_nothing_is_no_name() -> None:
    assert "        residual = x\n" in kept_for("x")
