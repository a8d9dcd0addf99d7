"""A bypassed layer is judged and written as left out: what enters it passes through."""

from __future__ import annotations

from typing import Any

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.window.workplace import Workplace
from graph_editor.document.model import NodeId
from tests.window.inhabited import Inhabited


def bypass(house: Inhabited, place: Workplace, node: str) -> None:
    place.canvas.select([NodeId(node)])
    place.canvas.setFocus()
    assert QApplication.focusWidget() is not None
    QTest.keyClick(place.canvas, Qt.Key.Key_M)
    house.rest()
    house.judged(place)


def model(place: Workplace) -> str:
    assert place.session.written is not None
    return place.session.written.files["model.py"].text


def run(text: str) -> tuple[int, ...]:
    """Return the shape of what the written model makes of two images."""
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(text, "model.py", "exec"), space)  # noqa: S102  # our own text
    (made,) = (x for x in space.values() if isinstance(x, type) and x.__module__ == "model")
    return tuple(made()(torch.zeros(2, 1, 8, 8)).shape)


def errors(place: Workplace) -> set[str]:
    found = place.session.problems()
    return {str(problem.node) for problem in found if problem.severity == "error"}


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    return house.judged(house.stand())


def test_without_a_harmless_layer_all_is_well_and_the_code_leaves_it_out(
    place: Workplace, house: Inhabited
) -> None:
    before = model(place)
    assert "nn.Dropout(" in before
    bypass(house, place, "dropout")
    assert not errors(place)
    assert "Dropout" not in model(place)
    assert run(model(place)) == (2, 10)
    bypass(house, place, "dropout")
    assert model(place) == before


def test_without_a_layer_that_others_rest_on_the_error_stands_behind_it(
    place: Workplace, house: Inhabited
) -> None:
    assert not errors(place)
    bypass(house, place, "flatten")
    assert errors(place) == {"head"}
    assert place.session.refusal is not None  # no code is written that would not run
    assert "head" in str(place.session.refusal)
    bypass(house, place, "flatten")
    assert not errors(place)
