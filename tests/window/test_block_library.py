"""The library in a window: blocks are placed by search, kept for other projects, and renewed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.panels.inspector_panel import InspectorPanel
from app.panels.palette_panel import PalettePanel
from app.window.command_palette import CommandPalette
from app.window.workplace import Workplace
from graph_editor.canvas.add_palette import AddPalette
from graph_editor.catalogue.library import library
from graph_editor.document.files import dumps, load
from graph_editor.document.model import NodeId
from tests.panels.judged import example
from tests.window.inhabited import Inhabited

K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def front(place: Workplace) -> None:
    """Have a window take the keys, on its canvas."""
    place.shell.activateWindow()
    QApplication.processEvents()
    place.canvas.setFocus()


def added(place: Workplace, text: str, connect: bool = False) -> NodeId:
    """Type into the add-palette and take the first that it finds; return the new node."""
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, K.Key_A, SHIFT)
    palette = next(p for p in place.shell.findChildren(AddPalette) if p.isVisible())
    QTest.keyClicks(palette.line, text)
    QTest.keyClick(palette.line, K.Key_Return, SHIFT if connect else Qt.KeyboardModifier.NoModifier)
    (node,) = place.canvas.selected()
    return node


def asked(place: Workplace, text: str) -> None:
    """Run a command by its words in the command palette."""
    front(place)
    QTest.keyClick(place.canvas, K.Key_P, CTRL | SHIFT)
    palette = next(p for p in place.shell.findChildren(CommandPalette) if p.isVisible())
    QTest.keyClicks(palette.line, text)
    QTest.keyClick(palette.line, K.Key_Return)


def test_a_shipped_block_is_found_placed_wired_and_undone(house: Inhabited) -> None:
    place = house.stand()
    before = dumps(place.session.project)
    place.canvas.select([NodeId("relu1")])
    node = added(place, "residual 16", connect=True)
    project = place.session.project
    assert project.main.graph.nodes[node].spec == "block.residual"
    assert project.main.graph.nodes[node].args["channels"] == 16
    assert any(end.node == node for end in project.main.graph.wires)
    house.judged(place)
    assert place.session.verdict is not None
    assert not [d for d in place.session.verdict.diagnostics if d.severity == "error"]
    added(place, "residual")
    assert set(place.session.project.blocks) == {"residual", "shortcut"}
    place.session.undo()
    place.session.undo()
    assert dumps(place.session.project) == before


def test_the_add_panel_lists_the_library_among_the_blocks(house: Inhabited) -> None:
    place = house.stand(width=1920, height=1080)
    panel = place.panels["palette"]
    assert isinstance(panel, PalettePanel)
    titles = {spec.title for spec in panel.specs() if spec.category == "Blocks"}
    assert {"U-Net down", "Transformer encoder layer", "MLP"} <= titles
    added(place, "u-net down")
    names = [s.name for s in panel.specs() if s.title == "U-Net down"]
    assert names == ["block.unet_down"]


def test_a_block_is_kept_renewed_and_offered_to_another_project(
    house: Inhabited, own_home: Path
) -> None:
    place = house.stand(example("digits_residual"))
    place.canvas.setFocus()
    place.canvas.select([NodeId("block1")])
    asked(place, "Add to my blocks")
    (file,) = (own_home / "blocks").glob("*.netwright")
    assert load(file).project.blocks
    assert place.shell.status.said.full == "Residual block is among your blocks now, as version 1."
    asked(place, "Add to my blocks")
    assert "already, as version 1" in place.shell.status.said.full
    other = house.stand()
    node = added(other, "residual block")
    assert other.session.project.blocks["residual"].doc == "Two convolutions beside a shortcut."  # type: ignore[index]  # it is an id
    front(place)
    place.canvas.select([NodeId("block1")])
    QTest.keyClick(place.canvas, K.Key_Return)
    place.canvas.select([NodeId("relu1")])
    QTest.keyClick(place.canvas, K.Key_Delete, CTRL)
    asked(place, "Add to my blocks")
    assert library().entries()[f"my/{file.stem}"].mark.version == 2
    other.canvas.select(())
    other.canvas.select([node])
    inspector = other.panels["inspector"]
    assert isinstance(inspector, InspectorPanel)
    other.show_panel("inspector")
    inspector.refresh()
    words = "Residual block 2 is in the library; this project has version 1."
    assert inspector.block.news.text() == words
    QTest.mouseClick(inspector.block.update_it, Qt.MouseButton.LeftButton)
    assert NodeId("relu1") not in other.session.project.blocks["residual"].graph.nodes  # type: ignore[index]  # as above
    assert not inspector.block.update_it.isVisible()
