"""Arguments that torch refuses together: a hint without its mask, ends, sizes and milestones."""

from __future__ import annotations

from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.form import adding, flat, linear, net, nn, op

ATTEND = dict.fromkeys(("query", "key", "value"), "x")
PART = {"optimizer": "adam.optimizer"}
PARTS = (
    op("first", "lr_scheduler.ConstantLR", PART),
    op("second", "lr_scheduler.ExponentialLR", PART, gamma=0.9),
)
HELD = {**PART, "schedulers[0]": "first.scheduler", "schedulers[1]": "second.scheduler"}


def grown(**args):  # type: ignore[no-untyped-def]  # any arguments
    """Return a classifier of small maps that are made larger first."""
    up = nn("up", "ConvTranspose2d", out_channels=4, kernel_size=3, stride=2, **args)
    return net(up, flat(), linear("fc", 4), x=(B, 3, 8, 8), classes=4)


CASES = [
    Broken("hint-without-a-mask", "causal-without-mask", "see", ("is_causal", "attn_mask"),
           "Set is_causal to False",
           net(nn("see", "MultiheadAttention", ATTEND, embed_dim=5, num_heads=1, batch_first=True,
                  is_causal=True),
               op("mean", "torch.mean", "see.attn_output", dim=1), linear("fc", 4),
               x=nets.SERIES, classes=4)),
    Broken("grown-too-far", "given-output-size", "up", ("20×20", "17×17 to 18×18"),
           "Set output_size to (18, 18)", grown(output_size=(20, 20))),
    Broken("grown-along-one-axis", "given-output-size", "up", ("17×17 to 18×18", "1 number", "2"),
           "Set output_size to None", grown(output_size=(17,))),
    Broken("ends-the-wrong-way", "ends-in-order", "act", ("min_val", "1.0", "-1.0"),
           "Let min_val and max_val change places",
           net(linear("a", 8), nn("act", "Hardtanh", min_val=1.0, max_val=-1.0), linear("b", 4),
               x=nets.TABLE, classes=4)),
    Broken("one-milestone-too-many", "milestones", "plan", ("2 schedulers", "2 milestones", "1 is"),
           "Set milestones to (2,)",
           adding(nets.mlp(), *PARTS,
                  op("plan", "lr_scheduler.SequentialLR", HELD, milestones=(2, 3)))),
    Broken("padding-in-capitals", "refused-argument", "c", ("'SAME'", "'valid' or 'same'"),
           "Set padding to 'same'",
           net(nn("c", "Conv2d", out_channels=4, kernel_size=3, padding="SAME"), flat(),
               linear("fc", 4), x=(B, 3, 8, 8), classes=4)),
    Broken("milestone-without-a-list", "milestones", "plan", ("5", "[5]"),
           "Set milestones to (5,)",
           adding(nets.mlp(), op("plan", "lr_scheduler.MultiStepLR", PART, milestones=5))),
]  # fmt: skip
