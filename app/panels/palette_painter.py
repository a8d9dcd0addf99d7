"""Paints the rows of the palette, and the small node that hangs on the pointer in a drag."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from app.panels.palette_rows import ENTRY, Group
from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, measure, text_font
from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.search import Hit
from graph_editor.catalogue.spec import Spec

LEFT, GLYPH, TITLE, RIGHT = 12, 14, 34, 10
NODE = QSize(136, 48)
HEAD = 24
Index = QModelIndex | QPersistentModelIndex


class RowPainter(QStyledItemDelegate):
    """Paints headings and rows in a theme."""

    def __init__(self, look: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002  # one height
        return QSize(120, round(measure("height", "row")))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(option.rect)
        state = option.state
        ground = self._ground(state)
        if ground is not None:
            painter.fillRect(place, ground)
        if isinstance(entry, Group):
            view = option.widget
            opened = (
                isinstance(view, QTreeView)
                and isinstance(index, QModelIndex)
                and view.isExpanded(index)
            )
            self._heading(painter, place, entry, opened)
        elif isinstance(entry, Hit):
            self._row(painter, place, entry)
        painter.restore()

    def _ground(self, state: QStyle.StateFlag) -> QColor | None:
        if state & QStyle.StateFlag.State_Selected:
            return self.look["sel"]
        return self.look["hover"] if state & QStyle.StateFlag.State_MouseOver else None

    def _heading(self, painter: QPainter, place: QRectF, group: Group, opened: bool) -> None:
        look = self.look
        middle = place.center().y()
        arrow = QRectF(LEFT - 4, middle - 6, 12, 12)
        glyph = "chevron_down" if opened else "chevron_right"
        paint_glyph(painter, glyph, look["text3"], arrow)
        font = QFont(text_font("dense"))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(look["text2"])
        count = f"{len(group.hits):,}" if group.key != "recent" else ""
        wide = QFontMetricsF(text_font("caption")).horizontalAdvance(count)
        words = place.adjusted(LEFT + 12, 0, -RIGHT - wide - 6, 0)
        _text(painter, words, group.title)
        painter.setFont(text_font("caption"))
        painter.setPen(look["text3"])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place.adjusted(0, 0, -RIGHT, 0), right, count)

    def _row(self, painter: QPainter, place: QRectF, hit: Hit) -> None:
        look, spec = self.look, hit.spec
        family = family_of(spec)
        side = QRectF(place.left() + LEFT, place.center().y() - GLYPH / 2, GLYPH, GLYPH)
        paint_glyph(painter, family, look.glyph(family), side)
        font = text_font("dense")
        painter.setFont(font)
        words = place.adjusted(TITLE, 0, -RIGHT, 0)
        metrics = QFontMetricsF(font)
        title = metrics.elidedText(spec.title, Qt.TextElideMode.ElideRight, words.width())
        x = words.left()
        for text, matched in pieces(title, hit.spans):
            painter.setPen(look["link"] if matched else look["text"])
            part = QRectF(x, words.top(), words.right() - x + 2, words.height())
            painter.drawText(part, Qt.AlignmentFlag.AlignVCenter, text)
            x += metrics.horizontalAdvance(text)
        self._aside(
            painter, QRectF(x + 8, words.top(), words.right() - x - 8, words.height()), spec
        )

    def _aside(self, painter: QPainter, room: QRectF, spec: Spec) -> None:
        """Say where functions and methods come from, where there is room."""
        words = {"F": "functional", "Tensor": "method", "torch": "torch"}.get(spec.kind, "")
        metrics = QFontMetricsF(text_font("caption"))
        if words and metrics.horizontalAdvance(words) <= room.width():
            painter.setFont(text_font("caption"))
            painter.setPen(self.look["text3"])
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, right, words)


def _text(painter: QPainter, place: QRectF, text: str) -> None:
    metrics = QFontMetricsF(painter.font())
    short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, short)


def pieces(title: str, spans: tuple[tuple[int, int], ...]) -> list[tuple[str, bool]]:
    """Return a title cut into what matches a search and what does not."""
    found, place = [], 0
    for start, length in sorted(spans):
        found.append((title[place:start], False))
        found.append((title[start : start + length], True))
        place = start + length
    found.append((title[place:], False))
    return [(text, matched) for text, matched in found if text]


def node_picture(look: Theme, spec: Spec, scale: float) -> QPixmap:
    """Return the picture of a node of a spec, as it hangs on the pointer."""
    made = QPixmap(NODE * scale)
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    family = family_of(spec)
    whole = QRectF(0.5, 0.5, NODE.width() - 1, NODE.height() - 1)
    path = QPainterPath()
    path.addRoundedRect(whole, 6, 6)
    painter.setClipPath(path)
    painter.fillPath(path, look["node"])
    painter.fillRect(QRectF(0, 0, NODE.width(), HEAD), look.header(family))
    painter.setClipping(False)
    painter.setPen(QPen(look["line2"], 1))
    painter.drawPath(path)
    paint_glyph(painter, family, look.glyph(family), QRectF(8, 5, 14, 14))
    painter.setFont(text_font("node_title"))
    painter.setPen(look["text"])
    _text(painter, QRectF(28, 0, NODE.width() - 36, HEAD), spec.title)
    painter.end()
    return made
