"""The export dialog: shows what it writes, asks before it replaces, says why where it cannot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.dialogs.export_dialog import ExportDialog
from app.dialogs.export_words import default_folder, short
from app.session.exporting import Export, export_python, files_of
from app.session.session import Session
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.model import NodeId
from tests.panels.judged import example, session_on, settle, until

HEAD = NodeId("head")


@pytest.fixture
def session(session: Session) -> Session:
    settle(session)
    return session


@pytest.fixture
def dialog(session: Session, tmp_path: Path) -> Iterator[ExportDialog]:
    made = ExportDialog(session)
    made.show()
    made.activateWindow()
    made.folder.setText(str(tmp_path / "out"))
    yield made
    made.close()
    made.deleteLater()


def rows(dialog: ExportDialog) -> dict[str, list[str]]:
    found = {}
    for at in range(dialog.files.topLevelItemCount()):
        row = dialog.files.topLevelItem(at)
        assert row is not None
        found[row.text(0)] = [row.text(column) for column in (1, 2, 3)]
    return found


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]  # a button


def test_the_files_are_shown_and_written(
    dialog: ExportDialog, session: Session, tmp_path: Path
) -> None:
    assert session.written is not None
    assert session.verdict is not None
    texts = files_of(session.written)
    shown = rows(dialog)
    assert list(shown) == list(texts)
    assert f"{sum(session.verdict.parameters.values()):,} parameters" in shown["model.py"][0]
    for name, text in texts.items():
        assert shown[name][2].split()[0] == f"{len(text.splitlines()):,}"
    click(dialog.export_button)
    until(lambda: dialog.result_export is not None)
    out = tmp_path / "out"
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {p.relative_to(out).as_posix(): p.read_text("utf-8") for p in files} == texts
    assert dialog.outcome.isVisible()
    assert "7 files" in dialog.outcome.title.text()
    assert not dialog.export_button.isVisible()
    assert dialog.focusWidget() is dialog.done_button
    click(dialog.copy_button)
    assert QGuiApplication.clipboard().text().endswith("out && python train.py")
    click(dialog.done_button)
    assert dialog.result() == ExportDialog.DialogCode.Accepted


def test_other_versions_are_replaced_only_after_they_were_named(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "train.py").write_text("mine\n")
    dialog.folder.setText(str(out) + "/")
    until(lambda: dialog.warning.isVisible())
    assert "train.py" in dialog.warning.text()
    assert rows(dialog)["train.py"][1]
    assert not rows(dialog)["model.py"][1]
    assert dialog.export_button.text() == "Export and replace"
    click(dialog.export_button)
    until(lambda: dialog.result_export is not None)
    assert (out / "train.py").read_text("utf-8") != "mine\n"


def test_a_file_that_comes_meanwhile_is_not_run_over(dialog: ExportDialog, tmp_path: Path) -> None:
    until(lambda: not dialog._wait.isActive())  # what it looked at is not told yet
    out = tmp_path / "out"
    out.mkdir()
    (out / "model.py").write_text("mine\n")
    click(dialog.export_button)
    until(lambda: dialog.warning.isVisible())
    assert (out / "model.py").read_text() == "mine\n"
    assert not (out / "train.py").exists()


def test_a_file_that_differs_since_others_were_named_is_not_run_over(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "train.py").write_text("mine\n")
    until(lambda: dialog.warning.isVisible())
    (out / "data.py").write_text("mine too\n")
    click(dialog.export_button)
    until(lambda: "data.py" in dialog.warning.text())
    assert {p.name: p.read_text() for p in out.iterdir()} == {
        "train.py": "mine\n",
        "data.py": "mine too\n",
    }
    click(dialog.export_button)
    until(lambda: dialog.result_export is not None)
    assert {path.name for path in out.iterdir()} >= {"train.py", "data.py", "predict.py"}


def test_a_folder_named_as_a_file_is_said_before_anything_is_written(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    (tmp_path / "out" / "train.py").mkdir(parents=True)
    until(lambda: dialog.problem.isVisible())
    assert "train.py is no plain file" in dialog.problem.text()
    assert not dialog.warning.isVisible()
    assert not dialog.export_button.isEnabled()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["train.py"]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let no export begin to write before the event is set."""
    opened = threading.Event()

    def late(*words: Any) -> Export:
        assert opened.wait(60)
        return export_python(*words)

    monkeypatch.setattr("app.dialogs.export_dialog.export_python", late)
    yield opened
    opened.set()


def test_while_files_are_written_no_other_folder_can_be_named(
    gate: threading.Event, dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.folder.setFocus()
    QTest.keyClick(dialog.folder, Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.cancel_button
    QTest.keyClicks(dialog.folder, "_other")
    QTest.keyClick(dialog.kinds, Qt.Key.Key_Down)
    for widget in (dialog.folder, dialog.choose_button, dialog.kinds, dialog.export_button):
        assert not widget.isEnabled()
        assert widget.toolTip() == "The files are being written."
    QTest.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
    assert dialog.isVisible()
    gate.set()
    until(lambda: dialog.result_export is not None)
    assert dialog.result_export is not None
    assert dialog.result_export.folder == tmp_path / "out" == Path(dialog.folder.text())
    assert len(dialog.result_export.files) == 7
    assert dialog.focusWidget() is dialog.done_button
    QTest.keyClicks(dialog.folder, "_other")
    assert not dialog.outcome.isVisible()
    assert dialog.kinds.isEnabled()


def test_after_a_refusal_the_typing_goes_on_where_it_was(
    gate: threading.Event, dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.folder.setFocus()
    QTest.keyClick(dialog.folder, Qt.Key.Key_Return)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.py").write_text("mine\n")
    gate.set()
    until(lambda: dialog.warning.isVisible())
    assert dialog.focusWidget() is dialog.folder
    assert dialog.folder.isEnabled()


def test_the_model_alone(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.kinds.setFocus()
    QTest.keyClick(dialog.kinds, Qt.Key.Key_End)
    assert list(rows(dialog)) == ["model.py"]
    click(dialog.export_button)
    until(lambda: dialog.result_export is not None)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["model.py"]
    assert not dialog.copy_button.isVisible()


def test_one_file_with_all_that_trains(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.kinds.setFocus()
    QTest.keyClick(dialog.kinds, Qt.Key.Key_Down)
    (name,) = rows(dialog)
    click(dialog.export_button)
    until(lambda: dialog.result_export is not None)
    assert [p.name for p in (tmp_path / "out").iterdir()] == [name]
    assert dialog.command.toolTip().endswith(f"python {name}")


def test_another_folder_begins_anew(dialog: ExportDialog, tmp_path: Path) -> None:
    click(dialog.export_button)
    until(lambda: dialog.result_export is not None)
    dialog.folder.setText(str(tmp_path / "other"))
    assert dialog.export_button.isVisible()
    assert not dialog.outcome.isVisible()


def test_what_stood_in_the_way_of_another_folder_is_not_said(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    dialog.folder.setText(str(tmp_path / "file"))
    dialog._look()
    dialog.folder.setText(str(tmp_path / "out"))
    dialog._wait.stop()
    QTest.qWait(200)
    assert not dialog.problem.isVisible()
    assert dialog.export_button.isEnabled()


def test_a_file_in_the_way_is_said(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    dialog.folder.setText(str(tmp_path / "file"))
    until(lambda: dialog.problem.isVisible())
    assert "is a file" in dialog.problem.text()
    assert not dialog.export_button.isEnabled()
    assert dialog.export_button.toolTip()
    dialog.folder.setText("  ")
    assert dialog.export_button.toolTip() == "Name a folder."


def test_errors_are_listed_and_lead_to_their_node(session: Session) -> None:
    session.apply(
        lambda p: in_block(p, "main", lambda g: set_argument(g, HEAD, "in_features", 100)), "Spoil"
    )
    until(lambda: session.is_judged and session.refusal is not None)
    dialog = ExportDialog(session)
    dialog.show()
    assert "one error" in dialog.obstacles.words.text()
    assert not dialog.files.isVisible()
    assert not dialog.export_button.isEnabled()
    assert "512" in dialog.obstacles.list.item(0).text()
    chosen: list[object] = []
    session.problem_chosen.connect(chosen.append)
    dialog.obstacles.list.setCurrentRow(0)
    QTest.keyClick(dialog.obstacles.list, Qt.Key.Key_Return)
    assert [each.node for each in chosen] == [HEAD]  # type: ignore[attr-defined]  # Diagnostics
    assert not dialog.isVisible()
    dialog.deleteLater()


def test_the_code_is_waited_for(qt: QApplication) -> None:
    session = session_on(example("digits_mlp"))
    dialog = ExportDialog(session)
    dialog.show()
    assert "checked" in dialog.obstacles.words.text()
    assert not dialog.export_button.isEnabled()
    settle(session)
    assert dialog.files.isVisible()
    assert dialog.export_button.isEnabled()
    dialog.close()
    dialog.deleteLater()
    session.close()


def test_the_folder_is_beside_the_project_or_the_last_export(tmp_path: Path) -> None:
    project = tmp_path / "nets" / "digits.netwright"
    assert default_folder(project, "") == tmp_path / "nets" / "digits_export"
    assert default_folder(project, "/elsewhere") == Path("/elsewhere/digits_export")
    assert default_folder(None, "").name == "netwright_export"
    assert default_folder(None, "").parent.is_dir()
    ours = Path(__file__).parents[2] / "assets/examples/wine.netwright"
    assert ours.parent not in default_folder(ours, "").parents


def test_the_own_folder_is_written_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ada"))
    assert short("cd /home/ada/x && y") == "cd ~/x && y"
    assert short("/home/adam/x") == "/home/adam/x"
