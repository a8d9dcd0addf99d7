"""Every lint through the real judge: it speaks of its fault, and not of what only looks like it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from graph_editor.checking import lints
from graph_editor.checking.explain import modules_of
from graph_editor.document.model import (
    Arg,
    Expr,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    RuleId,
)
from tests.checking.drawings import (
    FLAT,
    HEAD,
    B,
    codes,
    cured,
    drawing,
    errors,
    judged,
    one,
    project,
    with_node,
)
from tests.checking.said import FOUND, LOST, MEANINGLESS, MEANT

PLACE = Path(__file__).parent
"""Where other files have cases and near misses of their own."""
ONE = ("head", "nn.Linear", {"out_features": 1})
TOKENS = ("table", "nn.Embedding", {"num_embeddings": 10, "embedding_dim": 4})
SOFTMAX = ("soft", "nn.Softmax", {"dim": 1})
SEQUENCE = (B, 16, 24)
NUMBERS = {"loss": "nn.MSELoss", "classes": None}
DEFAULT = "train 0.8, val 0.2"
BINARY = {"loss": "nn.BCEWithLogitsLoss", "classes": None, "y": (B, 1)}


@dataclass(frozen=True)
class Case:
    """A drawing with one silent fault."""

    code: str
    severity: str
    node: str
    says: tuple[str, ...]
    fixes: tuple[str, ...]
    project: Project = field(repr=False)


def tokens(rows: int, classes: int | None = 65) -> Project:
    """Return a table of embeddings for token numbers that the data names."""
    table = ("table", "nn.Embedding", {"num_embeddings": rows, "embedding_dim": 4})
    made = drawing(table, FLAT, HEAD, x=(B, 16), x_dtype="int64")
    known = FrozenMap({"y": 10} if classes is None else {"x": classes, "y": 10})
    args = made.main.graph.nodes[NodeId("data")].args
    return with_node(made, "data", args=args.set("classes", known))


def watched(metric: str, **options: Any) -> Project:
    """Return a drawing in which a metric reads what the loss reads."""
    made = drawing(FLAT, ONE, **options)
    graph = made.main.graph
    wires = {
        InPort(NodeId("metric"), PortPath("input")): OutPort(NodeId("out"), "output"),
        InPort(NodeId("metric"), PortPath("target")): OutPort(NodeId("data"), "y"),
    }
    nodes = graph.nodes.set(NodeId("metric"), Node(metric))
    graph = replace(graph, nodes=nodes, wires=graph.wires.merged(wires))
    return made.with_block("main", replace(made.main, graph=graph))


def frozen(*layers: str) -> Project:
    made = drawing(FLAT, ("a", "nn.Linear", {"out_features": 8}), HEAD)
    for name in layers:
        made = with_node(made, name, freeze=(".",))
    return made


def idle(spec: str = "nn.Linear", name: str = "lost") -> Project:
    made = drawing(FLAT, HEAD)
    graph = made.main.graph
    nodes = {
        **dict(graph.nodes),
        "before": Node("nn.ReLU"),
        name: Node(spec, args=FrozenMap({"out_features": 3})),
    }
    wires = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in graph.wires.items()}
    wires |= {"before.input": "flat.output", f"{name}.input": "before.output"}
    return project(nodes, wires, made.run)


def squeezed(how: dict[str, Arg]) -> Project:
    flat = ("flat", "nn.Flatten", {})
    return drawing(("squeeze", "Tensor.squeeze", how), flat, HEAD, x=(B, 1, 24))


def with_run(**settings: object) -> Project:
    return drawing(FLAT, HEAD, run={"batch_size": 16, **settings})  # type: ignore[dict-item]  # tried with anything


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


def split(spec: str = "data.random", samples: int | None = None, **shares: object) -> Project:
    """Return a drawing whose data is divided by these shares."""
    made = drawing(FLAT, HEAD)
    args = made.main.graph.nodes[NodeId("data")].args.set("split", FrozenMap(shares))  # type: ignore[arg-type]  # tried with anything
    if spec != "data.random":
        args = FrozenMap({"split": args["split"]})
        entry = FrozenMap({"shape": (B, 4)})
        flowers = {"x.input": "data.x", "loss.target": "data.label"}
        wires = {
            f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in made.main.graph.wires.items()
        }
        made = project(dict(made.main.graph.nodes), {**wires, **flowers}, made.run)
        made = with_node(with_node(made, "x", args=entry), "data", spec=spec)
    return with_node(made, "data", args=args if samples is None else args.set("samples", samples))


BATCH = Expr("input.shape[0]")

CASES = [
    Case(
        "softmax-before-cross-entropy",
        "warning",
        "soft",
        ("B×10", "softmax of its own"),
        ("Remove “soft”",),
        drawing(FLAT, HEAD, SOFTMAX),
    ),
    Case(
        "softmax-before-cross-entropy",
        "info",
        "soft",
        ("B×10", "does nothing"),
        ("Remove “soft”",),
        drawing(FLAT, HEAD, ("soft", "nn.LogSoftmax", {"dim": 1})),
    ),
    Case(
        "softmax-before-cross-entropy",
        "warning",
        "soft",
        ("B×10",),
        ("Remove “soft”",),
        drawing(FLAT, HEAD, ("soft", "F.softmax", {"dim": 1}), ("same", "nn.Identity", {})),
    ),
    Case(
        "sigmoid-before-logits-loss",
        "warning",
        "sig",
        ("B×1", "0.5 and 0.73"),
        ("Remove “sig”", "Use BCELoss instead"),
        drawing(FLAT, ONE, ("sig", "nn.Sigmoid", {}), **BINARY),
    ),
    Case(
        "logits-into-probability-loss",
        "warning",
        "loss",
        ("log-probabilities", "raw scores", "B×10"),
        ("Use CrossEntropyLoss instead", "Insert LogSoftmax before it"),
        drawing(FLAT, HEAD, loss="nn.NLLLoss"),
    ),
    Case(
        "logits-into-probability-loss",
        "warning",
        "loss",
        ("log-probabilities", "gives probabilities"),
        ("Use LogSoftmax instead",),
        drawing(FLAT, HEAD, SOFTMAX, loss="nn.NLLLoss"),
    ),
    Case(
        "logits-into-probability-loss",
        "warning",
        "loss",
        ("between 0 and 1", "B×1"),
        ("Use BCEWithLogitsLoss instead", "Insert Sigmoid before it"),
        drawing(FLAT, ONE, loss="nn.BCELoss", classes=None, y=(B, 1)),
    ),
    Case(
        "target-stretched",
        "warning",
        "loss",
        ("input B×1", "target B:", "B×B"),
        ("Add an axis of size 1 to target", "Drop the last axis of input"),
        drawing(FLAT, ONE, **NUMBERS),
    ),
    Case(
        "target-stretched",
        "warning",
        "loss",
        ("input B and", "target B×1", "B×B"),
        ("Drop the last axis of target",),
        drawing(FLAT, ONE, ("drop", "Tensor.squeeze", {"dim": 1}), y=(B, 1), **NUMBERS),
    ),
    Case(
        "activation-on-logits",
        "warning",
        "relu",
        ("B×10", "negative"),
        ("Remove “relu”",),
        drawing(FLAT, HEAD, ("relu", "nn.ReLU", {})),
    ),
    Case(
        "activation-on-logits",
        "warning",
        "drop",
        ("B×1", "at random"),
        ("Remove “drop”",),
        drawing(FLAT, ONE, ("drop", "nn.Dropout", {}), **BINARY),
    ),
    Case(
        "reaches-no-loss",
        "info",
        "lost",
        ("“lost”", "1 node before it"),
        ("Remove these 2 nodes",),
        idle(),
    ),
    Case(
        "nothing-to-train",
        "error",
        "adam",
        ("all 2 layers", "frozen"),
        ("Unfreeze “a”", "Unfreeze “head”"),
        frozen("a", "head"),
    ),
    Case(
        "nothing-to-train",
        "error",
        "adam",
        ("no layer with weights",),
        (),
        drawing(FLAT, x=(B, 10)),
    ),
    Case(
        "too-few-classes",
        "error",
        "head",
        ("5 scores", "10 classes", "B×5"),
        ("Set out_features of “head” to 10",),
        drawing(FLAT, ("head", "nn.Linear", {"out_features": 5}), ("relu", "nn.GELU", {})),
    ),
    Case(
        "embedding-range",
        "error",
        "table",
        ("10 rows", "row 64", "B×16"),
        ("Set num_embeddings to 65",),
        tokens(10),
    ),
    Case(
        "batch-dependence",
        "warning",
        "squeeze",
        ("Without dim", "axis B", "B×1×24"),
        ("Set dim to 1",),
        squeezed({}),
    ),
    Case(
        "batch-dependence",
        "warning",
        "squeeze",
        ("With dim 0", "axis B", "B×1×24"),
        ("Set dim to 1",),
        squeezed({"dim": 0}),
    ),
    Case(
        "no-optimizer",
        "warning",
        "loss",
        ("No optimizer", "“loss”"),
        ("Add an AdamW optimizer",),
        untrained(),
    ),
    Case(
        "no-optimizer",
        "warning",
        "another",
        ("“another” and 1 other loss ",),
        ("Add an AdamW optimizer",),
        untrained("another"),
    ),
    *[
        Case("softmax-without-dim", "warning", "soft", ("not told", shown, guess), fixes, drawn)
        for shown, guess, fixes, drawn in (
            (
                "B×3072",
                "axis 1.",
                ("Set dim to 1",),
                drawing(FLAT, ("soft", "nn.Softmax", {}), HEAD),
            ),
            (
                "B×10",
                "axis 1.",
                ("Set dim to 1",),
                drawing(FLAT, HEAD, ("soft", "F.log_softmax", {}), loss="nn.NLLLoss"),
            ),
            (
                "B×3×32×32",
                "axis 1.",
                ("Set dim to 1", "Set dim to -1"),
                drawing(("soft", "F.softmax", {}), FLAT, HEAD),
            ),
            (
                "B×16×24",
                "axis 0, which is the batch.",
                ("Set dim to -1", "Set dim to 0"),
                drawing(("soft", "nn.LogSoftmax", {}), FLAT, HEAD, x=SEQUENCE),
            ),
        )
    ],
    Case(
        "wrong-argument",
        "error",
        "head",
        ("out_features is 10.0", "a whole number"),
        ("Set out_features to 10",),
        drawing(FLAT, ("head", "nn.Linear", {"out_features": 10.0})),
    ),
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
            ("precision", "bf16", "warning", ("'bf16'",), ("Train without precision",)),
            ("early_stop", 5, "warning", ("no code",), ("Train without early_stop",)),
            ("ema_decay", 0.99, "warning", ("0.99",), ("Train without ema_decay",)),
            ("keep_best", "val_loss", "warning", ("val_loss",), ("Train without keep_best",)),
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
]

NEAR = [
    ("batch-dependence", squeezed({"dim": 1})),
    ("batch-dependence", squeezed({"dim": -2})),
    ("softmax-before-cross-entropy", drawing(FLAT, HEAD)),
    # inside the network, as in an attention
    ("softmax-before-cross-entropy", drawing(FLAT, SOFTMAX, HEAD)),
    ("softmax-before-cross-entropy", drawing(FLAT, HEAD, SOFTMAX, y=(B, 10), **NUMBERS)),
    ("sigmoid-before-logits-loss", drawing(FLAT, ("sig", "nn.Sigmoid", {}), ONE, **BINARY)),
    (
        "sigmoid-before-logits-loss",
        drawing(FLAT, ONE, ("s", "nn.Sigmoid", {}), y=(B, 1), loss="nn.BCELoss", classes=None),
    ),
    (
        "logits-into-probability-loss",
        drawing(FLAT, HEAD, ("soft", "nn.LogSoftmax", {"dim": 1}), loss="nn.NLLLoss"),
    ),
    (
        "logits-into-probability-loss",
        drawing(FLAT, HEAD, SOFTMAX, ("log", "torch.log", {}), loss="nn.NLLLoss"),
    ),
    (
        "logits-into-probability-loss",
        drawing(FLAT, ONE, ("s", "nn.Sigmoid", {}), y=(B, 1), loss="nn.BCELoss", classes=None),
    ),
    ("logits-into-probability-loss", drawing(FLAT, HEAD)),
    ("target-stretched", drawing(FLAT, ONE, y=(B, 1), **NUMBERS)),
    ("target-stretched", drawing(FLAT, HEAD, y=(B, 10), **NUMBERS)),
    ("activation-on-logits", drawing(FLAT, ("relu", "nn.ReLU", {}), HEAD)),
    ("activation-on-logits", drawing(FLAT, ONE, ("relu", "nn.ReLU", {}), y=(B, 1), **NUMBERS)),
    ("reaches-no-loss", drawing(FLAT, HEAD)),
    ("nothing-to-train", frozen("a")),
    ("nothing-to-train", drawing(FLAT, HEAD)),
    ("too-few-classes", drawing(FLAT, ("head", "nn.Linear", {"out_features": 12}))),
    ("too-few-classes", drawing(FLAT, ("head", "nn.Linear", {"out_features": 5}), classes=5)),
    (
        "too-few-classes",
        drawing(FLAT, ("h", "nn.Linear", {"out_features": 5}), y=(B, 5), **NUMBERS),
    ),
    ("embedding-range", tokens(65)),
    ("embedding-range", tokens(10, classes=None)),
    ("no-optimizer", drawing(FLAT, HEAD)),
    ("reaches-no-loss", untrained()),
    ("softmax-without-dim", drawing(FLAT, SOFTMAX, HEAD)),
    ("wrong-argument", drawing(FLAT, HEAD, ("one", "nn.Dropout", {"p": 1}))),
    *[("no-such-weight", sound) for sound in FOUND],
    *[("no-meaning", sound) for sound in MEANT],
    ("run-settings", with_run(epochs=1, seed=2**32 - 1)),
    ("run-settings", with_run(precision="float32", early_stop=None, keep_best=False)),
    ("data-split", drawing(FLAT, HEAD)),
    ("data-split", split(train=0.6, val=0.2, test=0.2)),
    ("data-split", split("data.iris", train=0.9, val=0.1)),
    ("data-split", split("data.iris", train=0.02, val=0.98)),
]


def ids(case: Case) -> str:
    return f"{case.code}-{case.node}-{case.severity}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_silent_fault_is_named_on_its_node(case: Case) -> None:
    found = one(judged(case.project), case.code)
    assert (found.severity, found.node) == (case.severity, case.node)
    assert [piece for piece in case.says if piece not in found.message] == [], found.message
    assert found.message.endswith(".")


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_each_promised_fix_cures_without_a_new_error(case: Case) -> None:
    found = one(judged(case.project), case.code)
    for title in case.fixes:
        after = cured(case.project, found, title)
        assert case.code not in codes(after), title
        assert list(errors(after)) == [], title


@pytest.mark.parametrize(("code", "near"), NEAR, ids=[f"{c}-{i}" for i, (c, _) in enumerate(NEAR)])
def test_what_only_looks_like_the_fault_is_left_in_peace(code: str, near: Project) -> None:
    assert code not in codes(judged(near))


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_warning_can_be_silenced_on_the_node_blamed_and_an_error_cannot(case: Case) -> None:
    if case.node == ".":
        return  # a fault of the whole project has no node that could silence it
    quiet = with_node(case.project, case.node, silence=(RuleId(case.code),))
    assert (case.code in codes(judged(quiet))) is (case.severity == "error")


def test_every_lint_is_shown_by_a_case_and_by_a_near_miss() -> None:
    known = {module.CODE for module in modules_of(lints)}
    files = [import_module(f"{__package__}.{p.stem}") for p in PLACE.glob("test_lints*.py")]
    assert known == {case.code for file in files for case in getattr(file, "CASES", ())}
    assert known == {code for file in files for code, _ in getattr(file, "NEAR", ())}


@pytest.mark.parametrize(
    "metric", ["metric.mae", "metric.mse", "metric.rmse", "metric.r2", "metric.binary_accuracy"]
)
def test_metrics_are_not_stretched_either(metric: str) -> None:
    wrong = judged(watched(metric, **NUMBERS))
    found = [d for d in wrong.diagnostics if d.code == "target-stretched"]
    assert [d.node for d in found] == ["loss", "metric"]
    assert all(d.fixes for d in found)
    assert not codes(judged(watched(metric, y=(B, 1), **NUMBERS)))
