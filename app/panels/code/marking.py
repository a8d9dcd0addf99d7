"""Which lines of the code bear a diagnostic's marker."""

from __future__ import annotations

from app.panels.code.line_map import LineMap
from app.panels.code.view import Mark, add_mark
from app.report import GRADES
from app.session.locating import place_of
from app.session.session import Session


def marks_of(session: Session, lines: LineMap) -> dict[str, dict[int, Mark]]:
    """Return the marks of all problems, by file and line; the gravest of a line is its mark."""
    marks: dict[str, dict[int, Mark]] = {}
    for problem in sorted(session.problems(), key=lambda each: GRADES.index(each.severity)):
        place = place_of(session.project, problem.node)
        found = lines.lines(place.graph, [place.node]) if place is not None else {}
        for file, numbers in found.items():
            for line in numbers:
                add_mark(marks.setdefault(file, {}), line, (problem.severity, problem.message))
    return marks
