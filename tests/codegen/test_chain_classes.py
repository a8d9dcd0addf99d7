"""Blocks that are one chain: classes that are a Sequential, with the keys that go with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from codegen.model import write_model
from codegen.model_memo import ModelWriter
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.model import Address, NodeId, Parameter, Project, Repeat
from tests.codegen.drawings import Drawing
from tests.codegen.probe import verdict_of
from tests.codegen.sameness import built, check, sample

STAGE = """
    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv2d(3, channels, 3, padding=1),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )


class Net(nn.Module):
"""


def stage() -> Drawing:
    """Return a chain of three layers between an input and an output."""
    return (
        Drawing()
        .add("x", "io.input")
        .add("conv", "nn.Conv2d", "x", out_channels="=channels", kernel_size=3, padding=1)
        .add("bn", "nn.BatchNorm2d", "conv")
        .add("relu", "nn.ReLU", "bn")
        .add("y", "io.output", "relu")
    )


def drawn(inner: Drawing, channels: int = 3, **fields: Any) -> Project:
    """Return a drawing that uses a block between its input and its output."""
    main = (
        Drawing()
        .add("image", "io.input", _name="image", shape=["=B", 3, 8, 8])
        .add("body", "block.stage", {"x": "image"}, channels=channels, **fields)
        .add("features", "io.output", "body.y")
    )
    return main.project(stage=inner.block("Stage", (Parameter("channels", "int"),)))


def test_a_block_that_is_one_chain_is_a_sequential() -> None:
    text = check(drawn(stage(), 5, _name="body"))
    assert "class Stage(nn.Sequential):" in text.source.text
    assert STAGE in text.source.text
    model = built(text)
    assert isinstance(model.body, nn.Sequential)
    assert text.state_map["body.0.weight"] == (Address("body/conv"), "weight")
    assert set(text.state_map) == set(model.state_dict())


def test_every_line_of_it_is_of_the_node_that_it_makes() -> None:
    text = check(drawn(stage()))
    lines = dict(zip(text.source.text.splitlines(), text.source.lines, strict=True))
    assert lines["            nn.BatchNorm2d(channels),"] == "body/bn"


def test_copies_of_it_are_numbered_twice() -> None:
    text = check(drawn(stage(), _repeat=Repeat(2), _name="body"))
    assert text.state_map["body.1.0.bias"] == (Address("body[1]/conv"), "bias")


def test_what_is_frozen_in_it_is_reached_by_its_place() -> None:
    text = check(drawn(stage(), _freeze=("conv",), _name="body"))
    assert "self.body[0].requires_grad_(False)" in text.source.text
    frozen = [key for key, p in built(text).named_parameters() if not p.requires_grad]
    assert frozen == ["body.0.weight", "body.0.bias"]


def test_anything_beside_the_chain_makes_it_a_module_again() -> None:
    named = replace(stage().nodes[NodeId("bn")], name="norm")
    beside = stage()
    beside.nodes[NodeId("bn")] = named
    joined = stage()
    joined.add("sum", "op.add", {"input": "relu", "other": "x"}).add("y", "io.output", "sum")
    for inner in (beside, joined):
        inner.outputs = inner.outputs[:1]
        assert "class Stage(nn.Module):" in check(drawn(inner)).source.text


def test_an_edit_of_a_number_in_it_is_written_as_anew() -> None:
    before = drawn(stage())
    lookup, verdict = specs_of(before), verdict_of(before, sample(before, 2))
    writer = ModelWriter()
    writer.write(before, lookup, verdict)
    after = in_block(before, "stage", lambda g: set_argument(g, NodeId("bn"), "eps", 0.01))
    written = writer.write(after, specs_of(after), verdict)
    assert written.source == write_model(after, specs_of(after), verdict).source
    assert "nn.BatchNorm2d(channels, eps=0.01)," in written.source.text
    assert isinstance(built(written)(torch.rand(2, 3, 8, 8)), torch.Tensor)
