"""What a reader of code did not understand: where it stands, and why, in plain words."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One place of a text that cannot become part of the drawing. Lines count from 1."""

    line: int
    column: int
    words: str
    file: str = "model.py"

    def text(self) -> str:
        """Return the problem as a line of its own: ``model.py:12: ...``."""
        return f"{self.file}:{self.line}: {self.words}"


class NotRead(Exception):  # noqa: N818  # it is an answer, not a fault
    """Raised at the first thing in a statement that is not understood."""

    def __init__(self, node: ast.AST, words: str) -> None:
        super().__init__(words)
        self.problem = Problem(
            getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, words
        )


LONGEST_SHOWN = 60


def shown(node: ast.AST) -> str:
    """Return the code of a node on one short line, for a message."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
