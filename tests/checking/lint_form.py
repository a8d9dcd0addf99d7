"""What is asked of every lint: one drawing with its fault, and others that only look like it."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph_editor.document.model import Project


@dataclass(frozen=True)
class Case:
    """A drawing with one silent fault."""

    code: str
    severity: str
    node: str
    says: tuple[str, ...]
    fixes: tuple[str, ...]
    project: Project = field(repr=False)


Near = tuple[str, Project, *tuple[str, ...]]
"""A lint, a drawing on which it has to be silent, and the lints that speak there with reason."""


def ids(case: Case) -> str:
    return f"{case.code}-{case.node}-{case.severity}"
