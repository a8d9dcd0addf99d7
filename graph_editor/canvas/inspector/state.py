"""What the field of a parameter shows: the value, where it comes from, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from graph_editor.canvas.inspector.values import MIXED, UNSET, Unset, shown
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Arg, same

Said: TypeAlias = "Arg | Unset"


@dataclass(frozen=True, slots=True)
class FieldState:
    """One parameter of the selected nodes."""

    argument: Argument
    said: Said = UNSET
    """What the nodes say; of several that differ, what the first of them says."""
    mixed: bool = False
    inferred: Said = UNSET
    """What an ``auto`` parameter comes to."""
    problem: str = ""
    """The engine's word on this parameter, empty where it has none."""
    wired: str = ""
    """What feeds it by a wire, empty where nothing does."""
    known: frozenset[str] = frozenset()
    """The names that a formula may use here."""
    phrase: str = ""
    """What stands beside a checkbox: ``adds 32 parameters``."""
    blank: str = ""
    """What stands in an empty field, where it is not as usual."""

    @property
    def is_auto(self) -> bool:
        """Whether the value is inferred."""
        return bool(self.argument.infer) and self.said is UNSET and not self.mixed

    @property
    def value(self) -> Said:
        """The value that holds: the said one, else the inferred or default one."""
        if not isinstance(self.said, Unset):
            return self.said
        if self.argument.infer:
            return self.inferred
        if self.argument.required:
            return UNSET
        return self.argument.default

    @property
    def source(self) -> str:
        """Where the value comes from: ``mixed``, ``said``, ``auto`` or ``default``."""
        if self.mixed:
            return "mixed"
        if self.said is not UNSET:
            return "said"
        return "auto" if self.argument.infer else "default"

    @property
    def can_reset(self) -> bool:
        """Whether there is another value to go back to by saying nothing."""
        argument = self.argument
        has_other = bool(argument.infer) or not argument.required
        return (normal(argument, self.said) is not UNSET or self.mixed) and has_other

    def text(self) -> str:
        """Return the text of the field."""
        if self.mixed:
            return ""
        value = self.value
        if isinstance(value, Unset) or (value is None and self.said is UNSET):
            return ""
        return shown(self.argument, value)

    def placeholder(self) -> str:
        """Return what stands in an empty field."""
        if self.mixed:
            return MIXED
        if self.blank:
            return self.blank
        if self.argument.infer:
            return "not known"
        return "needs a value" if self.argument.required else "None"

    def default_text(self) -> str:
        """Return what a reset goes back to, as text."""
        if self.argument.infer:
            return "auto"
        default = self.argument.default
        return "None" if default is None else shown(self.argument, default)


def normal(argument: Argument, value: Said) -> Said:
    """Return ``UNSET`` for what holds without being said, else the value."""
    if isinstance(value, Unset) or argument.required or argument.infer:
        return value
    default = argument.default
    numbers = isinstance(value, int | float) and isinstance(default, int | float)
    if numbers and not isinstance(value, bool) and not isinstance(default, bool):
        return UNSET if value == default else value
    return UNSET if same(value, default) else value


def alike(one: Said, other: Said) -> bool:
    """Whether two values, or that nothing is said, are the same."""
    return one is other if isinstance(one, Unset) or isinstance(other, Unset) else same(one, other)
