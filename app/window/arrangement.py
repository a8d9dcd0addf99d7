"""Where the docks stand in a wide, a middling and a narrow window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

if TYPE_CHECKING:
    from app.window.panel_dock import PanelDock

WIDE, MIDDLE = 1500, 1300
"""Below the first, code and run share their place as tabs; below the second, so do they with the
inspector, and the palette becomes a rail of icons."""
RAIL, PROBLEMS = 36, 124
"""Width of the rail, and height of the list of problems in a narrow window."""
SUMMARY = 240
"""Height that a table has at least when it is asked for."""
LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
Docks = Mapping[str, "PanelDock"]


def kind_of(width: int) -> str:
    """Return which arrangement suits a width: wide, middle or narrow."""
    return "wide" if width >= WIDE else "middle" if width >= MIDDLE else "narrow"


def arrange(window: QMainWindow, docks: Docks, kind: str) -> None:
    """Put every dock where it stands at first in an arrangement."""
    for dock in docks.values():
        window.removeDockWidget(dock)
    {"wide": _wide, "middle": _middle, "narrow": _narrow}[kind](window, docks)


def _wide(window: QMainWindow, docks: Docks) -> None:
    _stack(window, docks, LEFT, ["palette"])
    _stack(window, docks, RIGHT, ["inspector", "docs", "outline", "history"])
    _stack(window, docks, BOTTOM, ["code"])
    window.splitDockWidget(docks["code"], docks["run"], ACROSS)
    docks["run"].show()
    _tabify(window, docks, ["run", "runs", "plan", "summary", "log", "problems"])
    docks["problems"].hide()
    docks["summary"].hide()
    docks["history"].hide()
    room = window.width() - 208 - 288 - 3  # the lines between them
    code = min(560, round(room * 0.42))
    _size(window, docks, {"palette": 208, "inspector": 288}, ACROSS)
    _size(window, docks, {"code": code, "run": room - code}, ACROSS)
    _size(window, docks, {"code": min(408, round(window.height() * 0.4))}, DOWN)


def _middle(window: QMainWindow, docks: Docks) -> None:
    _stack(window, docks, LEFT, ["palette"])
    _stack(window, docks, RIGHT, ["inspector", "docs", "outline", "history"])
    _stack(window, docks, BOTTOM, ["code", "run", "runs", "plan", "summary", "log", "problems"])
    docks["problems"].hide()
    docks["summary"].hide()
    docks["history"].hide()
    _size(window, docks, {"palette": 184, "inspector": 264}, ACROSS)
    _size(window, docks, {"code": min(280, round(window.height() * 0.36))}, DOWN)


def _narrow(window: QMainWindow, docks: Docks) -> None:
    _stack(window, docks, LEFT, ["palette"])
    _stack(window, docks, RIGHT, ["inspector", "code", "run", "docs", "outline", "history"])
    _stack(window, docks, BOTTOM, ["problems", "runs", "plan", "summary", "log"])
    for name in ("docs", "outline", "history", "problems", "runs", "plan", "summary", "log"):
        docks[name].hide()
    _size(window, docks, {"palette": RAIL, "inspector": 264}, ACROSS)
    _size(window, docks, {"problems": PROBLEMS}, DOWN)


def _stack(
    window: QMainWindow, docks: Docks, area: Qt.DockWidgetArea, names: Sequence[str]
) -> None:
    window.addDockWidget(area, docks[names[0]])
    docks[names[0]].show()
    _tabify(window, docks, names)


def _tabify(window: QMainWindow, docks: Docks, names: Sequence[str]) -> None:
    first = docks[names[0]]
    for name in names[1:]:
        window.tabifyDockWidget(first, docks[name])
        docks[name].show()
    first.raise_()


def _size(window: QMainWindow, docks: Docks, sizes: Mapping[str, int], way: Qt.Orientation) -> None:
    chosen: list[QDockWidget] = [docks[name] for name in sizes]
    window.resizeDocks(chosen, list(sizes.values()), way)
