"""What a writer hands back: texts of files, each line knowing the node it was written for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph_editor.document.model import NOTHING, Address, FrozenMap


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file and, line by line, the node that each line was written for."""

    text: str
    lines: tuple[Address | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """All files of a project, by name."""

    files: FrozenMap[str, SourceText]
    state_map: Mapping[str, tuple[Address, str]] = NOTHING
    """``state_dict`` key of the model -> address of the node and its parameter's name."""
    title: str = ""
    """What the project is called."""


class CannotWrite(Exception):  # noqa: N818  # it is a refusal, not a fault
    """Something in the drawing has no code yet: where, what, and the way out."""

    def __init__(self, node: str, feature: str, way_out: str) -> None:
        super().__init__(f"{node}: {feature}. {way_out}")
        self.node = Address(node)
        self.feature = feature
        self.way_out = way_out
