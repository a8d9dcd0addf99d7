"""Turns commands into the entries of menus, with their keys and the reasons why they are off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.commands.command import Command
from graph_editor.canvas.glyphs import glyph_icon

if TYPE_CHECKING:
    from app.commands.frame import Frame


FOR_THE_CANVAS = ("Tab", "Return", "Enter", "Space", "Esc", "Left", "Right", "Up", "Down")
"""Keys that would be taken from fields over the canvas; the canvas itself sees to them."""


def key_sequences(command: Command) -> list[QKeySequence]:
    """Return the usual keys of a command."""
    return [QKeySequence(keys) for keys in command.shortcut.split(";") if keys]


class Menus(QObject):
    """All entries of one window. They are set right when their menu opens; keys always work: what
    cannot be done then says why in the status bar.
    """

    def __init__(self, frame: Frame, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent or window)
        self._frame = frame
        self._window = window
        self.actions: dict[str, QAction] = {}
        self._keys: Mapping[str, tuple[str, ...]] = {}
        self._foreseen: Command | None = None
        """The command of the entry that is pointed at, if it shows what it would do."""

    def fill(self, menu: QMenu, commands: Sequence[Command]) -> None:
        """Fill a menu that stays, and set its entries right whenever it opens."""
        made = self._add(menu, commands, keys=True)
        if any(command.foresee is not None for command in commands):
            menu.hovered.connect(partial(self._point, {a: c for c, a in made}))
            menu.aboutToHide.connect(self._leave)
        menu.aboutToShow.connect(partial(self._set_right, made))
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, self, partial(self._free, made)))

    def offer(self, menu: QMenu, commands: Iterable[Command | None]) -> None:
        """Fill a menu that is made for once, and set its entries right; None is a line between."""
        for command in commands:
            if command is None:
                menu.addSeparator()
                continue
            alone = replace(command, under="")  # a submenu for one entry would be one click more
            made = self._add(menu, [alone], keys=False)
            for _, action in made:
                self._set_keys(command, action)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                action.setShortcutVisibleInContextMenu(True)
            self._set_right(made)

    def can(self, name: str) -> bool:
        """Whether a command can be run now, by its id."""
        from app.commands.registry import BY_ID

        return not BY_ID[name].unavailable(self._frame)

    def run(self, command: Command) -> None:
        """Run a command, or say why it cannot be run now."""
        reason = command.unavailable(self._frame)
        if reason:
            self._frame.session.said.emit(reason)
            return
        command.run(self._frame)

    def _point(self, commands: Mapping[QAction, Command], action: QAction) -> None:
        """Have it shown what the entry under the pointer would do, if it is one that shows it."""
        command = commands.get(action)
        if command is self._foreseen:
            return
        self._leave()
        if command is not None and command.foresee is not None:
            self._foreseen = command
            command.foresee(self._frame)

    def _leave(self) -> None:
        command, self._foreseen = self._foreseen, None
        if command is not None and command.leave is not None:
            command.leave(self._frame)

    def _add(
        self, menu: QMenu, commands: Iterable[Command], keys: bool
    ) -> list[tuple[Command, QAction]]:
        made: list[tuple[Command, QAction]] = []
        group: int | None = None
        inner: QMenu | None = None
        for command in commands:
            if group is not None and command.group != group:
                menu.addSeparator()
            group = command.group
            inner = _inner(menu, inner, command.under)
            action = self._submenu(inner or menu, command) if command.choices else QAction(menu)
            if not command.choices:
                (inner or menu).addAction(action)
                action.triggered.connect(partial(self._triggered, command))
            action.setText(_escaped(command.title))
            if command.glyph:
                action.setIcon(glyph_icon(command.glyph, self._frame.session.theme["text2"]))
            if keys:
                self._give_keys(command, action)
                self.actions[command.id] = action
            made.append((command, action))
        return made

    def _triggered(self, command: Command, _: bool = False) -> None:
        self.run(command)

    def _give_keys(self, command: Command, action: QAction) -> None:
        self._set_keys(command, action)
        if command.on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._frame.canvas.addAction(action)
        else:
            self._window.addAction(action)

    def set_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Let commands be reached by these keys from now on, and no longer by those before."""
        self._keys = keys
        from app.commands.registry import BY_ID

        for name, action in self.actions.items():
            self._set_keys(BY_ID[name], action)

    def _set_keys(self, command: Command, action: QAction) -> None:
        now = self._keys.get(command.id)
        if now is None:
            action.setShortcuts(key_sequences(command))
        else:
            own = [keys.toString() for keys in key_sequences(command)]
            left = FOR_THE_CANVAS if command.on_canvas else ()
            kept = [key for key in now if key in own or key not in left]
            action.setShortcuts([QKeySequence(key) for key in kept])

    def _submenu(self, menu: QMenu, command: Command) -> QAction:
        inner = menu.addMenu(_escaped(command.title))
        inner.setToolTipsVisible(True)
        inner.aboutToShow.connect(partial(self.refill, inner, command))
        return inner.menuAction()

    def refill(self, menu: QMenu, command: Command) -> None:
        """Fill a submenu with the choices that its command has now."""
        menu.clear()
        assert command.choices is not None
        self._set_right(self._add(menu, command.choices(self._frame), keys=False))

    def _set_right(self, made: Sequence[tuple[Command, QAction]]) -> None:
        for command, action in made:
            if command.one_of and action.actionGroup() is None:
                group = made[0][1].actionGroup() or QActionGroup(made[0][1])
                group.addAction(action)
            reason = command.unavailable(self._frame)
            action.setText(_escaped(command.words(self._frame)))
            action.setEnabled(not reason)
            action.setToolTip(reason or command.doc or command.title)
            if command.checked is not None:
                action.setCheckable(True)
                action.setChecked(command.checked(self._frame))

    def _free(self, made: Iterable[tuple[Command, QAction]]) -> None:
        """Let the keys of all entries work again; ``run`` says why not where that is so."""
        for _, action in made:
            action.setEnabled(True)

    def set_theme(self) -> None:
        """Paint all glyphs anew."""
        from app.commands.registry import BY_ID

        for name, action in self.actions.items():
            if BY_ID[name].glyph:
                colour = self._frame.session.theme["text2"]
                action.setIcon(glyph_icon(BY_ID[name].glyph, colour))


def _inner(menu: QMenu, last: QMenu | None, title: str) -> QMenu | None:
    """Return the submenu of a title: the last one if it is called so, else one that is made."""
    if not title or (last is not None and last.title() == _escaped(title)):
        return last if title else None
    made = menu.addMenu(_escaped(title))
    made.setToolTipsVisible(True)
    return made


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
