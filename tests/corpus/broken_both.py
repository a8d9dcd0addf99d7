"""What is turned or shared where it should not be, and what only two edits together cure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph_editor.document.model import NodeId, Weights
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_forgotten import ENCODER, MEAN, TABLE, TEXT
from tests.corpus.broken_silent import warned
from tests.corpus.form import (
    Layer,
    adding,
    between,
    linear,
    net,
    nn,
    op,
    relu,
    two,
    wired,
    with_block,
)

LABELS = op("rows", "F.one_hot", {"tensor": "data.y"}, num_classes=4)


def shared(layer: Layer, owner: str) -> Layer:
    """Return a layer that is called with the weights of another one."""
    return replace(layer, fields={"weights": Weights(same_as=NodeId(owner))})


def judged_twice() -> Any:
    """Return a network that looks at data, and at what a layer makes of them, in the same way."""
    made = net(
        op("one", "block.look", {"x": "x"}), linear("made", 20, "x"),
        shared(op("other", "block.look", {"x": "made"}), "one"),
        op("both", "op.add", two("one.y", "other.y")), linear("head", 4),
        x=nets.TABLE, classes=4,
    )  # fmt: skip
    return with_block(made, "look", op("x", "io.input", {}), linear("inner", 8), relu("act"),
                      op("y", "io.output"))  # fmt: skip


CASES = [
    Broken("one-hot-answers-too-few", "embedding-range", "rows", ("4 classes", "class 4"),
           "Set num_classes to 5, and set out_features of “fc” to 5",
           wired(adding(net(linear("fc", 4), x=nets.TABLE, classes=5, loss="BCEWithLogitsLoss"),
                        LABELS, op("told", "Tensor.float", "rows")), loss__target="told")),
    Broken("padding-mask-across", "mask-size", "mix", ("B×9", "9×B"), "Switch “turn” off",
           net(TABLE, op("empty", "op.eq", "x", other=0),
               op("turn", "Tensor.transpose", dim0=0, dim1=1),
               nn("mix", "TransformerEncoderLayer",
                  {"src": "table", "src_key_padding_mask": "turn"}, batch_first=True, **ENCODER),
               MEAN, linear("fc", 4), **TEXT)),
    warned("axis-in-front-of-the-samples", "target-stretched", "loss", ("B×1", "1×B"),
           "Set dim of “axis” to 1",
           between(nets.regression(y=(B,)), "loss.target", op("axis", "Tensor.unsqueeze", dim=0))),
    Broken("layer-shared-at-two-widths", "linear-in-features", "other", ("16", "13"),
           "Give “other” weights of its own",
           net(linear("small", 16), linear("one", 8),
               shared(linear("other", 8, "x"), "one"),
               op("both", "op.add", two("one", "other")), linear("head", 4),
               x=nets.TABLE, classes=4)),
    Broken("block-shared-at-two-widths", "shared-weights", "other/inner", ("be 20", "it is 13"),
           "Set out_features of “made” to 13", judged_twice()),
]  # fmt: skip
