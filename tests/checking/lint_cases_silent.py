"""Silent faults of axes, ranges, settings and comparisons, and what only looks like them."""

from __future__ import annotations

from graph_editor.document.model import Expr, FrozenMap, Node, Repeat, Slice
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing, with_node
from tests.checking.lint_cases_losses import (
    LOGARITHM,
    NUMBERS,
    ONE,
    SEQUENCE,
    SIGMOID,
    SOFTMAX,
    scored,
    shares,
    spread,
    tokens,
)
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import inside, more
from tests.checking.numbered import rated as planned
from tests.checking.silent import (
    GATE,
    LOSS,
    NOISE,
    alike,
    apart,
    attended,
    by_hand,
    itself,
    looked_up,
    never_run,
    rated,
    valued,
)

LINEAR: Layer = ("bag", "nn.Linear", {"out_features": 1})
CASES = [
    *[
        Case("softmax-over-batch", "warning", node, ("is 0, the batch of", *says), fixes, drawn)
        for node, says, fixes, drawn in (
            ("log", ("LogSoftmax “log”", "B×10"), ("Set dim to 1",),
             drawing(FLAT, HEAD, LOSS, loss="nn.NLLLoss")),
            ("gate", ("Softmax “gate”", "B×3072"), ("Set dim to 1",), drawing(FLAT, GATE, HEAD)),
            ("soft", ("softmax “soft”", "B×16×24"), ("Set dim to -1",),
             drawing(("soft", "F.softmax", {"dim": 0}), FLAT, HEAD, x=SEQUENCE)),
            ("soft", ("Softmin", "B×10"), ("Set dim to 1",),
             drawing(FLAT, HEAD, ("soft", "nn.Softmin", {"dim": 0}), y=(B, 10), **NUMBERS)),
            ("stage0/soft", ("B×3072",), ("Set dim to 1",),
             inside(("a", "nn.ReLU", {}), ("soft", "torch.softmax", {"dim": 0}), uses=2)),
        )
    ],
    Case("softmax-over-batch", "warning", "soft", ("is -2, the batch of B×10",),
         ("Set dim to 1",), spread(HEAD, ("soft", "F.log_softmax", {"dim": -2}))),
    *[
        Case("axis-of-one", "warning", node, ("holds one only", *says), fixes, drawn)
        for node, says, fixes, drawn in (
            ("soft", ("B×1", "gives 1"), ("Use Sigmoid instead",), shares(ONE, SOFTMAX)),
            ("soft", ("B×1", "gives 0"), ("Use LogSigmoid instead",),
             drawing(FLAT, ONE, ("soft", "F.log_softmax", {"dim": -1}), y=(B, 1), **NUMBERS)),
            ("norm", ("B×1", "but for a bias"), ("Switch “norm” off",),
             drawing(FLAT, ONE, ("norm", "nn.LayerNorm", {"normalized_shape": 1}), y=(B, 1),
                     **NUMBERS)),
            ("norm", ("RMSNorm", "the sign of"), ("Switch “norm” off",),
             drawing(FLAT, LINEAR, ("norm", "nn.RMSNorm", {"normalized_shape": (1,)}), HEAD,
                     wires={"norm.x": "bag.output"})),
            ("norm", ("normalize", "the sign of"), ("Switch “norm” off",),
             drawing(FLAT, LINEAR, ("norm", "F.normalize", {}), HEAD)),
            ("norm", ("GroupNorm", "B×8 "), ("Switch “norm” off",),
             drawing(FLAT, ("body", "nn.Linear", {"out_features": 8}),
                     ("norm", "nn.GroupNorm", {"num_groups": 8, "num_channels": 8}), HEAD)),
            ("soft", ("Softmax2d", "B×1×32×32"), ("Use Sigmoid instead",),
             drawing(("grey", "nn.Conv2d", {"out_channels": 1, "kernel_size": 1}),
                     ("soft", "nn.Softmax2d", {}), FLAT, HEAD)),
        )
    ],
    Case("single-class", "warning", "loss", ("B×1", "is 0 whatever", "name no other"), (),
         drawing(FLAT, ONE, classes=1)),
    Case("single-class", "warning", "loss", ("B×1", "is 0 whatever"),
         ("Set out_features of “head” to 2",),
         drawing(FLAT, ONE, classes=None, y_dtype="int64")),
    Case("single-class", "warning", "loss", ("B×1×32×32",), ("Set out_channels of “map” to 2",),
         drawing(("map", "nn.Conv2d", {"out_channels": 1, "kernel_size": 1}), y=(B, 32, 32),
                 classes=None, y_dtype="int64")),
    Case("single-class", "warning", "loss", ("B×1",), ("Use BCEWithLogitsLoss instead",),
         shares(ONE, loss="nn.CrossEntropyLoss")),
    *[
        Case("loss-of-itself", "warning", "loss", ("“head” as input", effect), fixes, drawn)
        for effect, fixes, drawn in (
            ("always 0", ("Connect y of “data” to target",), itself()),
            ("always 0", ("Connect y of “data” to target",), itself("nn.L1Loss")),
            ("always 0", ("Connect y of “data” to target",),
             itself("nn.HuberLoss", "Tensor.detach")),
            ("always 0", (), itself("nn.SmoothL1Loss", "nn.Identity", "Tensor.detach", y=(B, 5))),
            ("nothing of any label", ("Connect y of “data” to target, and use MSELoss instead",),
             itself("nn.CrossEntropyLoss")),
        )
    ],
    *[
        Case("difference-stretched", "warning", "less", ("B×B",), fixes, drawn)
        for fixes, drawn in (
            (("Drop the axis of size 1 of input", "Add an axis of size 1 to other"), by_hand()),
            (("Drop the axis of size 1 of input", "Add an axis of size 1 to other"),
             by_hand("torch.abs")),
            (("Drop the axis of size 1 of input", "Add an axis of size 1 to other"),
             by_hand("nn.Identity", norm={})),
            (("Drop the axis of size 1 of input", "Add an axis of size 1 to other"),
             by_hand("op.pow", args={"other": 2})),
            (("Drop the axis of size 1 of input", "Add an axis of size 1 to other"),
             by_hand("op.mul", error__other="less.output")),
            (("Drop the axis of size 1 of other", "Add an axis of size 1 to input"),
             by_hand(shape=(B, 1), before=(ONE, ("row", "Tensor.squeeze", {"dim": 1})))),
        )
    ],
    *[
        Case("momentum", "warning", "adam", says, (fix,), rated(spec, **args))
        for says, fix, spec, args in (
            (("momentum of SGD “adam” is 1.0",), "Set momentum to 0.9", "SGD", {"momentum": 1.0}),
            (("momentum", "1.5"), "Set momentum to 0.9", "SGD", {"momentum": 1.5}),
            (("momentum of RMSprop",), "Set momentum to 0.9", "RMSprop", {"momentum": 1}),
            (("dampening", "every gradient but the first"), "Set dampening to 0", "SGD",
             {"momentum": 0.9, "dampening": 1}),
            (("betas of AdamW “adam” are (0.999, 0.9)", "swapped"), "Set betas to (0.9, 0.999)",
             "AdamW", {"betas": (0.999, 0.9)}),
            (("betas", "(0.9, 0.0)"), "Set betas to (0.0, 0.9)", "Adam", {"betas": (0.9, 0.0)}),
        )
    ],
    *[
        Case("weight-decay", "warning", "adam", says, (fix,), rated(spec, **args))
        for says, fix, spec, args in (
            (("weight_decay of SGD “adam” is 10", "lr 0.1", "100 %"), "Set weight_decay to 0",
             "SGD", {"lr": 0.1, "weight_decay": 10.0}),
            (("5 %",), "Set weight_decay to 0", "SGD", {"lr": 0.1, "weight_decay": 0.5}),
            (("AdamW “adam” is 10", "outweighs"), "Set weight_decay to 0.01", "AdamW",
             {"weight_decay": 10}),
            (("20 %",), "Set weight_decay to 0.01", "AdamW", {"lr": 0.1, "weight_decay": 2.0}),
            (("Adam ", "outweighs"), "Set weight_decay to 0", "Adam", {"weight_decay": 5.0}),
            (("RMSprop", "usually has 0"), "Set weight_decay to 0", "RMSprop",
             {"weight_decay": 2.0}),
        )
    ],
    *[
        Case("target-range", grade, node, (NOISE, *says), fixes, drawn)
        for grade, node, says, fixes, drawn in (
            ("error", "data", ("BCELoss “loss”", "y of “data” (B×1)", "stops"),
             ("Let y of “data” be 0 or 1",), valued("nn.BCELoss")),
            ("error", "data", ("stops",), ("Let y of “data” be 0 or 1",),
             valued("nn.BCELoss", ("told", "Tensor.float", {}))),
            ("error", "data", ("stops",), (),
             valued("nn.BCELoss", ("less", "op.mul", {"other": 0.5}))),
            ("warning", "loss", ("BCEWithLogitsLoss", "no lower bound"),
             ("Let y of “data” be 0 or 1",), valued("nn.BCEWithLogitsLoss")),
            ("warning", "loss", ("MultiLabelSoftMarginLoss",), ("Let y of “data” be 0 or 1",),
             valued("nn.MultiLabelSoftMarginLoss")),
            ("warning", "loss", ("KLDivLoss", "B×10", "nan"),
             ("Make shares of target with a softmax",), valued("nn.KLDivLoss", y=(B, 10))),
        )
    ],
    Case("target-range", "warning", "loss", ("CrossEntropyLoss", "B×10", "no lower bound"),
         ("Use MSELoss instead", "Make shares of target with a softmax"),
         drawing(FLAT, HEAD, y=(B, 10), classes=None)),
    Case("target-range", "warning", "loss", ("PoissonNLLLoss", "0 and more", "no lower bound"), (),
         valued("nn.PoissonNLLLoss")),
    Case("target-range", "error", "data", ("x of “data”", "as input", NOISE), (),
         more(shares(ONE, SIGMOID, count=24),
              {"data": Node("data.random", args=FrozenMap({
                  "ports": FrozenMap({"x": (B, 24), "y": (B, 24)}),
                  "classes": FrozenMap({"y": 2})})),
               "x": Node("io.input", args=FrozenMap({"shape": (B, 24)})),
               "free": Node("torch.mean"), "both": Node("op.add")},
              {"loss.input": "data.x", "free.input": "out.output", "both.input": "free.output",
               "both.other": "loss.output", "adam.losses[0]": "both.output"})),
    Case("too-few-classes", "error", "loss", ("from 0 to 9", "y of “data”", NOISE),
         ("Let y of “data” be whole numbers from 0 to 9",),
         more(drawing(FLAT, HEAD, y=(B, 1), classes=None),
              {"row": Node("Tensor.squeeze", args=FrozenMap({"dim": 1})),
               "whole": Node("Tensor.long")},
              {"row.input": "data.y", "whole.input": "row.output",
               "loss.target": "whole.output"})),
    *[
        Case("embedding-range", "error", "table", ("9 rows", "x of “data”", "negative ones"),
             ("Let x of “data” be whole numbers from 0 to 8",), drawn)
        for drawn in (looked_up(), looked_up(spec="nn.EmbeddingBag"))
    ],
]  # fmt: skip
NEAR: list[Near] = [
    ("softmax-over-batch", drawing(FLAT, HEAD, LOGARITHM, loss="nn.NLLLoss")),
    ("softmax-over-batch", drawing(FLAT, SOFTMAX, HEAD)),
    ("softmax-over-batch", drawing(("soft", "nn.Softmax", {"dim": 1}), FLAT, HEAD, x=SEQUENCE)),
    ("softmax-over-batch", attended(0)),
    ("softmax-over-batch", alike(0)),
    ("softmax-over-batch", alike(1)),
    # no batch at all
    (
        "softmax-over-batch",
        drawing(("soft", "nn.Softmax", {"dim": 0}), HEAD, x=(16, 24), y=(16, 10), **NUMBERS),
    ),
    # another lint's: torch guesses
    (
        "softmax-over-batch",
        drawing(("soft", "nn.Softmax", {}), FLAT, HEAD, x=SEQUENCE),
        "softmax-without-dim",
    ),
    ("axis-of-one", drawing(FLAT, HEAD, LOGARITHM, loss="nn.NLLLoss")),
    ("axis-of-one", shares(ONE, SIGMOID)),
    ("axis-of-one", attended(0)),
    ("axis-of-one", drawing(FLAT, ("norm", "nn.LayerNorm", {"normalized_shape": 3072}), HEAD)),
    ("axis-of-one", drawing(FLAT, ONE, ("norm", "nn.BatchNorm1d", {}), y=(B, 1), **NUMBERS)),
    (
        "axis-of-one",
        drawing(("norm", "nn.LayerNorm", {"normalized_shape": (1, 24)}), FLAT, HEAD, x=(B, 1, 24)),
    ),
    (
        "axis-of-one",
        drawing(("norm", "nn.GroupNorm", {"num_groups": 3, "num_channels": 3}), FLAT, HEAD),
    ),
    # attention over as many steps as there are
    (
        "axis-of-one",
        drawing(("soft", "nn.Softmax", {"dim": 1}), FLAT, HEAD, x=(B, 7, 1)),
    ),
    ("single-class", drawing(FLAT, ("head", "nn.Linear", {"out_features": 2}), classes=2)),
    ("single-class", scored(ONE)),
    ("single-class", drawing(FLAT, ONE, y=(B, 1), **NUMBERS)),
    ("single-class", drawing(FLAT, HEAD, LOGARITHM, loss="nn.NLLLoss")),
    # one place in each of ten classes
    (
        "single-class",
        drawing(
            FLAT, HEAD, ("map", "nn.Unflatten", {"dim": 1, "unflattened_size": (10, 1)}), y=(B, 1)
        ),
    ),
    ("single-class", drawing(FLAT, HEAD, y=(B, 10), classes=None), "target-range"),
    ("loss-of-itself", drawing(FLAT, HEAD, y=(B, 10), **NUMBERS)),
    ("loss-of-itself", itself("nn.MSELoss", "torch.sign", "Tensor.detach")),
    # an autoencoder is held against what goes in
    (
        "loss-of-itself",
        more(
            drawing(FLAT, ("back", "nn.Linear", {"out_features": 24}), x=(B, 24), **NUMBERS),
            {},
            {"loss.target": "data.x"},
        ),
    ),
    # how sure the network is of itself
    ("loss-of-itself", itself("nn.MSELoss", "nn.Dropout")),
    # smooth from one sample to the next
    (
        "loss-of-itself",
        more(
            drawing(FLAT, HEAD, y=(B, 10), **NUMBERS),
            {"next": Node("torch.roll", args=FrozenMap({"shifts": 1, "dims": 0}))},
            {"next.input": "out.output", "loss.target": "next.output"},
        ),
    ),
    ("loss-of-itself", scored(ONE)),
    ("difference-stretched", by_hand(shape=(B, 1))),
    ("difference-stretched", by_hand(before=(ONE, ("row", "Tensor.squeeze", {"dim": 1})))),
    (
        "difference-stretched",
        apart(
            ("down", "Tensor.unsqueeze", {"dim": 1}),
            ("along", "Tensor.unsqueeze", {"dim": 0}),
            one="down.output",
            other="along.output",
        ),
    ),
    (
        "difference-stretched",
        apart(("down", "Tensor.unsqueeze", {"dim": 1}), one="down.output", other="out.output"),
    ),
    (
        "difference-stretched",
        apart(
            ("down", "op.getitem", {"index": (Slice(), None)}),
            one="out.output",
            other="down.output",
        ),
    ),
    # the same numbers, as a column and as a row
    ("difference-stretched", apart(one="head.output", other="out.output")),
    ("difference-stretched", by_hand(before=(HEAD,), shape=(B, 1))),
    ("momentum", rated("SGD", momentum=0.99)),
    ("momentum", rated("SGD", momentum=0.9, dampening=0.9)),
    ("momentum", rated("SGD", dampening=1)),
    ("momentum", rated("Adam", betas=(0.0, 0.9))),
    ("momentum", rated("AdamW", betas=(0.95, 0.95))),
    ("momentum", rated("RMSprop", momentum=0.9)),
    ("weight-decay", rated("SGD", lr=0.1, weight_decay=5e-4)),
    ("weight-decay", rated("SGD", lr=0.1, weight_decay=0.1)),
    ("weight-decay", rated("AdamW", weight_decay=0.3)),
    ("weight-decay", rated("AdamW", lr=0.001, weight_decay=1.0)),
    ("weight-decay", rated("Adam", weight_decay=0.01)),
    ("weight-decay", rated("Adam", weight_decay=0)),
    # schedules that decide the rate for themselves
    *[
        ("weight-decay", planned("AdamW", plan, of=of, lr=3.0, weight_decay=0.05))
        for plan, of in (
            ("OneCycleLR", {"max_lr": 0.1, "total_steps": 5_000}),
            ("LambdaLR", {"lr_lambda": Expr("0.001 / (epoch + 1)")}),
        )
    ],
    ("target-range", shares(ONE, SIGMOID)),
    ("target-range", scored(ONE)),
    ("target-range", spread(HEAD, LOGARITHM)),
    ("target-range", valued("nn.BCELoss", ("told", "torch.sigmoid", {}))),
    (
        "target-range",
        valued("nn.BCELoss", ("cut", "torch.clamp", {"min": 0.0, "max": 1.0})),
    ),
    ("target-range", valued("nn.KLDivLoss", y=(B, 10), log_target=True)),
    ("target-range", drawing(FLAT, ONE, y=(B, 1), **NUMBERS)),
    ("target-range", drawing(FLAT, HEAD)),
    ("target-range", valued("nn.PoissonNLLLoss", ("many", "torch.abs", {}))),
    ("embedding-range", tokens(65)),
    # what is drawn and never runs
    ("embedding-range", with_node(looked_up("float"), "table", repeat=Repeat(0))),
    ("target-range", never_run()),
]
