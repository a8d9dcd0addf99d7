"""What a preview shows covers no node: ghosts, the words about them, the line at the edge."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QRegion

from graph_editor.canvas.anatomy import Anatomy, anatomy_of
from graph_editor.canvas.between import CLEAR, TIGHT, End, box_of, overlaps, place_between
from graph_editor.canvas.findings import Finding, Findings
from graph_editor.canvas.preview import Edited, Preview
from graph_editor.canvas.preview_room import along_edges, beside, between_edges, freest, shortest
from graph_editor.canvas.sides import Use
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import in_block, insert_on_wire, move_nodes, set_argument
from graph_editor.document.model import Node, NodeId, Project
from tests.canvas.hand import Hand, digits, ins, out

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]

HEAD, FLAT = NodeId("head"), NodeId("flat2")
LONG = "Lead the wire from “The cross entropy of what it says and what is so” into the optimizer"
WIRES = ["head", "conv2", "bn1", "relu2", "pool", "loss", "dropout"]
"""Nodes before which one is put: in a row, at the beginning of the second one, and at its end."""


def put(project: Project, before: str) -> Project:
    node = Node("nn.Flatten")
    return in_block(project, "main", lambda graph: insert_on_wire(graph, ins(before), FLAT, node))


def flatten() -> Anatomy:
    node = Node("nn.Flatten")
    return anatomy_of(
        Use(FLAT, node, specs_of(Project())(node.spec), (), (), False, {}, frozenset(), True)
    )


def rows() -> st.SearchStrategy[list[tuple[float, float]]]:
    """Corners of nodes in some columns and rows, with gaps narrow and wide."""
    across, down = st.integers(0, 12), st.integers(0, 6)
    return st.lists(
        st.tuples(across.map(lambda x: x * 70.0), down.map(lambda y: y * 56.0)), max_size=24
    )


@pytest.mark.usefixtures("qapp")
@given(rows(), st.tuples(st.integers(-4, 12), st.integers(-3, 3)))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_a_node_on_a_wire_keeps_clear_of_all_others(
    spots: list[tuple[float, float]], way: tuple[int, int]
) -> None:
    build = flatten()
    first, second = (0.0, 0.0), (96.0 + 60.0 * way[0], 56.0 * way[1])
    boxes = [box_of(spot, build) for spot in (first, second, *spots)]
    ports = (build.place(ins("flat2")), build.place(out("flat2")))
    assert ports[0] is not None
    assert ports[1] is not None
    level = ports[0].y
    ends = (End(96.0, level, "right"), End(second[0], second[1] + level, "left"))
    found = place_between(build, (ports[0], ports[1]), ends, boxes)
    assert found is not None  # there is always room above so few
    assert not any(overlaps(box_of(found, build), box, TIGHT) for box in boxes)
    room = second[0] - 96.0
    if not spots and way[1] == 0 and room >= build.width + 2 * CLEAR:
        assert found == (96.0 + (room - build.width) / 2, 0.0)  # in its wire, in the middle


@pytest.mark.parametrize("before", WIRES)
@pytest.mark.parametrize("zoom", [0.0, 0.75, 1.0])
def test_nothing_of_a_preview_covers_a_node(make_hand: Make, before: str, zoom: float) -> None:
    hand = make_hand(digits())
    canvas = hand.canvas
    if zoom:
        canvas.set_zoom(zoom)
        canvas.centerOn(canvas.world.nodes[NodeId(before)].rect().center())
    preview = Preview(canvas)
    preview.show(Edited("Insert it", put(digits(), before)))
    assert preview.ghosts is not None
    (ghost,) = preview.ghosts.areas()
    nodes = [item.rect() for item in canvas.world.nodes.values()]
    assert not any(ghost.adjusted(-8, -8, 8, 8).intersects(node) for node in nodes)
    seen = [canvas.mapFromScene(area).boundingRect() for area in (ghost, *nodes)]
    line = preview.label.geometry()
    assert canvas.viewport().rect().contains(line)
    assert not any(line.intersects(area) for area in seen)
    preview.end()


def test_the_new_node_comes_where_its_ghost_was(make_hand: Make) -> None:
    hand = make_hand(digits())
    preview = Preview(hand.canvas)
    for before in WIRES:
        preview.show(Edited("Insert it", put(digits(), before)))
        assert preview.ghosts is not None
        (ghost,) = preview.ghosts.areas()
        preview.end()
        hand.document.apply(partial(put, before=before), "Insert it")
        assert hand.canvas.world.nodes[FLAT].rect() == ghost
        hand.document.undo()


def test_words_about_a_node_stand_beside_it_and_in_view_wherever_it_is(make_hand: Make) -> None:
    hand = make_hand(digits())
    canvas, preview = hand.canvas, Preview(hand.canvas)
    canvas.set_zoom(1.0)
    after = in_block(digits(), "main", lambda graph: set_argument(graph, HEAD, "in_features", 7))
    preview.show(Edited("Set in_features to 7", after))
    for spot in ((40, 40), (1150, 40), (1150, 660), (40, 660), (600, 350)):
        way = QPoint(*spot) - canvas.node_place(HEAD)
        canvas.pan_by(way.x(), way.y())
        (tag,) = preview.tags
        box = tag.box().toRect().translated(canvas.mapFromScene(tag.pos()))
        assert canvas.viewport().rect().contains(box)
        assert not any(box.intersects(canvas.node_rect(node)) for node in canvas.world.nodes)
        assert not box.intersects(preview.label.geometry())
        assert (box.center() - canvas.node_rect(HEAD).center()).manhattanLength() < 260
    preview.end()


def test_a_button_has_all_its_words_and_more_stands_apart(make_hand: Make) -> None:
    hand = make_hand(digits())
    bubble, body = hand.canvas.world.bubble, QRectF()
    for words in ("Fix it", "Lead the wire from “Cross entropy”", LONG, "x" * 90):
        fault = Finding(HEAD, "error", "It is wrong.", fixes=(("fix-1", words),))
        hand.canvas.set_findings(Findings(problems=(fault,)))
        hand.canvas.select([HEAD])
        shown = "".join("".join(bubble.words).split())
        assert shown == "".join(words.split())
        body = bubble.body()
        assert body.contains(bubble.button)
        assert body.contains(bubble.more)
        assert not bubble.button.intersects(bubble.more)
        hand.click(hand.canvas.mapFromScene(bubble.pos()) + bubble.more.center().toPoint())


def test_the_bubble_rather_stands_where_it_covers_no_node(make_hand: Make) -> None:
    hand = make_hand(digits())
    fault = Finding(HEAD, "error", "It is wrong. " * 4, fixes=(("fix-1", "Mend it"),))
    hand.canvas.set_zoom(0.8)
    hand.canvas.set_findings(Findings(problems=(fault,)))
    hand.canvas.select([HEAD])
    below = hand.canvas.world.nodes[HEAD].rect().bottomLeft()

    def covered() -> int:
        bubble = hand.canvas.world.bubble
        box = bubble.body().toRect().translated(hand.canvas.mapFromScene(bubble.pos()))
        return sum(box.intersects(hand.canvas.node_rect(n)) for n in hand.canvas.world.nodes)

    hand.canvas.centerOn(below)
    assert covered() == 0
    spot = (below.x() + 8, below.y() + 40)
    hand.document.apply(
        lambda p: move_nodes(p, "main", {NodeId("schedule"): spot, NodeId("optimizer"): (0, 0)}),
        "Move",
    )
    assert covered() == 0


def test_words_take_the_first_place_that_is_free_else_the_least_covered() -> None:
    room, size = QRect(0, 0, 400, 200), QSize(100, 40)
    spots = [*along_edges(size, room), *between_edges(size, room)]
    assert freest(size, spots, QRegion(), room) == QPoint(150, 0)
    assert freest(size, spots, QRegion(0, 0, 400, 60), room) == QPoint(150, 160)
    middle = QRegion(0, 0, 400, 40) + QRect(0, 160, 400, 40)
    assert 40 <= freest(size, spots, middle, room).y() <= 120
    all_but = QRegion(room) - QRect(300, 160, 50, 40)
    assert freest(size, spots, all_but, room).y() > 120
    node = QRect(0, 0, 90, 50)
    corner = freest(size, beside(size, node), QRegion(node), room)
    assert not QRect(corner, size).intersects(node)


def test_the_bubble_in_use_is_read_whole_and_what_lies_behind_it_is_named(make_hand: Make) -> None:
    hand = make_hand(digits())
    canvas, bubble = hand.canvas, hand.canvas.world.bubble
    fault = Finding(HEAD, "error", "It is wrong. " * 20, fixes=(("fix-1", "Mend it"),))
    canvas.set_zoom(1.0)
    canvas.set_findings(Findings(problems=(fault,)))
    canvas.select([HEAD])
    canvas.centerOn(canvas.world.nodes[HEAD].rect().center())
    bubble.set_hot("fix")
    body = bubble.body().toRect().translated(canvas.mapFromScene(bubble.pos()))
    plain = canvas.viewport().grab(body).toImage()
    preview, behind = Preview(canvas), 0
    spot = canvas.mapToScene(body.topLeft() + QPoint(40, 40))
    for before in WIRES:
        after = move_nodes(put(digits(), before), "main", {FLAT: (spot.x(), spot.y())})
        preview.show(Edited("Insert it", after))
        assert preview.ghosts is not None
        ghosts = [canvas.mapFromScene(area).boundingRect() for area in preview.ghosts.areas()]
        behind += any(body.contains(ghost.center()) for ghost in ghosts)
        hidden = any("Out of sight: Flatten" in line for line in preview.label.lines)
        assert hidden == any(
            body.contains(ghost.center()) or not canvas.viewport().rect().intersects(ghost)
            for ghost in ghosts
        )
        assert canvas.viewport().grab(body).toImage() == plain
        preview.end()
    assert behind


@pytest.mark.parametrize(("height", "lines"), [(420, 5), (130, 2)])
def test_a_long_list_leaves_a_small_canvas_to_be_seen(
    make_hand: Make, height: int, lines: int
) -> None:
    hand = make_hand(digits())
    hand.canvas.resize(340, height)
    hand.canvas.fit_all()
    after = in_block(digits(), "main", lambda graph: set_argument(graph, HEAD, "in_features", 9))
    shown = Preview(hand.canvas)
    shown.show(Edited("Apply 3 safe fixes", after, ("Set this", "Set that", "Set the last")))
    assert shown.label.lines[0] == "Apply 3 safe fixes"
    assert len(shown.label.lines) == lines
    assert "Set the last" in shown.label.accessibleDescription()
    shown.end()


def boxes() -> st.SearchStrategy[QRectF]:
    size = st.integers(1, 60)
    return st.builds(QRectF, st.integers(-99, 99), st.integers(-99, 99), size, size)


@given(boxes(), boxes())
@settings(max_examples=100, derandomize=True, deadline=None)
def test_a_line_leads_from_words_to_what_they_are_about_and_no_other_is_shorter(
    one: QRectF, other: QRectF
) -> None:
    line = shortest(one, other)
    for box, end in ((one, line.p1()), (other, line.p2())):
        assert box.left() <= end.x() <= box.right()
        assert box.top() <= end.y() <= box.bottom()
    aside = max(0.0, other.left() - one.right(), one.left() - other.right())
    apart = max(0.0, other.top() - one.bottom(), one.top() - other.bottom())
    assert line.length() == pytest.approx((aside**2 + apart**2) ** 0.5)


def test_words_are_led_to_the_ring_of_their_node_at_every_zoom(make_hand: Make) -> None:
    hand = make_hand(digits())
    after = in_block(
        hand.canvas.document.project, "main", lambda g: set_argument(g, HEAD, "in_features", 7)
    )
    shown = Preview(hand.canvas)
    shown.show(Edited("Set it", after))
    for zoom in (1.0, 0.5):
        hand.canvas.zoom_to(zoom)
        hand.canvas.reveal(HEAD)
        (tag,) = shown.tags
        ring = hand.canvas.mapFromScene(hand.canvas.world.nodes[HEAD].rect()).boundingRect()
        ring = ring.translated(-hand.canvas.mapFromScene(tag.pos())).adjusted(-5, -5, 5, 5)
        end = tag.boundingRect()
        assert QRectF(ring).intersects(end)
        assert not QRectF(ring).intersects(tag.box())
    shown.end()
