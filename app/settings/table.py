"""Every setting: its default, what it may be, and what it does, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = bool | int | float | str
Kind: TypeAlias = Literal["switch", "whole", "number", "choice", "text"]


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

    def allows(self, value: object) -> bool:
        """Whether a value may be kept."""
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "choice":
            return value in [key for key, _ in self.choices]
        if self.kind == "text":
            return isinstance(value, str)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        whole = isinstance(value, int) or self.kind == "number"
        return whole and self.least <= value <= self.greatest


TABLE: tuple[Setting, ...] = (
    Setting(
        "theme",
        "Look",
        "Theme",
        "Colours of the window; “system” follows the system's light or dark mode.",
        "choice",
        "system",
        (("system", "System"), ("dark", "Dark"), ("light", "Light"), ("hc", "High contrast")),
    ),
    Setting(
        "device",
        "Training",
        "Device",
        "Where runs train: cpu, cuda, cuda:1, mps. A run never moves to another one silently.",
        "text",
        "cpu",
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
)
BY_KEY = {setting.key: setting for setting in TABLE}
