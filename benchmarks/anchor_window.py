"""A plain window of Qt's own parts, of the size of ours: what a first paint costs at least.

A QMainWindow with three docks, a QGraphicsView with as many items as the example has nodes and
wires, a tree of 150 rows, a QPlainTextEdit with the text of the example's code, and a form of 20
rows. Prints what ``first_paint.report`` prints.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFormLayout,
    QGraphicsScene,
    QGraphicsView,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from benchmarks.first_paint import report_first_paint

NODES, WIRES, ROWS, FIELDS = 17, 18, 150, 20


def anchor(text: str) -> QMainWindow:
    """Return the window, not yet shown."""
    window = QMainWindow()
    view = QGraphicsView(window)
    view.setScene(scene_of(view))
    window.setCentralWidget(view)
    tree = QTreeWidget()
    tree.addTopLevelItems([QTreeWidgetItem([f"Row {k}"]) for k in range(ROWS)])
    form = QWidget()
    rows = QFormLayout(form)
    for k in range(FIELDS):
        rows.addRow(f"Field {k}", QLineEdit(str(k)))
    places = Qt.DockWidgetArea
    for title, widget, place in (
        ("Tree", tree, places.LeftDockWidgetArea),
        ("Form", form, places.RightDockWidgetArea),
        ("Text", QPlainTextEdit(text), places.BottomDockWidgetArea),
    ):
        dock = QDockWidget(title, window)
        dock.setWidget(widget)
        window.addDockWidget(place, dock)
    window.resize(1440, 900)
    return window


def scene_of(view: QGraphicsView) -> QGraphicsScene:
    """Return a scene with as many items as the example's drawing has."""
    scene = QGraphicsScene(view)
    for k in range(NODES):
        scene.addRect(k * 200, 0, 120, 48)
    for k in range(WIRES):
        scene.addLine(k * 200 + 120, 24, k * 200 + 200, 24)
    return scene


def main() -> None:
    app = QApplication([])
    code = Path(__file__).parent / "load.py"
    window = anchor(code.read_text(encoding="utf-8"))
    report_first_paint(window)
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
