"""Every setting: its default, what it may be, and what it does, in words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from app.settings import shortcuts

Value: TypeAlias = bool | int | float | str
Kind: TypeAlias = Literal["switch", "whole", "number", "choice", "text", "keys"]
LONGEST_TEXT = 400
"""Characters of a text setting."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the user; ``key`` is its name in settings.json."""

    key: str
    page: str
    """The page of the dialog and of the manual that it stands on."""
    title: str
    doc: str
    kind: Kind
    default: Value
    choices: tuple[tuple[str, str], ...] = ()
    """Value and title of each choice."""
    least: float = 0
    greatest: float = 0
    unit: str = ""
    """What a number counts: ``minutes``."""
    pattern: str = ""
    """A regular expression that a text matches as a whole; empty: any text."""
    form: str = ""
    """What the pattern asks for, in words."""

    def allows(self, value: object) -> bool:
        """Whether a value may be kept."""
        return not self.why_not(value)

    def why_not(self, value: object) -> str:
        """Return why a value may not be kept, as a sentence; empty where it may."""
        if self.kind == "switch":
            return "" if isinstance(value, bool) else f"{self.title} is on or off."
        if self.kind == "choice":
            words = ", ".join(title for _, title in self.choices)
            fits = isinstance(value, str) and value in [key for key, _ in self.choices]
            return "" if fits else f"{self.title} is one of {words}."
        if self.kind == "keys":
            return shortcuts.why_not(value)
        if self.kind == "text":
            return self._why_no_text(value)
        return self._why_no_number(value)

    def read(self, text: str) -> Value:
        """Return the value that a person typed. Raises ValueError, in words."""
        typed = text.strip()
        found: Value = typed
        if self.kind in ("whole", "number"):
            try:
                found = int(typed) if self.kind == "whole" else float(typed)
            except ValueError:
                raise ValueError(self._range()) from None
        reason = self.why_not(found)
        if reason:
            raise ValueError(reason)
        return found

    def said(self, value: Value) -> str:
        """Return a value as the dialog and the manual show it."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if self.kind == "choice":
            return dict(self.choices).get(str(value), str(value))
        if self.kind == "keys":
            changed = len(shortcuts.read(str(value)))
            return f"{changed or 'none'} changed"
        return str(value) or "empty"

    def _why_no_text(self, value: object) -> str:
        if not isinstance(value, str):
            return f"{self.title} is a text."
        if len(value) > LONGEST_TEXT:
            return f"{self.title} has at most {LONGEST_TEXT} characters; this has {len(value)}."
        if self.pattern and re.fullmatch(self.pattern, value) is None:
            return f"{self.title} is {self.form}; “{value}” is not."
        return ""

    def _why_no_number(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._range()
        if self.kind == "whole" and not isinstance(value, int):
            return self._range()
        fits = math.isfinite(value) and self.least <= value <= self.greatest
        return "" if fits else self._range()

    def _range(self) -> str:
        what = "a whole number" if self.kind == "whole" else "a number"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.title} is {what} from {self.least:,g} to {self.greatest:,g}{unit}."


TABLE: tuple[Setting, ...] = (
    Setting(
        "theme",
        "Look",
        "Theme",
        "Colours of the window; “System” follows the system's light or dark mode.",
        "choice",
        "system",
        (("system", "System"), ("dark", "Dark"), ("light", "Light"), ("hc", "High contrast")),
    ),
    Setting(
        "code_letters",
        "Look",
        "Letters in the code",
        "Height of the letters in the code panel.",
        "whole",
        12,
        least=9,
        greatest=28,
        unit="px",
    ),
    Setting(
        "wheel",
        "Canvas",
        "Wheel",
        "“Zooms”: the wheel zooms at the pointer, with Shift it pans. “Pans”: it pans both ways, "
        "as a touchpad does, and zooms with Ctrl.",
        "choice",
        "zoom",
        (("zoom", "Zooms"), ("pan", "Pans")),
    ),
    Setting(
        "wheel_reversed",
        "Canvas",
        "Reverse the zoom",
        "Turning the wheel towards you comes nearer, instead of going away.",
        "switch",
        False,
    ),
    Setting(
        "snap_to_grid",
        "Canvas",
        "Snap to the grid",
        "Nodes that are dragged stay on a grid of 8 pixels, and snap to what they line up with.",
        "switch",
        True,
    ),
    Setting(
        "trace_selection",
        "Canvas",
        "Trace the selection",
        "What leads to the selected nodes and what they lead to stays bright, the rest is dimmed.",
        "switch",
        False,
    ),
    Setting(
        "minimap",
        "Canvas",
        "Minimap",
        "While a part of the graph is out of view, a small picture of all of it stands in the "
        "lower right corner of the canvas.",
        "switch",
        True,
    ),
    Setting(
        "shortcuts",
        "Keyboard",
        "Shortcuts",
        "Keys of the commands and of the canvas. They are changed in the shortcuts sheet, which "
        "Help opens; here stands only what differs, a line for each command: help.manual = F1.",
        "keys",
        "",
    ),
    Setting(
        "device",
        "Training",
        "Device",
        "Where runs train: cpu, cuda, cuda:1, mps. A run never moves to another one silently.",
        "text",
        "cpu",
        pattern=r"cpu|mps|cuda(:\d{1,3})?",
        form="cpu, cuda, cuda with a number such as cuda:1, or mps",
    ),
    Setting(
        "threads",
        "Training",
        "CPU threads",
        "Threads that a run computes with; 0 leaves one core to the window.",
        "whole",
        0,
        least=0,
        greatest=1024,
    ),
    Setting(
        "standby",
        "Training",
        "Keep a process ready",
        "One process that has loaded PyTorch waits in the background, so that a run begins at the "
        "click; it takes about 400 MB. Off: a run begins some seconds later. Holds from the next "
        "run on.",
        "switch",
        True,
    ),
    Setting(
        "editor",
        "Files",
        "Editor",
        "Command that opens the code, as a terminal takes it, with {file}, {line} and {folder} for "
        "what is opened: code --goto {file}:{line}. No shell reads it, and one that needs a "
        "terminal has to bring its own. Empty: the system opens the file; on Windows and macOS its "
        "folder, since they may run a .py file.",
        "text",
        "",
    ),
    Setting(
        "autosave_minutes",
        "Files",
        "Copy unsaved work",
        "How often a copy of unsaved work is made beside the backups; 0 makes none. Every edit is "
        "in the journal within a second all the same.",
        "whole",
        5,
        least=0,
        greatest=120,
        unit="minutes",
    ),
    Setting(
        "reopen_files",
        "Files",
        "Reopen files at the start",
        "Files that were open when Netwright was quit are opened again.",
        "switch",
        True,
    ),
)
BY_KEY = {setting.key: setting for setting in TABLE}
PAGES = tuple(dict.fromkeys(setting.page for setting in TABLE))
"""The pages in the order of the table."""
