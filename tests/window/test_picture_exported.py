"""Pictures by the window: copied by a key, and exported through the dialog by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from app.dialogs.picture_dialog import PictureDialog
from app.window.workplace import Workplace
from graph_editor.document.model import NodeId, Project
from tests.panels.judged import until
from tests.window.inhabited import Inhabited

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


def opened(house: Inhabited, place: Workplace) -> PictureDialog:
    place.shell.activateWindow()
    house.rest()
    QTest.keyClick(place.canvas, KEY.Key_E, CTRL | SHIFT)
    house.rest()
    (dialog,) = [each for each in place.shell.findChildren(PictureDialog) if each.isVisible()]
    return dialog


def typed(dialog: PictureDialog, path: Path) -> None:
    dialog.file.setFocus()
    dialog.file.selectAll()
    QTest.keyClicks(dialog.file, str(path))


def test_a_key_copies_the_selection_or_all_as_pixels_and_svg(house: Inhabited) -> None:
    place = house.stand()
    board = QGuiApplication.clipboard()
    QTest.keyClick(place.canvas, KEY.Key_C, CTRL | SHIFT)
    whole = board.image()
    assert b"Cross entropy" in board.mimeData().data("image/svg+xml").data()
    place.canvas.select([NodeId("conv1")])
    QTest.keyClick(place.canvas, KEY.Key_C, CTRL | SHIFT)
    part = board.image()
    assert part.width() < whole.width() / 3
    svg = bytes(board.mimeData().data("image/svg+xml").data())
    assert b"Conv2d" in svg
    assert b"Cross entropy" not in svg
    size = f"{part.width() // 2:,} × {part.height() // 2:,}"
    assert place.shell.status.said.full == f"Copied a picture of Conv2d, {size}."
    board.clear()


def test_an_empty_drawing_has_no_picture(house: Inhabited) -> None:
    place = house.stand(Project())
    for key in (KEY.Key_C, KEY.Key_E):
        QTest.keyClick(place.canvas, key, CTRL | SHIFT)
        words = "There is nothing to draw: this graph has no nodes."
        assert place.shell.status.said.full == words
    assert not place.shell.findChildren(PictureDialog)


def test_keys_export_a_picture_and_the_choice_is_kept(house: Inhabited, tmp_path: Path) -> None:
    place = house.stand()
    dialog = opened(house, place)
    assert dialog.format.hasFocus()
    QTest.keyClick(dialog.format, KEY.Key_Down)
    assert dialog.file.text().endswith(".pdf")
    assert not dialog.scale.isEnabled()
    target = tmp_path / "drawing.pdf"
    typed(dialog, target)
    QTest.keyClick(dialog.file, KEY.Key_Return)
    house.rest()
    assert not dialog.isVisible()
    assert target.read_bytes().startswith(b"%PDF-")
    assert place.shell.status.said.full == f"The picture is in {target}."
    place.canvas.select([NodeId("conv1"), NodeId("bn1")])
    again = opened(house, place)
    assert again.format.currentData() == "pdf"
    assert again.part.itemText(1) == "The selection: 2 nodes"
    assert Path(again.file.text()).parent == tmp_path
    QTest.keyClick(again.format, KEY.Key_Down)
    QTest.keyClick(again.part, KEY.Key_Down)
    QTest.keyClick(again.ground, KEY.Key_Down)
    QTest.keyClick(again.scale, KEY.Key_Down)
    wide = int(again.size_words.text().partition(" ")[0].replace(",", ""))
    typed(again, tmp_path / "part.png")
    QTest.keyClick(again.file, KEY.Key_Return)
    made = QImage(str(tmp_path / "part.png"))
    assert made.width() == wide
    assert made.pixelColor(0, 0).alpha() == 0


def test_what_cannot_be_written_is_said_and_a_file_is_replaced_at_the_second_word(
    house: Inhabited, tmp_path: Path
) -> None:
    place = house.stand()
    dialog = opened(house, place)
    for path, words in (
        (tmp_path / "none" / "a.svg", f"There is no folder {tmp_path / 'none'}."),
        (tmp_path, f"{tmp_path} is a folder; name a file."),
    ):
        typed(dialog, path)
        assert not dialog.export_button.isEnabled()
        assert dialog.export_button.toolTip() == words
        assert dialog.words.text().replace("\N{ZERO WIDTH SPACE}", "") == words
    target = tmp_path / "kept.svg"
    target.write_text("mine")
    typed(dialog, target)
    QTest.keyClick(dialog.file, KEY.Key_Return)
    assert target.read_text() == "mine"
    assert dialog.export_button.text() == "Export and replace"
    QTest.keyClick(dialog.file, KEY.Key_Return)
    assert "<svg" in target.read_text(encoding="utf-8")


def test_a_disk_that_refuses_is_told(
    house: Inhabited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("app.dialogs.picture_dialog.atomic_write", refuse)
    place = house.stand()
    dialog = opened(house, place)
    target = tmp_path / "a.svg"
    typed(dialog, target)
    QTest.keyClick(dialog.file, KEY.Key_Return)
    assert dialog.isVisible()
    words = dialog.words.text().replace("\N{ZERO WIDTH SPACE}", "")
    assert words == f"Nothing was written. {target}: Permission denied"


def test_the_ending_that_is_typed_is_the_format_and_none_is_added(
    house: Inhabited, tmp_path: Path
) -> None:
    place = house.stand()
    for name, written, begin in (
        ("a.pdf", "a.pdf", b"%PDF-"),
        ("a.PNG", "a.PNG", b"\x89PNG"),
        ("a.svg", "a.svg", b"<?xml"),
        ("v1.2", "v1.2.svg", b"<?xml"),
    ):
        dialog = opened(house, place)
        typed(dialog, tmp_path / name)
        QTest.keyClick(dialog.file, KEY.Key_Return)
        house.rest()
        assert (tmp_path / written).read_bytes().startswith(begin)
        assert place.shell.status.said.full == f"The picture is in {tmp_path / written}."


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a picture take as many turns of the window as it has steps."""
    monkeypatch.setattr("graph_editor.canvas.picture_task.AT_FIRST", 0)
    monkeypatch.setattr("graph_editor.canvas.picture_task.SLICE", 0)


@pytest.mark.usefixtures("slowly")
@pytest.mark.parametrize("form", ["svg", "pdf", "png"])
def test_a_long_export_tells_how_far_it_is_and_can_be_given_up(
    house: Inhabited, tmp_path: Path, form: str
) -> None:
    place = house.stand()
    dialog = opened(house, place)
    dialog.format.setCurrentIndex(dialog.format.findData(form))
    dialog.format.activated.emit(dialog.format.currentIndex())
    target = tmp_path / f"a.{form}"
    typed(dialog, target)
    QTest.keyClick(dialog.file, KEY.Key_Return)
    assert dialog.words.text().startswith("Drawing the picture: ")
    assert not dialog.export_button.isEnabled()
    assert dialog.export_button.toolTip() == "The picture is being drawn; Cancel gives it up."
    QTest.keyClick(dialog, KEY.Key_Escape)
    assert dialog.isVisible()
    assert dialog.words.text() == "Nothing was written. The picture was given up."
    assert not list(tmp_path.iterdir())
    QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    until(lambda: target.exists() and place.shell.status.said.full.startswith("The picture is in"))
    assert target.stat().st_size > 1000


@pytest.mark.usefixtures("slowly")
def test_a_long_copy_goes_on_beside_edits_until_esc(house: Inhabited) -> None:
    place = house.stand()
    board = QGuiApplication.clipboard()
    board.setText("mine")
    QTest.keyClick(place.canvas, KEY.Key_C, CTRL | SHIFT)
    assert place.shell.status.said.full.endswith("Esc gives it up.")
    QTest.keyClick(place.canvas, KEY.Key_Escape)
    house.rest()
    assert place.shell.status.said.full == "The picture was given up; nothing was copied."
    assert board.text() == "mine"
    QTest.keyClick(place.canvas, KEY.Key_C, CTRL | SHIFT)
    QTest.keyClick(place.canvas, KEY.Key_A, CTRL)
    QTest.keyClick(place.canvas, KEY.Key_Delete)
    until(lambda: not board.image().isNull())
    assert b"Cross entropy" in board.mimeData().data("image/svg+xml").data()
    board.clear()
