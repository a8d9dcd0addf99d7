"""Writes the manual's page of keys from the commands."""

from __future__ import annotations

from collections.abc import Iterator

from app.commands.command import Command
from app.commands.registry import MENUS

HEAD = """\
# Keyboard

Everything can be done without a mouse. Ctrl+Shift+P opens the command palette, which finds every
command by its words; Help → Keyboard shortcuts shows this list in the window. Tab and Shift+Tab go
from field to field, the arrow keys through lists, Esc back. On macOS, Ctrl is ⌘. What keys do on
the canvas stands in [Gestures](../gestures.md), too. This page is written by

    python -m app.commands.manual > docs/manual/keyboard.md
"""


def manual() -> str:
    """Return the text of ``docs/manual/keyboard.md``."""
    return "\n".join([HEAD, *(line for menu, members in MENUS for line in _menu(menu, members))])


def _menu(menu: str, members: list[Command]) -> Iterator[str]:
    yield f"## {menu}\n"
    yield "| Command | Keys | |"
    yield "|---|---|---|"
    for command in members:
        keys = " or ".join(f"`{key.strip()}`" for key in command.shortcut.split(";") if key.strip())
        keys = keys or "–"
        where = "on the canvas" if command.on_canvas else ""
        said = " ".join(part for part in (command.doc, f"({where})" if where else "") if part)
        yield f"| {command.title} | {keys} | {said} |"
    yield ""


if __name__ == "__main__":
    print(manual(), end="")  # the page is what this is started for
