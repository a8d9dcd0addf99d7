"""The card of the tour, and the ring around what it speaks of."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.dialogs.dialog import button, label
from graph_editor.canvas.theme import Theme, measure

WIDTH, GAP, EDGE = 316, 12, 8


class Ring(QWidget):
    """A ring around something; mouse and keyboard go through it."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def set_theme(self, look: Theme) -> None:
        """Take the colours of a theme."""
        self._look = look
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt hands it over
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look["ring"], 2))
        radius = measure("radius", "node")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()


class TourCard(QFrame):
    """A title, one or two sentences, and the way on; it takes no focus by itself."""

    on_pressed = Signal()
    skipped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "popup")
        self.setFixedWidth(WIDTH)
        self.count = label("", "caption")
        self.title = label("", "heading")
        self.words = label("", "", wraps=True)
        self.hint = label("", "caption", wraps=True)
        self.skip = button("Skip the tour", "flat", self)
        self.next = button("Next", "", self)
        self.skip.clicked.connect(self.skipped)
        self.next.clicked.connect(self.on_pressed)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.count)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.skip)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addLayout(foot)
        self.hide()

    def say(self, title: str, words: str, count: str, way_on: str, hint: str) -> None:
        """Show a step, or what comes before the first."""
        self.title.setText(title)
        self.words.setText(words)
        self.count.setText(count)
        self.next.setText(way_on)
        self.hint.setText(hint)
        self.setAccessibleName(f"Tour. {count} {title}. {words}")
        self.resize(WIDTH, self.heightForWidth(WIDTH))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.skipped.emit()
        else:
            super().keyPressEvent(event)


def card_place(room: QRect, target: QRect, card: QSize, taken: QRect | None = None) -> QPoint:
    """Return where a card stands: beside a small thing, in a corner of a large one.

    It does not lie upon what is taken, where another corner is free.
    """
    right = QPoint(target.right() + GAP, target.top())
    left = QPoint(target.left() - GAP - card.width(), target.top())
    below = QPoint(target.center().x() - card.width() // 2, target.bottom() + GAP)
    above = QPoint(below.x(), target.top() - GAP - card.height())
    edges = (target.left() + GAP, target.right() - GAP - card.width())
    rows = (target.bottom() - GAP - card.height(), target.top() + GAP)
    insides = [QPoint(x, y) for x in edges for y in rows]
    near = room.adjusted(EDGE, EDGE, -EDGE, -EDGE)
    large = target.width() > 2 * card.width() and target.height() > 2 * card.height()
    for spot in () if large else (below, right, left, above):
        if near.contains(QRect(_within(near, spot, card), card)):
            moved = QRect(_within(near, spot, card), card)
            if not moved.intersects(target):
                return moved.topLeft()
    corners = [_within(near, spot, card) for spot in insides]
    free = (spot for spot in corners if taken is None or not QRect(spot, card).intersects(taken))
    return next(free, corners[0])


def _within(room: QRect, spot: QPoint, card: QSize) -> QPoint:
    """Return the nearest place at which a card is whole."""
    x = max(room.left(), min(spot.x(), room.right() - card.width() + 1))
    y = max(room.top(), min(spot.y(), room.bottom() - card.height() + 1))
    return QPoint(x, y)
