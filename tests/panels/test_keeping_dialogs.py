"""The questions about unsaved and changed files, asked in real dialogs and answered by events."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QPushButton

from app.dialogs.ask_save import AskSave, TroubleDialog
from app.dialogs.asking import Dialogs
from app.dialogs.conflict_dialog import HIDE, SHOW, ConflictDialog
from app.dialogs.question import Question
from app.session.keeper import Keeper
from app.session.saving import Disk, Trouble, conflict_of, open_project
from app.session.session import Session
from graph_editor.canvas.theme import theme
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import dumps, load
from graph_editor.document.model import NodeId, Project
from tests.panels.qt import QApplication

EXAMPLE = Path(__file__).parents[2] / "assets" / "examples" / "digits_cnn.netwright"
ON_DISK = load(EXAMPLE).project
HERE = in_block(ON_DISK, "main", lambda g: set_argument(g, NodeId("conv1"), "out_channels", 32))
Act = Callable[[QDialog], object]


def when_asked(app: QApplication, *acts: Act) -> list[type]:
    """Act on each dialog that comes up, one after the other; return what they were."""
    seen: list[type] = []

    def look() -> None:
        dialog = app.activeModalWidget()
        ready = isinstance(dialog, QDialog) and dialog.isActiveWindow()
        if isinstance(dialog, QDialog) and ready and len(seen) < len(acts):
            seen.append(type(dialog))
            acts[len(seen) - 1](dialog)
        if len(seen) < len(acts):
            QTimer.singleShot(10, app, look)

    QTimer.singleShot(0, app, look)
    return seen


def click(text: str) -> Act:
    def act(dialog: QDialog) -> None:
        (found,) = [b for b in dialog.findChildren(QPushButton) if b.text() == text]
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)

    return act


def press(key: Qt.Key) -> Act:
    return lambda dialog: QTest.keyClick(dialog, key)


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (click("Save"), "save"),
        (click("Discard 14 changes"), "discard"),
        (click("Cancel"), "cancel"),
        (press(Qt.Key.Key_Return), "save"),
        (press(Qt.Key.Key_Escape), "cancel"),
        (lambda dialog: dialog.close(), "cancel"),
    ],
)
def test_asked_before_closing(qt: QApplication, act: Act, answer: str) -> None:
    seen = when_asked(qt, act)
    assert Dialogs().save_changes(None, "net.netwright", 14) == answer
    assert seen == [AskSave]


@pytest.mark.parametrize(("edits", "words"), [(1, "1 change is in"), (0, "Its changes are in")])
def test_a_number_of_changes_reads_well(qt: QApplication, edits: int, words: str) -> None:
    dialog = AskSave("net.netwright", edits)
    assert dialog.words.text().startswith(words)
    assert dialog.save.isDefault()
    dialog.deleteLater()


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (click("Save as…"), "save_as"),
        (click("Cancel"), "cancel"),
        (press(Qt.Key.Key_Escape), "cancel"),
    ],
)
def test_trouble(qt: QApplication, act: Act, answer: str) -> None:
    seen = when_asked(qt, act)
    trouble = Trouble(EXAMPLE, "The project was not saved", "No space is left.")
    assert Dialogs().trouble(None, trouble) == answer
    assert seen == [TroubleDialog]


def _conflict(disk: bytes | None, here: Project = HERE) -> ConflictDialog:
    found = Disk(disk, time.time() - 200) if disk is not None else None
    conflict = conflict_of(Path("/x/digits.netwright"), found, None, here)
    return ConflictDialog(conflict, theme("light"))


@pytest.fixture
def dialog(qt: QApplication) -> Iterator[ConflictDialog]:
    made = _conflict(dumps(ON_DISK).encode())
    made.show()
    yield made
    made.deleteLater()


def test_a_changed_file_is_said_with_time_and_doer(dialog: ConflictDialog) -> None:
    assert dialog.words.text().startswith(
        "digits.netwright was changed on disk 3 minutes ago by another program."
    )
    assert dialog.save_as.isDefault()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.answer == "cancel"


def test_the_difference_is_shown_and_hidden(dialog: ConflictDialog) -> None:
    assert dialog.tree.isHidden()
    QTest.mouseClick(dialog.show_difference, Qt.MouseButton.LeftButton)
    assert dialog.show_difference.text() == HIDE
    assert dialog.tree.isVisible()
    assert dialog.summary.text() == "1 difference."
    head = dialog.tree.topLevelItem(0)
    assert head is not None
    row = head.child(0)
    texts = [row.text(column) for column in range(4)]
    assert texts == ["Conv2d conv1", "out_channels", "16", "32"]
    QTest.mouseClick(dialog.show_difference, Qt.MouseButton.LeftButton)
    assert dialog.show_difference.text() == SHOW
    assert not dialog.tree.isVisible()
    QTest.mouseClick(dialog.overwrite, Qt.MouseButton.LeftButton)
    assert dialog.answer == "overwrite"


@pytest.mark.parametrize(
    ("disk", "words"),
    [
        (dumps(HERE).replace("\n", " \n", 1).encode(), "only the way the text is written"),
        (b'{"format": "else"}', "is no project that can be read"),
        (b"\xff\xfe", "is no project that can be read"),
    ],
)
def test_a_difference_that_no_table_shows(qt: QApplication, disk: bytes, words: str) -> None:
    dialog = _conflict(disk)
    dialog.show()
    QTest.mouseClick(dialog.show_difference, Qt.MouseButton.LeftButton)
    assert words in dialog.summary.text()
    assert not dialog.tree.isVisible()
    dialog.deleteLater()


def test_without_a_changed_file_there_is_no_difference_to_show(qt: QApplication) -> None:
    dialog = _conflict(None)
    assert not dialog.show_difference.isEnabled()
    assert "has not changed" in dialog.show_difference.toolTip()
    dialog.deleteLater()


def test_a_text_of_a_file_is_no_rich_text(qt: QApplication) -> None:
    dialog = Question("<b>bold</b>", "<img src=x>", glyph=("info", "info"))
    for label in (dialog.heading, dialog.words):
        assert label.textFormat() == Qt.TextFormat.PlainText
    dialog.deleteLater()


def _type_and_accept(name: str) -> Act:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChildren(QLineEdit)[0]
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        field.selectAll()
        QTest.keyClicks(field, name)
        QTest.keyClick(field, Qt.Key.Key_Return)

    return act


@pytest.fixture
def keeper(qt: QApplication, tmp_path: Path) -> Iterator[Keeper]:
    file = tmp_path / "digits.netwright"
    file.write_bytes(EXAMPLE.read_bytes())
    opened = open_project(file)
    session = Session(opened.project, opened.path)
    made = Keeper(session, Dialogs(lambda: session.theme))
    made.opened(opened)
    yield made
    made.close()
    session.close()


def test_a_whole_save_through_the_dialogs(qt: QApplication, keeper: Keeper, tmp_path: Path) -> None:
    """Somebody changes the file; the user looks at it, and saves to another one."""
    other = EXAMPLE.read_bytes().replace(b'"seed": 0', b'"seed": 7')
    (tmp_path / "digits.netwright").write_bytes(other)
    keeper.session.apply(lambda _: HERE, "edit")
    seen = when_asked(qt, click("Save"), click(SHOW), click("Save as…"), _type_and_accept("mine"))
    assert keeper.may_close()
    assert seen == [AskSave, ConflictDialog, ConflictDialog, QFileDialog]
    assert (tmp_path / "digits.netwright").read_bytes() == other
    assert load(tmp_path / "mine.netwright").project == HERE
    assert keeper.session.title == "mine.netwright"


def test_no_place_no_save(qt: QApplication, keeper: Keeper) -> None:
    seen = when_asked(qt, press(Qt.Key.Key_Escape))
    assert not keeper.save_as()
    assert seen == [QFileDialog]
    assert keeper.session.title == "digits.netwright"
