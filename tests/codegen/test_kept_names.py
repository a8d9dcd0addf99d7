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
    assert "        skip = self.one(x)" in kept_for("skip")


def test_a_word_that_says_nothing_is_no_name() -> None:
    assert "        residual = self.one(x)" in kept_for("x")


def test_several_values_that_are_kept_for_later_are_numbered_from_the_start() -> None:
    main, last = Drawing().add("a", "io.input", shape=["=B", 4]), "a"
    for name in ("one", "two", "three", "four", "five", "six", "seven", "eight"):
        last = main.add(name, "nn.Linear", last, _name=name, out_features=4) and name
    main.add("in", "torch.cat", {"tensors[0]": "four", "tensors[1]": "eight"}, dim=1)
    main.add("nine", "nn.Linear", "in", _name="nine", out_features=4)
    main.add("out", "torch.cat", {"tensors[0]": "one", "tensors[1]": "nine"}, dim=1)
    text = check(main.add("y", "io.output", "out").project()).source.text
    assert "skip1 = self.one(x)" in text
    assert "skip2 = self.four(" in text
    assert " = x\n" not in text


def test_what_an_attention_reads_twice_leaves_the_value_beside_it_its_name() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 3, 4], _name="x")
    main.add("norm", "nn.LayerNorm", "a", normalized_shape=4)
    main.add("mul", "op.matmul", {"input": "norm", "other": "turned"})
    main.add("turned", "Tensor.transpose", "norm", dim0=1, dim1=2)
    main.add("mix", "op.matmul", {"input": "mul", "other": "norm"})
    main.add("sum", "op.add", {"input": "a", "other": "mix"})
    main.add("square", "op.mul", {"input": "sum", "other": "sum"}).add("y", "io.output", "square")
    check(main.project())
    twice = Drawing().add("a", "io.input", shape=["=B", 3, 4], _name="x")
    twice.add("norm", "nn.LayerNorm", "a", normalized_shape=4)
    twice.add("join", "torch.cat", {"tensors[0]": "norm", "tensors[1]": "norm"}, dim=1)
    twice.add("wide", "torch.cat", {"tensors[0]": "a", "tensors[1]": "join"}, dim=1)
    text = check(twice.add("y", "io.output", "wide").project()).source.text
    assert "normed = self.norm(x)" in text
    assert "torch.cat([normed, normed], dim=1)" in text
