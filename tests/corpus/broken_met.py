"""Two sides that do not meet, told of where they meet: what is before that is set right."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Name, NodeId, Slice, Weights
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import (
    SAMPLES,
    Layer,
    conv,
    drawn,
    flat,
    having,
    linear,
    net,
    nn,
    op,
    relu,
    saying,
    several,
    two,
    with_block,
)

MEAN = nn("mean", "AdaptiveAvgPool2d", output_size=1)
ENDS = (relu("act"), MEAN, flat(), linear("fc", 10))


def images(*layers: Layer, x: Any = nets.RGB) -> Any:
    """Return a classifier of images by the mean of each channel."""
    return net(*layers, *ENDS, x=x, classes=10)


def measured(*layers: Layer, y: Any = (B, 1)) -> Any:
    """Return a training on measurements of rows of 8 numbers."""
    return net(*layers, x=nets.TABLE, y=y, loss="MSELoss")


def made(*layers: Layer, ports: Any, classes: Any) -> Any:
    """Return a training on several tensors of the data."""
    source = op("data", "data.random", ports=ports, classes=classes, samples=SAMPLES)
    return drawn(source, *layers, op("adam", "optim.AdamW", {"losses[0]": "loss"}))


SQUARES = nn("loss", "MSELoss", {"input": "out", "target": "data.y"})
SHARED = having(
    made(
        op("x", "io.input", "data.x", shape=(B,), dtype=Name("int64")),
        op("z", "io.input", "data.z", shape=(B,), dtype=Name("int64")),
        nn("item", "Embedding", "x", num_embeddings=20, embedding_dim=6),
        nn("other", "Embedding", "z", num_embeddings=20, embedding_dim=6),
        op("times", "op.mul", two("item", "other")), op("total", "torch.sum", dim=-1),
        op("out", "io.output", "total"), SQUARES,
        ports={"x": (B,), "z": (B,), "y": (B,)}, classes={"x": 20, "z": 30},
    ), "other", weights=Weights(same_as=NodeId("item")),
)  # fmt: skip
CHOSEN = made(
    op("x", "io.input", "data.x", shape=nets.TABLE), linear("fc1", 8), relu("act"),
    linear("worth", 2), op("column", "Tensor.unsqueeze", "data.a", dim=1),
    op("taken", "torch.gather", {"input": "worth", "index": "column"}, dim=1),
    op("out", "io.output", "taken"), SQUARES,
    ports={"x": nets.TABLE, "a": (B,), "y": (B, 1)}, classes={"a": 3},
)  # fmt: skip
KEPT = net(
    op("chance", "torch.rand", {}, size=(B, 8)), op("order", "torch.argsort", dim=1),
    op("first", "op.getitem", index=(Slice(), Slice(None, 3))),
    op("column", "Tensor.unsqueeze", dim=-1), op("wide", "Tensor.expand", args=(-1, -1, 6)),
    op("kept", "torch.gather", {"input": "x", "index": "wide"}, dim=2), linear("fc1", 8),
    relu("act"), op("mean", "torch.mean", dim=1), linear("fc", 4), x=(B, 8, 6), classes=4,
)  # fmt: skip
FLOATS = made(
    op("x", "io.input", "data.x", shape=nets.TABLE), linear("fc1", 8), relu("act"),
    linear("scores", 3), op("out", "io.output", "scores"), op("float", "Tensor.float", "data.y"),
    nn("loss", "MSELoss", {"input": "out", "target": "float"}),
    ports={"x": nets.TABLE, "y": (B,)}, classes={"y": 3},
)  # fmt: skip
TWINS = with_block(
    having(
        made(
            op("a", "io.input", "data.a", shape=nets.GREY),
            op("b", "io.input", "data.b", shape=(B, 1, 10, 10)),
            op("first", "block.tower", {"x": "a"}), op("second", "block.tower", {"x": "b"}),
            op("less", "op.sub", two("first.y", "second.y")), linear("fc", 1),
            op("out", "io.output", "fc"), SQUARES,
            ports={"a": nets.GREY, "b": (B, 1, 10, 10), "y": (B, 1)}, classes={},
        ), "second", weights=Weights(same_as=NodeId("first")),
    ),
    "tower",
    op("x", "io.input", {}, shape=nets.GREY), conv("conv", 4, at="x"), relu("act"), flat(),
    linear("code", 8), op("y", "io.output", "code"),
)  # fmt: skip
CASES = [
    # --- what is picked ------------------------------------------------------------------------
    Broken("shared-rows-too-few", "embedding-range", "other", ("20 rows", "row 29"),
           "Set num_embeddings of “item” and “other” to 30", SHARED),
    Broken("worth-of-too-few-choices", "index-past-the-end", "taken", ("0 to 1", "0 to 2"),
           "Set out_features of “worth” to 3", CHOSEN),
    Broken("choices-among-samples", "index-past-the-end", "taken", ("dim is 0", "B×3", "0 to 2"),
           "Set dim to 1", saying(saying(CHOSEN, "worth", out_features=3), "taken", dim=0),
           severity="warning", refused=True),
    Broken("patches-picked-along-channels", "index-past-the-end", "kept", ("0 to 5", "0 to 7"),
           "Set dim to 1", KEPT, severity="warning", refused=True),
    Broken("third-of-two-pieces", "unknown-output", "add", ("chunks[2]", "chunks[0]"),
           "Set chunks of “parts” to 3",
           net(linear("wide", 12), op("parts", "torch.chunk", chunks=2, dim=1),
               op("times", "op.mul", two("parts.chunks[0]", "parts.chunks[1]")),
               op("add", "op.add", two("times", "parts.chunks[2]")), linear("fc", 4),
               x=nets.TABLE, classes=4)),
    # --- maps ----------------------------------------------------------------------------------
    Broken("one-branch-unpadded", "joined-sizes-differ", "join", ("B×4×16×16", "B×4×14×14"),
           "Set padding of “three” to 1",
           images(conv("one", 4, 1, "x"), conv("three", 4, 3, "x", padding=0), relu("act3"),
                  op("join", "torch.cat", several("one", "act3"), dim=1))),
    Broken("twice-the-half-of-an-odd-map", "shapes-do-not-broadcast", "add",
           ("B×4×9×9", "B×4×10×10"), "Let “up” resize to 9×9, and by no factor",
           images(conv("first", 4), conv("less", 4, stride=2), relu("act1"),
                  op("up", "F.interpolate", scale_factor=2.0),
                  op("add", "op.add", two("first", "up")), x=(B, 3, 9, 9))),
    # --- columns and rows ----------------------------------------------------------------------
    Broken("score-below-each-bound", "shapes-do-not-broadcast", "below", ("gets B and 4",),
           "Add an axis of size 1 at the end of input",
           net(linear("fc1", 1), op("score", "Tensor.squeeze", dim=-1),
               op("bounds", "param.tensor", shape=(4,), init="normal"),
               op("sums", "torch.cumsum", dim=0),
               op("below", "op.sub", two("score", "sums")), x=nets.TABLE, y=(B, 4),
               loss="MSELoss")),
    Broken("floats-of-classes", "head-width", "scores", ("B×3", "MSELoss", "CrossEntropyLoss"),
           "Use CrossEntropyLoss instead, and switch “float” off", FLOATS, changes=("loss",)),
    Broken("one-step-of-its-own", "steps-left", "fc", ("B×1×16", "one step", "B×1×10"),
           "Drop the axis of the one step before “fc”",
           net(conv("conv", 16), relu("act"), MEAN, op("rows", "Tensor.flatten", start_dim=2),
               op("turn", "Tensor.transpose", dim0=1, dim1=2), linear("fc", 10), x=nets.RGB,
               classes=10)),
    # --- stretched before the loss -------------------------------------------------------------
    Broken("deep-part-of-eight", "target-stretched", "loss", ("B×8", "B×1"),
           "Set out_features of “deep” to 1",
           measured(linear("wide", 1, "x"), linear("fc1", 16, "x"), relu("act"),
                    linear("deep", 8), op("add", "op.add", two("wide", "deep"))),
           severity="warning"),
    Broken("noise-of-one-channel", "target-stretched", "loss", ("B×3×12×12", "B×1×12×12"),
           "Set out_channels of “last” to 1",
           net(conv("first", 4), relu("act"), conv("last", 3), x=nets.GREY, y=nets.GREY,
               loss="MSELoss"), severity="warning"),
    Broken("mean-without-its-axis", "target-stretched", "loss", ("B×B", "B×1"),
           "Set keepdim of “mean” to True",
           measured(linear("fc", 1, "x"), op("mean", "torch.mean", "x", dim=1),
                    op("add", "op.add", two("fc", "mean"))), severity="warning"),
    Broken("bias-in-a-column", "target-stretched", "loss", ("B×B", "target B"),
           "Drop the last axis of other of “add”",
           measured(linear("fc1", 6, "x"), op("total", "torch.sum", dim=1),
                    linear("bias", 1, "x"), op("add", "op.add", two("total", "bias")), y=(B,)),
           severity="warning"),
    # --- the samples ---------------------------------------------------------------------------
    Broken("pairs-of-samples", "other-axes-turned", "turn", ("axes 0 and 1", "B×7×4", "7×B×4"),
           "Let “turn” swap the last two axes",
           net(linear("code", 4), op("turn", "Tensor.transpose", dim0=0, dim1=1),
               op("pairs", "op.matmul", two("code", "turn")), x=nets.SERIES, y=(B, 7, 7),
               loss="MSELoss")),
    Broken("mean-of-samples-of-several-networks", "samples-summed", "mean",
           ("axis 1", "3×B×4", "3×4"), "Set dim to 0",
           net(linear("a", 4, "x"), linear("b", 4, "x"), linear("c", 4, "x"),
               op("all", "torch.stack", several("a", "b", "c"), dim=0),
               op("mean", "torch.mean", dim=1), x=nets.TABLE, classes=4)),
    Broken("branches-below-one-another", "rows-below-one-another", "join", ("B×8", "16 numbers"),
           "Set dim to 1",
           net(linear("a", 8, "x"), linear("b", 8, "x"),
               op("join", "torch.cat", several("a", "b"), dim=0), relu("act"),
               linear("fc", 4, in_features=16), x=nets.TABLE, classes=4)),
    Broken("bags-of-another-size", "unflatten-size", "bags", ("rows of 12", "10", "10*B×8"),
           "Set sizes to (-1, 10)",
           net(op("all", "Tensor.flatten", start_dim=0, end_dim=1), linear("fc1", 8), relu("act"),
               op("bags", "Tensor.unflatten", dim=0, sizes=(-1, 12)),
               op("mean", "torch.mean", dim=1), linear("fc2", 4), x=(B, 10, 5), classes=4)),
    Broken("choices-beside-each-answer", "made-size", "choices", ("made as 4", "with B"),
           "Add an axis of size 1 at the end of input",
           net(linear("fc1", 1), op("score", "Tensor.squeeze", dim=-1),
               op("choices", "torch.arange", {}, end=4, dtype=Name("float32")),
               op("far", "op.sub", two("score", "choices")), x=nets.TABLE, y=(B, 4),
               loss="MSELoss")),
    Broken("rates-of-steps-in-a-column", "refused-by-rule", "rate", ("1 axis at most", "B×1"),
           "Drop the last axis of index",
           made(op("x", "io.input", "data.x", shape=nets.TABLE), linear("fc1", 1),
                op("rates", "param.tensor", shape=(20,), init="normal"),
                op("rate", "torch.index_select", {"input": "rates", "index": "data.t"}, dim=0),
                op("column", "Tensor.unsqueeze", dim=1),
                op("times", "op.mul", two("fc1", "column")), op("out", "io.output", "times"),
                SQUARES, ports={"x": nets.TABLE, "t": (B, 1), "y": (B, 1)}, classes={"t": 20})),
    Broken("twins-of-two-sizes", "input-shape", "second", ("B×1×12×12", "B×1×10×10"),
           "Resize x to 12×12", TWINS),
]  # fmt: skip
