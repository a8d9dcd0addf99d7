"""What the inspector shows of one node, of several and of none, and what its buttons do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from tests.panels.qt import QApplication

# isort: split
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from app.panels.inspector_parts import WrappingButton
from app.window.style import style_sheet
from codegen.written import CannotWrite
from graph_editor.canvas.telling import ROUNDS
from graph_editor.canvas.theme import theme
from graph_editor.document.edits import add_node, connect, disconnect, in_block, set_argument
from graph_editor.document.model import (
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Repeat,
)
from tests.checking.drawings import B, drawing
from tests.panels.inspected import Desk, click
from tests.panels.judged import example, until

HEAD, SOFT = NodeId("head"), NodeId("soft")


def wrong(project: Project) -> Project:
    def edit(graph: Graph) -> Graph:
        return set_argument(graph, HEAD, "in_features", 256)

    return in_block(project, "main", edit)


@pytest.fixture
def desk(qt: QApplication) -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_a_node_shows_its_tensors_and_cost_as_the_engine_says(desk: Desk) -> None:
    desk.select("conv2")
    assert desk.inspector.header.name.placeholderText() == "Conv2d"
    assert texts(desk.inspector.tensors) == [
        "Tensors", "in", "B×16×8×8", "float32", "out", "B×32×8×8", "float32"
    ]  # fmt: skip
    cost = texts(desk.inspector.cost)
    assert "4,608" in cost
    assert f"{2 * 32 * 16 * 9 * 64:,}" in cost
    whole = sum(desk.session.verdict.parameters.values()) if desk.session.verdict else 0
    assert f"{100 * 4608 / whole:.3g} % of all" in cost
    desk.select("relu2")
    kept = texts(desk.inspector.cost)
    assert kept[kept.index("activations") + 1 :] == [
        *("512.0 KiB", "for a batch"),
        *("memory", "1.0–1.8 MiB", "to train"),
    ]


def test_what_a_stroke_in_a_size_means_is_told_there(qt: QApplication) -> None:
    pool = ("pool", "nn.MaxPool2d", {"kernel_size": 2})
    desk = Desk(drawing(pool, x=(B, 3, Expr("H"), Expr("W"))))
    desk.select("pool")
    shapes = [label for label in desk.inspector.tensors.findChildren(QLabel) if "×" in label.text()]
    assert [label.text() for label in shapes] == ["B×3×H×W", "B×3×H/2×W/2"]
    assert [label.toolTip().endswith(f"\n{ROUNDS}") for label in shapes] == [False, True]
    desk.close()


def test_the_project_shows_what_a_training_needs(desk: Desk) -> None:
    totals = texts(desk.inspector.project.totals)
    assert totals[totals.index("activations") + 1 :] == [
        "2.0 MiB", "for a batch", "memory", "2.1–4.0 MiB", "to train"
    ]  # fmt: skip


@pytest.mark.parametrize("width", [230, 288, 480])
def test_a_fix_with_many_words_is_as_high_as_they_need(qt: QApplication, width: int) -> None:
    drawn = drawing(
        ("flat", "nn.Flatten", {}), ("one", "nn.Linear", {"out_features": 1}),
        y=(B,), y_dtype="int64", classes=2, loss="nn.BCEWithLogitsLoss",
    )  # fmt: skip
    desk = Desk(drawn, width=width)
    desk.select("loss")
    for _ in range(3):
        qt.processEvents()
    fixes = desk.inspector.problems.findChildren(WrappingButton)
    assert len(fixes) > 1
    for fix in fixes:
        assert fix.height() >= fix.heightForWidth(fix.width())
    desk.close()


def test_a_problem_is_said_and_its_fix_cures_it_in_one_step(qt: QApplication) -> None:
    desk = Desk(edit=wrong)
    desk.select("head")
    assert any("256" in text and "512" in text for text in texts(desk.inspector.problems))
    assert desk.field("in_features").property("state") == "error"
    assert "waiting" in texts(desk.inspector.tensors)
    fix = desk.inspector.problems.findChild(WrappingButton)
    assert fix is not None
    click(fix)
    desk.judge()
    assert desk.session.verdict is not None
    assert not desk.session.verdict.has_errors
    assert not desk.inspector.problems.isVisible()
    assert desk.field("in_features").property("state") == ""
    desk.session.undo()
    desk.judge()
    assert desk.inspector.problems.isVisible()
    desk.close()


def test_a_name_is_typed_as_one_step(desk: Desk) -> None:
    desk.select("conv2")
    name = desk.inspector.header.name
    click(name)
    QTest.keyClicks(name, "second")
    assert desk.node("conv2").name == "second"
    desk.session.undo()
    assert desk.node("conv2").name == ""
    assert name.text() == ""


def test_several_nodes_change_together_in_one_step(desk: Desk) -> None:
    desk.select("conv1", "conv2")
    assert desk.inspector.header.count.text() == "2 nodes"
    field = desk.field("out_channels")
    assert (field.text(), field.placeholderText()) == ("", "—")
    assert desk.field("kernel_size").text() == "3"
    before = desk.session.project
    click(field)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert desk.session.project is before
    click(field)
    QTest.keyClicks(field, "24")
    assert [desk.said(key, "out_channels") for key in ("conv1", "conv2")] == [24, 24]
    desk.session.undo()
    assert desk.session.project == before
    assert (field.text(), field.placeholderText()) == ("", "—")


def test_different_specs_share_what_they_have_in_common(desk: Desk) -> None:
    desk.select("conv1", "pool")
    assert set(desk.inspector.form.rows) == {"kernel_size", "dilation"}
    click(desk.field("kernel_size"))
    QTest.keyClicks(desk.field("kernel_size"), "5")
    assert [desk.said(key, "kernel_size") for key in ("conv1", "pool")] == [5, 5]
    desk.select("relu1", "digits")
    assert not desk.inspector.parameters.isVisible()


def test_the_form_is_made_anew_for_other_parameters_alone(desk: Desk) -> None:
    desk.select("conv1")
    rows = dict(desk.inspector.form.rows)
    desk.judge()
    desk.session.apply(wrong, "elsewhere")
    assert desk.inspector.form.rows == rows
    click(desk.field("out_channels"))
    QTest.keyClicks(desk.field("out_channels"), "3.5")
    desk.select("conv2")
    assert desk.field("out_channels").text() == "32"
    assert not desk.inspector.form.rows["out_channels"].message.isVisible()
    assert desk.said("conv2", "out_channels") == 32
    desk.select("pool")
    assert not set(desk.inspector.form.rows.values()) & set(rows.values())


def test_the_focused_parameter_is_explained_in_torchs_words(desk: Desk) -> None:
    desk.select("conv2")
    assert desk.inspector.card.words.text() == "Slides learned filters over an image."
    click(desk.field("out_channels"))
    until(lambda: "produced by the convolution" in desk.inspector.card.words.text())
    assert desk.inspector.card.name.text() == "out_channels"


def test_freezing_copies_and_condition(desk: Desk) -> None:
    desk.select("conv2")
    rows = desk.inspector.use.rows
    rows["frozen"].editor.setFocus()
    QTest.keyClick(rows["frozen"].editor, Qt.Key.Key_Space)
    assert desk.node("conv2").freeze == (".",)
    assert not rows["shared"].isVisible()
    click(rows["copies"].editor)
    QTest.keyClicks(rows["copies"].editor, "3")
    assert desk.node("conv2").repeat == Repeat(3)
    assert rows["shared"].isVisible()
    click(rows["when"].editor)
    QTest.keyClicks(rows["when"].editor, "training")
    when = desk.node("conv2").when
    assert when is not None
    assert when.text == "training"
    desk.session.undo()
    desk.session.undo()
    desk.session.undo()
    assert desk.session.project == example("digits_cnn")


def test_what_means_nothing_on_a_node_is_not_offered(desk: Desk) -> None:
    for key in ("optimizer", "digits", "logits"):
        desk.select(key)
        assert not desk.inspector.use.isVisible(), key
    desk.select("relu1")
    assert not desk.inspector.use.rows["frozen"].isVisible()


def softmax(project: Project) -> Project:
    """Put a softmax before a loss that has one inside: a silent fault."""

    def edit(graph: Graph) -> Graph:
        graph = add_node(graph, SOFT, Node("nn.Softmax", args=FrozenMap({"dim": 1})))
        into = InPort(NodeId("logits"), PortPath("input"))
        graph = connect(graph, OutPort(HEAD, "output"), InPort(SOFT, PortPath("input")))
        return connect(disconnect(graph, into), OutPort(SOFT, "output"), into)

    return in_block(project, "main", edit)


def test_a_warning_can_be_silenced_and_reported_again(qt: QApplication) -> None:
    desk = Desk(edit=softmax)
    (found,) = [each for each in desk.session.problems() if each.severity == "warning"]
    desk.select(found.node)
    click(_link(desk.inspector.problems, "Do not report here"))
    assert desk.node(found.node).silence == (found.code,)
    desk.judge()
    assert not desk.inspector.problems.isVisible()
    click(_link(desk.inspector.use, "Report"))
    assert desk.node(found.node).silence == ()
    desk.judge()
    assert desk.inspector.problems.isVisible()
    desk.close()


def test_why_there_is_no_code_stands_on_its_node_and_cannot_be_silenced(desk: Desk) -> None:
    desk.select("head")
    desk.session._was_refused(
        desk.session.project, CannotWrite("head", "no code for this", "Remove it")
    )
    assert desk.inspector.problems.isVisible()
    cards = desk.inspector.problems.findChildren(QFrame)
    (card,) = [each for each in cards if each.property("role") == "warning"]
    assert card.accessibleName() == "warning: There is no code: no code for this. Remove it."
    assert not desk.inspector.problems.findChildren(QPushButton)


def _link(within: QWidget, words: str) -> QPushButton:
    found = within.findChildren(QPushButton)
    return next(b for b in found if b.accessibleName() == words and b.isVisible())


def test_with_nothing_selected_the_project_speaks(desk: Desk) -> None:
    page = desk.inspector.project
    assert page.isVisible()
    assert page.name.text() == "Digits CNN"
    assert "9,978" in texts(page.totals)
    assert {"B×1×8×8", "B×10"} <= set(texts(page.ports))
    click(page.name)
    QTest.keyClick(page.name, Qt.Key.Key_End)
    QTest.keyClicks(page.name, " 2")
    assert desk.session.project.main.name == "Digits CNN 2"
    page.doc.setFocus()
    page.doc.selectAll()
    QTest.keyClicks(page.doc, "Reads digits.")
    assert desk.session.project.main.doc == "Reads digits."
    desk.session.undo()
    assert desk.session.project.main.name == "Digits CNN 2"
    desk.session.undo()
    assert desk.session.project == example("digits_cnn")


def test_an_unknown_spec_keeps_and_shows_what_it_says(qt: QApplication) -> None:
    project = example("digits_cnn")
    graph = project.main.graph
    node = replace(graph.nodes[NodeId("conv2")], spec="nn.Conv9d")
    changed = replace(
        project.main, graph=replace(graph, nodes=graph.nodes.set(NodeId("conv2"), node))
    )
    desk = Desk(project.with_block("main", changed))
    desk.select("conv2")
    assert "not known" in desk.inspector.header.spec.text()
    assert desk.field("out_channels").text() == "32"
    desk.close()


@pytest.mark.parametrize("width", [264, 288])
@pytest.mark.parametrize("key", ["conv2", "head", "optimizer", "schedule", "digits", "image"])
def test_nothing_is_wider_than_the_panel(qt: QApplication, width: int, key: str) -> None:
    desk = Desk(edit=wrong, width=width)
    desk.panel.setStyleSheet(style_sheet(theme("dark")) + desk.panel.styleSheet())
    desk.select(key)
    QApplication.processEvents()
    inner = desk.inspector.area.viewport().width()
    for child in desk.inspector.area.findChildren(QWidget):
        if child.isVisible():
            right = child.mapTo(desk.inspector, QPoint(child.width(), 0)).x()
            assert right <= inner, (type(child).__name__, child.accessibleName(), right)
    desk.close()


def test_hidden_it_does_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.panel.hide()
    monkeypatch.setattr(desk.inspector, "_show", partial(pytest.fail, "it worked while hidden"))
    desk.select("conv1")
    desk.judge()
