"""Lost work is offered; what is not chosen stays for the next start."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.dialogs.recovery_dialog import DISCARD, LATER, RECOVER, RecoveryDialog
from app.session.recovery import Lost
from graph_editor.canvas.theme import theme
from graph_editor.document.journal import Recovered
from graph_editor.document.model import Block, Project
from tests.panels.qt import QApplication

FILE = Path.home() / "projects" / "digits.netwright"


def lost(file: str = "", edits: int = 3, name: str = "Net", far: bool = False) -> Lost:
    found = Recovered(Project(Block(name=name)), file, edits, 0, edits)
    return Lost(Path("/x.journal"), time.time() - 200, found, far=far)


DAMAGED = Lost(Path("/y.journal"), time.time(), None, "the record's first line is damaged")


@pytest.fixture
def dialog(qt: QApplication) -> Iterator[RecoveryDialog]:
    made = RecoveryDialog([lost(str(FILE)), lost(edits=1), DAMAGED], theme("dark"))
    made.show()
    yield made
    made.deleteLater()


def click(dialog: RecoveryDialog, card: int, choice: str) -> None:
    button = dialog.cards[card].buttons[choice]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())


def test_what_was_lost_is_said_with_numbers(dialog: RecoveryDialog) -> None:
    assert "3 projects" in dialog.heading.text()
    names = [card.accessibleName() for card in dialog.cards]
    assert names[0] == "digits.netwright: 3 changes, the last one 3 minutes ago"
    assert names[1].startswith("Net: 1 change, the last one")
    assert "cannot be read" in names[2]


def test_all_that_can_be_read_is_recovered_by_one_key(dialog: RecoveryDialog) -> None:
    assert dialog.go.text() == "Recover 2 projects"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.chosen(RECOVER) == [card.lost for card in dialog.cards[:2]]
    assert dialog.chosen(DISCARD) == []
    assert dialog.chosen(LATER) == [DAMAGED]


@pytest.mark.parametrize("how", ["escape", "button", "close"])
def test_deciding_later_drops_nothing(dialog: RecoveryDialog, how: str) -> None:
    click(dialog, 0, DISCARD)
    if how == "escape":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    elif how == "button":
        QTest.mouseClick(dialog.later, Qt.MouseButton.LeftButton)
    else:
        dialog.close()
    assert dialog.chosen(RECOVER) == dialog.chosen(DISCARD) == []
    assert len(dialog.chosen(LATER)) == 3


def test_the_button_says_what_will_happen(dialog: RecoveryDialog) -> None:
    click(dialog, 1, DISCARD)
    assert dialog.go.text() == "Recover 1 and discard 1"
    click(dialog, 0, DISCARD)
    assert dialog.go.text() == "Discard 2 projects"
    click(dialog, 2, DISCARD)
    click(dialog, 0, RECOVER)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.chosen(DISCARD) == [dialog.cards[1].lost, DAMAGED]
    assert dialog.chosen(RECOVER) == [dialog.cards[0].lost]


def test_what_cannot_be_read_cannot_be_recovered(dialog: RecoveryDialog) -> None:
    card = dialog.cards[2]
    assert not card.buttons[RECOVER].isEnabled()
    assert card.buttons[RECOVER].toolTip()
    assert card.choice == LATER


def test_where_nothing_is_chosen_one_button_is_left(qt: QApplication) -> None:
    dialog = RecoveryDialog([DAMAGED, lost(far=True)])
    dialog.show()
    assert dialog.go.text() == "Decide later"
    assert not dialog.later.isVisible()
    assert [card.choice for card in dialog.cards] == [LATER, LATER]
    dialog.deleteLater()


def test_the_keyboard_reaches_every_choice(dialog: RecoveryDialog) -> None:
    assert QTest.qWaitForWindowActive(dialog)
    dialog.cards[0].buttons[RECOVER].setFocus()
    QTest.keyClick(dialog.cards[0].buttons[RECOVER], Qt.Key.Key_Right)
    assert dialog.cards[0].choice == LATER
    QTest.keyClick(dialog.cards[0].buttons[LATER], Qt.Key.Key_Right)
    assert dialog.cards[0].choice == DISCARD


@pytest.mark.parametrize("count", [1, 2, 9])
def test_many_scroll_within_the_screen(qt: QApplication, count: int) -> None:
    dialog = RecoveryDialog([lost(name="A long name " * 9) for _ in range(count)])
    dialog.show()
    assert dialog.height() <= dialog.screen().availableSize().height()
    for card in dialog.cards:
        assert card.width() <= dialog.width()
    dialog.deleteLater()
