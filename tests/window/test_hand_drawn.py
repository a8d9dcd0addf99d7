"""A whole training drawn from nothing by keys and mouse, judged sound, and written as code."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.window.workplace import Workplace
from graph_editor.canvas.add_palette import AddPalette
from graph_editor.document.model import InPort, NodeId, OutPort, PortPath, Project
from tests.panels.judged import until
from tests.window.inhabited import Inhabited

SHIFT = Qt.KeyboardModifier.ShiftModifier


def add(place: Workplace, text: str, wires: bool = True) -> NodeId:
    """Type a line into the add-palette and take its first row."""
    QTest.keyClick(place.canvas, Qt.Key.Key_Tab)
    (palette,) = [p for p in place.shell.findChildren(AddPalette) if p.isVisible()]
    QTest.keyClicks(palette.line, text)
    modifiers = SHIFT if wires else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(palette.line, Qt.Key.Key_Return, modifiers)
    QApplication.processEvents()
    (node,) = place.canvas.selected()
    return node


def test_a_classifier_is_drawn_by_keyboard_and_one_drag(house: Inhabited) -> None:
    place = house.stand(Project())
    digits = add(place, "digits", wires=False)
    for line in ("conv 16 3 p1", "relu", "max pool 2", "flatten", "linear 10"):
        add(place, line)
    loss = add(place, "cross")
    add(place, "adamw 1e-3")
    place.canvas.arrange_all()
    place.canvas.fit_all()
    QApplication.processEvents()
    start = place.canvas.port_place(OutPort(digits, "label"))
    end = place.canvas.port_place(InPort(loss, PortPath("target")))
    view = place.canvas.viewport()
    QTest.mouseMove(view, start)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.2, 0.5, 0.9, 1.0):
        QTest.mouseMove(view, start + (end - start) * share)
        QApplication.processEvents()
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end + QPoint(1, 0))
    graph = place.session.project.main.graph
    assert graph.wires[InPort(loss, PortPath("target"))] == OutPort(digits, "label")
    specs = sorted(node.spec for node in graph.nodes.values())
    assert specs.count("io.input") == specs.count("io.output") == 1
    until(lambda: place.session.is_judged)
    assert [d for d in place.session.problems() if d.severity == "error"] == []
    until(lambda: place.session.is_written)
    written = place.session.written
    assert written is not None
    assert "nn.Conv2d(1, 16, 3, padding=1)" in written.files["model.py"].text
    while place.session.document.can_undo:
        place.session.undo()
    assert not place.session.project.main.graph.nodes
