"""What a window does, by real keys and clicks: edit, search, menus, problems, training, closing."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from app.commands.registry import ALL
from app.panels.problems.acting import rows_now
from app.window.workplace import Workplace
from graph_editor.checking.verdict import Diagnostic
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import load
from graph_editor.document.model import NodeId, Project
from tests.panels.judged import example, until
from tests.session.answers import Answers
from tests.window.inhabited import Inhabited

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
HEAD, CONV = NodeId("head"), NodeId("conv1")


def break_head(place: Workplace, features: int = 256) -> None:
    def change(project: Project) -> Project:
        return in_block(
            project, "main", lambda g: set_argument(g, linear(project), "in_features", features)
        )

    place.session.apply(change, "Set in_features")


def linear(project: Project) -> NodeId:
    nodes = project.main.graph.nodes
    return next(key for key, node in nodes.items() if node.spec == "nn.Linear")


def entry(menu: QMenu, words: str) -> QAction:
    return next(a for a in menu.actions() if a.text().replace("&", "").startswith(words))


def opened(place: Workplace, name: str) -> QMenu:
    menu = place.shell.title_row.menus[name]
    menu.popup(QPoint(0, 0))
    until(menu.isVisible)
    return menu


def test_undo_and_redo_by_keys_and_their_titles_in_the_menu(house: Inhabited) -> None:
    place = house.stand()
    first = place.session.project
    break_head(place)
    QTest.keyClick(place.canvas, Qt.Key.Key_Z, CTRL)
    assert place.session.project is first
    menu = opened(place, "Edit")
    assert entry(menu, "Redo").text() == "Redo: Set in_features"
    undo = entry(menu, "Undo")
    assert not undo.isEnabled()
    assert undo.toolTip() == "There is nothing to undo."
    menu.hide()
    house.rest()
    QTest.keyClick(place.canvas, Qt.Key.Key_Y, CTRL)
    assert place.session.project is not first


def test_a_key_that_can_do_nothing_says_why(house: Inhabited) -> None:
    place = house.stand()
    said: list[str] = []
    place.session.said.connect(said.append)
    QTest.keyClick(place.canvas, Qt.Key.Key_Z, CTRL)
    assert said == ["There is nothing to undo."]
    assert place.shell.status.said.full == "There is nothing to undo."


def test_keys_work_again_after_a_menu_had_them_off(house: Inhabited) -> None:
    place = house.stand()
    menu = opened(place, "Edit")
    assert not entry(menu, "Undo").isEnabled()
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    house.rest()
    break_head(place)
    QTest.keyClick(place.canvas, Qt.Key.Key_Z, CTRL)
    assert not place.session.document.can_undo


def test_every_entry_that_is_off_says_why(house: Inhabited) -> None:
    place = house.stand(Project())
    house.judged(place)
    off = 0
    for name in place.shell.title_row.menus:
        menu = opened(place, name)
        for action in menu.actions():
            if not action.isSeparator() and not action.isEnabled():
                off += 1
                assert action.toolTip().endswith("."), action.text()
        menu.hide()
        house.rest()
    assert off > 6


def test_a_text_field_keeps_its_own_keys(house: Inhabited) -> None:
    place = house.stand()
    break_head(place)
    place.session.select([linear(place.session.project)])
    house.rest()
    field = place.panels["inspector"].findChildren(QLineEdit)[0]
    place.show_panel("inspector")
    field.setFocus()
    before = place.session.project
    QTest.keyClicks(field, "x")
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClick(field, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == field.text()
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    assert place.session.project.main.graph.nodes.keys() == before.main.graph.nodes.keys()
    assert place.session.document.undo_title == "Set in_features"


def test_the_search_finds_commands_and_does_them(house: Inhabited) -> None:
    place = house.stand()
    QTest.keyClick(place.canvas, Qt.Key.Key_K, CTRL)
    palette = place.palette
    assert palette is not None
    assert palette.line.hasFocus()
    QTest.keyClicks(palette.line, "zoom to")
    assert palette.rows.entry(palette.list.currentIndex()).title == "Zoom to 100 %"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert place.canvas.zoom() == 1.0
    assert place.canvas.hasFocus()


def test_the_search_adds_a_node_with_its_values(house: Inhabited) -> None:
    place = house.stand()
    before = set(place.session.project.main.graph.nodes)
    QTest.mouseClick(place.shell.tools.search, Qt.MouseButton.LeftButton)
    palette = place.palette
    assert palette is not None
    QTest.keyClicks(palette.line, "linear 64")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    nodes = place.session.project.main.graph.nodes
    (added,) = set(nodes) - before
    assert nodes[added].spec == "nn.Linear"
    assert nodes[added].args["out_features"] == 64
    assert place.session.selection == {added}


def test_the_command_palette_has_all_commands_and_says_why_some_are_off(house: Inhabited) -> None:
    place = house.stand()
    QTest.keyClick(place.canvas, Qt.Key.Key_P, CTRL | SHIFT)
    palette = place.palette
    assert palette is not None
    titles = {
        palette.rows.entry(palette.rows.index(k)).title for k in range(palette.rows.rowCount())
    }
    for command in ALL:
        if command.choices is None:
            assert command.words(place) in titles
    QTest.keyClicks(palette.line, "redo")
    assert palette.rows.entry(palette.list.currentIndex()).reason == "There is nothing to redo."
    assert palette.foot.isVisible()
    assert palette.foot.text() == "There is nothing to redo."
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_search_stays_inside_a_small_window(house: Inhabited) -> None:
    place = house.stand(width=640, height=360)
    place.search()
    house.rest()
    assert place.palette is not None
    assert place.shell.rect().contains(place.palette.geometry())


def test_problems_are_gone_through_and_fixed_by_keys(house: Inhabited) -> None:
    place = house.judged(house.stand(width=1440, height=900))
    before = place.session.project
    break_head(place)
    until(lambda: place.session.is_judged and bool(place.session.problems()))
    assert place.shell.status.check.words.text().startswith("1 error, checked in ")
    QTest.keyClick(place.canvas, Qt.Key.Key_F8)
    assert place.session.selection == {linear(before)}
    assert place.canvas.selected() == place.session.selection
    QTest.keyClick(place.canvas, Qt.Key.Key_Return, ALT)
    until(lambda: place.session.is_judged)
    assert not place.session.problems()
    assert place.shell.status.check.words.text().startswith("checked in ")


def test_keys_go_through_problems_as_the_list_has_them_and_say_where_none_is(
    house: Inhabited,
) -> None:
    place = house.judged(house.stand(width=1440, height=900))
    said: list[str] = []
    place.session.said.connect(said.append)
    place.next_problem(1)
    place.fix_problem()
    assert said == [
        "There are no problems.",
        "No fix was found for any problem here.",
    ]
    break_head(place)
    place.session.apply(
        lambda p: in_block(p, "main", lambda g: set_argument(g, CONV, "in_channels", 77)), "Spoil"
    )
    until(lambda: place.session.is_judged and bool(place.session.problems()))
    rows = [row.problem for row in rows_now(place.session) if row.problem is not None]
    chosen: list[Diagnostic] = []
    place.session.problem_chosen.connect(chosen.append)
    for _ in range(len(rows) + 1):
        place.next_problem(1)
    assert [each.node for each in chosen] == [each.node for each in (*rows, rows[0])]


def test_in_a_narrow_window_the_list_of_problems_comes_and_goes(house: Inhabited) -> None:
    place = house.judged(house.stand(width=1280, height=720))
    assert not place.has_panel("problems")
    break_head(place)
    until(lambda: place.session.is_judged and place.has_panel("problems"))
    house.rest()
    assert abs(place.shell.docks["problems"].height() - 124) <= 30
    place.session.undo()
    until(lambda: place.session.is_judged and not place.has_panel("problems"))


def test_panels_are_shown_and_closed_from_the_menu(house: Inhabited) -> None:
    place = house.stand(width=1440, height=900)
    menu = opened(place, "View")
    inner = entry(menu, "Panels").menu()
    inner.aboutToShow.emit()
    docs = entry(inner, "Docs")
    assert docs.isChecked()
    docs.trigger()
    assert place.shell.docks["docs"].visibleRegion().isEmpty() is False
    menu.hide()
    house.rest()
    place.toggle_panel("docs")
    assert not place.has_panel("docs")


def test_the_device_menu_lists_what_there_is_and_why_the_rest_is_not(house: Inhabited) -> None:
    place = house.judged(house.stand())
    answer = {"torch": "2.13", "devices": [
        {"id": "cpu", "name": "CPU", "free": 0, "total": 0},
        {"id": "cuda:0", "name": "NVIDIA H100", "free": 70 * 2**30, "total": 80 * 2**30},
    ]}  # fmt: skip
    place.know_devices(answer)
    QTest.mouseClick(place.shell.tools.device, Qt.MouseButton.LeftButton)
    menu = place.shell.tools.devices
    until(menu.isVisible)
    cuda = entry(menu, "CUDA:0")
    assert cuda.text() == "CUDA:0 · NVIDIA H100 · 70.0 of 80.0 GiB free"
    mps = entry(menu, "MPS")
    assert not mps.isEnabled()
    assert mps.toolTip() == "torch 2.13 finds no Apple GPU here."
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(cuda).center())
    assert house.settings["device"] == "cuda:0"
    house.rest()
    assert place.shell.tools.device.text().strip() == "CUDA:0"
    assert place.shell.status.device.words.text() == "CUDA:0"


def test_saving_asks_where_and_the_title_follows(house: Inhabited, tmp_path: Path) -> None:
    place = house.stand()
    assert place.shell.title_row.state.text() == "· not saved yet"
    target = tmp_path / "mine.netwright"
    place.keeper.asks = Answers(places=[target])
    QTest.keyClick(place.canvas, Qt.Key.Key_S, CTRL)
    assert load(target).project == place.session.project
    assert place.shell.title_row.name.text() == "mine.netwright"
    assert place.shell.title_row.state.text() == "· saved"
    break_head(place)
    assert place.shell.title_row.state.text() == "· edited"
    assert place.shell.isWindowModified()


def test_closing_with_changes_asks_and_obeys(house: Inhabited) -> None:
    place = house.stand()
    break_head(place)
    asks = Answers(closing=["cancel", "discard"])
    place.keeper.asks = asks
    QTest.keyClick(place.canvas, Qt.Key.Key_W, CTRL)
    assert place.shell.isVisible()
    assert house.places == [place]
    QTest.keyClick(place.canvas, Qt.Key.Key_W, CTRL)
    assert house.places == []
    assert asks.kinds == ["closing", "closing"]


def test_an_open_file_is_raised_and_not_opened_again(house: Inhabited, tmp_path: Path) -> None:
    place = house.stand()
    target = tmp_path / "mine.netwright"
    place.keeper.asks = Answers(places=[target])
    assert place.save()
    house.open_file(target, place)
    assert house.places == [place]


def test_a_file_opens_in_place_of_an_untouched_window(house: Inhabited, tmp_path: Path) -> None:
    first = house.stand()
    target = tmp_path / "other.netwright"
    target.write_text((Path("assets/examples/wine.netwright")).read_text(encoding="utf-8"))
    house.open_file(target, first)
    until(lambda: len(house.places) == 1 and house.places[0] is not first)
    assert house.places[0].session.path == target
    until(lambda: bool(house.places[0].panels))


def test_a_broken_file_is_refused_in_words(house: Inhabited, tmp_path: Path) -> None:
    place = house.stand()
    broken = tmp_path / "broken.netwright"
    broken.write_text(json.dumps({"format_version": 99}))
    house.open_file(broken, place)
    assert house.places == [place]
    dialog = house.app.activeModalWidget()
    assert dialog is not None
    assert "broken.netwright" in dialog.accessibleName()
    dialog.close()


def test_the_welcome_page_covers_the_window_and_goes(house: Inhabited) -> None:
    place = house.stand()
    status = place.shell.status
    until(lambda: place.session.is_judged)
    break_head(place)
    told = [item for item in status.items[:5] if item.isVisible()]
    assert len(told) > 1
    assert status.said.full.startswith("Set in_features")
    place.show_welcome()
    house.rest()
    assert place.cover is not None
    assert place.cover.isVisible()
    assert place.shell.title_row.name.text() == "Welcome"
    assert place.cover.geometry().bottom() < place.shell.status.mapTo(place.shell, QPoint()).y()
    assert not place.shell.tools.isEnabled()
    until(lambda: place.session.is_judged)  # what comes of the hidden drawing is not told either
    assert not any(item.isVisible() for item in status.items[:5])
    assert not status.said.text()
    QTest.keyClick(place.cover, Qt.Key.Key_Escape)
    assert not place.cover.isVisible()
    assert place.shell.tools.isEnabled()
    assert place.shell.title_row.name.text() == "Digits CNN"
    assert all(item.isVisible() for item in told)
    assert status.said.full.startswith("Set in_features")


def test_the_title_of_a_block_stands_in_the_breadcrumb_and_leads_back(house: Inhabited) -> None:
    place = house.stand(example("digits_residual"))
    nodes = place.session.project.main.graph.nodes
    use = next(key for key, node in nodes.items() if node.kind == "block")
    block = nodes[use].spec.partition(".")[2]
    place.session.show_graph(block, use)
    house.rest()
    assert place.canvas.key == block
    path = place.shell.tools.path
    assert len(path.findChildren(type(path.home))) == 1
    QTest.mouseClick(path.home, Qt.MouseButton.LeftButton)
    assert place.session.graph_key == "main"
    assert place.canvas.key == "main"
    place.session.show_graph(block, use)
    QTest.keyClick(place.canvas, Qt.Key.Key_Up, ALT)
    assert place.session.graph_key == "main"
