"""How a node's card is painted from a little farther away: what it is, and that in letters that
keep their size on the screen.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QStaticText

from graph_editor.canvas.anatomy import HEADER, ROW, Shape, fitted, text_width
from graph_editor.canvas.items import pictures, ports
from graph_editor.canvas.items.card import badge_glyphs, border, paint_glyph, paint_stack
from graph_editor.canvas.items.state import Shown
from graph_editor.canvas.paints import card_path
from graph_editor.canvas.theme import text_font

ON_SCREEN = 11.0
"""Pixels of a title on the screen."""
LEAST_ON_SCREEN = 7.0
BADGE, GAP = 12.0, 4.0
"""Pixels on the screen of a badge, and between a glyph, a title and the number of copies."""
STACKED = 2 / 3
"""How far the cards of a stack peek out on the screen, as a share of 100 %."""
PROGRESS = 2.5
CAP, LINE = 0.2, 0.85
"""Shares of a line's height above which, and below which, its letters do not reach."""


class Line(NamedTuple):
    """What is said of a node, and where from the left edge."""

    font: QFont
    title: QStaticText
    title_x: float
    glyph_x: float | None
    """None: there is no room for the glyph."""
    copies: QStaticText | None
    copies_x: float
    right: float
    """Where all of it ends."""
    height: float


@lru_cache(maxsize=4096)
def small_line(title: str, copies: str, width: float, sixteenths: int, edge: float = 4.0) -> Line:
    """Return a line that is 11 pixels high on the screen, smaller where it would not fit."""
    zoom = sixteenths / 16
    gap, room = GAP / zoom, width - 2 * edge
    beside = text_width(copies, "node_title") + 12 * gap / ON_SCREEN if copies else 0.0
    scale = room / max(text_width(title, "node_title") + beside, 1.0)
    size = max(min(ON_SCREEN, 12 * scale * zoom), LEAST_ON_SCREEN) / zoom
    font = QFont(text_font("node_title"))
    pixels = max(int(size), 1)  # never a little larger than what fits
    font.setPixelSize(pixels)
    number = _static(copies, font) if copies else None
    taken = number.size().width() + gap if number is not None else 0.0
    words = _static(fitted(title, "node_title", (room - taken) * 12 / pixels), font)
    long, glyph = words.size().width() + taken, ON_SCREEN / zoom + gap
    has_glyph = long + glyph <= room
    x = max(edge / 2, (width - long - (glyph if has_glyph else 0.0)) / 2)
    title_x = x + glyph if has_glyph else x
    return Line(
        font, words, title_x, x if has_glyph else None, number,
        title_x + words.size().width() + gap, title_x + long, words.size().height(),
    )  # fmt: skip


def _static(text: str, font: QFont) -> QStaticText:
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    static.prepare(font=font)
    return static


def paint(painter: QPainter, shown: Shown) -> None:
    """Paint a node as a card with a title that stays readable."""
    build, state, look = shown.anatomy, shown.state, shown.scope.paints
    zoom = shown.scope.zoom
    outline = card_path(build.width, build.height)
    if state.is_selected:
        painter.setBrush(look.no_brush)
        painter.setPen(look.on_screen("select", 2, zoom))
        painter.drawPath(card_path(build.width, build.height, round(4 / zoom)))
    if build.copies:
        paint_stack(painter, build, look, STACKED / zoom)
    at_fault = state.severity == "error"
    faulty = look.on_screen("error_line", 1.5, zoom)
    painter.setPen(faulty if at_fault else border(build, state, look))
    painter.setBrush(look.body if state.is_muted else look.header(build.family))
    painter.drawPath(outline)
    if state.progress is not None:
        high = PROGRESS / zoom
        done = (build.width - 2) * state.progress
        painter.fillRect(QRectF(1, HEADER + ROW - high, done, high), look.ring)
    if build.picture_y:
        pictures.paint(painter, shown)
    paint_title(painter, shown, min(build.height, HEADER + ROW))
    _paint_badge(painter, shown)
    ports.paint_small(painter, shown)


def paint_title(painter: QPainter, shown: Shown, height: float) -> None:
    """Paint what a node is in the middle of its first so many pixels."""
    build, state, look = shown.anatomy, shown.state, shown.scope.paints
    zoom = shown.scope.zoom
    edge = 4.0 if build.shape is Shape.CARD else 1.0
    line = small_line(build.title, build.copies, build.width, round(16 * zoom), edge)
    y = (height - line.height) / 2
    size = BADGE / zoom
    if badge_glyphs(state) and line.right > build.width - size * 0.6:
        y = max(y, min(size * 0.6 - CAP * line.height, build.height - LINE * line.height))
    if line.glyph_x is not None:
        side = ON_SCREEN / zoom
        corner = QPointF(line.glyph_x, y + (line.height - side) / 2)
        paint_glyph(painter, build.family, look.glyph(build.family), corner, side)
    painter.setFont(line.font)
    painter.setPen(look.text3 if state.is_muted else look.text)
    painter.drawStaticText(QPointF(line.title_x, y), line.title)
    if line.copies is not None:
        painter.drawStaticText(QPointF(line.copies_x, y), line.copies)


def _paint_badge(painter: QPainter, shown: Shown) -> None:
    """Paint the gravest badge on the corner."""
    look, size = shown.scope.paints, BADGE / shown.scope.zoom
    for glyph, token in badge_glyphs(shown.state)[:1]:
        corner = QPointF(shown.anatomy.width - size / 2, -size / 2)
        painter.setPen(look.none)
        painter.setBrush(look.body)
        painter.drawEllipse(corner + QPointF(size / 2, size / 2), size * 0.6, size * 0.6)
        paint_glyph(painter, glyph, look.badge(token), corner, size)
