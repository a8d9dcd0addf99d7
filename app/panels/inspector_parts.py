"""Small pieces of the inspector: headings, lines of facts, buttons that fit, what says why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from graph_editor.canvas.glyphs import paint_glyph
from graph_editor.canvas.theme import Theme, measure
from graph_editor.catalogue.families import Family

LABEL, GAP = 92, 8
TILE = 28


def label(text: str, role: str, wrap: bool = False, select: bool = False) -> QLabel:
    """Return a label in one of the roles of the style sheet."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    if select:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def clear(layout: QLayout) -> None:
    """Remove all that a layout holds."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        inner = item.layout() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


class Section(QWidget):
    """A heading with what stands below it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.heading = label(title, "section")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self.column.addWidget(self.heading)

    def empty(self) -> None:
        """Remove all but the heading."""
        while self.column.count() > 1:
            item = self.column.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class ElidedLabel(QLabel):
    """One line that is shortened where it does not fit, and whole in its tip."""

    def __init__(self, text: str, role: str) -> None:
        super().__init__()
        self._full = text
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        mode = Qt.TextElideMode.ElideRight
        short = self.fontMetrics().elidedText(self._full, mode, self.width())
        self.setText(short)
        self.setToolTip(self._full if short != self._full else "")


class FactRow(QWidget):
    """A name on the left and a fact beside it."""

    def __init__(self, name: str, value: str, aside: str = "", mark: QWidget | None = None) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        left = label(name, "dense")
        left.setFixedWidth(LABEL)
        left.setText(left.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, LABEL))
        left.setToolTip(name)
        line.addWidget(left)
        if mark is not None:
            line.addWidget(mark)
        self.value = label(value, "mono", wrap=True, select=True)
        self.value.setToolTip(value)
        line.addWidget(self.value, 1)
        self.aside = label(aside, "caption")
        line.addWidget(self.aside)
        self.aside.setHidden(not aside)
        if aside:
            self.value.setToolTip(f"{value}  {aside}")
        self._words = value.split() or [""]
        self.setMinimumHeight(22)
        self.setAccessibleName(f"{name}: {value} {aside}".strip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the aside to the tip where the fact would be cut, or broken, for it alone."""
        super().resizeEvent(event)
        if self.aside.text():
            self.value.ensurePolished()
            self.aside.ensurePolished()  # its font is the style sheet's from then on
            wide = self.value.fontMetrics().horizontalAdvance
            longest, whole = max(map(wide, self._words)), wide(self.value.text())
            aside = self.aside.sizeHint().width() + GAP
            room = self.value.width() - (aside if self.aside.isHidden() else 0)
            self.aside.setHidden(longest > room or room < whole <= room + aside)


class FittingButton(QPushButton):
    """A button whose words are shortened where they do not fit, and whole in its tip."""

    def __init__(self, text: str, pressed: Callable[[], object], role: str = "") -> None:
        super().__init__()
        self._full = text
        if role:
            self.setProperty("role", role)
        self.setAccessibleName(text)
        self.setAutoDefault(True)  # Enter presses it, as Space does
        self.setMinimumWidth(48)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: pressed())
        self.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - 28 - (0 if self.icon().isNull() else 22)
        short = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideMiddle, room)
        self.setText(short)
        self.setToolTip(self._full if short != self._full else "")

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self._full) + 30
        wide += 0 if self.icon().isNull() else 22
        return QSize(wide, round(measure("height", "button")))

    def minimumSizeHint(self) -> QSize:
        return QSize(48, round(measure("height", "button")))


class WrappingButton(QPushButton):
    """A button whose words go over as many lines as they need."""

    def __init__(self, text: str, picture: QPixmap, pressed: Callable[[], object]) -> None:
        super().__init__()
        self.setAccessibleName(text)
        self.setAutoDefault(True)  # Enter presses it, as Space does
        self.clicked.connect(lambda: pressed())
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(round(measure("height", "button")))
        sign = QLabel()
        sign.setPixmap(picture)
        sign.setFixedWidth(16)
        words = label(text, "dense", wrap=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 4, 8, 4)
        line.setSpacing(6)
        line.addWidget(sign)
        line.addWidget(words, 1)
        for part in (sign, words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # the words may take more lines now, or fewer

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        inner = layout.heightForWidth(width) if layout is not None else 0
        return max(inner, round(measure("height", "button")))

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(self.width(), 120)))

    def minimumSizeHint(self) -> QSize:
        return QSize(48, round(measure("height", "button")))


class Tile(QWidget):
    """The square with the glyph of a node's family."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(TILE, TILE)
        self._look = look
        self._family: Family = "layer"

    def show_family(self, look: Theme, family: Family) -> None:
        """Show another family."""
        self._look, self._family = look, family
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # all of it is small
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.header(self._family))
        painter.drawRoundedRect(self.rect(), 4, 4)
        place = QRectF((TILE - 16) / 2, (TILE - 16) / 2, 16, 16)
        paint_glyph(painter, self._family, self._look.glyph(self._family), place)
        painter.end()


class DocumentationCard(QFrame):
    """What a parameter means."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "note")
        self.setAccessibleName("Documentation")
        self.name = label("", "mono")
        self.kind = label("", "caption")
        self.words = label("", "secondary", wrap=True, select=True)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.name)
        head.addWidget(self.kind)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.words)

    def show_words(self, name: str, kind: str, words: str) -> None:
        """Show a name, its type and its documentation; without words, nothing."""
        self.setVisible(bool(words))
        self.name.setText(name)
        self.name.setVisible(bool(name))
        self.kind.setVisible(bool(kind))
        self.kind.setText(f"· {kind}" if kind else "")
        self.words.setText(words)
