"""The toolbar: undo, order, the way to the shown graph, search, device, training, export."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QSizePolicy, QWidget

from app.window.breadcrumb import Breadcrumb
from app.window.dropping_row import DroppingRow
from app.window.keyed_button import GLYPH, GlyphButton, KeyedButton
from graph_editor.canvas.glyphs import glyph_icon, glyph_pixmap
from graph_editor.canvas.theme import Theme, measure

SEARCH_WIDTH, SHORT, WIDEST = 280, 38, 400
TRAIN = "Train what is drawn (Ctrl+R)"


class ToolRow(DroppingRow):
    """All buttons of the toolbar; what they do is said by whoever furnishes the window."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(round(measure("height", "toolbar")), parent)
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.undo = GlyphButton("undo", "Undo", self)
        self.redo = GlyphButton("redo", "Redo", self)
        self.arrange = GlyphButton("arrange", "Arrange", self)
        self.fit_all = GlyphButton("fit", "Fit all", self)
        self.path = Breadcrumb(look, self)
        self.search = KeyedButton("Search commands and nodes", "search", self)
        self.device = KeyedButton("CPU", "device", self)
        self.devices = QMenu(self.device)
        self.devices.setToolTipsVisible(True)
        self.device.clicked.connect(self._open_devices)
        self.train = KeyedButton("Train", "primary", self)
        self.epoch = QPushButton(self)
        self.pause = _square("Pause")
        self.stop = _square("Stop")
        self.export_ = KeyedButton("Export", "", self)
        self._live: tuple[str, bool] | None = None
        self._reason = self._caution = ""
        self._said: Callable[[str], str] = str
        self._pause_icons: tuple[QIcon, ...] = ()
        self._lines = [self._line() for _ in range(3)]
        self._name_all()
        self._lay_out()
        self._say_what_drops()
        self.set_live("", paused=False)
        self.set_theme(look)

    def set_theme(self, look: Theme) -> None:
        """Paint all glyphs in a theme."""
        for button in (self.undo, self.redo, self.arrange, self.fit_all):
            button.set_theme(look)
        self.path.set_theme(look)
        self.search.setIcon(glyph_icon("search", look["text2"]))
        self.device.setIcon(glyph_icon("chip", look["text"]))
        scale = self.devicePixelRatioF()
        self.device.set_mark(glyph_pixmap("chevron_down", look["text2"], 12, scale))
        self.train.setIcon(glyph_icon("play", look["on_accent"]))
        self.stop.setIcon(glyph_icon("stop", look["text"]))
        self.export_.setIcon(glyph_icon("export", look["text"]))
        self.epoch.setIcon(_dot(look["ring"], self.devicePixelRatioF()))
        self._pause_icons = (glyph_icon("pause", look["text"]), glyph_icon("play", look["text"]))
        self.pause.setIcon(self._pause_icons[self._live == (self.epoch.text(), True)])

    def set_live(self, words: str, paused: bool) -> None:
        """Show a run that goes on, as ``Epoch 3 of 20``; without words, the button that starts."""
        if (words, paused) == self._live:
            return
        self._live = (words, paused)
        live = bool(words)
        self.train.setVisible(not live)
        for button in (self.epoch, self.pause, self.stop):
            button.setVisible(live)
        self.epoch.setText(words)
        name = "Resume" if paused else "Pause"
        self.pause.setAccessibleName(name)
        self._say_pause()
        if self._pause_icons:
            self.pause.setIcon(self._pause_icons[paused])
        self.fit()

    def set_reason(self, reason: str) -> None:
        """Say in the button's tooltip why no run can be started, or which keys start one."""
        self._reason = reason
        self._say_train()

    def set_caution(self, words: str) -> None:
        """Say at the button what may happen; a run can be started all the same."""
        if words != self._caution:
            self._caution = words
            self._say_train()

    def _say_train(self) -> None:
        caution = "" if self._reason else self._caution
        self.train.setToolTip("\n".join(filter(None, (self._reason or self._said(TRAIN), caution))))
        self.train.setAccessibleDescription(caution)

    def say_keys(self, now: Callable[[str], str], said: Callable[[str], str]) -> None:
        """Show the present keys for the usual ones."""
        self._said = said
        self.search.set_keys(now("Ctrl+K"), "key")
        self.train.set_keys(now("Ctrl+R"), "on_accent")
        self.export_.setToolTip(said("Export Python (Ctrl+E)"))
        self.stop.setToolTip(said("Stop (Ctrl+.)"))
        for button, words in ((self.arrange, "Arrange (Ctrl+L)"), (self.fit_all, "Fit all (Home)")):
            button.setToolTip(said(words))
        self._say_train()
        self._say_pause()
        self.fit()

    def _say_pause(self) -> None:
        self.pause.setToolTip(self._said(f"{self.pause.accessibleName()} (Ctrl+Shift+R)"))

    def set_device(self, words: str) -> None:
        """Show where runs train."""
        self.device.set_short(False, words)
        self.fit()

    def _open_devices(self) -> None:
        below = self.device.mapToGlobal(self.device.rect().bottomLeft())
        self.devices.popup(below)

    def _name_all(self) -> None:
        self.search.setAccessibleName("Search commands and nodes")
        self.search.set_keys("Ctrl+K", "key")
        self.search.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._narrow_search(False)
        self.device.setAccessibleName("Device")
        self.device.setToolTip("Where runs train")
        self.train.setAccessibleName("Train")
        self.train.setToolTip(TRAIN)
        self.train.set_keys("Ctrl+R", "on_accent")
        self.export_.setAccessibleName("Export")
        self.export_.setToolTip("Export Python (Ctrl+E)")
        self.epoch.setToolTip("Show the run")
        self.stop.setToolTip("Stop (Ctrl+.)")
        for button in (self.search, self.device, self.train, self.epoch, self.export_):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lay_out(self) -> None:
        self.row.setContentsMargins(10, 0, 12, 0)
        self.row.setSpacing(4)
        for part in (self.undo, self.redo, self._lines[0], self.arrange, self.fit_all):
            self.row.addWidget(part)
        self.row.addWidget(self._lines[1])
        self.row.addWidget(self.path, 1)
        self.row.addWidget(self.search)
        self.row.addWidget(self._lines[2])
        for button in (self.device, self.train, self.epoch, self.pause, self.stop, self.export_):
            self.row.addWidget(button)

    def _say_what_drops(self) -> None:
        self.add_step(self.train.drop_keys)
        self.add_step(lambda less: self.export_.set_short(less))
        self.add_step(self._narrow_search)
        self.add_step(self.path.show_few)
        self.add_step(self.path.show_last)
        self.add_step(lambda less: self.device.set_short(less))
        self.add_step(self.path.show_home)
        self.hide_step(self._lines[0], self._lines[1], self.arrange, self.fit_all)

    def _narrow_search(self, less: bool) -> None:
        self.search.set_short(less)
        self.search.setMinimumWidth(SHORT if less else SEARCH_WIDTH)
        self.search.setMaximumWidth(SHORT if less else WIDEST)  # wide letters need more
        self._lines[2].setVisible(not less)

    def _line(self) -> QFrame:
        line = QFrame(self)
        line.setProperty("role", "tool_line")
        line.setFixedSize(QSize(9, 18))
        return line


def _square(name: str) -> QPushButton:
    button = QPushButton()
    button.setProperty("role", "square")
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setIconSize(GLYPH)
    button.setFixedSize(34, 28)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _dot(colour: QColor, scale: float) -> QIcon:
    side = round(16 * scale)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QRectF(side * 0.25, side * 0.25, side * 0.5, side * 0.5))
    painter.end()
    made.setDevicePixelRatio(scale)
    return QIcon(made)
