"""The lines of the shortcuts sheet: a command with its keys, a gesture with what it does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.commands.shortcuts import Slot, native, pressed
from app.dialogs.dialog import label
from app.dialogs.gesture_table import HandRow
from graph_editor.canvas.theme import Theme, measure, text_font

SIDE, GAP, PAD, CAP = 8, 6, 5, 18
PRESS = "Press the new keys"
NONE = "–"


class KeyRow(QWidget):
    """Shows a command and its keys; while it listens, keys are told instead of acted on."""

    chosen = Signal(object)
    """It has the focus now."""
    change_asked = Signal(object)
    key_pressed = Signal(object, str)
    given_up = Signal(object)
    moved = Signal(object, int)
    """The arrow keys ask for the row so many further."""

    def __init__(self, slot: Slot, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slot, self._look = slot, look
        self.keys: Sequence[str] = ()
        self.listens = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(round(measure("height", "row")))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(slot.doc or slot.title)

    def show_keys(self, keys: Sequence[str]) -> None:
        """Show other keys."""
        self.keys = keys
        said = " or ".join(map(native, keys)) or "no keys"
        self.setAccessibleName(f"{self.slot.title}, {said}")
        self.update()

    def listen(self, on: bool) -> None:
        """Take the next keys, or not."""
        self.listens = on
        self.update()

    def words(self) -> str:
        """Return what a search looks through, in lower case."""
        slot = self.slot
        keys = " ".join((*self.keys, *map(native, self.keys)))
        return f"{slot.title} {slot.group} {slot.doc} {keys}".lower()

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    # Keys

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride and self.listens:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress and self.listens:  # Tab comes by here alone
                self._take(event)
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        event.accept()
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.given_up.emit(self)
        elif text := pressed(Qt.Key(event.key()), event.modifiers()):
            self.key_pressed.emit(self, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10,
                 Qt.Key.Key_PageUp: -10, Qt.Key.Key_Home: -1000, Qt.Key.Key_End: 1000}  # fmt: skip
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.change_asked.emit(self)
        elif Qt.Key(event.key()) in steps:
            self.moved.emit(self, steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.change_asked.emit(self)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        self.chosen.emit(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
        if self.listens and event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self.given_up.emit(self)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt hands it over
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        left = self._paint_caps(painter)
        font = text_font("dense")
        painter.setFont(font)
        painter.setPen(self._look["text"])
        room = QRectF(SIDE, 0, left - SIDE - GAP, self.height())
        cut = QFontMetricsF(font).elidedText(
            self.slot.title, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        radius = measure("radius", "control")
        painter.setPen(Qt.PenStyle.NoPen)
        if self.listens or self.hasFocus():
            painter.setBrush(self._look["sel"])
            painter.setPen(QPen(self._look["ring"], 2))
        elif self.underMouse():
            painter.setBrush(self._look["hover"])
        else:
            return
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)

    def _paint_caps(self, painter: QPainter) -> float:
        """Paint the keys from the right, and return where the first of them begins."""
        font = text_font("caption")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        right = float(self.width() - SIDE)
        if self.listens or not self.keys:
            words = PRESS if self.listens else NONE
            painter.setPen(self._look["link" if self.listens else "text3"])
            wide = metrics.horizontalAdvance(words)
            place = QRectF(right - wide, 0, wide + 1, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            return right - wide
        changed = set(self.keys) != set(self.slot.usual)
        for key in reversed(list(map(native, self.keys))):
            wide = metrics.horizontalAdvance(key) + 2 * PAD
            cap = QRectF(right - wide, (self.height() - CAP) / 2, wide, CAP)
            painter.setPen(QPen(self._look["ring" if changed else "line2"], 1))
            painter.setBrush(self._look["raised"])
            painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(self._look["text" if changed else "text2"])
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            right -= wide + 4
        return right


class GestureRow(QWidget):
    """Shows one gesture of the mouse, and under it what it does."""

    def __init__(self, row: HandRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        gesture = label(row.gesture[:1].upper() + row.gesture[1:], "dense", wraps=True)
        does = label(row.does, "caption", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SIDE, 3, SIDE, 3)
        column.setSpacing(0)
        column.addWidget(gesture)
        column.addWidget(does)
        self.setAccessibleName(f"{row.target}: {row.gesture}: {row.does}")

    def words(self) -> str:
        """Return what a search looks through, in lower case."""
        return f"{self.row.target} {self.row.gesture} {self.row.does} mouse".lower()
