"""The style sheet and the palette: all from tokens, and what they say is what is painted."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QFile, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPalette, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from app.window.style import ROLES, SHEET, palette, style_sheet
from app.window.style_images import IMAGES, register_images
from graph_editor.canvas.theme import NAMES, Theme, theme


@pytest.fixture(params=NAMES)
def dressed(request: pytest.FixtureRequest, qt: QApplication) -> Iterator[Theme]:
    look = theme(request.param)
    qt.setStyle("Fusion")
    qt.setPalette(palette(look))
    qt.setStyleSheet(style_sheet(look))
    yield look
    qt.setStyleSheet("")


def shown(widget: QWidget) -> QImage:
    widget.resize(200, 40)
    widget.show()
    QTest.qWaitForWindowExposed(widget)
    image = widget.grab().toImage()
    widget.close()
    widget.deleteLater()
    return image


def colours(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


def test_every_name_in_the_sheet_is_a_token(dressed: Theme) -> None:
    text = style_sheet(dressed)
    assert "@" not in text
    assert "$" not in text
    named = set(re.findall(r"#[0-9a-f]{6}\b", text))
    assert named <= {dressed.hex(token) for token in dressed.colours}


def test_every_picture_in_the_sheet_is_there_and_of_its_size(dressed: Theme) -> None:
    urls = set(re.findall(r"url\((\S+?)\)", style_sheet(dressed)))
    assert urls
    for url in urls:
        assert QFile(url).exists(), url
    for name, (_, token, size) in IMAGES.items():
        image = QImage(f"{register_images(dressed)}/{name}.png")
        assert image.width() == image.height() == size
        strongest = max(
            (image.pixelColor(x, y) for x in range(size) for y in range(size)),
            key=QColor.alpha,
        )
        wanted = dressed[token]
        assert abs(strongest.red() - wanted.red()) < 12, name
        assert abs(strongest.blue() - wanted.blue()) < 12, name


def test_the_sheet_names_no_picture_that_is_not_made() -> None:
    named = set(re.findall(r"\$(\w+)\.png", SHEET.read_text(encoding="utf-8")))
    assert named <= set(IMAGES)


def test_the_palette_takes_every_role_from_its_token(dressed: Theme) -> None:
    made = palette(dressed)
    for role, token in ROLES.items():
        assert made.color(QPalette.ColorGroup.Active, role) == dressed[token]
    faint = made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert faint == dressed["text3"]


def test_a_primary_button_is_filled_with_the_accent(dressed: Theme) -> None:
    button = QPushButton("Train")
    button.setProperty("role", "primary")
    assert shown(button).pixelColor(10, 20) == dressed["accent"]


def test_a_plain_button_has_no_accent(dressed: Theme) -> None:
    assert shown(QPushButton("Stop")).pixelColor(10, 20) == dressed["raised"]


def test_focus_is_a_ring_of_two_pixels(dressed: Theme) -> None:
    field = QLineEdit("text")
    field.resize(200, 30)
    field.show()
    field.activateWindow()
    field.setFocus()
    QTest.qWaitForWindowExposed(field)
    image = field.grab().toImage()
    field.close()
    field.deleteLater()
    ring = dressed.hex("ring")
    assert [image.pixelColor(100, y).name() for y in (0, 1)] == [ring, ring]
    assert image.pixelColor(100, 2).name() != ring


def test_a_checked_box_shows_a_check_in_the_accent(dressed: Theme) -> None:
    box = QCheckBox("bias")
    off = colours(shown(box))
    other = QCheckBox("bias")
    other.setChecked(True)
    on = colours(shown(other))
    assert on - off >= {dressed.hex("accent"), dressed.hex("on_accent")} - off
    assert on != off


def test_an_error_label_is_text_and_no_card(dressed: Theme) -> None:
    label = QLabel("wrong")
    label.setProperty("role", "error")
    found = colours(shown(label))
    assert dressed.hex("error_bg") not in found


@pytest.mark.parametrize("side", [Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight])
@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_the_arrow_of_a_sorted_column_cuts_nothing_off_its_title(
    dressed: Theme, side: Qt.AlignmentFlag, order: Qt.SortOrder
) -> None:
    rows = QStandardItemModel(0, 1)
    rows.setHorizontalHeaderLabels(["When"])
    role = Qt.ItemDataRole.TextAlignmentRole
    rows.setHeaderData(0, Qt.Orientation.Horizontal, side | Qt.AlignmentFlag.AlignVCenter, role)
    table = QTableView()
    table.setModel(rows)
    header = table.horizontalHeader()
    header.setSortIndicator(0, order)
    table.show()
    table.setColumnWidth(0, 110)

    def painted(arrow: bool) -> QImage:
        header.setSortIndicatorShown(arrow)
        QApplication.processEvents()
        return header.grab().toImage()

    plain, sorted_ = painted(False), painted(True)
    assert plain != sorted_
    title = QRect(0, 8, plain.width(), plain.height() - 8)
    assert plain.copy(title) == sorted_.copy(title)
    table.close()
    table.deleteLater()
    rows.deleteLater()
