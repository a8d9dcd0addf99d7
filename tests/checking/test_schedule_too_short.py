"""A schedule that is over before the training is: the written code is run to the end as oracle."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest

from codegen import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import NOTHING, Arg, Expr, FrozenMap, Node, Project
from tests.checking.drawings import cured, errors, judged, one
from tests.checking.numbered import more, rated
from tests.codegen.training_projects import Recorder, imported

EPOCHS = 2
STEPS = 26
"""256 samples, of which 205 are trained on: 13 batches of 16 in each epoch."""


def scheduled(total: Arg, accumulate: int = 1, **of: Arg) -> Project:
    """Return a drawing of a few epochs whose schedule lasts so many steps."""
    waits: dict[str, Arg] = {"accumulate": accumulate} if accumulate > 1 else {}
    plan = {"max_lr": 0.01, "total_steps": total, **of}
    made = rated("AdamW", "OneCycleLR", of=plan, **waits)
    return replace(made, run=made.run.set("epochs", EPOCHS))


def is_told(asked: Project) -> bool:
    return any(d.code == "schedule-too-short" for d in judged(asked).diagnostics)


def trains(asked: Project, total: int) -> str:
    """Train as is written, but with another number of steps; return what torch says."""
    written = generate(asked, specs_of(asked), judged(asked))
    plan, text = "total_steps=5000", written.files["train.py"].text
    assert plan in text
    changed = replace(written.files["train.py"], text=text.replace(plan, f"total_steps={total}"))
    with imported(replace(written, files={**written.files, "train.py": changed})) as train:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                train.train(train.Settings(), Recorder())
        except ValueError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    ("accumulate", "interval", "needed"),
    [(1, NOTHING, STEPS), (1, {"interval": "epoch"}, EPOCHS), (4, NOTHING, STEPS // 4)],
)
def test_one_step_less_than_the_training_takes_is_too_few(
    accumulate: int, interval: FrozenMap[str, Arg], needed: int
) -> None:
    enough, short = (scheduled(n, accumulate, **interval) for n in (needed, needed - 1))
    assert not is_told(enough)
    found = one(judged(short), "schedule-too-short")
    assert (found.severity, found.node, found.argument) == ("error", "plan", "total_steps")
    assert f"takes {needed} " in found.message
    assert found.fixes[0].title == f"Set total_steps to {needed}"
    long = scheduled(5_000, accumulate, **interval)
    assert trains(long, needed) == ""
    assert trains(long, needed - 1).startswith(f"Tried to step {needed} times")


def test_the_fix_cures() -> None:
    short = scheduled(3)
    found = one(judged(short), "schedule-too-short")
    assert "lasts 3 steps" in found.message
    assert f"{EPOCHS} epochs of 13 batches" in found.message
    assert list(errors(cured(short, found, f"Set total_steps to {STEPS}"))) == []


@pytest.mark.parametrize(
    ("total", "of", "short"),
    [
        (Expr("2 * epochs"), {}, True),
        (Expr("13 * epochs"), {}, False),
        (None, {"epochs": 2, "steps_per_epoch": 12}, True),
        (None, {"epochs": 2, "steps_per_epoch": 13}, False),
        (STEPS, {"epochs": 1, "steps_per_epoch": 1}, False),
    ],
)
def test_the_length_is_what_torch_makes_of_the_arguments(
    total: Arg, of: dict[str, Arg], short: bool
) -> None:
    said = {k: v for k, v in {"total_steps": total}.items() if v is not None}
    made = rated("AdamW", "OneCycleLR", of={"max_lr": 0.01, **said, **of})
    made = replace(made, run=made.run.set("epochs", EPOCHS))
    assert is_told(made) is short


def test_a_part_of_another_schedule_is_left_in_peace() -> None:
    made = rated("AdamW", "OneCycleLR", of={"max_lr": 0.01, "total_steps": 3})
    wires = {"chain.schedulers[0]": "plan.scheduler", "chain.optimizer": "adam.optimizer"}
    held = more(made, {"chain": Node("lr_scheduler.ChainedScheduler")}, wires)
    assert not is_told(held)
