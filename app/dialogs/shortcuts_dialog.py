"""The keyboard map: every command by menu with its keys, to be searched."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.commands.command import Command
from app.dialogs.dialog import Dialog, label
from graph_editor.canvas.theme import text_font

ELSEWHERE = "Command palette"
"""Heading of the commands that stand in no menu."""


def keys_of(command: Command) -> str:
    """Return a command's keys as this system writes them."""
    form = QKeySequence.SequenceFormat.NativeText
    keys = [part.strip() for part in command.shortcut.split(";") if part.strip()]
    return "  or  ".join(QKeySequence(key).toString(form) for key in keys)


class ShortcutsDialog(Dialog):
    """Reads the commands; nothing is written down twice."""

    def __init__(self, commands: Iterable[Command], parent: QWidget | None = None) -> None:
        super().__init__("Keyboard map", "Every command is also in the command palette.", parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search commands or keys")
        self.search.setAccessibleName("Search commands or keys")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(220)
        self.search.textChanged.connect(self._show_matches)
        self.add_to_head(self.search)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Commands and their keys")
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(12)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._fill(commands)
        self.nothing = label("No command has these words.", "secondary")
        self.nothing.hide()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.nothing)
        column.addWidget(self.tree)
        self.close_button = self.add_button("Close", "primary")
        self.close_button.clicked.connect(self.accept)
        self.fit(560, 560)
        self.search.setFocus()

    def _fill(self, commands: Iterable[Command]) -> None:
        groups: dict[str, list[Command]] = {}
        for command in commands:
            groups.setdefault(command.menu or ELSEWHERE, []).append(command)
        for menu, members in groups.items():
            group = QTreeWidgetItem(self.tree, [menu, ""])
            group.setFont(0, text_font("node_title"))
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setExpanded(True)
            for command in members:
                keys = keys_of(command)
                row = QTreeWidgetItem(group, [command.title, keys])
                row.setToolTip(0, command.doc)
                row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                said = f"{command.title}, {keys}" if keys else command.title
                row.setData(0, Qt.ItemDataRole.AccessibleTextRole, said)

    def _show_matches(self) -> None:
        words = self.search.text().lower().split()
        shown = 0
        for group in self._children(self.tree.invisibleRootItem()):
            inside = 0
            for row in self._children(group):
                known = f"{row.text(0)} {row.text(1)} {row.toolTip(0)} {group.text(0)}".lower()
                found = all(word in known for word in words)
                row.setHidden(not found)
                inside += found
            group.setHidden(not inside)
            shown += inside
        self.nothing.setVisible(not shown)

    @staticmethod
    def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
        rows = (item.child(at) for at in range(item.childCount()))
        return [row for row in rows if row is not None]
