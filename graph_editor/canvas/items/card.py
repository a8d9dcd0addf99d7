"""How a node's card is painted: header, parameter line, ports, badges, pictures."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from graph_editor.canvas.anatomy import (
    BADGE,
    BADGE_GAP,
    HEADER,
    INSET,
    LINE_X,
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
STACK = (6.0, 3.0)
"""How far the cards behind a repeated node peek out, the hindmost first."""


def paint(painter: QPainter, shown: Shown) -> None:
    """Paint a node's card in full detail."""
    build, state, look = shown.anatomy, shown.state, shown.scope.paints
    if shown.texts is None:
        shown.texts = _laid_out(build, state)
    faint = state.is_muted
    if faint:
        painter.setOpacity(FAINT)
    _paint_body(painter, build, state, look)
    paint_glyph(painter, build.family, look.glyph(build.family), QPointF(INSET, 5), BADGE)
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
        paint_glyph(painter, glyph, look.badge(token), QPointF(x, 5), BADGE)
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
        paint_stack(painter, build, look)
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


def paint_stack(painter: QPainter, build: Anatomy, look: Paints, scale: float = 1.0) -> None:
    """Paint the two cards that peek out behind a repeated node."""
    painter.setPen(look.border(build.family))
    painter.setBrush(look.body)
    outline = card_path(build.width, build.height)
    for step in STACK:
        away = step * scale
        painter.translate(away, -away)
        painter.drawPath(outline)
        painter.translate(-away, away)
    painter.setPen(look.none)


def paint_glyph(painter: QPainter, name: str, pen: QPen, at: QPointF, size: float) -> None:
    """Paint a glyph from its corner."""
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
    for glyph, token in badge_glyphs(state):
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


def badge_glyphs(state: NodeState) -> list[tuple[str, str]]:
    """Return what a node's badges show and in which colour, the gravest first."""
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
