"""The menu of the right button on the canvas: the commands that concern what is selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.commands.registry import BY_ID

if TYPE_CHECKING:
    from app.window.menus import Menus
    from graph_editor.canvas.canvas import Canvas

NODES = (
    "graph.enter", "edit.rename", "graph.replace", "graph.connect", "",
    "graph.group", "graph.ungroup", "graph.unique", "graph.keep_block", "add.frame", "",
    "edit.bypass", "graph.repeat", "graph.tie", "graph.same_layer", "",
    "edit.cut", "edit.copy", "edit.duplicate", "edit.delete", "edit.dissolve", "",
    "edit.select_similar", "edit.select_upstream", "edit.select_downstream", "",
    "graph.swap",
)  # fmt: skip
MARKS = (
    "edit.rename", "edit.comment", "edit.colour", "edit.select_content", "",
    "edit.cut", "edit.copy", "edit.duplicate", "edit.delete",
)  # fmt: skip
"""What is offered for frames and notes; what cannot be done with all of them says why."""
IN_THE_OUTLINE = frozenset({
    "graph.enter", "edit.rename", "graph.connect", "edit.delete",
})  # fmt: skip
"""What the outline has words and keys of its own for."""
OF_A_ROW = ("edit.paste", "graph.insert", "graph.detach")
"""What the outline offers besides, on the row of a wire for that wire."""
ARROWS = ("Left", "Right", "Up", "Down")
WIRE = ("graph.insert", "graph.swap", "graph.detach", "", "edit.delete")
GROUND = (
    "add.palette", "add.note", "edit.paste", "", "edit.select_all", "graph.arrange", "",
    "view.fit_all", "graph.up",
)  # fmt: skip
"""Ids of commands; nothing stands for a line between groups."""


def open_menu(menus: Menus, canvas: Canvas, place: QPoint) -> QMenu:
    """Open the menu of what is selected at a place of the screen."""
    menu = QMenu(canvas)
    menu.setToolTipsVisible(True)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menus.offer(menu, [BY_ID[name] if name else None for name in _offered(menus, canvas)])
    menu.popup(place)
    return menu


def offer_to_outline(menus: Menus, canvas: Canvas, menu: QMenu) -> None:
    """Add to a menu of the outline what the canvas offers for what is selected."""
    more = ["", *(name for name in OF_A_ROW if menus.can(name))]
    names = [name for name in (*_offered(menus, canvas), *more) if name not in IN_THE_OUTLINE]
    menu.setToolTipsVisible(True)
    menus.offer(menu, [BY_ID[name] if name else None for name in names])


def share_keys(menus: Menus, panel: QWidget) -> None:
    """Let the keys of the canvas work in a panel, but for single letters and arrows.

    A letter there goes to the row that begins with it, and arrows move from row to row.
    """
    for command in BY_ID.values():
        shared = command.on_canvas and command.id not in IN_THE_OUTLINE
        held = any(part in command.shortcut for part in ("Ctrl", "Alt", "F2"))
        if shared and held and not any(arrow in command.shortcut for arrow in ARROWS):
            panel.addAction(menus.actions[command.id])


def _offered(menus: Menus, canvas: Canvas) -> Sequence[str]:
    """Return the ids of what is offered: what cannot be done with this selection is left out."""
    names: tuple[str, ...] = NODES
    if not canvas.selected():
        if canvas.world.backdrop.chosen:
            return MARKS
        names = GROUND if canvas.world.chosen_wire is None else WIRE
    return [name for name in names if not name or menus.can(name)]
