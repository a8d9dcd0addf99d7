"""The add-palette: a search at the pointer that adds a node by a few letters and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from graph_editor.canvas.add_palette_foot import Foot
from graph_editor.canvas.add_palette_rows import RowPainter, Rows
from graph_editor.canvas.glyphs import glyph_icon, glyph_pixmap
from graph_editor.canvas.theme import Theme, code_font, text_font
from graph_editor.catalogue.search import Hit, search
from graph_editor.catalogue.spec import Spec

WIDTH, ROW, MOST_ROWS, HEAD, MARGIN = 452, 32, 8, 40, 8
PAGE = MOST_ROWS - 1


def nothing(_: Hit) -> str:
    """Return no resulting shape."""
    return ""


class SearchLine(QLineEdit):
    """The line that is typed into; it says when the keyboard has gone elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        quiet = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if event.reason() not in quiet:
            self.left.emit()


class AddPalette(QFrame):
    """A frame above the canvas, kept inside the window; it closes when something else is done."""

    chosen = Signal(object, bool)
    """A Hit, and whether it is to be connected to what is selected too."""
    closed = Signal()

    def __init__(
        self,
        specs: Sequence[Spec],
        look: Theme,
        parent: QWidget,
        *,
        recent: Sequence[str] = (),
        accepts: Callable[[Spec], int] | None = None,
        accepts_words: str = "",
        result: Callable[[Hit], str] = nothing,
        connects: str = "",
    ) -> None:
        super().__init__(parent)
        self.specs, self.look, self.recent, self.accepts = specs, look, recent, accepts
        self.ground = parent
        self._is_open = True
        self.setObjectName("addPalette")
        self.setAccessibleName("Add a node")
        self.line = SearchLine(self)
        self.list = QListView(self)
        self.rows = Rows(self)
        self.foot = Foot(look, self)
        self.foot.connects = connects
        self.filter_chip = QPushButton(f"{accepts_words} ", self)
        self.filter_chip.setVisible(bool(accepts_words))
        self._build(result)
        self._paint_style()
        self.line.textChanged.connect(self._search)
        self.line.left.connect(self.close_palette)
        self.line.installEventFilter(self)
        self.filter_chip.clicked.connect(self.show_everything)
        self.list.clicked.connect(self._clicked)
        self.list.selectionModel().currentChanged.connect(self._tell)
        self._search("")

    def _build(self, result: Callable[[Hit], str]) -> None:
        self.line.setFrame(False)
        self.line.setAccessibleName("Search for a node to add")
        self.line.setPlaceholderText("Search, for example conv 64 3")
        self.filter_chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.filter_chip.setToolTip("Show all nodes, whether they fit or not")
        self.filter_chip.setIcon(glyph_icon("close", self.look["text2"]))
        self.filter_chip.setIconSize(QSize(12, 12))
        self.filter_chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.list.setModel(self.rows)
        self.list.setItemDelegate(RowPainter(self.look, result, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName("Nodes that match")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        glass = QLabel(self)
        glass.setPixmap(glyph_pixmap("search", self.look["text2"], 16, self.devicePixelRatioF()))
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.setSpacing(8)
        head.addWidget(glass)
        head.addWidget(self.line, 1)
        head.addWidget(self.filter_chip)
        self.line.setFixedHeight(HEAD)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.foot)

    def _paint_style(self) -> None:
        """Set what the style sheet of the window says otherwise of these widgets."""
        hexes = self.look.hex
        self.setFont(text_font("body"))
        mono = code_font(11).family()
        self.setStyleSheet(
            "#addPalette, #addPalette QLabel { background: transparent; border: 0; }"
            "#addPalette QLineEdit { background: transparent; border: 0; padding: 0;"
            f" min-height: {HEAD}px; max-height: {HEAD}px; font: 13px '{mono}';"
            f" color: {hexes('text')}; selection-background-color: {hexes('accent')}; }}"
            "#addPalette QListView { background: transparent; border: 0; padding: 0;"
            f" border-top: 1px solid {hexes('line')}; border-radius: 0; outline: 0; }}"
            f"#addPalette QPushButton {{ background: {hexes('raised')}; color: {hexes('text')};"
            f" border: 1px solid {hexes('line')}; border-radius: 3px; padding: 0 8px;"
            f" min-height: 22px; max-height: 22px; min-width: 0; font: 11px '{mono}'; }}"
            f"#addPalette QPushButton:hover {{ background: {hexes('hover')}; }}"
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # it is all painted
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.look["line2"], 1))
        painter.setBrush(self.look["panel"])
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()

    def open_at(self, spot: QPoint) -> None:
        """Show the palette with its corner at a spot of the parent, or as near as there is room."""
        self._fit()
        room = self.ground.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        self.adjustSize()
        self.setGeometry(_inside(QRect(spot, self.size()), room))
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fit(self) -> None:
        """Give the list as many rows as there is room and need for, and keep the height."""
        room = self.ground.height() - 2 * MARGIN - HEAD - self.foot.sizeHint().height() - 3
        rows = max(2, min(MOST_ROWS, room // ROW))
        self.list.setFixedHeight(rows * ROW + 1)
        self.setFixedWidth(min(WIDTH, self.ground.width() - 2 * MARGIN))

    def show_everything(self) -> None:
        """Show what does not fit the wire, too."""
        self.accepts = None
        self.filter_chip.hide()
        self._search(self.line.text())

    def _search(self, text: str) -> None:
        hits = search(self.specs, text, self.recent, self.accepts)
        self.rows.show(hits)
        total = len(self.specs)
        self.foot.count = f"{len(hits)} of {total} fit" if self.accepts else ""
        if hits:
            self.list.setCurrentIndex(self.rows.index(0, 0))
        else:
            self.foot.show_hit(None)

    def _tell(self, current: QModelIndex) -> None:
        hits = self.rows.hits
        self.foot.show_hit(hits[current.row()] if 0 <= current.row() < len(hits) else None)

    def current(self) -> Hit | None:
        """Return the hit that Enter would add."""
        row = self.list.currentIndex().row()
        return self.rows.hits[row] if 0 <= row < len(self.rows.hits) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and self._key(event):
                return True
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # what is typed here is text, not a command of the window
                return False
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: PAGE,
            Qt.Key.Key_PageUp: -PAGE,
        }
        if key in steps:
            self._move(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._move(1 if key == Qt.Key.Key_Tab else -1)
        elif key == Qt.Key.Key_Backspace and not self.line.text() and self.accepts is not None:
            self.show_everything()
        else:
            return False
        return True

    def _move(self, step: int) -> None:
        """Go to another row; a single step goes round at the ends."""
        count, row = len(self.rows.hits), self.list.currentIndex().row()
        if not count:
            return
        new = (row + step) % count if abs(step) == 1 else min(max(row + step, 0), count - 1)
        self.list.setCurrentIndex(self.rows.index(new, 0))

    def _clicked(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self._choose(False)

    def _choose(self, connect: bool) -> None:
        hit = self.current()
        if hit is None:
            return
        self.close_palette(hit, connect)

    def close_palette(self, hit: Hit | None = None, connect: bool = False) -> None:
        """Close, with a choice or without; the keyboard goes back to where it came from."""
        if not self._is_open:
            return
        self._is_open = False
        self.hide()
        if hit is not None:
            self.chosen.emit(hit, connect)
        self.closed.emit()
        self.deleteLater()


def _inside(place: QRect, room: QRect) -> QRect:
    """Return a rectangle moved into another one, and cut to its size."""
    size = place.size().boundedTo(room.size())
    x = min(max(place.x(), room.x()), room.right() + 1 - size.width())
    y = min(max(place.y(), room.y()), room.bottom() + 1 - size.height())
    return QRect(QPoint(x, y), size)
