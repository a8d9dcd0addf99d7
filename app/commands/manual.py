"""Writes the manual's page of keys from the commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.commands.command import Command
from app.commands.registry import MENUS
from app.commands.shortcuts import CANVAS, slots

HEAD = """\
# Keyboard

Everything can be done without a mouse. Ctrl+Shift+P opens the command palette, which finds every
command by its words; F1, or ? on the canvas, opens the sheet of all keys and gestures, where every
key can be changed: choose a line, press Enter, press the new keys. Keys that something else has
are told, and taken from it only when you say so. Tab and Shift+Tab go from field to field, the
arrow keys through lists, Esc back. On macOS, Ctrl is ⌘. What the mouse does on the canvas stands in
[Gestures](../gestures.md). These are the usual keys; this page is written by

    python -m app.commands.manual > docs/manual/keyboard.md
"""


def manual() -> str:
    """Return the text of ``docs/manual/keyboard.md``."""
    menus = (line for menu, members in MENUS for line in _menu(menu, members))
    return "\n".join([HEAD, *menus, *_canvas()])


def _menu(menu: str, members: list[Command]) -> Iterator[str]:
    yield f"## {menu}\n"
    yield "| Command | Keys | |"
    yield "|---|---|---|"
    for command in members:
        slot = slots().get(command.id)
        keys = _keys(slot.usual) if slot is not None else "–"
        where = "on the canvas" if command.on_canvas else ""
        said = " ".join(part for part in (command.doc, f"({where})" if where else "") if part)
        yield f"| {command.title} | {keys} | {said} |"
    yield ""


def _canvas() -> Iterator[str]:
    """Yield what only the canvas has keys for, or keys of its own besides those above."""
    yield f"## {CANVAS}\n"
    yield "| What | Keys |"
    yield "|---|---|"
    for slot in slots().values():
        if slot.group == CANVAS:
            yield f"| {slot.title} | {_keys(slot.usual)} |"
    yield ""


def _keys(usual: Iterable[str]) -> str:
    return " or ".join(f"`{key}`" for key in usual) or "–"


if __name__ == "__main__":
    print(manual(), end="")  # the page is what this is started for
