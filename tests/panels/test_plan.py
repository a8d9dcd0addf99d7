"""The training plan and the documentation of what is selected."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication

# isort: split
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.panels.docs_panel import DocsPanel
from app.panels.documentation import flowing, parameter_text, readable
from app.panels.inspector_parts import FactRow
from app.panels.plan_panel import PlanPanel
from app.panels.plan_parts import JumpRow
from graph_editor.document.edits import set_run
from graph_editor.document.files import load
from graph_editor.document.model import NodeId
from tests.panels.inspected import Desk, click, drag
from tests.panels.judged import EXAMPLES, example, until

PROJECTS = EXAMPLES.parents[1] / "tests" / "projects"


class PlanDesk(Desk):
    """A plan on a session."""

    def __init__(self, name: str = "") -> None:
        project = load(PROJECTS / f"{name}.netwright").project if name else example("digits_cnn")
        super().__init__(project, panel=PlanPanel, width=264)
        assert isinstance(self.panel, PlanPanel)
        self.plan = self.panel
        self.plan.rows["seed"].editor.setFocus()


@pytest.fixture
def desk(qt: QApplication) -> Iterator[PlanDesk]:
    made = PlanDesk()
    yield made
    made.close()


def texts(widget: QWidget) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_settings_are_typed_and_dragged_as_one_step_each(desk: PlanDesk) -> None:
    before = desk.session.project
    row = desk.plan.rows["epochs"]
    click(row.editor)
    QTest.keyClicks(row.editor, "35")
    assert desk.session.project.run["epochs"] == 35
    QTest.keyClick(row.editor, Qt.Key.Key_Tab)
    drag(desk.plan.rows["batch_size"].label, 11)
    assert desk.session.project.run["batch_size"] == 66
    desk.session.undo()
    desk.session.undo()
    assert desk.session.project == before


def test_what_is_not_legal_is_said_and_not_taken(desk: PlanDesk) -> None:
    row = desk.plan.rows["epochs"]
    click(row.editor)
    QTest.keyClicks(row.editor, "0")
    assert desk.session.project.run["epochs"] == 20
    assert row.message.isVisible()
    assert "1 or more" in row.message.text()
    QTest.keyClick(row.editor, Qt.Key.Key_Escape)
    assert row.editor.text() == "20"  # type: ignore[union-attr]  # a field
    assert not row.message.isVisible()


@pytest.mark.parametrize("text", ["12x", "9" * 23])
def test_a_number_that_is_none_in_the_end_is_not_taken_in_part(desk: PlanDesk, text: str) -> None:
    before, row = desk.session.project, desk.plan.rows["epochs"]
    click(row.editor)
    QTest.keyClicks(row.editor, text)
    assert row.message.isVisible()
    assert desk.session.project is before
    QTest.keyClick(row.editor, Qt.Key.Key_Tab)
    assert desk.session.project is before
    assert not desk.session.document.can_undo
    assert row.editor.property("state") == "error"


def said(widget: QWidget) -> set[str]:
    """Return the facts of a widget, with what stands beside them, be there room for it or not."""
    QApplication.processEvents()
    return {row.accessibleName() for row in widget.findChildren(FactRow)}


def test_the_length_follows_from_samples_and_batch_size(desk: PlanDesk) -> None:
    steps = math.ceil(1437 / 64)
    length = f"steps: {steps} an epoch {steps * 20} in all"
    assert {"samples: 1,437 360 to validate", length} <= said(desk.plan.steps)
    desk.session.apply(lambda p: set_run(p, "batch_size", 1437), "all at once")
    assert "steps: 1 an epoch 20 in all" in said(desk.plan.steps)
    assert {"1 an epoch", "cpu"} <= set(texts(desk.plan.steps))


def test_the_parts_of_the_plan_lead_to_their_nodes(desk: PlanDesk) -> None:
    rows = desk.plan.parts.findChildren(JumpRow)
    words = {row.part.title: row.part.words for row in rows}
    assert words == {
        "AdamW": "trains the whole model · lr 0.002",
        "Cosine decay": "sets the rate of AdamW · T_max epochs",
        "Cross entropy": "minimised by AdamW",
        "Accuracy": "watched, trains nothing",
    }
    rows[0].setFocus()
    QTest.keyClick(rows[0], Qt.Key.Key_Space)
    assert desk.session.selection == {NodeId("optimizer")}
    click(rows[2])
    assert desk.session.selection == {NodeId("loss")}


def test_two_optimizers_say_what_each_trains(qt: QApplication) -> None:
    desk = PlanDesk("gan")
    rows = desk.plan.parts.findChildren(JumpRow)
    trained = [row.part.words for row in rows if row.part.family == "opt"]
    assert any(words.startswith("trains generator") for words in trained)
    assert len(trained) >= 2
    desk.close()


def test_without_an_optimizer_it_says_what_is_missing(qt: QApplication) -> None:
    desk = PlanDesk("empty")
    assert any("add a loss and an optimizer" in text for text in texts(desk.plan.parts))
    desk.close()


def test_features_that_are_on_are_named_and_can_be_switched_off(desk: PlanDesk) -> None:
    assert not desk.plan.features.isVisible()
    desk.session.apply(lambda p: set_run(p, "precision", "bf16"), "by hand")
    assert any("bf16" in text for text in texts(desk.plan.features))
    (off,) = desk.plan.features.findChildren(QPushButton)
    click(off)
    assert "precision" not in desk.session.project.run


def test_the_docs_are_torchs_own(qt: QApplication) -> None:
    desk = Desk(panel=DocsPanel)
    panel = desk.panel
    assert isinstance(panel, DocsPanel)
    assert not panel.text.isVisible()
    desk.select("conv1")
    until(lambda: "2D convolution" in panel.text.toPlainText())
    assert panel.callee.text() == "torch.nn.Conv2d"
    assert ":attr:" not in panel.text.toPlainText()
    desk.select("digits")
    assert not panel.text.isVisible()
    assert "handwritten digits" in panel.summary.text()
    desk.select("conv1", "head")
    assert "one kind" in panel.summary.text()
    desk.close()


def test_documentation_is_made_readable() -> None:
    assert readable("the :attr:`stride` of :class:`~torch.nn.Conv2d`, ``(2, 2)``") == (
        "the stride of torch.nn.Conv2d, (2, 2)"
    )
    assert readable(r":math:`C_{\text{out}} \times 2`") == "C_out × 2"
    assert readable(r"\frac{in\_channels}{\text{groups}}") == "in_channels / groups"
    assert readable(r"k = \frac{1}{C_{in} * \prod_{i=0}^1k[i]}") == "k = 1 / (C_in * Π_{i=0}^1k[i])"
    assert readable(r"\log \left(\sqrt{k}\right)") == "log (√k)"
    assert readable("see a_\n\n.. _a:\n    https://example.org\n") == "see a_"
    assert readable("A layer.\n\n    Args:\n        p: it\n") == "A layer.\n\nArgs:\n    p: it"
    assert flowing("one\ntwo\n\n>>> a\n>>> b") == "one two\n\n>>> a\n>>> b"
    text = "A layer.\n\nArgs:\n    p (float): how much\n        is dropped\n    q: other\n"
    assert parameter_text(text, "p") == "How much is dropped"
    assert parameter_text(text, "q") == "Other"
    assert parameter_text(text, "r") == ""


@pytest.mark.parametrize("spec", ["nn.Conv2d", "nn.LSTM", "optim.AdamW", "torch.cat"])
def test_every_parameter_of_common_specs_is_explained(spec: str) -> None:
    from app.engine.derive import documentation
    from graph_editor.catalogue.load import catalogue

    text = documentation(spec)
    for argument in catalogue().specs[spec].arguments:
        if argument.stage == "constructor" and argument.style != "pseudo":
            assert parameter_text(text, argument.name), argument.name
