"""The judge makes every schedule that is drawn, and says what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Expr, FrozenMap
from tests.codegen.training_projects import SIMPLE, Drawn, simple

ADAM = {"optimizer": "adam.optimizer"}
ACCURACY: Drawn = ("metric.accuracy", {}, {"input": "logits", "target": "wine.label"})
PARTS: Mapping[str, Drawn] = {
    "warm": ("lr_scheduler.LinearLR", {"total_iters": 2}, ADAM),
    "fall": ("lr_scheduler.ExponentialLR", {"gamma": 0.9}, ADAM),
}
BOTH = {"schedulers[0]": "warm.scheduler", "schedulers[1]": "fall.scheduler"}


def judged(**nodes: Drawn) -> Verdict:
    return Judge().judge(simple(**nodes), fixes=False)


def words(verdict: Verdict) -> list[tuple[str, str]]:
    return [
        (d.node, f"{d.message} {d.detail}") for d in verdict.diagnostics if d.severity == "error"
    ]


SOUND: dict[str, dict[str, Drawn]] = {
    "a formula": {"plan": ("lr_scheduler.LambdaLR", {"lr_lambda": Expr("0.95 ** epoch")}, ADAM)},
    "a formula of the run's length": {
        "plan": ("lr_scheduler.LambdaLR", {"lr_lambda": Expr("1 - epoch / epochs")}, ADAM)
    },
    "a factor that has no value at 0": {
        "plan": ("lr_scheduler.MultiplicativeLR", {"lr_lambda": Expr("1 - 0.1 / epoch")}, ADAM)
    },
    "a sequence": {
        **PARTS,
        "plan": ("lr_scheduler.SequentialLR", {"milestones": (2,)}, {**ADAM, **BOTH}),
    },
    "a chain": {**PARTS, "plan": ("lr_scheduler.ChainedScheduler", {}, BOTH)},
    "a chain in a sequence": {
        **PARTS,
        "chain": ("lr_scheduler.ChainedScheduler", {}, BOTH),
        "last": ("lr_scheduler.StepLR", {"step_size": 1}, ADAM),
        "plan": (
            "lr_scheduler.SequentialLR",
            {"milestones": (Expr("epochs // 2"),)},
            {**ADAM, "schedulers[0]": "chain.scheduler", "schedulers[1]": "last.scheduler"},
        ),
    },
    "a plateau": {"plan": ("lr_scheduler.ReduceLROnPlateau", {}, ADAM)},
    "a plateau of accuracy": {
        "hits": ACCURACY,
        "plan": ("lr_scheduler.ReduceLROnPlateau", {"mode": "max"}, {**ADAM, "metrics": "hits"}),
    },
}


@pytest.mark.parametrize("case", list(SOUND))
def test_sound_schedules_are_found_sound(case: str) -> None:
    verdict = judged(**SOUND[case])
    assert words(verdict) == []
    assert verdict.status[Address("plan")] == "ok"


WRONG: dict[str, tuple[dict[str, Drawn], str]] = {
    "no formula": ({"plan": ("lr_scheduler.LambdaLR", {}, ADAM)}, "lr_lambda"),
    "a word that is no formula": (
        {"plan": ("lr_scheduler.LambdaLR", {"lr_lambda": "fast"}, ADAM)},
        "expression over epoch",
    ),
    "a division by zero": (
        {"plan": ("lr_scheduler.LambdaLR", {"lr_lambda": Expr("1 / epoch")}, ADAM)},
        "divides by zero",
    ),
    "an unknown name": (
        {"plan": ("lr_scheduler.MultiplicativeLR", {"lr_lambda": Expr("weeks")}, ADAM)},
        "weeks",
    ),
    "a step, which it does not know": (
        {"plan": ("lr_scheduler.LambdaLR", {"lr_lambda": Expr("0.9 ** step")}, ADAM)},
        "step",
    ),
    "a sequence of nothing": (
        {"plan": ("lr_scheduler.SequentialLR", {"milestones": ()}, ADAM)},
        "schedulers[0]",
    ),
    "too few milestones": (
        {**PARTS, "plan": ("lr_scheduler.SequentialLR", {"milestones": ()}, {**ADAM, **BOTH})},
        "milestone",
    ),
    "an optimizer as its part": (
        {
            "plan": (
                "lr_scheduler.ChainedScheduler",
                {},
                {**ADAM, "schedulers[0]": "adam.optimizer"},
            )
        },
        "output of one scheduler",
    ),
    "a part of another optimizer": (
        {
            **PARTS,
            "other": ("optim.SGD", {"lr": 0.1}, {"losses[0]": "loss"}),
            "plan": (
                "lr_scheduler.ChainedScheduler",
                {},
                {"optimizer": "other.optimizer", "schedulers[0]": "warm.scheduler"},
            ),
        },
        "same optimizer",
    ),
    "a plateau of a whole tensor": (
        {"plan": ("lr_scheduler.ReduceLROnPlateau", {}, {**ADAM, "metrics": "logits"})},
        "single number",
    ),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_what_is_wrong_is_told_at_the_schedule(case: str) -> None:
    nodes, said = WRONG[case]
    found = words(judged(**nodes))
    assert [node for node, _ in found] == ["plan"]
    assert said in found[0][1]


def test_a_plateau_cannot_be_a_part() -> None:
    plateau: Drawn = ("lr_scheduler.ReduceLROnPlateau", {}, ADAM)
    chain: Drawn = ("lr_scheduler.ChainedScheduler", {}, {"schedulers[0]": "plateau.scheduler"})
    verdict = judged(plateau=plateau, plan=chain)
    assert verdict.status[Address("plan")] != "ok"


def test_schedules_cost_and_learn_nothing() -> None:
    plain, planned = judged(), judged(**SOUND["a sequence"])
    assert SIMPLE.keys() < simple(**SOUND["a sequence"]).main.graph.nodes.keys()
    assert planned.parameters == plain.parameters
    assert FrozenMap(planned.flops).get(Address("plan"), 0) == 0
