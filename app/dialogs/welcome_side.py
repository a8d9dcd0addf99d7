"""The left column of the welcome page: begin anew, open, and what was open last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.commands.shortcuts import native, present
from app.dialogs.background import Background
from app.dialogs.dialog import Scroll, emptied, label
from app.session.ago import ago
from app.session.recent import Recent, forget_recent, recent_files
from app.settings.store import Settings
from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.canvas.theme import Theme

MOST = 10
NARROW = 240
"""Width below which the keys are left out; they stand in the menu, too."""
GONE = "It is not there any more: {}"
TRUST = "Opening a file runs nothing."


class SideRow(QPushButton):
    """A row to press: glyph, title, a line below it, and something small at the right."""

    def __init__(
        self, glyph: str, title: str, below: str, right: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._glyph = glyph
        self.setProperty("role", "flat")
        self.setAutoDefault(False)
        self.setAccessibleName(title)
        self.setAccessibleDescription(" ".join(part for part in (below, right) if part))
        self.picture = QLabel(self)
        self.picture.setFixedWidth(16)
        self.title = _cut_label(title, "")
        self.below = _cut_label(below, "caption")
        self.below.setVisible(bool(below))
        self.right = label(right, "caption")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.below)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(10)
        row.addWidget(self.picture)
        row.addLayout(words, 1)
        row.addWidget(self.right, 0, Qt.AlignmentFlag.AlignVCenter)
        for child in self.findChildren(QLabel):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._high = 44 if below else 32
        self.setStyleSheet(f"QPushButton {{ min-height: {self._high - 6}px; }}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self._high)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._high)

    def set_theme(self, look: Theme) -> None:
        """Draw the glyph in another theme."""
        scale = self.devicePixelRatioF()
        self.picture.setPixmap(glyph_pixmap(self._glyph, look["text2"], 16, scale))


class WelcomeSide(Scroll):
    """What the user most often wants at the start."""

    new_empty = Signal()
    open_path = Signal(object)
    """A Path; None: ask which."""

    def __init__(self, settings: Settings, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(12, parent)
        self._settings, self._look = settings, look
        self._looking = Background(self._looked, self)
        self.rows: list[SideRow] = []
        self.column.setSpacing(2)
        self.column.addWidget(label("Netwright", "title"))
        self.column.addWidget(
            label("Draw networks. Run the code you see.", "secondary", wraps=True)
        )
        self.column.addSpacing(12)
        self.new_row = self._made_row("plus", "Empty graph", "", _keys(settings, "file.new"))
        self.new_row.clicked.connect(self.new_empty)
        self.open_row = self._made_row("folder", "Open…", "", _keys(settings, "file.open"))
        self.open_row.clicked.connect(lambda: self.open_path.emit(None))
        for row in (self.new_row, self.open_row):
            row.right.setProperty("role", "key")
            self.column.addWidget(row)
        self.column.addSpacing(16)
        self.recent_title = label("Recent", "section")
        self.column.addWidget(self.recent_title)
        self.recent = QVBoxLayout()
        self.recent.setSpacing(0)
        self.column.addLayout(self.recent)
        self.column.addStretch(1)
        self.column.addWidget(label(TRUST, "caption", wraps=True))
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for row in (self.new_row, self.open_row):
            row.right.setVisible(self.width() >= NARROW)

    def refresh(self) -> None:
        """Read the recent files anew."""
        for old in emptied(self.recent):
            old.hide()
            old.deleteLater()
        files = recent_files(self._settings)[:MOST]
        self.rows = [self._recent_row(each) for each in files]
        for row in self.rows:
            self.recent.addWidget(row)
        self.recent_title.setVisible(bool(files))
        paths = [each.path for each in files]
        self._looking.ask(lambda: [_is_there(path) for path in paths])

    def set_theme(self, look: Theme) -> None:
        """Draw the glyphs in another theme."""
        self._look = look
        for row in (self.new_row, self.open_row, *self.rows):
            row.set_theme(look)

    def _made_row(self, glyph: str, title: str, below: str, right: str) -> SideRow:
        row = SideRow(glyph, title, below, right, self.content)
        row.set_theme(self._look)
        return row

    def _recent_row(self, recent: Recent) -> SideRow:
        path = recent.path
        row = self._made_row("file", path.stem, _folder(path), ago(recent.when))
        row.setToolTip(str(path))
        row.clicked.connect(lambda: self.open_path.emit(path))
        forget = QAction("Take off this list", row)
        forget.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        forget.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        forget.triggered.connect(lambda: self._forget(path))
        row.addAction(forget)
        row.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return row

    def _forget(self, path: Path) -> None:
        forget_recent(self._settings, path)
        self.refresh()
        (self.rows[0] if self.rows else self.open_row).setFocus()

    def _looked(self, found: object) -> None:
        """Show which files are gone; opening one says so, too."""
        if isinstance(found, list):
            for row, there in zip(self.rows, found, strict=False):
                if not there:
                    row.right.setText("gone")
                    row.setToolTip(GONE.format(row.toolTip()))


class _CutLabel(QLabel):
    """One line that ends in dots where there is no room."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.full = text
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        mode = Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(self.full, mode, self.width()))


def _cut_label(text: str, role: str) -> _CutLabel:
    made = _CutLabel(text)
    if role:
        made.setProperty("role", role)
    return made


def _keys(settings: Settings, command_id: str) -> str:
    return native(next(iter(present(settings)[command_id]), ""))


def _folder(path: Path) -> str:
    try:
        return str(Path("~") / path.parent.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path.parent)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
