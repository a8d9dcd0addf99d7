"""The names of values: what is put beside others, what blocks call it, and chains of layers."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Parameter, Repeat
from tests.codegen.drawings import Drawing
from tests.codegen.sameness import check


def forward_of(text: str) -> list[str]:
    """Return the lines of the last class's forward, without shapes."""
    body = text.rpartition("def forward(")[2].splitlines()[1:]
    return [line.partition("  #")[0].strip() for line in body]


def named(name: str) -> dict[str, Any]:
    return {"_name": name}


def two_inputs() -> Drawing:
    """Return a block that adds a memory to a layer of what enters."""
    inner = Drawing().add("x", "io.input", shape=["=B", 4], **named("x"))
    inner.add("memory", "io.input", shape=["=B", 4], **named("memory"))
    inner.add("linear", "nn.Linear", "x", out_features=4)
    inner.add("sum", "op.add", {"input": "linear", "other": "memory"})
    return inner.add("y", "io.output", "sum")


def test_branches_that_are_joined_have_the_names_that_the_user_gave() -> None:
    main = Drawing().add("x", "io.input", shape=["=B", 40], **named("x"))
    for name in ("low", "high"):
        main.add(name, "nn.Linear", "x", out_features=4, **named(name))
        main.add(f"{name}_act", "nn.ReLU", name)
        main.add(f"{name}_twice", "nn.Linear", f"{name}_act", out_features=4)
    main.add("narrow", "nn.Linear", "x", out_features=4, **named("narrow"))
    joined = {f"tensors[{i}]": n for i, n in enumerate(("low_twice", "high_twice", "narrow"))}
    main.add("all", "torch.cat", joined, dim=1).add("y", "io.output", "all")
    lines = forward_of(check(main.project()).source.text)
    assert any(line.startswith("narrow = self.narrow(") for line in lines)


def test_a_named_operation_keeps_its_name_and_a_layer_in_a_chain_does_not() -> None:
    main = Drawing().add("x", "io.input", shape=["=B", 6], **named("x"))
    main.add("first", "nn.Linear", "x", out_features=6, **named("first"))
    main.add("twice", "op.mul", "first", other=2.0, **named("twice"))
    main.add("square", "op.mul", {"input": "twice", "other": "twice"})
    main.add("y", "io.output", "square")
    lines = forward_of(check(main.project()).source.text)
    assert lines == ["twice = self.first(x) * 2.0", "return twice * twice"]


def test_what_a_block_calls_its_input_names_what_is_kept_for_it() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6], **named("a"))
    main.add("b", "io.input", shape=["=B", 6], **named("b"))
    main.add("left", "nn.Linear", "a", out_features=4)
    main.add("right", "nn.Linear", "b", out_features=4)
    main.add("r", "block.mix", {"x": "left", "memory": "right"}, _repeat=Repeat(2))
    main.add("o", "io.output", "r.y")
    text = check(main.project(mix=two_inputs().block("Mix"))).source.text
    assert "        memory = self." in text
    assert "x = block(x, memory)" in text


def test_a_count_that_forward_does_not_read_is_not_kept() -> None:
    stack = Drawing().add("x", "io.input", shape=["=B", 4], **named("x"))
    stack.add("memory", "io.input", shape=["=B", 4], **named("memory"))
    stack.add("r", "block.mix", {"x": "x", "memory": "memory"}, _repeat=Repeat(Expr("depth")))
    stack.add("y", "io.output", "r.y")
    main = Drawing().add("a", "io.input", shape=["=B", 4], **named("a"))
    main.add("s", "block.stack", {"x": "a", "memory": "a"}, depth=3).add("o", "io.output", "s.y")
    blocks = {
        "mix": two_inputs().block("Mix"),
        "stack": stack.block("Stack", (Parameter("depth", "int"),)),
    }
    text = check(main.project(**blocks)).source.text
    assert "for _ in range(depth)" in text
    assert "self.depth" not in text


def test_linear_layers_beside_others_are_an_mlp() -> None:
    main = Drawing().add("x", "io.input", shape=["=B", 6], **named("x"))
    main.add("norm", "nn.LayerNorm", "x", **named("norm"))
    main.add("up", "nn.Linear", "norm", out_features=12).add("act", "nn.GELU", "up")
    main.add("down", "nn.Linear", "act", out_features=6)
    main.add("sum", "op.add", {"input": "x", "other": "down"}).add("y", "io.output", "sum")
    assert "return x + self.mlp(self.norm(x))" in check(main.project()).source.text
