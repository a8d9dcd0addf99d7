"""Ranges behind products with masks, sums with places, chance, and labels found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.engine.judge import Judge
from tests.corpus.valid_sheet import Sheet, Wire
from tests.engine.eager_run import all_stops

JUDGE = Judge()
ERROR, WARNING = "error", "warning"
WORDS = 20


def looked_up(sheet: Sheet, index: Wire, rows: int) -> None:
    found = sheet.put("nn.Embedding", index, num_embeddings=rows, embedding_dim=4)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(found)))


def kept(sheet: Sheet, rows: int, asks: str = "op.gt", number: int = 3, turned: bool = False,
         ) -> None:  # fmt: skip
    """Make 0 of words by a product with a comparison of these words and a number."""
    words = sheet.input(6, classes=WORDS)
    mask = sheet.put("Tensor.long", sheet.put(asks, words, other=number))
    both = (mask, words) if turned else (words, mask)
    looked_up(sheet, sheet.put("op.mul", *both), rows)


def placed(sheet: Sheet, rows: int, each: int = 1) -> None:
    """Add to words the places at which they stand, times a number."""
    places = sheet.put("op.mul", sheet.put("torch.arange", end=6), other=each)
    looked_up(sheet, sheet.put("op.add", sheet.input(6, classes=WORDS), places), rows)


def hidden(sheet: Sheet, rows: int, spec: str = "Tensor.masked_fill", number: int = WORDS) -> None:
    """Replace words by a number at random, or by 0."""
    words = sheet.input(6, classes=WORDS)
    drawn = sheet.put("torch.rand_like", sheet.put("Tensor.float", words))
    mask = sheet.put("op.lt", drawn, other=0.2)
    if spec == "op.mul":
        moved = sheet.put(spec, words, sheet.put("Tensor.long", mask))
    elif spec == "torch.where":
        moved = sheet.put(spec, mask, other=words, input=number)
    else:
        moved = sheet.put(spec, words, mask, value=number)
    looked_up(sheet, moved, rows)


def cut_down(sheet: Sheet, rows: int) -> None:
    """Replace just the words that there is no row for."""
    words = sheet.input(6, classes=WORDS)
    mask = sheet.put("op.ge", words, other=rows)
    looked_up(sheet, sheet.put("Tensor.masked_fill", words, mask, value=0), rows)


def found_again(sheet: Sheet, scores: int, dim: int = 1, floats: bool = False) -> None:
    """Find labels again in the rows that one_hot makes of them."""
    given = sheet.put("nn.Linear", sheet.input(8), out_features=scores)
    hot = sheet.put("F.one_hot", sheet.data(classes=5), num_classes=5)
    rows = sheet.put("Tensor.float", hot) if floats else hot
    sheet.loss("nn.CrossEntropyLoss", sheet.out(given), sheet.put("torch.argmax", rows, dim=dim))


def looked_up_again(sheet: Sheet, rows: int) -> None:
    hot = sheet.put("F.one_hot", sheet.input(6, classes=WORDS), num_classes=WORDS)
    looked_up(sheet, sheet.put("torch.argmax", hot, dim=-1), rows)


DRAWINGS: list[tuple[Callable[..., None], dict[str, Any], str]] = [
    (kept, {"rows": 15}, ERROR),
    (kept, {"rows": 15, "turned": True}, ERROR),
    (kept, {"rows": 20}, ""),
    # what goes past the last row is what becomes 0
    (kept, {"rows": 15, "asks": "op.lt", "number": 15}, ""),
    (kept, {"rows": 15, "asks": "op.gt", "number": 19}, ""),
    (placed, {"rows": 20}, WARNING),
    (placed, {"rows": 25}, ""),
    # each place has words of its own
    (placed, {"rows": 120, "each": 20}, ""),
    (placed, {"rows": 119, "each": 20}, WARNING),
    (hidden, {"rows": 20}, WARNING),
    (hidden, {"rows": 21}, ""),
    (hidden, {"rows": 20, "spec": "torch.where"}, WARNING),
    (hidden, {"rows": 21, "spec": "torch.where"}, ""),
    (hidden, {"rows": 15, "spec": "op.mul"}, WARNING),
    (hidden, {"rows": 20, "spec": "op.mul"}, ""),
    (cut_down, {"rows": 15}, ""),
    (found_again, {"scores": 4}, ERROR),
    (found_again, {"scores": 4, "floats": True, "dim": -1}, ERROR),
    (found_again, {"scores": 5}, ""),
    (looked_up_again, {"rows": 15}, ERROR),
    (looked_up_again, {"rows": 20}, ""),
]


@pytest.mark.parametrize(("draw", "args", "severity"), DRAWINGS)
def test_what_is_asked_for_is_compared_with_what_there_is(
    draw: Callable[..., None], args: dict[str, Any], severity: str
) -> None:
    sheet = Sheet()
    draw(sheet, **args)
    made = sheet.project()
    found = [d for d in JUDGE.judge(made, fixes=False).diagnostics if d.severity != "info"]
    assert [d.severity for d in found] == ([severity] if severity else []), found
    if severity != WARNING:
        assert bool(all_stops(made, 4)) is (severity == ERROR)
