"""Added, wired, edited, mended and trained by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.panels.outline.connect_list import ConnectList
from app.panels.outline.facts import Facts
from app.panels.outline.items import Exit
from app.window.workplace import Workplace
from graph_editor.canvas.inline_form import InlineForm
from graph_editor.document.addresses import block_of
from graph_editor.document.model import BlockId, InPort, NodeId, OutPort, PortPath, Project
from tests.canvas.drawn import overlapping
from tests.panels.judged import example, until
from tests.window.inhabited import Inhabited
from tests.window.test_hand_drawn import add

K = Qt.Key
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key wherever the keyboard is."""
    held = QApplication.focusWidget()
    QTest.keyClick(held, key, modifiers)
    if modifiers & CTRL:
        QTest.keyRelease(held, K.Key_Control)  # else it seems to be held from now on
    QApplication.processEvents()


def go_to(place: Workplace, node: NodeId) -> None:
    """Walk to a node with the arrow keys: first to where the data comes from, then along it."""
    for step in range(40):
        if place.canvas.selected() == {node}:
            return
        press(K.Key_Left if step < 12 else K.Key_Right)
    raise AssertionError(f"{node} was not reached")


def test_a_classifier_is_drawn_mended_and_trained(
    house: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[bool] = []
    monkeypatch.setattr(
        "app.session.run_desk.RunDesk.train", lambda _: trained.append(True) or False
    )
    place = house.stand(Project())
    place.canvas.setFocus()
    digits = add(place, "digits", wires=False)
    for line in ("conv 16 3 p1", "relu", "max pool 2", "flatten"):
        add(place, line)
    head = add(place, "linear 10")
    loss = add(place, "cross")
    add(place, "adamw 1e-3")
    graph = place.session.project.main.graph
    press(K.Key_L)

    # The labels are wired from a list of what the data may feed.
    place.show_panel("outline")
    QApplication.processEvents()
    view = place.panels["outline"].view
    rows = place.panels["outline"].rows
    index = rows.node_index("main", digits)
    view.setCurrentIndex(index)
    view.setFocus()
    press(K.Key_Right)
    for _ in range(12):
        key = rows.item(view.currentIndex()).key
        if isinstance(key, Exit) and key.port == OutPort(digits, "label"):
            break
        press(K.Key_Down)
    press(K.Key_J, CTRL)
    (listed,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, ConnectList)]
    QTest.keyClicks(listed.field, "target")
    press(K.Key_Return)
    graph = place.session.project.main.graph
    assert graph.wires[InPort(loss, PortPath("target"))] == OutPort(digits, "label")

    # A wrong number is typed over the node, said, and mended by its fix.
    place.canvas.setFocus()
    go_to(place, head)
    press(K.Key_Return)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    QTest.keyClicks(QApplication.focusWidget(), "7")
    press(K.Key_Return)
    assert not [f for f in place.canvas.findChildren(InlineForm) if f.isVisible()]
    assert place.session.project.main.graph.nodes[head].args["out_features"] == 7
    until(lambda: place.session.is_judged and bool(place.session.problems()))
    press(K.Key_F8)
    press(K.Key_Return, ALT)
    until(lambda: place.session.is_judged and not place.session.problems())
    assert place.session.project.main.graph.nodes[head].args["out_features"] == 10

    until(lambda: place.session.is_written)
    press(K.Key_R, CTRL)
    assert trained == [True]


def test_ctrl_j_on_the_canvas_lists_what_a_node_may_feed_and_enter_wires(
    house: Inhabited,
) -> None:
    place = house.stand(Project())
    place.canvas.setFocus()
    first = add(place, "relu", wires=False)
    add(place, "gelu", wires=False)
    place.canvas.select([first])
    press(K.Key_J, CTRL)
    (listed,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, ConnectList)]
    QTest.keyClick(listed.field, K.Key_Return)
    house.rest()
    assert not [f for f in place.canvas.findChildren(InlineForm) if f.isVisible()]
    assert [source.node for source in place.session.project.main.graph.wires.values()] == [first]


def test_ctrl_j_offers_all_outputs_what_fits_first_and_lays_no_mark_upon_a_card(
    house: Inhabited,
) -> None:
    place = house.stand(Project())
    place.canvas.setFocus()
    digits = add(place, "digits", wires=False)
    for line in ("conv 8 3", "relu", "flatten", "linear 10", "cross", "adamw"):
        add(place, line, wires=False)
        place.canvas.select([])
    graph = place.session.project.main.graph
    loss = next(key for key, node in graph.nodes.items() if node.spec == "nn.CrossEntropyLoss")
    for words, said in (("label", "label → CrossEntropyLoss · target"), ("conv", "")):
        place.canvas.select([digits])
        press(K.Key_J, CTRL)
        (listed,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, ConnectList)]
        assert listed.accessibleName() == "Connect Digits to"
        QTest.keyClicks(listed.field, words)
        now = listed.list.currentItem()
        assert not said or (now is not None and now.text() == said)
        press(K.Key_Return)
        QApplication.processEvents()
    wires = place.session.project.main.graph.wires
    assert wires[InPort(loss, PortPath("target"))] == OutPort(digits, "label")
    assert any(place.canvas.title(end.node) == "image" for end in wires)
    assert not overlapping(place.canvas)


def test_a_block_made_in_the_outline_is_named_and_the_keyboard_comes_back(
    house: Inhabited,
) -> None:
    place = house.stand()
    view = house.outline(place, "bn1").view
    press(K.Key_G, CTRL)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    QTest.keyClicks(QApplication.focusWidget(), "Norm")
    press(K.Key_Return)
    assert view.hasFocus()
    assert [block.name for block in place.session.project.blocks.values()] == ["Norm"]


def test_the_row_of_a_wire_in_the_outline_stands_for_the_wire(house: Inhabited) -> None:
    place = house.stand()
    view = house.outline(place, "pool").view
    pool = InPort(NodeId("pool"), PortPath("input"))
    press(K.Key_Right)
    press(K.Key_Down)
    assert place.canvas.world.chosen_wire == pool
    press(K.Key_Up)
    assert place.canvas.world.chosen_wire is None
    press(K.Key_Down)
    press(K.Key_D, ALT)
    wires = place.session.project.main.graph.wires
    cut = wires[pool].node
    assert place.session.project.main.graph.nodes[cut].spec == "Tensor.detach"
    assert view.hasFocus()
    place.session.undo()
    assert place.session.project.main.graph.wires[pool].node == "relu2"


def test_keys_act_on_rows_of_a_block_that_is_not_shown(house: Inhabited) -> None:
    place = house.stand(example("digits_residual"))
    block = next(iter(place.session.project.blocks))
    nodes = place.session.project.blocks[block].graph.nodes
    node = next(key for key, each in nodes.items() if each.kind == "nn")
    house.outline(place, node, block)
    assert place.canvas.key == "main"
    press(K.Key_D, CTRL)
    assert place.canvas.key == block
    assert len(place.session.project.blocks[block].graph.nodes) == len(nodes) + 1


def test_ports_of_blocks_are_called_by_their_names(house: Inhabited) -> None:
    place = house.stand(example("digits_residual"))
    facts, project = Facts(place.session), place.session.project
    use = next(key for key, node in project.main.graph.nodes.items() if node.kind == "block")
    block = project.blocks[BlockId(block_of(project.main.graph.nodes[use]))]
    names = [block.graph.nodes[node].name for node in block.inputs]
    ends = [end for end in project.main.graph.wires if end.node == use]
    assert sorted(facts.port("main", end) for end in ends) == sorted(names)


def test_ctrl_j_does_not_begin_with_further_losses_of_the_optimizer(house: Inhabited) -> None:
    place = house.stand()
    place.canvas.setFocus()
    place.canvas.select([add(place, "conv 64 3", wires=False)])
    press(K.Key_J, CTRL)
    (listed,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, ConnectList)]
    texts = [listed.list.item(row).text() for row in range(listed.list.count())]
    listed.close()
    assert texts[-1].startswith("AdamW · losses[1]")
    assert not texts[0].startswith("AdamW")
