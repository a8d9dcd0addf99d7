"""Numbers with a point where rows, places or classes are named: no conversion is a cure."""

from __future__ import annotations

from graph_editor.document.model import Project
from tests.checking.drawings import B
from tests.corpus.broken import Broken
from tests.corpus.form import drawn, flat, linear, net, nn, op

CUT = "no conversion makes"
TABLE = {"num_embeddings": 50, "embedding_dim": 4}


def of_data(name: str, port: str, *shape: object, classes: int = 3) -> Project:
    """Return a training on a table of scikit-learn whose measurements are taken for row numbers."""
    return drawn(
        op("data", f"data.{name}"),
        op("x", "io.input", f"data.{port}", shape=(B, *shape)),
        nn("table", "Embedding", **TABLE),
        flat(),
        linear("head", classes),
        op("out", "io.output", "head"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.label"}),
        op("adam", "optim.AdamW", {"losses[0]": "loss"}),
    )


def of_scores(kind: str, *after: object) -> Project:
    layers = (linear("scores", 8), nn("table", kind, **TABLE), *after, linear("head", 4))
    return net(*layers, x=(B, 20), classes=4)  # type: ignore[arg-type]  # layers


CASES = [
    # fix="": which rows measurements or scores stand for, only the user could know
    Broken("wines-as-words", "embedding-dtype", "table", (CUT, "x of “data”", "0 to 49"), "",
           of_data("wine", "x", 13)),
    Broken("flowers-as-words", "embedding-dtype", "table", (CUT, "x of “data”", "B×4"), "",
           of_data("iris", "x", 4)),
    Broken("grey-as-words", "embedding-dtype", "table", (CUT, "image of “data”"), "",
           of_data("digits", "image", 1, 8, 8, classes=10)),
    Broken("scores-as-words", "embedding-dtype", "table", (CUT, "Linear “scores”", "B×8"), "",
           of_scores("Embedding", flat())),
    Broken("scores-as-bags-of-words", "embedding-dtype", "table", (CUT, "Linear “scores”"), "",
           of_scores("EmbeddingBag")),
    Broken("scores-as-places", "dtype", "pick", (CUT, "Linear “scores”", "float32"), "",
           net(linear("scores", 8), op("pick", "torch.gather",
                                       {"input": "scores", "index": "scores"}, dim=1),
               linear("head", 4), x=(B, 20), classes=4)),
    Broken("scores-one-hot", "dtype", "rows", (CUT, "Linear “scores”", "int64"), "",
           net(linear("scores", 8), op("rows", "F.one_hot", {"tensor": "scores"}, num_classes=4),
               op("real", "Tensor.float"), flat(), linear("head", 4), x=(B, 20), classes=4)),
    Broken("scores-as-labels", "class-target", "loss", (CUT, "Linear “labels”", "B×4"), "",
           net(linear("labels", 1, at="x"), op("row", "Tensor.squeeze", dim=1),
               linear("head", 4, at="x"), x=(B, 20), classes=4,
               loss=nn("loss", "CrossEntropyLoss", {"input": "out", "target": "row"}))),
    Broken("margin-of-measurements", "dtype", "loss", (CUT, "y of “data”", "float32"),
           "Let y of “data” be whole numbers from 0 to 3",
           net(linear("head", 4), x=(B, 20), loss="MultiMarginLoss"), changes=("data",)),
    Broken("margins-of-measurements", "dtype", "loss", (CUT, "y of “data”", "B×4"),
           "Let y of “data” be whole numbers from 0 to 3",
           net(linear("head", 4), x=(B, 20), y=(B, 4), loss="MultiLabelMarginLoss"),
           changes=("data",)),
    Broken("bent-scores-and-true-or-false", "target-does-not-fit", "loss", ("bool", "float32"),
           "Convert target to float32, and use BCEWithLogitsLoss instead, and switch “bent” off",
           net(linear("head", 1), nn("bent", "Tanh"), x=(B, 20), y=(B, 1), y_dtype="bool",
               loss="BCELoss"), changes=("loss",), beside=("logits-into-probability-loss",)),
]  # fmt: skip
