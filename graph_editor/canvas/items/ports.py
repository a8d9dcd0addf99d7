"""How the ports of a node are painted: the shape says the dtype, the colour the rank."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath

from graph_editor.canvas.anatomy import ROW, Place, Shape
from graph_editor.canvas.findings import PortFacts
from graph_editor.canvas.items.state import Scope, Shown
from graph_editor.canvas.paints import PORT, form_of, port_path

PAST, BEND = 3.5, 12.0
"""How near to an edge the way through a node runs that is switched off, and where it begins to."""


def paint(painter: QPainter, shown: Shown) -> None:
    """Paint all ports that are to be seen."""
    scope, small = shown.scope, shown.anatomy.shape is not Shape.CARD
    quiet = scope.has_wire or shown.state.is_hovered or shown.state.is_selected
    for place, facts in shown.ports():
        if not place.quiet or quiet:
            _paint_one(painter, scope, place, facts, 8.0 if small or place.quiet else PORT)


def paint_through(painter: QPainter, shown: Shown) -> None:
    """Paint the way of what passes through a node that is switched off."""
    build = shown.anatomy
    start = next((place for place in build.inputs.values() if not place.is_plan), None)
    end = next((place for place in build.outputs.values() if not place.is_plan), None)
    if start is None or end is None:
        return
    facts = shown.known(start)
    form = form_of(facts.dtype) if facts is not None else "ring"
    painter.setPen(shown.scope.paints.wire(facts.rank if facts else None, form, "ok"))
    painter.setBrush(shown.scope.paints.no_brush)
    painter.drawPath(_way(start, end, build.height - PAST, build.is_standing))


def _way(start: Place, end: Place, low: float, is_standing: bool) -> QPainterPath:
    """Return a line below the texts, or a plain one where that would pass other ports."""
    first, last = QPointF(start.x, start.y), QPointF(end.x, end.y)
    path = QPainterPath(first)
    if is_standing:
        half = QPointF(0, (end.y - start.y) / 2)
        path.cubicTo(first + half, last - half, last)
    elif low - min(start.y, end.y) > ROW:
        half = QPointF((end.x - start.x) / 2, 0)
        path.cubicTo(first + half, last - half, last)
    else:
        path.quadTo(QPointF(start.x, low), QPointF(start.x + BEND, low))
        path.lineTo(QPointF(end.x - BEND, low))
        path.quadTo(QPointF(end.x, low), last)
    return path


def _paint_one(
    painter: QPainter, scope: Scope, place: Place, facts: PortFacts | None, size: float
) -> None:
    look = scope.paints
    form = "triangle" if place.is_plan else form_of(facts.dtype if facts else "")
    if scope.lit == place.ref:
        size += 4
    painter.translate(place.x, place.y)
    path = port_path(form, size)
    if form == "ring":
        painter.setPen(look.none)
        painter.setBrush(look.canvas)
        painter.drawPath(path)
        painter.setPen(look.unknown_port)
        painter.setBrush(look.no_brush)
    elif form == "triangle":
        painter.setPen(look.casing)
        painter.setBrush(look.plan)
    else:
        painter.setPen(look.casing)
        painter.setBrush(look.rank(facts.rank if facts else None))
    painter.drawPath(path)
    painter.translate(-place.x, -place.y)


def paint_small(painter: QPainter, shown: Shown) -> None:
    """Paint the ports so that they keep their size on the screen, in their shapes."""
    look, size = shown.scope.paints, round(5.0 / shown.scope.zoom)
    painter.setPen(look.none)
    for place, facts in shown.ports():
        if place.quiet or place.is_plan:
            continue
        painter.setBrush(look.rank(facts.rank if facts else None))
        painter.translate(place.x, place.y)
        painter.drawPath(port_path(form_of(facts.dtype) if facts else "circle", size))
        painter.translate(-place.x, -place.y)
