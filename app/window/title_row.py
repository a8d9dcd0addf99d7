"""The first row of the window: sign, menus, and what is open, in the middle."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QMenuBar, QSizePolicy, QWidget

from app.window.logo import logo_pixmap
from graph_editor.canvas.theme import Theme, measure, text_font

MENUS = ("File", "Edit", "View", "Add", "Graph", "Run", "Help")
LOGO = 18
GAP = 16


class TitleRow(QWidget):
    """Menu bar and title in one row."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(round(measure("height", "title")))
        self.logo = QLabel(self)
        self.bar = QMenuBar(self)
        self.bar.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.menus: dict[str, QMenu] = {}
        for name in MENUS:
            menu = QMenu(f"&{name}", self.bar)
            menu.setToolTipsVisible(True)
            self.menus[name] = menu
            self.bar.addMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(8)
        row.addWidget(self.logo)
        row.addWidget(self.bar)
        row.addStretch(1)
        self.name = QLabel(self)
        self.name.setFont(text_font("node_title"))
        self.name.setProperty("role", "document")
        self.state = QLabel(self)
        self.state.setProperty("role", "secondary")
        self._name = self._state = ""
        self.set_theme(look)

    def set_theme(self, look: Theme) -> None:
        """Paint the sign in a theme's accent."""
        self.logo.setPixmap(logo_pixmap(look, LOGO, self.devicePixelRatioF()))

    def set_title(self, name: str, state: str) -> None:
        """Say what is open, and whether it is saved."""
        self._name, self._state = name, f"· {state}" if state else ""
        self.setAccessibleName(f"{name} {self._state}".strip())
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    def _place(self) -> None:
        """Put the title in the middle of the window; beside the menus where that is too near."""
        left = self.bar.x() + self.bar.sizeHint().width() + GAP
        room = self.width() - left - GAP
        self.state.setText(self._state)
        tail = self.state.sizeHint().width() if self._state else 0
        metrics = self.name.fontMetrics()
        space = max(0, room - tail - 4)
        self.name.setText(metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, space))
        width = self.name.sizeHint().width()
        start = max(left, (self.width() - width - 4 - tail) // 2)
        self.name.setGeometry(start, 0, min(width, space), self.height())
        self.state.setGeometry(start + width + 4, 0, tail, self.height())
        self.state.setVisible(room > tail + width)
        self.name.setVisible(space > 24)
