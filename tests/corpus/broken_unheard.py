"""Faults of axes, ranges, settings and comparisons of which torch says nothing, or too late."""

from __future__ import annotations

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_losses import AS_FLOAT
from tests.corpus.broken_silent import behind, warned
from tests.corpus.form import (
    Layer,
    being,
    between,
    drawn,
    linear,
    net,
    nn,
    op,
    relu,
    saying,
    two,
)

CUT = op("cut", "Tensor.detach")


def by_hand(error: Layer, *before: Layer, y: tuple[object, ...] = (B,)) -> Project:
    """Return a regression whose mean error is calculated by hand."""
    layers = (linear("fc1", 24), relu("act1"), linear("price", 1), *before)
    return drawn(
        op("data", "data.random", ports={"x": nets.TABLE, "y": y}, samples=40),
        op("x", "io.input", "data.x", shape=nets.TABLE),
        *layers,
        op("out", "io.output"),
        op("less", "op.sub", two("out", "data.y")),
        error,
        op("mean", "torch.mean"),
        op("adam", "optim.AdamW", {"losses[0]": "mean"}),
    )


def gan() -> Project:
    """Return a generator that a cut keeps from what its critic says of it."""
    return drawn(
        op("data", "data.random", ports={"z": nets.TABLE}, samples=40),
        op("z", "io.input", "data.z", shape=nets.TABLE),
        linear("make1", 16), relu("act1"), linear("make2", 8), CUT,
        linear("judge1", 16), relu("act2"), linear("judge2", 1),
        op("out", "io.output"),
        op("wanted", "torch.zeros_like", "out"),
        nn("loss", "BCEWithLogitsLoss", {"input": "out", "target": "wanted"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )  # fmt: skip


def one_score(**options: object) -> Project:
    return net(linear("fc1", 24), relu("act1"), linear("score", 1), x=nets.TABLE, **options)  # type: ignore[arg-type]  # options of any kind


CASES = [
    # --- axes ----------------------------------------------------------------------------------
    warned("shares-of-the-batch", "softmax-over-batch", "log", ("B×4", "0"), "Set dim to 1",
           behind(nets.mlp(loss="NLLLoss"), nn("log", "LogSoftmax", dim=0))),
    warned("attention-of-the-batch", "softmax-over-batch", "soft", ("B×7×7", "0"),
           "Set dim to -1", saying(nets.attention(), "soft", dim=0)),
    warned("gate-of-the-batch", "softmax-over-batch", "gate", ("B×32",), "Set dim to 1",
           between(nets.mlp(), "fc2.input", nn("gate", "Softmax", dim=0))),
    warned("share-of-one", "axis-of-one", "soft", ("B×1", "gives 1"), "Use Sigmoid instead",
           behind(between(nets.yes_or_no(loss="BCELoss", classes=2), "loss.target", AS_FLOAT),
                  nn("soft", "Softmax", dim=1))),
    warned("norm-of-one", "axis-of-one", "norm", ("B×1", "gives 0"), "Switch “norm” off",
           net(linear("narrow", 1), nn("norm", "LayerNorm", normalized_shape=1), relu("act1"),
               linear("fc2", 4), x=nets.TABLE, classes=4)),
    # --- what is compared ----------------------------------------------------------------------
    warned("one-class-of-one", "single-class", "loss", ("B×1", "0"),
           "Use BCEWithLogitsLoss instead",
           between(one_score(classes=2, y=(B, 1)), "loss.target", AS_FLOAT), changes=("loss",)),
    warned("nothing-to-choose-from", "single-class", "loss", ("B×1", "name no other"), "",
           one_score(classes=1)),
    warned("held-against-itself", "loss-of-itself", "loss", ("“price”", "always 0", "B×1"),
           "Connect y of “data” to target",
           nets.regression(loss=nn("loss", "MSELoss", {"input": "out", "target": "out"}))),
    warned("held-against-its-copy", "loss-of-itself", "loss", ("“price”", "0"),
           "Connect y of “data” to target",
           nets.regression(loss=nn("loss", "L1Loss", {"input": "out", "target": "price"}))),
    warned("squares-of-all-pairs", "difference-stretched", "less", ("B×1", "B×B"),
           "Drop the axis of size 1 of input", by_hand(op("error", "torch.square"))),
    warned("distances-of-all-pairs", "difference-stretched", "less", ("B×1", "B×B"),
           "Add an axis of size 1 to input",
           by_hand(op("error", "torch.abs"), op("row", "Tensor.squeeze", dim=1), y=(B, 1))),
    # --- numbers -------------------------------------------------------------------------------
    Broken("noise-for-yes-and-no", "target-range", "data", ("0 to 1", "B×1", "normal numbers"),
           "Let y of “data” be 0 or 1",
           behind(nets.yes_or_no(loss="BCELoss"), nn("sig", "Sigmoid")), changes=("data",)),
    warned("noise-for-answers", "target-range", "loss", ("0 to 1", "B×1", "no lower bound"),
           "Let y of “data” be 0 or 1", nets.yes_or_no(), changes=("data",)),
    warned("noise-for-shares", "target-range", "loss", ("0 and more", "B×4", "nan"),
           "Make shares of target with a softmax",
           behind(nets.mlp(y=(B, 4), classes=None, loss="KLDivLoss"),
                  nn("log", "LogSoftmax", dim=1))),
    Broken("noise-for-words", "embedding-dtype", "table", ("0 to 49", "B×9", "negative"),
           "Let x of “data” be whole numbers from 0 to 49", nets.words(tokens=None),
           changes=("data",)),
    Broken("noise-made-whole-for-words", "embedding-range", "table", ("0 to 49", "B×9"),
           "Let x of “data” be whole numbers from 0 to 49",
           between(nets.words(tokens=None), "table.input", op("whole", "Tensor.long")),
           changes=("data",)),
    warned("scores-held-in-bounds", "activation-on-logits", "last", ("B×10", "0.45", "0.80"),
           "Switch “last” off", behind(nets.cnn(), nn("last", "Tanh"))),
    # --- gradients and settings ----------------------------------------------------------------
    warned("maker-cut-from-its-critic", "no-gradient", "cut", ("2 layers", "detach"),
           "Switch “cut” off", gan()),
    warned("momentum-of-one", "momentum", "adam", ("1.0",), "Set momentum to 0.9",
           saying(being(nets.mlp(), "adam", "optim.SGD"), "adam", momentum=1.0, lr=0.01)),
    warned("betas-swapped", "momentum", "adam", ("(0.999, 0.9)",), "Set betas to (0.9, 0.999)",
           saying(nets.mlp(), "adam", betas=(0.999, 0.9))),
    warned("weights-decay-at-once", "weight-decay", "adam", ("10", "0.1", "100 %"),
           "Set weight_decay to 0",
           saying(being(nets.mlp(), "adam", "optim.SGD"), "adam", weight_decay=10.0, lr=0.1)),
]  # fmt: skip
