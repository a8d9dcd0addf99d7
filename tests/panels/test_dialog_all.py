"""What holds for every dialog: one way on, Esc closes, focus, names, room on small screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTreeWidget,
    QWidget,
)

from app.dialogs.about_dialog import AboutDialog
from app.dialogs.ask_save import AskSave, TroubleDialog
from app.dialogs.blocks_dialog import BlocksDialog
from app.dialogs.code_dialog import CodeDialog
from app.dialogs.code_editor import Colouring
from app.dialogs.conflict_dialog import ConflictDialog
from app.dialogs.dialog import Dialog, Scroll
from app.dialogs.error_dialog import NOT_SAVED, ErrorDialog
from app.dialogs.export_dialog import ExportDialog
from app.dialogs.manual_dialog import ManualDialog
from app.dialogs.recovery_dialog import RecoveryDialog
from app.dialogs.settings_dialog import SettingsDialog
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.dialogs.update_dialog import UpdateDialog
from app.panels.code.colouring import open_quotes, python_spans
from app.session.block_library import News
from app.session.differences import Difference
from app.session.recovery import Lost
from app.session.saving import Disk, conflict_of, trouble_of
from app.session.session import Session
from app.settings.store import Settings
from app.window.style import style_sheet
from graph_editor.canvas.theme import theme
from graph_editor.document.file_problems import FileProblem, Problem
from graph_editor.document.journal import Recovered
from graph_editor.document.model import Block, Project

SMALL = QSize(640, 360)
"""A screen of 1280 by 720 pixels at a scale of 200 %."""


def export_dialog() -> Dialog:
    session = Session()
    dialog = ExportDialog(session)
    session.setParent(dialog)
    dialog.finished.connect(session.close)
    return dialog


def blocks_dialog() -> Dialog:
    session = Session()
    dialog = BlocksDialog(session)
    session.setParent(dialog)
    dialog.finished.connect(session.close)
    return dialog


def update_dialog() -> Dialog:
    row = Difference("Block Head", "Linear head", "out_features", "10", "12")
    return UpdateDialog(News("Head" * 30, 1, 2, (row,) * 9), lambda _: None, "Ctrl+Z")


def code_dialog() -> Dialog:
    session = Session()
    dialog = CodeDialog(session, Colouring(python_spans, open_quotes), (0.0, 0.0))
    session.setParent(dialog)
    dialog.finished.connect(session.close)
    return dialog


LONG = Path(f"/projects/{'a_very_long_name' * 6}/{'and_no_space' * 4}.netwright")


def conflict_dialog() -> Dialog:
    here = Project(Block(name="here"))
    return ConflictDialog(conflict_of(LONG, Disk(b"{}", 0.0), None, here))


def recovery_dialog() -> Dialog:
    found = Recovered(Project(), str(LONG), 3, 0, 3)
    read = [Lost(LONG, 0.0, found), Lost(LONG, 0.0, None, "its first line is damaged")]
    return RecoveryDialog(read * 3)


def trouble_dialog() -> Dialog:
    return TroubleDialog(trouble_of(LONG, FileProblem([Problem(str(LONG), "", "no space left")])))


DIALOGS: dict[str, Callable[[], Dialog]] = {
    "ask_save": lambda: AskSave(LONG.name, 1_400),
    "code": code_dialog,
    "conflict": conflict_dialog,
    "recovery": recovery_dialog,
    "trouble": trouble_dialog,
    "blocks": blocks_dialog,
    "update_block": update_dialog,
    "about": lambda: AboutDialog(theme("dark")),
    "error": lambda: ErrorDialog(KeyError("conv1"), Path("/saved/digits.netwright")),
    "error_nothing_unsaved": lambda: ErrorDialog(ValueError("x"), in_thread=True),
    "error_not_saved": lambda: ErrorDialog(ValueError("x" * 2000), NOT_SAVED),
    "export": export_dialog,
    "manual": lambda: ManualDialog(theme("dark")),
    "settings": lambda: SettingsDialog(Settings()),
    "shortcuts": lambda: ShortcutsDialog(Settings()),
}


@pytest.fixture(params=sorted(DIALOGS))
def dialog(request: pytest.FixtureRequest, qt: QApplication) -> Iterator[Dialog]:
    made = DIALOGS[request.param]()
    made.setStyleSheet(style_sheet(theme("dark")))
    made.show()
    qt.processEvents()
    yield made
    made.close()
    made.deleteLater()


def shown(dialog: Dialog, kind: type[QWidget]) -> list[QWidget]:
    return [w for w in dialog.findChildren(kind) if w.isVisibleTo(dialog)]


def test_one_button_is_filled(dialog: Dialog) -> None:
    primary = [b for b in shown(dialog, QPushButton) if b.property("role") == "primary"]
    assert len(primary) == 1


def test_esc_closes(dialog: Dialog) -> None:
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_focus_is_somewhere_from_the_start(dialog: Dialog) -> None:
    focus = dialog.focusWidget()
    assert isinstance(focus, QLineEdit | QAbstractButton | QListWidget | QTreeWidget)
    assert focus.isEnabled()


def test_it_fits_a_small_screen(dialog: Dialog, qt: QApplication) -> None:
    least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
    assert least.width() <= SMALL.width() * 0.95
    assert least.height() <= SMALL.height() * 0.95
    dialog.resize(SMALL * 0.94)
    qt.processEvents()
    inside = dialog.rect()
    for child in (dialog.head, dialog.body, dialog.foot):
        assert inside.contains(child.geometry())
    for scroll in dialog.findChildren(Scroll):
        assert scroll.content.width() <= scroll.viewport().width()


def test_labels_have_room_for_their_words(dialog: Dialog, qt: QApplication) -> None:
    for size in (SMALL * 0.94, dialog.size()):
        dialog.resize(size)
        qt.processEvents()
        for label in shown(dialog, QLabel):
            assert isinstance(label, QLabel)
            if label.text():
                need = label.heightForWidth(label.width()) if label.wordWrap() else 1
                assert label.height() >= min(need, label.sizeHint().height() * 20), label.text()


def test_tab_goes_round_and_every_field_has_a_name(dialog: Dialog) -> None:
    first = dialog.focusWidget()
    seen = [first]
    for _ in range(200):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        if dialog.focusWidget() is first:
            break
        seen.append(dialog.focusWidget())
    assert dialog.focusWidget() is first
    assert all(widget.isVisibleTo(dialog) for widget in seen)
    for field in [*shown(dialog, QLineEdit), *shown(dialog, QComboBox)]:
        assert field.accessibleName(), field
    for pressed in shown(dialog, QPushButton):
        assert isinstance(pressed, QPushButton)
        assert pressed.accessibleName() or pressed.text()


def test_texts_are_never_read_as_rich_text(dialog: Dialog) -> None:
    for label in dialog.findChildren(QLabel):
        assert label.pixmap().isNull() is False or label.textFormat() == Qt.TextFormat.PlainText
