"""Ties the canvas to the session: what one learns, the other is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.panels.problems.acting import fix, fix_chosen, go_on, rows_now
from app.panels.problems.rows import Row
from app.session.locating import as_shown, place_of
from app.session.seeking import CHECKING, NO_FIX
from app.window.offering import offer_inputs
from graph_editor.canvas.preview import Edited, Preview

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.canvas.canvas import Canvas
    from graph_editor.checking.verdict import Diagnostic


class Wiring(QObject):
    """One canvas and one session that show the same graph, selection and findings."""

    def __init__(self, session: Session, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self._shown: Diagnostic | None = None
        self.preview = Preview(canvas)
        session.previewing.changed.connect(self._preview)
        canvas.selection_changed.connect(self._take_selection)
        canvas.graph_entered.connect(session.show_graph)
        canvas.fix_chosen.connect(self._fix)
        canvas.fix_hovered.connect(self._point_at)
        canvas.said.connect(session.said)
        canvas.connect_asked.connect(partial(offer_inputs, session, canvas))
        session.selection_changed.connect(self._select)
        session.graph_changed.connect(self._enter)
        session.verdict_changed.connect(self._inform)
        session.refusal_changed.connect(self._inform)
        session.room.changed.connect(self._inform_of_device)
        session.theme_changed.connect(lambda: canvas.set_theme(session.theme))
        session.problem_chosen.connect(self._go_to)

    def next_problem(self, step: int) -> None:
        """Go to the problem after the one shown last, or with -1 before it, as the list has them.

        Where there is none, that is said.
        """
        go_on(self._session, self._shown, step)

    def fix_problem(self) -> None:
        """Apply the first fix of the problem shown last, else of the first that has one.

        Where there is none, that is said; a check and fixes that are looked for are waited for.
        """
        if self._session.seeking.is_on:
            self._session.seeking.wait(self.fix_problem)
            return
        row = self._first_with_fix()
        if row is None and not self._session.is_judged:
            row = self._first([row for row in rows_now(self._session) if row.problem is not None])
        if row is None:
            self._session.said.emit(NO_FIX if self._session.is_judged else CHECKING)
        else:
            fix(self._session, row)

    def foresee_fix(self) -> None:
        """Preview the fix that ``fix_problem`` would apply, if it is known."""
        row = None if self._session.seeking.is_on else self._first_with_fix()
        if row is not None:
            self._session.previewing.show(row.fixes[0])

    def _first_with_fix(self) -> Row | None:
        """Return the row of the problem shown last if that has a fix, else the first that has."""
        return self._first([row for row in rows_now(self._session) if row.fixes])

    def _first(self, found: list[Row]) -> Row | None:
        """Return the row of the problem shown last if it is among some, else the first of them."""
        here = [row for row in found if _same(row.problem, self._shown)]
        return next(iter(here or found), None)

    def _fix(self, fix_id: str) -> None:
        fix = self._session.fix(fix_id)
        if fix is not None:
            fix_chosen(self._session, fix)

    def _point_at(self, fix_id: str) -> None:
        fix = self._session.fix(fix_id) if fix_id else None
        if fix is not None:
            self._session.previewing.show(fix)
        else:
            self._session.previewing.end()

    def _preview(self) -> None:
        shown = self._session.previewing
        if shown.fix is not None and shown.after is not None:
            self.preview.show(Edited(shown.fix.title, shown.after, shown.parts))
        else:
            self.preview.end()

    def _take_selection(self) -> None:
        self._session.select(self._canvas.selected(), self._canvas.world.backdrop.chosen)

    def _select(self) -> None:
        canvas, wanted = self._canvas, (self._session.selection, self._session.marks)
        if (canvas.selected(), canvas.world.backdrop.chosen) != wanted:
            canvas.select(*wanted)

    def _enter(self) -> None:
        self._canvas.show_graph(self._session.graph_key, self._session.prefix)
        self._inform()
        self._preview()

    def _inform(self) -> None:
        self._canvas.set_findings(self._session.findings)

    def _inform_of_device(self) -> None:
        if self._session.findings.device != self._canvas.findings.device:
            self._inform()

    def _go_to(self, problem: Diagnostic) -> None:
        session = self._session
        self._shown = problem
        place = place_of(session.project, problem.node)
        if place is None:
            session.said.emit(problem.message)
            return
        shown = as_shown(place, session.graph_key, session.prefix)
        session.show_graph(shown.graph, shown.prefix)
        session.select([shown.node])
        self._canvas.reveal(shown.node)


def _same(one: Diagnostic | None, other: Diagnostic | None) -> bool:
    if one is None or other is None:
        return False
    return (one.code, one.node) == (other.code, other.node)
