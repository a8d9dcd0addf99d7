"""Ranges and curves that are lost sight of behind a slice, a turn or a resize."""

from __future__ import annotations

from graph_editor.document.model import Slice
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import warned
from tests.corpus.form import between, conv, flat, linear, net, nn, op

BUT_LAST = (nets.EVERY, Slice(None, -1))
CASES = [
    Broken("words-but-the-last", "embedding-range", "table", ("15 rows", "row 19"),
           "Set num_embeddings to 20",
           net(op("cut", "op.getitem", index=BUT_LAST),
               nn("table", "Embedding", num_embeddings=15, embedding_dim=4), flat(),
               linear("fc", 4), x=(B, 9), tokens=20, classes=4)),
    Broken("the-first-label-of-three", "too-few-classes", "fc3", ("4 scores", "6 classes"),
           "Set out_features of “fc3” to 6",
           between(nets.mlp(y=(B, 3), classes=6), "loss.target",
                   op("first", "op.getitem", index=(nets.EVERY, 0)))),
    warned("softmax-of-the-last-step", "softmax-before-cross-entropy", "soft", ("B×4",),
           "Switch “soft” off",
           net(nn("rnn", "GRU", hidden_size=8, batch_first=True), linear("fc", 4, "rnn.output"),
               nn("soft", "Softmax", dim=-1), op("last", "op.getitem", index=(nets.EVERY, -1)),
               x=nets.SERIES, classes=4)),
    warned("sigmoid-that-is-stretched", "sigmoid-before-logits-loss", "sig", ("0.5 and 0.73",),
           "Switch “sig” off",
           between(net(conv("pixels", 1, 1), nn("sig", "Sigmoid"),
                       nn("twice", "Upsample", scale_factor=2), x=(B, 3, 8, 8),
                       y=(B, 1, 16, 16), classes=2, loss="BCEWithLogitsLoss"),
                   "loss.target", op("told", "Tensor.float"))),
    warned("dropout-on-the-one-answer", "activation-on-logits", "drop", ("at random",),
           "Switch “drop” off",
           between(net(linear("fc", 1), nn("drop", "Dropout"),
                       op("one", "op.getitem", index=(nets.EVERY, 0)), x=nets.TABLE, classes=2,
                       loss="BCEWithLogitsLoss"), "loss.target", op("told", "Tensor.float"))),
]  # fmt: skip
