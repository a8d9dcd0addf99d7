"""Copies by real keys: as text through an editor, with all that they need, refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from graph_editor.document.edits import layout_of
from graph_editor.document.file_json import MAX_BYTES
from graph_editor.document.files import dumps, load
from graph_editor.document.model import NodeId, Project
from tests.canvas.by_hand.test_frames import bar, framed
from tests.canvas.hand import CTRL, Hand, digits, noted, with_block

Make = Callable[[Project], Hand]
K = Qt.Key


@pytest.fixture(autouse=True)
def no_text_is_left() -> Iterator[None]:
    yield
    QGuiApplication.clipboard().clear()


def residual() -> Project:
    return load("assets/examples/digits_residual.netwright").project


def test_nodes_go_through_a_text_editor_and_back(make_hand: Make) -> None:
    one = make_hand(noted(digits(), (0.0, -400.0, "Mind the step")))
    framed(one, "Stem", NodeId("conv1"), NodeId("bn1"))
    one.key(K.Key_A, CTRL)
    one.key(K.Key_C, CTRL)
    assert one.steps() == 1
    editor = QPlainTextEdit(one.window)
    editor.paste()
    editor.moveCursor(editor.textCursor().MoveOperation.Start)
    QTest.keyClick(editor, K.Key_Return)  # somebody looks at it, and adds a line
    text = editor.toPlainText()
    assert '"spec": "nn.Conv2d"' in text
    assert len(text.splitlines()) > 10
    QGuiApplication.clipboard().clear()
    editor.selectAll()
    editor.cut()
    other = make_hand(Project())
    other.key(K.Key_V, CTRL)
    assert len(other.graph.nodes) == len(one.graph.nodes)
    assert len(other.graph.wires) == len(one.graph.wires)
    layout = layout_of(other.document.project, "main")
    assert [frame["title"] for frame in layout["frames"]] == ["Stem"]
    assert [note["text"] for note in layout["notes"]] == ["Mind the step"]
    assert other.steps() == 1
    other.document.undo()
    assert dumps(other.document.project) == dumps(Project())


def test_blocks_come_along_and_are_not_pasted_into_themselves(make_hand: Make) -> None:
    hand = make_hand(residual())
    uses = [key for key, node in hand.graph.nodes.items() if node.kind == "block"]
    hand.choose(uses[:1])
    hand.key(K.Key_C, CTRL)
    other = make_hand(Project())
    other.key(K.Key_V, CTRL)
    block = hand.graph.nodes[uses[0]].spec.partition(".")[2]
    assert set(other.document.project.blocks) >= {block}
    hand.canvas.show_graph(block)
    before = hand.document.project
    hand.key(K.Key_V, CTRL)
    assert hand.document.project is before
    assert hand.steps() == 0
    assert "itself" in hand.sentences[-1]


def newer() -> str:
    tree = json.loads(dumps(digits()))
    tree["format_version"] = tree["min_reader"] = 999
    return json.dumps(tree)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def forward(self, x):\n    return x", "holds no nodes"),
        ('{"nodes": 3}', "holds no nodes"),
        (dumps(digits())[:-400], "damaged"),
        (dumps(digits()).replace('"nn.Conv2d"', "17"), "damaged"),
        (newer(), "newer Netwright"),
        ("{" + " " * MAX_BYTES, "64 MiB of text; up to 64 MiB"),
    ],
    ids=["code", "json", "cut", "wrong", "newer", "large"],
)
def test_what_cannot_be_pasted_is_told_and_changes_nothing(
    make_hand: Make, text: str, words: str
) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    hand.choose([NodeId("conv1")])
    QGuiApplication.clipboard().setText(text)
    hand.key(K.Key_V, CTRL)
    assert hand.document.project is before
    assert hand.canvas.selected() == {"conv1"}
    (said,) = hand.sentences
    assert words in said
    assert said.endswith(".")


def test_a_use_of_a_block_that_is_not_there_comes_with_its_block(make_hand: Make) -> None:
    hand = make_hand(with_block("lonely", "Lonely"))
    hand.drop("block.lonely", hand.view.rect().center())
    hand.key(K.Key_C, CTRL)
    other = make_hand(Project())
    other.key(K.Key_V, CTRL)
    assert other.document.project.blocks["lonely"].name == "Lonely"  # type: ignore[index]


def test_a_frame_pasted_twice_does_not_pile_up(make_hand: Make) -> None:
    hand = make_hand(digits())
    framed(hand, "Stem", NodeId("conv1"), NodeId("bn1"))
    hand.click(bar(hand))
    hand.key(K.Key_C, CTRL)
    hand.canvas.set_zoom(0.4)  # so that nothing pans
    QCursor.setPos(hand.view.mapToGlobal(hand.view.rect().center()))
    middle = hand.canvas.mapToScene(hand.view.rect().center())
    hand.key(K.Key_V, CTRL)
    hand.key(K.Key_V, CTRL)
    assert hand.canvas.mapToScene(hand.view.rect().center()) == middle
    spots = list(hand.canvas.places().values())
    assert len(set(spots)) == len(spots)
    assert len(layout_of(hand.document.project, "main")["frames"]) == 3
