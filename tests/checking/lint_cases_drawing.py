"""Faults of what a drawing says of itself: ends, weights, settings; and what only looks so."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Expr,
    FrozenMap,
    Node,
    NodeId,
    Project,
    Weights,
)
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing, project, with_node
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more, rated, saying, two_losses
from tests.checking.said import FOUND, LOST, MEANINGLESS, MEANT

DEFAULT = "train 0.8, val 0.2"
RELU: Layer = ("relu", "nn.ReLU", {})
BODY: Layer = ("a", "nn.Linear", {"out_features": 8})
SAME_SIZE: Layer = (
    "conv",
    "nn.Conv2d",
    {"out_channels": 4, "kernel_size": (3, 1), "padding": "same"},
)
THERE = (Address("."),)


def frozen(*layers: str) -> Project:
    made = drawing(FLAT, BODY, HEAD)
    for name in layers:
        made = with_node(made, name, freeze=THERE)
    return made


def idle(spec: str = "nn.Linear", name: str = "lost") -> Project:
    """Return a drawing with two layers beside the others, whose result nobody reads."""
    nodes = {"before": Node("nn.ReLU"), name: Node(spec, args=FrozenMap({"out_features": 3}))}
    wires = {"before.input": "flat.output", f"{name}.input": "before.output"}
    return more(drawing(FLAT, HEAD), nodes, wires)


def beside(*layers: Layer, end: str = "io.output", **wires: str) -> Project:
    """Return a drawing with a second way from the body, which ends in an output or a metric."""
    nodes = {name: Node(spec, args=FrozenMap(args)) for name, spec, args in layers}
    names = ["relu", *nodes]
    joined = {f"{after}.input": f"{name}.output" for name, after in pairwise(names)}
    nodes["end"] = Node(end)
    joined["end.input"] = f"{names[-1]}.output"
    return more(drawing(FLAT, BODY, RELU, HEAD), nodes, {**joined, **wires})


SECOND: Layer = ("second", "nn.Linear", {"out_features": 3})
DEEP: tuple[Layer, ...] = (("first", "nn.Linear", {"out_features": 6}), ("bent", "nn.Tanh", {}))
MEASURED: Mapping[str, str] = {"end.target": "data.y"}


def unheard() -> Project:
    """Return a drawing whose second loss is given to no optimizer."""
    made = two_losses(20, 20)
    graph = made.main.graph
    wires = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in graph.wires.items()}
    del wires["adam.losses[1]"]
    return project(dict(graph.nodes), wires, made.run)


def untrained(*losses: str) -> Project:
    """Return a drawing that has losses and no optimizer."""
    made = drawing(FLAT, HEAD)
    nodes = {k: n for k, n in made.main.graph.nodes.items() if k != "adam"}
    wires = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in made.main.graph.wires.items()}
    wires.pop("adam.losses[0]")
    for name in losses:
        nodes[NodeId(name)] = Node("nn.CrossEntropyLoss")
        wires |= {f"{name}.input": "out.output", f"{name}.target": "data.y"}
    return project(nodes, wires, made.run)


def alone(*layers: Layer) -> Project:
    """Return a model without data, loss or optimizer."""
    made = drawing(FLAT, *layers)
    kept = {k: n for k, n in made.main.graph.nodes.items() if k not in ("data", "loss", "adam")}
    wires = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in made.main.graph.wires.items()
             if {t.node, s.node} <= set(kept)}  # fmt: skip
    return project(kept, wires, made.run)


def with_run(**settings: object) -> Project:
    return drawing(FLAT, HEAD, run={"batch_size": 16, **settings})  # type: ignore[dict-item]  # tried with anything


def split(spec: str = "data.random", samples: int | None = None, **shares: object) -> Project:
    """Return a drawing whose data is divided by these shares."""
    made = drawing(FLAT, HEAD)
    args = made.main.graph.nodes[NodeId("data")].args.set("split", FrozenMap(shares))  # type: ignore[arg-type]  # tried with anything
    if spec != "data.random":
        args = FrozenMap({"split": args["split"]})
        entry = FrozenMap({"shape": (B, 4)})
        made = more(made, {}, {"x.input": "data.x", "loss.target": "data.label"})
        made = saying(with_node(made, "x", args=entry), "head", {"out_features": 3})
        made = with_node(made, "data", spec=spec)
    return with_node(made, "data", args=args if samples is None else args.set("samples", samples))


def cycled(optimizer: str, schedule: str = "OneCycleLR", **of: Arg) -> Project:
    """Return a drawing with a schedule that goes up and down again."""
    usual = {"OneCycleLR": {"total_steps": 5_000}, "CyclicLR": {"base_lr": 0.001}}
    peak: Mapping[str, Arg] = {"max_lr": 0.01}
    return rated(optimizer, schedule, of={**peak, **usual.get(schedule, {}), **of})


CASES = [
    Case("reaches-no-loss", "info", "lost", ("“lost”", "1 node before it"),
         (), idle()),
    Case("reaches-no-loss", "info", "lost", ("“lost” reaches",), ("Make “lost” an output",),
         more(drawing(FLAT, HEAD), {"lost": Node("nn.ReLU")}, {"lost.input": "flat.output"})),
    Case("leads-to-no-loss", "warning", "second", ("Linear “second” leads to no loss",), (),
         beside(SECOND)),
    Case("leads-to-no-loss", "warning", "second", ("“second” and 1 layer before it lead",), (),
         beside(*DEEP, SECOND)),
    Case("leads-to-no-loss", "warning", "second", ("Linear “second” leads to no loss",), (),
         more(beside(SECOND), {"watch": Node("metric.accuracy")},
              {"watch.input": "end.output", "watch.target": "data.y"})),
    Case("nothing-to-train", "error", "adam", ("all 2 layers", "frozen"),
         ("Unfreeze “a”", "Unfreeze “head”"), frozen("a", "head")),
    Case("nothing-to-train", "error", "adam", ("no layer with weights",), (),
         drawing(FLAT, x=(B, 10))),
    Case("no-optimizer", "warning", "loss", ("No optimizer", "“loss”"),
         ("Add an AdamW optimizer",), untrained()),
    Case("no-optimizer", "warning", "another", ("“another” and 1 other loss ",),
         ("Add an AdamW optimizer",), untrained("another")),
    Case("no-optimizer", "warning", "other", ("CrossEntropyLoss “other” is given to no",),
         ("Give it to “adam”",), unheard()),
    *[
        Case("cycled-momentum", "error", "plan", (f"{name} “adam” has no momentum",),
             ("Set cycle_momentum to False",), cycled(name, schedule))
        for name, schedule in (
            ("Adagrad", "OneCycleLR"), ("Rprop", "CyclicLR"), ("Adafactor", "OneCycleLR"),
            ("Adadelta", "CyclicLR"), ("ASGD", "OneCycleLR"),
        )
    ],
    Case("schedule-too-short", "error", "plan",
         ("lasts 129 steps", "takes 130 (10 epochs of 13 batches)"), ("Set total_steps to 130",),
         cycled("AdamW", total_steps=129)),
    Case("schedule-too-short", "error", "plan", ("lasts 1 step,", "takes 10 (10 epochs)"),
         ("Set total_steps to 10",), cycled("AdamW", total_steps=1, interval="epoch")),
    Case("wrong-argument", "error", "head", ("out_features is 10.0", "a whole number"),
         ("Set out_features to 10",),
         drawing(FLAT, ("head", "nn.Linear", {"out_features": 10.0}))),
    *[Case("no-such-weight", *case) for case in LOST],
    *[Case("no-meaning", *case) for case in MEANINGLESS],
    *[
        Case("run-settings", severity, ".", says, fixes, with_run(**{name: value}))
        for name, value, severity, says, fixes in (
            ("batch_size", 0, "error", ("batch_size is 0", "1 or more"), ("Set batch_size to 64",)),
            ("batch_size", -4, "error", ("-4", "1 or more"), ("Set batch_size to 64",)),
            ("batch_size", True, "error", ("True", "whole number"), ("Set batch_size to 64",)),
            ("epochs", 0, "error", ("epochs is 0",), ("Set epochs to 10",)),
            ("epochs", 2.5, "error", ("2.5",), ("Set epochs to 10",)),
            ("epochs", 40.0, "error", ("40.0",), ("Set epochs to 40",)),
            ("epochs", "forty", "error", ("'forty'",), ("Set epochs to 10",)),
            ("epochs", Expr("2 * 3"), "error", ("2 * 3",), ("Set epochs to 10",)),
            ("seed", -1, "error", ("-1", "from 0 to 4294967295"), ("Set seed to 0",)),
            ("seed", 2**32, "error", ("4294967296",), ("Set seed to 0",)),
            ("amp", True, "error", ("no run setting amp",), ("Remove amp",)),
            ("epoch", 7, "error", ("no run setting",), ("Rename it to epochs", "Remove epoch")),
            ("precision", "half", "error", ("'half'", "'bf16'"), ("Train without precision",)),
            ("early_stop", -5, "error", ("-5", "patience"), ("Train without early_stop",)),
            ("ema_decay", 1.5, "error", ("between 0 and 1",), ("Train without ema_decay",)),
            ("keep_best", 3, "error", ("val_loss",), ("Train without keep_best",)),
            ("checkpoint", True, "error", ("batches",), ("Train without checkpoint",)),
            ("ddp", "yes", "error", ("true or false",), ("Train without ddp",)),
        )
    ],
    *[
        Case("data-split", severity, "data", says, (f"Set split to {DEFAULT}",), drawn)
        for severity, says, drawn in (
            ("error", ("no part val",), split(train=0.8)),
            ("error", ("no part train",), split(val=0.2)),
            ("error", ("1.3", "at most"), split(train=0.7, val=0.6)),
            ("error", ("train is 1,", "between 0 and 1"), split(train=1, val=0.2)),
            ("error", ("val is 0.0",), split(train=0.8, val=0.0)),
            ("error", ("part tset",), split(train=0.7, val=0.2, tset=0.1)),
            ("error", ("no sample", "to train on"), split(train=0.001, val=0.999)),
            ("error", ("150", "1 sample ", "3 classes"), split("data.iris", train=0.01, val=0.99)),
            ("error", ("2 samples ", "3 classes"), split("data.iris", train=0.9, val=0.01)),
            ("warning", ("files",), split(train="a.csv", val="b.csv")),
        )
    ],
]  # fmt: skip
NEAR: list[Near] = [
    ("reaches-no-loss", drawing(FLAT, HEAD)),
    ("reaches-no-loss", untrained(), "no-optimizer"),
    ("reaches-no-loss", unheard(), "no-optimizer"),
    ("reaches-no-loss", beside(SECOND), "leads-to-no-loss"),
    ("reaches-no-loss", beside(SECOND, end="metric.accuracy", **MEASURED)),
    ("reaches-no-loss", alone(HEAD)),
    ("leads-to-no-loss", drawing(FLAT, HEAD)),
    # what it shows has weights that a loss reaches as well, or none
    ("leads-to-no-loss", beside(("soft", "nn.Softmax", {"dim": 1}))),
    ("leads-to-no-loss", with_node(beside(SECOND), "second", freeze=THERE)),
    ("leads-to-no-loss", unheard(), "no-optimizer"),
    ("leads-to-no-loss", idle()),
    ("leads-to-no-loss", alone(HEAD)),
    (
        "leads-to-no-loss",
        saying(beside(SECOND), "adam", {"trains": (At(Address("a")), At(Address("head")))}),
    ),
    (
        "leads-to-no-loss",
        with_node(
            beside(("second", "nn.Linear", {"out_features": 10})),
            "second",
            weights=Weights(same_as=NodeId("head")),
        ),
    ),
    (
        "leads-to-no-loss",
        more(
            beside(SECOND),
            {"size": Node("torch.mean")},
            {"size.input": "end.output", "adam.losses[1]": "size.output"},
        ),
    ),
    ("nothing-to-train", frozen("a")),
    ("nothing-to-train", frozen("head")),
    ("nothing-to-train", drawing(FLAT, HEAD)),
    ("nothing-to-train", drawing(("norm", "nn.BatchNorm2d", {}), FLAT, x=(B, 1, 2, 5))),
    ("nothing-to-train", saying(frozen("a"), "adam", {"trains": (At(Address("head")),)})),
    ("nothing-to-train", alone(RELU)),
    ("no-optimizer", drawing(FLAT, HEAD)),
    ("no-optimizer", two_losses(20, 20)),
    ("no-optimizer", alone(HEAD)),
    ("no-optimizer", beside(SECOND, end="metric.accuracy", **MEASURED)),
    ("no-optimizer", idle()),
    ("no-optimizer", rated("SGD", lr=0.1)),
    ("schedule-too-short", cycled("AdamW", total_steps=130)),
    ("schedule-too-short", cycled("AdamW", total_steps=10, interval="epoch")),
    ("schedule-too-short", cycled("SGD", epochs=1, steps_per_epoch=1)),
    ("schedule-too-short", cycled("Adam", "CyclicLR")),
    ("schedule-too-short", rated("AdamW", "CosineAnnealingLR", of={"T_max": 3})),
    ("cycled-momentum", cycled("SGD")),
    ("cycled-momentum", cycled("Adam")),
    ("cycled-momentum", cycled("RMSprop", "CyclicLR")),
    ("cycled-momentum", cycled("Adagrad", cycle_momentum=False)),
    ("cycled-momentum", cycled("Rprop", "CyclicLR", cycle_momentum=False)),
    ("cycled-momentum", rated("Adagrad", "StepLR", of={"step_size": 3})),
    (
        "wrong-argument",
        drawing(FLAT, HEAD, ("one", "nn.Dropout", {"p": 1})),
        "activation-on-logits",
        "dropout-percent",
    ),
    ("wrong-argument", drawing(FLAT, ("head", "nn.Linear", {"out_features": Expr("2 * 5")}))),
    ("wrong-argument", drawing(FLAT, ("act", "nn.LeakyReLU", {"negative_slope": 1}), HEAD)),
    (
        "wrong-argument",
        drawing(("pool", "nn.AdaptiveAvgPool2d", {"output_size": (None, 4)}), FLAT, HEAD),
    ),
    (
        "wrong-argument",
        drawing(("cut", "Tensor.squeeze", {"dim": (1, -1)}), FLAT, HEAD, x=(B, 1, 24, 1)),
    ),
    ("wrong-argument", drawing(SAME_SIZE, FLAT, HEAD)),
    *[("no-such-weight", sound) for sound in FOUND],
    *[("no-meaning", sound) for sound in MEANT],
    ("run-settings", with_run(epochs=1, seed=2**32 - 1)),
    ("run-settings", with_run(precision="float32", early_stop=None, keep_best=False)),
    ("run-settings", with_run(precision="bf16", early_stop=5, keep_best="val_loss", compile=True)),
    ("run-settings", with_run(ema_decay=0.99, checkpoint=100, ddp=True)),
    ("run-settings", with_run(epochs=1, seed=0)),
    ("run-settings", drawing(FLAT, HEAD, run={})),
    ("run-settings", drawing(FLAT, HEAD, run={"batch_size": 2})),
    ("data-split", drawing(FLAT, HEAD)),
    ("data-split", split(train=0.6, val=0.2, test=0.2)),
    ("data-split", split("data.iris", train=0.9, val=0.1)),
    ("data-split", split("data.iris", train=0.02, val=0.98)),
    ("data-split", split(samples=200, train=0.5, val=0.1)),
]
