"""The Add menu: new nodes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.commands.command import Command, nothing, on_canvas
from app.commands.frame import Frame
from graph_editor.canvas import actions
from graph_editor.canvas import actions_marks as marks
from graph_editor.canvas.add_palette_open import open_palette
from graph_editor.catalogue.families import FAMILIES, family_of
from graph_editor.catalogue.popular import POPULAR


def _family(frame: Frame, family: str) -> Sequence[Command]:
    """Return what is reached for first of a family; the palette has the rest."""
    lookup = frame.session.lookup
    found = [spec for name in POPULAR if (spec := lookup(name)) is not None]
    return [
        Command(f"add.{spec.name}", spec.title, partial(_add, name=spec.name), doc=spec.summary)
        for spec in found
        if family_of(spec) == family
    ]


def _add(frame: Frame, name: str) -> None:
    actions.add_at(frame.canvas, name)


COMMANDS = [
    Command(
        "add.palette",
        "Add node…",
        lambda f: open_palette(f.canvas),
        "Add",
        "Shift+A",
        doc="Search all that can be placed, at the pointer.",
        glyph="plus",
        on_canvas=True,
    ),
    *(
        Command(
            f"add.family.{family}",
            title,
            nothing,
            "Add",
            group=1,
            choices=partial(_family, family=family),
        )
        for family, title in FAMILIES.items()
        if family not in ("block", "code")
    ),
    Command(
        "add.code",
        "Add custom code…",
        lambda f: f.show_dialog("code"),
        "Add",
        doc="Write a function or a module of your own in Python, as a node.",
        group=2,
    ),
    on_canvas(
        "add.frame",
        "Frame the selection",
        "C",
        marks.frame_selected,
        marks.cannot_frame,
        3,
        menu="Add",
        doc="Put a frame with a title around the selected nodes.",
    ),
    on_canvas(
        "add.note",
        "Write a note",
        "N",
        marks.write_note,
        lambda _: "",
        3,
        menu="Add",
        doc="Write on the canvas at the pointer; Ctrl+Enter or a click elsewhere ends it.",
    ),
]
"""What the Add menu and the command palette offer."""
