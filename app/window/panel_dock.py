"""A dock of the window: it stands, with its title, before its panel is made."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from app.window.keyed_button import GlyphButton
from app.window.panel_table import PanelPlace
from graph_editor.canvas.theme import Theme, measure

WIDEST = 16_777_215
"""Qt's word for no limit."""
LEAST = QSize(96, 48)
"""How small a panel may become; what does not fit, scrolls."""


class Holder(QWidget):
    """Holds a panel and lets the dock be smaller than the panel would like."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)

    def set_width(self, width: int | None) -> None:
        """Have this very width; None: any."""
        self.setMinimumWidth(0 if width is None else width)
        self.setMaximumWidth(WIDEST if width is None else width)

    def minimumSizeHint(self) -> QSize:
        return LEAST


class DockHead(QWidget):
    """The first row of a dock that is no tab: its title, and a button that closes it."""

    def __init__(self, title: str, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(round(measure("height", "tab")))
        label = QLabel(title, self)
        label.setProperty("role", "document")
        self.close_ = GlyphButton("close", f"Close {title}", self)
        self.close_.setFixedSize(24, 24)
        self.close_.set_theme(look)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 4, 0)
        row.addWidget(label, 1)
        row.addWidget(self.close_)


class PanelDock(QDockWidget):
    """One place of the window and, once it is furnished, the panel in it."""

    def __init__(self, place: PanelPlace, look: Theme, parent: QWidget) -> None:
        super().__init__(place.title, parent)
        self.place = place
        self.setObjectName(f"dock.{place.id}")
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.holder = Holder(self)
        self.setWidget(self.holder)
        self._look = look
        self._head: DockHead | None = None
        self._no_head = QWidget(self)
        self._no_head.setFixedHeight(0)
        self.setTitleBarWidget(self._no_head)
        self.panel: QWidget | None = None

    def show_head(self, alone: bool) -> None:
        """Show a title where no tab says what this is."""
        wanted = self._made_head() if alone and not self.place.own_head else self._no_head
        if self.titleBarWidget() is not wanted:
            self.titleBarWidget().hide()
            self.setTitleBarWidget(wanted)
            wanted.show()

    def set_theme(self, look: Theme) -> None:
        """Paint the title's button in another theme."""
        self._look = look
        if self._head is not None:
            self._head.close_.set_theme(look)

    def _made_head(self) -> DockHead:
        if self._head is None:
            self._head = DockHead(self.place.title, self._look, self)
            self._head.close_.clicked.connect(self.close)
        return self._head

    def fill(self, panel: QWidget) -> None:
        """Put the panel into its place."""
        self.panel = panel
        self.holder.column.addWidget(panel)
        panel.show()
