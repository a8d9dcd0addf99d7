"""A node that waits says for which one, where it is looked at: in its tip and in the inspector."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QLabel

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from app.panels.problems.rows import rows_of
from app.window.workplace import Workplace
from graph_editor.canvas.telling import node_words
from graph_editor.canvas.waits import waited_for, waiting_words
from graph_editor.document.edits.wires import dissolve
from graph_editor.document.model import FrozenMap, Graph, InPort, Node, NodeId, OutPort, PortPath
from tests.panels.judged import example, set_value
from tests.window.inhabited import Inhabited
from tests.window.test_preview_of_blocks import with_fault

assert QApplication
LOSS, HEAD = NodeId("loss"), NodeId("head")
WORDS = "Waiting for head."


def said(place: Workplace, house: Inhabited, node: str) -> list[str]:
    place.session.select([NodeId(node)])
    house.rest()
    labels = place.panels["inspector"].findChildren(QLabel)
    return [label.text() for label in labels if label.isVisible()]


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand())
    set_value(made.session, "head", "in_features", 256)
    return house.judged(made)


def test_the_inspector_and_the_tip_name_the_node_at_fault(
    place: Workplace, house: Inhabited
) -> None:
    for node in ("logits", "loss", "accuracy", "optimizer"):
        assert WORDS in said(place, house, node)
        assert WORDS in node_words(place.canvas, NodeId(node)).splitlines()
    for node in ("head", "flatten"):
        assert not any("Waiting" in words for words in said(place, house, node))
        assert "Waiting" not in node_words(place.canvas, NodeId(node))
    place.session.undo()
    house.judged(place)
    assert WORDS not in said(place, house, "loss")


def test_a_block_waits_for_a_block_and_inside_it_a_node_for_a_node(house: Inhabited) -> None:
    place = house.judged(house.stand(with_fault(example("digits_residual"))))
    assert "Waiting for block1." in said(place, house, "block2")
    place.session.show_graph("residual", "block1")
    assert "Waiting for bn2." in said(place, house, "add")


def test_what_refuses_the_same_waits_for_the_one_that_is_told(house: Inhabited) -> None:
    drawn = example("text_cnn")
    graph = dissolve(drawn.main.graph, NodeId("turned"))
    place = house.judged(house.stand(drawn.with_block("main", replace(drawn.main, graph=graph))))
    verdict = place.session.verdict
    assert verdict is not None
    (told,) = (d for d in verdict.diagnostics if d.severity == "error")
    for node in ("triples", "fours"):
        assert "Waiting for pairs." in said(place, house, node)
        assert "Waiting for pairs." in node_words(place.canvas, NodeId(node)).splitlines()
    rows = rows_of(place.session.project, verdict)
    row = next(each for each in rows if each.severity == "waiting")
    assert told.node == "pairs"
    assert {"triples", "fours", "loss"} <= {str(each.node) for each in row.waiting}


def test_only_what_a_wire_leads_from_is_waited_for_and_the_nearest_is_first() -> None:
    ids = [NodeId(name) for name in "abcdef"]
    nodes = FrozenMap({node: Node("nn.ReLU") for node in ids})
    wires = {
        InPort(after, PortPath("input")): OutPort(before, "output")
        for before, after in pairwise(ids[:4])
    }
    wires[InPort(ids[3], PortPath("other"))] = OutPort(ids[4], "output")
    graph = Graph(nodes, FrozenMap(wires))
    status = {"a": "error", "b": "waiting", "c": "waiting", "d": "waiting", "e": "error"}
    known = {NodeId(key): value for key, value in {**status, "f": "error"}.items()}
    assert waited_for(graph, known, ids[3]) == (ids[4], ids[0])
    assert waited_for(graph, known, ids[1]) == (ids[0],)
    assert waited_for(graph, {**known, ids[1]: "ok"}, ids[3]) == (ids[4],)


def test_few_are_named_and_more_are_counted() -> None:
    assert waiting_words([]) == "Waiting for what comes before it."
    assert waiting_words(["a"]) == "Waiting for a."
    assert waiting_words(["a", "b"]) == "Waiting for a and b."
    assert waiting_words(["a", "b", "c"]) == "Waiting for a, b and c."
    assert waiting_words(list("abcde")) == "Waiting for a, b, c and 2 more."
    assert waiting_words(["a" * 99]) == f"Waiting for {'a' * 39}…."
