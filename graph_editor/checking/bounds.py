"""Bounds of a number, and an argument that is not what it has to be."""

from __future__ import annotations

from dataclasses import dataclass

from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Arg


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest legal number; ``above`` says that the least itself is not one."""

    least: float | None = None
    greatest: float | None = None
    above: bool = False
    below: bool = False

    def hold(self, number: float) -> bool:
        """Whether a number is legal."""
        if self.least is not None and (
            number < self.least or (self.above and number == self.least)
        ):
            return False
        if self.greatest is None:
            return True
        return number < self.greatest or (number == self.greatest and not self.below)

    def text(self) -> str:
        """Return the bounds in words; nothing where there are none."""
        low = "" if self.least is None else f"{'above ' if self.above else ''}{self.least:g}"
        if self.greatest is None:
            return f"{low}{'' if self.above or not low else ' or more'}"
        high = f"{'below' if self.below else 'at most'} {self.greatest:g}"
        if low and not self.above and not self.below:
            return f"from {low} to {self.greatest:g}"
        return f"{low} and {high}" if self.above else f"{low} or more and {high}" if low else high


@dataclass(frozen=True, slots=True)
class Wrong:
    """An argument that cannot be what it is."""

    argument: Argument
    said: Arg
    legal: str
    """What it has to be, in words; may be empty."""
    better: Arg = None
    """A legal value near it; None where its default, if it has one, is all that can be said."""
