"""An application for tests, and what a test does to its windows."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.panels.outline_panel import OutlinePanel
from app.settings.store import Settings
from app.window.application import Application
from app.window.workplace import Workplace
from graph_editor.document.model import NodeId, Project
from tests.panels.judged import example, until
from tests.session.answers import Answers


class Inhabited(Application):
    """Opens windows that stand at once."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app, Settings())
        self.themes.follow(self.settings)

    def stand(
        self, project: Project | None = None, width: int = 1280, height: int = 720
    ) -> Workplace:
        """Return a furnished window on a project, the digits example unless another is given."""
        place = self.place_project(example("digits_cnn") if project is None else project)
        place.shell.resize(width, height)
        self.app.processEvents()
        for _ in place.steps():
            pass
        self.app.processEvents()
        place.shell.activateWindow()
        return place

    def judged(self, place: Workplace) -> Workplace:
        """Wait until the drawing is judged and written."""
        session = place.session
        until(lambda: session.is_judged and (session.is_written or session.refusal is not None))
        return place

    def rest(self) -> None:
        """Let all that is posted happen."""
        for _ in range(4):
            self.app.processEvents()

    def outline(self, place: Workplace, node: str, graph: str = "main") -> OutlinePanel:
        """Show the outline, with the keyboard on the row of a node; return it."""
        place.show_panel("outline")
        self.rest()
        panel = place.panels["outline"]
        assert isinstance(panel, OutlinePanel)
        panel.view.expand(panel.rows.graph_index(graph))
        panel.view.setCurrentIndex(panel.rows.node_index(graph, NodeId(node)))
        panel.view.setFocus()
        return panel

    def end(self) -> None:
        """Close all windows, whatever is unsaved, and undress the application."""
        for place in list(self.places):
            place.keeper.asks = Answers(closing=["discard"])
            if not place.shell.close():  # code that is being edited is asked about once
                assert place.shell.close()
        for _ in range(3):
            self.app.processEvents()
            self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.themes.close()
        self.app.setStyleSheet("")
        self.deleteLater()


def is_cut(widget: QWidget) -> str:
    """Return how a widget is smaller than it needs, or reaches out of its parent; else nothing."""
    least = widget.minimumSizeHint()
    parent = widget.parentWidget()
    outside = parent is not None and not parent.rect().contains(widget.geometry())
    small = widget.width() < least.width() or widget.height() < least.height()
    name = f"{type(widget).__name__} {widget.property('text')} {widget.accessibleName()}"
    return f"{name}: {widget.geometry()} of {least}" if small or outside else ""
