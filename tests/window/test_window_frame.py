"""The window's rows and docks at every size: where they stand, and that nothing is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.settings.store import Settings
from app.window.arrangement import RAIL, kind_of
from app.window.shell import Shell
from tests.panels.judged import until
from tests.window.inhabited import Inhabited, is_cut

SIZES = [(640, 360), (960, 540), (1280, 720), (1440, 900), (1920, 1080)]


def inside(widget: QWidget, shell: Shell) -> QRect:
    return QRect(widget.mapTo(shell, QPoint(0, 0)), widget.size())


def visible(shell: Shell, names: list[str]) -> dict[str, QRect]:
    docks = shell.docks
    return {n: inside(docks[n], shell) for n in names if not docks[n].visibleRegion().isEmpty()}


@pytest.mark.parametrize(
    ("width", "kind"),
    [(640, "narrow"), (1299, "narrow"), (1300, "middle"), (1499, "middle"), (1500, "wide")],
)
def test_the_width_decides_the_arrangement(width: int, kind: str) -> None:
    assert kind_of(width) == kind


def test_a_wide_window_has_code_beside_run(house: Inhabited) -> None:
    place = house.stand(width=1920, height=1080)
    seen = visible(place.shell, list(place.shell.docks))
    assert set(seen) == {"palette", "inspector", "code", "run"}
    assert seen["palette"].width() == 208
    assert seen["inspector"].width() == 288
    assert seen["code"].width() == 560
    assert seen["run"].top() - seen["code"].top() == 28  # its tabs
    assert abs(seen["code"].height() - 408) <= 28
    assert seen["inspector"].bottom() == seen["palette"].bottom() == seen["code"].bottom()
    strip = inside(place.strip, place.shell)
    assert strip.height() == 28
    assert strip.bottom() < seen["code"].top()


def test_a_middling_window_has_code_and_run_as_tabs(house: Inhabited) -> None:
    place = house.stand(width=1440, height=900)
    seen = visible(place.shell, list(place.shell.docks))
    assert set(seen) == {"palette", "inspector", "code"}
    tabbed = {dock.place.id for dock in place.shell.tabifiedDockWidgets(place.shell.docks["code"])}
    assert {"run", "runs", "plan", "log"} <= tabbed
    assert seen["palette"].width() == 184
    assert seen["inspector"].width() == 264


def test_a_narrow_window_has_a_rail_and_three_tabs(house: Inhabited) -> None:
    place = house.stand(width=1280, height=720)
    seen = visible(place.shell, list(place.shell.docks))
    assert set(seen) == {"palette", "inspector"}
    assert seen["palette"].width() == RAIL
    assert seen["inspector"].width() == 264
    tabbed = {d.place.id for d in place.shell.tabifiedDockWidgets(place.shell.docks["inspector"])}
    assert {"code", "run"} <= tabbed
    assert not place.strip.isVisible()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_row_is_cut(house: Inhabited, width: int, height: int) -> None:
    place = house.stand(width=width, height=height)
    house.judged(place)
    house.rest()
    shell = place.shell
    assert (shell.width(), shell.height()) == (width, height)
    for row in (shell.tools, shell.status, shell.title_row):
        assert row.width() >= width - 4
        parts = [*row.findChildren(QAbstractButton), *row.findChildren(QLabel)]
        shown = [part for part in parts if part.isVisible()]
        assert shown
        assert [cut for part in shown if (cut := is_cut(part))] == []
        for part in shown:
            assert row.rect().contains(QRect(part.mapTo(row, QPoint(0, 0)), part.size()))


def test_the_toolbar_gives_up_labels_first_and_the_search_field_second(house: Inhabited) -> None:
    place = house.stand(width=1280)
    tools = place.shell.tools
    states = []
    for width in range(1280, 480, -20):
        place.shell.resize(width, 720)
        house.app.processEvents()
        states.append((bool(tools.export_.text()), tools.search.width() > 100))
    assert states[0] == (True, True)
    assert states[-1] == (False, False)
    assert (True, False) not in states
    assert (False, True) in states
    assert tools.train.text().strip() == "Train"


@pytest.mark.parametrize("first", [640, 1280, 1920])
def test_keys_and_text_of_a_button_never_lie_on_each_other(house: Inhabited, first: int) -> None:
    place = house.stand(width=first, height=900)
    tools = place.shell.tools
    for width in (*range(640, 1921, 80), 1440):
        place.shell.resize(width, 900)
        for live in ("", "Starting", "Epoch 3 of 20", ""):
            tools.set_live(live, paused=False)
            house.rest()
            for button in (tools.search, tools.device, tools.train, tools.export_):
                if button.isVisible() and button.text():
                    written = button.fontMetrics().horizontalAdvance(button.text())
                    assert button.width() >= button.sizeHint().width()
                    if not button.keys.isHidden():
                        free = button.keys.x() - written - button.iconSize().width()
                        assert free >= 12, (width, live, button.text())
                        assert button.rect().contains(button.keys.geometry())


def test_facts_leave_the_status_bar_before_a_message_is_cut(house: Inhabited) -> None:
    place = house.judged(house.stand(width=960, height=540))
    status = place.shell.status
    house.rest()
    sentence = "Training Digits CNN for 20 epochs on the CPU."
    place.session.said.emit(sentence)
    house.rest()
    assert status.said.text() == sentence
    assert status.check.isVisible()
    assert not status.python.isVisible()
    place.session.said.emit(sentence * 20)
    house.rest()
    assert status.said.text().endswith("…")
    assert status.rect().contains(status.said.geometry())
    assert is_cut(status.engine) == ""
    place.session.said.emit("")
    house.rest()
    assert status.parameters.isVisible()
    assert status.weights.isVisible()


def test_the_title_stands_in_the_middle_beside_the_menus(house: Inhabited) -> None:
    place = house.stand(width=1440, height=900)
    row = place.shell.title_row
    left, right = row.name.geometry().left(), row.state.geometry().right()
    assert abs((left + right) / 2 - row.width() / 2) <= 2
    assert row.name.text() == "Digits CNN"
    place.shell.resize(640, 360)
    house.app.processEvents()
    assert row.name.geometry().left() > row.bar.geometry().left() + row.bar.sizeHint().width()


def test_a_dock_alone_has_a_title_unless_its_panel_has_one(house: Inhabited) -> None:
    place = house.stand(width=1920, height=1080)
    docks = place.shell.docks
    for name in ("docs", "outline"):
        docks[name].hide()
    house.app.processEvents()
    house.app.processEvents()
    assert docks["inspector"].titleBarWidget().isVisible()
    assert docks["inspector"].titleBarWidget().height() == 28
    assert docks["palette"].titleBarWidget().height() == 0


def test_places_of_docks_are_remembered_and_can_be_reset(house: Inhabited) -> None:
    place = house.stand(width=1920, height=1080)
    shell = place.shell
    shell.resizeDocks([shell.docks["inspector"]], [420], Qt.Orientation.Horizontal)
    house.app.processEvents()
    assert abs(shell.docks["inspector"].width() - 420) <= 2
    shell.close()
    house.app.processEvents()
    again = house.stand(width=1920, height=1080)
    assert abs(again.shell.docks["inspector"].width() - 420) <= 2
    again.reset_layout()
    house.app.processEvents()
    assert again.shell.docks["inspector"].width() == 288


def test_the_place_of_a_window_is_remembered_while_it_is_open(
    house: Inhabited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.window.window_memory.REST", 1)
    house.settings = Settings(tmp_path / "settings.json")
    shell = house.stand(width=1920, height=1080).shell

    def kept() -> object:
        return Settings(tmp_path / "settings.json").memory("window")

    until(lambda: kept() is not None)
    before = kept()
    shell.resizeDocks([shell.docks["inspector"]], [420], Qt.Orientation.Horizontal)
    until(lambda: kept() != before)
    before = kept()
    shell.resize(700, 600)
    until(lambda: kept() != before)
    again = house.open_shell()  # as if the process had been killed here
    assert again.size() == shell.size()
    again.resize(1920, 1080)
    house.rest()
    assert abs(again.docks["inspector"].width() - 420) <= 2
    again.close()


def test_each_arrangement_has_its_own_places(house: Inhabited) -> None:
    place = house.stand(width=1920, height=1080)
    place.show_panel("docs")
    place.shell.resize(1280, 720)
    house.app.processEvents()
    assert not place.has_panel("docs")
    place.shell.resize(1920, 1080)
    house.app.processEvents()
    assert place.has_panel("docs")


def test_the_theme_changes_at_once_everywhere(house: Inhabited) -> None:
    place = house.stand()
    house.settings.set("theme", "light")
    house.app.processEvents()
    assert place.session.theme.name == "light"
    image = place.shell.grab().toImage()
    light = place.session.theme
    assert image.pixelColor(500, 36) == light["window"]
    assert image.pixelColor(1270, 500) == light["panel"]
    house.settings.set("theme", "dark")
    house.app.processEvents()
    assert place.shell.grab().toImage().pixelColor(500, 36) == place.session.theme["window"]
