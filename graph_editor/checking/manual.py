"""Writes the manual of all diagnostics from the files that make them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from types import ModuleType

from graph_editor.checking import diagnosers, lints
from graph_editor.checking.explain import modules_of
from graph_editor.checking.plain_pages import PAGES

HEAD = """\
# Diagnostics

What the judge can say of a drawing, beside what PyTorch says by itself. Every entry is the
docstring of the file that makes the diagnostic; this page is written by

    python -m graph_editor.checking.manual > docs/diagnostics.md

A fix is offered only after it was applied to a copy of the project and judged again. Warnings and
remarks are silenced on the node that they are about, by their id; errors cannot be.
"""
ROOMS = (
    ("What PyTorch refuses", diagnosers),
    ("What PyTorch accepts in silence", lints),
)
WIDTH = 100
PARTS = ("What it does", "Why it matters", "Example", "Better", "Fix")


def manual() -> str:
    """Return the text of ``docs/diagnostics.md``."""
    rooms = (text for title, room in ROOMS for text in _room(title, room))
    return "\n".join([HEAD, *rooms, *_plain()])


def _plain() -> Iterator[str]:
    yield "## What the judge finds before PyTorch is asked\n"
    for code, (what, fix) in sorted(PAGES.items()):
        text = "\n".join([*wrap(what, WIDTH), "", *wrap(f"**Fix:** {fix}", WIDTH)])
        yield f"### {code}\n\n{text}\n"


def _room(title: str, room: ModuleType) -> Iterator[str]:
    yield f"## {title}\n"
    for module in sorted(modules_of(room), key=lambda m: str(m.CODE)):
        yield f"### {module.CODE}\n\n{_entry(module.__doc__ or '')}"


def _entry(docstring: str) -> str:
    bold = re.compile(rf"^({'|'.join(PARTS)}):", re.MULTILINE)
    text = bold.sub(r"**\1:**", docstring.strip())
    return text.replace("\n**Better:**", "\\\n**Better:**") + "\n"


if __name__ == "__main__":
    print(manual(), end="")  # the page is what this is started for
