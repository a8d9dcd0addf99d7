"""Faults to plant in the judge, one in each family of what it knows beyond torch's dry run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.engine import evaluate_slow, evaluate_training, judge, judge_stop
from app.engine.evaluate_slow import Shortcut
from graph_editor.checking.rule_table import RULES
from graph_editor.checking.rules import Call

Plant = Callable[[pytest.MonkeyPatch], None]


def shapes(patch: pytest.MonkeyPatch) -> None:
    """Let every input of a norm pass that is of its dtype."""
    patch.setattr(evaluate_slow, "surely_legal", lambda target, inputs: "input" in inputs)


def dtypes(patch: pytest.MonkeyPatch) -> None:
    """Let the rules take whole numbers for floats."""
    true = Call.dtype

    def wrong(call: Call, port: str) -> str:
        found = true(call, port)
        return "float32" if found in ("int32", "int64") else found

    patch.setattr(Call, "dtype", wrong)


def recurrence(patch: pytest.MonkeyPatch) -> None:
    """Forget a step of what a recurrent layer gives."""
    true = evaluate_slow._one_step

    def wrong(*given: Any) -> Shortcut | None:
        found = true(*given)
        return None if found is None else replace(found, restore=lambda _, value: value)

    patch.setattr(evaluate_slow, "_one_step", wrong)


def targets(patch: pytest.MonkeyPatch) -> None:
    """Let every target into losses of classes."""
    for spec in ("nn.CrossEntropyLoss", "nn.NLLLoss", "nn.MultiMarginLoss", "nn.BCELoss"):
        patch.setitem(RULES, spec, ())


def gradients(patch: pytest.MonkeyPatch) -> None:
    """Look at no gradient."""
    for module in (judge, judge_stop):
        patch.setattr(module, "gradient_troubles", lambda *_: iter(()))


def optimizers(patch: pytest.MonkeyPatch) -> None:
    """Let every number into optimizers."""
    patch.setattr(evaluate_training, "objections", lambda spec, args: ("", ""))


FAULTS: dict[str, Plant] = {
    plant.__name__: plant for plant in (shapes, dtypes, recurrence, targets, gradients, optimizers)
}
