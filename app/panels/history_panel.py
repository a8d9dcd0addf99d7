"""The undo history: every step by its title, and the way to each state in one move."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from app.panels.history.delegate import HistoryDelegate
from app.panels.history.model import HistoryModel
from app.session.session import Session

GO = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class HistoryView(QListView):
    """The states; Enter goes to the current one as a click does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in GO and self.currentIndex().isValid():
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class HistoryPanel(QWidget):
    """Lists the states of the drawing, the newest at the bottom, and goes to the one chosen."""

    title = "History"
    glyph = "undo"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName("Undo history")
        self.states = HistoryModel(session.document, self)
        self.view = HistoryView(self)
        self.view.setModel(self.states)
        self.view.setItemDelegate(HistoryDelegate(session, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName("Steps")
        self.view.setToolTip("Click a step to go to the drawing as it was after it.")
        self.view.clicked.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setMinimumSize(160, 80)
        self.setFocusProxy(self.view)
        session.changed.connect(self._follow)
        session.saved_changed.connect(self._follow)
        session.theme_changed.connect(self.view.viewport().update)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def _follow(self, _: object = None) -> None:
        """Show the history as it is now; while the panel is out of sight that costs nothing."""
        if self.isVisible():
            self.states.follow(self.session.path is not None)
            present = self.states.index(self.session.document.position)
            self.view.setCurrentIndex(present)
            self.view.scrollTo(present)

    def _go(self, index: QModelIndex) -> None:
        self.session.go_to(index.row())
