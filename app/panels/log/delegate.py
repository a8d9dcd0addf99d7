"""How a line of the log is painted: time, glyph, sentence."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.panels.log.model import LEVELS, LINE
from app.session.session import Session
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import code_font, text_font

COLOURS = {"info": "text3", "ok": "ok", "warning": "warn", "error": "error"}
LEFT, GLYPH, HEIGHT = 12, 14, 24
Index = QModelIndex | QPersistentModelIndex


class LogDelegate(QStyledItemDelegate):
    """Paints lines that are all one row high; what does not fit stands in the tooltip."""

    def __init__(self, session: Session, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._session = session
        self._mono, self._dense = code_font(11), text_font("dense")
        self._clock = QFontMetrics(self._mono).horizontalAdvance("00:00:00")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, line, rect = self._session.theme, index.data(LINE), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look["sel"])
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look["hover"])
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        place = rect.adjusted(LEFT, 0, -LEFT, 0)
        painter.setFont(self._mono)
        painter.setPen(look["text3"])
        painter.drawText(place, middle, line.time)
        place.setLeft(place.left() + self._clock + 10)
        square = QRectF(place.left(), rect.center().y() - GLYPH / 2 + 1, GLYPH, GLYPH)
        paint_glyph(painter, LEVELS[line.level], look[COLOURS[line.level]], square)
        place.setLeft(place.left() + GLYPH + 8)
        often = f"  ×{line.count}" if line.count > 1 else ""
        painter.setFont(self._dense)
        painter.setPen(look["error" if line.level == "error" else "text"])
        room = place.width() - painter.fontMetrics().horizontalAdvance(often)
        cut = painter.fontMetrics().elidedText(line.sentence, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, middle, cut)
        place.setLeft(place.left() + painter.fontMetrics().horizontalAdvance(cut))
        painter.setPen(look["text3"])
        painter.drawText(place, middle, often)
        painter.restore()
