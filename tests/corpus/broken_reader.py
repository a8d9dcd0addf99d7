"""Losses of another kind than the targets are: classes, a yes or no, or measurements."""

from __future__ import annotations

from pathlib import Path

from graph_editor.document.files import load
from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus import nets
from tests.corpus.broken import Broken
from tests.corpus.broken_silent import behind, warned
from tests.corpus.form import Layer, being, linear, net, nn, op, relu, saying

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


def example(name: str, loss: str) -> Project:
    """Return an example with another loss."""
    return being(load(EXAMPLES / f"{name}.netwright").project, "loss", f"nn.{loss}")


def small(*layers: Layer, width: int = 1, y: tuple[object, ...] = (B,), **more: object) -> Project:
    """Return a network of two layers that gives so many numbers for each sample."""
    first = (linear("fc1", 16), relu("relu"), linear("fc2", width))
    return net(*first, *layers, x=nets.TABLE, y=y, **more)  # type: ignore[arg-type]  # said above


CASES = [
    # --- classes -------------------------------------------------------------------------------
    Broken("digits-by-yes-and-no", "head-width", "head", ("B×10", "10 scores"),
           "Use CrossEntropyLoss instead", example("digits_mlp", "BCEWithLogitsLoss"),
           changes=("loss",)),
    Broken("digits-by-squares", "head-width", "head", ("B×10", "10 scores"),
           "Use CrossEntropyLoss instead", example("digits_mlp", "MSELoss"), changes=("loss",)),
    Broken("wines-by-yes-and-no", "head-width", "head", ("B×3", "3 scores"),
           "Use CrossEntropyLoss instead", example("wine", "BCEWithLogitsLoss"),
           changes=("loss",)),
    Broken("one-score-for-ten-digits", "target-does-not-fit", "loss", ("B×1", "B."),
           "Use CrossEntropyLoss instead, and set out_features of “head” to 10",
           saying(example("digits_mlp", "BCEWithLogitsLoss"), "head", out_features=1),
           changes=("loss",)),
    # --- measurements --------------------------------------------------------------------------
    warned("patients-by-classes", "single-class", "loss", ("B×1", "one class"),
           "Use MSELoss instead", example("diabetes", "CrossEntropyLoss"), changes=("loss",),
           beside=("target-range",)),
    warned("patients-by-yes-and-no", "target-range", "loss", ("0 to 1", "-1.8", "2.8"),
           "Use MSELoss instead", example("diabetes", "BCEWithLogitsLoss"), changes=("loss",)),
    Broken("prices-by-classes", "class-target", "loss", ("float32", "B×1", "MSELoss"),
           "Use MSELoss instead, and add an axis of size 1 to target", small(),
           changes=("loss",)),
    Broken("prices-by-likelihood", "class-target", "loss", ("float32", "B×1", "MSELoss"),
           "Use MSELoss instead, and add an axis of size 1 to target", small(loss="NLLLoss"),
           changes=("loss",), beside=("logits-into-probability-loss",)),
    warned("price-columns-by-classes", "single-class", "loss", ("B×1",),
           "Use MSELoss instead", small(y=(B, 1)), changes=("loss",), beside=("target-range",)),
    warned("price-rows-by-classes", "target-range", "loss", ("0 to 1", "(B)"),
           "Use MSELoss instead", small(op("row", "Tensor.squeeze", dim=1)), changes=("loss",)),
    # --- two faults ----------------------------------------------------------------------------
    Broken("raw-scores-and-noise", "target-range", "data", ("0 to 1", "normal numbers"),
           "Let y of “data” be 0 or 1, and use BCEWithLogitsLoss instead",
           small(y=(B, 1), loss="BCELoss"), changes=("data", "loss"),
           beside=("logits-into-probability-loss",)),
    warned("scores-of-many-in-bounds", "activation-on-logits", "last", ("0.0027", "5.91"),
           "Switch “last” off",
           behind(small(width=1000, classes=1000), nn("last", "Sigmoid"))),
]  # fmt: skip
