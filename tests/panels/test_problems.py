"""The list of problems and its strip through real events: grouping, going, fixing, silence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest

from app.panels.code_panel import CodePanel
from app.panels.problems.acting import next_of, rows_now, why_not_silenced
from app.panels.problems.model import DETAIL
from app.panels.problems.rows import Row, rows_of
from app.panels.problems_panel import ProblemsPanel, ProblemsStrip
from app.session.session import Session
from codegen.written import CannotWrite
from graph_editor.canvas.theme import theme
from graph_editor.checking.verdict import Diagnostic, Fix, Verdict
from graph_editor.document.edits import add_node, delete, in_block, set_argument
from graph_editor.document.model import Address, FrozenMap, Node, NodeId, Project, RuleId
from tests.panels.judged import JudgingHere, example, in_sight, session_on, set_value, settle, until

HEAD = NodeId("head")
KEY = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(session: Session) -> Iterator[ProblemsPanel]:
    with in_sight(ProblemsPanel(session), 980, 160) as made:
        settle(session)
        yield made


@pytest.fixture
def strip(session: Session) -> Iterator[ProblemsStrip]:
    with in_sight(ProblemsStrip(session), 1200, 28) as made:
        settle(session)
        yield made


def add(session: Session, node: str, spec: str) -> None:
    session.apply(
        lambda p: in_block(p, "main", lambda g: add_node(g, NodeId(node), Node(spec))), "A"
    )
    settle(session)


def break_head(session: Session) -> None:
    set_value(session, "head", "in_features", 256)
    settle(session)


def rows(panel: ProblemsPanel) -> list[tuple[str, str]]:
    return [(row.severity, row.label) for row in panel.view.rows.rows]


def go(panel: ProblemsPanel, at: int) -> Row:
    panel.view.setCurrentIndex(panel.view.rows.index(at, 0))
    row = panel.view.current_row()
    assert row is not None
    return row


def click(panel: ProblemsPanel, at: int, part: str) -> None:
    view = panel.view
    index = view.rows.index(at, 0)
    row = view.rows.rows[at]
    places = view.painter_of_rows.places(row, view.visualRect(index))
    QTest.mouseClick(view.viewport(), LEFT, pos=getattr(places, part).center())


def problem(code: str, node: str, severity: str = "error", fixes: int = 0) -> Diagnostic:
    made = tuple(Fix(f"{code}{n}", f"Fix {n}") for n in range(fixes))
    grade = {"error": "error", "warning": "warning", "info": "info"}[severity]
    return Diagnostic(RuleId(code), grade, Address(node), f"{code} at {node}", fixes=made)  # type: ignore[arg-type]  # one of the three


# Rows


def test_the_gravest_stand_first_and_what_waits_beneath_its_cause() -> None:
    project = example("digits_cnn")
    waiting = FrozenMap({Address(n): "waiting" for n in ("logits", "loss", "optimizer")})
    verdict = Verdict(
        status=waiting,  # type: ignore[arg-type]  # words of the status
        diagnostics=(
            problem("remark", "conv1", "info"),
            problem("warn", "dropout", "warning"),
            problem("fault", "head"),
        ),
    )
    found = rows_of(project, verdict)
    assert [row.severity for row in found] == ["error", "waiting", "warning", "info"]
    assert found[1].label == "3 nodes"
    assert found[1].sentence == "wait for head: logits, Cross entropy, AdamW"


def test_each_waiting_node_stands_under_one_cause_only() -> None:
    project = example("digits_cnn")
    waiting = FrozenMap({Address(n): "waiting" for n in ("relu1", "logits", "loss")})
    verdict = Verdict(
        status=waiting,  # type: ignore[arg-type]  # words of the status
        diagnostics=(problem("a", "conv1"), problem("b", "head")),
    )
    found = rows_of(project, verdict)
    named = [place.node for row in found for place in row.waiting]
    assert sorted(named) == ["logits", "loss", "relu1"]


def test_one_cause_in_several_uses_of_a_block_is_one_row() -> None:
    project = example("digits_residual")
    verdict = Verdict(
        status=FrozenMap({Address("block1"): "waiting", Address("logits"): "waiting"}),
        diagnostics=tuple(problem("c", f"block{n}/conv1") for n in (1, 2, 3)),
    )
    first, behind = rows_of(project, verdict)
    assert first.label == "block1 / conv1"
    assert [other.node for other in first.others] == ["block2/conv1", "block3/conv1"]
    assert first.place is not None
    assert (first.place.graph, first.place.prefix) == ("residual", "block1")
    assert [place.node for place in behind.waiting] == ["logits"]


def test_what_waits_inside_a_waiting_block_is_not_named_again() -> None:
    project = example("digits_residual")
    places = ("block1", "block1/conv1", "block1/bn1", "pool")
    verdict = Verdict(
        status=FrozenMap({Address(a): "waiting" for a in places}),  # type: ignore[arg-type]  # words
        diagnostics=(problem("c", "stem"),),
    )
    row = rows_of(project, verdict)[1]
    assert row.sentence == "wait for stem: block1, pool"


def test_walking_goes_round() -> None:
    found = [Row(p.severity, "x", "y", None, p) for p in (problem("a", "n"), problem("b", "n"))]
    first, second = found[0].problem, found[1].problem
    assert next_of(found, None, 1) is first
    assert next_of(found, None, -1) is second
    assert next_of(found, first, 1) is second
    assert next_of(found, second, 1) is first
    assert next_of(found, first, -1) is second
    assert next_of([], None, 1) is None


# The list


def test_it_says_that_there_are_no_problems(panel: ProblemsPanel) -> None:
    assert panel._words.text() == "No problems"
    assert panel._words.isVisible()
    assert not panel.view.isVisible()


def test_a_fault_of_a_real_drawing(panel: ProblemsPanel, session: Session) -> None:
    counted: list[tuple[int, int, int]] = []
    panel.counts_changed.connect(lambda *numbers: counted.append(numbers))
    break_head(session)
    assert rows(panel) == [("error", "head"), ("waiting", "5 nodes")]
    row = panel.view.rows.rows[0]
    assert "256" in row.sentence
    assert "512" in row.sentence
    assert counted == [(1, 0, 0)]


def test_enter_goes_to_the_node(panel: ProblemsPanel, session: Session) -> None:
    chosen: list[Diagnostic] = []
    session.problem_chosen.connect(chosen.append)
    break_head(session)
    go(panel, 0)
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert session.selection == {HEAD}
    assert [p.node for p in chosen] == ["head"]
    go(panel, 1)
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert session.selection == {"logits", "loss", "accuracy", "optimizer", "schedule"}


def test_alt_enter_cures_and_undo_brings_the_fault_back(
    panel: ProblemsPanel, session: Session
) -> None:
    break_head(session)
    go(panel, 0)
    QTest.keyClick(panel.view, KEY.Key_Return, ALT)
    settle(session)
    assert rows(panel) == []
    session.undo()
    settle(session)
    assert rows(panel)[0] == ("error", "head")


def test_alt_and_a_number_apply_that_fix(panel: ProblemsPanel, session: Session) -> None:
    break_head(session)
    row = go(panel, 0)
    assert row.fixes[1].title == "Let in_features follow what arrives"
    QTest.keyClick(panel.view, KEY.Key_2, ALT)
    settle(session)
    assert rows(panel) == []
    assert "in_features" not in session.project.main.graph.nodes[HEAD].args


def test_a_key_for_a_fix_that_is_not_there_says_so(panel: ProblemsPanel, session: Session) -> None:
    said: list[str] = []
    session.said.connect(said.append)
    break_head(session)
    go(panel, 1)
    QTest.keyClick(panel.view, KEY.Key_Return, ALT)
    assert said == ["There is no fix for this problem."]


def test_the_button_cures_and_the_row_goes_there(panel: ProblemsPanel, session: Session) -> None:
    break_head(session)
    click(panel, 0, "sentence")
    assert session.selection == {HEAD}
    click(panel, 0, "fix")
    settle(session)
    assert rows(panel) == []


@pytest.mark.parametrize("width", [300, 460, 700, 1200])
def test_no_parts_of_a_row_overlap_or_leave_it(
    panel: ProblemsPanel, session: Session, width: int
) -> None:
    break_head(session)
    panel.resize(width, 300)
    view = panel.view
    for at, row in enumerate(view.rows.rows):
        rect = view.visualRect(view.rows.index(at, 0))
        places = view.painter_of_rows.places(row, rect)
        parts = [places.glyph, places.label, places.sentence, places.fix, places.more]
        there = [part for part in parts if not part.isNull()]
        assert all(part.right() <= rect.right() for part in there)
        assert places.sentence.bottom() <= rect.bottom()
        for number, one in enumerate(there):
            assert not any(one.intersects(other) for other in there[number + 1 :])


def test_right_and_space_unfold_what_torch_says(panel: ProblemsPanel, session: Session) -> None:
    break_head(session)
    go(panel, 0)
    index = panel.view.currentIndex()
    QTest.keyClick(panel.view, KEY.Key_Right)
    assert panel.view.isExpanded(index)
    detail = panel.view.rows.index(0, 0, index)
    assert detail.data(DETAIL).startswith("PyTorch says: ")
    QTest.keyClick(panel.view, KEY.Key_Space)
    assert not panel.view.isExpanded(index)
    QTest.keyClick(panel.view, KEY.Key_Space)
    QTest.keyClick(panel.view, KEY.Key_Down)
    assert panel.view.currentIndex() == detail
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert session.selection == {HEAD}


def test_unfolded_rows_and_the_cursor_outlive_other_verdicts(
    panel: ProblemsPanel, session: Session
) -> None:
    break_head(session)
    add(session, "loose", "nn.Linear")
    go(panel, 0)
    QTest.keyClick(panel.view, KEY.Key_Space)
    go(panel, len(rows(panel)) - 1)
    label = panel.view.current_row()
    add(session, "other", "nn.Linear")
    row = panel.view.current_row()
    assert row is not None
    assert label is not None
    assert row.key == label.key
    assert panel.view.isExpanded(panel.view.rows.index(0, 0))


def actions(panel: ProblemsPanel, row: Row | None) -> dict[str, QAction]:
    return {act.text(): act for act in panel.menu_of(row).actions() if act.text()}


def test_a_remark_can_be_silenced_and_reported_again(
    panel: ProblemsPanel, session: Session
) -> None:
    add(session, "loose", "nn.ReLU")
    before = session.project
    at = [severity for severity, _ in rows(panel)].index("info")
    count = len(rows(panel))
    actions(panel, go(panel, at))["Silence this remark"].trigger()
    settle(session)
    assert len(rows(panel)) == count - 1
    assert session.document.undo_title == "Silence a remark of loose"
    actions(panel, None)["Report what 1 node silenced"].trigger()
    settle(session)
    assert len(rows(panel)) == count
    session.undo()
    session.undo()
    assert session.project is before


def test_an_error_cannot_be_silenced_and_says_why(panel: ProblemsPanel, session: Session) -> None:
    break_head(session)
    act = actions(panel, go(panel, 0))["Silence this warning"]
    assert not act.isEnabled()
    assert "error" in act.toolTip()


def test_the_menu_applies_fixes_and_copies(panel: ProblemsPanel, session: Session) -> None:
    break_head(session)
    found = actions(panel, go(panel, 0))
    found["Copy"].trigger()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Error: head: in_features")
    assert "PyTorch says" in text
    found["Set in_features to 512"].trigger()
    settle(session)
    assert rows(panel) == []


def test_a_problem_that_is_chosen_elsewhere_gets_the_cursor(
    panel: ProblemsPanel, session: Session
) -> None:
    break_head(session)
    add(session, "loose", "nn.Linear")
    last = session.problems()[-1]
    session.problem_chosen.emit(last)
    row = panel.view.current_row()
    assert row is not None
    assert row.problem is not None
    assert (row.problem.code, row.problem.node) == (last.code, last.node)


def test_next_and_previous_walk_through_the_problems(
    panel: ProblemsPanel, session: Session
) -> None:
    chosen: list[tuple[str, str]] = []
    session.problem_chosen.connect(lambda p: chosen.append((p.code, p.node)))
    break_head(session)
    add(session, "loose", "nn.Linear")
    wanted = [(r.problem.code, r.problem.node) for r in panel.view.rows.rows if r.problem]
    for _ in range(len(wanted) + 1):
        panel.next_problem()
    panel.previous_problem()
    assert chosen == [*wanted, wanted[0], wanted[-1]]


def test_without_problems_next_says_so(panel: ProblemsPanel, session: Session) -> None:
    said: list[str] = []
    session.said.connect(said.append)
    panel.next_problem()
    assert said == ["There are no problems."]


def test_a_problem_in_a_block_shows_the_block(qt: QApplication) -> None:
    session = session_on(example("digits_residual"))
    panel = ProblemsPanel(session)
    panel.show()
    session.apply(
        lambda p: in_block(
            p, "residual", lambda g: set_argument(g, NodeId("conv2"), "in_channels", 7)
        ),
        "Set",
    )
    settle(session)
    go(panel, 0)
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert session.graph_key == "residual"
    assert session.prefix == "block1"
    assert session.selection == {NodeId("conv2")}
    session.close()
    panel.deleteLater()


def test_five_hundred_problems_keep_their_rows(panel: ProblemsPanel, session: Session) -> None:
    judging = session.judging
    assert isinstance(judging, JudgingHere)
    many = tuple(problem(f"rule{n}", "conv1", "warning", fixes=2) for n in range(500))
    judging.judged.emit(session.project, Verdict(diagnostics=many))
    assert len(rows(panel)) == 500
    go(panel, 250)
    judging.judged.emit(session.project, Verdict(diagnostics=many[1:]))
    row = panel.view.current_row()
    assert row is not None
    assert row.key[0] == "rule250"


def test_rows_are_read_aloud(panel: ProblemsPanel, session: Session) -> None:
    break_head(session)
    words = panel.view.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words.startswith("Error: head: in_features of")
    assert words.endswith("Fix: Set in_features to 512.")
    waiting = panel.view.rows.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert waiting.startswith("Waiting: 5 nodes wait for head")


def test_hidden_it_still_counts_and_shown_it_is_true(session: Session) -> None:
    panel = ProblemsPanel(session)
    counted: list[tuple[int, int, int]] = []
    panel.counts_changed.connect(lambda *numbers: counted.append(numbers))
    break_head(session)
    assert counted == [(1, 0, 0)]
    assert rows(panel) == []
    panel.show()
    assert rows(panel)[0] == ("error", "head")
    panel.deleteLater()


def test_a_stopped_engine_is_said(session: Session) -> None:
    panel = ProblemsPanel(session)
    panel.show()
    session.judging.state_changed.emit("stopped", "PyTorch could not be imported.")
    assert panel._more.text() == "PyTorch could not be imported."
    session.set_theme(theme("light"))
    panel.deleteLater()


# The strip


def test_the_strip_counts_and_shows_the_gravest(strip: ProblemsStrip, session: Session) -> None:
    assert strip._sentence.text() == "No problems"
    add(session, "loose", "nn.Linear")
    break_head(session)
    assert [button.text() for button in strip._counts] == ["1", "1", "1"]
    assert strip._label.text() == "head"
    assert strip._sentence.text().startswith("in_features of")
    assert strip._fix.text() == "Fix: Set in_features to 512"


def test_the_strip_cures_walks_and_opens_the_list(strip: ProblemsStrip, session: Session) -> None:
    asked: list[bool] = []
    strip.list_asked.connect(lambda: asked.append(True))
    add(session, "loose", "nn.Linear")
    break_head(session)
    QTest.mouseClick(strip._next, LEFT)
    assert session.selection == {HEAD}
    QTest.mouseClick(strip._next, LEFT)
    assert session.selection == {NodeId("loose")}
    assert strip._label.text() == "loose"
    strip.previous_problem()
    QTest.mouseClick(strip._fix, LEFT)
    settle(session)
    assert strip._label.text() == "loose"
    QTest.mouseClick(strip._counts[0], LEFT)
    assert asked == [True]


def test_the_strip_does_not_fix_what_is_being_checked(
    strip: ProblemsStrip, session: Session
) -> None:
    break_head(session)
    judging = session.judging
    assert isinstance(judging, JudgingHere)
    judging.waits = True
    set_value(session, "head", "bias", False)
    assert not strip._fix.isEnabled()
    assert strip._fix.toolTip()


def test_a_long_sentence_is_cut_in_the_strip_and_whole_in_its_tooltip(
    strip: ProblemsStrip, session: Session
) -> None:
    break_head(session)
    strip.resize(420, 28)
    assert strip._sentence.text().endswith("…")
    assert strip._sentence.toolTip() == rows_now(session)[0].sentence
    right = strip._key.geometry().right()
    assert right <= strip.width()
    assert strip.childAt(QPoint(right - 2, 14)) is not None


# No code


def test_a_drawing_without_code_is_not_called_free_of_problems(
    panel: ProblemsPanel, strip: ProblemsStrip, session: Session
) -> None:
    add(session, "digits_zq2a", "data.digits")
    others = [n for n in session.project.main.graph.nodes if n != "digits_zq2a"]
    session.apply(lambda p: delete(p, "main", others), "Clear")
    until(lambda: session.is_refused)
    assert rows(panel)[0] == ("warning", "the drawing")
    assert strip.row is not None
    assert strip.row.sentence.startswith("There is no code: there is no output yet.")
    assert panel._pages.currentWidget() is panel.view


def test_a_refusal_leads_to_its_node(panel: ProblemsPanel, session: Session) -> None:
    session._was_refused(session.project, CannotWrite("head", "no code for this", "Remove it"))
    assert rows(panel)[0] == ("warning", "head")
    row = go(panel, 0)
    assert row.sentence == "There is no code: no code for this. Remove it."
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert session.selection == {HEAD}
    assert "cannot be silenced" in why_not_silenced(row)
    assert [p.message for p in session.findings.of(HEAD)] == [row.sentence]  # so is its badge
    set_value(session, "head", "out_features", 11)
    settle(session)
    assert not [row for row in rows(panel) if row[0] == "warning" and row[1] == "head"]
    until(lambda: session.is_written)
    assert not [p for p in session.findings.of(HEAD) if p.code == "no-code"]


def test_an_empty_drawing_is_said_to_be_one(qt: QApplication) -> None:
    session = session_on(Project())
    strip, panel, code = ProblemsStrip(session), ProblemsPanel(session), CodePanel(session)
    for widget in (strip, panel, code):
        widget.resize(900, 200)
        widget.show()
    settle(session)
    assert strip._whole == "Nothing is drawn yet."
    assert panel._words.text() == "Nothing is drawn yet"
    assert code.state().reason == "Nothing is drawn yet."
    for widget in (strip, panel, code):
        widget.close()
        widget.deleteLater()
    session.close()
