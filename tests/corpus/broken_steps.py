"""Steps or places that are more or fewer than labels, since a node before makes them so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph_editor.document.model import FrozenMap, Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import Layer, conv, linear, net, nn, op, pool, relu, several, two

TURN = op("turn", "Tensor.transpose", dim0=1, dim1=2)
LAST = op("last", "Tensor.transpose", dim0=1, dim1=2)


def tagged(*layers: Layer, **data: Any) -> Project:
    """Return a network that gives each of the seven steps of a series a label."""
    return net(*layers, **{"x": nets.SERIES, "y": (B, 7), "classes": 4, **data})


def windows(**args: Any) -> Project:
    """Return one that looks at three steps at once, and at each alone then."""
    first = nn("first", "Conv1d", out_channels=8, kernel_size=3, **args)
    return tagged(TURN, first, relu("act"), nn("second", "Conv1d", out_channels=4, kernel_size=1))


def recurrent(name: str, at: str) -> Layer:
    return nn(name, "GRU", at, hidden_size=8, batch_first=True)


def told_again() -> Project:
    """Return a network that tells words by the table in which it looks them up."""
    words = nn("words", "Linear", "rnn.output", out_features=30, bias=False)
    sound = net(nn("table", "Embedding", num_embeddings=30, embedding_dim=8),
                nn("rnn", "LSTM", hidden_size=12, batch_first=True), words, LAST,
                x=nets.WORDS, y=nets.WORDS, tokens=30, classes=30)  # fmt: skip
    ties = FrozenMap({"words.weight": "table.weight"})
    return replace(sound, main=replace(sound.main, graph=replace(sound.main.graph, ties=ties)))


CASES = [
    Broken("rows-of-a-table-of-another-width", "tie-mismatch", "words", ("30×12", "30×8"),
           "Set hidden_size of “rnn” to 8", told_again()),
    Broken("windows-lose-both-ends", "class-target", "loss", ("B×4×5", "B×7"),
           "Set padding of “first” to 1", windows()),
    Broken("every-second-step-alone", "class-target", "loss", ("B×4×4", "B×7"),
           "Set stride of “first” to 1", windows(stride=2, padding=1)),
    Broken("sequences-one-behind-the-other", "class-target", "loss", ("B×4×14", "B×7"),
           "Set dim of “join” to 2",
           tagged(recurrent("one", "x"), recurrent("other", "x"),
                  op("join", "torch.cat", several("one.output", "other.output"), dim=1),
                  linear("head", 4), LAST)),
    Broken("rows-of-two-for-three-classes", "class-target", "loss", ("B×2×192", "B×128"),
           "Set args of “rows” to (B, -1, 3)",
           net(conv("half", 8, stride=2), relu("act"), conv("scores", 6),
               op("places", "Tensor.permute", args=(0, 2, 3, 1)),
               op("rows", "Tensor.reshape", args=(B, -1, 2)), LAST,
               x=nets.RGB, y=(B, 128), classes=3)),
    Broken("scores-of-a-learned-prefix", "class-target", "loss", ("B×4×10", "B×7"),
           "Leave the first 3 rows, which are learned, out of the scores",
           tagged(op("prefix", "param.tensor", shape=(1, 3, 5), init="normal"),
                  op("each", "Tensor.expand", args=(B, -1, -1)),
                  op("join", "torch.cat", several("each", "x"), dim=1),
                  nn("mix", "TransformerEncoderLayer", {"src": "join"}, d_model=5, nhead=1,
                     dim_feedforward=8, batch_first=True),
                  linear("head", 4), LAST)),
    Broken("steps-cut-apart-before-samples", "picks-a-sample", "last", ("7×B×8", "one sample"),
           "Set args of “cut” to (B, 7, -1)",
           tagged(op("merged", "Tensor.flatten", start_dim=0, end_dim=1), linear("each", 8),
                  op("cut", "Tensor.view", args=(7, B, -1)), recurrent("rnn", "cut"),
                  op("last", "op.getitem", index=(nets.EVERY, -1)), linear("head", 4), y=(B,)),
           beside=("axes-mixed", "time-first")),
    Broken("films-into-a-layer-for-images", "wrong-number-of-axes", "look", ("5 axes", "B×7×3×8×8"),
           "Merge the samples and their 7 steps before it",
           net(conv("look", 4), relu("act"), nn("whole", "AdaptiveAvgPool2d", output_size=1),
               nn("flat", "Flatten"), op("cut", "Tensor.view", args=(B, 7, -1)),
               op("mean", "torch.mean", dim=1), linear("head", 4), x=(B, 7, 3, 8, 8), classes=4)),
    Broken("one-branch-with-a-stride", "joined-sizes-differ", "join", ("16", "8"),
           "Set stride of “second” to 1",
           net(conv("first", 4), conv("second", 4, at="first", stride=2), relu("act"),
               op("join", "torch.cat", several("first", "act"), dim=1), conv("score", 2, 1),
               x=nets.RGB, y=(B, 16, 16), classes=2)),
    Broken("mean-of-the-channels", "features-averaged", "mean", ("B×8×5", "8"), "Set dim to 2",
           net(TURN, nn("look", "Conv1d", out_channels=8, kernel_size=3), relu("act"),
               op("mean", "torch.mean", dim=1), linear("head", 4, in_features=8),
               x=nets.SERIES, classes=4)),
    Broken("mean-of-channels-and-rows", "features-averaged", "mean", ("B×8×16×16", "(1, 2)"),
           "Set dim to (2, 3)",
           net(conv("look", 8), relu("act"), op("mean", "torch.mean", dim=(1, 2)),
               linear("head", 4, in_features=8), x=nets.RGB, classes=4)),
    Broken("neighbours-on-the-wrong-side", "matmul-inner-sizes", "mix", ("8", "7"),
           "Swap the two factors",
           net(linear("each", 8), op("near", "param.tensor", shape=(7, 7), init="normal"),
               op("mix", "op.matmul", two("each", "near")), op("mean", "torch.mean", dim=1),
               linear("head", 4), x=nets.SERIES, classes=4), leads=("mix.input", "mix.other")),
    Broken("norm-over-the-steps", "layer-norm-shape", "norm", ("7", "8"),
           "Set normalized_shape to 8",
           net(linear("each", 8), nn("norm", "LayerNorm", normalized_shape=7),
               op("mean", "torch.mean", dim=1), linear("head", 4), x=nets.SERIES, classes=4)),
    Broken("maps-side-by-side", "joined-sizes-differ", "outer", ("16", "32"),
           "Set dim of “inner” to 1",
           net(conv("in", 8), relu("top"), pool("half"), conv("mid", 8), relu("low"),
               op("inner", "torch.cat", several("low", "half"), dim=-1),
               nn("up", "ConvTranspose2d", out_channels=8, kernel_size=2, stride=2),
               op("outer", "torch.cat", several("up", "top"), dim=1), conv("score", 2, 1),
               x=nets.RGB, y=(B, 16, 16), classes=2)),
]  # fmt: skip
