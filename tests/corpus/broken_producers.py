"""Steps whose result torch takes, and only a later layer or the loss refuses."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, conv, drawn, flat, linear, net, nn, op, relu, shared, two

GREY = (B, 28, 28)
MEAN = nn("mean", "AdaptiveAvgPool2d", output_size=1)


def images(*layers: Layer, x: Any = nets.RGB) -> Project:
    """Return a classifier of images after what is done to them first."""
    return net(*layers, conv("conv", 8), relu("act"), MEAN, flat(), linear("fc", 4), x=x, classes=4)


def rows(*layers: Layer) -> Project:
    """Return a classifier of rows after what is done to them first."""
    return net(*layers, linear("fc", 4), x=nets.TABLE, classes=4)


def steps(*layers: Layer) -> Project:
    """Return a classifier of sequences after what is done to them first."""
    return net(*layers, linear("fc", 4), x=nets.SERIES, classes=4)


def maps(*layers: Layer) -> Project:
    """Return a classifier of maps that are summed up in some way."""
    return net(conv("conv", 8), relu("act"), *layers, x=nets.RGB, classes=4)


def gru(name: str, width: int, at: str = "") -> Layer:
    return nn(name, "GRU", at, hidden_size=width, batch_first=True)


def larger(channels: int, times: int) -> Project:
    """Return what makes images of 16×16 larger, where the target has 32×32."""
    return net(conv("conv", channels), nn("lay", "PixelShuffle", upscale_factor=times), x=nets.RGB,
               y=(B, 3, 32, 32), loss="MSELoss")  # fmt: skip


def grown(kernel: int) -> Project:
    """Return an autoencoder of images of 16×16."""

    def grow(name: str, channels: int) -> Layer:
        return nn(name, "ConvTranspose2d", out_channels=channels, kernel_size=kernel, stride=2)

    return net(conv("less1", 8, stride=2), relu("act1"), conv("less2", 8, stride=2), relu("act2"),
               grow("grow1", 8), relu("act3"), grow("grow2", 3), x=nets.RGB, y=nets.RGB,
               loss="MSELoss")  # fmt: skip


def hot(count: int, scores: int = 4) -> Project:
    """Return a classifier of 4 classes whose labels are one-hot rows."""
    return drawn(
        op("data", "data.random", ports={"x": nets.TABLE, "y": (B,)}, classes={"y": 4}, samples=40),
        op("x", "io.input", "data.x", shape=nets.TABLE), linear("fc", scores),
        op("out", "io.output"), op("hot", "F.one_hot", {"tensor": "data.y"}, num_classes=count),
        op("rows", "Tensor.float"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "rows"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )  # fmt: skip


CASES = [
    # --- an axis in front of the batch ---------------------------------------------------------
    Broken("view-of-one-picture", "axis-before-batch", "grey", ("B×28×28", "1×B×28×28"),
           "Set args to (-1, 1, 28, 28)",
           images(op("grey", "Tensor.view", args=(1, -1, 28, 28)), x=GREY)),
    Broken("index-in-front-of-the-batch", "axis-before-batch", "grey", ("B×28×28", "1×B×28×28"),
           "Set index to (:, None)", images(op("grey", "op.getitem", index=(None,)), x=GREY)),
    Broken("steps-in-front-of-the-batch", "axis-before-batch", "once", ("B×13", "1×B×13", "1×4"),
           "Set dim to 1",
           rows(op("once", "Tensor.unsqueeze", dim=0), gru("gru", 8),
                op("last", "op.getitem", "gru.output", index=(nets.EVERY, -1))),
           beside=("time-first",)),
    Broken("rows-behind-an-axis", "axis-before-batch", "once", ("B×13", "1×B×13", "1×B×4"),
           "Switch “once” off", rows(op("once", "Tensor.unsqueeze", dim=0))),
    # --- the batch at the place of channels or features -----------------------------------------
    Broken("samples-for-channels-of-a-norm", "batch-axis", "turn", ("3×B×16×16", "BatchNorm2d"),
           "Switch “turn” off",
           images(op("turn", "Tensor.transpose", dim0=0, dim1=1), nn("norm", "BatchNorm2d"))),
    Broken("samples-for-groups-of-a-norm", "batch-axis", "turn", ("3×B×16×16", "GroupNorm"),
           "Switch “turn” off",
           images(op("turn", "Tensor.transpose", dim0=0, dim1=1),
                  nn("norm", "GroupNorm", num_groups=1))),
    Broken("samples-moved-for-channels", "batch-axis", "turn", ("3×B×16×16", "Conv2d"),
           "Switch “turn” off", images(op("turn", "torch.movedim", source=0, destination=1))),
    Broken("samples-for-features-of-a-norm", "batch-axis", "turn", ("13×B", "LayerNorm"),
           "Switch “turn” off",
           rows(op("turn", "Tensor.transpose", dim0=0, dim1=1), nn("norm", "LayerNorm"))),
    Broken("samples-for-features-of-steps", "batch-axis", "turn", ("7×5×B", "LSTM"),
           "Switch “turn” off",
           steps(op("turn", "Tensor.permute", args=(1, 2, 0)),
                 nn("read", "LSTM", hidden_size=8, batch_first=True),
                 op("last", "op.getitem", "read.output", index=(nets.EVERY, -1)))),
    # --- a map that is merged in part -----------------------------------------------------------
    Broken("flattened-from-the-places", "map-half-merged", "rows", ("B×8×16×16", "B×8×256"),
           "Set start_dim to 1", maps(nn("rows", "Flatten", start_dim=2), linear("fc", 4))),
    Broken("flattened-up-to-a-side", "map-half-merged", "rows", ("B×8×16×16", "B×128×16"),
           "Set end_dim to -1", maps(nn("rows", "Flatten", end_dim=2), linear("fc", 4))),
    Broken("mean-of-one-side", "map-half-merged", "mean", ("B×8×16×16", "B×8×16"),
           "Set dim to (2, 3)", maps(op("mean", "torch.mean", dim=2), linear("fc", 4))),
    Broken("mean-of-one-side-for-channels", "map-half-merged", "mean", ("B×8×16×16", "B×8×16"),
           "Set dim to (2, 3)",
           maps(op("mean", "torch.mean", dim=3), linear("fc", 4, in_features=8))),
    # --- a last state for a sequence ------------------------------------------------------------
    Broken("state-of-one-layer-into-the-next", "state-for-steps", "second", ("1×B×10", "B×7×10"),
           "Take output of “first” instead of h_n",
           steps(gru("first", 10), gru("second", 8, "first.h_n"),
                 op("last", "op.getitem", "second.output", index=(nets.EVERY, -1))),
           leads=("second.input",)),
    Broken("state-into-attention", "state-for-steps", "attend", ("1×B×12", "B×7×12", "1×4"),
           "Take output of “first” instead of h_n",
           steps(gru("first", 12),
                 nn("attend", "MultiheadAttention", shared("first.h_n", "query", "key", "value"),
                    embed_dim=12, num_heads=2, batch_first=True),
                 op("mean", "torch.mean", "attend.attn_output", dim=1)),
           leads=("attend.query", "attend.key", "attend.value")),
    # --- maps of another size than the target ---------------------------------------------------
    Broken("channels-of-a-larger-map", "shuffled-otherwise", "conv", ("is 16", "B×4×32×32", "12"),
           "Set out_channels of “conv” to 12", larger(16, 2)),
    Broken("map-three-times-as-large", "shuffled-otherwise", "lay",
           ("3 times", "B×3×48×48", "B×3×32×32", "12"),
           "Set upscale_factor to 2, and set out_channels of “conv” to 12", larger(27, 3)),
    Broken("grown-by-one-row-too-many", "grown-otherwise", "grow1",
           ("kernel_size 3", "9×9 of 4×4", "8×8", "B×3×19×19"),
           "Set kernel_size of “grow1” and “grow2” to 2", grown(3)),
    Broken("grown-without-a-padding", "grown-otherwise", "grow1",
           ("kernel_size 4", "10×10 of 4×4", "B×3×22×22"),
           "Set padding of “grow1” and “grow2” to 1", grown(4)),
    Broken("map-for-a-smaller-target", "target-does-not-fit", "loss", ("B×3×16×16", "B×3×12×12"),
           "Resize input to 12×12",
           net(conv("conv", 3), x=nets.RGB, y=(B, 3, 12, 12), loss="MSELoss")),
    # --- before a loss of classes ---------------------------------------------------------------
    Broken("classes-of-a-map-moved-last", "classes-moved-last", "turn",
           ("B×4×16×16", "B×16×16×4", "axis 1"), "Switch “turn” off",
           net(conv("conv", 8), relu("act"), conv("scores", 4, 1),
               op("turn", "Tensor.permute", args=(0, 2, 3, 1)), x=nets.RGB, y=(B, 16, 16),
               classes=4)),
    Broken("one-hot-of-a-class-more", "one-hot-width", "hot", ("is 5", "B×5", "B×4", "name 4"),
           "Set num_classes to 4", hot(5)),
    Broken("one-hot-and-a-score-more", "one-hot-width", "fc", ("B×5", "B×4", "name 4 classes"),
           "Set out_features of “fc” to 4", hot(4, 5)),
    Broken("one-hot-and-a-score-less", "one-hot-width", "fc", ("B×3", "B×4", "name 4 classes"),
           "Set out_features of “fc” to 4", hot(4, 3)),
    # --- orders of axes -------------------------------------------------------------------------
    Broken("places-in-front-of-the-one", "made-size", "places", ("7×1×5", "B×7×5"),
           "Set shape of “places” to (1, 7, 5)",
           net(op("places", "param.tensor", shape=(7, 1, 5), init="normal"),
               op("add", "op.add", two("x", "places")), nn("rnn", "GRU", hidden_size=8,
                                                           batch_first=True),
               op("last", "op.getitem", "rnn.output", index=(nets.EVERY, -1)), linear("fc", 4),
               x=nets.SERIES, classes=4)),
    Broken("order-of-maps-one-place-high", "no-such-axis", "turn", ("(2, 0, 1)", "B×8×1×16"),
           "Drop axis 2, of size 1, before “turn”",
           net(conv("conv", 8), relu("act"), nn("low", "AdaptiveAvgPool2d", output_size=(1, None)),
               op("turn", "Tensor.permute", args=(2, 0, 1)), nn("rnn", "GRU", hidden_size=8),
               op("last", "op.getitem", "rnn.output", index=-1), linear("fc", 4), x=nets.RGB,
               classes=4)),
    Broken("order-of-one-image", "no-such-axis", "turn", ("(2, 0, 1)", "B×3×16×16", "names 3"),
           "Switch “turn” off",
           net(op("turn", "Tensor.permute", args=(2, 0, 1)), conv("conv", 8, in_channels=3),
               relu("act"), MEAN, flat(), linear("fc", 4), x=nets.RGB, classes=4)),
    Broken("order-of-one-image-channels-last", "no-such-axis", "turn", ("(2, 0, 1)", "B×16×16×3"),
           "Set args to (0, 3, 1, 2)",
           net(op("turn", "Tensor.permute", args=(2, 0, 1)), conv("conv", 8, in_channels=3),
               relu("act"), MEAN, flat(), linear("fc", 4), x=(B, 16, 16, 3), classes=4)),
    Broken("norm-of-steps-turned-back", "norm-num-features", "norm", ("is 12", "B×7×12"),
           "Swap axes 1 and 2 before “norm”, and back after it",
           net(linear("embed", 12), nn("norm", "BatchNorm1d", num_features=12),
               op("mean", "torch.mean", dim=1), linear("fc", 4, in_features=12), x=nets.SERIES,
               classes=4)),
    # --- more than any memory holds --------------------------------------------------------------
    Broken("steps-beyond-number", "too-many-steps", "places", ("1e-300", "0 to 13"),
           "Set step to 1",
           net(op("places", "torch.arange", {}, start=0, end=13, step=1e-300),
               op("add", "op.add", two("x", "places")), linear("fc", 4), x=nets.TABLE, classes=4)),
    Broken("width-beyond-memory", "refused-argument", "fc1", (str(10**18), "no memory"), "",
           rows(linear("fc1", 10**18))),
]  # fmt: skip
