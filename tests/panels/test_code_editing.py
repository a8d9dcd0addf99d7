"""Editing in the code panel by real keys: what is applied, what is refused, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tests.panels.qt  # noqa: F401  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest

from app.panels.code.edit_view import EditView
from app.panels.code_panel import CodePanel
from app.session.code_reading import titled
from app.session.session import Session
from app.session.typed import Unapplied
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId
from tests.panels.judged import in_sight, set_value, settle, until

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(session: Session) -> Iterator[CodePanel]:
    with in_sight(CodePanel(session), 620, 420) as made:
        settle(session)
        yield made


def edit(panel: CodePanel, name: str = "model.py") -> EditView:
    panel.show_file(name)
    QTest.mouseClick(panel.header.edit, Qt.MouseButton.LeftButton)
    view = panel.editing.view
    assert view is not None
    assert panel.page is view
    return view


def overtype(view: EditView, old: str, new: str) -> None:
    """Select words of the text, and type others."""
    cursor = view.textCursor()
    at = view.toPlainText().index(old)
    cursor.setPosition(at)
    cursor.setPosition(at + len(old), cursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    QTest.keyClicks(view, new)


def apply(panel: CodePanel, view: EditView) -> None:
    QTest.keyClick(view, KEY.Key_Return, CTRL)
    until(lambda: panel.editing.apply.isEnabled())


def test_an_edit_that_is_wrong_for_torch_is_drawn_and_a_lost_comment_is_told(
    panel: CodePanel, session: Session
) -> None:
    said = list[str]()
    session.said.connect(said.append)
    view = edit(panel)
    overtype(view, "nn.BatchNorm2d(32),", "nn.BatchNorm2d(33),  # why")
    apply(panel, view)
    assert said[-1].startswith("model.py: Set num_features of bn2. The drawing has 1 error now.")
    until(lambda: session.is_judged)
    assert not panel.header.edit.isEnabled()
    panel.edit()
    assert not panel.editing.is_open


def test_a_number_that_is_edited_is_the_nodes_and_undo_takes_it_back(
    panel: CodePanel, session: Session
) -> None:
    before, said = dumps(session.project), list[str]()
    session.said.connect(said.append)
    view = edit(panel)
    overtype(view, "nn.Linear(512, 10)", "nn.Linear(512, 12)")
    apply(panel, view)
    assert not panel.editing.is_open
    head = session.project.main.graph.nodes[NodeId("head")]
    assert head.args["out_features"] == 12
    assert session.document.undo_title == "Set out_features of head"
    assert said[-1] == "model.py: Set out_features of head."
    session.undo()
    assert dumps(session.project) == before


def test_a_layer_is_added_to_a_chain_by_typing_a_line(panel: CodePanel, session: Session) -> None:
    view = edit(panel)
    known = set(session.project.main.graph.nodes)
    overtype(view, "nn.BatchNorm2d(32),", "nn.BatchNorm2d(32),")
    QTest.keyClick(view, KEY.Key_Return)
    QTest.keyClicks(view, "nn.Tanh(),")
    apply(panel, view)
    assert not panel.editing.is_open, panel.editing.words.text()
    (fresh,) = set(session.project.main.graph.nodes) - known
    graph = session.project.main.graph
    assert graph.nodes[fresh].spec == "nn.Tanh"
    assert session.document.undo_title is not None
    assert session.document.undo_title.startswith("Add nn.Tanh")
    settle(session)
    assert session.written is not None
    assert "nn.BatchNorm2d(32),\n            nn.Tanh(),\n" in session.written.files["model.py"].text


def test_what_is_not_understood_is_marked_and_changes_nothing(
    panel: CodePanel, session: Session
) -> None:
    before = session.project
    view = edit(panel)
    overtype(view, "nn.Linear(512, 10)", "nn.Nonsense(512, 10)")
    text = view.toPlainText()
    apply(panel, view)
    assert session.project is before
    assert view.toPlainText() == text
    line = next(n for n, each in enumerate(text.split("\n"), 1) if "Nonsense" in each)
    assert view.caret_line() == line
    assert "Nonsense" in view.problem_at(line)
    assert panel.editing.words.text().startswith(f"Nothing was changed. Line {line}:")
    overtype(view, "nn.Nonsense(512, 10)", "nn.Linear(512, 11)")
    assert view.marks == {}
    apply(panel, view)
    assert session.project.main.graph.nodes[NodeId("head")].args["out_features"] == 11


def test_lines_that_the_drawing_says_in_another_way_are_marked(
    panel: CodePanel, session: Session
) -> None:
    """Layers that are made in another order get other weights under a seed, which is told."""
    before = session.project
    view = edit(panel)
    moved, other = "self.dropout = nn.Dropout(0.25)", "self.head = nn.Linear(512, 10)"
    overtype(view, moved, "self.placeholder = 0")
    overtype(view, other, moved)
    overtype(view, "self.placeholder = 0", other)
    apply(panel, view)
    assert session.project is before
    words = panel.editing.words.text()
    line = view.toPlainText().split("\n").index(f"        {other}") + 1
    assert words.startswith("This changes nothing that the drawing keeps: ")
    assert f"line {line}: self.head is made in another order" in words
    assert "in another order" in view.problem_at(line)


def test_a_setting_of_train_py_is_edited(panel: CodePanel, session: Session) -> None:
    view = edit(panel, "train.py")
    line = next(each for each in view.toPlainText().split("\n") if "lr: float =" in each)
    overtype(view, line, line.rpartition("=")[0] + "= 0.0125")
    apply(panel, view)
    assert not panel.editing.is_open, panel.editing.words.text()
    values = [n.args.get("lr") for n in session.project.main.graph.nodes.values()]
    assert 0.0125 in values


def test_escape_asks_only_where_something_was_edited(panel: CodePanel) -> None:
    view = edit(panel)
    QTest.keyClick(view, KEY.Key_Escape)
    assert not panel.editing.is_open
    view = edit(panel)
    overtype(view, "nn.Linear(512, 10)", "x")
    QTest.keyClick(view, KEY.Key_Escape)
    assert panel.editing.is_open
    assert panel.editing.cancel.text() == "Discard"
    QTest.keyClick(view, KEY.Key_Escape)
    assert panel.editing.cancel.text() == "Cancel"
    while view.document().isUndoAvailable():
        QTest.keyClick(view, KEY.Key_Z, CTRL)
    QTest.keyClick(view, KEY.Key_Escape)
    assert not panel.editing.is_open
    assert panel.page is panel.view
    edit(panel)
    QTest.mouseClick(panel.header.edit, Qt.MouseButton.LeftButton)
    assert not panel.editing.is_open
    assert not panel.header.edit.isChecked()


def test_a_change_of_the_drawing_is_joined_with_what_was_typed(
    panel: CodePanel, session: Session
) -> None:
    view = edit(panel)
    overtype(view, "nn.Linear(512, 10)", "nn.Linear(512, 12)")
    set_value(session, "dropout", "p", 0.5)
    settle(session)
    assert panel.editing.words.text().startswith("The drawing changed")
    apply(panel, view)
    assert not panel.editing.is_open, panel.editing.words.text()
    nodes = session.project.main.graph.nodes
    assert nodes[NodeId("head")].args["out_features"] == 12
    assert nodes[NodeId("dropout")].args["p"] == 0.5
    session.undo()
    assert session.project.main.graph.nodes[NodeId("dropout")].args["p"] == 0.5


def test_a_line_that_both_changed_is_named_and_both_are_kept(
    panel: CodePanel, session: Session
) -> None:
    view = edit(panel)
    overtype(view, "nn.Linear(512, 10)", "nn.Linear(512, 12)")
    set_value(session, "head", "out_features", 14)
    set_value(session, "dropout", "p", 0.5)
    settle(session)
    drawn = session.project
    QTest.keyClick(view, KEY.Key_Return, CTRL)
    assert session.project is drawn
    text = view.toPlainText()
    assert "nn.Linear(512, 12)" in text
    assert "nn.Dropout()" in text
    line = next(n for n, each in enumerate(text.split("\n"), 1) if "Linear(512" in each)
    assert f"line {line}" in panel.editing.words.text()
    assert "nn.Linear(512, 14)" in view.problem_at(line)
    apply(panel, view)
    assert not panel.editing.is_open, panel.editing.words.text()
    assert session.project.main.graph.nodes[NodeId("head")].args["out_features"] == 12
    session.undo()
    assert session.project is drawn


def test_what_an_earlier_window_left_is_open_again(panel: CodePanel, session: Session) -> None:
    assert session.written is not None
    text = session.written.files["model.py"].text
    left = Unapplied("model.py", text, text.replace("nn.Linear(512, 10)", "nn.Linear(512, 12)"))
    panel.show_file("train.py")
    session.typed.offer(left)
    view = panel.editing.view
    assert view is not None
    assert panel.page is view
    assert panel.editing.text() == left.after
    set_value(session, "dropout", "p", 0.5)
    settle(session)
    apply(panel, view)
    assert session.project.main.graph.nodes[NodeId("head")].args["out_features"] == 12
    assert session.typed.text is None


def test_what_is_typed_is_noted_until_it_is_applied_or_discarded(
    panel: CodePanel, session: Session
) -> None:
    view = edit(panel)
    overtype(view, "nn.Linear(512, 10)", "nn.Linear(512, 12)")
    until(lambda: session.typed.text is not None)
    assert session.typed.text is not None
    assert "nn.Linear(512, 12)" in session.typed.text.after
    QTest.keyClick(view, KEY.Key_Escape)
    QTest.mouseClick(panel.editing.cancel, Qt.MouseButton.LeftButton)
    assert not panel.editing.is_open
    assert session.typed.text is None


def test_tab_indents_and_enter_keeps_the_indent(panel: CodePanel) -> None:
    view = edit(panel)
    view.put_caret(1)
    QTest.keyClick(view, KEY.Key_Tab)
    QTest.keyClicks(view, "if x:")
    QTest.keyClick(view, KEY.Key_Return)
    QTest.keyClicks(view, "y")
    assert view.toPlainText().startswith("    if x:\n        y")
    QTest.keyClick(view, KEY.Key_Backtab)
    assert view.toPlainText().startswith("    if x:\n    y")


def test_what_does_not_show_is_a_badge_and_stays(panel: CodePanel) -> None:
    view = edit(panel)
    assert panel.editing.text() == panel.session.written.files["model.py"].text  # type: ignore[union-attr]  # it is written
    view.put_caret(1)
    data = QMimeData()
    data.setText("# a\u202eb\n")
    view.insertFromMimeData(data)
    assert view.toPlainText().startswith("# a⟨RLO⟩b\n")
    assert view.code().startswith("# a\u202eb\n")


def test_a_file_in_work_waits_while_others_are_read(panel: CodePanel) -> None:
    view = edit(panel)
    overtype(view, "nn.Linear(512, 10)", "nn.Linear(512, 12)")
    panel.show_file("train.py")
    assert panel.page is panel.view
    assert panel.header.tabs.tabText(0) == "model.py  •"
    panel.edit()
    assert panel.file == "model.py"
    assert panel.page is view
    assert "nn.Linear(512, 12)" in view.toPlainText()


def test_what_cannot_be_edited_says_why(panel: CodePanel) -> None:
    panel.show_file("README.md")
    assert not panel.header.edit.isEnabled()
    assert "model.py" in panel.header.edit.toolTip()


def test_steps_are_named_by_what_changed() -> None:
    changes = ["nn.ReLU was added", "lr of adam: 0.1", "a of b: 1 -> 2", "x is called y"]
    assert titled(changes) == "Add nn.ReLU, set lr of adam, set a of b, 1 more"
