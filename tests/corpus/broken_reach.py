"""Numbers that lie too far out, or are not what a loss takes them for."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import behind, warned
from tests.corpus.form import Layer, adding, between, linear, net, nn, op, relu, several, two, wired

TO_FLOAT = op("float", "Tensor.float")


BY_NUMBER = {"num_classes": 5, "ignore_index": 7}


def many(*layers: Layer) -> Project:
    """Return a network that answers twenty questions with yes or no, and the right answers."""
    made = net(linear("fc1", 16), relu("relu"), linear("fc2", 20), *layers,
               x=nets.TABLE, y=(B, 20), classes=2, loss="BCELoss")  # fmt: skip
    return between(made, "loss.target", TO_FLOAT)


def forecast(**more: Any) -> Project:
    """Return a network of sequences that gives a number for each step."""
    rnn = nn("rnn", "GRU", hidden_size=8, batch_first=True)
    ends = {"x": (B, 9, 5), "y": (B,), "loss": "MSELoss", **more}
    return net(rnn, linear("fc", 1, "rnn.output"), **ends)


def spread() -> Project:
    """Return a network that says how sure it is of its prediction."""
    ends = {"input": "fc", "target": "data.y", "var": "above"}
    return net(linear("fc", 1, "x"), linear("width", 1, "x"), nn("above", "Softplus"),
               x=nets.TABLE, y=(B,), loss=nn("loss", "GaussianNLLLoss", ends))  # fmt: skip


SECOND = nn("second", "CrossEntropyLoss", {"input": "out", "target": "data.y"})
CASES = [
    Broken("twenty-raw-scores", "logits-into-probability-loss", "loss", ("B×20", "stops at"),
           "Use BCEWithLogitsLoss instead", many(), changes=("loss",)),
    warned("odds-for-shares", "logits-into-probability-loss", "loss", ("from 0 upwards", "B×20"),
           "Use sigmoid instead", many(op("odds", "torch.exp")), refused=True),
    Broken("log-probabilities-for-shares", "logits-into-probability-loss", "loss",
           ("log-probabilities", "B×20"), "Use Sigmoid instead",
           many(nn("soft", "LogSoftmax", dim=1)), leads=("loss.input",)),
    Broken("one-class-of-ten-ignored", "embedding-range", "loss", ("5 classes", "class 9"),
           "Set num_classes to 10",
           net(linear("fc", 8), x=nets.TABLE, classes=10,
               loss=nn("loss", "LinearCrossEntropyLoss", {"input": "out", "target": "data.y"},
                       in_features=8, **BY_NUMBER)), changes=("loss",)),
    warned("table-in-units-of-its-own", "unscaled-input", "fc1", ("“scale”", "B×13"),
           "Switch “scale” off",
           between(between(nets.regression(x_dtype="float64"), "fc1.input", TO_FLOAT),
                   "float.input", op("scale", "op.mul", other=1000.0))),
    warned("a-forecast-for-each-step", "target-stretched", "loss", ("B×9×1", "B×9×B"),
           "Take the last step of input", forecast()),
    Broken("an-answer-for-each-step", "target-does-not-fit", "loss", ("B×9×1", "B."),
           "Take the mean over the 9 steps of input",
           between(forecast(loss="BCEWithLogitsLoss", classes=2), "loss.target", TO_FLOAT)),
    Broken("margins-in-a-row", "target-does-not-fit", "loss", ("B×1", "B."),
           "Drop the last axis of input",
           net(linear("fc", 1), x=nets.TABLE, y=(B,), loss="SoftMarginLoss")),
    warned("prices-with-a-spread", "target-stretched", "loss", ("B×1", "B×B"),
           "Add an axis of size 1 to target", spread()),
    warned("two-softmaxes-side-by-side", "softmax-before-cross-entropy", "sa", ("B×4", "“sb”"),
           "Switch “sa” and “sb” off",
           net(linear("a", 2, "x"), nn("sa", "Softmax", dim=1), linear("b", 2, "x"),
               nn("sb", "Softmax", dim=1), op("both", "torch.cat", several("sa", "sb"), dim=1),
               x=nets.TABLE, classes=4)),
    warned("softmax-by-hand", "softmax-before-cross-entropy", "share", ("B×4",),
           "Insert log before “loss”",
           net(linear("fc", 4), op("power", "torch.exp"),
               op("total", "torch.sum", dim=1, keepdim=True),
               op("share", "op.truediv", two("power", "total")), x=nets.TABLE, classes=4),
           leads=("loss.input",)),
    warned("sigmoids-into-nll", "logits-into-probability-loss", "loss", ("B×4", "for each class"),
           "Use LogSoftmax instead", behind(nets.mlp(loss="NLLLoss"), nn("bent", "LogSigmoid"))),
    warned("divergence-turned-around", "divergence-target", "loss", ("B×4", "nan"),
           "Swap input and target",
           net(nn("shares", "Softmax", "data.y", dim=1), linear("fc", 4, "x"),
               nn("soft", "LogSoftmax", dim=1), x=nets.TABLE, y=(B, 4),
               loss=nn("loss", "KLDivLoss", {"input": "shares", "target": "soft"},
                       reduction="batchmean")), changes=("loss",)),
    Broken("labels-of-two-losses", "class-target", "loss", ("B×3", "B×1"),
           "Drop axis 1 of target, for “second” too",
           wired(adding(net(linear("fc", 3), x=nets.TABLE, y=(B, 1), classes=3), SECOND),
                 **{"adam__losses[1]": "second"})),
    Broken("labels-of-a-loss-that-only-shows", "class-target", "loss", ("B×3", "B×1"),
           "Drop axis 1 of target, for “second” too",
           adding(net(linear("fc", 3), x=nets.TABLE, y=(B, 1), classes=3), SECOND),
           beside=("reaches-no-loss",)),
    Broken("yes-or-no-of-four-classes", "head-width", "fc", ("B×4", "4 scores"),
           "Use CrossEntropyLoss instead, and switch “sig” off",
           net(linear("fc", 4), nn("sig", "Sigmoid"), x=nets.TABLE, classes=4, loss="BCELoss"),
           changes=("loss",)),
    Broken("one-share-for-four-classes", "target-does-not-fit", "loss", ("B×1", "B."),
           "Use CrossEntropyLoss instead, and switch “sig” off, and set out_features of “fc” to 4",
           net(linear("fc", 1), nn("sig", "Sigmoid"), x=nets.TABLE, classes=4, loss="BCELoss"),
           changes=("loss",)),
    Broken("few-places-for-a-text-of-any-length", "shapes-do-not-broadcast", "add",
           ("B×T×12", "8×12"), "Set shape of “places” to (512, 12), and cut other to T",
           net(nn("table", "Embedding", num_embeddings=50, embedding_dim=12),
               op("places", "param.tensor", shape=(8, 12)),
               op("add", "op.add", two("table", "places")),
               op("mean", "torch.mean", dim=1), linear("fc", 4), x=(B, Expr("T")), tokens=50,
               classes=4)),
    Broken("a-step-to-be-recorded", "refused-argument", "adam", ("True", "on a GPU alone"),
           "Set capturable to False",
           net(linear("fc", 4), x=nets.TABLE, classes=4,
               optimizer=op("adam", "optim.AdamW", capturable=True))),
]  # fmt: skip
