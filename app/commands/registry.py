"""All commands, in the order of the menus."""

from __future__ import annotations

from app.commands import add, blocks, edit, file, graph, run, view, wires
from app.commands import help as help_
from app.commands.command import Command

MENUS: tuple[tuple[str, list[Command]], ...] = (
    ("File", file.COMMANDS),
    ("Edit", edit.COMMANDS),
    ("View", view.COMMANDS),
    ("Add", add.COMMANDS),
    ("Graph", [*graph.COMMANDS, *wires.COMMANDS, *blocks.COMMANDS]),
    ("Run", run.COMMANDS),
    ("Help", help_.COMMANDS),
)
"""Each menu with its commands."""
ALL: tuple[Command, ...] = tuple(command for _, commands in MENUS for command in commands)
BY_ID = {command.id: command for command in ALL}
