"""What a broken graph of the corpus is, and all that there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path

from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.files import apply_change
from graph_editor.document.model import Project
from tests.checking.drawings import judged


@dataclass(frozen=True)
class Broken:
    """A graph with one fault, and what has to be said of it."""

    name: str
    code: str
    node: str
    """The address that has to be blamed."""
    says: tuple[str, ...]
    """Pieces of the message: the numbers, shapes or dtypes that do not go together among them."""
    fix: str
    """Title of a fix that has to be there, and to cure; empty where only the user can know one."""
    project: Project = field(repr=False)
    severity: str = "error"
    changes: tuple[str, ...] = ()
    """Nodes of data or losses that are the fault, so that the fix changes them; ``run``."""
    leads: tuple[str, ...] = ()
    """Ports whose wires are the fault, so that the fix leads others there: ``loss.input``."""
    beside: tuple[str, ...] = ()
    """Warnings and remarks that stand beside this one, of the same fault."""
    by_torch: bool = True
    """Whether torch stops where this is an error; else the drawing is none that it gets to see."""
    refused: bool | None = None
    """Whether torch stops at a warning: by chance, since the numbers decide."""
    learns: bool = True
    """Whether this is a whole training, whose loss falls in a step once it is cured."""

    def __str__(self) -> str:
        return self.name


@cache
def corpus() -> tuple[Broken, ...]:
    """Return the cases of all files ``broken_*.py`` beside this one."""
    files = sorted(Path(__file__).parent.glob("broken_*.py"))
    return tuple(c for f in files for c in import_module(f"tests.corpus.{f.stem}").CASES)


@cache
def verdict_of(case: Broken) -> Verdict:
    """Return what the judge says of a case; each is judged once."""
    return judged(case.project)


def blamed(case: Broken) -> Diagnostic:
    """Return what is said of the fault; fail with all that is said where it is not."""
    said = verdict_of(case).diagnostics
    found = [d for d in said if (d.code, d.node) == (case.code, case.node)]
    told = [f"{d.severity} {d.code} at {d.node}: {d.message} [{d.detail}]" for d in said]
    assert len(found) == 1, "\n".join([f"{case.code} at {case.node} {len(found)} times:", *told])
    return found[0]


def mended(case: Broken, title: str) -> Project:
    """Return the project after the fix with that title."""
    fixes = {fix.title: fix for fix in blamed(case).fixes}
    assert title in fixes, f"{title!r} is none of {list(fixes)}"
    return apply_change(case.project, dict(fixes[title].patch))
