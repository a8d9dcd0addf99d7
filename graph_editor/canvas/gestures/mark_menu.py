"""Menu: a right click on a frame's title or on a note offers what can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QActionGroup, QIcon, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu

from graph_editor.canvas import actions_marks as marks
from graph_editor.canvas.actions import delete_selected
from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.carrying import mark_at
from graph_editor.canvas.copying import duplicate_selected
from graph_editor.canvas.gestures.gesture import CanvasGesture
from graph_editor.canvas.items.frame_item import TOKENS

SWATCH, RING = 16, 3


class MarkMenu(CanvasGesture):
    """Opens a menu, and selects what it is for."""

    def press(self, event: QMouseEvent) -> bool:
        spot = event.position().toPoint()
        if event.button() is not Qt.MouseButton.RightButton or event.modifiers():
            return False
        mark = mark_at(self.canvas, spot)
        if mark is None:
            return False
        if mark not in self.canvas.world.backdrop.chosen:
            self.canvas.select((), [mark])
        self._open(mark, self.canvas.viewport().mapToGlobal(spot))
        return True

    def _open(self, mark: Mark, place: QPoint) -> None:
        canvas = self.canvas
        menu = QMenu(canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_frame = mark.kind == "frame"
        name = menu.addAction("Rename…" if is_frame else "Edit…")
        name.triggered.connect(lambda: marks.type_mark(canvas, mark))
        if is_frame:
            menu.addAction("Comment…").triggered.connect(lambda: marks.comment_frame(canvas))
            content = menu.addAction("Select what is in it")
            content.triggered.connect(lambda: marks.select_content(canvas))
        menu.addSeparator()
        group = QActionGroup(menu)
        now = marks.colour_of(canvas)
        for colour, token in TOKENS.items():
            act = menu.addAction(self._swatch(token, colour == now), colour.capitalize())
            act.setCheckable(True)
            act.setChecked(colour == now)
            act.triggered.connect(partial(self._colour, colour))
            group.addAction(act)
        menu.addSeparator()
        menu.addAction("Duplicate").triggered.connect(lambda: duplicate_selected(canvas))
        words = "Delete the frame alone" if is_frame else "Delete"
        menu.addAction(words).triggered.connect(lambda: delete_selected(canvas))
        menu.popup(place)

    def _colour(self, colour: str, _: bool = False) -> None:
        marks.colour_selected(self.canvas, colour)

    def _swatch(self, token: str, is_now: bool) -> QIcon:
        """Return a spot of a colour as the theme has it; the present one has a ring."""
        scale = self.canvas.devicePixelRatioF()
        made = QPixmap(round(SWATCH * scale), round(SWATCH * scale))
        made.setDevicePixelRatio(scale)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.canvas.look[token])
        painter.drawRoundedRect(RING, RING, SWATCH - 2 * RING, SWATCH - 2 * RING, 3, 3)
        if is_now:
            painter.setPen(QPen(self.canvas.look["select"], 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(0.75, 0.75, SWATCH - 1.5, SWATCH - 1.5), 4, 4)
        painter.end()
        return QIcon(made)
