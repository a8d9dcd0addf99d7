"""Log-probabilities of classes, along their axis and along that of pixels or steps."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import Expr, Project
from tests.checking.drawings import BATCHES, B
from tests.checking.lint_cases_letters import spoken
from tests.checking.lint_form import Case, Near
from tests.corpus.form import Layer, conv, having, linear, net, nn, op

CODE = "shares-of-places"
FIRST, LAST = "Set dim to 1", "Set dim to -1"


def mapped(*behind: Layer, y: tuple[Any, ...] = (B, 12, 12), **options: Any) -> Project:
    """Return a net that gives each pixel of a picture one of four classes."""
    said = {"x": (B, 3, 12, 12), "loss": "NLLLoss", "classes": 4, "run": BATCHES, **options}
    return net(conv("scores", 4, 1), *behind, y=y, **said)


def tagged(*behind: Layer, y: tuple[Any, ...] = (B, 9)) -> Project:
    """Return a net that gives each step of a series one of five classes."""
    return net(linear("scores", 5), *behind, x=(B, 9, 6), y=y, loss="NLLLoss", classes=5,
               run=BATCHES)  # fmt: skip


def log(dim: int, spec: str = "nn.LogSoftmax") -> Layer:
    return op("log", spec, dim=dim)


def soft(dim: int) -> Layer:
    return op("soft", "torch.softmax", dim=dim)


TURN = op("turn", "Tensor.transpose", dim0=1, dim1=2)
OTHER_WAY = op("turn", "Tensor.permute", args=(0, 2, 3, 1))
BACK = op("back", "Tensor.permute", args=(0, 3, 1, 2))
COPY = op("copy", "Tensor.contiguous")
LOGARITHM = op("log", "torch.log")
CASES = [
    Case(CODE, "warning", "log", ("LogSoftmax “log”", "axis 3 of B×4×12×12", "takes axis 1 of it"),
         (FIRST,), mapped(log(-1))),
    Case(CODE, "warning", "log", ("axis 2 of", "of 4, for the classes"), (FIRST,),
         mapped(log(2, "F.log_softmax"))),
    Case(CODE, "warning", "soft", ("softmax “soft”", "axis 3 of"), (FIRST,),
         mapped(soft(-1), LOGARITHM)),
    Case(CODE, "warning", "log", ("axis 1 of B×9×5", "takes axis 2 of it"), (LAST,),
         tagged(log(1), TURN)),
    Case(CODE, "warning", "log", ("axis 1 of B×12×12×4", "takes axis 3 of it"), (LAST,),
         mapped(OTHER_WAY, log(1), BACK, COPY)),
    Case(CODE, "warning", "log", ("axis 1 of B×20×11", "CTCLoss “loss” takes axis 2"), (LAST,),
         spoken(log(1))),
]  # fmt: skip
NEAR: list[Near] = [
    (CODE, mapped(log(1))),
    (CODE, mapped(log(-3, "F.log_softmax"))),
    (CODE, mapped(soft(1), LOGARITHM)),
    (CODE, mapped(OTHER_WAY, log(-1), BACK, COPY)),
    (CODE, tagged(log(-1), TURN)),
    (CODE, tagged(TURN, log(1))),
    (CODE, spoken(log(-1))),
    (CODE, spoken(log(2))),
    # the places are the classes: which step is the one?
    (CODE, net(linear("scores", 1), op("row", "Tensor.squeeze", dim=-1), log(1),
               x=(B, 9, 6), classes=9, loss="NLLLoss", run=BATCHES)),
    # shares over all pixels together, one of which is the right one
    (CODE, mapped(nn("flat", "Flatten"), log(1), y=(B,), classes=576)),
    # made for all pixels of a class, then mixed: they are no more what the loss takes
    (CODE, mapped(log(-1), conv("mix", 4, 1), op("last", "F.log_softmax", dim=1))),
    (CODE, having(mapped(op("off", "F.log_softmax", dim=-1), log(1)), "off", when=Expr("False"))),
    (CODE, mapped(log(1), loss="CrossEntropyLoss")),
]  # fmt: skip
