"""The rows of frames and notes after any edits: those of the layout, each that of its own mark."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from app.panels.outline.items import node_order
from app.panels.outline.model import OutlineModel
from app.session.session import Session
from graph_editor.document.edits import (
    add_frame,
    add_note,
    change_note,
    delete,
    marks_of,
    remove_marks,
)
from graph_editor.document.model import NodeId, Project
from tests.panels.judged import JudgingHere, example, session_on

STRICT = QAbstractItemModelTester.FailureReportingMode.Warning
Edit = Callable[[Project], Project]
POOL, HEAD = NodeId("pool"), NodeId("head")


def texts(project: Project) -> list[str]:
    """Return what frames and notes of the main graph are called, in their order."""
    frames = [frame.get("title", "") for frame in marks_of(project, "main", "frames")]
    return [*frames, *(note["text"] for note in marks_of(project, "main", "notes"))]


def rows(model: OutlineModel) -> list[str]:
    """Return the names in the rows behind those of the nodes."""
    above = model.graph_index("main")
    found = [model.index(row, 0, above) for row in range(model.rowCount(above))]
    return [index.data() for index in found if model.item(index).mark is not None]


def edit_of(kind: str, number: int, at: int) -> Edit:
    """Return an edit; what it writes bears its number, so that no two are alike."""

    def edit(project: Project) -> Project:
        frames, notes = (len(marks_of(project, "main", name)) for name in ("frames", "notes"))
        if kind == "frame":
            members = [node for node in (POOL, HEAD) if node in project.main.graph.nodes]
            return add_frame(project, "main", members or list(project.main.graph.nodes)[:1],
                             f"frame {number}")  # fmt: skip
        if kind == "note":
            return add_note(project, "main", (float(number), 0.0), f"note {number}")
        if kind == "rewrite" and notes:
            return change_note(project, "main", at % notes, text=f"note {number}")
        if kind == "remove frame" and frames:
            return remove_marks(project, "main", [at % frames], ())
        if kind == "remove note" and notes:
            return remove_marks(project, "main", (), [at % notes])
        if kind == "delete" and POOL in project.main.graph.nodes:
            return delete(project, "main", [POOL])
        return project

    return edit


KINDS = ["frame", "note", "frame", "note", "rewrite", "remove frame", "remove note", "delete"]
MOVES = st.lists(
    st.tuples(st.sampled_from([*KINDS, "undo", "redo"]), st.integers(0, 5)), max_size=14
)


@settings(max_examples=25, deadline=None)
@given(MOVES)
def test_rows_are_those_of_the_layout_and_stay_their_own(
    qapp: QApplication, moves: list[tuple[str, int]]
) -> None:
    session = quiet()
    follow(session, OutlineModel(session), moves)
    session.close()


def test_qts_rules_are_kept(qt: QApplication) -> None:
    session = quiet()
    model = OutlineModel(session)
    tester = QAbstractItemModelTester(model, STRICT, model)
    kinds = ("frame", "note", "frame", "note", "remove frame", "rewrite", "undo", "remove note")
    follow(session, model, [(kind, 0) for kind in kinds])
    del tester
    session.close()


def follow(session: Session, model: OutlineModel, moves: list[tuple[str, int]]) -> None:
    """Make edits, and look after each whether every row is still that of its own mark."""
    model.sync()
    for number, (kind, at) in enumerate(moves):
        before = texts(session.project)
        held = {name: persistent(model, row) for row, name in enumerate(before)}
        if kind in ("undo", "redo"):
            session.undo() if kind == "undo" else session.redo()
        else:
            session.apply(edit_of(kind, number, at), kind)
        model.sync()
        now = texts(session.project)
        assert rows(model) == now
        for name in set(before) & set(now):
            assert held[name].data() == name
        if len(now) < len(before):
            assert all(not held[name].isValid() for name in set(before) - set(now))
    while session.document.can_undo:
        session.undo()
        model.sync()
    assert rows(model) == []


def persistent(model: OutlineModel, row: int) -> QPersistentModelIndex:
    above = model.graph_index("main")
    first = model.rowCount(above) - len(rows(model))
    return QPersistentModelIndex(model.index(first + row, 0, above))


def quiet() -> Session:
    """Return a session on an example that nobody judges."""
    made = session_on(example("digits_residual"))
    assert isinstance(made.judging, JudgingHere)
    made.judging.waits = True
    return made


def test_an_edit_of_a_number_looks_at_no_row_of_a_mark(qt: QApplication) -> None:
    session = quiet()
    session.apply(lambda p: add_note(p, "main", (0.0, 0.0), "Look"), "Note")
    model = OutlineModel(session)
    model.sync()
    told: list[object] = []
    model.dataChanged.connect(lambda first, _: told.append(model.item(first).mark))
    before = list(node_order(session.project, "main", session.lookup))
    session.apply(lambda p: delete(p, "main", [POOL]), "Delete")
    model.sync()
    assert rows(model) == ["Look"]
    assert not any(told)
    assert len(before) == model.rowCount(model.graph_index("main"))  # one node less, one note
    session.close()
