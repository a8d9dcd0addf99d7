"""Axes that are mixed, and labels and settings that are not what is meant: torch takes them all."""

from __future__ import annotations

from graph_editor.document.model import Expr
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import warned
from tests.corpus.form import adding, being, linear, net, nn, op, saying

CASES = [
    warned("series-cut-anew-for-time-first", "axes-mixed", "cut", ("B×", "in another order"),
           "Use permute(1, 0, 2) instead",
           net(op("cut", "Tensor.reshape", args=(12, B, 8)), nn("rnn", "GRU", hidden_size=6),
               op("last", "op.getitem", "rnn.output", index=(-1,)), linear("fc", 4),
               x=(B, 12, 8), classes=4)),
    warned("pixels-last-cut-anew", "axes-mixed", "cut", ("B×3×8×8 of B×8×8×3",),
           "Use permute(0, 3, 1, 2) instead",
           net(op("cut", "Tensor.view", args=(B, 3, 8, 8)), nn("flat", "Flatten"),
               linear("fc", 4), x=(B, 8, 8, 3), classes=4)),
    warned("labels-0-and-1-of-a-margin", "labels-not-signed", "loss", ("log 2", "0 and 1"),
           "Make -1 and 1 of target", nets.yes_or_no(loss="SoftMarginLoss", classes=2),
           changes=("loss",)),
    warned("mean-of-squares-below-0", "momentum", "adam", ("alpha", "1.5"), "Set alpha to 0.99",
           saying(being(nets.mlp(), "adam", "optim.RMSprop"), "adam", alpha=1.5),
           changes=("adam",)),
    Broken("rates-that-end-in-a-division", "schedule-breaks", "plan", ("-1.0", "at step 5"),
           "Set power to 1.0",
           adding(nets.mlp(), op("plan", "lr_scheduler.PolynomialLR",
                                 {"optimizer": "adam.optimizer"}, total_iters=5, power=-1.0))),
    warned("rates-where-factors-are-wanted", "rate-as-factor", "plan", ("0.001 at most", "1e-06"),
           "Divide lr_lambda by the rate 0.001",
           adding(nets.mlp(), op("plan", "lr_scheduler.LambdaLR", {"optimizer": "adam.optimizer"},
                                 lr_lambda=Expr("0.001 * 0.9 ** epoch"), interval="epoch"))),
    warned("rates-that-grow-tenfold", "schedule-rate", "plan", ("gamma", "10.0", "StepLR"),
           "Set gamma to 0.1",
           adding(nets.mlp(), op("plan", "lr_scheduler.StepLR", {"optimizer": "adam.optimizer"},
                                 step_size=2, gamma=10.0))),
    warned("rates-that-are-0-throughout", "schedule-rate", "plan", ("factor", "0.0", "AdamW"),
           "Set factor to 0.1",
           adding(nets.mlp(), op("plan", "lr_scheduler.ConstantLR", {"optimizer": "adam.optimizer"},
                                 factor=0.0, total_iters=1000))),
    warned("rates-that-are-0-at-once", "schedule-rate", "plan", ("gamma", "0.0", "AdamW “adam”"),
           "Set gamma to 0.95",
           adding(nets.mlp(), op("plan", "lr_scheduler.ExponentialLR",
                                 {"optimizer": "adam.optimizer"}, gamma=0.0))),
]  # fmt: skip
