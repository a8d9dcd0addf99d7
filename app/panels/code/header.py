"""The first row of the code panel: its files as tabs, what they are worth, and copying."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QTabBar, QToolButton, QWidget

from app.panels.code.state import State
from app.session.keys import Keys
from graph_editor.canvas.glyphs import glyph_icon, glyph_pixmap
from graph_editor.canvas.theme import Theme

TABS = ("model.py", "data.py", "train.py")
"""What a person looks at while drawing; predictions, tests and lists stand behind a button."""
BESIDE = 196
"""Pixels that everything beside the tabs and the words needs."""
BUTTON = 33
"""Pixels of a button with the space behind it."""


class Header(QFrame):
    """The usual files have tabs; others stand behind a button until they are wanted."""

    file_changed = Signal()
    copy_asked = Signal()
    open_asked = Signal()
    compare_asked = Signal()
    edit_asked = Signal()

    def __init__(self, look: Theme, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = keys
        self._look, self._names, self._counts = look, list[str](), dict[str, str]()
        self.setProperty("role", "window")
        self.setFixedHeight(28)
        self.tabs = QTabBar(self, expanding=False, usesScrollButtons=True)
        self.tabs.setAccessibleName("Files")
        self.more, self.copy = QToolButton(self), QToolButton(self)
        self.compare, self.editor = QToolButton(self), QToolButton(self)
        self.edit = QToolButton(self)
        self.compare.setCheckable(True)
        self.edit.setCheckable(True)
        self._glyph, self._words = QLabel(self), QLabel(self)
        self._words.setProperty("role", "secondary")
        self.copy.setAccessibleName("Copy this file")
        self.compare.setAccessibleName("Compare the code")
        self.edit.setAccessibleName("Edit the code")
        self.editor.setAccessibleName("Open the code in the editor")
        self.more.setAccessibleName("More files")
        self.more.setToolTip("More files")
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon behind the text
        for button in (self.edit, self.compare, self.editor, self.copy, self.more):
            button.setIconSize(QSize(14, 14))
            button.setFixedSize(30, 24)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(3)
        row.addWidget(self.tabs)
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self._glyph)
        row.addWidget(self._words)
        for button in (self.edit, self.compare, self.editor, self.copy):
            row.addWidget(button)
        self.tabs.currentChanged.connect(self._turned)
        self.copy.clicked.connect(lambda _=False: self.copy_asked.emit())
        self.editor.clicked.connect(lambda _=False: self.open_asked.emit())
        self.compare.clicked.connect(lambda _=False: self.compare_asked.emit())
        self.edit.clicked.connect(lambda _=False: self.edit_asked.emit())
        self.more.clicked.connect(self._offer)

    @property
    def file(self) -> str:
        """The name of the file that is chosen."""
        return self._name(self.tabs.currentIndex())

    @property
    def names(self) -> list[str]:
        """The names of all files, in order."""
        return self._names

    def set_names(self, names: list[str]) -> None:
        """Offer other files; the one that is chosen stays, if it is among them."""
        if names == self._names:
            return
        current = self.file if self._names else names[0]
        self._names = names
        with QSignalBlocker(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for name in names:
                if name in TABS or name == current:
                    self._add_tab(name)
            self.tabs.setCurrentIndex(max(0, self._tab(current)))
        self.fit()

    def set_counts(self, counts: dict[str, str]) -> None:
        """Say behind the names of files how much of them differs: ``+3 −1``."""
        if counts != self._counts:
            self._counts = counts
            for index in range(self.tabs.count()):
                self.tabs.setTabText(index, self._title(self._name(index)))
            self.fit()

    def _title(self, name: str) -> str:
        return f"{name}  {self._counts[name]}" if self._counts.get(name) else name

    def _name(self, index: int) -> str:
        return str(self.tabs.tabData(index) or "")

    def _add_tab(self, name: str) -> int:
        at = self.tabs.addTab(self._title(name))
        self.tabs.setTabData(at, name)
        return at

    def show_file(self, name: str) -> None:
        """Turn to a file, where there is one of that name."""
        if name in self._names:
            at = self._tab(name)
            self.tabs.setCurrentIndex(at if at >= 0 else self._add_tab(name))

    def say(self, state: State, has_file: bool) -> None:
        """Say what the files are worth."""
        self._say(state)
        self.copy.setEnabled(has_file)
        self.copy.setToolTip("Copy this file" if has_file else "There is no code to copy yet.")
        self.editor.setEnabled(has_file)
        words = self.keys.said("Open in the editor (Ctrl+Shift+O)")
        self.editor.setToolTip(words if has_file else "There is no code to open yet.")
        self.fit()

    def _say(self, state: State) -> None:
        scale = self.devicePixelRatioF()
        self._glyph.setPixmap(glyph_pixmap(state.glyph, self._look[state.colour], 14, scale))
        self._words.setText(state.words)
        for widget in (self._glyph, self._words):
            widget.setToolTip(state.reason or _capital(state.words))
            widget.setAccessibleName(state.words)

    def say_edit(self, reason: str, is_on: bool) -> None:
        """Say whether the file is being edited, or why it cannot be."""
        self.edit.setChecked(is_on)
        self.edit.setEnabled(is_on or not reason)
        usual = self.keys.said("End editing (F4)" if is_on else "Edit the code (F4)")
        self.edit.setToolTip(usual if is_on else reason or usual)
        if is_on:
            self._say(State("pencil", "link", "being edited"))
            self.fit()

    def set_theme(self, look: Theme) -> None:
        """Draw the buttons in another theme."""
        self._look = look
        buttons = {"copy": self.copy, "compare": self.compare, "open_out": self.editor}
        buttons["pencil"] = self.edit
        for glyph, button in buttons.items():
            button.setIcon(glyph_icon(glyph, look["text2"]))
        self.fit()

    def fit(self) -> None:
        """Where there is no room, leave the words out (the glyph says the same), then the tabs.

        At last editing, then comparing and the editor go into the menu, too.
        """
        words = self._words.fontMetrics().horizontalAdvance(self._words.text())
        width, tabs = self.width(), self.tabs.sizeHint().width()
        narrow = width < tabs + BESIDE
        chosen = self.more.fontMetrics().horizontalAdvance(self.file) + 34
        tight = narrow and width < chosen - 30 + BESIDE
        tiny = tight and width < chosen - 30 + BESIDE - BUTTON
        self.edit.setVisible(not tight)
        for button in (self.compare, self.editor):
            button.setVisible(not tiny)
        room = width - (BESIDE - 30 - BUTTON * tight - 2 * BUTTON * tiny)
        self.tabs.setVisible(not narrow)
        self.more.setVisible(narrow or any(name not in TABS for name in self._names))
        self.more.setText(self.file if narrow else "")
        glyph = "chevron_down" if narrow else "more"
        self.more.setIcon(glyph_icon(glyph, self._look["text2"]))
        self.more.setFixedWidth(max(30, min(chosen, room)) if narrow else 30)
        self._words.setVisible(width >= words + BESIDE + (chosen - 30 if narrow else tabs))

    def menu(self) -> QMenu:
        """Return a menu of the files that have no tab now, and of what has no button."""
        menu, hidden = QMenu(self), self.tabs.isHidden()
        for name in [name for name in self._names if hidden or name not in TABS]:
            menu.addAction(self._title(name), partial(self.show_file, name))
        if self.edit.isHidden():
            menu.addSeparator()
            edit = menu.addAction("Edit the code", self.edit_asked.emit)
            edit.setEnabled(self.edit.isEnabled())
        if self.compare.isHidden():
            compare = menu.addAction("Compare the code", self.compare_asked.emit)
            compare.setCheckable(True)
            compare.setChecked(self.compare.isChecked())
            menu.addAction("Open in the editor", self.open_asked.emit)
        return menu

    def _offer(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _tab(self, name: str) -> int:
        """Return the place of a file's tab; -1: it is behind the button."""
        names = [self._name(index) for index in range(self.tabs.count())]
        return names.index(name) if name in names else -1

    def _turned(self) -> None:
        """Put files without a tab of their own behind the button again, but for the one chosen."""
        with QSignalBlocker(self.tabs):
            for index in reversed(range(self.tabs.count())):
                name = self._name(index)
                if name not in TABS and name != self.file:
                    self.tabs.removeTab(index)
        self.file_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith("…") else ".")
