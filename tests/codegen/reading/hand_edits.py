"""Edits as a PyTorch engineer makes them by hand in exported files, from ``hand_edits.txt``.

Each begins with ``@ name | template | file | outcome``; lines with ``-`` are exchanged for those
with ``+`` below them, up to a dot. Outcomes: written again it is the *same* text, or *otherwise*,
with the same function; the drawing says it already (*nothing*); or it is refused at a *line*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).with_name("hand_edits.txt")
SAME, NOTHING = "same", "nothing"


@dataclass(frozen=True)
class Refused:
    """The line that is named, and words of why."""

    line: int
    words: str


@dataclass(frozen=True)
class Edit:
    """One edit."""

    template: str
    file: str
    outcome: str | Refused
    changes: tuple[tuple[str, str], ...]


def _change(block: str) -> tuple[str, str]:
    """Return what is exchanged for what; a line that only goes takes its end with it."""
    lines = block.strip("\n").split("\n")
    old = [line[1:] for line in lines if line.startswith("-")]
    new = [line[1:] for line in lines if line.startswith("+")]
    assert len(old) + len(new) == len(lines), block
    return "\n".join(old) + ("" if new else "\n"), "\n".join(new)


def _edits() -> dict[str, Edit]:
    found: dict[str, Edit] = {}
    for part in re.split(r"^@ ", CORPUS.read_text(), flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        name, template, file, outcome = (word.strip() for word in head.split(" | ", 3))
        refused = re.fullmatch(r"line (\d+): (.*)", outcome)
        said = Refused(int(refused[1]), refused[2]) if refused else outcome
        blocks = [block for block in body.split("\n.\n") if block.strip()]
        assert name not in found
        found[name] = Edit(template, file, said, tuple(map(_change, blocks)))
    return found


EDITS = _edits()
MODEL_EDITS = {name: edit for name, edit in EDITS.items() if edit.file == "model.py"}
SCRIPT_EDITS = {name: edit for name, edit in EDITS.items() if edit.file != "model.py"}
