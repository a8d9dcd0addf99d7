"""The rows of the command palette: what each says, and how it is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, text_font

ROW, PAD, GLYPH, GAP = 32, 12, 16, 10
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    title: str
    about: str
    """Where it stands, or what it is."""
    run: Callable[[], object]
    glyph: str = ""
    family: str = ""
    """Of a node: gives its glyph a colour."""
    keys: str = ""
    reason: str = ""
    """Why it cannot be done now; it is grey then."""
    spans: tuple[tuple[int, int], ...] = ()
    """Start and length of the letters that match."""


class Rows(QAbstractListModel):
    """The entries that match."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: Sequence[Entry] = ()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show other entries."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, index: Index) -> Entry | None:
        """Return the entry of a row."""
        return self._entries[index.row()] if 0 <= index.row() < len(self._entries) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.reason or entry.about
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return ". ".join(filter(None, (entry.about, entry.keys, entry.reason)))
        return None


class RowPainter(QStyledItemDelegate):
    """Paints glyph, title with the matching letters, place and keys."""

    def __init__(self, look: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._font, self._bold = text_font("body"), QFont(text_font("body"))
        self._bold.setWeight(QFont.Weight.Bold)
        self._small = text_font("caption")

    def sizeHint(self, option: QStyleOptionViewItem, _: Index) -> QSize:
        return QSize(option.rect.width(), ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        entry = model.entry(index) if isinstance(model, Rows) else None
        if entry is None:
            return
        look, place = self._look, QRect(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, look["sel"])
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(place, look["hover"])
        ink = look["text3"] if entry.reason else look["text"]
        if entry.glyph:
            colour = look.glyph(entry.family) if entry.family else look["text2"]
            top = place.top() + (ROW - GLYPH) / 2
            square = QRectF(place.left() + PAD, top, GLYPH, GLYPH)
            paint_glyph(painter, entry.glyph, look["text3"] if entry.reason else colour, square)
        left = place.left() + PAD + GLYPH + GAP
        right = self._paint_keys(painter, entry.keys, place)
        left = self._paint_title(painter, entry, QRect(left, place.top(), right - left, ROW), ink)
        self._paint_about(painter, entry, QRect(left, place.top(), right - left, ROW))
        painter.restore()

    def _paint_keys(self, painter: QPainter, keys: str, place: QRect) -> int:
        """Paint keys at the right; return where they begin."""
        right = place.right() - PAD
        if not keys:
            return right
        painter.setFont(self._small)
        width = QFontMetrics(self._small).horizontalAdvance(keys) + 12
        box = QRectF(right - width, place.top() + (ROW - 18) / 2, width, 18)
        painter.setPen(QPen(self._look["line2"], 1))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(self._look["text2"])
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, keys)
        return right - width - GAP

    def _paint_title(self, painter: QPainter, entry: Entry, room: QRect, ink: Any) -> int:
        """Paint the title, the letters that match in bold; return where it ends."""
        x, end = room.left(), room.right()
        for text, match in parts_of(entry.title, entry.spans):
            font = self._bold if match else self._font
            painter.setFont(font)
            painter.setPen(ink)
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, end - x))
            box = QRect(x, room.top(), max(0, end - x), ROW)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            x += metrics.horizontalAdvance(shown)
        return x + GAP

    def _paint_about(self, painter: QPainter, entry: Entry, room: QRect) -> None:
        painter.setFont(self._small)
        painter.setPen(self._look["text3"])
        metrics = QFontMetrics(self._small)
        shown = metrics.elidedText(entry.about, Qt.TextElideMode.ElideRight, max(0, room.width()))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        flags = right if not entry.family else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags, shown)


def parts_of(title: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Return a title in parts, each with whether it matches."""
    parts, at = [], 0
    for start, length in sorted(spans):
        if start < at:
            continue
        parts += [(title[at:start], False), (title[start : start + length], True)]
        at = start + length
    return [(text, match) for text, match in [*parts, (title[at:], False)] if text]
