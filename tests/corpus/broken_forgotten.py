"""What people leave out: a padding, a turn, a head, a sum, an axis, a loss, batch_first."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import warned
from tests.corpus.form import (
    Layer,
    adding,
    between,
    conv,
    cut,
    flat,
    lacking,
    linear,
    net,
    nn,
    op,
    relu,
    several,
    two,
    wired,
)

TABLE = nn("table", "Embedding", "x", num_embeddings=20, embedding_dim=8)
ENCODER: dict[str, Any] = {"d_model": 8, "nhead": 2, "dim_feedforward": 16, "dropout": 0.0}
MEAN = op("mean", "torch.mean", dim=1)
TEXT: dict[str, Any] = {"x": nets.WORDS, "tokens": 20, "classes": 4}


def learned(name: str, *shape: int) -> Layer:
    return op(name, "param.tensor", shape=shape, init="normal")


def rated(y: tuple[Any, ...] = (B,)) -> Any:
    """Return a factorization whose rows are multiplied and not summed up."""
    rows = nn("rows", "Embedding", "x", num_embeddings=9, embedding_dim=4)
    others = nn("others", "Embedding", "x", num_embeddings=9, embedding_dim=4)
    product = op("product", "op.mul", two("rows", "others"))
    return net(rows, others, product, x=(B,), y=y, tokens=9, loss="MSELoss")


def by_kinds(shape: tuple[int, ...], *layers: Layer) -> Any:
    """Return a classifier by a weight that is a learned tensor of its own."""
    feeds = {"input": "fc", "weight": "kinds"} | ({"bias": "offset"} if layers else {})
    rule = op("rule", "F.linear", feeds)
    return net(linear("fc", 8), learned("kinds", *shape), *layers, rule, x=nets.TABLE, classes=4)


CASES = [
    # --- sizes ----------------------------------------------------------------------------------
    Broken("block-without-padding", "shapes-do-not-broadcast", "add", ("B×8×16×16", "B×8×12×12"),
           "Set padding of “one” and “two” to 1",
           net(conv("stem", 8), conv("one", 8, padding=0), relu("act"), conv("two", 8, padding=0),
               op("add", "op.add", two("stem", "two")), flat(), linear("fc", 4),
               x=nets.RGB, classes=4)),
    Broken("branches-without-padding", "joined-sizes-differ", "join", ("10 in one", "16"),
           "Pad “one” and “two”, so that each keeps the size of its map",
           net(conv("one", 4, 5, padding=0), conv("two", 4, 3, padding=0),
               op("join", "torch.cat", several("two", "x"), dim=1), flat(), linear("fc", 4),
               x=nets.RGB, classes=4)),
    Broken("patches-that-lie-across", "joined-sizes-differ", "join", ("B×12×16", "1", "12"),
           "Swap the last two axes of tensors[1]",
           net(nn("patches", "Conv2d", out_channels=12, kernel_size=4, stride=4),
               nn("rows", "Flatten", start_dim=2), learned("class", 1, 1, 12),
               op("each", "Tensor.expand", args=(Expr("B"), -1, -1)),
               op("join", "torch.cat", several("each", "rows"), dim=1), MEAN, linear("fc", 4),
               x=nets.RGB, classes=4)),
    Broken("heads-behind-the-steps", "heads-not-moved", "scores",
           ("7×7", "B×7×2×4", "2 heads", "B×2×7×4"),
           "Turn 2 heads before the 7 steps in queries, keys and values of “scores”",
           net(*(layer for name in "qkv" for layer in (
                   linear(name, 8, "x"), op(f"{name}s", "Tensor.reshape", args=(B, 7, 2, 4)))),
               op("keys", "Tensor.transpose", "ks", dim0=-2, dim1=-1),
               op("scores", "op.matmul", two("qs", "keys")),
               op("ones", "torch.ones", {}, size=(7, 7)), op("past", "torch.tril"),
               op("later", "op.eq", other=0),
               op("seen", "Tensor.masked_fill", {"input": "scores", "mask": "later"}, value=-1e9),
               nn("soft", "Softmax", dim=-1), op("mixed", "op.matmul", two("soft", "vs")),
               op("back", "Tensor.transpose", dim0=1, dim1=2),
               op("rows", "Tensor.reshape", args=(B, 7, 8)), MEAN, linear("fc", 4),
               x=nets.SERIES, classes=4)),
    # --- the end of a network -------------------------------------------------------------------
    Broken("no-head-behind-the-mean", "too-few-classes", "loss", ("B×8", "20 classes", "8 scores"),
           "Insert a Linear layer that makes 20 scores of 8 features",
           net(TABLE, nn("mix", "TransformerEncoderLayer", {"src": "table"}, batch_first=True,
                         **ENCODER), MEAN, **{**TEXT, "classes": 20})),
    Broken("products-not-summed-up", "head-width", "rows", ("B×4", "target B"),
           "Sum the products of “product” up, so that each sample has one number", rated()),
    Broken("loss-forgotten", "missing-input", "adam", ("losses[0]",),
           "Add a CrossEntropyLoss of out and data.y, and lower it",
           cut(lacking(nets.mlp(), "loss"), "adam.losses[0]"), by_torch=False),
    Broken("scores-lowered-themselves", "loss-not-scalar", "adam", ("B×4", "single number"),
           "Add a CrossEntropyLoss of out and data.y, and lower it",
           lacking(nets.mlp(), "loss")),
    Broken("one-hot-pixels", "class-target", "loss", ("B×3×16×16", "B×16×16×3"),
           "Switch “rows” off",
           wired(adding(nets.unet(), op("rows", "F.one_hot", {"tensor": "data.y"}, num_classes=3)),
                 loss__target="rows")),
    # --- batch_first ----------------------------------------------------------------------------
    Broken("padding-and-steps-first", "mask-size", "mix", ("9×B", "B×9"),
           "Set batch_first to True",
           net(TABLE, op("empty", "op.eq", "x", other=0),
               nn("mix", "TransformerEncoderLayer",
                  {"src": "table", "src_key_padding_mask": "empty"}, **ENCODER),
               MEAN, linear("fc", 4), **TEXT), beside=("time-first",)),
    Broken("two-texts-steps-first", "samples-differ", "mix", ("5 of tgt", "B×9×8", "B×5×8"),
           "Set batch_first to True",
           net(TABLE, op("start", "op.getitem", "table", index=(nets.EVERY, Slice(None, 5))),
               nn("mix", "Transformer", {"src": "table", "tgt": "start"}, d_model=8, nhead=2,
                  num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16, dropout=0.0),
               MEAN, linear("fc", 4), **TEXT)),
    warned("curve-without-a-feature", "time-first", "rnn", ("B×24", "3 axes"),
           "Make every sample a sequence of 24 steps with one feature, and take the last one",
           net(nn("rnn", "LSTM", hidden_size=8, batch_first=True), linear("fc", 1, "rnn.output"),
               x=(B, 24), y=(B, 1), loss="MSELoss")),
    # --- weights by wire ------------------------------------------------------------------------
    Broken("weight-of-other-rows", "function-linear", "rule", ("rows of 8", "4×6"),
           "Set shape of “kinds” to (4, 8)", by_kinds((4, 6))),
    Broken("weight-that-lies-across", "function-linear", "rule", ("rows of 8", "8×4", "rows of 4"),
           "Swap the axes of weight", by_kinds((8, 4))),
    Broken("bias-of-other-results", "function-linear", "rule", ("4×8", "bias of 3"),
           "Set shape of “offset” to (4,)", by_kinds((4, 8), learned("offset", 3))),
    Broken("likeness-of-other-rows", "shapes-do-not-broadcast", "alike", ("B×8", "B×6"),
           "Set out_features of “two” to 8",
           net(linear("one", 8), linear("two", 6, "x"),
               op("alike", "F.cosine_similarity", {"x1": "one", "x2": "two"}, dim=1),
               x=nets.TABLE, loss="MSELoss")),
    # --- a warning behind another ---------------------------------------------------------------
    warned("dropout-behind-softmax", "activation-on-logits", "drop", ("B×4", "at random"),
           "Switch “drop” off, and switch “soft” off",
           between(between(nets.mlp(), "out.input", nn("soft", "Softmax", dim=1)), "out.input",
                   nn("drop", "Dropout"))),
]  # fmt: skip
