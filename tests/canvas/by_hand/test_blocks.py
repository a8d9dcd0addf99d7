"""Blocks by hand: made of a selection and taken apart, gone into and out of, made unique."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graph_editor.document.edits import instances_of, positions_of
from graph_editor.document.files import dumps, load
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import CTRL, SHIFT, Hand, digits, drawn, framed, ins, out

Make = Callable[[Project], Hand]
K = Qt.Key
STEM = [NodeId(n) for n in ("conv1", "bn1", "relu1")]


def block_nodes(hand: Hand) -> list[NodeId]:
    return [key for key, node in hand.graph.nodes.items() if node.kind == "block"]


def going_in(hand: Hand) -> Hand:
    """Let the canvas go where it asks to, as its window does."""
    hand.canvas.graph_entered.connect(hand.canvas.show_graph)
    return hand


def grouped(make_hand: Make, name: str = "Stem") -> Hand:
    hand = going_in(make_hand(digits()))
    hand.choose(STEM)
    hand.key(K.Key_G, CTRL)
    line = hand.rename_line()
    QTest.keyClicks(line, name)
    QTest.keyClick(line, K.Key_Return)
    return hand


def test_ctrl_g_makes_a_block_that_is_named_at_once_in_one_step(make_hand: Make) -> None:
    hand = grouped(make_hand)
    (block,) = hand.document.project.blocks.values()
    (instance,) = block_nodes(hand)
    assert block.name == "Stem"
    assert set(STEM) <= set(block.graph.nodes)
    assert not set(STEM) & set(hand.graph.nodes)
    assert hand.graph.wires[ins("conv2")].node == instance
    assert hand.canvas.selected() == {instance}
    assert hand.canvas.title(instance) == "Stem"
    before, now = positions_of(digits(), "main"), positions_of(hand.document.project, "main")
    assert min(before[n][0] for n in STEM) <= now[instance][0] <= max(before[n][0] for n in STEM)
    assert hand.steps() == 1
    hand.document.undo()
    assert dumps(hand.document.project) == dumps(digits())


def test_a_new_block_is_called_after_what_is_in_it_or_its_frame(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.choose(STEM)
    hand.key(K.Key_G, CTRL)
    assert hand.rename_line().text() == "Conv block"
    QTest.keyClick(hand.rename_line(), K.Key_Escape)
    assert [block.name for block in hand.document.project.blocks.values()] == ["Conv block"]
    hand.choose([NodeId("conv2")])
    hand.key(K.Key_G, CTRL)
    assert hand.rename_line().text() == "Conv block 2"
    hand = make_hand(framed(digits(), STEM, "Entry flow"))
    hand.choose(STEM)
    hand.key(K.Key_G, CTRL)
    assert hand.rename_line().text() == "Entry flow"


def test_ctrl_shift_g_gives_back_the_very_drawing(make_hand: Make) -> None:
    hand = grouped(make_hand)
    hand.key(K.Key_G, CTRL | SHIFT)
    assert dumps(hand.document.project) == dumps(digits())
    assert hand.canvas.selected() == set(STEM)
    assert hand.steps() == 2
    hand.document.undo()
    assert len(block_nodes(hand)) == 1


def test_what_had_no_place_stays_where_it_was_shown(make_hand: Make) -> None:
    project = Project(digits().main)
    hand = make_hand(project)
    seen = hand.canvas.places()
    hand.choose(STEM)
    hand.key(K.Key_G, CTRL)
    QTest.keyClick(hand.rename_line(), K.Key_Escape)
    hand.key(K.Key_G, CTRL | SHIFT)
    assert hand.document.project.main == project.main
    for node, (x, y) in hand.canvas.places().items():
        assert abs(x - seen[node][0]) <= 1, node
        assert abs(y - seen[node][1]) <= 1, node


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ((), "Select the nodes that are to become a block."),
        (("digits",), "Digits is a data source and cannot go into a block."),
        (("conv1", "relu1"), "BatchNorm2d lies between the nodes: group it too."),
        (
            ("conv1", "conv2"),
            "BatchNorm2d and another node lie between the nodes: group them too.",
        ),
        (
            ("head", "loss"),
            "logits lies between the nodes, and is an end of the graph: leave out what comes"
            " before it, or what comes after it.",
        ),
    ],
)
def test_what_cannot_become_a_block_is_said(
    make_hand: Make, chosen: tuple[str, ...], reason: str
) -> None:
    hand = make_hand(digits())
    hand.choose(NodeId(n) for n in chosen)
    hand.key(K.Key_G, CTRL)
    assert hand.sentences == [reason]
    assert hand.steps() == 0
    hand.choose([STEM[0]])
    hand.key(K.Key_G, CTRL | SHIFT)
    assert hand.sentences[-1] == "Select a block to take it apart."


def test_a_size_that_a_block_would_not_know_is_said_with_the_way_out(make_hand: Make) -> None:
    hand = make_hand(load("assets/blocks/attention.netwright").project)
    hand.canvas.show_graph("attention")
    chosen = [NodeId("k_split"), NodeId("k_heads")]
    hand.choose(chosen)
    hand.key(K.Key_G, CTRL)
    (said,) = hand.sentences
    assert "uses B, a size of memory" in said
    assert said.endswith("group a node that reads memory, too.")
    hand.choose([*chosen, NodeId("key")])
    hand.key(K.Key_G, CTRL)
    assert hand.steps() == 1, "what was said is so"


@pytest.mark.parametrize("way", ["double click", "Enter"])
def test_a_block_is_gone_into_and_esc_leads_back_to_the_same_sight(
    make_hand: Make, way: str
) -> None:
    hand = grouped(make_hand)
    (instance,) = block_nodes(hand)
    hand.wheel(hand.at(instance), turn=120)
    hand.wheel(hand.at(instance), turn=120)
    before = hand.canvas.sight()
    if way == "Enter":
        hand.key(K.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    else:
        hand.double_click(hand.at(instance) + QPoint(0, 20))
    assert hand.canvas.prefix == instance
    assert set(STEM) <= set(hand.graph.nodes)
    hand.key(K.Key_A, CTRL)
    hand.key(K.Key_Escape)
    assert hand.canvas.selected() == frozenset()
    assert hand.canvas.key != "main", "the first Esc selects nothing"
    hand.key(K.Key_Escape)
    assert (hand.canvas.key, hand.canvas.prefix) == ("main", "")
    assert hand.canvas.sight() == pytest.approx(before, abs=1.0)
    hand.key(K.Key_Escape)
    assert hand.canvas.key == "main"


def test_enter_says_what_it_wants(make_hand: Make) -> None:
    hand = going_in(make_hand(drawn(a="nn.ReLU", b="nn.ReLU")))
    hand.key(K.Key_A, CTRL)
    hand.key(K.Key_Return)
    assert hand.canvas.key == "main"
    assert hand.sentences == ["Select one node alone to open it."]


def test_a_block_that_is_used_twice_is_made_unique(make_hand: Make) -> None:
    hand = grouped(make_hand)
    hand.key(K.Key_U)
    assert hand.sentences[-1] == "Stem is used here alone: it is unique."
    hand.key(K.Key_D, CTRL)
    (key,) = hand.document.project.blocks
    assert [len(nodes) for nodes in instances_of(hand.document.project, key).values()] == [2]
    (copy,) = hand.canvas.selected()
    hand.key(K.Key_U)
    blocks = hand.document.project.blocks
    assert sorted(block.name for block in blocks.values()) == ["Stem", "Stem 2"]
    assert hand.graph.nodes[copy].spec != f"block.{key}"
    hand.key(K.Key_Return)
    hand.choose([STEM[1]])
    hand.key(K.Key_Delete)
    assert STEM[1] not in hand.graph.nodes
    assert STEM[1] in hand.document.project.blocks[key].graph.nodes


def test_several_uses_are_made_unique_in_one_step_and_the_last_keeps_the_block(
    make_hand: Make,
) -> None:
    hand = grouped(make_hand)
    (first,) = hand.canvas.selected()
    hand.key(K.Key_D, CTRL)
    (second,) = hand.canvas.selected()
    hand.key(K.Key_D, CTRL)
    (third,) = hand.canvas.selected()
    hand.choose([first, second, third])
    hand.key(K.Key_U)
    assert hand.steps() == 4
    assert sorted(b.name for b in hand.document.project.blocks.values()) == [
        "Stem",
        "Stem 2",
        "Stem 3",
    ]
    assert len({hand.graph.nodes[node].spec for node in (first, second, third)}) == 3
    hand.choose([first, second, third])
    hand.key(K.Key_U)
    assert hand.sentences[-1] == "These blocks are used here alone: they are unique."
    assert hand.steps() == 4


def test_a_block_that_is_off_is_switched_on_before_it_comes_apart(make_hand: Make) -> None:
    hand = grouped(make_hand)
    hand.key(K.Key_M)
    hand.key(K.Key_G, CTRL | SHIFT)
    assert hand.sentences[-1] == "Stem is bypassed; switch it on again to take it apart."
    assert hand.steps() == 2


def test_blocks_lie_in_blocks_five_deep_and_come_apart_again(make_hand: Make) -> None:
    hand = going_in(make_hand(digits()))
    hand.choose(STEM)
    for _ in range(5):
        hand.key(K.Key_G, CTRL)
        QTest.keyClick(hand.rename_line(), K.Key_Escape)
    for _ in range(5):
        hand.choose(block_nodes(hand))
        hand.key(K.Key_Return)
    assert hand.canvas.prefix.count("/") == 4
    assert hand.graph.wires[ins("bn1")] == out("conv1")
    for _ in range(5):
        hand.key(K.Key_Escape)
    assert hand.canvas.key == "main"
    for _ in range(5):
        hand.choose(block_nodes(hand))
        hand.key(K.Key_G, CTRL | SHIFT)
    assert dumps(hand.document.project) == dumps(digits())


def test_a_block_of_the_library_is_dropped_on_a_wire_a_node_and_the_ground(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.drop("library.residual", hand.middle(ins("conv2")))
    (inside,) = block_nodes(hand)
    assert hand.graph.wires[ins("conv2")].node == inside
    assert hand.steps() == 1
    hand.document.undo()
    assert dumps(hand.document.project) == dumps(digits())
    hand.drop("library.conv_norm_act", hand.at("conv2"))
    assert hand.graph.nodes[NodeId("conv2")].spec == "block.conv_norm_act"
    assert hand.graph.wires[ins("conv2", "x")] == out("relu1")
    hand.drop("library.conv_norm_act", hand.empty())
    assert len(hand.document.project.blocks) == 1
    assert len(block_nodes(hand)) == 2
