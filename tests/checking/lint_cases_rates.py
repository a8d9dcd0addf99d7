"""Formulas of LambdaLR that give the rate itself, where a factor is wanted."""

from __future__ import annotations

from graph_editor.document.model import Arg, Expr, Project
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import rated


def planned(lr_lambda: Arg, spec: str = "AdamW", **args: Arg) -> Project:
    """Return a training whose rate goes by a formula over epochs."""
    return rated(spec, "LambdaLR", of={"interval": "epoch", "lr_lambda": lr_lambda}, **args)


DIVIDED = "Divide lr_lambda by the rate 0.001"
CASES = [
    Case("rate-as-factor", "warning", "plan",
         ("lr_lambda of LambdaLR “plan”", "AdamW “adam”", "0.001 becomes 1e-06"), (DIVIDED,),
         planned(Expr("0.001 * 0.95 ** epoch"), lr=0.001)),
    Case("rate-as-factor", "warning", "plan", ("0.0003 at most", "3e-07"), (DIVIDED,),
         planned(0.0003, lr=0.001)),
    Case("rate-as-factor", "warning", "plan", ("SGD “adam”", "5e-07"), (DIVIDED,),
         planned(Expr("0.0005 / (epoch + 1)"), "SGD", momentum=0.9)),
]  # fmt: skip
NEAR: list[Near] = [
    ("rate-as-factor", planned(Expr("0.95 ** epoch"), lr=0.001)),
    # the optimizer's rate is 1, so that the formula gives the rate
    ("rate-as-factor", planned(Expr("0.001 * 0.95 ** epoch"), lr=1.0)),
    # it begins with little and comes to all of it, or the other way round
    ("rate-as-factor", planned(Expr("0.001 + 0.1 * epoch"), lr=0.001)),
    ("rate-as-factor", planned(Expr("0.01 ** epoch"), lr=0.001)),
    # what comes of it is a rate that one may mean
    ("rate-as-factor", planned(0.01, lr=0.001)),
    ("rate-as-factor", planned(Expr("0.001 * 0.95 ** epoch"), "SGD", lr=0.1)),
    # it rests
    ("rate-as-factor", planned(0.0, lr=0.001)),
]  # fmt: skip
