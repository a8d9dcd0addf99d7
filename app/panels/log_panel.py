"""The log: what was done and what happened, each with its time, in one sentence."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.panels.log.delegate import LogDelegate
from app.panels.log.model import LEVELS, LINE, Line, LogModel, as_text
from app.session.seeking import HALTED
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon

GRADES = (
    ("Everything", tuple(LEVELS)),
    ("Warnings", ("warning", "error")),
    ("Errors", ("error",)),
)
ENGINE = {
    "starting": ("info", "Starting PyTorch"),
    "ready": ("ok", "PyTorch is ready"),
    **{state: ("error", words) for state, words in HALTED.items()},
}
"""Level and words of each state of the engine."""


class LogView(QListView):
    """The lines; several can be selected and copied."""

    def event(self, event: object) -> bool:
        asks = isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.ShortcutOverride
        if asks and event.matches(QKeySequence.StandardKey.Copy):  # type: ignore[attr-defined]  # a key event
            event.accept()  # type: ignore[attr-defined]  # as above
            return True
        return super().event(event)  # type: ignore[arg-type]  # Qt gives events only

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(self.foregroundRole()))
            place = self.viewport().rect()
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "No lines to show")
            painter.end()

    def copy_selected(self) -> None:
        """Put the selected lines on the clipboard."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        lines = [self.model().index(row, 0).data(LINE) for row in rows]
        if lines:
            QGuiApplication.clipboard().setText(as_text(lines))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy", self.copy_selected)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setEnabled(self.selectionModel().hasSelection())
        menu.addAction("Select all", self.selectAll)
        menu.popup(event.globalPos())


class Filter(QSortFilterProxyModel):
    """Lets through lines of some levels that hold some words."""

    levels: tuple[str, ...] = tuple(LEVELS)
    words = ""

    def narrow(self, levels: tuple[str, ...], words: str) -> None:
        """Let other lines through."""
        self.levels, self.words = levels, words.casefold()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: object) -> bool:
        del parent
        line: Line = self.sourceModel().index(row, 0).data(LINE)
        return line.level in self.levels and self.words in line.sentence.casefold()


class LogPanel(QWidget):
    """Writes down what the session says; others add what they know by ``add``."""

    title = "Log"
    glyph = "log"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._saved, self._path = session.project, session.path
        self.setAccessibleName("Log")
        self.lines = LogModel(self)
        self._shown = Filter(self)
        self._shown.setSourceModel(self.lines)
        self.view = LogView(self)
        self.view.setModel(self._shown)
        self.field, self.level = QLineEdit(self), QComboBox(self)
        self._copy, self._clear = QToolButton(self), QToolButton(self)
        self._lay_out()
        self._connect()
        self._restyle()
        self._engine_changed()  # what it said before this panel was made

    def _lay_out(self) -> None:
        self.view.setItemDelegate(LogDelegate(self.session, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName("Lines of the log")
        self.field.setPlaceholderText("Filter the log")
        self.field.setAccessibleName("Filter the log")
        self.field.setClearButtonEnabled(True)
        self.level.setAccessibleName("Which lines are shown")
        self.level.addItems([words for words, _ in GRADES])
        self.level.setToolTip("Lines of this grade and graver ones")
        self.level.setMinimumContentsLength(8)
        self.level.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        header = QFrame(self)
        header.setProperty("role", "panel")
        row = QHBoxLayout(header)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.field, 2)
        row.addWidget(self.level, 1)
        for button, words in ((self._copy, "Copy the lines shown"), (self._clear, "Clear the log")):
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.setIconSize(QSize(14, 14))
            button.setFixedSize(30, 26)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self.view, 1)
        self.setMinimumSize(180, 80)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        session = self.session
        session.said.connect(partial(self.add, level="info"))
        session.engine_changed.connect(self._engine_changed)
        session.saved_changed.connect(self._saved_changed)
        session.theme_changed.connect(self._restyle)
        self.field.textChanged.connect(self._narrow)
        self.level.currentIndexChanged.connect(self._narrow)
        self._copy.clicked.connect(self.copy_shown)
        self._clear.clicked.connect(self.lines.clear)

    def add(self, sentence: str, level: str = "info") -> None:
        """Write a sentence down; level is info, ok, warning or error."""
        sentence = " ".join(sentence.split())
        if not sentence:
            return
        bar = self.view.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        known = level if level in LEVELS else "info"
        self.lines.add(Line(f"{datetime.now():%H:%M:%S}", known, sentence))
        if follows:
            self.view.scrollToBottom()

    def copy_shown(self) -> None:
        """Put all lines that the filter lets through on the clipboard."""
        rows = range(self._shown.rowCount())
        QGuiApplication.clipboard().setText(
            as_text(self._shown.index(row, 0).data(LINE) for row in rows)
        )

    def _engine_changed(self) -> None:
        state, words = self.session.engine_state, self.session.engine_words
        if state in ENGINE:
            level, said = ENGINE[state]
            self.add(said if words in ("", said) else f"{said}: {words}", level)

    def _saved_changed(self) -> None:
        """Write down that the project was saved; going back to what was saved is no save."""
        session = self.session
        if session.document.is_modified or session.path is None:
            return
        if session.project is not self._saved or session.path != self._path:
            self.add(f"Saved {session.path}", "ok")
        self._saved, self._path = session.project, session.path

    def _narrow(self, *_: object) -> None:
        self._shown.narrow(GRADES[self.level.currentIndex()][1], self.field.text())
        self.view.scrollToBottom()

    def _restyle(self) -> None:
        look = self.session.theme
        self._copy.setIcon(glyph_icon("copy", look["text2"]))
        self._clear.setIcon(glyph_icon("close", look["text2"]))
        self.view.viewport().update()
