"""What no optimizer and no schedule is meant to be given is refused where torch refuses it."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Arg, Project
from tests.checking.drawings import B
from tests.corpus.form import BATCH, adding, linear, net, op
from tests.corpus.real import stops

ODD: tuple[Arg, ...] = (True, False, 1, "0.1", None, (0.9, 0.9), -1)
BASE: dict[str, dict[str, Arg]] = {
    "lr_scheduler.StepLR": {"step_size": 2},
    "lr_scheduler.MultiStepLR": {"milestones": (2, 4)},
    "lr_scheduler.ExponentialLR": {"gamma": 0.9},
    "lr_scheduler.CosineAnnealingLR": {"T_max": 8},
    "lr_scheduler.OneCycleLR": {"max_lr": 0.1, "total_steps": 500},
    "lr_scheduler.CyclicLR": {"base_lr": 0.01, "max_lr": 0.1},
    "lr_scheduler.CosineAnnealingWarmRestarts": {"T_0": 3},
    "optim.SGD": {"lr": 0.1, "momentum": 0.9},
}
NAMES = ("optim.AdamW", "optim.RMSprop", *BASE)
SPECS = [spec for name in NAMES if (spec := catalogue().get(name)) is not None]


def drawn(spec: Spec, argument: str, value: Arg) -> Project:
    args = {**BASE.get(spec.name, {}), argument: value}
    fed = {"x": (B, 3), "y": (B, 4), "loss": "MSELoss"}
    if spec.kind == "optim":
        return net(linear("fc", 4), optimizer=op("adam", spec.name, **args), **fed)  # type: ignore[arg-type]  # a table
    plan = op("plan", spec.name, {"optimizer": "adam.optimizer"}, **args)
    return adding(net(linear("fc", 4), **fed), plan)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_odd_arguments_are_refused_where_torch_refuses_them(spec: Spec) -> None:
    judge, seen = Judge(), set()
    for argument in spec.arguments:
        if argument.style == "pseudo" or argument.port is not None:
            continue
        for value in ODD:
            project = drawn(spec, argument.name, value)
            verdict = judge.judge(project, batch=BATCH, fixes=False)
            refused = bool(stops(project, BATCH))
            assert verdict.has_errors == refused, (argument.name, value, verdict.diagnostics)
            seen.add(refused)
    assert seen == {True, False}, "some of these torch takes, and some it refuses"
