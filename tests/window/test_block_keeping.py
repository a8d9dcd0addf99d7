"""Blocks kept among the user's own: none takes another's place unseen, and each stays on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.dialogs.keep_dialog import KeepDialog
from app.panels.palette_panel import PalettePanel
from app.window.workplace import Workplace
from graph_editor.canvas.rename import RenameLine
from graph_editor.document.addresses import block_of
from graph_editor.document.edits.shelf import mark_of
from graph_editor.document.files import dumps, load
from graph_editor.document.model import Block, BlockId, NodeId
from tests.window.inhabited import Inhabited
from tests.window.test_block_library import added, asked, front

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
KEEP = "Add to my blocks"


def grouped(place: Workplace, ids: Sequence[str], name: str = "") -> NodeId:
    """Make a block of nodes by Ctrl+G, type its name, and return its one use."""
    front(place)
    place.canvas.select(map(NodeId, ids))
    QTest.keyClick(place.canvas, K.Key_G, CTRL)
    line = next(w for w in place.shell.findChildren(RenameLine) if w.isVisible())
    if name:
        line.setText(name)
    QTest.keyClick(line, K.Key_Return)
    (node,) = place.canvas.selected()
    return node


def block(place: Workplace, node: NodeId) -> Block:
    """Return the block that a node is a use of."""
    return place.session.project.blocks[
        BlockId(block_of(place.session.project.main.graph.nodes[node]))
    ]


def question(place: Workplace) -> KeepDialog | None:
    """Return the question that is open in a window, if one is."""
    return next((d for d in place.shell.findChildren(KeepDialog) if d.isVisible()), None)


def healed(place: Workplace, use: NodeId, node: str) -> None:
    """Go into a block, take a node out of it and come back."""
    front(place)
    place.canvas.select([use])
    QTest.keyClick(place.canvas, K.Key_Return)
    place.canvas.select([NodeId(node)])
    QTest.keyClick(place.canvas, K.Key_Delete, CTRL)
    place.canvas.select(())
    QTest.keyClick(place.canvas, K.Key_Escape)
    place.canvas.select([use])


def on_disk(home: Path) -> list[frozenset[str]]:
    """Return the nodes of each block that lies among the user's own, former versions too."""
    found: list[frozenset[str]] = []
    for path in sorted((home / "blocks").rglob("*.netwright")):
        project = load(path).project
        key = block_of(project.main.graph.nodes[NodeId("part")])
        nodes = project.blocks[BlockId(key)].graph.nodes
        found.append(frozenset(str(k) for k, n in nodes.items() if n.kind != "io"))
    return found


@pytest.mark.parametrize("answer", ["new", "version", "cancel"])
def test_a_block_of_a_name_that_another_has_is_asked_about(
    answer: str, house: Inhabited, own_home: Path
) -> None:
    here, there = house.stand(), house.stand()
    grouped(here, ["conv1", "bn1"])
    asked(here, KEEP)
    use = grouped(there, ["conv2", "bn2", "relu2"])
    before = dumps(there.session.project)
    asked(there, KEEP)
    dialog = question(there)
    assert dialog is not None
    assert on_disk(own_home) == [{"conv1", "bn1"}], "nothing is written before the answer"
    assert "Conv block" in dialog.heading.text()
    QTest.mouseClick(getattr(dialog, answer), Qt.MouseButton.LeftButton)
    house.rest()
    first, second = frozenset({"conv1", "bn1"}), frozenset({"conv2", "bn2", "relu2"})
    if answer == "cancel":
        assert on_disk(own_home) == [first]
        assert dumps(there.session.project) == before
        return
    assert sorted(on_disk(own_home), key=len) == [first, second]
    names = {"new": "Conv block 2", "version": "Conv block"}
    assert block(there, use).name == names[answer]
    mark = mark_of(block(there, use))
    assert mark is not None
    assert mark.version == {"new": 1, "version": 2}[answer]
    assert there.shell.status.said.full.startswith(f"{names[answer]} is among your blocks now")
    there.session.undo()
    assert dumps(there.session.project) == before
    asked(there, KEEP)
    assert (question(there) is None) == (answer == "version"), "what is kept is known again"


def test_names_of_any_script_are_blocks_of_their_own(house: Inhabited, own_home: Path) -> None:
    place = house.stand()
    parts = {"Блок": ["conv1"], "ブロック": ["bn1"], "残差": ["conv2", "bn2"]}
    for name, ids in parts.items():
        grouped(place, ids, name)
        asked(place, KEEP)
        assert place.shell.status.said.full == f"{name} is among your blocks now, as version 1."
    assert sorted(on_disk(own_home), key=sorted) == sorted(
        map(frozenset, parts.values()), key=sorted
    )
    panel = house.stand(width=1920, height=1080).panels["palette"]
    assert isinstance(panel, PalettePanel)
    assert {spec.title for spec in panel.specs()} >= set(parts)


@pytest.mark.parametrize("answer", ["new", "version"])
def test_a_change_of_another_project_is_never_overwritten_unseen(
    answer: str, house: Inhabited, own_home: Path
) -> None:
    one, other = house.stand(), house.stand()
    use = grouped(one, ["conv1", "bn1", "relu1"], "Mine")
    asked(one, KEEP)
    front(other)
    taken = added(other, "mine")
    other.canvas.select([taken])
    asked(other, KEEP)
    assert other.shell.status.said.full == "Mine is among your blocks already, as version 1."
    healed(one, use, "bn1")
    asked(one, KEEP)
    assert question(one) is None, "it came from what is there"
    other.canvas.select([taken])
    asked(other, KEEP)
    assert "the library has version 2 by now" in other.shell.status.said.full
    healed(other, taken, "relu1")
    asked(other, KEEP)
    dialog = question(other)
    assert dialog is not None
    assert "came from version 1" in dialog.words.text()
    QTest.mouseClick(getattr(dialog, answer), Qt.MouseButton.LeftButton)
    house.rest()
    wanted = [{"conv1", "bn1"}, {"conv1", "relu1"}, {"conv1", "bn1", "relu1"}]
    assert sorted(map(sorted, on_disk(own_home))) == sorted(map(sorted, wanted))
    mark = mark_of(block(other, taken))
    assert mark is not None
    assert mark.version == {"new": 1, "version": 3}[answer]


def test_a_name_that_is_taken_meanwhile_is_given_a_number(house: Inhabited, own_home: Path) -> None:
    place = house.stand()
    grouped(place, ["conv1"], "Part")
    asked(place, KEEP)
    use = grouped(place, ["conv2"], "Piece")
    asked(place, KEEP)
    front(place)
    place.canvas.select([use])
    QTest.keyClick(place.canvas, K.Key_Return)
    key = place.canvas.key
    place.session.apply(
        lambda now: now.with_block(key, _renamed(now.blocks[BlockId(key)], "Part")), "Rename"
    )
    asked(place, KEEP)
    assert question(place) is None
    assert block(place, use).name == "Part 2"
    assert "another one is called Part" in place.shell.status.said.full
    assert sorted(on_disk(own_home), key=sorted) == [{"conv1"}, {"conv2"}, {"conv2"}]


def _renamed(what: Block, name: str) -> Block:
    from dataclasses import replace

    return replace(what, name=name)
