"""Sound networks as people draw them, small enough to be trained for a step in milliseconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graph_editor.document.files import loads
from graph_editor.document.model import Expr, Parameter, Project, Repeat, Slice
from tests.checking.drawings import B
from tests.corpus.form import (
    Layer,
    conv,
    flat,
    having,
    linear,
    net,
    nn,
    op,
    pool,
    relu,
    several,
    shared,
    two,
    with_block,
)

GREY = (B, 1, 12, 12)
RGB = (B, 3, 16, 16)
TABLE = (B, 13)
WORDS = (B, 9)
SERIES = (B, 7, 5)
"""Seven steps of five numbers."""
EVERY = Slice()
PROJECTS = Path(__file__).parents[1] / "projects"


def mlp(**options: Any) -> Project:
    """Return a classifier of the rows of a table."""
    layers = (linear("fc1", 32), relu("act1"), linear("fc2", 16), relu("act2"), linear("fc3", 4))
    return net(*layers, **{"x": TABLE, "classes": 4, **options})


def regression(**options: Any) -> Project:
    """Return a network that predicts one number from the rows of a table."""
    layers = (linear("fc1", 24), relu("act1"), linear("price", 1))
    return net(*layers, **{"x": TABLE, "y": (B, 1), "loss": "MSELoss", **options})


def yes_or_no(**options: Any) -> Project:
    """Return a network that answers one question with a score."""
    layers = (linear("fc1", 24), relu("act1"), linear("score", 1))
    return net(*layers, **{"x": TABLE, "y": (B, 1), "loss": "BCEWithLogitsLoss", **options})


def cnn(**options: Any) -> Project:
    """Return the usual first network for images of digits."""
    layers = (
        conv("conv1", 8), relu("act1"), pool("pool1"),
        conv("conv2", 16), relu("act2"), pool("pool2"),
        flat(), linear("fc1", 32), relu("act3"), linear("fc2", 10),
    )  # fmt: skip
    return net(*layers, **{"x": GREY, "classes": 10, **options})


def normed_cnn(**options: Any) -> Project:
    """Return a network of images with a batch normalisation behind each convolution."""
    layers = (
        conv("conv1", 8, bias=False), nn("norm1", "BatchNorm2d"), relu("act1"), pool("pool1"),
        conv("conv2", 16, bias=False), nn("norm2", "BatchNorm2d"), relu("act2"),
        nn("mean", "AdaptiveAvgPool2d", output_size=1), flat(), linear("fc", 10),
    )  # fmt: skip
    return net(*layers, **{"x": RGB, "classes": 10, **options})


def resnet(**options: Any) -> Project:
    """Return a stem and one residual stage that halves the map, with a projected shortcut."""
    layers = (
        conv("stem", 8, bias=False), nn("norm0", "BatchNorm2d"), relu("act0"),
        conv("conv1", 16, stride=2, bias=False), nn("norm1", "BatchNorm2d"), relu("act1"),
        conv("conv2", 16, bias=False), nn("norm2", "BatchNorm2d"),
        conv("short", 16, 1, at="act0", stride=2, bias=False),
        op("add", "op.add", two("norm2", "short")), relu("act2"),
        nn("mean", "AdaptiveAvgPool2d", output_size=1), flat(), linear("fc", 10),
    )  # fmt: skip
    return net(*layers, **{"x": RGB, "classes": 10, **options})


def unet(**options: Any) -> Project:
    """Return a small U-Net with three classes for each pixel."""
    layers = (
        conv("down1", 8), relu("act1"), pool("pool1"),
        conv("down2", 16), relu("act2"), pool("pool2"),
        conv("deep", 32), relu("act3"),
        nn("up2", "ConvTranspose2d", out_channels=16, kernel_size=2, stride=2),
        op("cat2", "torch.cat", several("up2", "act2"), dim=1),
        conv("merge2", 16), relu("act4"),
        nn("up1", "ConvTranspose2d", out_channels=8, kernel_size=2, stride=2),
        op("cat1", "torch.cat", several("up1", "act1"), dim=1),
        conv("merge1", 8), relu("act5"), conv("pixels", 3, 1),
    )  # fmt: skip
    return net(*layers, **{"x": RGB, "y": (B, 16, 16), "classes": 3, **options})


def autoencoder(**options: Any) -> Project:
    """Return an autoencoder of images: the target is the input."""
    layers = (
        conv("squeeze1", 8, stride=2), relu("act1"), conv("squeeze2", 4, stride=2), relu("act2"),
        nn("grow1", "ConvTranspose2d", out_channels=8, kernel_size=2, stride=2), relu("act3"),
        nn("grow2", "ConvTranspose2d", out_channels=1, kernel_size=2, stride=2),
    )  # fmt: skip
    own = nn("loss", "MSELoss", {"input": "out", "target": "data.x"})
    return net(*layers, **{"x": GREY, "loss": own, **options})


def lstm(**options: Any) -> Project:
    """Return a classifier of sequences by the last output of an LSTM."""
    layers = (
        nn("rnn", "LSTM", hidden_size=12, batch_first=True),
        op("last", "op.getitem", "rnn.output", index=(EVERY, -1)),
        linear("fc", 4),
    )
    return net(*layers, **{"x": SERIES, "classes": 4, **options})


def words(**options: Any) -> Project:
    """Return a classifier of texts: the mean of the vectors of its words."""
    layers = (
        nn("table", "Embedding", num_embeddings=50, embedding_dim=12),
        op("mean", "torch.mean", dim=1), linear("fc1", 16), relu("act1"), linear("fc2", 2),
    )  # fmt: skip
    return net(*layers, **{"x": WORDS, "tokens": 50, "classes": 2, **options})


def transformer(**options: Any) -> Project:
    """Return an encoder of texts: words and places, one layer, the mean, classes."""
    layers = (
        nn("table", "Embedding", num_embeddings=50, embedding_dim=16),
        op("places", "param.tensor", shape=(9, 16), init="normal"),
        op("add", "op.add", two("table", "places")),
        nn("mix", "TransformerEncoderLayer", {"src": "add"}, d_model=16, nhead=4,
           dim_feedforward=32, dropout=0.0, batch_first=True),
        op("mean", "torch.mean", dim=1), linear("fc", 3),
    )  # fmt: skip
    return net(*layers, **{"x": WORDS, "tokens": 50, "classes": 3, **options})


def attention(**options: Any) -> Project:
    """Return self-attention written out by hand: queries, keys, values, scores."""
    layers = (
        linear("q", 8, "x"), linear("k", 8, "x"), linear("v", 8, "x"),
        op("turn", "Tensor.transpose", "k", dim0=1, dim1=2),
        op("scores", "op.matmul", two("q", "turn")),
        nn("soft", "Softmax", dim=-1),
        op("mixed", "op.matmul", two("soft", "v")),
        op("mean", "torch.mean", dim=1), linear("fc", 4),
    )  # fmt: skip
    return net(*layers, **{"x": SERIES, "classes": 4, **options})


def multihead(**options: Any) -> Project:
    """Return a layer of multi-head attention with a residual and a norm around it."""
    layers = (
        linear("embed", 12),
        nn("attend", "MultiheadAttention", shared("embed", "query", "key", "value"),
           embed_dim=12, num_heads=3, batch_first=True),
        op("add", "op.add", two("embed", "attend.attn_output")),
        nn("norm", "LayerNorm", normalized_shape=12),
        op("mean", "torch.mean", dim=1), linear("fc", 4),
    )  # fmt: skip
    return net(*layers, **{"x": SERIES, "classes": 4, **options})


def two_towers(**options: Any) -> Project:
    """Return two branches of a table that are joined: wide and deep."""
    layers = (
        linear("deep1", 16), relu("act1"), linear("deep2", 8), relu("act2"),
        linear("wide", 4, "x"), relu("act3"),
        op("join", "torch.cat", several("act2", "act3"), dim=1), linear("head", 3),
    )  # fmt: skip
    return net(*layers, **{"x": TABLE, "classes": 3, **options})


def gated(**options: Any) -> Project:
    """Return squeeze and excitation: each channel of a map is scaled by a number of its own."""
    layers = (
        conv("conv", 8), relu("act"), nn("mean", "AdaptiveAvgPool2d", output_size=1), flat("row"),
        linear("gate", 8), nn("sigmoid", "Sigmoid"),
        nn("map", "Unflatten", dim=1, unflattened_size=(8, 1, 1)),
        op("scale", "op.mul", two("act", "map")),
        nn("mean2", "AdaptiveAvgPool2d", output_size=1), flat(), linear("fc", 10),
    )  # fmt: skip
    return net(*layers, **{"x": RGB, "classes": 10, **options})


def signal(**options: Any) -> Project:
    """Return a classifier of a measured curve, with convolutions along time."""
    layers = (
        nn("conv1", "Conv1d", out_channels=8, kernel_size=5, padding=2), relu("act1"),
        nn("pool1", "MaxPool1d", kernel_size=2),
        nn("conv2", "Conv1d", out_channels=16, kernel_size=3, padding=1), relu("act2"),
        nn("mean", "AdaptiveAvgPool1d", output_size=1), flat(), linear("fc", 5),
    )  # fmt: skip
    return net(*layers, **{"x": (B, 2, 24), "classes": 5, **options})


def vit(**options: Any) -> Project:
    """Return patches of an image as a sequence: a convolution, flattened and turned."""
    layers = (
        nn("patches", "Conv2d", out_channels=12, kernel_size=4, stride=4),
        nn("rows", "Flatten", start_dim=2),
        op("turn", "Tensor.transpose", dim0=1, dim1=2),
        nn("mix", "TransformerEncoderLayer", {"src": "turn"}, d_model=12, nhead=3,
           dim_feedforward=24, dropout=0.0, batch_first=True),
        nn("norm", "LayerNorm", normalized_shape=12),
        op("mean", "torch.mean", dim=1), linear("fc", 10),
    )  # fmt: skip
    return net(*layers, **{"x": RGB, "classes": 10, **options})


def tagger(**options: Any) -> Project:
    """Return a class for each word of a text: the classes stand on axis 1 before the loss."""
    layers = (
        nn("table", "Embedding", num_embeddings=50, embedding_dim=12),
        nn("rnn", "GRU", hidden_size=8, batch_first=True),
        linear("tags", 5, "rnn.output"),
        op("turn", "Tensor.transpose", dim0=1, dim1=2),
    )
    return net(*layers, **{"x": WORDS, "y": WORDS, "tokens": 50, "classes": 5, **options})


def staged(*inside: Layer, **options: Any) -> Project:
    """Return a network of a block that is used three times, one after another."""
    body = inside or (linear("inner", 16, bias=False), nn("norm", "LayerNorm"), relu("act"))
    made = net(
        linear("entry", 16), relu("act0"),
        op("stages", "block.stage", {"x": "act0"}),
        linear("fc", 4, "stages.y"), **{"x": TABLE, "classes": 4, **options},
    )  # fmt: skip
    made = with_block(
        made, "stage",
        op("x", "io.input", {}, shape=(B, 16)), *body,
        op("add", "op.add", two(body[-1].name, "x")), op("y", "io.output"),
    )  # fmt: skip
    return having(made, "stages", repeat=Repeat(3))


def sized(**options: Any) -> Project:
    """Return a network of a block with a parameter for its width."""
    made = net(
        op("stage", "block.wide", {"x": "x"}, width=20),
        linear("fc", 4, "stage.y"), **{"x": TABLE, "classes": 4, **options},
    )  # fmt: skip
    return with_block(
        made, "wide",
        op("x", "io.input", {}), linear("inner", Expr("width")), relu("act"), op("y", "io.output"),
        parameters=(Parameter("width", "int", 8),),
    )  # fmt: skip


def gan() -> Project:
    """Return two networks against each other, each with an optimizer of its own."""
    return loads((PROJECTS / "gan.netwright").read_text(encoding="utf-8")).project
