"""The window as it is first painted: all its rows and docks, and nothing heavy behind them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QTabBar, QTabWidget, QVBoxLayout, QWidget

from app.dialogs.dialog import press_held
from app.window.arrangement import RAIL, arrange, kind_of
from app.window.dock_tabs import DockTabs
from app.window.logo import logo_icon
from app.window.panel_dock import PanelDock
from app.window.panel_table import PANELS
from app.window.status_row import StatusRow
from app.window.tab_walk import walk
from app.window.title_row import TitleRow
from app.window.tool_row import ToolRow
from graph_editor.canvas.theme import Theme

FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(480, 320)
GRID = 24
NOTE_AFTER = 250
"""Milliseconds for which the docks rest before their places are noted."""
TAB_POSITION = QTabWidget.TabPosition.North
AREAS = Qt.DockWidgetArea.AllDockWidgetAreas


class Ground(QWidget):
    """The empty canvas, until the real one stands: its ground and the dots of its grid."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Canvas")

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawTiledPixmap(self.rect(), self._tile())

    def _tile(self) -> QPixmap:
        tile = QPixmap(GRID, GRID)
        tile.fill(self.look["canvas"])
        painter = QPainter(tile)
        painter.setPen(QPen(self.look["grid"], 1.5))
        painter.drawPoint(QPointF(GRID - 1, GRID - 1))
        painter.end()
        return tile


class Shell(QMainWindow):
    """Rows, docks and centre of one window."""

    first_painted = Signal()
    furnished = Signal()
    """Every panel stands and every command does what it says."""
    arranged = Signal(str)
    """The docks were put into another arrangement: wide, middle or narrow."""

    def __init__(self, look: Theme, remembered: dict[str, str] | None = None) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.look = look
        self.may_close: Callable[[], bool] = lambda: True
        """Asked before the window closes."""
        self.layouts = dict(remembered or {})
        """The user's own places of the docks by arrangement, as Qt writes them."""
        self.kind = ""
        self._painted = False
        self.title_row = TitleRow(look, self)
        self.tools = ToolRow(look, self)
        self.status = StatusRow(look, self)
        self.centre = QStackedWidget(self)
        self.ground = Ground(look, self)
        self.centre.addWidget(self.ground)
        self.docks = {place.id: PanelDock(place, look, self) for place in PANELS}
        self._tabs = DockTabs(self)
        self._tidying = QTimer(self, singleShot=True, interval=0)
        self._tidying.timeout.connect(self._tidy)
        self._noting = QTimer(self, singleShot=True, interval=NOTE_AFTER)
        self._noting.timeout.connect(self.keep_layout)
        self._build()
        self.ground.setFocus()
        self.resize(FIRST_SIZE)
        self.setMinimumSize(LEAST_SIZE)

    def _build(self) -> None:
        self.setWindowTitle("Netwright")
        head = QWidget(self)
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title_row)
        column.addWidget(self.tools)
        self.setMenuWidget(head)
        self.middle = QWidget(self)
        self.middle_column = QVBoxLayout(self.middle)
        self.middle_column.setContentsMargins(0, 0, 0, 0)
        self.middle_column.setSpacing(0)
        self.middle_column.addWidget(self.centre, 1)
        self.setCentralWidget(self.middle)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.status, 1)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks
        )
        self.setTabPosition(AREAS, TAB_POSITION)
        corners = (Qt.Corner.TopLeftCorner, Qt.Corner.BottomLeftCorner)
        for corner in corners:
            self.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        for corner in (Qt.Corner.TopRightCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, Qt.DockWidgetArea.RightDockWidgetArea)
        for dock in self.docks.values():
            dock.visibilityChanged.connect(self._tidying.start)
            dock.installEventFilter(self)

    def set_theme(self, look: Theme) -> None:
        """Paint what the style sheet does not reach in another theme."""
        self.look = look
        self.setWindowIcon(logo_icon(look))
        for row in (self.title_row, self.tools, self.status):
            row.set_theme(look)
        for dock in self.docks.values():
            dock.set_theme(look)

    # Where the docks stand

    def keep_layout(self) -> None:
        """Note where the user has put the docks of this arrangement."""
        if self.kind:
            self.layouts[self.kind] = bytes(self.saveState().toBase64().data()).decode("ascii")

    def arrange_docks(self, kind: str, afresh: bool = False) -> None:
        """Put the docks where they stood last in an arrangement, or where they stand at first."""
        self.kind = kind
        if afresh:
            self.layouts.pop(kind, None)
        self.docks["palette"].holder.set_width(RAIL if kind == "narrow" else None)
        arrange(self, self.docks, kind)
        kept = self.layouts.get(kind)
        if kept:
            self.restoreState(QByteArray.fromBase64(QByteArray(kept.encode("ascii"))))
        self.arranged.emit(kind)
        self._tidying.start()

    def _tidy(self) -> None:
        """Show titles on docks that are no tabs, and let the tabs be reached by keyboard."""
        for dock in self.docks.values():
            others = [d for d in self.tabifiedDockWidgets(dock) if not d.isHidden()]
            dock.show_head(alone=not others)
        for bar in self.findChildren(QTabBar):
            if bar.parent() is self:
                self._tabs.dress(bar)

    # What happens

    def event(self, event: QEvent) -> bool:
        taken = super().event(event)
        if not self._painted and event.type() is QEvent.Type.Paint:
            self._painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)
        return taken

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press a button that has the keyboard, as Space does."""
        if not press_held(self, event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Lead the keyboard past what can be seen; panels behind others are no part of the way."""
        return walk(self, forwards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        kind = kind_of(event.size().width())
        if kind != self.kind and self.isVisible():
            self._noting.stop()  # the docks have been squeezed already: that is nobody's wish
            self.arrange_docks(kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._noting.start()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        kind = kind_of(self.width())
        if kind != self.kind:
            self.arrange_docks(kind)
        super().showEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close():
            event.accept()
        else:
            event.ignore()
