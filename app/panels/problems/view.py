"""The list of problems as a widget: keys, clicks and menus; what they mean is told by signals."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QToolTip, QTreeView, QWidget

from app.panels.problems.delegate import ProblemDelegate
from app.panels.problems.model import DETAIL, ProblemModel
from app.panels.problems.rows import Row
from app.session.session import Session
from graph_editor.checking.verdict import Fix

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
WALKS = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home,
    Qt.Key.Key_End,
)  # fmt: skip
BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
ALT = Qt.KeyboardModifier.AltModifier


class ProblemView(QTreeView):
    """Rows that can be walked with the arrow keys."""

    chosen = Signal(object)
    """A Row whose node is wanted."""
    fix_asked = Signal(object, int)
    """A Row, and the number of one of its fixes."""
    pointed = Signal(object)
    """The Fix whose button is under the pointer, or that a key would apply; None: none is."""
    menu_asked = Signal(object, QPoint)
    """A Row, or None, and a place on the screen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ProblemModel(self)
        self._pointed: Fix | None = None
        self.setModel(self.rows)
        self.painter_of_rows = ProblemDelegate(session, self)
        self.setItemDelegate(self.painter_of_rows)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Problems")

    def current_row(self) -> Row | None:
        """Return the row that has the cursor."""
        return self.rows.row(self.currentIndex())

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show rows; the cursor and what is unfolded stay with their causes."""
        before = self.current_row()
        opened = [row.key for at, row in enumerate(self.rows.rows) if self._is_open(at)]
        place = self.currentIndex().row()
        self.painter_of_rows.fit_labels(rows)
        self.rows.set_rows(rows)
        for key in opened:
            self.expand(self.rows.index_of(key))
        if self.currentIndex().isValid() or not rows:
            return
        again = self.rows.index_of(before.key) if before is not None else QModelIndex()
        if not again.isValid() and before is not None:
            again = self.rows.index(max(0, min(place, len(rows) - 1)), 0)
        if again.isValid():
            self.setCurrentIndex(again)

    def _is_open(self, at: int) -> bool:
        return self.isExpanded(self.rows.index(at, 0))

    def show_row(self, key: tuple[str, ...]) -> None:
        """Put the cursor on the row with a key."""
        index = self.rows.index_of(key)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    # Events

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            enters = event.key() in ENTER and event.modifiers() in (ALT, _no(event))
            if enters or self._fix_number(event) >= 0 or event.key() == Qt.Key.Key_Space:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, number = self.current_row(), self._fix_number(event)
        if row is None or event.key() in WALKS:
            super().keyPressEvent(event)
            self._point_at_current()
        elif number >= 0:
            self.fix_asked.emit(row, number)
        elif event.key() in ENTER:
            self.chosen.emit(row)
        elif event.key() == Qt.Key.Key_Space:
            index = self.currentIndex()
            top = index.parent() if index.parent().isValid() else index
            self.setExpanded(top, not self.isExpanded(top))
            self.setCurrentIndex(top)
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _fix_number(event: QKeyEvent) -> int:
        """Return which fix a key asks for: Alt+Enter the first, Alt+1 … by number; else -1."""
        if not event.modifiers() & ALT or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return -1
        if event.key() in ENTER:
            return 0
        number = event.key() - Qt.Key.Key_1
        return number if 0 <= number < 9 else -1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        row = self.rows.row(index)
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if index.data(DETAIL) is not None:
            return
        part = self.painter_of_rows.part_at(row, self.visualRect(index), point)
        if part == "fix":
            self.fix_asked.emit(row, 0)
        elif part == "more":
            self.menu_asked.emit(row, event.globalPosition().toPoint())
        elif part == "chevron":
            self.setExpanded(index, not self.isExpanded(index))
        else:
            self.chosen.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.viewport().update(self.visualRect(index))  # buttons answer the pointer
        self._point(self._fix_at(event.position().toPoint()))

    def _fix_at(self, point: QPoint) -> Fix | None:
        """Return the fix whose button is at a place."""
        index = self.indexAt(point)
        row = self.rows.row(index)
        if row is None or index.data(DETAIL) is not None:
            return None
        part = self.painter_of_rows.part_at(row, self.visualRect(index), point)
        return row.fixes[0] if part == "fix" else None

    def _point_at_current(self) -> None:
        row = self.current_row()
        self._point(row.fixes[0] if row is not None and row.fixes else None)

    def _point(self, fix: Fix | None) -> None:
        if fix != self._pointed:
            self._pointed = fix
            self.pointed.emit(fix)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in BY_KEY:
            self._point_at_current()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._point(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(24, 0))
        self.menu_asked.emit(self.rows.row(index), place if by_key else event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            QToolTip.showText(event.globalPos(), self._tip(index, event.pos()), self)
            return True
        return super().viewportEvent(event)

    def _tip(self, index: QModelIndex, point: QPoint) -> str:
        row = self.rows.row(index)
        if row is None or index.data(DETAIL) is not None:
            return ""
        part = self.painter_of_rows.part_at(row, self.visualRect(index), point)
        if part == "fix":
            return f"{row.fixes[0].title} (Alt+Enter)"
        return "More fixes (Alt+2 …)" if part == "more" else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


def _no(event: QKeyEvent) -> Qt.KeyboardModifier:
    """Return the modifiers that a bare key has: none, or that of the number pad."""
    return event.modifiers() & Qt.KeyboardModifier.KeypadModifier
