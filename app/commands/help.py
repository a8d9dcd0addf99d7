"""The Help menu."""

from __future__ import annotations

from app.commands.command import Command

COMMANDS = [
    Command(
        "help.welcome",
        "Welcome",
        lambda f: f.show_welcome(),
        "Help",
        doc="Examples to start from, and recent files.",
        glyph="home",
    ),
    Command(
        "help.tour",
        "Tour",
        lambda f: f.show_tour(),
        "Help",
        "Ctrl+F1",
        doc="From an empty drawing to a trained network, in eight steps that you do yourself.",
        glyph="play",
    ),
    Command("help.manual", "Manual", lambda f: f.show_manual(), "Help", "Shift+F1", glyph="help"),
    Command(
        "help.shortcuts",
        "Shortcuts",
        lambda f: f.show_dialog("shortcuts"),
        "Help",
        "F1;Ctrl+Alt+K",
        doc="Every key and gesture at a glance; keys can be changed there.",
        glyph="list",
    ),
    Command(
        "help.about",
        "About Netwright",
        lambda f: f.show_dialog("about"),
        "Help",
        group=1,
        glyph="info",
    ),
]
"""What the Help menu and the command palette offer."""
