"""Indices that go past what they pick from: an error where torch is certain to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.document.model import Expr, Name
from tests.corpus.valid_sheet import Sheet, Wire
from tests.engine.eager_run import all_stops

JUDGE = Judge()
ERROR, WARNING = "error", "warning"


def scores(sheet: Sheet, width: int = 4) -> Wire:
    return sheet.put("nn.Linear", sheet.input(4), out_features=width)


def looked_up(sheet: Sheet, index: Wire, rows: int, spec: str = "nn.Embedding") -> None:
    if spec == "F.embedding":
        table = sheet.put("param.tensor", shape=(rows, 4), init="normal")
        found = sheet.put(spec, index, table)
    else:
        found = sheet.put(spec, index, num_embeddings=rows, embedding_dim=4)
    sheet.out(found)
    sheet.losses.append(sheet.put("torch.mean", found))


def ids(sheet: Sheet, rows: int, number: int = 1, spec: str = "nn.Embedding") -> None:
    looked_up(sheet, sheet.put("op.add", sheet.input(6, classes=20), other=number), rows, spec)


def places(sheet: Sheet, rows: int) -> None:
    looked_up(sheet, sheet.put("op.add", sheet.put("torch.arange", end=8), other=2), rows)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(scores(sheet))))


def drawn(sheet: Sheet, high: int, rows: int, size: int = 1000) -> None:
    looked_up(sheet, sheet.put("torch.randint", low=0, high=high, size=(size,)), rows)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(scores(sheet))))


def best(sheet: Sheet, rows: int) -> None:
    looked_up(sheet, sheet.put("torch.argmax", sheet.input(6, 20), dim=-1), rows)


def picked(sheet: Sheet, spec: str, classes: int) -> None:
    given, label = scores(sheet), sheet.data(classes=classes)
    if spec == "torch.gather":
        label = sheet.put("Tensor.unsqueeze", label, dim=1)
    chosen = sheet.put(spec, sheet.out(given), dim=1, index=label)
    sheet.losses.append(sheet.put("torch.mean", chosen))


def scattered(sheet: Sheet, classes: int) -> None:
    index = sheet.data(4, classes=classes)
    given = sheet.put("torch.scatter", sheet.out(scores(sheet)), dim=1, index=index,
                      src=sheet.data(4))  # fmt: skip
    sheet.losses.append(sheet.put("torch.mean", given))


def rows_of(sheet: Sheet, rows: int) -> None:
    table = sheet.put("param.tensor", shape=(rows, 3), init="normal")
    chosen = sheet.put("op.getitem", table, sheet.input(classes=9))
    sheet.losses.append(sheet.put("torch.mean", sheet.out(chosen)))


def one_hot(sheet: Sheet, count: int) -> None:
    moved = sheet.put("op.add", sheet.input(classes=6), other=1)
    hot = sheet.put("Tensor.float", sheet.put("F.one_hot", moved, num_classes=count))
    sheet.classify(sheet.put("nn.Linear", hot, out_features=3), 3)


def margin(sheet: Sheet, classes: int) -> None:
    given = sheet.out(scores(sheet, 5))
    sheet.loss("nn.MultiLabelMarginLoss", given, sheet.data(5, classes=classes))


def timed(sheet: Sheet, longest: int, target: int) -> None:
    made = sheet.put("F.log_softmax", sheet.put("nn.Linear", sheet.input(10, 6), out_features=5),
                     dim=-1)  # fmt: skip
    lengths = [
        sheet.put("torch.full", size=(Expr("B"),), fill_value=n, dtype=Name("int64"))
        for n in (longest, target)
    ]
    given = sheet.put("Tensor.transpose", sheet.out(made), dim0=0, dim1=1)
    moved = sheet.put("torch.clamp", sheet.data(4, classes=5), min=1)
    sheet.loss("nn.CTCLoss", given, moved, *lengths)


DRAWINGS: list[tuple[Callable[..., None], dict[str, Any], str]] = [
    (ids, {"rows": 20}, ERROR),
    (ids, {"rows": 21}, ""),
    (ids, {"rows": 20, "spec": "F.embedding"}, ERROR),
    (ids, {"rows": 21, "spec": "F.embedding"}, ""),
    (ids, {"rows": 20, "spec": "nn.EmbeddingBag"}, ERROR),
    (ids, {"rows": 20, "number": 0}, ""),
    (places, {"rows": 9}, ERROR),
    (places, {"rows": 10}, ""),
    (drawn, {"high": 50, "rows": 10}, ERROR),
    (drawn, {"high": 50, "rows": 10, "size": 1}, WARNING),
    (drawn, {"high": 10, "rows": 10}, ""),
    (best, {"rows": 10}, WARNING),
    (best, {"rows": 20}, ""),
    (picked, {"spec": "torch.gather", "classes": 9}, ERROR),
    (picked, {"spec": "torch.gather", "classes": 4}, ""),
    (picked, {"spec": "torch.index_select", "classes": 9}, ERROR),
    (picked, {"spec": "torch.index_select", "classes": 4}, ""),
    (scattered, {"classes": 9}, ERROR),
    (scattered, {"classes": 4}, ""),
    (rows_of, {"rows": 5}, ERROR),
    (rows_of, {"rows": 9}, ""),
    (one_hot, {"count": 6}, ERROR),
    (one_hot, {"count": 7}, ""),
    (margin, {"classes": 9}, ERROR),
    (margin, {"classes": 5}, ""),
    (timed, {"longest": 12, "target": 4}, ERROR),
    (timed, {"longest": 10, "target": 7}, ERROR),
    (timed, {"longest": 10, "target": 4}, ""),
]


@pytest.mark.parametrize(("draw", "args", "severity"), DRAWINGS)
def test_indices_are_compared_with_what_they_pick_from(
    draw: Callable[..., None], args: dict[str, Any], severity: str
) -> None:
    sheet = Sheet()
    draw(sheet, **args)
    made = sheet.project()
    found = [d for d in JUDGE.judge(made, fixes=False).diagnostics if d.severity != "info"]
    assert [d.severity for d in found] == ([severity] if severity else []), found
    if severity != WARNING:
        assert bool(all_stops(made, 4)) is (severity == ERROR)
