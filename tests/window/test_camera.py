"""The camera tells when two pictures show the same, and sees the lists that are open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from app.window.camera import Camera, DocsCamera
from app.window.picture_scenes import fold, unfold
from tests.window.inhabited import Inhabited


def test_twins_of_other_names_are_told(house: Inhabited, tmp_path: Path) -> None:
    label = QLabel("one")
    camera = Camera(tmp_path, "dark-100", ())
    camera.take(label, "first")
    camera.take(label, "first")
    assert camera.twins == []
    camera.take(label, "second")
    assert camera.twins == ["“second” shows exactly what “first” shows"]
    label.setText("another")
    camera.take(label, "third")
    assert len(camera.twins) == 1


def test_the_panel_add_is_seen_where_it_is_a_rail(house: Inhabited, tmp_path: Path) -> None:
    place = house.stand(None, 1280, 720)
    camera = Camera(tmp_path, "dark-100", ())
    camera.take(place.shell, "window")
    for _ in unfold(place, "palette"):
        house.rest()
    camera.take(place.shell, "panel")
    fold()
    rail, panel = (
        QImage(str(tmp_path / f"{n}-dark-100-1280x720.png")) for n in ("window", "panel")
    )
    inside = [(x, y) for x in range(60, 240, 20) for y in range(120, 400, 20)]
    changed = sum(rail.pixelColor(x, y) != panel.pixelColor(x, y) for x, y in inside)
    assert changed > len(inside) / 2


def test_documents_get_what_they_show_and_nothing_else(house: Inhabited, tmp_path: Path) -> None:
    label = QLabel("some words that are wide")
    label.resize(200, 40)
    camera = DocsCamera(tmp_path, {"training": "window_dark"}, ())
    camera.take(label, "training")
    camera.take(label, "search")
    camera.take(label, "manual/history", QRect(0, 0, 50, 20))
    files = sorted(each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*.png"))
    assert files == ["manual/history.png", "window_dark.png"]
    assert QImage(str(tmp_path / "manual" / "history.png")).width() == 50
