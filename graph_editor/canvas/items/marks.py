"""How nodes are painted that are marks on a wire: the model's inputs and outputs, cuts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from graph_editor.canvas.anatomy import LINE_X, Shape, fitted, text_width
from graph_editor.canvas.items import card, card_small, ports
from graph_editor.canvas.items.state import Shown
from graph_editor.canvas.theme import text_font


def paint(painter: QPainter, shown: Shown) -> None:
    """Paint a mark."""
    if shown.anatomy.shape is Shape.CUT:
        _paint_cut(painter, shown)
    else:
        _paint_pill(painter, shown)


def _ring(painter: QPainter, shown: Shown, rect: QRectF) -> None:
    if shown.state.is_selected:
        painter.setPen(shown.scope.paints.select)
        painter.setBrush(shown.scope.paints.no_brush)
        grown = rect.adjusted(-4, -4, 4, 4)
        painter.drawRoundedRect(grown, grown.height() / 2, grown.height() / 2)


def _paint_pill(painter: QPainter, shown: Shown) -> None:
    build, state, look = shown.anatomy, shown.state, shown.scope.paints
    rect = QRectF(0, 0, build.width, build.height)
    _ring(painter, shown, rect)
    painter.setBrush(look.header(build.family))
    painter.setPen(card.border(build, state, look))
    painter.drawRoundedRect(rect, build.height / 2, build.height / 2)
    if shown.scope.is_full:
        painter.setPen(look.text)
        painter.setFont(text_font("caption"))
        title = fitted(build.title, "caption", build.width - 2 * LINE_X)
        left = (build.width - text_width(title, "caption")) / 2 if build.is_standing else LINE_X
        painter.drawText(QPointF(left, 16), title)
        ports.paint(painter, shown)
        return
    card_small.paint_title(painter, shown, build.height)
    if shown.scope.has_wire:  # else dots would lie upon the title, which needs all of the pill
        ports.paint_small(painter, shown)


def _paint_cut(painter: QPainter, shown: Shown) -> None:
    build, look = shown.anatomy, shown.scope.paints
    rect = QRectF(0, 0, build.width, build.height)
    _ring(painter, shown, rect)
    if build.is_standing:
        painter.translate(build.width, 0)
        painter.rotate(90)
    middle = build.height / 2
    first = next(iter(build.inputs.values()), None)
    facts = shown.known(first) if first is not None else None
    painter.setPen(QPen(look.look.rank(facts.rank if facts else None), 2))
    painter.drawLine(QPointF(0, middle), QPointF(8, middle))
    painter.drawLine(QPointF(build.width - 8, middle), QPointF(build.width, middle))
    bar = look.error_border if shown.state.severity == "error" else QPen(look.look["text"], 2)
    painter.setPen(bar)
    for x in (9.0, build.width - 9):
        painter.drawLine(QPointF(x, middle - 7), QPointF(x, middle + 7))
    if build.is_standing:
        painter.rotate(-90)
        painter.translate(-build.width, 0)
