"""Floating point operations of whole drawings, against torch's counter over the written model."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn as modules
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from codegen.model import write_model
from graph_editor.catalogue.order import regions
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load
from graph_editor.document.model import Expr, Hole, NodeId, Project, Repeat
from tests.checking.drawings import B
from tests.codegen.sameness import built
from tests.corpus import nets
from tests.corpus.form import (
    Feeds,
    Layer,
    flat,
    having,
    linear,
    net,
    nn,
    op,
    shared,
    two,
    with_block,
)
from tests.corpus.valid_torch import judged, one_input
from tests.first_examples import TEMPLATES

BESIDE = {"gan", "conditional_gan"}
"""Templates whose networks all stand beside the model, which has nothing to call."""
EXAMPLES = [path for path in TEMPLATES if path.stem not in BESIDE]
BATCH = 6
IMAGES = (B, 4, 12, 12)
HEADS = (B, 4, 5, 6)
STEPS = {"hidden_size": 6, "batch_first": True}
LAST = op("last", "op.getitem", "r.output", index=(nets.EVERY, -1))


def scored(*layers: Layer, x: tuple[Any, ...], **data: Any) -> Project:
    """Return a classifier whose last layer takes all numbers of a sample."""
    return net(*layers, flat(), linear("fc", 3), x=x, classes=3, **data)


def over_steps(kind: str, **args: Any) -> Project:
    """Return a classifier of sequences by the last step of a recurrent layer."""
    return net(nn("r", kind, **STEPS, **args), LAST, linear("fc", 4), x=nets.SERIES, classes=4)


def product(spec: str, feeds: Feeds, **args: Any) -> Project:
    """Return a classifier by the products of the rows of a layer with each other."""
    turned = op("t", "Tensor.transpose", "a", dim0=1, dim1=2)
    return scored(linear("a", 8), turned, op("m", spec, feeds, **args), x=nets.SERIES)


def attention(**args: Any) -> Project:
    feeds = shared("x", "query", "key", "value")
    return scored(op("mix", "F.scaled_dot_product_attention", feeds, **args), x=HEADS)


def in_a_block(repeat: Repeat) -> Project:
    """Return copies of a block of two layers, one after another."""
    whole = net(
        op("deep", "block.deep", {"x": "x"}), linear("fc", 3, "deep.y"), x=(B, 8), classes=3
    )
    whole = with_block(
        whole,
        "deep",
        op("x", "io.input", {}, shape=(B, 8)),
        linear("wide", 12, "x"),
        linear("back", 8, "wide"),
        op("y", "io.output", "back"),
    )
    return having(whole, "deep", repeat=repeat)


EQUATION, HOLE = "bij,bkj->bik", Hole()
KERNEL = {"out_channels": 6, "kernel_size": 3}
DRAWN: Mapping[str, Project] = {
    "convolution of sequences": scored(nn("c", "Conv1d", **KERNEL), x=(B, 4, 9)),
    "convolutions of images": nets.cnn(),
    "groups, strides, gaps": scored(
        nn("c", "Conv2d", **KERNEL, groups=2, stride=2, dilation=2), x=IMAGES
    ),
    "convolution of volumes": scored(nn("c", "Conv3d", **KERNEL), x=(B, 2, 5, 6, 7)),
    "transposed, sequences": scored(nn("c", "ConvTranspose1d", **KERNEL, stride=2), x=(B, 4, 9)),
    "transposed, images": nets.autoencoder(),
    "transposed, volumes": scored(
        nn("c", "ConvTranspose3d", **KERNEL, groups=2), x=(B, 4, 3, 4, 5)
    ),
    "linear": nets.mlp(),
    "linear, step by step": scored(linear("a", 8), x=nets.SERIES),
    "bilinear": net(
        nn("b", "Bilinear", shared("x", "input1", "input2"), out_features=4),
        linear("fc", 3),
        x=(B, 5),
        classes=3,
    ),
    "bmm": product("torch.bmm", {"input": "a", "mat2": "t"}),
    "matmul": product("op.matmul", two("a", "t")),
    "einsum": product(
        "torch.einsum", {"args[1]": "a", "args[2]": "a"}, args=(EQUATION, HOLE, HOLE)
    ),
    "attention": attention(),
    "attention, causal": attention(is_causal=True),
    "attention, a layer": nets.multihead(),
    "attention, a transformer": nets.transformer(),
    "attention, patches": nets.vit(),
    "LSTM": over_steps("LSTM"),
    "LSTM, deep and both ways": over_steps("LSTM", num_layers=2, bidirectional=True),
    "LSTM, projected": over_steps("LSTM", proj_size=3),
    "GRU": over_steps("GRU", num_layers=2, bidirectional=True),
    "RNN": over_steps("RNN"),
    "GRU, a step": net(nn("c", "GRUCell", hidden_size=6), linear("fc", 4), x=(B, 5), classes=4),
    "embedding": scored(
        nn("e", "Embedding", num_embeddings=9, embedding_dim=4), x=(B, 7), tokens=9
    ),
    "bags": scored(nn("e", "EmbeddingBag", num_embeddings=9, embedding_dim=4), x=(B, 7), tokens=9),
    "copies": in_a_block(Repeat(3)),
    "copies of one weight": in_a_block(Repeat(3, shared=True)),
    "as many copies as are said": in_a_block(Repeat(Expr("2 + 2"))),
    "shortcut": nets.resnet(),
    "up and down": nets.unet(),
}
"""Drawings of all that has matrix products, and of what has none."""
SKIPPED = {
    "attention", "attention, causal", "attention, a transformer", "attention, patches",
    "LSTM", "LSTM, deep and both ways", "digits_lstm", "text_lstm",
    "mini_gpt", "transformer", "vision_transformer",
}  # fmt: skip
"""What the processor does in one call that torch's counter does not know."""
ALL = {**DRAWN, **{path.stem: load(path).project for path in EXAMPLES}}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors here are so small that threads only get in each other's way."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@contextmanager
def step_by_step() -> Iterator[None]:
    """Have the processor do attention and LSTMs as the matrix products that they are."""
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", "TF32")  # of a device that is not asked for
        stack.enter_context(torch.backends.mkldnn.flags(enabled=False))
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        yield


def counted(model: modules.Module, inputs: list[torch.Tensor]) -> float:
    """Return what torch's own counter says of a forward pass in training, for one sample."""
    with FlopCounterMode(display=False) as counter:
        model.train()(*inputs)
    return counter.get_total_flops() / BATCH


def _top(address: str) -> NodeId:
    return NodeId(address.partition("/")[0].partition("[")[0])


@pytest.mark.parametrize("name", ALL)
def test_the_operations_are_those_that_torch_counts(name: str) -> None:
    project = replace(ALL[name], run=ALL[name].run.set("batch_size", BATCH))
    verdict = judged(project)
    assert not verdict.has_errors, verdict.diagnostics
    text = write_model(project, specs_of(project), verdict)
    model = built(text)
    sizes = {"B": BATCH, "T": 5, "L": 5}
    inputs = [one_input(project, verdict, NodeId(n), sizes) for _, n in text.inputs]
    model_nodes = regions(project.main, specs_of(project)).model
    in_model = {a: n for a, n in verdict.flops.items() if _top(a) in model_nodes}
    said = sum(in_model.values())
    with step_by_step():
        assert counted(model, inputs) == said > 0
    plain = counted(model, inputs)
    assert (plain < said) == (name in SKIPPED), plain
    assert plain <= said
