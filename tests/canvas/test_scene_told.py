"""What the canvas is told from outside is shown: findings, a live run, samples, a theme."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage

from graph_editor.canvas.findings import Finding, Findings, Live, PortFacts, Sample
from graph_editor.canvas.parameter_line import line_text
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import NAMES, theme
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import disconnect, in_block, set_freeze, set_when, tie
from graph_editor.document.model import Address, Expr, FrozenMap, InPort, NodeId
from tests.canvas.hand import Hand, digits, ins, out, running_down

if TYPE_CHECKING:
    from graph_editor.document.model import Project

HEAD, LOSS = NodeId("head"), NodeId("loss")
Make = Callable[["Project"], Hand]
FAULT = Finding(
    HEAD,
    "error",
    "in_features is 256, and 512 numbers arrive.",
    argument="in_features",
    port="input",
    fixes=(("fix-1", "Set in_features to auto (512)"),),
)
WORD = PortFacts("B×512", 2, "float32")


def grab(hand: Hand) -> QImage:
    return hand.canvas.grab().toImage()


def has(image: QImage, colour: QColor, around: tuple[int, int, int, int]) -> bool:
    """Whether a colour is seen in a rectangle: left, top, width, height."""
    left, top, width, height = around
    return any(
        image.pixelColor(x, y).rgb() == colour.rgb()
        for x in range(max(left, 0), min(left + width, image.width()))
        for y in range(max(top, 0), min(top + height, image.height()))
    )


def area(hand: Hand, node: NodeId, more: int = 6) -> tuple[int, int, int, int]:
    rect = hand.canvas.node_rect(node)
    return rect.x() - more, rect.y() - more, rect.width() + 2 * more, rect.height() + 2 * more


def seen(hand: Hand, node: NodeId = HEAD, zoom: float = 1.0) -> None:
    hand.canvas.set_zoom(zoom)
    hand.canvas.centerOn(hand.canvas.world.nodes[node].rect().center())


def test_shapes_stand_on_wires_and_colour_their_rank(make_hand: Make) -> None:
    hand = make_hand(digits())
    wire = hand.canvas.world.wires[ins("head")]
    assert wire.state == "waiting"
    hand.canvas.set_findings(Findings(ports={"dropout.output": WORD}))
    assert (wire.label, wire.rank, wire.state, wire.form) == ("B×512", 2, "ok", "circle")
    assert wire.pen().color() == theme("dark").rank(2)
    assert wire.pen().widthF() == 2.0


def test_whole_numbers_are_a_double_line(make_hand: Make) -> None:
    hand = make_hand(digits())
    wire = hand.canvas.world.wires[ins("loss", "target")]
    hand.canvas.set_findings(Findings(ports={"digits.label": PortFacts("B", 1, "int64")}))
    inner = [item for item in wire.childItems() if item.isVisible()]
    assert len(inner) == 1
    hand.canvas.set_findings(Findings(ports={"digits.label": PortFacts("B", 1, "float32")}))
    assert not any(item.isVisible() for item in wire.childItems())


def test_an_error_is_red_on_node_argument_and_wire(make_hand: Make) -> None:
    hand = make_hand(digits())
    seen(hand)
    red = theme("dark")["error_line"]
    assert not has(grab(hand), red, area(hand, HEAD))
    hand.canvas.set_findings(
        Findings(ports={"dropout.output": WORD}, status={HEAD: "error"}, problems=(FAULT,))
    )
    assert has(grab(hand), red, area(hand, HEAD))
    assert hand.canvas.world.wires[ins("head")].state == "error"
    assert hand.canvas.world.nodes[HEAD].state.faulty == {"in_features"}
    hand.canvas.set_findings(Findings())
    assert not has(grab(hand), red, area(hand, HEAD))


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.3])
def test_an_error_is_seen_at_every_zoom(make_hand: Make, zoom: float) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(Findings(problems=(FAULT,)))
    seen(hand, zoom=zoom)
    assert has(grab(hand), theme("dark")["error_line"], area(hand, HEAD, 12))


def test_the_bubble_speaks_for_the_selected_or_hovered_error_alone(make_hand: Make) -> None:
    hand = make_hand(digits())
    bubble = hand.canvas.world.bubble
    hand.canvas.set_findings(Findings(problems=(FAULT,)))
    seen(hand)
    assert not bubble.isVisible()
    hand.canvas.select([HEAD])
    assert bubble.isVisible()
    assert bubble.finding == FAULT
    hand.canvas.select([LOSS])
    assert not bubble.isVisible()
    hand.canvas.hover(HEAD)
    assert bubble.isVisible()
    hand.canvas.set_findings(Findings())
    assert not bubble.isVisible()


def test_the_fix_is_a_button_in_the_bubble(make_hand: Make) -> None:
    hand = make_hand(digits())
    chosen: list[str] = []
    more: list[str] = []
    hand.canvas.fix_chosen.connect(chosen.append)
    hand.canvas.more_chosen.connect(more.append)
    hand.canvas.set_findings(Findings(problems=(FAULT,)))
    seen(hand)
    hand.canvas.select([HEAD])
    bubble = hand.canvas.world.bubble
    corner = hand.canvas.mapFromScene(bubble.pos())
    hand.click(corner + bubble.button.center().toPoint())
    assert chosen == ["fix-1"]
    hand.click(corner + bubble.more.center().toPoint())
    assert more == ["head"]
    assert hand.canvas.selected() == {HEAD}, "a press in the bubble selects nothing"


def test_inferred_values_stand_in_the_line(make_hand: Make) -> None:
    hand = make_hand(digits())
    item = hand.canvas.world.nodes[HEAD]
    assert line_text(item.anatomy.line) == "auto→10"
    hand.canvas.set_findings(Findings(inferred={HEAD: FrozenMap({"in_features": 512})}))
    assert line_text(item.anatomy.line) == "512→10"


def test_a_live_run_shows_on_loss_and_metric(make_hand: Make) -> None:
    hand = make_hand(digits())
    item = hand.canvas.world.nodes[LOSS]
    low = hand.canvas.world.wires[ins("optimizer", "losses[0]")].start[1]
    accuracy = NodeId("accuracy")
    curves = (tuple(math.exp(-i / 9) for i in range(30)), (1.0, 0.5, float("nan"), 0.1))
    hand.canvas.set_live(Live(0.4, {LOSS: curves}, {accuracy: "99.17 %"}))
    assert item.anatomy.picture_y > 0
    assert item.state.progress == 0.4
    assert hand.canvas.world.nodes[accuracy].state.value == "99.17 %"
    assert hand.canvas.world.wires[ins("optimizer", "losses[0]")].start[1] > low
    seen(hand, LOSS)
    assert has(grab(hand), theme("dark")["input"], area(hand, LOSS, 0))
    hand.canvas.set_live(Live())
    assert item.anatomy.picture_y == 0
    assert hand.canvas.world.wires[ins("optimizer", "losses[0]")].start[1] == low


def test_samples_are_drawn_as_they_are(make_hand: Make) -> None:
    hand = make_hand(digits())
    node = NodeId("digits")
    seen(hand, node)
    white = Sample(((1.0, 1.0), (1.0, 1.0)), "7")
    hand.canvas.set_samples({node: (white, white)})
    rect = hand.canvas.node_rect(node)
    top = round(hand.canvas.world.nodes[node].anatomy.picture_y)
    image = grab(hand)
    found = image.pixelColor(rect.x() + 24, rect.y() + top + 10)
    assert found.lightness() > 250


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.2])
def test_a_theme_is_taken_at_once(make_hand: Make, name: str, zoom: float) -> None:
    hand = make_hand(digits())
    seen(hand, zoom=zoom)
    look = theme(name)
    hand.canvas.set_theme(look)
    hand.canvas.set_findings(Findings(ports={"dropout.output": WORD}))
    image = grab(hand)
    spot = hand.empty()  # where it is depends on the widths of the letters
    assert image.pixelColor(spot).rgb() in (look["canvas"].rgb(), look["grid"].rgb())
    assert has(image, look["canvas"], (spot.x() - 3, spot.y() - 3, 7, 7))
    assert hand.canvas.world.wires[ins("head")].pen().color() == look.rank(2)


def test_muted_frozen_and_tied_are_marked(make_hand: Make) -> None:
    hand = make_hand(digits())
    apply = hand.document.apply
    nodes = hand.canvas.world.nodes
    apply(lambda p: in_block(p, "main", lambda g: set_when(g, HEAD, Expr("False"))), "x")
    assert nodes[HEAD].state.is_muted
    conv = NodeId("conv1")
    apply(lambda p: in_block(p, "main", lambda g: set_freeze(g, conv, (Address("."),))), "x")
    assert nodes[conv].state.is_frozen
    apply(lambda p: in_block(p, "main", lambda g: tie(g, "bn1.weight", "bn2.weight")), "x")
    assert nodes[NodeId("bn1")].state.is_tied
    assert nodes[NodeId("bn2")].state.is_tied
    assert not nodes[LOSS].state.is_tied
    for zoom in (1.0, 0.5):
        seen(hand, zoom=zoom)
        assert not grab(hand).isNull()


def test_labels_are_left_out_where_there_is_no_room(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(Findings(ports={"dropout.output": WORD}))
    world = hand.canvas.world
    wire = world.wires[ins("head")]
    plate = world.labels.plate(wire)
    assert plate is not None
    assert wire.start[0] < plate.left() < plate.right() < wire.end[0]
    assert plate.bottom() < wire.start[1]
    x, y = hand.canvas.places()[HEAD]
    hand.canvas.show_places({HEAD: (x - 50, y)})
    assert world.labels.plate(wire) is None


def test_one_label_speaks_for_all_wires_of_an_output(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(Findings(ports={"digits.label": PortFacts("B", 1, "int64")}))
    world = hand.canvas.world
    both = [world.wires[ins("loss", "target")], world.wires[ins("accuracy", "target")]]
    assert {wire.source for wire in both} == {out("digits", "label")}
    assert sum(world.labels.plate(wire) is not None for wire in both) == 1


SHAPES = st.sampled_from([WORD, PortFacts("B×16×8×8", 4, "float32"), PortFacts("B", 1, "int64")])
STATES = st.sampled_from(["ok", "error", "waiting", "unknown"])
NODES = st.sampled_from([NodeId(n) for n in ("conv1", "head", "loss", "digits", "dropout")])
FINDINGS = st.builds(
    Findings,
    ports=st.dictionaries(
        st.sampled_from(["digits.label", "dropout.output", "head.output", "loss.output"]), SHAPES
    ),
    status=st.dictionaries(NODES, STATES),
    inferred=st.dictionaries(NODES, st.just(FrozenMap({"in_features": 512}))),
    parameters=st.dictionaries(NODES, st.integers(0, 9)),
    problems=st.sampled_from([(), (FAULT,), (Finding(LOSS, "warning", "hm"),)]),
)


def test_findings_one_after_the_other_show_what_the_last_says(make_hand: Make) -> None:
    hand = make_hand(digits())
    project = hand.document.project

    @given(st.lists(FINDINGS, min_size=2, max_size=4))
    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    def check(told: list[Findings]) -> None:
        for findings in told:
            hand.canvas.set_findings(findings)
        anew = Scene(theme("dark"))
        anew.show_graph(project, "main", specs_of(project))
        anew.know(told[-1])
        for node, item in anew.nodes.items():
            shown = hand.canvas.world.nodes[node]
            assert shown.state == item.state, node
            assert shown.anatomy == item.anatomy, node
            assert shown.shown.facts == item.shown.facts, node
        for target, wire in anew.wires.items():
            shown_wire = hand.canvas.world.wires[target]
            assert (shown_wire.state, shown_wire.label) == (wire.state, wire.label), target
            assert shown_wire.pen() == wire.pen(), target

    check()


def test_the_wires_of_selected_nodes_are_cased(make_hand: Make) -> None:
    hand = make_hand(digits())
    known = {"dropout.output": WORD, "head.output": WORD}

    def cased() -> set[InPort]:
        wires = hand.canvas.world.wires
        return {t for t, w in wires.items() if sum(i.isVisible() for i in w.childItems()) == 2}

    assert not cased()
    hand.canvas.select([HEAD])
    assert not cased(), "what is not known is dashed, and has no casing"
    hand.canvas.set_findings(Findings(ports=known))
    assert cased() == {ins("head"), ins("logits")}
    hand.document.apply(
        lambda p: in_block(p, "main", lambda g: disconnect(g, ins("head"))), "Unwire"
    )
    assert cased() == {ins("logits")}
    hand.document.undo()
    assert cased() == {ins("head"), ins("logits")}
    hand.canvas.select([])
    assert not cased()


@pytest.mark.parametrize("down", [False, True])
def test_what_passes_through_a_muted_node_is_led_through_it(make_hand: Make, down: bool) -> None:
    hand = make_hand(running_down(digits()) if down else digits())
    hand.canvas.set_findings(Findings(ports={"dropout.output": WORD}))
    seen(hand)
    left, top, width, height = area(hand, HEAD, -10)  # ports and frame are outside
    inner = (left, top, width, height + 8) if not down else (left - 8, top, width, height)
    colour = theme("dark").rank(2)
    assert not has(grab(hand), colour, inner)
    hand.document.apply(
        lambda p: in_block(p, "main", lambda g: set_when(g, HEAD, Expr("False"))), "x"
    )
    assert has(grab(hand), colour, inner)
