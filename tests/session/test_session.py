"""A session holds document, verdict and code together, whatever comes in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtWidgets import QApplication  # after the check that Qt is there

from app.session.session import Session
from codegen.written import CannotWrite, Written
from graph_editor.checking.verdict import Verdict
from graph_editor.document.edits import (
    add_block,
    add_node,
    duplicate,
    in_block,
    move_nodes,
    remove_nodes,
    set_argument,
)
from graph_editor.document.model import Address, BlockId, FrozenMap, Node, NodeId, Project
from tests.panels.judged import example, session_on, settle, until

HEAD = NodeId("head")


@pytest.fixture
def session(qt: QApplication) -> Iterator[Session]:
    made = Session(example("digits_cnn"))
    yield made
    made.close()


def features(value: int) -> Callable[[Project], Project]:
    return lambda now: in_block(
        now, "main", lambda graph: set_argument(graph, HEAD, "in_features", value)
    )


def test_an_edit_is_judged_and_written_and_a_fix_cures_it(session: Session) -> None:
    session.start_engine()
    until(lambda: session.is_judged and session.is_written)
    assert session.engine_state == "ready"
    assert session.written is not None
    assert "nn.Linear(512, 10)" in session.written.files["model.py"].text
    assert session.findings.ports["conv1.output"].label == "B×16×8×8"

    assert session.apply(features(100), "Set in_features")
    assert not session.is_judged
    until(lambda: session.is_judged and bool(session.problems()[0].fixes))
    problem = session.problems()[0]
    assert problem.node == HEAD
    assert "100" in problem.message
    assert "512" in problem.message
    until(lambda: session.refusal is not None)
    assert not session.is_written

    fix = session.fix(problem.fixes[0].id)
    assert fix is not None
    assert session.apply_fix(fix)
    until(lambda: session.is_judged and session.is_written)
    assert session.problems() == ()
    session.undo()
    until(lambda: session.is_judged)
    assert session.problems()[0].node == HEAD


def test_a_late_verdict_on_an_older_drawing_is_passed_over(session: Session) -> None:
    before = session.project
    session.apply(features(100), "Set in_features")
    session._judged(before, Verdict())
    assert session.verdict is None


def test_nothing_is_known_of_a_block_that_is_used_nowhere(session: Session) -> None:
    session._judged(session.project, Verdict(parameters=FrozenMap({Address("conv1"): 160})))
    assert session.findings.parameters == {"conv1": 160}
    assert session.findings is session.findings
    session.apply(lambda now: add_block(now, BlockId("part")), "Add block")
    session.show_graph("part")
    assert session.findings.parameters == {}
    session.show_graph("main")
    assert session.findings.parameters == {"conv1": 160}


def test_moving_nodes_needs_no_new_verdict_and_no_new_code(session: Session) -> None:
    session._judged(session.project, Verdict())
    session._was_written(session.project, Written(session.project.run))  # type: ignore[arg-type]  # any map
    session.apply(lambda now: move_nodes(now, "main", {HEAD: (8, 8)}), "Move")
    assert session.is_judged
    assert session.is_written


def test_a_refusal_keeps_the_code_that_was_there(session: Session) -> None:
    written = Written(session.project.run)  # type: ignore[arg-type]  # any map
    session._was_written(session.project, written)
    session.apply(features(100), "Set in_features")
    session._was_refused(session.project, CannotWrite("head", "100 expected", "Mend it"))
    assert session.written is written
    assert not session.is_written
    assert session.refusal is not None


def test_an_edit_that_cannot_be_done_is_said(session: Session) -> None:
    told: list[str] = []
    session.said.connect(told.append)
    wrong = session.apply(
        lambda now: in_block(now, "main", lambda g: set_argument(g, NodeId("no"), "p", 1)), "Set"
    )
    assert not wrong
    assert len(told) == 1
    assert "no" in told[0]
    assert not session.document.can_undo


def test_selection_loses_what_is_no_more(session: Session) -> None:
    seen: list[frozenset[NodeId]] = []
    session.selection_changed.connect(lambda: seen.append(session.selection))
    session.select([HEAD, NodeId("gone"), NodeId("conv1")])
    session.apply(
        lambda now: in_block(now, "main", lambda g: remove_nodes(g, [HEAD])),
        "Delete",
    )
    assert seen == [frozenset({HEAD, NodeId("conv1")}), frozenset({NodeId("conv1")})]


def test_saved_changed_is_told_when_that_changes(session: Session, tmp_path: Path) -> None:
    told: list[bool] = []
    session.saved_changed.connect(lambda: told.append(session.document.is_modified))
    session.apply(features(1), "Set")
    session.apply(features(2), "Set")
    session.saved_at(tmp_path / "a.netwright")
    session.undo()
    session.redo()
    assert told == [True, False, True, False]
    assert session.title == "a.netwright"


def test_a_use_that_is_undone_gives_way_to_the_use_it_was_copied_from(qt: QApplication) -> None:
    session = session_on(example("digits_residual"))
    try:
        settle(session)
        drawn = session.project.main.graph
        first = max(n for n, node in drawn.nodes.items() if node.kind == "block")
        key = drawn.nodes[first].spec.partition(".")[2]
        session.show_graph(key, first)
        known = session.findings
        assert known.ports
        assert known.parameters
        session.show_graph("main")
        twice = duplicate(session.project, "main", [first], session.ids)
        assert session.apply(lambda _: twice.project, "Duplicate")
        (made,) = twice.ids.values()
        session.show_graph(key, made)
        session.select([min(session.project.block(key).graph.nodes)])
        shown: list[tuple[str, str]] = []
        session.graph_changed.connect(lambda: shown.append((session.graph_key, session.prefix)))
        session.undo()
        assert shown == [(key, first)]
        assert (session.graph_key, session.prefix) == (key, first)
        assert session.selection == frozenset()
        settle(session)
        assert session.findings == known
        session.redo()
        assert (session.graph_key, session.prefix) == (key, first), "nobody asked to go back"
        session.undo()
        assert len(shown) == 1
    finally:
        session.close()


def test_the_only_use_that_is_undone_gives_way_to_the_graph_above(session: Session) -> None:
    session.apply(lambda now: add_block(now, BlockId("part")), "Add block")
    use = Node("block.part")
    session.apply(
        lambda now: in_block(now, "main", lambda graph: add_node(graph, NodeId("use"), use)), "Add"
    )
    session.show_graph("part", "use")
    session.undo()
    assert (session.graph_key, session.prefix) == ("main", "")
    assert BlockId("part") in session.project.blocks
