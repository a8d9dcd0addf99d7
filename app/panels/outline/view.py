"""The outline as a widget: keys become signals that say what is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from app.panels.outline.model import KIND, QUIET, Index, OutlineModel

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
GAP, NEEDED = 12, 56
"""Space before what a node is, and the least room that it is shown in."""
SHIFT = Qt.KeyboardModifier.ShiftModifier
BARE = Qt.KeyboardModifier.NoModifier
KEYS = {
    (Qt.Key.Key_Return, BARE): "open",
    (Qt.Key.Key_Enter, BARE): "open",
    (Qt.Key.Key_Delete, BARE): "delete",
    (Qt.Key.Key_Backspace, BARE): "delete",
    (Qt.Key.Key_F2, BARE): "rename",
    (Qt.Key.Key_Right, ALT): "forward",
    (Qt.Key.Key_Left, ALT): "back",
    (Qt.Key.Key_J, CONTROL): "connect",
    (Qt.Key.Key_A, SHIFT): "add",
    (Qt.Key.Key_Insert, BARE): "add",
}
"""What keys ask for."""
SHOWN_KEYS = {
    "open": "Return",
    "delete": "Del",
    "rename": "F2",
    "forward": "Alt+Right",
    "back": "Alt+Left",
    "connect": "Ctrl+J",
    "add": "Shift+A",
}
"""How menus write them."""
COMMANDS = {
    "rename": "edit.rename",
    "connect": "graph.connect",
    "add": "add.palette",
    "delete": "edit.delete",
}
"""What has the keys of a command, by its id."""


class NameDelegate(QStyledItemDelegate):
    """Paints a name, and behind it in a quieter colour what it is, where there is room."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        view = option.widget
        part = QStyle.SubElement.SE_ItemViewItemText
        place = view.style().subElementRect(part, full, view)
        metrics = QFontMetrics(full.font)
        words = index.data(KIND) or ""
        place.adjust(metrics.horizontalAdvance(full.text) + GAP, 0, -2, 0)
        fits = place.width() >= min(NEEDED, metrics.horizontalAdvance(words))
        if not fits or words.casefold() == full.text.casefold():
            return
        cut = metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.save()
        painter.setFont(full.font)
        painter.setPen(index.data(QUIET))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        painter.restore()


class OutlineView(QTreeView):
    """A tree that can be worked with by keys alone."""

    asked = Signal(str)
    """One of the words in KEYS, for the current row."""
    menu_asked = Signal(QPoint)
    shortcut_pressed = Signal(QKeySequence)
    """A key with Ctrl or Alt that the tree has no word for; an action of the panel may have it."""

    def __init__(self, rows: OutlineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = KEYS
        self.shown_keys = SHOWN_KEYS
        self.setModel(rows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setExpandsOnDoubleClick(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Outline")
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        self.setItemDelegateForColumn(0, NameDelegate(self))
        self.doubleClicked.connect(lambda _: self.asked.emit("open"))

    def event(self, event: QEvent) -> bool:
        asks = event.type() == QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and self._means_something(event):
            event.accept()
            return True
        if asks and isinstance(event, QKeyEvent) and event.modifiers() & (CONTROL | ALT):
            self.shortcut_pressed.emit(QKeySequence(event.keyCombination()))
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        word = self._word(event)
        if word and self.state() != QAbstractItemView.State.EditingState:
            self.asked.emit(word)
        else:
            super().keyPressEvent(event)

    def _means_something(self, event: QKeyEvent) -> bool:
        return bool(self._word(event)) or event.matches(QKeySequence.StandardKey.SelectAll)

    def take_keys(self, given: Mapping[str, Sequence[str]]) -> None:
        """Let some words be asked for by other keys; a letter alone goes to a row by its name."""
        self._keys = {key: word for key, word in KEYS.items() if word not in given}
        self.shown_keys = SHOWN_KEYS | {word: "".join(keys[:1]) for word, keys in given.items()}
        for word, keys in given.items():
            for pressed in (QKeySequence(key)[0] for key in keys if len(key) > 1):  # type: ignore[index]  # it is
                self._keys[pressed.key(), pressed.keyboardModifiers()] = word

    def _word(self, event: QKeyEvent) -> str:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return self._keys.get((Qt.Key(event.key()), modifiers), "")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            corner = self.visualRect(self.currentIndex()).bottomLeft()
            place = self.viewport().mapToGlobal(corner + QPoint(24, 0))
        self.menu_asked.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width()
        self.setColumnWidth(1, max(92, round(width * 0.34)))
