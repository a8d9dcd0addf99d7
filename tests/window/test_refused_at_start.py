"""Files that the start cannot open: each is said, by name, over a window that stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.dialogs.question import Question
from app.dialogs.recovery_dialog import RecoveryDialog
from graph_editor.document.files import save
from tests.panels.judged import example, until
from tests.window.inhabited import Inhabited
from tests.window.test_recovered_once import left_by_a_dead_window


def started(house: Inhabited, *paths: Path) -> None:
    """Start as the program does, and wait until the windows stand."""
    told: list[object] = []
    house.furnished.connect(told.append)
    house.start(paths)
    until(lambda: bool(told))
    house.rest()


def questions(house: Inhabited) -> list[Question]:
    found = [q for place in house.places for q in place.shell.findChildren(Question)]
    return [question for question in found if question.isVisible()]


def closed_one_by_one(house: Inhabited) -> Sequence[tuple[str, str]]:
    """Read and close every refusal that is shown, as a person does."""
    read = []
    while found := questions(house):
        (question,) = found
        assert question.windowModality() is Qt.WindowModality.WindowModal
        read.append((question.heading.text(), question.accessibleDescription()))
        (button,) = question.findChildren(QPushButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        house.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        house.rest()
    return read


def spoilt(tmp_path: Path, name: str = "broken.netwright") -> Path:
    file = tmp_path / name
    file.write_text("{", encoding="utf-8")
    return file


def test_a_damaged_file_is_refused_over_the_example(house: Inhabited, tmp_path: Path) -> None:
    started(house, spoilt(tmp_path))
    (place,) = house.places
    assert place.session.path is None
    ((heading, words),) = closed_one_by_one(house)
    assert heading == "broken.netwright was not opened"
    assert "broken.netwright could not be opened: " in words


def test_a_missing_file_is_refused(house: Inhabited, tmp_path: Path) -> None:
    started(house, tmp_path / "nosuch.netwright")
    ((heading, words),) = closed_one_by_one(house)
    assert heading == "nosuch.netwright was not opened"
    assert "nosuch.netwright could not be opened: " in words


def test_of_several_files_each_refused_is_said(house: Inhabited, tmp_path: Path) -> None:
    good = tmp_path / "good.netwright"
    save(good, example("wine"))
    started(house, spoilt(tmp_path), good, tmp_path / "nosuch.netwright")
    assert [place.session.path for place in house.places] == [good]
    said = [heading.partition(" ")[0] for heading, _ in closed_one_by_one(house)]
    assert said == ["broken.netwright", "nosuch.netwright"]


def test_of_remembered_files_the_damaged_is_said_and_the_missing_passed_over(
    house: Inhabited, tmp_path: Path
) -> None:
    files = [str(spoilt(tmp_path)), str(tmp_path / "gone.netwright")]
    house.settings.remember("open_files", files)
    started(house)
    said = [heading for heading, _ in closed_one_by_one(house)]
    assert said == ["broken.netwright was not opened"]


def test_lost_work_is_offered_when_the_refusals_were_read(house: Inhabited, tmp_path: Path) -> None:
    file = tmp_path / "net.netwright"
    save(file, example("digits_cnn"))
    left_by_a_dead_window(file)
    started(house, spoilt(tmp_path))
    shell = house.places[0].shell
    assert house.lost_work is None
    assert len(closed_one_by_one(house)) == 1
    until(lambda: bool(shell.findChildren(RecoveryDialog)))
    (dialog,) = shell.findChildren(RecoveryDialog)
    dialog.reject()


def test_a_file_that_is_opened_later_is_refused_at_once(house: Inhabited, tmp_path: Path) -> None:
    started(house)
    assert closed_one_by_one(house) == []
    house.open_file(spoilt(tmp_path), house.places[0])
    assert len(closed_one_by_one(house)) == 1
