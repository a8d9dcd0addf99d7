"""A small window with the inputs that an output may feed: type to narrow, Enter to wire."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.outline.connecting import Choice

WIDTH, HEIGHT = 300, 280
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ConnectList(QFrame):
    """Closes itself when one is chosen, on Esc, and on a click elsewhere."""

    chosen = Signal(object)
    """The InPort that was chosen."""

    def __init__(self, title: str, choices: list[Choice], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popup")
        self.setAccessibleName(title)
        self._choices = choices
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Type to narrow the list")
        self.field.setAccessibleName(title)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Inputs")
        self.list.setFocusProxy(self.field)
        heading = QLabel(title, self)
        heading.setProperty("role", "section")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (heading, self.field, self.list):
            column.addWidget(widget)
        self.resize(WIDTH, HEIGHT)
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self._narrow("")

    def open_at(self, place: QPoint) -> None:
        """Show the list with its corner at a place on the screen, all of it on that screen."""
        screen = self.screen().availableGeometry()
        self.move(
            max(screen.left(), min(place.x(), screen.right() - WIDTH)),
            max(screen.top(), min(place.y(), screen.bottom() - HEIGHT)),
        )
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _narrow(self, words: str) -> None:
        self.list.clear()
        parts = words.casefold().split()
        for choice in self._choices:
            if all(part in choice.words.casefold() for part in parts):
                text = f"{choice.words}    ({choice.now})" if choice.now else choice.words
                item = QListWidgetItem(text, self.list)
                item.setData(Qt.ItemDataRole.UserRole, choice.port)
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            words = "No input fits this output" if not self._choices else "Nothing is called that"
            QListWidgetItem(words, self.list).setFlags(Qt.ItemFlag.NoItemFlags)

    def _take(self, item: QListWidgetItem | None) -> None:
        port = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if port is not None:
            self.close()
            self.chosen.emit(port)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in MOVES:
                self.list.event(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
