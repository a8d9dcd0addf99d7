"""How a node's card is painted: header, parameter line, ports, badges, pictures."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QStaticText

from graph_editor.canvas.anatomy import (
    BADGE,
    BADGE_GAP,
    HEADER,
    INSET,
    LINE_X,
    ROW,
    TITLE_X,
    Anatomy,
    fitted,
    text_width,
)
from graph_editor.canvas.glyphs import glyph_path, is_filled
from graph_editor.canvas.items import pictures, ports
from graph_editor.canvas.items.state import NodeState, Shown
from graph_editor.canvas.items.texts import Texts
from graph_editor.canvas.paints import Paints, card_path, header_path
from graph_editor.canvas.parameter_line import count_text, line_text
from graph_editor.canvas.theme import code_font, text_font

FAINT = 0.45
"""Opacity of what is muted."""
ON_SCREEN = 11.0
"""Pixels of a title on the screen below full detail."""
LEAST_ON_SCREEN = 7.0
SMALL_BADGE = 12.0
CAP, LINE = 0.2, 0.85
"""Shares of a line's height above which, and below which, its letters do not reach."""


def paint(painter: QPainter, shown: Shown) -> None:
    """Paint a node's card."""
    scope = shown.scope
    if not scope.is_full:
        _paint_small(painter, shown)
        return
    build, state, look = shown.anatomy, shown.state, scope.paints
    if shown.texts is None:
        shown.texts = _laid_out(build, state)
    faint = state.is_muted
    if faint:
        painter.setOpacity(FAINT)
    _paint_body(painter, build, state, look)
    _paint_glyph(painter, build.family, look.glyph(build.family), QPointF(INSET, 5), BADGE)
    if shown.texts.chip is not None:
        left, width = shown.texts.chip
        painter.setPen(look.none)
        painter.setBrush(look.chip)
        painter.drawRoundedRect(QRectF(left, 4, width, HEADER - 8), 3, 3)
    pens = {"text": look.text, "text2": look.text2, "text3": look.text3, "error": look.error}
    for at, static, font, pen in shown.texts.texts:
        painter.setPen(pens[pen])
        painter.setFont(font)
        painter.drawStaticText(at, static)
    if shown.texts.underline is not None:
        left, right = shown.texts.underline
        low = HEADER + build.head + 18
        painter.setPen(look.error)
        painter.drawLine(QPointF(left, low), QPointF(right, low))
    if shown.texts.strike is not None:
        left, right = shown.texts.strike
        painter.setPen(look.text3)
        painter.drawLine(QPointF(left, HEADER / 2), QPointF(right, HEADER / 2))
    for x, glyph, token in shown.texts.badges:
        _paint_glyph(painter, glyph, look.badge(token), QPointF(x, 5), BADGE)
    if build.picture_y:
        pictures.paint(painter, shown)
    if faint:
        painter.setOpacity(1.0)
        ports.paint_through(painter, shown)
    ports.paint(painter, shown)


def _paint_body(painter: QPainter, build: Anatomy, state: NodeState, look: Paints) -> None:
    width, height = build.width, build.height
    outline = card_path(width, height)
    painter.setPen(look.none)
    if state.is_selected:
        painter.setBrush(look.no_brush)
        painter.setPen(look.select)
        painter.drawPath(card_path(width, height, 4.0))
        painter.setPen(look.none)
    if build.copies:
        _paint_cards(painter, build, look)
    painter.setBrush(look.shadow)
    painter.translate(0, 2)
    painter.drawPath(outline)
    painter.translate(0, -2)
    painter.setBrush(look.body)
    painter.drawPath(outline)
    painter.setBrush(look.header(build.family))
    painter.drawPath(header_path(width))
    painter.setPen(look.hairline)
    painter.drawLine(QPointF(1, HEADER), QPointF(width - 1, HEADER))
    if state.progress is not None:
        painter.fillRect(QRectF(1, HEADER - 1, (width - 2) * state.progress, 2.5), look.ring)
    painter.setBrush(look.no_brush)
    painter.setPen(border(build, state, look))
    painter.drawPath(outline)


def border(build: Anatomy, state: NodeState, look: Paints) -> QPen:
    """Return the line around a node: its state, else its family."""
    if state.severity == "error":
        return look.error_border
    if state.status in ("waiting", "unknown") or state.is_muted:
        return look.waiting_border
    if state.severity == "warning":
        return look.warn_border
    return look.hovered if state.is_hovered else look.border(build.family)


def _paint_cards(painter: QPainter, build: Anatomy, look: Paints) -> None:
    """Paint the two cards that peek out behind a repeated node."""
    painter.setPen(look.border(build.family))
    painter.setBrush(look.body)
    outline = card_path(build.width, build.height)
    for step in (6, 3):
        painter.translate(step, -step)
        painter.drawPath(outline)
        painter.translate(-step, step)
    painter.setPen(look.none)


def _paint_glyph(painter: QPainter, name: str, pen: QPen, at: QPointF, size: float) -> None:
    painter.translate(at)
    painter.scale(size / 16, size / 16)
    if is_filled(name):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
    else:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(glyph_path(name))
    painter.scale(16 / size, 16 / size)
    painter.translate(-at)


def _laid_out(build: Anatomy, state: NodeState) -> Texts:
    made = Texts()
    left = _badges(made, build, state)
    room = left - TITLE_X - 4
    title_font, caption = text_font("node_title"), text_font("caption")
    title = fitted(build.title, "node_title", room)
    if state.is_muted:
        made.strike = (TITLE_X, TITLE_X + text_width(title, "node_title"))
    made.add(TITLE_X, 16, title, title_font, "text3" if state.is_muted else "text")
    used = text_width(title, "node_title")
    if build.kind_word and used + 6 + text_width(build.kind_word, "caption") <= room:
        made.add(TITLE_X + used + 6, 16, build.kind_word, caption, "text2")
    _line(made, build, state)
    for place in (*build.inputs.values(), *build.outputs.values()):
        if not place.label or place.is_plan:
            continue
        if place.side == "left":
            made.add(LINE_X, place.y + 4, place.label, caption, "text2")
        elif place.side == "right":
            x = build.width - LINE_X - text_width(place.label, "caption")
            made.add(x, place.y + 4, place.label, caption, "text2")
        elif build.is_standing and not place.quiet:
            x = place.x - text_width(place.label, "caption") / 2
            y = HEADER + 14 if place.side == "top" else build.height - 6
            made.add(x, y, place.label, caption, "text2")
    return made


def _line(made: Texts, build: Anatomy, state: NodeState) -> None:
    font = text_font("parameter")
    x, baseline = float(LINE_X), HEADER + build.head + 16.0
    room = build.width - 2 * LINE_X
    whole = line_text(build.line)
    if state.value and build.family == "opt":
        made.add(x, baseline, fitted(f"{state.value} now", "parameter", room), font, "text2")
        return
    is_cut = text_width(whole, "parameter") > room
    for piece in build.line:
        wrong = bool(piece.argument) and piece.argument in state.faulty
        text = fitted(piece.text, "parameter", LINE_X + room - x) if is_cut else piece.text
        made.add(x, baseline, text, font, "error" if wrong else "text2")
        width = text_width(text, "parameter")
        if wrong:
            made.underline = (x, x + width)
        x += width
        if text != piece.text:
            return
    if state.parameters:
        count = count_text(state.parameters)
        width = text_width(count, "10.5")
        if x + 10 + width <= build.width - LINE_X:
            made.add(build.width - LINE_X - width, baseline, count, code_font(10.5), "text3")


def _badges(made: Texts, build: Anatomy, state: NodeState) -> float:
    """Place the badges from the right edge; return where they begin."""
    right = build.width - INSET
    if state.value and build.family != "opt":
        font = text_font("caption")
        right -= text_width(state.value, "caption")
        made.add(right, 16, state.value, font, "text")
        right -= BADGE_GAP
    for glyph, token in _badge_glyphs(state):
        right -= BADGE
        made.badges.append((right, glyph, token))
        right -= BADGE_GAP
    if build.copies:
        width = text_width(build.copies, "caption")
        right -= width + 5
        made.chip = (right - 5, width + 10)
        made.add(right, 16, build.copies, text_font("caption"), "text")
        right -= BADGE_GAP + 5
    return right


def _badge_glyphs(state: NodeState) -> list[tuple[str, str]]:
    found = []
    if state.severity == "error":
        found.append(("error", "error"))
    elif state.status == "waiting":
        found.append(("clock", "text2"))
    elif state.severity == "warning":
        found.append(("warning", "warn"))
    elif state.severity == "info":
        found.append(("info", "info"))
    if state.is_muted:
        found.append(("muted", "text2"))
    if state.is_frozen:
        found.append(("frozen", "info"))
    if state.is_tied:
        found.append(("link", "link"))
    return found


@lru_cache(maxsize=4096)
def small_title(title: str, width: float, sixteenths: int) -> tuple[QFont, QStaticText, QSizeF]:
    """Return a title that is 11 pixels high on the screen, smaller where it would not fit."""
    zoom = sixteenths / 16
    room = width - 8
    scale = room / max(text_width(title, "node_title"), 1.0)
    size = max(min(ON_SCREEN, 12 * scale * zoom), LEAST_ON_SCREEN) / zoom
    font = QFont(text_font("node_title"))
    pixels = max(int(size), 1)  # never a little larger than what fits
    font.setPixelSize(pixels)
    static = QStaticText(fitted(title, "node_title", room * 12 / pixels))
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    static.prepare(font=font)
    return font, static, static.size()


def _paint_small(painter: QPainter, shown: Shown) -> None:
    """Paint a node as a card with a title that stays readable."""
    build, state, look = shown.anatomy, shown.state, shown.scope.paints
    outline = card_path(build.width, build.height)
    if state.is_selected:
        painter.setBrush(look.no_brush)
        painter.setPen(look.on_screen("select", 2, shown.scope.zoom))
        painter.drawPath(card_path(build.width, build.height, round(4 / shown.scope.zoom)))
    at_fault = state.severity == "error"
    faulty = look.on_screen("error_line", 1.5, shown.scope.zoom)
    painter.setPen(faulty if at_fault else border(build, state, look))
    painter.setBrush(look.header(build.family))
    if state.is_muted:
        painter.setBrush(look.body)
    painter.drawPath(outline)
    font, static, extent = small_title(build.title, build.width, round(16 * shown.scope.zoom))
    painter.setPen(look.text3 if state.is_muted else look.text)
    painter.setFont(font)
    x = max(2.0, (build.width - extent.width()) / 2)
    y = (min(build.height, HEADER + ROW) - extent.height()) / 2
    badges, size = _badge_glyphs(state)[:1], SMALL_BADGE / shown.scope.zoom
    if badges and x + extent.width() > build.width - size * 0.6:
        y = max(y, min(size * 0.6 - CAP * extent.height(), build.height - LINE * extent.height()))
    painter.drawStaticText(QPointF(x, y), static)
    for glyph, token in badges:
        corner = QPointF(build.width - size / 2, -size / 2)
        painter.setPen(look.none)
        painter.setBrush(look.body)
        painter.drawEllipse(corner + QPointF(size / 2, size / 2), size * 0.6, size * 0.6)
        _paint_glyph(painter, glyph, look.badge(token), corner, size)
    ports.paint_small(painter, shown)
