"""The search over all commands, and over all that can be added, at the top of the window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
)

from app.commands.registry import MENUS
from app.window.command_rows import ROW, Entry, RowPainter, Rows
from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.search import search
from graph_editor.catalogue.starting import placeable

if TYPE_CHECKING:
    from app.commands.command import Command
    from app.commands.frame import Frame
    from app.window.menus import Menus
    from app.window.shell import Shell
    from graph_editor.catalogue.spec import Spec

WIDTH, MOST_ROWS, MARGIN = 560, 11, 12
MOST_NODES = 60


class SearchLine(QLineEdit):
    """The line that is typed into; it says when the keyboard has gone elsewhere."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class CommandPalette(QFrame):
    """Opens under the toolbar; Return does what is marked, Esc closes."""

    def __init__(self, place: Frame, menus: Menus, shell: Shell) -> None:
        super().__init__(shell)
        self._place, self._menus, self._shell = place, menus, shell
        self._commands_only = False
        self.setProperty("role", "popup")
        self.setAccessibleName("Search commands and nodes")
        self.line = SearchLine(self)
        self.line.setProperty("role", "bare")
        self.line.textChanged.connect(self._search)
        self.line.left.connect(self.close_palette)
        self.line.installEventFilter(self)
        self.sign = QLabel(self)
        self.rows = Rows(self)
        self.list = QListView(self)
        self.list.setModel(self.rows)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName("Matches")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._choose)
        self.foot = QLabel(self)
        self.foot.setProperty("role", "secondary")
        self.foot.setWordWrap(True)
        self.foot.setMargin(8)
        self._lay_out()
        self.list.selectionModel().currentChanged.connect(self._tell)
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(self.sign)
        head.addWidget(self.line, 1)
        line = QFrame(self)
        line.setProperty("role", "line")
        line.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line)
        column.addWidget(self.list)
        column.addWidget(self.foot)

    def open_palette(self, commands_only: bool = False) -> None:
        """Show it, empty, with the keyboard in it."""
        self._commands_only = commands_only
        look = self._place.session.theme
        self.list.setItemDelegate(RowPainter(look, self.list))
        self.sign.setPixmap(glyph_pixmap("search", look["text2"], 16, self.devicePixelRatioF()))
        words = "Search commands" if commands_only else "Search commands and nodes"
        self.line.setPlaceholderText(words)
        self.line.setAccessibleName(words)
        self.line.clear()
        self._search("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def close_palette(self) -> None:
        """Go away, and give the keyboard back to the canvas."""
        if not self.isVisible():
            return
        had = self.line.hasFocus()
        self.hide()
        if had:
            self._place.canvas.setFocus()

    def _search(self, text: str) -> None:
        found = [*self._commands(text), *self._nodes(text)]
        self.rows.show_entries(found)
        if found:
            self.list.setCurrentIndex(self.rows.index(0))
        self._fit(len(found))
        if not found:
            self.foot.setText("No command and no node has these letters.")
            self.foot.show()

    def _commands(self, text: str) -> list[Entry]:
        entries = [
            (score, self._entry(command, menu, spans))
            for menu, command in self._flat()
            if (match := matched(command.words(self._place), f"{menu} {command.doc}", text))
            for score, spans in (match,)
        ]
        entries.sort(key=lambda pair: (bool(pair[1].reason), -pair[0]))
        return [entry for _, entry in entries]

    def _flat(self) -> list[tuple[str, Command]]:
        """Return all commands that do something, those of submenus too."""
        flat: list[tuple[str, Command]] = []
        for menu, commands in MENUS:
            for command in commands:
                if command.choices is None:
                    flat.append((menu, command))
                elif menu != "Add":
                    inside = command.choices(self._place)
                    flat += [(f"{menu} › {command.title}", each) for each in inside]
        return flat

    def _entry(self, command: Command, menu: str, spans: tuple[tuple[int, int], ...]) -> Entry:
        return Entry(
            command.words(self._place),
            menu,
            lambda: self._menus.run(command),
            command.glyph,
            keys=self._place.session.keys.of(command.id),
            reason=command.unavailable(self._place),
            spans=spans,
        )

    def _nodes(self, text: str) -> list[Entry]:
        if self._commands_only or not text.strip():
            return []
        from graph_editor.canvas import actions

        canvas = self._place.canvas
        hits = search(self._specs(), text)[:MOST_NODES]
        return [
            Entry(
                f"Add {hit.spec.title}",
                hit.spec.summary,
                partial(actions.add_at, canvas, hit.spec.name, hit.args),
                family_of(hit.spec),
                family_of(hit.spec),
                spans=tuple((start + 4, length) for start, length in hit.spans),
            )
            for hit in hits
        ]

    def _specs(self) -> list[Spec]:
        session = self._place.session
        return list(placeable(session.project, session.lookup))

    def _tell(self, current: QModelIndex, _: QModelIndex) -> None:
        entry = self.rows.entry(current)
        self.foot.setText(entry.reason if entry else "")
        self.foot.setVisible(bool(entry and entry.reason))
        self._fit(self.rows.rowCount())

    def _fit(self, count: int) -> None:
        """Take the size that the entries need, in the middle under the title."""
        room = self._shell.rect()
        width = min(WIDTH, room.width() - 2 * MARGIN)
        rows = max(1, min(count, MOST_ROWS, (room.height() - 200) // ROW))
        self.list.setFixedHeight(rows * ROW + 4)
        self.list.setVisible(count > 0)
        self.resize(width, self.sizeHint().height())
        self.move((room.width() - width) // 2, self._shell.title_row.height() + MARGIN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if self._key(event.key()):
                return True
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: MOST_ROWS - 1,
            Qt.Key.Key_PageUp: 1 - MOST_ROWS,
        }
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        elif Qt.Key(key) in steps:
            self._move(steps[Qt.Key(key)])
        else:
            return False
        return True

    def _move(self, step: int) -> None:
        count = self.rows.rowCount()
        if count:
            row = max(0, min(count - 1, self.list.currentIndex().row() + step))
            self.list.setCurrentIndex(self.rows.index(row))

    def _choose(self, index: QModelIndex) -> None:
        entry = self.rows.entry(index)
        if entry is None:
            return
        if entry.reason:
            self._place.session.said.emit(entry.reason)
            return
        self.close_palette()
        entry.run()


def matched(title: str, about: str, text: str) -> tuple[float, tuple[tuple[int, int], ...]] | None:
    """Return how well a command matches what was typed, and which letters; None: not at all."""
    wanted, low = text.strip().lower(), title.lower()
    if not wanted:
        return 0.0, ()
    at = low.find(wanted)
    if at >= 0:
        begins = at == 0 or not low[at - 1].isalnum()
        return (100.0 if at == 0 else 80.0 if begins else 40.0), ((at, len(wanted)),)
    spans: list[tuple[int, int]] = []
    for word in wanted.split():
        place = low.find(word)
        if place >= 0:
            spans.append((place, len(word)))
        elif word not in about.lower():
            return None
    return 20.0 + 5 * len(spans), tuple(spans)
