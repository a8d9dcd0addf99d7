"""A small window with the ports that another may be wired to: type to narrow, Enter to wire."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
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
EDGE = 4
"""Space between the list and the window's edge."""
NO_INPUT, NO_OUTPUT = "No input fits this output", "No output fits this input"
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ConnectList(QFrame):
    """Closes itself when one is chosen, on Esc, and on a click elsewhere."""

    chosen = Signal(object)
    """The Choice that was made."""

    def __init__(
        self, title: str, choices: list[Choice], parent: QWidget, none: str = NO_INPUT
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popup")
        self.setAccessibleName(title)
        self._choices, self._none = choices, none
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Type to narrow the list")
        self.field.setAccessibleName(title)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Ports that fit")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusProxy(self.field)
        heading = QLabel(self)
        heading.setToolTip(title)
        heading.setProperty("role", "section")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (heading, self.field, self.list):
            column.addWidget(widget)
        self.resize(WIDTH, HEIGHT)
        heading.ensurePolished()
        mode = Qt.TextElideMode.ElideMiddle
        heading.setText(heading.fontMetrics().elidedText(title, mode, WIDTH - 20))
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self._narrow("")

    def open_at(self, place: QPoint) -> None:
        """Show the list with its corner at a place on the screen, all of it inside the window."""
        room = self.screen().availableGeometry()
        owner = self.parentWidget()
        if owner is not None:
            window = owner.window()
            room = room.intersected(QRect(window.mapToGlobal(QPoint(0, 0)), window.size()))
            room.adjust(EDGE, EDGE, -EDGE, -EDGE)
        self.resize(min(WIDTH, room.width()), min(HEIGHT, room.height()))
        self.move(
            max(room.left(), min(place.x(), room.right() + 1 - self.width())),
            max(room.top(), min(place.y(), room.bottom() + 1 - self.height())),
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
                item.setToolTip(text)
                item.setData(Qt.ItemDataRole.UserRole, choice)
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            words = self._none if not self._choices else "Nothing is called that"
            QListWidgetItem(words, self.list).setFlags(Qt.ItemFlag.NoItemFlags)

    def _take(self, item: QListWidgetItem | None) -> None:
        choice = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if choice is not None:
            self.close()
            self.chosen.emit(choice)

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

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # a popup of the canvas is no place for the canvas's keys
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
