"""Pens, brushes and shapes that the canvas paints with, made once for a theme."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen, QPolygonF

from graph_editor.canvas.anatomy import HEADER
from graph_editor.canvas.theme import Theme, mixed, theme

Form: TypeAlias = Literal["circle", "square", "diamond", "hexagon", "ring", "triangle"]
"""What a port looks like: its dtype."""
PORT = 10.0
RADIUS = 6.0
CASING = 1.5
RANK_WIDTHS = (1.25, 1.5, 2.0, 2.5, 3.0, 3.5)
UNKNOWN_WIDTH = 1.5
MOST_PENS = 400
SHADOW = {True: 0.28, False: 0.07}


@lru_cache(maxsize=64)
def form_of(dtype: str) -> Form:
    """Return the shape of a port that carries such numbers."""
    if not dtype:
        return "ring"
    if dtype == "bool":
        return "diamond"
    if dtype.startswith("complex"):
        return "hexagon"
    return "circle" if "float" in dtype else "square"


@lru_cache(maxsize=64)
def port_path(form: Form, size: float = PORT) -> QPainterPath:
    """Return the shape of a port around the origin."""
    path = QPainterPath()
    half = size / 2
    if form in ("circle", "ring"):
        radius = half if form == "circle" else half - 0.5
        path.addEllipse(QPointF(0, 0), radius, radius)
    elif form == "square":
        path.addRect(QRectF(-half + 0.5, -half + 0.5, size - 1, size - 1))
    elif form == "triangle":
        down = [QPointF(-half, -half * 0.7), QPointF(half, -half * 0.7), QPointF(0, half * 0.8)]
        path.addPolygon(QPolygonF(down))
        path.closeSubpath()
    else:
        r, h = half * 1.15, half * 0.6
        points = {
            "diamond": [(0, -r), (r, 0), (0, r), (-r, 0)],
            "hexagon": [(-r, 0), (-h, -half), (h, -half), (r, 0), (h, half), (-h, half)],
        }[form]
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
        path.closeSubpath()
    return path


@lru_cache(maxsize=512)
def card_path(width: float, height: float, grow: float = 0.0) -> QPainterPath:
    """Return a node's outline, moved outwards by so many pixels."""
    path = QPainterPath()
    rect = QRectF(-grow, -grow, width + 2 * grow, height + 2 * grow)
    path.addRoundedRect(rect, RADIUS + grow, RADIUS + grow)
    return path


@lru_cache(maxsize=512)
def header_path(width: float) -> QPainterPath:
    """Return the header's shape: round above, square below."""
    path = QPainterPath()
    r = RADIUS - 0.5
    path.moveTo(0.5, HEADER)
    path.lineTo(0.5, r + 0.5)
    path.quadTo(0.5, 0.5, r + 0.5, 0.5)
    path.lineTo(width - r - 0.5, 0.5)
    path.quadTo(width - 0.5, 0.5, width - 0.5, r + 0.5)
    path.lineTo(width - 0.5, HEADER)
    path.closeSubpath()
    return path


class Paints:
    """The pens and brushes of one theme."""

    def __init__(self, look: Theme) -> None:
        self.look = look
        self.none = QPen(Qt.PenStyle.NoPen)
        self.no_brush = QBrush(Qt.BrushStyle.NoBrush)
        self.body = QBrush(look["node"])
        self.canvas = QBrush(look["canvas"])
        shadow = QColor(theme("hc")["canvas"])
        shadow.setAlphaF(SHADOW[look.is_dark])
        self.shadow = QBrush(shadow)
        self.text = QPen(look["text"])
        self.text2 = QPen(look["text2"])
        self.text3 = QPen(look["text3"])
        self.error = QPen(look["error"])
        self.hairline = QPen(look["line"], 1)
        self.casing = QPen(look["canvas"], CASING)
        self.select = QPen(look["select"], 2)
        self.tie = self._dashed(look["link"], 1.5, (3, 2))
        chip = QColor(look["text"])
        chip.setAlphaF(0.16)
        self.chip = QBrush(chip)
        self.ring = QBrush(look["ring"])
        self.hovered = QPen(look["text2"], 1)
        self.error_border = QPen(look["error_line"], 1.5)
        self.warn_border = QPen(look["warn"], 1.5)
        self.waiting_border = self._dashed(look["text3"], 1.0, (3, 2))
        self.plan = QBrush(look["text2"])
        self.unknown_port = self._dashed(look["rx"], 1.5, (1.4, 1.2))
        self.headers: dict[str, QBrush] = {}
        self.borders: dict[str, QPen] = {}
        self.glyphs: dict[str, QPen] = {}
        self.badges: dict[str, QPen] = {}
        self._pens: dict[object, QPen] = {}
        self._ranks: dict[int | None, QBrush] = {}

    @staticmethod
    def _dashed(colour: QColor, width: float, dashes: tuple[float, ...]) -> QPen:
        pen = QPen(colour, width)
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # else every dash is longer by the pen's width
        return pen

    def on_screen(self, token: str, width: float, zoom: float) -> QPen:
        """Return a pen that is so wide on the screen at a zoom."""
        key = (token, width, round(zoom, 2))
        if len(self._pens) > MOST_PENS:
            self._pens.clear()
        if key not in self._pens:
            self._pens[key] = QPen(self.look[token], width / key[2])
        return self._pens[key]

    def header(self, family: str) -> QBrush:
        """Return the fill of a header."""
        if family not in self.headers:
            self.headers[family] = QBrush(self.look.header(family))
        return self.headers[family]

    def border(self, family: str) -> QPen:
        """Return the line around a node of a family."""
        if family not in self.borders:
            colour = mixed(self.look[f"c_{family}"], self.look["node"], 0.5)
            self.borders[family] = QPen(colour, 1)
        return self.borders[family]

    def glyph(self, family: str) -> QPen:
        """Return the pen of a header's glyph."""
        if family not in self.glyphs:
            self.glyphs[family] = self.stroke(self.look.glyph(family))
        return self.glyphs[family]

    def badge(self, token: str) -> QPen:
        """Return the pen of a badge."""
        if token not in self.badges:
            self.badges[token] = self.stroke(self.look[token])
        return self.badges[token]

    @staticmethod
    def stroke(colour: QColor) -> QPen:
        """Return the pen that glyphs are drawn with."""
        pen = QPen(colour, 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def rank(self, rank: int | None) -> QBrush:
        """Return the fill of a port."""
        if rank not in self._ranks:
            self._ranks[rank] = QBrush(self.look.rank(rank))
        return self._ranks[rank]

    def wire(self, rank: int | None, form: Form, state: str) -> QPen:
        """Return the pen of a wire (ok error waiting plan lit) or its part (inner casing gap)."""
        key = (rank, form, state)
        if key not in self._pens:
            self._pens[key] = self._wire(rank, form, state)
        return self._pens[key]

    def _wire(self, rank: int | None, form: Form, state: str) -> QPen:
        width = UNKNOWN_WIDTH if rank is None else RANK_WIDTHS[min(rank, 5)]
        extra = 2.25 if form == "square" else 0.0
        if state == "plan":
            pen = self._dashed(self.look["text3"], 1.5, (1.2, 2))
        elif state == "inner":
            pen = QPen(self.look["canvas"], 1.25)
        elif state == "casing":
            pen = QPen(mixed(self.look.rank(rank), self.look["canvas"], 0.7), width + extra + 5)
        elif state == "gap":
            pen = QPen(self.look["canvas"], width + extra + 3)
        elif state == "error":
            pen = QPen(self.look["error_line"], max(width, 2.0))
        elif state == "lit":
            pen = QPen(self.look["ring"], max(width, 2.0) + 1)
        elif state == "waiting" or rank is None:
            pen = self._dashed(self.look["rx"], UNKNOWN_WIDTH, (4, 3))
        else:
            pen = QPen(self.look.rank(rank), width + extra)
            if form == "diamond":
                pen.setDashPattern([1, 1])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


@lru_cache(maxsize=4)
def paints(look: Theme) -> Paints:
    """Return the pens and brushes of a theme."""
    return Paints(look)
