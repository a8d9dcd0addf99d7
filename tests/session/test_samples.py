"""Samples of image sources: which nodes have them, and what a preview's answer becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from app.engine.client import EngineError
from app.session import samples as samples_module
from app.session.run_desk import RunDesk
from app.session.samples import LARGEST, QUIET, Samples, image_sources, samples_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import FrozenMap, NodeId
from tests.panels.judged import example, judge, session_on, settle, until

IMAGES = {"shape": [9, 1, 2, 2], "dtype": "float32", "low": 0.0, "high": 2.0}
LABELS = {"shape": [9], "dtype": "int64", "first": [7, 3], "classes": {"3": 4, "7": 5}}


def test_the_answer_of_a_preview_becomes_grey_pictures_with_labels() -> None:
    first = [[[[0.0, 1.0], [2.0, 0.5]]], [[[2.0, 2.0], [0.0, 0.0]]]]
    one, two = samples_of({"image": {**IMAGES, "first": first}, "label": LABELS})
    assert one.pixels == ((0.0, 0.5), (1.0, 0.25))
    assert (one.label, two.label) == ("7", "3")


def test_colours_are_averaged_and_large_images_thinned() -> None:
    image = [[[0.0] * 100] * 80, [[1.0] * 100] * 80, [[2.0] * 100] * 80]
    (found,) = samples_of(
        {"x": {"shape": [1, 3, 80, 100], "low": 0.0, "high": 2.0, "first": [image]}}
    )
    assert len(found.pixels[0]) <= LARGEST
    assert len(found.pixels) <= LARGEST
    assert {value for row in found.pixels for value in row} == {0.5}
    assert found.label == ""


def test_what_is_no_image_has_no_samples() -> None:
    assert samples_of({"x": {"shape": [4, 10], "first": [[0.0] * 10]}}) == ()


def test_sources_of_images_are_told_by_their_shapes() -> None:
    drawn = example("digits_cnn")
    assert list(image_sources(drawn, judge().judge(drawn))) == ["digits"]
    table = example("wine")
    assert image_sources(table, judge().judge(table)) == {}
    unknown = Verdict(types=FrozenMap({"digits.image": TensorType(("B", 1, "?", 8))}))
    assert image_sources(drawn, unknown) == {}


class Answering:
    """An engine that gives the answer of a preview, or none."""

    asked: ClassVar[list[Mapping[str, Any]]] = []
    fails = False

    def __init__(self, role: str, timeout: float) -> None:
        assert role == "job"

    def request(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        Answering.asked.append(message)
        if Answering.fails:
            raise EngineError("no")
        ports = {"image": {**IMAGES, "first": [[[[0.0, 1.0], [2.0, 0.5]]]]}, "label": LABELS}
        return {"result": {"train": ports, "validation": ports}}

    def close(self) -> None:
        """Nothing is there to end."""


@pytest.mark.parametrize("fails", [False, True])
def test_each_source_is_asked_once_when_all_is_quiet(
    qt: QApplication, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setattr(samples_module, "Engine", Answering)
    monkeypatch.setattr(samples_module, "PASSED_OVER", 0)
    monkeypatch.setattr(Answering, "asked", [])
    monkeypatch.setattr(Answering, "fails", fails)
    session = session_on(example("digits_cnn"))
    desk = RunDesk(session)
    samples = Samples(session, desk)
    samples._soon.setInterval(10)
    told: list[bool] = []
    samples.changed.connect(lambda: told.append(True))
    settle(session)
    until(lambda: len(Answering.asked) == 1 and samples._engine is None and bool(samples._known))
    assert (list(samples.found), told) == (([] if fails else ["digits"]), [] if fails else [True])
    samples._wait()
    until(lambda: not samples._soon.isActive())
    assert len(Answering.asked) == 1
    if not fails:
        assert samples.found[NodeId("digits")][0].label == "7"
    assert Answering.asked[0]["node"] == "digits"
    assert QUIET > 1000
    samples.close()
    desk.close()
    session.close()
