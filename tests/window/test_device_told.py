"""The device of a tensor is told where a reader could be in doubt, and nowhere else."""

from __future__ import annotations

from typing import Any

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from app.panels.inspector_parts import FactRow
from app.session.shown import device_that_matters
from app.window.workplace import Workplace
from graph_editor.canvas.findings import PortFacts
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import FrozenMap, InPort, NodeId, PortPath
from tests.window.inhabited import Inhabited

RELU = InPort(NodeId("relu1"), PortPath("input"))


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    return house.judged(house.stand())


def over_wire(place: Workplace) -> str:
    """Return the tooltip over the middle of the wire into a node."""
    canvas = place.canvas
    path = canvas.world.wires[RELU].path()
    spot = canvas.mapFromScene(path.pointAtPercent(0.5))
    view = canvas.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, spot, view.mapToGlobal(spot))
    QApplication.sendEvent(view, event)
    words = QToolTip.text()
    QToolTip.hideText()
    return words


def asides(place: Workplace) -> list[str]:
    """Return what stands beside the shapes, or in their tips where there is no room for it."""
    inspector: Any = place.panels["inspector"]
    rows = [r for r in inspector.tensors.findChildren(FactRow) if r.isVisibleTo(inspector)]
    shown = [
        row.aside.text()
        if row.aside.isVisibleTo(inspector)
        else row.value.toolTip().partition("  ")[2]
        for row in rows
    ]
    return [text for text in shown if text.startswith("float32")]


def test_on_the_cpu_alone_no_device_is_told(place: Workplace, house: Inhabited) -> None:
    place.session.select([NodeId("relu1")])
    house.rest()
    assert over_wire(place).startswith("B×16×8×8 float32\n")
    assert asides(place) == ["float32", "float32"]


def test_on_another_device_it_is_told_on_hover_and_in_the_inspector(
    place: Workplace, house: Inhabited
) -> None:
    place.session.select([NodeId("relu1")])
    place.settings.set("device", "cuda:1")
    house.rest()
    assert over_wire(place).startswith("B×16×8×8 float32 on cuda:1\n")
    assert asides(place) == ["float32 on cuda:1"] * 2
    place.settings.set("device", "cpu")
    house.rest()
    assert over_wire(place).startswith("B×16×8×8 float32\n")
    assert asides(place) == ["float32", "float32"]


def test_a_tensor_that_is_elsewhere_says_so_on_its_wire(place: Workplace) -> None:
    canvas = place.canvas
    known = dict(canvas.findings.ports)
    source = canvas.world.wires[RELU].source
    known[f"{source.node}.{source.port}"] = PortFacts("B×16×8×8", 4, "float32", "cuda:0")
    canvas.set_findings(replace(canvas.findings, ports=known, device="cpu"))
    assert canvas.world.wires[RELU].label == "B×16×8×8 · cuda:0"
    assert over_wire(place).startswith("B×16×8×8 float32 on cuda:0\n")
    other = InPort(NodeId("head"), PortPath("input"))
    assert canvas.world.wires[other].label == "B×512"


def test_what_matters() -> None:
    here = Verdict(types=FrozenMap({"a.output": TensorType(("B", 3))}))
    there = Verdict(types=FrozenMap({"a.output": TensorType(("B", 3), device="cuda:0")}))
    assert device_that_matters(here, "cpu") == ""
    assert device_that_matters(here, "mps") == "mps"
    assert device_that_matters(there, "cpu") == "cpu"
