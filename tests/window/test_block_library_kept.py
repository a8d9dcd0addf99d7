"""The user's own blocks looked after in their dialog, and what an update asks first."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from app.dialogs.blocks_dialog import BlocksDialog
from app.dialogs.update_dialog import UpdateDialog
from app.panels.inspector_panel import InspectorPanel
from app.panels.palette_panel import PalettePanel
from app.window.workplace import Workplace
from graph_editor.document.files import dumps, load
from graph_editor.document.model import BlockId, NodeId
from tests.panels.judged import example
from tests.window.inhabited import Inhabited
from tests.window.test_block_library import added, asked, front

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
RESIDUAL = BlockId("residual")


def kept(house: Inhabited, own_home: Path) -> tuple[Workplace, Path]:
    """Return a window whose residual block is among the user's own, and its file."""
    place = house.stand(example("digits_residual"))
    front(place)
    place.canvas.select([NodeId("block1")])
    asked(place, "Add to my blocks")
    (file,) = (own_home / "blocks").glob("*.netwright")
    return place, file


def library_of(place: Workplace) -> BlocksDialog:
    """Open the dialog by the command palette."""
    asked(place, "Block library")
    QApplication.processEvents()
    return next(d for d in place.shell.findChildren(BlocksDialog) if d.isVisible())


def rows(dialog: BlocksDialog) -> dict[str, list[str]]:
    """Return what stands under each heading."""
    heads = [dialog.tree.topLevelItem(at) for at in range(dialog.tree.topLevelItemCount())]
    return {
        head.text(0): [head.child(at).text(0) for at in range(head.childCount())]
        for head in heads
        if head is not None
    }


def typed(dialog: BlocksDialog, name: str) -> None:
    """Rename the current block by keys alone."""
    QTest.keyClick(dialog.tree, K.Key_F2)
    (line,) = [w for w in dialog.tree.findChildren(QLineEdit) if w.isVisible()]
    line.selectAll()
    QTest.keyClicks(line, name)
    QTest.keyClick(line, K.Key_Return)
    QApplication.processEvents()
    QApplication.processEvents()


def grown(place: Workplace) -> None:
    """Take a node out of the residual block, and keep that as its next version."""
    front(place)
    place.canvas.select([NodeId("block1")])
    QTest.keyClick(place.canvas, K.Key_Return)
    place.canvas.select([NodeId("relu1")])
    QTest.keyClick(place.canvas, K.Key_Delete, CTRL)
    asked(place, "Add to my blocks")


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def texts(dialog: UpdateDialog) -> list[str]:
    return [b.text() for b in dialog.findChildren(QPushButton) if b.isVisible()]


def asks(place: Workplace) -> UpdateDialog | None:
    found = (d for d in place.shell.findChildren(UpdateDialog) if d.isVisible())
    dialog = next(found, None)
    if dialog is not None:
        dialog.activateWindow()
        QApplication.processEvents()
    return dialog


def test_own_blocks_are_renamed_deleted_and_put_back_by_keys(
    house: Inhabited, own_home: Path
) -> None:
    place, file = kept(house, own_home)
    other = house.stand()
    panel = other.panels["palette"]
    assert isinstance(panel, PalettePanel)
    assert f"library.my/{file.stem}" in [spec.name for spec in panel.specs()]
    first = file.read_bytes()
    dialog = library_of(place)
    assert rows(dialog)["Yours"] == ["Residual block"]
    assert "Attention" in rows(dialog)["Shipped with Netwright"]
    row = dialog.tree.currentItem()
    assert row is not None
    uses = sum(n.spec == "block.residual" for n in place.session.project.main.graph.nodes.values())
    assert [row.text(1), row.text(3)] == ["1", f"{uses} times"]
    typed(dialog, "Shortcut block")
    assert rows(dialog)["Yours"] == ["Shortcut block"]
    project = load(file).project
    assert [b.name for b in project.blocks.values()].count("Shortcut block") == 1
    assert (file.parent / "kept" / f"{file.stem}.v1.netwright").read_bytes() == first
    assert dialog.status.text() == "Residual block is called Shortcut block now, as version 2."
    renamed = file.read_bytes()
    QTest.keyClick(dialog.tree, K.Key_Delete)
    assert not file.exists()
    assert rows(dialog)["Deleted"] == ["Shortcut block"]
    assert dialog.back_button.isVisible()
    dialog.back_button.setFocus()
    QTest.keyClick(dialog.back_button, K.Key_Space)
    assert file.read_bytes() == renamed
    assert rows(dialog)["Yours"] == ["Shortcut block"]
    assert "Deleted" not in rows(dialog)
    file.write_text("{", encoding="utf-8")
    dialog.close()
    dialog = library_of(place)
    assert dialog.choose(f"my/{file.stem}")
    assert "put back version 2" in dialog.facts.text()
    QTest.keyClick(dialog.tree, K.Key_Delete)
    QTest.keyClick(dialog.back_button, K.Key_Space)
    assert rows(dialog)["Yours"] == ["Shortcut block"]
    assert file.read_bytes() == renamed
    QTest.keyClick(dialog.tree, K.Key_Delete)
    dialog.close()
    other.shell.activateWindow()
    house.rest()
    assert f"library.my/{file.stem}" not in [spec.name for spec in panel.specs()]


def test_an_earlier_version_is_brought_back_by_keys_and_those_between_stay(
    house: Inhabited, own_home: Path
) -> None:
    place, file = kept(house, own_home)
    first = load(file).project.blocks[RESIDUAL].graph
    dialog = library_of(place)
    assert dialog.earlier_button.toolTip() == "It has no earlier version."
    dialog.close()
    grown(place)
    second = file.read_bytes()
    dialog = library_of(place)
    dialog.earlier_button.setFocus()
    QTest.keyClick(dialog.earlier_button, K.Key_Space)
    QTest.keyClick(dialog.earlier_menu, K.Key_Down)
    QTest.keyClick(dialog.earlier_menu, K.Key_Return)
    assert dialog.status.text() == "Residual block says what version 1 said, as version 3."
    assert load(file).project.blocks[RESIDUAL].graph == first
    assert (file.parent / "kept" / f"{file.stem}.v2.netwright").read_bytes() == second
    dialog.close()
    front(place)
    asked(place, "Update the block from the library")
    assert place.session.project.blocks[RESIDUAL].graph == first
    assert "is version 3 now" in place.shell.status.said.full


def test_what_cannot_be_done_is_said(house: Inhabited, own_home: Path) -> None:
    place, file = kept(house, own_home)
    (file.parent / "broken.netwright").write_text("{", encoding="utf-8")
    (file.parent / "moved.netwright").write_bytes(file.read_bytes())
    before = file.read_bytes()
    dialog = library_of(place)
    assert rows(dialog)["Files that cannot be used"] == ["broken.netwright", "moved.netwright"]
    assert dialog.choose("my/moved")
    assert f"must be {file.name}" in dialog.doc.text()
    assert dialog.choose("my/broken")
    assert "no JSON" in dialog.doc.text()
    assert "Mend the file" in dialog.facts.text()
    assert not dialog.rename_button.isEnabled()
    assert "cannot be read" in dialog.rename_button.toolTip()
    QTest.keyClick(dialog.tree, K.Key_Delete)
    assert (file.parent / "kept" / "broken.netwright").read_text(encoding="utf-8") == "{"
    assert not (file.parent / "broken.netwright").exists()
    assert dialog.choose("residual")
    QTest.keyClick(dialog.tree, K.Key_Delete)
    assert dialog.status.text() == dialog.delete_button.toolTip() != ""
    QTest.keyClick(dialog.tree, K.Key_F2)
    assert dialog.status.text() == dialog.rename_button.toolTip()
    assert dialog.choose(f"my/{file.stem}")
    typed(dialog, "  ")
    assert dialog.status.text() == "A block needs a name."
    assert rows(dialog)["Yours"] == ["Residual block"]
    assert file.read_bytes() == before
    dialog.close()


def test_a_block_that_was_deleted_comes_again_as_a_new_version(
    house: Inhabited, own_home: Path
) -> None:
    place, file = kept(house, own_home)
    dialog = library_of(place)
    typed(dialog, "Shortcut block")
    QTest.keyClick(dialog.tree, K.Key_Delete)
    dialog.close()
    asked(place, "Add to my blocks")
    assert place.shell.status.said.full == "Residual block is among your blocks now, as version 3."
    file.write_text("{", encoding="utf-8")
    asked(place, "Add to my blocks")
    assert place.shell.status.said.full == "Residual block is among your blocks now, as version 4."
    assert (file.parent / "kept" / file.name).read_text(encoding="utf-8") == "{"


def test_an_update_says_what_it_replaces_and_can_be_undone_or_left(
    house: Inhabited, own_home: Path
) -> None:
    place, file = kept(house, own_home)
    other = house.stand()
    node = added(other, "residual block")
    front(other)
    other.canvas.select([node])
    QTest.keyClick(other.canvas, K.Key_Return)
    other.canvas.select([NodeId("relu1")])
    QTest.keyClick(other.canvas, K.Key_Delete)
    before = other.session.project
    mine = dumps(before)
    grown(place)
    front(other)
    asked(other, "Update the block from the library")
    dialog = asks(other)
    assert dialog is not None
    assert dialog.heading.text().startswith("Residual block has ")
    assert "is gone" in "".join(w.text() for w in dialog.findChildren(type(dialog.words)))
    assert texts(dialog) == ["Cancel", "Take version 2", "Keep mine"]
    QTest.keyClick(dialog, K.Key_Escape)
    assert dumps(other.session.project) == mine
    asked(other, "Update the block from the library")
    dialog = asks(other)
    assert dialog is not None
    click(dialog.update_it)
    assert dumps(other.session.project) != mine
    assert "Undo (Ctrl+Z) brings back version 1 with " in other.shell.status.said.full
    front(other)
    QTest.keyClick(other.canvas, K.Key_Z, CTRL)
    assert dumps(other.session.project) == mine
    QTest.keyClick(other.canvas, K.Key_Up, Qt.KeyboardModifier.AltModifier)
    other.canvas.select([node])
    inspector = other.panels["inspector"]
    assert isinstance(inspector, InspectorPanel)
    other.show_panel("inspector")
    inspector.refresh()
    assert re.search(r"version 1, with \d+ changes? of its own\.$", inspector.block.news.text())
    front(other)
    (file.parent / "kept" / f"{file.stem}.v1.netwright").unlink()
    asked(other, "Update the block from the library")
    dialog = asks(other)
    assert dialog is not None
    assert dialog.heading.text() == "Was Residual block changed here?"
    QTest.keyClick(dialog.focusWidget(), K.Key_Return)
    QApplication.processEvents()
    assert other.session.project.blocks[RESIDUAL].graph == before.blocks[RESIDUAL].graph
    assert "stays as it is here" in other.shell.status.said.full
    asked(other, "Update the block from the library")
    assert asks(other) is None
