"""What is wrong with a project file: every problem with its path, place and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file.

    ``place`` is a path through the values (``main.nodes.conv.args.kernel_size``), or
    ``line:column`` where the text is no JSON at all.
    """

    path: str
    place: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.place, self.reason) if part)


class FileProblem(Exception):  # noqa: N818  # what it is, in the words of the house
    """A file cannot be read or written, for up to 20 reasons."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)[:MAX_PROBLEMS]
        super().__init__("\n".join(map(str, self.problems)))


class Complaints:
    """Collects the problems of one file while it is read; the twentieth ends the reading."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def add(self, place: str, reason: str) -> None:
        """Note a problem. Raises FileProblem when there are enough of them."""
        self.problems.append(Problem(self.path, place, reason))
        if len(self.problems) >= MAX_PROBLEMS:
            raise FileProblem(self.problems)

    def settle(self) -> None:
        """Raise FileProblem if anything was noted."""
        if self.problems:
            raise FileProblem(self.problems)
