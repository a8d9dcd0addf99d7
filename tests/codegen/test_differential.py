"""Generated code is the drawing: the same weights, outputs and gradients, bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.judge import Judge
from graph_editor.document.files import load
from graph_editor.document.model import At, Expr, Parameter, Project, Repeat, Slice, Weights
from tests.codegen.drawings import INT64, Drawing
from tests.codegen.sameness import check

ROOT = Path(__file__).resolve().parents[2]
REFUSED = {  # what has no code yet, or nothing to write
    "arguments", "custom_code", "empty", "gan", "imported", "recurrence", "scan",
    "sizes_and_options", "start_weights", "transfer", "two_towers", "vae", "unknown_fields",
    "unknown_spec", "resnet18",
}  # fmt: skip
WITHOUT_MODEL = ("gan", "conditional_gan")
"""Templates whose blocks are the models: each is trained by itself."""
EXAMPLES, PROJECTS = ROOT / "assets" / "examples", ROOT / "tests" / "projects"
FILES = [
    *sorted(p for p in EXAMPLES.glob("*.netwright") if p.stem not in WITHOUT_MODEL),
    *sorted(p for p in PROJECTS.glob("*.netwright") if p.stem not in REFUSED),
]


LARGE = ("resnet18",)
"""Templates that take seconds to run back and forth."""


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=pytest.mark.slow) if p.stem in LARGE else p for p in FILES],
    ids=lambda p: f"{p.parent.name}-{p.stem}",
)
def test_project(path: Path) -> None:
    project = load(path).project
    check(project, Judge().judge(project) if path.parent.name == "examples" else None)


@pytest.mark.slow
def test_resnet18() -> None:
    check(load(ROOT / "tests" / "projects" / "resnet18.netwright").project)


def residual_block() -> Drawing:
    """Return a block with a residual connection."""
    block = Drawing().add("x", "io.input", shape=["=B", "=width"])
    block.add("norm", "nn.LayerNorm", "x").add("up", "nn.Linear", "norm", out_features="=2 * width")
    block.add("act", "nn.GELU", "up").add("down", "nn.Linear", "act", out_features="=width")
    block.add("drop", "nn.Dropout", "down", p="=p")
    block.add("sum", "op.add", {"input": "x", "other": "drop"})
    return block.add("y", "io.output", "sum")


PARAMETERS = (Parameter("width", "int"), Parameter("p", "float", 0.1))


def test_repeat_with_own_weights_and_the_number_of_the_copy() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("r", "block.res", {"x": "a"}, _repeat=Repeat(3), p="=0.2 * i / n")
    main.add("o", "io.output", "r.y")
    text = check(main.project(res=residual_block().block("Residual", PARAMETERS)))
    assert "for i in range(3)" in text.source.text
    assert "0.2 * i / 3" in text.source.text


def test_repeat_with_shared_weights() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    main.add("r", "block.res", {"x": "a"}, _repeat=Repeat(3, shared=True))
    main.add("o", "io.output", "r.y")
    text = check(main.project(res=residual_block().block("Residual", PARAMETERS)))
    assert "for _ in range(3):" in text.source.text


def test_repeat_carries_several_values() -> None:
    cell = Drawing().add("x", "io.input", shape=["=B", 5]).add("h", "io.input", shape=["=B", 5])
    cell.add("mix", "op.add", {"input": "x", "other": "h"})
    cell.add("lin", "nn.Linear", "mix", out_features=5).add("new", "torch.tanh", "lin")
    cell.add("gate", "op.mul", {"input": "new", "other": "x"})
    cell.add("y", "io.output", "gate").add("again", "io.output", "new", again=At("h"))
    main = Drawing().add("a", "io.input", shape=["=B", 5]).add("b", "io.input", shape=["=B", 5])
    main.add("r", "block.cell", {"x": "a", "h": "b"}, _repeat=Repeat(4))
    main.add("s", "op.add", {"input": "r.y", "other": "b"}).add("o", "io.output", "s")
    assert "nn.ModuleList(" in check(main.project(cell=cell.block("Cell"))).source.text


def test_one_module_called_twice() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", 5]).add("b", "io.input", shape=["=B", 5])
    main.add("f", "nn.Linear", "a", out_features=4)
    main.add("g", "nn.Linear", "b", _weights=Weights(same_as="f"))
    main.add("d", "op.sub", {"input": "f", "other": "g"}).add("o", "io.output", "d")
    assert check(main.project()).source.text.count("nn.Linear(") == 1


def test_ties_and_freezing() -> None:
    main = Drawing().add("t", "io.input", shape=["=B", "=T"], dtype=INT64)
    main.add("e", "nn.Embedding", "t", num_embeddings=9, embedding_dim=4)
    main.add("l", "nn.Linear", "e", out_features=4, _freeze=(".",))
    main.add("h", "nn.Linear", "l", out_features=9, bias=False).add("o", "io.output", "h")
    text = check(main.project(ties={"h.weight": "e.weight"})).source.text
    assert ".weight  # tied" in text
    assert ".requires_grad_(False)" in text


def test_lstm_states_and_attention_weights() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", "=T", 6])
    main.add("l", "nn.LSTM", "a", hidden_size=8, batch_first=True)
    main.add("m", "nn.LSTM", {"input": "l", "hx[0]": "l.h_n", "hx[1]": "l.c_n"},
             hidden_size=8, batch_first=True)  # fmt: skip
    wires = {"query": "m.output", "key": "l.output", "value": "l.output"}
    main.add("t", "nn.MultiheadAttention", wires, num_heads=2, batch_first=True)
    main.add("c", "op.getitem", "m.c_n", index=-1)
    main.add("o", "io.output", "t.attn_output").add("w", "io.output", "t.attn_output_weights")
    main.add("s", "io.output", "c")
    text = check(main.project()).source.text
    assert "output, (h_n, c_n) = self.lstm1(x)" in text


def test_chunks_sizes_slices_and_parameters() -> None:
    main = Drawing().add("a", "io.input", shape=["=B", "=T", 6])
    main.add("p", "param.tensor", shape=[1, 9, 6], init="normal")
    main.add("add", "op.add", {"input": "a", "other": "p2"})
    main.add("p2", "op.getitem", "p", index=(Slice(), Slice(None, Expr("T"))))
    main.add("q", "nn.Linear", "add", out_features=9)
    main.add("k", "torch.chunk", "q", chunks=3, dim=-1)
    wires = {"query": "k.chunks[0]", "key": "k.chunks[1]", "value": "k.chunks[2]"}
    main.add("s", "F.scaled_dot_product_attention", wires).add("o", "io.output", "s")
    text = check(main.project()).source.text
    assert "q, k, v = " in text
    assert "[:, :length]" in text


def test_optional_input_of_a_block() -> None:
    block = Drawing().add("x", "io.input", shape=["=B", "=T", 4])
    block.add("mask", "io.input", optional=True, _name="mask")
    wires = {"query": "x", "key": "x", "value": "x", "attn_mask": "mask"}
    block.add("t", "nn.MultiheadAttention", wires, num_heads=2, batch_first=True)
    block.add("y", "io.output", "t.attn_output")
    main = Drawing().add("a", "io.input", shape=["=B", "=T", 4])
    main.add("m", "io.input", shape=["=T", "=T"])
    main.add("one", "block.att", {"x": "a"}).add("two", "block.att", {"x": "one.y", "mask": "m"})
    main.add("o", "io.output", "two.y")
    text = check(main.project(att=block.block("Attention"))).source.text
    assert "mask: torch.Tensor | None = None" in text


MODULES = (
    ("nn.Linear", {"out_features": 6}), ("nn.ReLU", {}), ("nn.LayerNorm", {}), ("nn.Tanh", {}),
    ("nn.Dropout", {"p": 0.3}), ("nn.BatchNorm1d", {}), ("torch.sin", {}), ("F.relu", {}),
    ("Tensor.neg", {}), ("nn.ReLU", {"inplace": True}), ("block.res", {}), ("nn.Dropout", {}),
)  # fmt: skip


@st.composite
def drawings(draw: st.DrawFn) -> Project:
    """Return a random graph of width 6: chains, branches, joins, chunks, blocks and repeats."""
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    ends = ["a"]
    for index in range(draw(st.integers(1, 14))):
        key = f"n{index}"
        source = draw(st.sampled_from(ends[-3:]))
        kind = draw(st.integers(0, 9))
        if kind < 6:
            spec, args = draw(st.sampled_from(MODULES))
            if spec == "Tensor.neg":
                main.add(key, "op.neg", source)
            elif spec == "block.res":
                repeat = draw(st.sampled_from((None, Repeat(2), Repeat(2, shared=True))))
                main.add(key, spec, {"x": source}, _repeat=repeat)
                key = f"{key}.y"
            elif args.get("inplace"):
                main.add(f"{key}c", "op.mul", source, other=1.5).add(key, spec, f"{key}c", **args)
            else:
                main.add(key, spec, source, **args)
        elif kind == 6:
            other = draw(st.sampled_from(ends))
            main.add(key, draw(st.sampled_from(("op.add", "op.mul"))),
                     {"input": source, "other": other})  # fmt: skip
        elif kind == 7:
            other = draw(st.sampled_from(ends))
            main.add(f"{key}c", "torch.cat", {"tensors[0]": source, "tensors[1]": other}, dim=1)
            main.add(key, "nn.Linear", f"{key}c", out_features=6)
        elif kind == 8:
            main.add(f"{key}k", "torch.chunk", source, chunks=2, dim=1)
            wires = {"tensors[0]": f"{key}k.chunks[1]", "tensors[1]": f"{key}k.chunks[0]"}
            main.add(key, "torch.cat", wires, dim=1)
        else:
            main.add(key, "nn.Dropout", source, p=0.5, _when=Expr("training"))
        ends.append(key)
    main.add("o", "io.output", ends[-1])
    if draw(st.booleans()):
        main.add("z", "io.output", draw(st.sampled_from(ends)))
    return main.project(res=residual_block().block("Residual", PARAMETERS))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(drawings())
def test_random_graphs(project: Project) -> None:
    check(project)
