"""One mistake made alike in several places, and errors whose cure has to be looked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_editor.document.model import Address, At, Expr, Name, Parameter, Project, Repeat
from tests.checking.drawings import B
from tests.corpus.broken import Broken
from tests.corpus.form import (
    Layer,
    adding,
    drawn,
    linear,
    net,
    nn,
    op,
    pool,
    relu,
    several,
    two,
    wired,
    with_block,
)

SERIES = (B, 20, 6)


def heads(*asked: int) -> Project:
    """Return attention by hand, with the number of heads that queries, keys and values ask for."""
    width = 16 // max(asked)
    parts = []
    for name, count in zip("qkv", asked, strict=True):
        parts += [
            linear(name, 16, "x"),
            op(f"{name}h", "Tensor.view", args=(B, 20, count, width)),
            op(f"{name}t", "Tensor.transpose", dim0=1, dim1=2),
        ]
    return net(
        *parts, op("turned", "Tensor.transpose", "kt", dim0=-2, dim1=-1),
        op("scores", "op.matmul", two("qt", "turned")), op("soft", "torch.softmax", dim=-1),
        op("mixed", "op.matmul", two("soft", "vt")),
        op("back", "Tensor.transpose", dim0=1, dim1=2),
        op("merged", "Tensor.reshape", args=(B, 20, 16)), op("mean", "torch.mean", dim=1),
        linear("head", 3), x=SERIES, classes=3,
    )  # fmt: skip


def pooled(**args: Any) -> Project:
    """Return rows that are weighed by a score for each step, given what its softmax is told."""
    return net(
        linear("wide", 16), linear("score", 1), nn("soft", "Softmax", **args),
        op("shares", "op.mul", two("wide", "soft")), op("sum", "torch.sum", dim=1),
        linear("head", 4), x=SERIES, classes=4,
    )  # fmt: skip


def two_steps(first: str, second: str) -> Project:
    """Return a classifier whose two layers two optimizers train, given what these name."""
    named = [(At(Address(first)),), (At(Address(second)),)]
    return drawn(
        op("data", "data.random", ports={"x": (B, 12), "y": (B,)}, classes={"y": 4}, samples=40),
        op("x", "io.input", "data.x", shape=(B, 12)), linear("body", 16), relu("relu"),
        linear("head", 4), op("out", "io.output"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.y"}),
        op("adam", "optim.Adam", {"losses[0]": "loss"}, trains=named[0]),
        op("sgd", "optim.SGD", {"losses[0]": "loss"}, trains=named[1], lr=0.01),
    )  # fmt: skip


RGB = (B, 3, 32, 32)


def paired(*layers: Layer, ports: Mapping[str, Any], classes: Mapping[str, int]) -> Project:
    """Return a training on several sources that give what they say, with a loss of classes."""
    return drawn(
        op("data", "data.random", ports=ports, classes=classes, samples=40), *layers,
        op("out", "io.output"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.y"}),
        op("adam", "optim.Adam", {"losses[0]": "loss"}),
    )  # fmt: skip


def translation(tgt: str, memory: str, **args: Any) -> Project:
    """Return an encoder and a decoder, given what enters the decoder."""
    size = {"d_model": 16, "nhead": 4, "dim_feedforward": 16}
    tokens = {"dtype": Name("int64")}
    return paired(
        op("s", "io.input", "data.s", shape=(B, 15), **tokens),
        nn("said", "Embedding", num_embeddings=50, embedding_dim=16),
        nn("enc", "TransformerEncoderLayer", {"src": "said"}, batch_first=True, **size),
        op("t", "io.input", "data.t", shape=(B, 10), **tokens),
        nn("told", "Embedding", num_embeddings=50, embedding_dim=16),
        nn("dec", "TransformerDecoderLayer", {"tgt": tgt, "memory": memory},
           **{"batch_first": True, **args, **size}),
        linear("head", 50), op("turn", "Tensor.transpose", dim0=1, dim1=2),
        ports={"s": (B, 15), "t": (B, 10), "y": (B, 10)}, classes={"s": 50, "t": 50, "y": 50},
    )  # fmt: skip


def masked_translation() -> Project:
    """Return one whose decoder gets the two exchanged, and a mask for what it should get."""
    mask = (op("ones", "torch.ones", size=(10, 10)), op("later", "torch.triu", "ones", diagonal=1),
            op("hidden", "Tensor.bool", "later"))  # fmt: skip
    return wired(adding(translation("enc", "told"), *mask), dec__tgt_mask="hidden")


def summary(kind: str) -> Project:
    """Return a recurrence that begins with the last state of a GRU."""
    return paired(
        op("s", "io.input", "data.s", shape=SERIES),
        nn("enc", "GRU", hidden_size=10, batch_first=True),
        op("t", "io.input", "data.t", shape=(B, 7, 5)),
        nn("dec", kind, {"input": "t", "hx": "enc.h_n"}, hidden_size=10, batch_first=True),
        linear("head", 4, "dec.output"), op("turn", "Tensor.transpose", dim0=1, dim1=2),
        ports={"s": SERIES, "t": (B, 7, 5), "y": (B, 7)}, classes={"y": 4},
    )  # fmt: skip


def maps(*size: int) -> Project:
    """Return a decoder of maps from vectors of 2048, laid out as it is told."""
    up = {"kernel_size": 4, "stride": 2, "padding": 1}
    return net(
        linear("wide", 2048), nn("lay", "Unflatten", dim=1, unflattened_size=size),
        nn("t1", "ConvTranspose2d", out_channels=16, **up), relu("r1"),
        nn("t2", "ConvTranspose2d", out_channels=8, **up), relu("r2"),
        nn("t3", "ConvTranspose2d", out_channels=3, **up), x=(B, 16), y=RGB, loss="MSELoss",
    )  # fmt: skip


def u_net(padding: int) -> Project:
    """Return a small U-Net of one block of two convolutions, given the padding of the first."""
    conv = {"kernel_size": 3, "out_channels": Expr("c")}
    made = net(
        op("down", "block.double", {"x": "x"}, c=8), pool("pool", at="down.y"),
        op("deep", "block.double", {"x": "pool"}, c=16),
        nn("up", "ConvTranspose2d", "deep.y", out_channels=8, kernel_size=2, stride=2),
        op("cat", "torch.cat", several("up", "down.y"), dim=1),
        op("last", "block.double", {"x": "cat"}, c=8),
        nn("head", "Conv2d", "last.y", out_channels=3, kernel_size=1),
        x=RGB, y=(B, 32, 32), classes=3,
    )  # fmt: skip
    return with_block(
        made, "double", op("x", "io.input"), nn("c1", "Conv2d", padding=padding, **conv),
        relu("r1"), nn("c2", "Conv2d", padding=1, **conv), relu("r2"), op("y", "io.output"),
        parameters=(Parameter("c", "int"),),
    )  # fmt: skip


def padded(port: str) -> Project:
    """Return an encoder that is told where its text is padding, at a port."""
    return net(
        nn("embed", "Embedding", num_embeddings=50, embedding_dim=8, padding_idx=0),
        op("empty", "op.eq", "x", other=0),
        nn("enc", "TransformerEncoderLayer", {"src": "embed", port: "empty"}, d_model=8, nhead=2,
           dim_feedforward=16, batch_first=True),
        op("mean", "torch.mean", dim=1), linear("head", 4), x=(B, 15), tokens=50, classes=4,
    )  # fmt: skip


def lengths(*, steps: int = 20, labels: int = 5) -> Project:
    """Return a reader of series, given how long it says that they and their labels are."""
    return drawn(
        op("data", "data.random", ports={"x": SERIES, "y": (B, 5)}, classes={"y": 11}, samples=40),
        op("x", "io.input", "data.x", shape=SERIES),
        nn("rnn", "GRU", hidden_size=8, batch_first=True), linear("head", 12, "rnn.output"),
        nn("log", "LogSoftmax", dim=-1), op("turn", "Tensor.permute", args=(1, 0, 2)),
        op("out", "io.output"),
        op("steps", "torch.full", {}, size=(B,), fill_value=steps),
        op("labels", "torch.full", {}, size=(B,), fill_value=labels),
        nn("loss", "CTCLoss", {"log_probs": "out", "targets": "data.y", "input_lengths": "steps",
                               "target_lengths": "labels"}),
        op("adam", "optim.Adam", {"losses[0]": "loss"}),
    )  # fmt: skip


def copies(width: int) -> Project:
    """Return three copies of one block with the same weights, given how much it gives."""
    made = net(
        linear("start", 16), relu("relu"),
        Layer("stage", "block.step", {}, {"x": "relu"}, {"repeat": Repeat(3, shared=True)}),
        linear("head", 4, "stage.y"), x=(B, 12), classes=4,
    )  # fmt: skip
    inside = (op("x", "io.input"), linear("inner", width), relu("r"), op("y", "io.output"))
    return with_block(made, "step", *inside)


CASES = [
    # --- what optimizers name ------------------------------------------------------------------
    Broken("second-step-of-a-relu", "nothing-to-train", "sgd", ("trains names “relu”",),
           "Take relu out of trains", two_steps("body", "relu")),
    # --- errors whose cure has to be looked for ------------------------------------------------
    Broken("margins-of-a-column", "class-target", "loss", ("B×4", "B×1 int64"),
           "Drop axis 1 of target",
           net(linear("body", 16), relu("relu"), linear("head", 4), x=(B, 12), y=(B, 1),
               classes=4, loss="MultiMarginLoss")),
    Broken("state-of-a-gru-for-an-lstm", "first-state", "dec", ("hx[1]", "1×B×10"),
           "Begin with it as the hidden state, and with zeros as the cell state",
           summary("LSTM")),
    Broken("u-net-of-an-unpadded-block", "joined-sizes-differ", "cat", ("26", "30"),
           "Set padding of “c1” to 1", u_net(0)),
    Broken("maps-twice-as-large", "unflatten-size", "lay", ("8192", "2048"),
           "Set unflattened_size to (128, 4, 4)", maps(128, 8, 8)),
    Broken("padding-for-a-mask-of-steps", "mask-size", "enc", ("15×15", "B×15"),
           "Lead the mask to src_key_padding_mask", padded("src_mask"), leads=("enc.src_mask",)),
    Broken("memory-for-target", "swapped-memory", "dec", ("15", "10", "B×15×16"),
           "Let tgt and memory change places", translation("enc", "told"),
           leads=("dec.tgt", "dec.memory")),
    Broken("memory-for-target-under-a-mask", "mask-size", "ones", ("10×10", "15×15"),
           "Let tgt and memory of “dec” change places", masked_translation(),
           leads=("dec.tgt", "dec.memory")),
    Broken("memory-past-the-encoder", "attention-width", "dec", ("16", "B×15", "2 axes"),
           "Lead enc.output to memory", translation("told", "s"), leads=("dec.memory",),
           beside=("reaches-no-loss",)),
    Broken("query-past-the-layer", "attention-width", "at", ("16", "6"), "Lead e.output to query",
           net(linear("e", 16),
               nn("at", "MultiheadAttention", {"query": "x", "key": "e", "value": "e"},
                  embed_dim=16, num_heads=4, batch_first=True),
               op("mean", "torch.mean", "at.attn_output", dim=1), linear("head", 4), x=SERIES,
               classes=4), leads=("at.query",)),
    Broken("decoder-with-time-first", "samples-differ", "dec", ("10", "15", "B×10×16"),
           "Set batch_first to True", translation("told", "enc", batch_first=False)),
    Broken("pooled-by-a-softmax-of-no-axis", "softmax-without-dim", "soft", ("B×20×1", "axis 0"),
           "Set dim to 1", pooled(), severity="warning"),
    Broken("pooled-over-the-samples", "softmax-over-batch", "soft", ("B×20×1",), "Set dim to 1",
           pooled(dim=0), severity="warning"),
    Broken("two-samples-for-two-parts", "data-split", "data", ("2 samples", "3 samples at least"),
           "Set samples to 3",
           net(linear("body", 16), relu("relu"), linear("head", 4), x=(B, 12), classes=4,
               samples=2), changes=("data",), by_torch=False),
    Broken("labels-longer-than-there-are", "index-past-the-end", "labels", ("5", "6"),
           "Set fill_value to 5", lengths(labels=6)),
    Broken("steps-longer-than-there-are", "index-past-the-end", "steps", ("20", "21"),
           "Set fill_value to 20", lengths(steps=21)),
    Broken("copies-that-widen", "shared-weights", "stage[1]/inner", ("32", "16"),
           "Set out_features of “inner” to 16", copies(32)),
    # --- the same at queries, keys and values --------------------------------------------------
    Broken("three-heads-of-sixteen", "reshape-size", "qh", ("15", "16", "“kh” and “vh”"),
           "Set args to (B, 20, 4, 4) at “qh”, “kh” and “vh”", heads(3, 3, 3)),
]  # fmt: skip
