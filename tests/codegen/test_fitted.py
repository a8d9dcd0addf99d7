"""Classes whose inferred parameters follow the parameters of the class."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from app.engine.judge import Judge
from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import BlockId, Expr, FrozenMap, Parameter, Project, Repeat
from tests.codegen.drawings import INT64, Drawing
from tests.codegen.sameness import check


def classes(project: Project) -> tuple[str, dict[str, Any]]:
    """Return the text of model.py and what it defines."""
    verdict = Judge().judge(project, fixes=False)
    assert not verdict.has_errors
    text = write_model(project, specs_of(project), verdict)
    check(project, verdict)
    names: dict[str, Any] = {"__name__": "model"}
    exec(compile(text.source.text, "model.py", "exec"), names)  # noqa: S102  # what it is about
    return text.source.text, names


def residual(given: dict[str, Any]) -> Project:
    """Return a net with a residual block without, and one with, a projection."""
    shown = Expr("stride != 1 or cin != cout")
    inner = Drawing().add("x", "io.input", shape=["=B", "=cin", "=H", "=W"])
    sizes = {"out_channels": "=cout", "stride": "=stride"}
    inner.add("c", "nn.Conv2d", "x", kernel_size=3, padding=1, **sizes)
    inner.add("n", "nn.BatchNorm2d", "c")
    inner.add("p", "nn.Conv2d", "x", kernel_size=1, **sizes, _when=shown)
    inner.add("s", "op.add", {"input": "n", "other": "p"}).add("y", "io.output", "s")
    parameters = (Parameter("cin", "int"), Parameter("cout", "int"), Parameter("stride", "int", 1))
    outer = Drawing().add("image", "io.input", shape=["=B", 16, 8, 8])
    outer.add("one", "block.basic", {"x": "image"}, cout=16, **given)
    outer.add("two", "block.basic", {"x": "one.y"}, cout=32, stride=2, **given)
    outer.add("out", "io.output", "two.y")
    return outer.project(basic=inner.block("Basic block", parameters))


@pytest.mark.parametrize("given", [{}, {"cin": 16}])
def test_a_projection_that_only_some_blocks_have_follows_their_parameters(given: Any) -> None:
    text, names = classes(residual(given))
    assert "nn.Conv2d(cin, cout, 1, stride=stride)" in text
    block = names["BasicBlock"]
    image = torch.zeros(2, 4, 6, 6)
    assert block(4, 4)(image).shape == (2, 4, 6, 6)
    assert block(4, 8, stride=2)(image).shape == (2, 8, 3, 3)


def small_gpt() -> Project:
    """Return a transformer in which every size follows a parameter of the main graph."""
    part = Drawing().add("x", "io.input", shape=["=B", "=T", "=dim"])
    part.add("qkv", "nn.Linear", "x", out_features="=3 * dim")
    part.add("ch", "torch.chunk", "qkv", chunks=3, dim=-1)
    for index, name in enumerate("qkv"):
        sizes = ["=B", "=T", "=heads", "=dim // heads"]
        part.add(f"{name}v", "Tensor.view", {"input": f"ch.chunks[{index}]"}, args=sizes)
        part.add(f"{name}t", "Tensor.transpose", f"{name}v", dim0=1, dim1=2)
    wires = {"query": "qt", "key": "kt", "value": "vt"}
    part.add("sdpa", "F.scaled_dot_product_attention", wires, is_causal=True)
    part.add("tr", "Tensor.transpose", "sdpa", dim0=1, dim1=2)
    part.add("rs", "Tensor.reshape", "tr", args=["=B", "=T", "=dim"])
    part.add("proj", "nn.Linear", "rs", out_features="=dim").add("y", "io.output", "proj")
    layer = Drawing().add("x", "io.input", shape=["=B", "=T", "=dim"]).add("n", "nn.LayerNorm", "x")
    layer.add("att", "block.attention", {"x": "n"}, heads="=heads")
    layer.add("add", "op.add", {"input": "x", "other": "att.y"})
    layer.add("up", "nn.Linear", "add", out_features="=4 * dim")
    layer.add("down", "nn.Linear", "up", out_features="=dim").add("y", "io.output", "down")
    main = Drawing().add("tokens", "io.input", shape=["=B", "=T"], dtype=INT64)
    main.add("embed", "nn.Embedding", "tokens", num_embeddings=65, embedding_dim="=dim")
    main.add("blocks", "block.layer", {"x": "embed"}, heads=4, _repeat=Repeat(Expr("depth")))
    main.add("norm", "nn.LayerNorm", "blocks.y")
    main.add("head", "nn.Linear", "norm", out_features=65, bias=False)
    main.add("logits", "io.output", "head")
    parameters = (Parameter("dim", "int", 32), Parameter("depth", "int", 3))
    sizes_of = (Parameter("dim", "int"), Parameter("heads", "int", 4))
    blocks = {
        BlockId("attention"): part.block("Attention", sizes_of),
        BlockId("layer"): layer.block("Layer", sizes_of),
    }
    return Project(main.block("Small GPT", parameters), FrozenMap(blocks))


def test_a_transformer_is_built_with_other_sizes() -> None:
    text, names = classes(small_gpt())
    assert "Layer(dim" in text
    assert "nn.LayerNorm(dim)" in text
    model = names["SmallGPT"](dim=64, depth=2)
    assert model(torch.zeros(2, 5, dtype=torch.int64)).shape == (2, 5, 65)
    norms = [m for m in model.modules() if isinstance(m, torch.nn.LayerNorm)]
    assert [norm.normalized_shape for norm in norms] == [(64,)] * 3


def perceptron(**given: Any) -> Project:
    """Return two linear layers, the first as wide as the parameter ``hidden``."""
    drawing = Drawing().add("x", "io.input", shape=["=B", 5])
    drawing.add("a", "nn.Linear", "x", out_features="=hidden").add("r", "nn.ReLU", "a")
    drawing.add("b", "nn.Linear", "r", out_features=3, **given).add("o", "io.output", "b")
    return Project(drawing.block("Par", (Parameter("hidden", "int", 16),)))


def test_sizes_follow_the_parameters_of_the_main_graph() -> None:
    text, names = classes(perceptron())
    assert "nn.Linear(hidden, 3)" in text
    assert "nn.Linear(5, hidden)" in text
    assert names["Par"](hidden=32)(torch.zeros(2, 5)).shape == (2, 3)


def test_a_block_without_parameters_is_told_what_follows_mains() -> None:
    inner = Drawing().add("x", "io.input", shape=["=B", "=n"])
    inner.add("l", "nn.Linear", "x", out_features=3).add("y", "io.output", "l")
    outer = Drawing().add("x", "io.input", shape=["=B", 5])
    outer.add("a", "nn.Linear", "x", out_features="=2 * hidden")
    outer.add("one", "block.head", {"x": "a"}).add("two", "block.head", {"x": "one.y"})
    main = outer.add("o", "io.output", "two.y").block("Par", (Parameter("hidden", "int", 8),))
    _, names = classes(Project(main, FrozenMap({BlockId("head"): inner.block("Head")})))
    assert names["Par"](hidden=32)(torch.zeros(2, 5)).shape == (2, 3)
