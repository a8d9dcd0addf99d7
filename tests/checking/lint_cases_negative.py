"""Logarithms and roots of what a layer gives, and of what stays above 0."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from graph_editor.document.model import FrozenMap, Node, Project, Weights
from tests.checking.drawings import FLAT, HEAD, B, Layer, drawing, with_node
from tests.checking.lint_cases_losses import ONE
from tests.checking.lint_form import Case, Near
from tests.checking.numbered import more

CODE = "negative-before-log"
LOG: Layer = ("log", "torch.log", {})
ROOT: Layer = ("log", "torch.sqrt", {})
SOFT = "Insert Softplus before input"


def numbers(*layers: Layer) -> Project:
    """Return a network that gives one number a sample."""
    return drawing(FLAT, *layers, y=(B, 1), classes=None, loss="nn.MSELoss")


def counts(*layers: Layer, **args: Any) -> Project:
    """Return a network of which a PoissonNLLLoss takes the rate, or its logarithm."""
    made = drawing(FLAT, ONE, *layers, y=(B, 1), loss="nn.PoissonNLLLoss")
    return with_node(
        more(made, {"told": Node("Tensor.float")},
             {"told.input": "data.y", "loss.target": "told.output"}),
        "loss", args=FrozenMap(args),
    )  # fmt: skip


def taught(*behind: Layer, **args: Any) -> Project:
    """Return a pupil that is to give the shares of a teacher, behind which these nodes stand."""
    made = drawing(FLAT, HEAD, ("log", "F.log_softmax", {"dim": 1}), loss="nn.KLDivLoss")
    nodes = {"teach": Node("nn.Linear", args=FrozenMap({"out_features": 10}))}
    nodes |= {name: Node(spec, args=FrozenMap(said)) for name, spec, said in behind}
    names = [*nodes]
    wires = {"teach.input": "flat.output", "loss.target": f"{names[-1]}.output"}
    wires |= {f"{b}.input": f"{a}.output" for a, b in pairwise(names)}
    return with_node(more(made, nodes, wires), "loss", args=FrozenMap(args))


COOLED: Layer = ("cool", "op.truediv", {"other": 3.0})
SOFTMAX: Layer = ("soft", "F.softmax", {"dim": 1})
SHARES = "Make shares of target with a softmax"
CASES = [
    Case(CODE, "warning", "log", ("the logarithm of input (B×1)", "Linear “head”", "nan"), (SOFT,),
         numbers(ONE, LOG)),
    Case(CODE, "warning", "log", ("the root of input (B×1)", "Linear “head”"), (SOFT,),
         numbers(ONE, ROOT)),
    Case(CODE, "warning", "log", ("the logarithm",), (SOFT,),
         numbers(ONE, ("eps", "op.add", {"other": 1e-6}), LOG)),
    Case(CODE, "warning", "loss", ("PoissonNLLLoss “loss”", "B×1"), ("Set log_input to True", SOFT),
         counts(log_input=False)),
    Case(CODE, "warning", "loss", ("KLDivLoss “loss”", "of target (B×10)", "Linear “teach”"),
         (SHARES,), taught(COOLED)),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, numbers(ONE, ("above", "nn.Softplus", {}), LOG)),
    (CODE, numbers(ONE, ("square", "torch.square", {}), ROOT)),
    (CODE, numbers(ONE, ("above", "op.add", {"other": 5.0}), LOG)),
    (CODE, numbers(ONE, ("share", "nn.Sigmoid", {}), LOG)),
    # 0 is written wherever it is nan
    (
        CODE,
        more(
            numbers(ONE, LOG, ("mend", "Tensor.masked_fill", {"value": 0.0})),
            {"below": Node("op.le", args=FrozenMap({"other": 0.0}))},
            {"below.input": "head.output", "mend.mask": "below.output"},
        ),
    ),
    # bands of a spectrum, whose weights were loaded
    (
        CODE,
        with_node(numbers(ONE, LOG), "head", weights=Weights(start="bands.pt")),
    ),
    (CODE, counts()),
    (CODE, counts(("rate", "torch.exp", {}), log_input=False)),
    (CODE, taught(COOLED, SOFTMAX)),
    (CODE, taught(("logs", "F.log_softmax", {"dim": 1}), log_target=True)),
]
