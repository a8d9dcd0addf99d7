"""The palette: families, search, keys, drags, the rail of narrow windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication

# isort: split
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest

from app.panels.palette_panel import PalettePanel
from app.panels.palette_rows import MIME, tip
from graph_editor.catalogue.families import FAMILIES, family_of
from graph_editor.catalogue.library import offered
from graph_editor.catalogue.load import catalogue
from graph_editor.document.edits import add_block, add_node, in_block, set_code
from graph_editor.document.model import BlockId, Code, Node, NodeId
from tests.panels.inspected import Desk

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton


class PaletteDesk(Desk):
    """A palette on a session, and what was chosen in it."""

    def __init__(self, width: int = 208) -> None:
        super().__init__(panel=PalettePanel, width=width)
        assert isinstance(self.panel, PalettePanel)
        self.palette = self.panel
        self.chosen: list[str] = []
        self.palette.chosen.connect(self.chosen.append)

    def titles(self) -> list[str]:
        """Return what is to be seen, from top to bottom."""
        view = self.palette.browser.view
        found, index = [], view.rows.index(0, 0)
        while index.isValid():
            found.append(index.data())
            index = view.indexBelow(index)
        return found


@pytest.fixture
def desk(qt: QApplication) -> Iterator[PaletteDesk]:
    made = PaletteDesk()
    yield made
    made.close()


def test_every_spec_is_in_its_family_once(desk: PaletteDesk) -> None:
    rows = desk.palette.browser.view.rows
    found = {
        hit.spec.name: group.title
        for group in rows.groups
        for hit in group.hits
        if group.key != "recent"
    }
    there = [*catalogue(), *offered(desk.session.project)]
    assert found == {spec.name: FAMILIES[family_of(spec)] for spec in there}
    assert sum(len(g.hits) for g in rows.groups) == len(found)
    placeholder = desk.palette.browser.field.placeholderText()
    assert placeholder == f"Search {len(found)} nodes"


def test_a_heading_folds_by_click_and_by_keys(desk: PaletteDesk) -> None:
    view = desk.palette.browser.view
    head = view.rows.index([g.key for g in view.rows.groups].index("loss"), 0)
    assert not view.isExpanded(head)
    view.scrollTo(head)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(head).center())
    assert view.isExpanded(head)
    view.setFocus()
    QTest.keyClick(view, KEY.Key_Return)
    assert not view.isExpanded(head)
    QTest.keyClick(view, KEY.Key_Right)
    QTest.keyClick(view, KEY.Key_Down)
    assert view.rows.hit(view.currentIndex()) is not None
    QTest.keyClick(view, KEY.Key_Left)
    assert view.currentIndex() == head


def test_typing_finds_and_enter_chooses(desk: PaletteDesk) -> None:
    field = desk.palette.browser.field
    field.setFocus()
    QTest.keyClicks(field, "lin")
    assert desk.titles()[:2] == ["Best matches", "Linear"]
    QTest.keyClick(field, KEY.Key_Return)
    assert desk.chosen == ["nn.Linear"]
    QTest.keyClick(field, KEY.Key_Down)
    QTest.keyClick(field, KEY.Key_Return)
    assert desk.chosen[1] != "nn.Linear"
    QTest.keyClick(field, KEY.Key_Escape)
    assert field.text() == ""
    assert desk.titles()[0] == "Data"


def test_what_matches_nothing_says_so(desk: PaletteDesk) -> None:
    field = desk.palette.browser.field
    field.setFocus()
    QTest.keyClicks(field, "qqqq")
    assert desk.titles() == ["Nothing matches"]
    QTest.keyClick(field, KEY.Key_Return)
    assert desk.chosen == []


def test_letters_typed_into_the_list_go_to_the_search(desk: PaletteDesk) -> None:
    view = desk.palette.browser.view
    view.setFocus()
    QTest.keyClicks(view, "d")
    assert desk.palette.browser.field.text() == "d"
    assert desk.palette.browser.field.hasFocus()


def test_a_double_click_chooses(desk: PaletteDesk) -> None:
    view = desk.palette.browser.view
    place = desk.palette.row_place("nn.Linear")
    QTest.mouseClick(view.viewport(), LEFT, pos=place)
    assert desk.chosen == []
    QTest.mouseDClick(view.viewport(), LEFT, pos=place)
    assert desk.chosen == ["nn.Linear"]


def test_a_drag_holds_the_name_and_a_picture(
    desk: PaletteDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[tuple[str, bool]] = []

    def ended(drag: QDrag, _: object) -> Qt.DropAction:
        name = bytes(drag.mimeData().data(MIME).data()).decode()
        held.append((name, drag.pixmap().isNull()))
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", ended)
    view = desk.palette.browser.view.viewport()
    place = desk.palette.row_place("nn.Linear")
    QTest.mousePress(view, LEFT, pos=place)
    for step in range(4, 41, 4):
        _move(view, place + QPoint(step, step))
    QTest.mouseRelease(view, LEFT, pos=place + QPoint(40, 40))
    assert held == [("nn.Linear", False)]


def _move(widget: object, place: QPoint) -> None:
    from tests.panels.inspected import move

    move(widget, place, Qt.KeyboardModifier.NoModifier)  # type: ignore[arg-type]


def test_a_heading_is_not_dragged(desk: PaletteDesk) -> None:
    rows = desk.palette.browser.view.rows
    assert not rows.flags(rows.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert rows.mimeData([rows.index(0, 0)]).formats() == []


def test_what_is_added_comes_first_next_time(desk: PaletteDesk) -> None:
    def edit(project: object) -> object:
        return in_block(project, "main", lambda g: add_node(g, NodeId("new"), Node("nn.GELU")))  # type: ignore[arg-type]

    desk.session.apply(edit, "Add GELU")  # type: ignore[arg-type]
    assert desk.titles()[:2] == ["Recent", "GELU"]
    desk.palette._write()
    again = PalettePanel(desk.session)
    assert again.recent() == ["nn.GELU"]
    again.deleteLater()


def test_own_blocks_and_code_are_listed_but_not_in_themselves(desk: PaletteDesk) -> None:
    desk.session.apply(lambda p: add_block(p, BlockId("stage")), "Add a block")
    desk.session.apply(lambda p: set_code(p, "mine", Code("x = 1")), "Add code")
    rows = desk.palette.browser.view.rows
    names = {hit.spec.name for group in rows.groups for hit in group.hits}
    assert {"block.stage", "code.mine"} <= names
    desk.session.show_graph("stage")
    names = {hit.spec.name for group in rows.groups for hit in group.hits}
    assert "block.stage" not in names
    assert "code.mine" in names


def test_the_tip_says_what_it_is_and_its_parameters() -> None:
    words = tip(catalogue().specs["nn.Conv2d"])
    assert "Slides learned filters" in words
    assert "in_channels, out_channels, kernel_size, stride=1" in words
    assert "torch.nn.Conv2d" in words
    for spec in catalogue():
        assert spec.summary.split()[0] in tip(spec)


def test_a_narrow_palette_is_a_rail_whose_buttons_open_the_list(qt: QApplication) -> None:
    desk = PaletteDesk(width=36)
    palette = desk.palette
    assert palette.is_compact
    assert palette.width() == 36
    QTest.mouseClick(palette.rail.buttons["loss"], LEFT)
    popup = palette.popup
    assert popup is not None
    assert popup.isVisible()
    groups = popup.browser.view.rows.groups
    assert [group.key for group in groups] == ["loss"]
    QTest.keyClick(popup.browser.view, KEY.Key_Return)
    assert desk.chosen == [groups[0].hits[0].spec.name]
    assert not popup.isVisible()
    palette.focus_search()
    assert popup.isVisible()
    QTest.keyClicks(popup.browser.field, "gelu")
    QTest.keyClick(popup.browser.field, KEY.Key_Return)
    assert desk.chosen[1] == "nn.GELU"
    palette.resize(208, 600)
    assert not palette.is_compact
    desk.close()


def test_the_model_is_a_sound_tree(desk: PaletteDesk) -> None:
    rows = desk.palette.browser.view.rows
    for place in range(rows.rowCount()):
        head = rows.index(place, 0)
        assert not rows.parent(head).isValid()
        for row in range(rows.rowCount(head)):
            index = rows.index(row, 0, head)
            assert rows.parent(index) == head
            assert rows.rowCount(index) == 0
    assert not rows.index(rows.rowCount(), 0, QModelIndex()).isValid()
