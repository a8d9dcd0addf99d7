"""How a step of the history is painted: its mark, its title, and whether it was saved."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.panels.history.model import STATE, State
from app.session.session import Session
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import text_font

LEFT, GLYPH, HEIGHT, GAP = 12, 14, 26, 8
SAVED = "saved"
Index = QModelIndex | QPersistentModelIndex


class HistoryDelegate(QStyledItemDelegate):
    """Paints states that are all one row high; what was undone is fainter."""

    def __init__(self, session: Session, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(160, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = self._session.theme, QRect(option.rect)
        state: State = index.data(STATE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state.is_present:
            painter.fillRect(rect, look["sel"])
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look["hover"])
        self._paint_mark(painter, rect, state)
        place = rect.adjusted(LEFT + GLYPH + GAP, 0, -LEFT, 0)
        place.setRight(place.right() - self._paint_saved(painter, place, state))
        font = text_font("dense")
        font.setItalic(state.is_undone)
        painter.setFont(font)
        painter.setPen(look["text3" if state.is_undone else "text"])
        cut = painter.fontMetrics().elidedText(
            state.title, Qt.TextElideMode.ElideRight, place.width()
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        focused = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus
        if option.state & focused == focused:
            painter.setPen(QPen(look["ring"], 2))
            painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))
        painter.restore()

    def _paint_mark(self, painter: QPainter, rect: QRect, state: State) -> None:
        look = self._session.theme
        square = QRectF(rect.left() + LEFT, rect.center().y() - GLYPH / 2 + 1, GLYPH, GLYPH)
        if state.is_present:
            paint_glyph(painter, "chevron_right", look["ring"], square)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look["line2" if state.is_undone else "text3"])
        painter.drawEllipse(square.center(), 2.5, 2.5)

    def _paint_saved(self, painter: QPainter, place: QRect, state: State) -> int:
        """Say at the right that this is what the file holds; return how much room that takes."""
        if not state.is_saved:
            return 0
        look = self._session.theme
        painter.setFont(text_font("caption"))
        painter.setPen(look["text2"])
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(place, right, SAVED)
        taken = painter.fontMetrics().horizontalAdvance(SAVED) + 4
        square = QRectF(place.right() - taken - 12, place.center().y() - 5, 12, 12)
        paint_glyph(painter, "save", look["text2"], square)
        return taken + 12 + GAP
