"""Every glyph can be painted, stays on its grid, and is drawn in the colour it is given."""

import pytest

QtGui = pytest.importorskip("PySide6.QtGui", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QSize  # noqa: E402  # after the check that Qt is there
from PySide6.QtGui import QColor, QIcon  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from graph_editor.canvas.glyphs import (  # noqa: E402
    GRID,
    STROKE,
    glyph_icon,
    glyph_path,
    glyph_pixmap,
    names,
)
from graph_editor.catalogue.families import FAMILIES  # noqa: E402


def test_every_family_has_a_glyph() -> None:
    assert set(FAMILIES) <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_glyph_stays_on_its_grid(name: str) -> None:
    bounds = glyph_path(name).boundingRect()
    margin = STROKE / 2
    assert bounds.left() >= margin - 0.25
    assert bounds.top() >= margin - 0.25
    assert bounds.right() <= GRID - margin + 0.25
    assert bounds.bottom() <= GRID - margin + 0.25


def test_a_glyph_is_painted_in_its_colour(qapp: QApplication) -> None:
    colour = QColor("teal")
    image = glyph_pixmap("stop", colour, 32).toImage()
    assert image.pixelColor(16, 16) == colour
    assert image.pixelColor(0, 0).alpha() == 0


def test_a_disabled_icon_is_fainter(qapp: QApplication) -> None:
    icon = glyph_icon("stop", QColor("teal"))
    strong = icon.pixmap(QSize(32, 32)).toImage().pixelColor(16, 16)
    faint = icon.pixmap(QSize(32, 32), QIcon.Mode.Disabled).toImage().pixelColor(16, 16)
    assert strong.alpha() == 255
    assert 0 < faint.alpha() < 200


def test_an_unknown_glyph_is_an_error() -> None:
    with pytest.raises(KeyError):
        glyph_icon("unicorn", QColor("teal"))
