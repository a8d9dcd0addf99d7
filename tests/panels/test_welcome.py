"""The welcome page: examples with pictures, recent files, runs that go on; all by keyboard, too."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest

from app.dialogs.welcome import WelcomePage
from app.dialogs.welcome_cards import PICTURE
from app.dialogs.welcome_runs import LiveRun, live_run, losses
from app.dialogs.welcome_templates import template_of, templates_in
from app.examples import EXAMPLES
from app.session.recent import add_recent, recent_files
from app.settings.store import Settings
from app.training.history import Run
from app.training.status import RunStatus
from app.window.style import style_sheet
from graph_editor.canvas.theme import NAMES, theme
from graph_editor.canvas.thumbnail import thumbnail
from graph_editor.catalogue.families import family_of
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load
from graph_editor.document.model import Project
from tests.panels.judged import until

RUN = LiveRun(Path("/runs/wide"), "wide is still training", "Epoch 19 of 30.", (3.0, 2.0, 1.0))


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def page(qt: QApplication, settings: Settings) -> Iterator[WelcomePage]:
    made = WelcomePage(settings, theme("dark"))
    made.resize(1280, 660)
    made.show()
    made.activateWindow()
    until(lambda: made.cards.count() > 0)
    yield made
    made.close()
    made.deleteLater()


def titles(page: WelcomePage) -> list[str]:
    role = Qt.ItemDataRole.UserRole
    return [page.cards.item(k).data(role).title for k in range(page.cards.count())]


def test_every_example_has_a_card_and_says_what_it_is(page: WelcomePage) -> None:
    assert len(titles(page)) == len(list(EXAMPLES.glob("*.netwright")))
    assert titles(page)[0] == page.title.text() == "Digits CNN"
    for template in templates_in(EXAMPLES):
        assert template.title
        assert template.doc
        assert template.tags
        assert template.data
        assert "epochs" in template.facts
        assert template.chain
        assert "lr" in template.plan


def test_the_pictures_are_drawn_by_the_canvas(page: WelcomePage) -> None:
    look, size = theme("dark"), QSize(220, 112)
    pictures = set[bytes]()
    for path in EXAMPLES.glob("*.netwright"):
        project = load(path).project
        image = thumbnail(project, specs_of(project), look, size, 12).toImage()
        seen = {image.pixel(x, y) for x in range(220) for y in range(112)}
        families = {
            family_of(spec, node.kind)
            for node in project.main.graph.nodes.values()
            for spec in (specs_of(project)(node.spec),)
        }
        assert {look.far(family).rgb() for family in families} <= seen, path.stem
        edges = [(x, y) for x in range(220) for y in (0, 6, 105, 111)]
        assert {image.pixel(*spot) for spot in edges} == {look["canvas"].rgb()}, path.stem
        pictures.add(bytes(image.constBits()))
    assert len(pictures) == page.cards.count()


def test_the_wires_in_the_pictures_have_the_colours_of_their_ranks(page: WelcomePage) -> None:
    look = theme("dark")
    digits = next(each for each in templates_in(EXAMPLES) if each.path.stem == "digits_cnn")
    image = page.cards.grab(page.cards.visualItemRect(page.cards.item(0))).toImage()
    spots = [(x, y) for x in range(image.width()) for y in range(PICTURE)]
    seen = {image.pixelColor(*spot).getHsv()[:2] for spot in spots}
    assert {digits.ranks[port] for port in ("conv1.output", "head.output")} == {4, 2}
    for rank in (4, 2):
        hue, saturation, *_ = look.rank(rank).getHsv()
        assert any(abs(h - hue) < 3 and abs(s - saturation) < 9 for h, s in seen), rank


def test_an_empty_project_has_an_empty_picture(qt: QApplication) -> None:
    project, look = Project(), theme("light")
    image = thumbnail(project, specs_of(project), look, QSize(40, 20), 4, 2.0).toImage()
    assert image.size() == QSize(80, 40)
    assert {image.pixel(x, y) for x in range(80) for y in range(40)} == {look["canvas"].rgb()}


def test_examples_are_chosen_by_their_kind(page: WelcomePage) -> None:
    counts = {}
    for each in page.kinds.buttons():
        QTest.mouseClick(each, Qt.MouseButton.LeftButton)
        counts[each.text()] = len(titles(page))
    assert all(counts.values())
    assert sum(counts[k] for k in ("Images", "Text", "Series and sound", "Tables")) == counts["All"]
    assert {"Digits GAN", "Mini GPT"} & set(titles(page)) or counts["Generative"] > 3
    QTest.keyClicks(page.search, "digit")
    assert 0 < len(titles(page)) < counts["Generative"]


def test_arrow_keys_choose_and_enter_opens(page: WelcomePage) -> None:
    opened: list[Path] = []
    page.open_template.connect(opened.append)
    assert page.cards.hasFocus()
    QTest.keyClick(page.cards, Qt.Key.Key_Right)
    second = titles(page)[1]
    assert page.title.text() == second
    QTest.keyClick(page.cards, Qt.Key.Key_Down)
    assert page.cards.currentRow() == 5
    QTest.keyClick(page.cards, Qt.Key.Key_Return)
    assert len(opened) == 1
    assert load(opened[0]).project.main.name == page.title.text()


def test_a_click_chooses_a_double_click_and_the_button_open(page: WelcomePage) -> None:
    opened: list[Path] = []
    page.open_template.connect(opened.append)
    place = page.cards.visualItemRect(page.cards.item(2)).center()
    QTest.mouseClick(page.cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not opened
    assert page.title.text() == titles(page)[2]
    QTest.mouseClick(page.open_button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(page.cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [opened[0]] * 2


def test_a_search_looks_through_the_layers(page: WelcomePage) -> None:
    QTest.keyClicks(page.search, "lstm")
    assert titles(page) == ["Digits LSTM", "Text LSTM"]
    page.search.clear()
    QTest.keyClicks(page.search, "table predict")
    assert titles(page) == ["Diabetes", "Linear regression", "Recommender"]
    page.search.clear()
    QTest.keyClicks(page.search, "zzz")
    assert page.nothing.isVisible()
    assert not page.open_button.isEnabled()
    page.search.clear()
    assert len(titles(page)) > 3
    assert page.open_button.isEnabled()


def test_begin_anew_and_open(page: WelcomePage) -> None:
    new, opened = list[bool](), list[object]()
    page.new_empty.connect(lambda: new.append(True))
    page.open_path.connect(opened.append)
    QTest.mouseClick(page.side.new_row, Qt.MouseButton.LeftButton)
    page.side.open_row.setFocus()
    QTest.keyClick(page.side.open_row, Qt.Key.Key_Space)
    assert new == [True]
    assert opened == [None]
    assert page.side.new_row.right.text() == "Ctrl+N"


def test_recent_files_open_go_and_say_if_they_are_gone(
    page: WelcomePage, settings: Settings, tmp_path: Path, qt: QApplication
) -> None:
    here, gone = tmp_path / "here.netwright", tmp_path / "gone.netwright"
    here.write_text("{}")
    add_recent(settings, here, time.time() - 7200)
    add_recent(settings, gone, time.time() - 60)
    page.refresh()
    first, second = page.side.rows
    assert (first.accessibleName(), second.accessibleName()) == ("gone", "here")
    until(lambda: first.right.text() == "gone")
    assert second.right.text() == "2 hours ago"
    opened: list[Path] = []
    page.open_path.connect(opened.append)
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert opened == [here]
    first.setFocus()
    page.activateWindow()
    until(first.hasFocus)
    QTest.keyClick(first, Qt.Key.Key_Delete)
    assert [each.path for each in recent_files(settings)] == [here]
    assert [row.accessibleName() for row in page.side.rows] == ["here"]


def test_runs_that_go_on_are_shown_only_where_there_are_some(
    qt: QApplication, settings: Settings
) -> None:
    runs = [RUN]
    page = WelcomePage(settings, theme("light"), lambda: runs)
    page.show()
    until(lambda: page.banners.count() == 1)
    banner = page.banners.itemAt(0).widget()
    watched: list[Path] = []
    page.watch_run.connect(watched.append)
    QTest.mouseClick(banner.watch, Qt.MouseButton.LeftButton)  # type: ignore[union-attr]  # a RunBanner
    assert watched == [RUN.folder]
    runs.clear()
    page.refresh()
    until(lambda: page.banners.count() == 0)
    page.deleteLater()


def test_a_run_is_described_by_its_files(tmp_path: Path) -> None:
    lines = [{"event": "step", "step": k, "loss": 1 / (k + 1)} for k in range(500)]
    text = "".join(json.dumps(line) + "\n" for line in lines) + '{"event": "st'
    (tmp_path / "metrics.jsonl").write_text(text)
    status = RunStatus("running", epoch=18, epochs=30)
    said = live_run(Run(tmp_path, "wide", 0.0, {}, status, {"val_accuracy": 0.9917}))
    assert said.title == "wide is still training"
    assert "Epoch 19 of 30, validation accuracy 99.17 %" in said.words
    assert 100 <= len(said.curve) <= 130
    assert said.curve[0] == 1.0
    assert losses(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("size", [QSize(640, 300), QSize(1280, 660), QSize(1920, 1000)])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_clipped_at_any_size(
    qt: QApplication, settings: Settings, size: QSize, name: str
) -> None:
    add_recent(settings, Path("/a/very/long/folder/" * 6) / ("name" * 20 + ".netwright"))
    page = WelcomePage(settings, theme(name), lambda: [RUN])
    page.setStyleSheet(style_sheet(theme(name)))
    page.resize(size)
    page.show()
    until(lambda: page.cards.count() > 0 and page.banners.count() == 1)
    page.resize(size)
    qt.processEvents()
    assert page.size() == size
    for scroll in (page.side, page.page):
        assert scroll.content.width() <= scroll.viewport().width()
    inside = page.rect()
    corner = page.open_button.mapTo(page, page.open_button.rect().bottomRight())
    assert inside.contains(corner)
    bottom = page.cards.visualItemRect(page.cards.item(page.cards.count() - 1)).bottom()
    assert bottom <= page.cards.height()
    page.deleteLater()


def test_the_cards_are_painted_in_the_colours_of_their_families(page: WelcomePage) -> None:
    rect = page.cards.visualItemRect(page.cards.item(0))
    picture = QImage(rect.size(), QImage.Format.Format_RGB32)
    page.cards.viewport().render(picture, QPoint(), rect)
    found = {picture.pixel(x, y) for x in range(rect.width()) for y in range(rect.height())}
    look = page._look
    for family in ("data", "layer", "norm", "act", "op", "loss", "metric", "opt"):
        assert look.far(family).rgb() in found, family


def test_a_theme_is_taken_over(page: WelcomePage) -> None:
    page.set_theme(theme("light"))
    image = page.cards.grab().toImage()
    at = page.cards.visualItemRect(page.cards.item(0)).topLeft() + QPoint(20, 6)
    assert image.pixelColor(at) == theme("light")["canvas"]


def test_cards_are_told_to_a_screen_reader(page: WelcomePage) -> None:
    interface = QAccessible.queryAccessibleInterface(page.cards)
    names = [interface.child(k).text(QAccessible.Text.Name) for k in range(interface.childCount())]
    assert any("Digits CNN, images · classify" in name for name in names)


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("digits_cnn", "images · classify"),
        ("distillation", "images · classify"),
        ("gan", "images · generate"),
        ("conditional_gan", "images · generate"),
        ("autoencoder", "images · rebuild"),
        ("vae", "images · rebuild"),
        ("gcn", "series · classify"),
        ("transfer_learning", "images · classify"),
        ("text_lstm", "text · classify"),
        ("diabetes", "table · predict"),
    ],
)
def test_what_a_template_says_it_does_is_what_it_does(name: str, tags: str) -> None:
    path = EXAMPLES / f"{name}.netwright"
    assert template_of(path, load(path).project).tags == tags
