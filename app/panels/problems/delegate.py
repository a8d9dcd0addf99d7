"""How a row of the list of problems is painted, and where its buttons are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.panels.problems.model import DETAIL, ROW
from app.panels.problems.rows import Row
from app.session.session import Session
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import code_font, measure, text_font

COLOURS = {"error": "error", "warning": "warn", "info": "info", "waiting": "text2"}
GLYPHS = {"waiting": "clock"}
COMPACT = 520
"""Below this width a row has two lines."""
GLYPH, LEFT, GAP, BUTTON = 16, 12, 12, 20
NARROWEST, WIDEST = 60, 180
"""Bounds of the column of labels."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a row are."""

    chevron: QRect
    glyph: QRect
    label: QRect
    sentence: QRect
    fix: QRect
    more: QRect


class ProblemDelegate(QStyledItemDelegate):
    """Paints rows and their folded details."""

    def __init__(self, session: Session, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self.label_width = NARROWEST
        self._dense, self._mono = text_font("dense"), code_font(12)

    def fit_labels(self, rows: tuple[Row, ...]) -> None:
        """Make the column of labels as wide as the widest, within bounds."""
        metrics = QFontMetrics(self._mono)
        widest = max((metrics.horizontalAdvance(row.label) for row in rows), default=0)
        self.label_width = max(NARROWEST, min(WIDEST, widest + 4))

    @property
    def is_compact(self) -> bool:
        """Whether a row has two lines."""
        return self._view.viewport().width() < COMPACT

    def places(self, row: Row, rect: QRect) -> Places:
        """Return where the parts of a row are when it has this rectangle."""
        line = QRect(rect.left(), rect.top(), rect.width(), int(measure("height", "row")))
        chevron = (
            QRect(line.left(), line.top(), LEFT + 4, line.height()) if row.details else QRect()
        )
        middle = line.center().y()
        glyph = QRect(line.left() + LEFT + 4, middle - GLYPH // 2 + 1, GLYPH, GLYPH)
        right, fix, more = line.right() - LEFT, QRect(), QRect()
        if row.fixes:
            top, side = middle - BUTTON // 2 + 1, BUTTON if len(row.fixes) > 1 else 0
            wanted = QFontMetrics(self._dense).horizontalAdvance(row.fixes[0].title) + 20
            width = min(wanted, round(line.width() * (0.5 if self.is_compact else 0.4)))
            fix = QRect(right - width - side, top, width, BUTTON)
            more = QRect(right - side + 1, top, side, BUTTON) if side else QRect()
            right = fix.left() - GAP
        start = glyph.right() + 9
        if self.is_compact:
            label = QRect(start, line.top(), max(0, right - start), line.height())
            top, room = line.bottom() + 1, rect.right() - LEFT - start
        else:
            label = QRect(start, line.top(), self.label_width, line.height())
            start = label.right() + GAP + 4
            top, room = line.top() + 6, right - start
        tall = self._wrapped(row.sentence, max(40, room))
        return Places(chevron, glyph, label, QRect(start, top, max(40, room), tall), fix, more)

    def _wrapped(self, words: str, width: int) -> int:
        """Return how high words are in lines of a width."""
        box = QRect(0, 0, width, 10_000)
        return QFontMetrics(self._dense).boundingRect(box, _WRAPPED, words).height()

    def part_at(self, row: Row, rect: QRect, point: QPoint) -> str:
        """Return what a click at a point means: ``chevron``, ``fix``, ``more`` or ``row``."""
        places = self.places(row, rect)
        parts = {"chevron": places.chevron, "fix": places.fix, "more": places.more}
        return next((name for name, place in parts.items() if place.contains(point)), "row")

    # Qt's side

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        width = self._view.viewport().width()
        text = index.data(DETAIL)
        if text is None:
            line = int(measure("height", "row"))
            places = self.places(index.data(ROW), QRect(0, 0, width, line))
            return QSize(width, max(line, places.sentence.bottom() + 6))
        room = QRect(0, 0, max(40, width - self._indent() - LEFT), 10_000)
        box = QFontMetrics(self._mono).boundingRect(room, _WRAPPED, text)
        return QSize(width, box.height() + 10)

    def _indent(self) -> int:
        return LEFT + 4 + GLYPH + 9 + (0 if self.is_compact else self.label_width + GAP + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = self._session.theme
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look["sel"])
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look["hover"])
        text, row = index.data(DETAIL), index.data(ROW)
        if text is not None:
            painter.setFont(self._mono)
            painter.setPen(look["text2"])
            painter.drawText(rect.adjusted(self._indent(), 4, -LEFT, 0), _WRAPPED, text)
        elif row is not None:
            opened = bool(state & QStyle.StateFlag.State_Open)
            self._paint_row(painter, row, rect, opened)
        painter.restore()

    def _paint_row(self, painter: QPainter, row: Row, rect: QRect, opened: bool) -> None:
        look, places = self._session.theme, self.places(row, rect)
        if row.details:
            square = QRectF(
                places.chevron.center().x() - 4, places.chevron.center().y() - 4, 10, 10
            )
            paint_glyph(
                painter, "chevron_down" if opened else "chevron_right", look["text2"], square
            )
        glyph = GLYPHS.get(row.severity, row.severity)
        paint_glyph(painter, glyph, look[COLOURS[row.severity]], QRectF(places.glyph))
        painter.setFont(self._mono)
        painter.setPen(look["text"])
        _draw(painter, places.label, row.label)
        painter.setFont(self._dense)
        if self.is_compact:
            painter.setPen(look["text2"])
        painter.drawText(places.sentence, _WRAPPED, row.sentence)
        if row.fixes:
            self._paint_button(painter, places.fix, row.fixes[0].title)
        if not places.more.isNull():
            self._paint_button(painter, places.more, "")
            square = QRectF(places.more).adjusted(5, 5, -5, -5)
            paint_glyph(painter, "chevron_down", look["text2"], square)

    def _paint_button(self, painter: QPainter, place: QRect, words: str) -> None:
        look = self._session.theme
        under = self._view.viewport().mapFromGlobal(self._view.cursor().pos())
        hovered = self._view.viewport().underMouse() and place.contains(under)
        painter.setPen(QPen(look["line2"], 1))
        painter.setBrush(look["hover" if hovered else "raised"])
        radius = measure("radius", "control")
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(look["text"])
        painter.setFont(self._dense)
        inside = place.adjusted(8, 0, -8, 0)
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, cut)


_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


def _draw(painter: QPainter, place: QRect, words: str) -> None:
    cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
