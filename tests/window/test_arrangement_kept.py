"""The docks come back as they were when the window has been small meanwhile."""

from __future__ import annotations

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtWidgets import QDockWidget

from app.window.shell import Shell
from graph_editor.canvas.theme import theme
from tests.panels.judged import until


def sizes(shell: Shell) -> dict[str, int]:
    docks: dict[str, QDockWidget] = dict(shell.docks)
    return {name: docks[name].width() for name in ("palette", "inspector", "code", "run")}


def test_a_window_that_was_small_meanwhile_is_as_before(qt: QApplication) -> None:
    shell = Shell(theme("dark"))
    shell.resize(1920, 1080)
    shell.show()
    until(lambda: "wide" in shell.layouts)
    before = sizes(shell)
    for _ in range(3):
        shell.resize(1280, 720)
        until(lambda: shell.kind == "narrow" and "narrow" in shell.layouts)
        shell.resize(1920, 1080)
        until(lambda: shell.kind == "wide" and not shell._noting.isActive())
        assert sizes(shell) == before
    shell.close()
