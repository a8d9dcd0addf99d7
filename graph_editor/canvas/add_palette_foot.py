"""The foot of the add-palette: what the chosen spec is, its main parameters, and the keys."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.add_palette_rows import paint_key
from graph_editor.canvas.parameter_line import value_text
from graph_editor.canvas.theme import Theme, code_font, text_font
from graph_editor.catalogue.search import Hit
from graph_editor.catalogue.spec import Argument
from graph_editor.catalogue.starting import starting_arguments
from graph_editor.catalogue.typed import complaint, main_arguments
from graph_editor.document.model import Arg, FrozenMap

INSET, LINE, KEYS, MOST = 12, 18, 30, 5
GUIDE = "Numbers fill the main parameters in order; p1 or padding=1 names one."
COLUMN_GAP = 16


class Foot(QWidget):
    """Painted, not built of labels: it changes with every key."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.hit: Hit | None = None
        self.count = ""
        """How many fit, where only some are shown."""
        self.adds = "add"
        self.connects = ""
        """What Shift+Enter does; empty where it does nothing else."""

    def sizeHint(self) -> QSize:
        return QSize(200, 4 * LINE + 16 + KEYS + 1)

    def show_hit(self, hit: Hit | None) -> None:
        """Tell of another spec."""
        self.hit = hit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.look["line"], 1))
        painter.drawLine(0, 0, self.width(), 0)
        top = self.height() - KEYS
        painter.drawLine(0, top, self.width(), top)
        if self.hit is None:
            self._say(painter, 8, "Nothing in the catalogue fits. Use fewer letters.", "text2")
        else:
            self._tell(painter, self.hit)
        self._keys(painter, top + KEYS / 2)
        painter.end()

    def _tell(self, painter: QPainter, hit: Hit) -> None:
        self._say(painter, 8, hit.spec.summary or hit.spec.title, "text2")
        shown = [a for a in main_arguments(hit.spec) if a.name not in ("ports", "split")][:MOST]
        if shown:
            self._columns(painter, hit, shown)
        if hit.spare:
            self._say(painter, 8 + 3 * LINE, complaint(hit.spec, hit.spare), "warn")
        elif shown:
            self._say(painter, 8 + 3 * LINE, GUIDE, "text3")

    def _columns(self, painter: QPainter, hit: Hit, shown: list[Argument]) -> None:
        args = starting_arguments(hit.spec, hit.args)
        font = code_font(11)
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        x = float(INSET)
        for argument in shown:
            value = _value(argument, args)
            width = max(
                QFontMetricsF(font).horizontalAdvance(argument.name),
                QFontMetricsF(bold).horizontalAdvance(value),
            )
            if x + width > self.width() - INSET:
                break
            painter.setFont(font)
            painter.setPen(self.look["text3"])
            painter.drawText(QRectF(x, 8 + LINE, width + 2, LINE), VCENTER, argument.name)
            typed = argument.name in hit.args
            painter.setFont(bold if typed else font)
            painter.setPen(self.look["text" if argument.name in args else "text2"])
            painter.drawText(QRectF(x, 8 + 2 * LINE, width + 2, LINE), VCENTER, value)
            x += width + COLUMN_GAP

    def _say(self, painter: QPainter, y: float, text: str, token: str) -> None:
        font = text_font("dense")
        painter.setFont(font)
        painter.setPen(self.look[token])
        room = QRectF(INSET, y, self.width() - 2 * INSET, LINE)
        short = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, VCENTER, short)

    def _keys(self, painter: QPainter, middle: float) -> None:
        x = float(INSET)
        for key, does in (("↑ ↓", "choose"), ("Enter", self.adds), ("Shift+Enter", self.connects)):
            if does:
                x = self._key(painter, x, middle, key, does)
        painter.setFont(text_font("caption"))
        painter.setPen(self.look["text3"])
        room = QRectF(x, middle - 9, self.width() - INSET - x, 18)
        painter.drawText(room, VCENTER | Qt.AlignmentFlag.AlignRight, self.count)

    def _key(self, painter: QPainter, x: float, middle: float, key: str, does: str) -> float:
        metrics = QFontMetricsF(text_font("caption"))
        end = x + metrics.horizontalAdvance(key) + 12
        paint_key(painter, self.look, key, end, middle)
        width = metrics.horizontalAdvance(does)
        painter.setPen(self.look["text2"])
        painter.drawText(QRectF(end + 6, middle - 9, width + 2, 18), VCENTER, does)
        return end + 6 + width + 14


VCENTER = Qt.AlignmentFlag.AlignVCenter


def _value(argument: Argument, args: FrozenMap[str, Arg]) -> str:
    if argument.name in args:
        return value_text(args[argument.name])
    if argument.infer:
        return "auto"
    return "?" if argument.required else value_text(argument.default)
