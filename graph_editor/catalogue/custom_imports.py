"""The imports that custom code begins with, one by one, so that a file can have each once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


class BadImport(Exception):  # noqa: N818  # says why, for the reader of the text
    """An import that no other file can take over."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Imported:
    """One name that an import binds."""

    module: str
    name: str = ""
    """What is taken from the module; empty where the module itself is imported."""
    alias: str = ""
    line: int = 0
    last: int = 0
    """The lines that its statement begins and ends on."""

    @property
    def binds(self) -> str:
        """The name that stands for it from then on."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def means(self) -> tuple[str, str]:
        """What it is, however it was imported: ``torch.nn`` for ``from torch import nn``."""
        if not self.name:
            return (self.module if self.alias else self.module.partition(".")[0], "")
        whole = f"{self.module}.{self.name}"
        return (whole, "") if whole in ("torch.nn", "torch.nn.functional") else (whole, self.name)


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[Imported]:
    """Yield the names that an import binds. Raises BadImport."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Imported(alias.name, "", alias.asname or "", *_lines(node))
        return
    if node.level or node.module is None:
        raise BadImport(node.lineno, "an import that begins with a dot has no meaning here")
    for alias in node.names:
        if alias.name == "*":
            raise BadImport(node.lineno, "name what is imported; * hides what it brings")
        yield Imported(node.module, alias.name, alias.asname or "", *_lines(node))


def _lines(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno
