"""The look of all standard widgets: a palette and a style sheet, both from one theme's tokens."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from PySide6.QtGui import QPalette

from app.window.style_images import register_images
from graph_editor.canvas.theme import Theme, code_font

SHEET = Path(__file__).resolve().parents[2] / "assets" / "themes" / "window.qss"
NAME = re.compile(r"@(\w+)")
_Role = QPalette.ColorRole
ROLES: dict[QPalette.ColorRole, str] = {
    _Role.Window: "panel",
    _Role.WindowText: "text",
    _Role.Base: "input",
    _Role.AlternateBase: "panel",
    _Role.ToolTipBase: "panel",
    _Role.ToolTipText: "text",
    _Role.PlaceholderText: "text3",
    _Role.Text: "text",
    _Role.Button: "raised",
    _Role.ButtonText: "text",
    _Role.BrightText: "error",
    _Role.Light: "raised",
    _Role.Midlight: "hover",
    _Role.Mid: "line2",
    _Role.Dark: "line",
    _Role.Shadow: "canvas",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "on_accent",
    _Role.Link: "link",
    _Role.LinkVisited: "link",
    _Role.Accent: "ring",
}
"""Which token each role of Qt's palette takes."""
FAINT = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText)


def palette(look: Theme) -> QPalette:
    """Return the palette of a theme; what is disabled has the colour of tertiary text."""
    made = QPalette()
    for role, token in ROLES.items():
        made.setColor(role, look[token])
    for role in FAINT:
        made.setColor(QPalette.ColorGroup.Disabled, role, look["text3"])
    return made


@cache
def style_sheet(look: Theme) -> str:
    """Return the style sheet of a theme; needs a QGuiApplication for fonts and pictures."""
    folder = register_images(look)
    text = SHEET.read_text(encoding="utf-8").replace("$", f"{folder}/")
    return NAME.sub(lambda found: _value(look, found[1]), text)


def _value(look: Theme, name: str) -> str:
    return f'"{code_font(12).family()}"' if name == "mono" else look.hex(name)
