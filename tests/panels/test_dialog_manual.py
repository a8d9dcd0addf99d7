"""The manual in the window: pages, links, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from app.dialogs import manual_dialog
from app.dialogs.manual_dialog import DOCS, PAGES, ManualDialog


@pytest.fixture
def dialog(qt: QApplication) -> Iterator[ManualDialog]:
    made = ManualDialog()
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_every_page_is_there_and_shown(dialog: ManualDialog) -> None:
    for row, (_, name) in enumerate(PAGES):
        dialog.pages.setCurrentRow(row)
        heading = (DOCS / name).read_text("utf-8").split("\n")[0].removeprefix("# ")
        assert dialog.text.toPlainText().startswith(heading)


def test_every_page_of_the_manual_has_a_place_in_the_list() -> None:
    listed = {DOCS / name for _, name in PAGES}
    assert set((DOCS / "manual").glob("*.md")) - listed == {DOCS / "manual" / "README.md"}


def test_links_lead_on_and_back(dialog: ManualDialog) -> None:
    assert not dialog.back_button.isEnabled()
    dialog.text.anchorClicked.emit(QUrl("training.md"))
    assert dialog.page == DOCS / "manual" / "training.md"
    assert dialog.pages.currentItem().text() == "Training and export"
    dialog.text.anchorClicked.emit(QUrl("../gestures.md"))
    assert dialog.page == DOCS / "gestures.md"
    QTest.mouseClick(dialog.back_button, Qt.MouseButton.LeftButton)
    assert dialog.page == DOCS / "manual" / "training.md"
    dialog.go_back()
    dialog.go_back()
    assert dialog.page == DOCS / "manual" / "start.md"


def test_links_to_what_is_no_page_are_passed_over(dialog: ManualDialog) -> None:
    for link in ("../../../../../etc/passwd", "nothing.md", "#nowhere", "../../main.py"):
        dialog.text.anchorClicked.emit(QUrl(link))
    assert dialog.page == DOCS / "manual" / "start.md"


def test_a_page_that_is_not_there_is_said(
    qt: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(manual_dialog, "DOCS", tmp_path)
    dialog = ManualDialog()
    assert "did not come with the program" in dialog.text.toPlainText()
    dialog.deleteLater()


def widths(dialog: ManualDialog) -> list[tuple[float, float]]:
    """Return the sizes of the pictures of the page."""
    found, block = [], dialog.text.document().begin()
    while block.isValid():
        forms = [form.format.toCharFormat() for form in block.textFormats()]
        images = [form.toImageFormat() for form in forms if form.isImageFormat()]
        found += [(image.width(), image.height()) for image in images]
        block = block.next()
    return found


def test_pictures_stand_in_the_page_and_fit_its_width(dialog: ManualDialog) -> None:
    dialog.show_page(DOCS / "manual" / "drawing.md")
    dialog.resize(760, 620)
    small = widths(dialog)
    assert len(small) > 5
    room = dialog.text.viewport().width()
    assert all(0 < width < room for width, _ in small)
    dialog.resize(1500, 620)
    large = widths(dialog)
    assert max(large) > max(small)
    for (one, high), (other, higher) in zip(small, large, strict=True):
        assert abs(one / high - other / higher) < 0.02, "none is squeezed"
    assert not dialog.text.horizontalScrollBar().maximum()


def test_a_picture_that_did_not_come_along_is_left_out(
    dialog: ManualDialog, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n![Some words](no.png)\n\nText.\n", encoding="utf-8")
    dialog.show_page(page)
    assert widths(dialog) == []
    assert dialog.text.toPlainText().split() == ["Title", "Text."]
