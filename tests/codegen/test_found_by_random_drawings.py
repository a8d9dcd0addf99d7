"""What random drawings showed to be written wrongly once."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from codegen.model import write_model
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Address, At, Expr, NodeId, Project, Repeat, Weights
from tests.codegen.drawings import Drawing
from tests.codegen.sameness import check


def judged(project: Project) -> str:
    """Return model.py, written upon the verdict of the judge itself, and held to the drawing."""
    return check(project, Judge().judge(project)).source.text


def test_a_copy_that_reads_the_same_value_twice_replaces_it_only_where_it_is_carried() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 5])
    main.add("s", "torch.sin", "a")
    main.add("r", "op.sub", {"input": "s", "other": "s"}, _repeat=Repeat(3))
    assert "for _ in range(3):" in judged(main.add("o", "io.output", "r").project())


def test_a_value_is_not_kept_under_a_name_that_the_same_line_reads() -> None:
    block = Drawing().add("in0", "io.input").add("s", "op.setitem", "in0", index=0, value=1.0)
    block.add("out0", "io.output", "s")
    main = Drawing().add("a", "io.input", shape=["=B", 3])
    main.add("part", "block.part", {"in0": "a"}, _repeat=Repeat(2))
    main.add("less", "op.sub", {"input": "part.out0", "other": "a"})
    main.add("head", "nn.Linear", "less", out_features=4).add("wide", "torch.sin", "part.out0")
    main.add("sum", "torch.cumsum", "less", dim=1)
    main.add("y", "io.output", "head").add("z", "io.output", "wide").add("w", "io.output", "sum")
    judged(main.project(part=block.block("Part")))


def test_an_assignment_that_is_made_while_training() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 3]).add("s", "torch.sin", "a")
    main.add("set", "op.setitem", "s", index=0, value=2.0, _when=Expr("training"))
    text = judged(main.add("o", "io.output", "set").add("p", "io.output", "s").project())
    assert "if self.training:" in text


def test_copies_that_need_other_sizes_are_refused_by_name() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 3])
    main.add("r", "nn.Linear", "a", out_features=4, _repeat=Repeat(2)).add("o", "io.output", "r")
    project = main.project()
    with pytest.raises(CannotWrite, match="in_features is another in every copy"):
        write_model(project, specs_of(project), Judge().judge(project))


def test_a_weight_inside_a_module_of_torch() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 5, 4])
    wires = {"query": "a", "key": "a", "value": "a"}
    main.add("m", "nn.MultiheadAttention", wires, num_heads=2, batch_first=True)
    main.add("w", "param.of", of=At("m"), parameter="out_proj.weight")  # type: ignore[arg-type]  # an address
    main.add("x", "op.matmul", {"input": "m.attn_output", "other": "w"})
    assert ".out_proj.weight" in judged(main.add("o", "io.output", "x").project())


def test_a_norm_without_a_bias() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 4, 6])
    main.add("n", "nn.BatchNorm1d", "a", bias=False)
    main.add("g", "nn.GroupNorm", "n", num_groups=2, bias=False)
    judged(main.add("o", "io.output", "g").project())


def test_a_model_with_many_results() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 4])
    for place in range(9):
        main.add(f"s{place}", "torch.sin", "a").add(f"o{place}", "io.output", f"s{place}")
    text = judged(main.project())
    assert "tuple[torch.Tensor, ...]" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_block_without_an_output_is_refused_by_name() -> None:
    block = Drawing().add("x", "io.input", shape=["=B", 4]).add("r", "nn.ReLU", "x")
    main = Drawing().add("a", "io.input", shape=["=B", 4]).add("b", "block.part", {"x": "a"})
    main.add("s", "torch.sin", "b.y").add("o", "io.output", "s")
    project = main.project(part=block.block("Part"))
    with pytest.raises(CannotWrite):
        write_model(project, specs_of(project), Judge().judge(project))


def test_a_condition_on_the_number_of_samples() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 3])
    main.add("l", "nn.Linear", "a", out_features=3, _when=Expr("B > 2"))
    text = judged(main.add("o", "io.output", "l").project())
    assert "self.linear(x) if batch > 2 else x" in text


def test_an_assignment_that_is_repeated() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 3])
    main.add("never", "op.setitem", "a", index=0, value=1.0, _repeat=Repeat(0))
    main.add("each", "op.setitem", "never", index=("=i", 0), value="=i * 2", _repeat=Repeat(2))
    main.add("o", "io.output", "never").add("p", "io.output", "each")
    text = judged(main.project())
    assert "for _ in range(0):" in text
    assert "for i in range(2):" in text


def test_a_second_call_gives_what_the_module_is_made_to_give() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 2, 8, 8])
    main.add("pool", "nn.MaxPool2d", "a", kernel_size=2, return_indices=True)
    main.add("again", "nn.MaxPool2d", "pool.output", _weights=Weights(same_as="pool"))
    main.add("o", "io.output", "again.output").add("p", "io.output", "again.indices")
    assert judged(main.project()).count("self.pool(") == 2


def test_a_second_call_says_itself_how_it_is_called() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 5, 4])
    wires = {"query": "a", "key": "a", "value": "a"}
    main.add("m", "nn.MultiheadAttention", wires, num_heads=2, need_weights=False)
    main.add("again", "nn.MultiheadAttention", wires, _weights=Weights(same_as="m"))
    main.add("o", "io.output", "m.attn_output").add("p", "io.output", "again.attn_output_weights")
    assert judged(main.project()).count("need_weights=False") == 1


def test_a_layer_that_is_off_for_good_asks_for_no_size() -> None:
    block = Drawing().add("x", "io.input", shape=["=N", "=M", 4])
    block.add("off", "nn.Linear", "x", out_features=4, _when=Expr("1 > 2"))
    block.add("y", "io.output", "off")
    main = Drawing().add("a", "io.input", shape=["=B", 3, 4])
    for name in ("one", "two"):
        main.add(name, "block.part", {"x": "a"}).add(f"{name}_out", "io.output", f"{name}.y")
    assert "Linear" not in judged(main.project(part=block.block("Part")))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ({"end": 60, "step": 10}, "torch.arange(0, 60, 10, device=x.device)"),
        ({"start": 0, "end": 60, "step": 10}, "torch.arange(0, 60, 10, device=x.device)"),
        ({"start": 0, "end": 6, "step": 1}, "torch.arange(6, device=x.device)"),
        ({"start": 2, "end": 6}, "torch.arange(2, 6, device=x.device)"),
    ],
)
def test_a_range_with_a_step_says_where_it_starts(said: dict[str, int], written: str) -> None:
    drawing = Drawing().add("x", "io.input", shape=["=B", 6])
    drawing.add("p", "torch.arange", **said).add("t", "torch.sum", "p")
    drawing.add("m", "op.mul", {"input": "x", "other": "t"}).add("y", "io.output", "m")
    project = drawing.project()
    assert written in check(project).source.text
    assert not Judge().judge(project).diagnostics


def test_what_calls_the_layer_of_a_copy_outside_the_model_is_refused() -> None:
    """The copy follows other weights, so that no layer of the model's own stands for it."""
    main = Drawing().add("a", "io.input", shape=["=B", 3]).add("b", "io.input", shape=["=B", 3])
    main.add("own", "nn.Linear", "a", out_features=3)
    main.add("slow", "nn.Linear", "a", out_features=3, _weights=Weights(follows=Address("own")))
    main.add("again", "nn.Linear", "b", _weights=Weights(same_as=NodeId("slow")))
    main.add("y", "io.output", "own").add("z", "io.output", "again")
    project = main.project()
    with pytest.raises(CannotWrite, match="a shadow that follows other weights") as refused:
        write_model(project, specs_of(project), Judge().judge(project))
    assert refused.value.node == "again"
