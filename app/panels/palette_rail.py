"""The palette of narrow windows: a column of buttons that open the list beside them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.panels.palette_browser import Browser
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.families import FAMILIES, Family

WIDTH = 36
SIDE = 30
POPUP = QSize(248, 480)


class RailButton(QToolButton):
    """One button of the rail; the arrow keys go to its neighbours."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)


class Rail(QWidget):
    """A button for everything, one for the search, one for each family."""

    asked = Signal(str, QWidget)
    """A family, ``search`` or ``all``, and the button that was pressed."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Add")
        self.buttons: dict[str, RailButton] = {}
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(3, 6, 3, 6)
        column.setSpacing(2)
        titles: dict[str, str] = {
            "all": "Add a node",
            "search": "Search nodes",
            **{str(k): v for k, v in FAMILIES.items()},
        }
        for key, title in titles.items():
            button = RailButton()
            button.setFixedSize(SIDE, SIDE)
            button.setIconSize(QSize(16, 16))
            button.setToolTip(title)
            button.setAccessibleName(title)
            button.clicked.connect(partial(self._pressed, key))
            self.buttons[key] = button
            column.addWidget(button)
        column.addStretch()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.set_theme(look)

    def _pressed(self, key: str) -> None:
        self.asked.emit(key, self.buttons[key])

    def show_families(self, families: set[str]) -> None:
        """Offer the families that have anything."""
        for key, button in self.buttons.items():
            button.setVisible(key in families or key in ("all", "search"))

    def set_theme(self, look: Theme) -> None:
        """Paint in another theme."""
        self.buttons["all"].setIcon(glyph_icon("plus", look["text"]))
        self.buttons["search"].setIcon(glyph_icon("search", look["text"]))
        families: tuple[Family, ...] = tuple(FAMILIES)
        for family in families:
            self.buttons[family].setIcon(glyph_icon(family, look.glyph(family)))


class Popup(QFrame):
    """The list beside the rail; it closes once something is chosen, dragged or clicked away."""

    def __init__(self, browser: Browser, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("role", "popup")
        self.browser = browser
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 9, 1, 5)
        column.addWidget(browser)
        browser.chosen.connect(self.hide)
        browser.dragged.connect(self.hide)

    def open_at(self, button: QWidget, key: str) -> None:
        """Show a family, or all, beside a button and inside its window."""
        self.browser.show_family("" if key in ("all", "search") else key)
        window = button.window()
        top = button.mapTo(window, QPoint(0, 0)).y()
        height = min(POPUP.height(), window.height() - 16)
        top = max(8, min(top, window.height() - height - 8))
        left = button.mapTo(window, QPoint(button.width() + 5, 0)).x()
        self.resize(POPUP.width(), height)
        self.move(window.mapToGlobal(QPoint(left, top)))
        self.show()
        if key in ("search", "all"):
            self.browser.field.setFocus()
        else:
            view = self.browser.view
            view.setFocus()
            view.setCurrentIndex(view.rows.index(0, 0, view.rows.index(0, 0)))
