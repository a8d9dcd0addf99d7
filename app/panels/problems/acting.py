"""What can be done about a problem: go there, cure it, silence it; the same for list and strip."""

from __future__ import annotations

from collections.abc import Sequence

from app.panels.problems.rows import Row, rows_of
from app.session.locating import Place, as_shown, place_of
from app.session.naming import Names
from app.session.seeking import CHECKING, WAITS, unchecked
from app.session.session import Session
from graph_editor.checking.verdict import NO_CODE, Diagnostic, Fix
from graph_editor.document.edits import in_block, keys_of, set_silence
from graph_editor.document.model import NodeId, Project


def rows_now(session: Session) -> tuple[Row, ...]:
    """Return the rows of the session's present verdict."""
    if session.verdict is None:
        return ()
    return rows_of(session.project, session.verdict, session.unwritten())


def go_to(session: Session, row: Row) -> None:
    """Show and select the node of a row, or all that wait."""
    if row.waiting:
        first = as_shown(row.waiting[0], session.graph_key, session.prefix)
        session.show_graph(first.graph, first.prefix)
        session.select(p.node for p in row.waiting if p.graph == first.graph)
    elif row.problem is not None:
        choose(session, row.problem)


def choose(session: Session, problem: Diagnostic) -> None:
    """Show and select the node of a problem, and say that it was chosen."""
    place = place_of(session.project, problem.node)
    if place is not None:
        place = _nearest(session, place)
        session.show_graph(place.graph, place.prefix)
        session.select([place.node])
    session.problem_chosen.emit(problem)


def _nearest(session: Session, place: Place) -> Place:
    """Return the place itself, but for uses of the same block at which the problem is too."""
    same = as_shown(place, session.graph_key, session.prefix)
    problems = session.findings.problems if same != place else ()
    return same if any(p.node == place.node for p in problems) else place


def next_of(rows: Sequence[Row], chosen: Diagnostic | None, step: int) -> Diagnostic | None:
    """Return the problem after the chosen one (or before it), round and round; None: no problem."""
    problems = [row.problem for row in rows if row.problem is not None]
    if not problems:
        return None
    places = [(p.code, p.node) for p in problems]
    if chosen is None or (chosen.code, chosen.node) not in places:
        return problems[0 if step > 0 else -1]
    return problems[(places.index((chosen.code, chosen.node)) + step) % len(problems)]


def go_on(session: Session, chosen: Diagnostic | None, step: int) -> None:
    """Choose the next problem, or the one before; say so where there is none."""
    problem = next_of(rows_now(session), chosen, step)
    if problem is None:
        session.said.emit("There are no problems.")
    else:
        choose(session, problem)


def fix(session: Session, row: Row, number: int = 0) -> bool:
    """Apply one of a row's fixes, after the check that goes on; say so where there is none."""
    if not session.is_judged:
        _fix_later(session, row, number)
        return False
    if number >= len(row.fixes) and session.seeking.is_on:
        session.seeking.wait(lambda: _fix_known(session, row, number))
        return False
    if number >= len(row.fixes):
        session.said.emit("There is no fix for this problem.")
        return False
    done = session.apply_fix(row.fixes[number])
    if done:
        session.said.emit(f"Fixed: {row.fixes[number].title}")
    return done


def fix_chosen(session: Session, chosen: Fix) -> None:
    """Apply a fix of the verdict that is shown, after the check that goes on."""
    row = next((row for row in rows_now(session) if chosen in row.fixes), None)
    if session.is_judged or row is None:
        session.apply_fix(chosen)
    else:
        fix(session, row, row.fixes.index(chosen))


def _fix_later(session: Session, row: Row, number: int) -> None:
    """Have a fix applied once the check has ended, if it is still one of the same problem."""
    reason = unchecked(session.engine_state, session.engine_words)
    if reason != CHECKING:
        session.said.emit(reason)
    elif number < len(row.fixes):
        title = row.fixes[number].title
        session.seeking.wait(lambda: _fix_checked(session, row, title), WAITS)
    else:
        session.seeking.wait(lambda: _fix_known(session, row, number), WAITS)


def _fix_checked(session: Session, row: Row, title: str) -> None:
    """Apply the fix with a title to the problem of a former verdict, or say why not."""
    same = [r for r in rows_now(session) if r.problem is not None and _place(r) == _place(row)]
    found = [(r, n) for r in same for n, each in enumerate(r.fixes) if each.title == title]
    if found:
        fix(session, *found[0])
    elif same:
        session.said.emit(f"No fix was applied: “{title}” no longer fixes “{row.label}”.")
    else:
        session.said.emit(f"No fix was applied: this problem of “{row.label}” is gone.")


def _fix_known(session: Session, row: Row, number: int) -> None:
    """Apply a fix of the problem that a row stood for before its fixes were known."""
    same = [r for r in rows_now(session) if r.problem is not None and _place(r) == _place(row)]
    fix(session, (same or [row])[0], number)


def _place(row: Row) -> tuple[str, str]:
    return (row.problem.code, row.problem.node) if row.problem is not None else ("", "")


def why_not_silenced(row: Row) -> str:
    """Return why a row cannot be silenced, or nothing where it can."""
    if row.problem is None:
        return "These nodes only wait for another one."
    if row.severity == "error":
        return "An error cannot be silenced: the training would stop there."
    if row.problem.code == NO_CODE:
        return "It cannot be silenced: without code the drawing does not run."
    if row.place is None:
        return "Only what is said of a node can be silenced."
    return ""


def silence(session: Session, row: Row) -> bool:
    """Have a warning or information not reported on its node any more."""
    reason = why_not_silenced(row)
    if reason or row.problem is None or row.place is None:
        session.said.emit(reason)
        return False
    graph, node, code = row.place.graph, row.place.node, row.problem.code
    name = Names(session.project).label(row.problem.node)

    def edit(project: Project) -> Project:
        return in_block(
            project,
            graph,
            lambda g: set_silence(g, node, (*g.nodes[node].silence, code)),
        )

    what = "remark" if row.severity == "info" else "warning"
    return session.apply(edit, f"Silence a {what} of {name}")


def silenced(project: Project) -> list[tuple[str, NodeId]]:
    """Return the graphs and nodes on which something is silenced."""
    return [
        (key, node)
        for key in keys_of(project)
        for node, held in project.block(key).graph.nodes.items()
        if held.silence
    ]


def report_again(session: Session) -> bool:
    """Have everything reported that was silenced."""

    def edit(project: Project) -> Project:
        for key, node in silenced(project):
            project = in_block(project, key, lambda g, n=node: set_silence(g, n, ()))  # type: ignore[misc]  # mypy cannot infer a lambda's default
        return project

    return session.apply(edit, "Report silenced problems again")
