"""Layers and shares along the wrong axis, of which torch says nothing."""

from __future__ import annotations

import math

from graph_editor.document.model import Name
from tests.checking.drawings import B
from tests.checking.lint_cases_batch import lengthened
from tests.checking.lint_cases_heads import FIX as BEFORE
from tests.checking.lint_cases_heads import SHARE, headed, taken_apart
from tests.checking.lint_cases_letters import spoken
from tests.checking.lint_cases_places import TURN as ACROSS
from tests.checking.lint_cases_places import log, mapped, tagged
from tests.checking.lint_cases_shares import attending
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import STATE, warned
from tests.corpus.form import conv, flat, linear, net, nn, op, relu

STEPS = 9
TABLE = nn("table", "Embedding", num_embeddings=50, embedding_dim=12)
WINDOWS = nn("windows", "Conv1d", out_channels=8, kernel_size=3)
TURN = "Let axes 1 and 2 change places before it"
CASES = [
    warned("windows-along-features", "axes-not-turned", "windows",
           ("B×9×12", "12 features", "9 steps"), TURN,
           net(TABLE, WINDOWS, relu("act"), op("top", "torch.amax", dim=2), linear("fc", 4),
               x=nets.WORDS, tokens=50, classes=4)),
    warned("steps-along-channels", "axes-not-turned", "rnn", ("B×8×18", "8 channels"), TURN,
           net(WINDOWS, relu("act"), STATE,
               op("last", "op.getitem", "rnn.output", index=(nets.EVERY, -1)), linear("fc", 4),
               x=(B, 6, 20), classes=4)),
    warned("rows-for-channels", "channels-last", "conv", ("B×16×16×3", "16 rows"),
           "Let axes change places before it with permute(0, 3, 1, 2)",
           net(conv("conv", 8), relu("act"), flat(), linear("fc", 4), x=(B, 16, 16, 3), classes=4)),
    warned("shares-over-the-heads", "softmax-of-hidden", "shares", ("axis 1 of B×4×9×9", "9×9"),
           "Set dim to -1",
           net(op("ones", "torch.ones", {}, size=(STEPS, STEPS), dtype=Name("bool")),
               op("later", "torch.triu", "ones", diagonal=1),
               op("hide", "Tensor.masked_fill", {"input": "x", "mask": "later"}, value=-math.inf),
               nn("shares", "Softmax", dim=1), flat(), linear("fc", 4),
               x=(B, 4, STEPS, STEPS), classes=4)),
    warned("shares-over-the-queries", "softmax-of-queries", "share",
           ("axis 2 of B×4×12×12", "queries"), "Set dim to -1", attending(2)),
    warned("shares-over-four-heads", "softmax-of-queries", "soft",
           ("axis 1 of B×4×12×12", "heads"), "Set dim to -1",
           attending(1, op("half", "op.truediv", other=2.0),
                     behind=(nn("share", "Dropout", p=0.1),))),
    warned("heads-of-their-own-place", "heads-behind-places", "see",
           ("B×12×4×4", "4 heads", "12 places"), BEFORE, headed()),
    warned("heads-of-their-own-place-by-hand", "heads-behind-places", "scores",
           ("B×12×2×8", "2 heads", "12 places"), BEFORE, headed(SHARE, heads=2)),
    warned("shares-over-the-columns", "shares-of-places", "log", ("axis 3 of B×4×12×12", "of 4"),
           "Set dim to 1", mapped(log(-1))),
    warned("shares-over-the-steps", "shares-of-places", "log", ("axis 1 of B×9×5", "of 5"),
           "Set dim to -1", tagged(log(1), ACROSS)),
    warned("letters-over-the-steps", "shares-of-places", "log", ("axis 1 of B×20×11", "of 11"),
           "Set dim to -1", spoken(log(1))),
    warned("heads-of-one-layer", "heads-behind-places", "see", ("B×12×4×4", "4 heads"), BEFORE,
           taken_apart()),
    warned("lengths-along-the-samples", "normalize-over-batch", "length", ("is 0", "B×8"),
           "Set dim to 1", lengthened(0)),
    Broken("mean-of-the-samples", "recurrent-state", "mean", ("2×B×12", "the mean of all samples"),
           "Set dim to 0",
           net(nn("rnn", "GRU", hidden_size=12, num_layers=2, batch_first=True),
               op("mean", "torch.mean", "rnn.h_n", dim=1), linear("fc", 1),
               x=nets.SERIES, y=(B, 1), loss="MSELoss")),
]  # fmt: skip
