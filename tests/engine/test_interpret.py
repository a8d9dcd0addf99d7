"""The direct interpreter against the same network written by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from app.engine.execute import CannotExecute
from app.engine.interpret import Interpreter
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, At, Expr, FrozenMap, Parameter, Repeat, Weights
from tests.codegen.drawings import Drawing


def run(drawing: Drawing, **inputs: torch.Tensor) -> tuple[Interpreter, dict[str, Any]]:
    made = Interpreter(drawing.project(), Verdict(), 0)
    return made, made.forward(inputs)


def linear(key: str, source: str, drawing: Drawing, **fields: Any) -> Drawing:
    return drawing.add(key, "nn.Linear", source, in_features=4, out_features=4, **fields)


def test_a_chain_equals_the_hand_written_net() -> None:
    main = linear("l", "a", Drawing().add("a", "io.input"))
    main.add("r", "nn.ReLU", "l")
    linear("m", "r", main).add("o", "io.output", "m")
    x = torch.randn(3, 4)
    made, found = run(main, a=x)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
    assert torch.equal(found["o"], net(x))
    assert set(made.module.state_dict()) == {"l.weight", "l.bias", "m.weight", "m.bias"}


def test_weights_do_not_depend_on_ids() -> None:
    states = []
    for first, second in (("l", "m"), ("z", "b")):
        main = linear(first, "a", Drawing().add("a", "io.input"))
        linear(second, first, main).add("o", "io.output", second)
        made, _ = run(main, a=torch.zeros(1, 4))
        states.append([made.module.state_dict()[f"{n}.weight"] for n in (first, second)])
    assert all(map(torch.equal, *states))


def test_inferred_parameters_come_from_the_verdict() -> None:
    main = Drawing().add("a", "io.input").add("l", "nn.Linear", "a", out_features=2)
    project = main.add("o", "io.output", "l").project()
    inferred = FrozenMap({Address("l"): FrozenMap({"in_features": 5})})
    made = Interpreter(project, Verdict(inferred=inferred), 0)
    assert made.module.state_dict()["l.weight"].shape == (2, 5)


def test_repeats_own_and_shared() -> None:
    x = torch.randn(2, 4)
    for shared, keys in ((False, {"l[0].weight", "l[1].weight"}), (True, {"l.weight"})):
        main = Drawing().add("a", "io.input")
        repeat = Repeat(2, shared=shared)
        linear("l", "a", main, bias=False, _repeat=repeat).add("o", "io.output", "l")
        made, found = run(main, a=x)
        state = made.module.state_dict()
        assert set(state) == keys
        expected = x
        for copy in range(2):
            expected = expected @ state["l.weight" if shared else f"l[{copy}].weight"].T
        torch.testing.assert_close(found["o"], expected)


def test_same_as_ties_and_freeze() -> None:
    main = linear("l", "a", Drawing().add("a", "io.input"), _freeze=(".",))
    linear("m", "l", main, _weights=Weights(same_as="l"))  # type: ignore[arg-type]  # an id
    linear("n", "m", main).add("o", "io.output", "n")
    made = Interpreter(main.project(ties={"n.bias": "l.bias"}), Verdict(), 0)
    assert "m.weight" not in made.module.state_dict()
    assert made.owned["n"].bias is made.owned["l"].bias
    assert not made.owned["l"].weight.requires_grad
    assert made.owned["n"].weight.requires_grad


def test_when_follows_the_mode_and_the_parameters() -> None:
    block = Drawing().add("x", "io.input", shape=["=B", "=n"])
    linear("l", "x", block, _when=Expr("wide")).add("y", "io.output", "l")
    inner = block.block("Maybe", (Parameter("wide", "bool", False),))
    main = Drawing().add("a", "io.input").add("on", "block.maybe", {"x": "a"}, wide=True)
    main.add("off", "block.maybe", {"x": "on.y"})
    main.add("twice", "op.mul", "off.y", other=2.0, _when=Expr("training"))
    main.add("o", "io.output", "twice")
    made = Interpreter(main.project(maybe=inner), Verdict(), 0)
    assert set(made.module.state_dict()) == {"on/l.weight", "on/l.bias"}
    x = torch.randn(2, 4)
    training = made.forward({"a": x})["o"]
    made.module.eval()
    assert torch.equal(training, 2 * made.forward({"a": x})["o"])


def test_named_sizes_and_weights_as_values() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", "=T"])
    main.add("q", "param.of", of=At(Address("l")), parameter="weight")
    main.add("v", "Tensor.reshape", "a", args=(Expr("T"), Expr("B")))
    linear("l", "v", main)
    main.add("s", "op.add", {"input": "l", "other": "q"}).add("o", "io.output", "s")
    made, found = run(main, a=torch.arange(16.0).reshape(4, 4))
    weight = made.module.state_dict()["l.weight"]
    expected = made.owned["l"](torch.arange(16.0).reshape(4, 4)) + weight
    assert torch.equal(found["o"], expected)


@pytest.mark.parametrize(
    "fields",
    [
        {"_weights": Weights(follows=Address("a"))},
        {"_repeat": Repeat(2, stack=FrozenMap({"output": 0}))},
    ],
)
def test_what_is_not_supported_is_said(fields: dict[str, Any]) -> None:
    main = linear("l", "a", Drawing().add("a", "io.input"), **fields).add("o", "io.output", "l")
    with pytest.raises(CannotExecute):
        run(main, a=torch.zeros(1, 4))
