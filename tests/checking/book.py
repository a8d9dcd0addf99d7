"""All that the judge says, rendered, in one file to be read in a row: ``messages.md``.

Run as ``python -m tests.checking.book > tests/checking/messages.md``.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from graph_editor.checking.verdict import Diagnostic
from graph_editor.document.model import Project
from tests.checking.drawings import judged
from tests.checking.plain_faults import FAULTS
from tests.corpus.broken import corpus

ROOM = Path(__file__).parent
PAGE = ROOM / "messages.md"
HEAD = """\
# What the judge says

Every message of every drawing in the tests of lints and diagnosers, to be read in a row. Written by

    python -m tests.checking.book > tests/checking/messages.md
"""


def cases() -> Iterator[tuple[str, Project]]:
    """Yield the code and the drawing of each case in the tests of this folder."""
    for path in sorted(ROOM.glob("test_*.py")):
        module = import_module(f"tests.checking.{path.stem}")
        found: list[Any] = list(getattr(module, "CASES", ()))
        yield from (
            (c.code, c.project) for c in found if isinstance(getattr(c, "project", 0), Project)
        )
    yield from ((fault.code, fault.project) for fault in FAULTS)


def more(shown: Container[str]) -> Iterator[tuple[str, Project]]:
    """Yield those of the corpus of which nothing is shown yet."""
    yield from ((case.code, case.project) for case in corpus() if case.code not in shown)


def book() -> str:
    """Return the text of the page: a heading for each code, and under it what is said."""
    said: dict[str, dict[str, None]] = {}
    listed = list(cases())
    for code, project in (*listed, *more({code for code, _ in listed})):
        found = [d for d in judged(project).diagnostics if d.code == code]
        assert found, f"nothing is said of {code}"
        for diagnostic in found:
            said.setdefault(code, {})[_entry(diagnostic)] = None
    parts = [f"## {code}\n\n" + "\n".join(said[code]) + "\n" for code in sorted(said)]
    return "\n".join([HEAD, *parts])


def _entry(diagnostic: Diagnostic) -> str:
    lines = [f"- **{diagnostic.severity}, {diagnostic.node}**: {diagnostic.message}"]
    lines += [f"  - Fix: {fix.title}" for fix in diagnostic.fixes]
    return "\n".join(lines)


if __name__ == "__main__":
    print(book(), end="")  # the page is what this is started for
