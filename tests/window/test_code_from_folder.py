"""What was edited in an exported folder comes into the drawing through the code panel."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.commands.registry import BY_ID
from app.panels.code_panel import CodePanel
from app.session.exporting import export_python
from app.session.session import Session
from app.window.workplace import Workplace
from graph_editor.document.model import Arg, NodeId
from tests.panels.judged import set_value, until
from tests.window.inhabited import Inhabited


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def argument(session: Session, node: str, name: str) -> Arg:
    return session.project.main.graph.nodes[NodeId(node)].args[name]


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    return house.judged(house.stand(width=1440, height=900))


@pytest.fixture
def folder(place: Workplace, tmp_path: Path) -> Path:
    """Return a folder to which the drawing was exported."""
    assert place.session.written is not None
    return export_python(place.session.written, tmp_path / "digits").folder


def code(place: Workplace) -> CodePanel:
    place.menus.run(BY_ID["file.read_edited"])
    panel = place.panels["code"]
    assert isinstance(panel, CodePanel)
    return panel


def chosen(place: Workplace, folder: Path) -> CodePanel:
    """Choose the menu's entry, and the folder in the system's question."""
    panel = code(place)
    asked: list[QFileDialog] = []
    until(lambda: bool(asked.extend(panel.findChildren(QFileDialog)) or asked))
    asked[0].fileSelected.emit(str(folder))
    asked[0].close()
    return panel


def apply(panel: CodePanel, file: str) -> None:
    until(lambda: panel.editing.is_open and panel.editing.file == file)
    assert panel.editing.view is not None
    QTest.keyClick(panel.editing.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_files_come_one_after_another_and_the_drawings_own_changes_stay(
    house: Inhabited, place: Workplace, folder: Path
) -> None:
    session = place.session
    edit(folder / "model.py", "nn.Dropout(0.25)", "nn.Dropout(0.4)")
    edit(folder / "train.py", "epochs: int = 20", "epochs: int = 3")
    set_value(session, "conv1", "padding_mode", "circular")
    house.judged(place)
    panel = chosen(place, folder)
    apply(panel, "train.py")
    until(lambda: session.project.run.get("epochs") == 3)
    apply(panel, "model.py")
    until(lambda: not panel.editing.is_open)
    assert argument(session, "dropout", "p") == 0.4
    assert argument(session, "conv1", "padding_mode") == "circular"
    house.judged(place)
    said: list[str] = []
    session.said.connect(said.append)
    panel.elsewhere.take(folder)
    assert said == [f"Nothing was edited in {folder} since it was written or read."]
    assert not panel.editing.is_open


def test_an_edit_that_is_given_up_ends_the_others_too(place: Workplace, folder: Path) -> None:
    edit(folder / "model.py", "nn.Dropout(0.25)", "nn.Dropout(0.4)")
    edit(folder / "train.py", "epochs: int = 20", "epochs: int = 3")
    drawn = place.session.project
    panel = chosen(place, folder)
    until(lambda: panel.editing.is_open)
    panel.editing.cancel.click()
    panel.editing.cancel.click()
    QApplication.processEvents()
    assert not panel.editing.is_open
    assert place.session.project is drawn
    panel.elsewhere.take(folder)  # they are still there to be taken
    until(lambda: panel.editing.is_open)
    assert panel.editing.file == "train.py"
    panel.editing.cancel.click()
    panel.editing.cancel.click()  # a window that has an edit stays open


def test_why_a_folder_is_not_read_is_said(place: Workplace, folder: Path) -> None:
    said: list[str] = []
    place.session.said.connect(said.append)
    (folder / "model.py").write_bytes(b"\xff\xfe")
    panel = code(place)
    panel.elsewhere.take(folder)
    assert said[-1] == f"{folder / 'model.py'} is no UTF-8 text."
    panel.edit()
    assert panel.elsewhere.why_not().startswith("An edit of model.py is open")
    panel.edit()
