"""The dialog that exports ONNX: weights, progress, cancel, and the largest difference."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.commands.file import _no_model
from app.dialogs.onnx_dialog import FRESH, OnnxDialog
from app.engine.client import AnswerCancelled
from app.session.onnx_exporting import runs_with_weights
from app.session.session import Session
from graph_editor.document.edits import in_block, remove_nodes
from graph_editor.document.model import NodeId
from tests.panels.judged import settle, until

DONE = {"path": "out.onnx", "size": 6909, "difference": 2.6e-07, "opset": 20, "loaded": 0}


class Job:
    """An engine that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.future: Future[dict[str, Any]] = Future()
        self.tell: Callable[[dict[str, Any]], None] = print
        self.is_asked, self.is_closed = threading.Event(), threading.Event()

    def send(
        self, message: Mapping[str, Any], also: Callable[[dict[str, Any]], None]
    ) -> Future[dict[str, Any]]:
        self.asked, self.tell = dict(message), also
        self.is_asked.set()
        return self.future

    def close(self) -> None:
        if not self.future.done():
            self.future.set_exception(AnswerCancelled("closed"))
        self.is_closed.set()

    def say(self, fraction: float, text: str) -> None:
        self.tell({"type": "progress", "fraction": fraction, "text": text})

    def end(self, **found: Any) -> None:
        self.future.set_result({"result": found})


@pytest.fixture
def session(session: Session) -> Session:
    settle(session)
    return session


@pytest.fixture
def job() -> Job:
    return Job()


@pytest.fixture
def dialog(session: Session, job: Job, tmp_path: Path) -> Iterator[OnnxDialog]:
    made = OnnxDialog(session)
    made.job._make = lambda: job  # type: ignore[assignment,return-value]  # a stand-in
    made.file.setText(str(tmp_path / "out.onnx"))
    made.show()
    yield made
    made.close()
    made.deleteLater()


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]  # a button


def test_progress_is_shown_and_the_largest_difference_told(
    dialog: OnnxDialog, job: Job, tmp_path: Path
) -> None:
    click(dialog.export_button)
    assert job.is_asked.wait(60)
    assert job.asked["path"] == str(tmp_path / "out.onnx")
    assert job.asked["weights"] is None
    assert dialog.bar.isVisible()
    assert not dialog.export_button.isEnabled()
    assert not dialog.file.isEnabled()
    job.say(0.3, "Exporting the model")
    until(lambda: dialog.bar.value() == 30)
    assert dialog.words.text() == "Exporting the model …"
    job.end(**DONE)
    until(lambda: not dialog.bar.isVisible())
    assert "2.6e-07" in dialog.words.text()
    assert "fresh weights" in dialog.words.text()
    assert dialog.cancel_button.text() == "Done"
    click(dialog.cancel_button)
    assert dialog.result() == OnnxDialog.DialogCode.Accepted


def test_a_refusal_is_told_with_its_node(dialog: OnnxDialog, job: Job) -> None:
    QTest.keyClick(dialog.file, Qt.Key.Key_Return)
    assert job.is_asked.wait(60)
    job.end(reason="ONNX has no form of this.", node="head")
    until(lambda: "ONNX has no form of this." in dialog.words.text())
    assert dialog.words.text().startswith("Nothing was written.")
    assert dialog.export_button.isEnabled()


def test_an_export_is_called_off_at_once(dialog: OnnxDialog, job: Job) -> None:
    click(dialog.export_button)
    assert job.is_asked.wait(60)
    click(dialog.cancel_button)
    assert dialog.isVisible()
    assert "called off" in dialog.words.text()
    assert job.is_closed.wait(60)
    assert not dialog.job.is_running
    assert dialog.export_button.isEnabled()


def test_a_file_that_is_there_is_replaced_only_after_it_was_named(
    dialog: OnnxDialog, job: Job, tmp_path: Path
) -> None:
    (tmp_path / "out.onnx").write_bytes(b"mine")
    click(dialog.export_button)
    assert "is there already" in dialog.words.text()
    assert not job.is_asked.is_set()
    assert dialog.export_button.text() == "Export and replace"
    click(dialog.export_button)
    assert job.is_asked.wait(60)


def test_a_place_that_cannot_be_is_told_before(dialog: OnnxDialog, tmp_path: Path) -> None:
    dialog.file.setText(str(tmp_path / "gone" / "a.onnx"))
    assert not dialog.export_button.isEnabled()
    assert "no folder" in dialog.export_button.toolTip()
    dialog.file.setText("a.onnx")
    assert "from the disk" in dialog.export_button.toolTip()


def test_weights_of_a_file_are_handed_on(dialog: OnnxDialog, job: Job, tmp_path: Path) -> None:
    assert dialog.weights.findText(FRESH) >= 0
    dialog.take_weights(str(tmp_path / "best.pt"))
    click(dialog.export_button)
    assert job.is_asked.wait(60)
    assert job.asked["weights"] == str(tmp_path / "best.pt")


def test_runs_that_hold_weights_are_offered_newest_first(tmp_path: Path) -> None:
    for name, kept in (("2026-a", True), ("2027-b", True), ("2028-c", False)):
        (tmp_path / "runs" / name).mkdir(parents=True)
        if kept:
            (tmp_path / "runs" / name / "model.pt").write_bytes(b"")
    found = runs_with_weights(tmp_path / "net.netwright")
    assert [run.name for run in found] == ["2027-b", "2026-a"]
    assert runs_with_weights(None) == []


def test_without_a_model_the_entry_says_why(session: Session, qt: QApplication) -> None:
    class Frame:
        def __init__(self) -> None:
            self.session = session

    assert _no_model(Frame()) == ""  # type: ignore[arg-type]  # all that it reads
    session.apply(
        lambda p: in_block(p, "main", lambda g: remove_nodes(g, [NodeId("logits")])), "Cut"
    )
    settle(session)
    assert _no_model(Frame())  # type: ignore[arg-type]  # as above
