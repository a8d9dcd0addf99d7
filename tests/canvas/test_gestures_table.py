"""The tables of keys and gestures, what is told of things, and why something cannot be done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_editor.canvas import actions
from graph_editor.canvas.findings import Findings, PortFacts
from graph_editor.canvas.gestures.edit_keys import ROWS
from graph_editor.canvas.telling import node_words, port_words, wire_words
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import Hand, digits, ins

Make = Callable[[Project], Hand]


# Telling


def test_a_resting_pointer_is_told_of_node_port_and_wire(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(Findings(ports={"conv1.output": PortFacts("B×16×8×8", 4, "float32")}))
    words = node_words(hand.canvas, NodeId("conv1"))
    assert words.splitlines()[:2] == [
        "Conv2d",
        "torch.nn.Conv2d(bias=False, kernel_size=3, out_channels=16, padding=1,",
    ]
    assert "→ output: B×16×8×8 float32" in words
    assert "input: not known yet" in words
    assert "B×16×8×8 float32 from Conv2d" in port_words(hand.canvas, ins("bn1"))
    assert wire_words(hand.canvas, ins("bn1")) == "B×16×8×8 float32\nConv2d → BatchNorm2d"


def test_what_has_no_shape_is_told_by_its_kind(make_hand: Make) -> None:
    hand = make_hand(digits())
    assert "not known" not in node_words(hand.canvas, NodeId("schedule"))
    assert "→" not in node_words(hand.canvas, NodeId("optimizer"))
    wire = ins("schedule", "optimizer")
    assert wire_words(hand.canvas, wire) == "optimizer\nAdamW → Cosine decay"
    assert port_words(hand.canvas, wire).splitlines()[-1] == "optimizer from AdamW"


def test_a_divided_size_is_said_to_round_down(make_hand: Make) -> None:
    hand = make_hand(digits())
    facts = {"conv1.output": PortFacts("B×16×H/2×W/2", 4, "float32")}
    hand.canvas.set_findings(Findings(ports=facts))
    note = "In a size “/” rounds down: 7/2 is 3."
    assert wire_words(hand.canvas, ins("bn1")).splitlines()[-1] == note
    assert port_words(hand.canvas, ins("bn1")).splitlines()[-1] == note
    assert note in node_words(hand.canvas, NodeId("conv1")).splitlines()


# Availability, and the page that lists all gestures


@pytest.mark.parametrize(
    ("why", "select", "expected"),
    [
        (actions.cannot_act, (), "Select a node first."),
        (actions.cannot_act, ("conv1",), ""),
        (actions.cannot_rename, ("conv1", "bn1"), "Select one node alone to rename it."),
        (actions.cannot_rename, ("conv1",), ""),
        (actions.cannot_arrange_selected, ("conv1",), "Select at least two nodes to arrange them."),
        (actions.cannot_select, (), ""),
    ],
)
def test_each_action_says_why_it_cannot_be_done(
    make_hand: Make, why: Callable[..., str], select: tuple[str, ...], expected: str
) -> None:
    hand = make_hand(digits())
    hand.canvas.select([NodeId(node) for node in select])
    assert why(hand.canvas) == expected


def test_no_key_is_used_twice() -> None:
    assert max(Counter(row.keys for row in ROWS).values()) == 1


def test_the_page_of_gestures_names_every_key_and_no_gesture_twice() -> None:
    page = Path("docs/gestures.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    used = [(target.strip(), each.strip()) for target, keys in rows for each in keys.split(" or ")]
    assert len(used) == len(set(used)), [pair for pair, n in Counter(used).items() if n > 1]
    for row in ROWS:
        assert f"`{row.keys}`" in page, row.keys
