"""Shapes on wires stand in the way of no other wire and of no edge of a frame, where they can."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QLineF, QRectF, Qt

from graph_editor.canvas.findings import Findings, PortFacts
from graph_editor.canvas.items.frame_item import FrameItem
from graph_editor.canvas.items.label_spots import passes
from graph_editor.canvas.theme import theme
from graph_editor.document.files import load
from graph_editor.document.model import InPort, NodeId
from tests.canvas.drawn import points_of
from tests.canvas.hand import NONE, Hand, digits

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
HEAD, LOGITS, LOSS, CONV = NodeId("head"), NodeId("logits"), NodeId("loss"), NodeId("conv1")


def labelled(hand: Hand, label: str = "B×10") -> None:
    facts = PortFacts(label, 2, "float32")
    nodes = hand.canvas.document.project.main.graph.nodes
    hand.canvas.set_findings(
        Findings(
            ports={f"{node}.output": facts for node in nodes}, status=dict.fromkeys(nodes, "ok")
        )
    )


def plate(hand: Hand, target: InPort) -> QRectF:
    world = hand.canvas.world
    found = world.labels.plate(world.wires[target])
    assert found is not None
    return found


def crossed(hand: Hand) -> list[InPort]:
    """Return the wires whose labels another wire passes that comes from elsewhere."""
    world, found = hand.canvas.world, []
    for target, wire in world.wires.items():
        area = world.labels.plate(wire) if wire.label else None
        others = [w for w in world.wires.values() if w.source != wire.source]
        if area is not None and any(area.contains(*p) for w in others for p in points_of(w)):
            found.append(target)
    return found


def test_a_label_goes_below_its_wire_where_another_wire_passes_above(make_hand: Make) -> None:
    hand = make_hand(digits())
    labelled(hand)
    hand.canvas.set_zoom(1.0)
    target = InPort(LOSS, "input")
    wire = hand.canvas.world.wires[target]
    for label in ("B×10", "B×1000"):
        labelled(hand, label)
        area = plate(hand, target)
        other = hand.canvas.world.wires[InPort(NodeId("accuracy"), "input")]
        assert other.source == wire.source
        assert not any(area.contains(*spot) for spot in points_of(other))
    assert crossed(hand) == []


def test_a_label_stands_across_no_edge_of_a_frame(make_hand: Make) -> None:
    hand = make_hand(digits())
    labelled(hand)
    hand.canvas.select([CONV])
    hand.canvas.setFocus()
    hand.key(Qt.Key.Key_C, NONE)
    hand.key(Qt.Key.Key_Return)
    frames = [item for item in hand.canvas.world.items() if isinstance(item, FrameItem)]
    assert len(frames) == 1
    edge = frames[0].rect()
    wires = hand.canvas.world.wires_at([CONV])
    assert len(wires) == 2
    plates = [hand.canvas.world.labels.plate(wire) for wire in wires]
    assert any(plates)
    for area in plates:
        assert area is None or edge.contains(area) or not edge.intersects(area)


@pytest.mark.parametrize(
    ("line", "through"),
    [
        (QLineF(0, 0, 10, 10), True),
        (QLineF(5, -9, 5, 30), True),
        (QLineF(-9, 6, 30, 6), True),
        (QLineF(4, 4, 6, 6), True),
        (QLineF(-9, -1, 30, -1), False),
        (QLineF(12, -9, 12, 30), False),
        (QLineF(-9, 8, 8, 30), False),
    ],
)
def test_what_passes_through_a_label(line: QLineF, through: bool) -> None:
    assert passes([line], QRectF(0, 0, 10, 15)) is through


def test_what_passes_behind_a_label_for_which_there_is_no_clear_place_is_hidden_there(
    make_hand: Make,
) -> None:
    hand = make_hand(load("assets/examples/mini_gpt.netwright").project)
    facts, graph = PortFacts("1×32×64", 3, "float32"), hand.graph
    ports = {f"{source.node}.{source.port}": facts for source in graph.wires.values()}
    hand.canvas.set_findings(Findings(ports=ports, status=dict.fromkeys(graph.nodes, "ok")))
    hand.canvas.set_zoom(1.0)
    world = hand.canvas.world
    clear: list[bool] = []
    for target in crossed(hand):
        wire, area = world.wires[target], plate(hand, target)
        if not wire.is_level:
            continue
        hand.canvas.centerOn(area.center())
        image = hand.canvas.grab().toImage()
        for other in world.wires.values():
            for x, y in points_of(other) if other.source != wire.source else ():
                spot = hand.canvas.mapFromScene(x, y)
                if area.adjusted(2, 2, -2, -2).contains(x, y) and hand.view.rect().contains(spot):
                    clear.append(image.pixelColor(spot).rgb() == theme("dark")["canvas"].rgb())
    assert clear
    assert sum(clear) > 0.7 * len(clear)  # but for its own letters
