"""Schedulers in train.py: their text, what is refused, and rates that equal torch's by hand."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping

import pytest
import torch
from torch.optim import lr_scheduler

from codegen import generate
from codegen.train_file import write_train
from codegen.written import CannotWrite
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Arg, Expr, Project
from tests.catalogue.examples import SCHEDULERS
from tests.codegen.training_projects import Drawn, Recorder, imported, simple

ADAM = {"optimizer": "adam.optimizer"}
ACCURACY: Drawn = ("metric.accuracy", {}, {"input": "logits", "target": "wine.label"})
BOTH = {"schedulers[0]": "warm.scheduler", "schedulers[1]": "fall.scheduler"}


def schedule(name: str, wires: Mapping[str, str] = ADAM, **args: Arg) -> Drawn:
    return (f"lr_scheduler.{name}", args, wires)


# The one that acts first stands last, and "warm" sorts after "fall": order follows the ports.
PARTS: Mapping[str, Drawn] = {
    "fall": schedule("CosineAnnealingLR", T_max=Expr("epochs - 2")),
    "warm": schedule("LinearLR", total_iters=2),
}
SEQUENCE: Drawn = schedule("SequentialLR", {**ADAM, **BOTH}, milestones=(2,))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def text_of(drawn: Project) -> str:
    return write_train(drawn, specs_of(drawn), Verdict(), "Small").text


def lines_of(**nodes: Drawn) -> list[str]:
    """Return the statements of train.py that make or step schedulers, as ast writes them."""
    simple_ones = [
        ast.unparse(statement)
        for statement in ast.walk(ast.parse(text_of(simple(**nodes))))
        if isinstance(statement, ast.Assign | ast.Expr)
    ]
    return sorted(x for x in simple_ones if "lr_scheduler." in x or "scheduler.step" in x)


MAKE = "scheduler = torch.optim.lr_scheduler"


@pytest.mark.parametrize(
    ("drawn", "call"),
    [
        (schedule("LambdaLR", lr_lambda=Expr("0.95 ** epoch")), "lambda epoch: 0.95 ** epoch"),
        (
            schedule("LambdaLR", lr_lambda=Expr("min(1, (epoch+1) / 4)")),
            "lambda epoch: min(1, (epoch + 1) / 4)",
        ),
        (
            schedule("MultiplicativeLR", lr_lambda=Expr("1 - epoch / epochs")),
            "lambda epoch: 1 - epoch / settings.epochs",
        ),
        (schedule("LambdaLR", lr_lambda=0.5), "lambda _: 0.5"),
        (schedule("LambdaLR", lr_lambda=Expr("1 / epochs")), "lambda _: 1 / settings.epochs"),
    ],
)
def test_a_formula_becomes_a_function(drawn: Drawn, call: str) -> None:
    kind = drawn[0].partition(".")[2]
    assert lines_of(plan=drawn) == [
        f"{MAKE}.{kind}(optimizer, lr_lambda={call})",
        "scheduler.step()",
    ]


def test_schedulers_that_one_holds_come_before_it_in_the_order_of_its_ports() -> None:
    room = "torch.optim.lr_scheduler"
    parts = [
        f"linear = {room}.LinearLR(optimizer, total_iters=2)",
        f"cosine_annealing = {room}.CosineAnnealingLR(optimizer, T_max=settings.epochs - 2)",
    ]
    inner = "[linear, cosine_annealing]"
    sequence = f"{MAKE}.SequentialLR(optimizer, {inner}, milestones=[2])"
    found = lines_of(**PARTS, plan=SEQUENCE)
    assert found == sorted([*parts, sequence, "scheduler.step()"])
    chain = f"{MAKE}.ChainedScheduler({inner}, optimizer=optimizer)"
    found = lines_of(**PARTS, plan=schedule("ChainedScheduler", BOTH))
    assert found == sorted([*parts, chain, "scheduler.step()"])
    text = text_of(simple(**PARTS, plan=SEQUENCE))
    assert text.index("linear = ") < text.index("cosine_annealing = ") < text.index(MAKE)


def test_the_interval_is_that_of_the_one_that_holds_them() -> None:
    chain = schedule("ChainedScheduler", BOTH, interval="step")
    text = text_of(simple(**PARTS, plan=chain))
    assert "\n            scheduler.step()" in text
    one_cycle = schedule("OneCycleLR", total_steps=Expr("epochs"))
    held = schedule("ChainedScheduler", {"schedulers[0]": "cycle.scheduler"})
    assert "\n        scheduler.step()" in text_of(simple(cycle=one_cycle, plan=held))


@pytest.mark.parametrize(
    ("wires", "watched"),
    [({}, "val_loss"), ({"metrics": "loss"}, "val_loss"), ({"metrics": "hits"}, "val_accuracy")],
)
def test_a_plateau_is_looked_for_in_what_is_wired(wires: dict[str, str], watched: str) -> None:
    plateau = schedule("ReduceLROnPlateau", {**ADAM, **wires}, patience=3)
    assert lines_of(hits=ACCURACY, plan=plateau) == [
        f"{MAKE}.ReduceLROnPlateau(optimizer, patience=3)",
        f"scheduler.step(result['{watched}'])",
    ]


REFUSED: dict[str, tuple[dict[str, Drawn], str, str]] = {
    "no formula": ({"plan": schedule("LambdaLR")}, "plan", "lr_lambda has no value"),
    "code": (
        {"plan": schedule("LambdaLR", lr_lambda=Expr("__import__('os')"))},
        "plan",
        "lr_lambda cannot be written",
    ),
    "text": (
        {"plan": schedule("LambdaLR", lr_lambda="epoch")},
        "plan",
        "neither an expression nor a number",
    ),
    "an unknown name": (
        {"plan": schedule("LambdaLR", lr_lambda=Expr("weeks"))},
        "plan",
        "the name weeks is not known",
    ),
    "a shape": (
        {"plan": schedule("LambdaLR", lr_lambda=Expr("epoch.shape[0]"))},
        "plan",
        "the shape of epoch",
    ),
    "nothing held": ({"plan": schedule("ChainedScheduler")}, "plan", "holds no scheduler"),
    "an optimizer held": (
        {"plan": schedule("ChainedScheduler", {"schedulers[0]": "adam.optimizer"})},
        "plan",
        "optim.AdamW cannot be held",
    ),
    "a plateau held": (
        {
            "flat": schedule("ReduceLROnPlateau"),
            "plan": schedule("ChainedScheduler", {"schedulers[0]": "flat.scheduler"}),
        },
        "plan",
        "ReduceLROnPlateau cannot be held",
    ),
    "a circle": (
        {
            "a": schedule("ChainedScheduler", {"schedulers[0]": "b.scheduler"}),
            "b": schedule("ChainedScheduler", {"schedulers[0]": "a.scheduler"}),
            "c": schedule("StepLR", step_size=1),
        },
        "b",
        "circle",
    ),
    "two intervals": (
        {
            "fall": schedule("ExponentialLR", gamma=0.9, interval="step"),
            "plan": schedule("ChainedScheduler", {"schedulers[0]": "fall.scheduler"}),
        },
        "fall",
        "stepped when",
    ),
    "a part without its length": (
        {
            "fall": schedule("CosineAnnealingLR"),
            "plan": schedule("ChainedScheduler", {"schedulers[0]": "fall.scheduler"}),
        },
        "fall",
        "T_max has no value",
    ),
    "a plateau of something else": (
        {
            "norm": ("nn.MSELoss", {}, {"input": "logits", "target": "logits"}),
            "plan": schedule("ReduceLROnPlateau", {**ADAM, "metrics": "norm"}),
        },
        "plan",
        "neither the whole loss nor a metric",
    ),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_written_is_refused_by_name(case: str) -> None:
    nodes, node, words = REFUSED[case]
    with pytest.raises(CannotWrite) as refused:
        text_of(simple(**nodes))
    assert refused.value.node == node
    assert words in refused.value.feature
    assert refused.value.way_out


def trained(**nodes: Drawn) -> list[float]:
    drawn = simple(**nodes)
    recorder = Recorder()
    with imported(generate(drawn, specs_of(drawn), Verdict())) as train:
        train.train(train.Settings(epochs=6), recorder)
    return [e["lr"] for e in recorder.events if e["event"] == "epoch"]


def by_hand(build: Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]) -> list[float]:
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=0.001)
    scheduler = build(optimizer)
    rates = []
    for _ in range(6):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return rates


def torch_parts(optimizer: torch.optim.Optimizer) -> list[lr_scheduler.LRScheduler]:
    return [
        lr_scheduler.LinearLR(optimizer, total_iters=2),
        lr_scheduler.CosineAnnealingLR(optimizer, T_max=4),
    ]


def test_rates_are_those_of_schedulers_made_by_hand() -> None:
    plan = schedule("LambdaLR", lr_lambda=Expr("0.95 ** epoch"))
    hand = by_hand(lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.95**epoch))
    assert trained(plan=plan) == hand
    plan = schedule("MultiplicativeLR", lr_lambda=Expr("1 - 0.1 / epoch"))
    hand = by_hand(lambda o: lr_scheduler.MultiplicativeLR(o, lambda epoch: 1 - 0.1 / epoch))
    assert trained(plan=plan) == hand
    hand = by_hand(lambda o: lr_scheduler.SequentialLR(o, torch_parts(o), [2]))
    assert trained(**PARTS, plan=SEQUENCE) == hand
    hand = by_hand(lambda o: lr_scheduler.ChainedScheduler(torch_parts(o)))
    assert trained(**PARTS, plan=schedule("ChainedScheduler", BOTH)) == hand


def test_a_plateau_lowers_the_rate_when_its_metric_stands_still() -> None:
    still = schedule(
        "ReduceLROnPlateau", {**ADAM, "metrics": "hits"}, patience=0, threshold=2.0, mode="max"
    )
    assert trained(hits=ACCURACY, plan=still) == pytest.approx(
        [1e-3 / 10**k for k in (0, *range(5))]
    )


NAMES = sorted(s.name.partition(".")[2] for s in catalogue() if s.kind == "lr_scheduler")


@pytest.mark.parametrize("name", NAMES)
def test_every_scheduler_is_written_and_trains(name: str) -> None:
    holds = specs_of(simple())(f"lr_scheduler.{name}")
    assert holds is not None
    many = holds.argument("schedulers") is not None
    args = {**SCHEDULERS.get(name, {}), "interval": "epoch"}
    momentum = {"cycle_momentum": False} if name == "CyclicLR" else {}
    nodes = {**(PARTS if many else {}), "plan": schedule(name, {**ADAM, **(BOTH if many else {})})}
    nodes["plan"] = (nodes["plan"][0], {**args, **momentum}, nodes["plan"][2])
    rates = trained(**nodes)
    assert len(rates) == 6
    assert all(rate >= 0 for rate in rates)


def test_the_text_is_laid_out_as_ruff_format_does() -> None:
    for nodes in (
        {"plan": schedule("LambdaLR", lr_lambda=Expr("min(1, (epoch + 1) / 4) * 0.95 ** epoch"))},
        {**PARTS, "plan": SEQUENCE},
        {**PARTS, "plan": schedule("ChainedScheduler", BOTH)},
    ):
        text = text_of(simple(**nodes))
        done = subprocess.run(
            [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-"],
            input=text, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout == text
