"""Cut, copy, paste and duplicate by key: as text, with the wires between, each one step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from random import Random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor, QGuiApplication

from graph_editor.canvas import copying
from graph_editor.document.edits import connect, in_block, set_bends
from graph_editor.document.fragment_text import FOREIGN
from graph_editor.document.model import NodeId, Project
from tests.canvas.by_hand.test_frames import framed
from tests.canvas.hand import CTRL, Hand, digits, drawn, ins, noted, out, running_down

Make = Callable[[Project], Hand]
KEY_C, KEY_V, KEY_X, KEY_D = Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_D
PAIR = (NodeId("conv1"), NodeId("bn1"))


@pytest.fixture(autouse=True)
def empty_clipboard(qapp: object) -> None:
    del qapp
    QGuiApplication.clipboard().clear()


def pasted(hand: Hand) -> tuple[NodeId, NodeId]:
    """Return the new convolution and normalisation."""
    chosen = sorted(hand.canvas.selected(), key=lambda n: hand.graph.nodes[n].spec)
    norm, conv = chosen
    return conv, norm


def test_copy_and_paste_bring_inner_wires_and_select_what_is_new(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = dict(hand.graph.wires)
    hand.canvas.select(PAIR)
    hand.key(KEY_C, CTRL)
    assert hand.steps() == 0
    hand.key(KEY_V, CTRL)
    conv, norm = pasted(hand)
    assert {conv, norm}.isdisjoint(PAIR)
    assert dict(hand.graph.wires) == {**before, ins(norm): out(conv)}
    assert hand.graph.nodes[conv] == hand.graph.nodes[NodeId("conv1")]
    assert hand.steps() == 1


def test_pasted_nodes_keep_their_places_to_each_other(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.select(PAIR)
    hand.key(KEY_C, CTRL)
    hand.key(KEY_V, CTRL)
    at, (conv, norm) = hand.canvas.places(), pasted(hand)
    (ax, ay), (bx, by) = at[PAIR[0]], at[PAIR[1]]
    assert at[norm][0] - at[conv][0] == bx - ax
    assert at[norm][1] - at[conv][1] == by - ay


def test_pasting_at_a_place_lands_there(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.zoom_to(1.0)
    hand.canvas.select(PAIR[:1])
    copying.copy_selected(hand.canvas)
    copying.paste_at(hand.canvas, QPoint(300, 600))
    (conv,) = hand.canvas.selected()
    assert hand.canvas.node_rect(conv).adjusted(-20, -20, 20, 20).contains(QPoint(300, 600))


def test_pasting_twice_does_not_cover_the_first(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.select(PAIR[:1])
    hand.key(KEY_C, CTRL)
    for _ in range(3):
        hand.key(KEY_V, CTRL)
    spots = list(hand.canvas.places().values())
    assert len(set(spots)) == len(spots)
    assert hand.steps() == 3


def test_cut_takes_them_away_and_paste_brings_them_back(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.select(PAIR)
    hand.key(KEY_X, CTRL)
    assert not set(PAIR) & set(hand.graph.nodes)
    assert hand.steps() == 1
    hand.key(KEY_V, CTRL)
    conv, norm = pasted(hand)
    assert hand.graph.wires[ins(norm)] == out(conv)
    assert hand.steps() == 2


def lying_on_another(hand: Hand, ids: Iterable[NodeId]) -> list[tuple[str, str]]:
    """Return the nodes that cover others, with those."""
    items = hand.canvas.world.nodes
    return [
        (one, other)
        for one in ids
        for other in items
        if one != other and items[one].rect().intersects(items[other].rect())
    ]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("key", [KEY_D, KEY_V])
@pytest.mark.parametrize("make", [digits, lambda: running_down(digits())])
def test_copies_cover_nothing(
    make_hand: Make, make: Callable[[], Project], key: Qt.Key, seed: int
) -> None:
    rng, hand = Random(seed), make_hand(make())
    hand.canvas.fit_all()
    for _ in range(4):
        hand.canvas.fit_all()
        ids = rng.sample(sorted(hand.graph.nodes), rng.randint(1, 5))
        known = set(hand.graph.nodes)
        hand.canvas.select(ids)
        if key == KEY_V:
            hand.key(KEY_C, CTRL)
            QCursor.setPos(hand.view.mapToGlobal(hand.at(rng.choice(ids))))
        hand.key(key, CTRL)
        made = set(hand.graph.nodes) - known
        assert len(made) == len(ids)
        assert not lying_on_another(hand, made)


def test_a_copied_frame_lies_on_no_other(make_hand: Make) -> None:
    hand = make_hand(noted(digits(), (0.0, -400.0, "Mind the step")))
    framed(hand, "Stem", *PAIR)
    for key in (KEY_D, KEY_D, KEY_C, KEY_V):
        hand.key(key, CTRL)
    frames = hand.canvas.world.backdrop.frames
    assert len(frames) == 4
    for one, other in combinations(frames, 2):
        assert not one.rect().intersects(other.rect())


def test_duplicate_puts_a_copy_beside(make_hand: Make) -> None:
    hand = make_hand(digits())
    QGuiApplication.clipboard().setText("kept")
    hand.canvas.select(PAIR)
    hand.key(KEY_D, CTRL)
    conv, norm = pasted(hand)
    assert hand.graph.wires[ins(norm)] == out(conv)
    places = hand.canvas.places()
    steps = {
        (places[new][0] - places[old][0], places[new][1] - places[old][1])
        for old, new in zip(PAIR, (conv, norm), strict=True)
    }
    ((across, down),) = steps
    assert across == 0
    assert 0 < down < 150
    assert not lying_on_another(hand, (conv, norm))
    assert QGuiApplication.clipboard().text() == "kept"
    assert hand.steps() == 1


def test_text_goes_from_one_window_to_another(make_hand: Make) -> None:
    one, other = make_hand(digits()), make_hand(Project())
    one.canvas.select(one.graph.nodes)
    one.key(KEY_C, CTRL)
    other.key(KEY_V, CTRL)
    assert len(other.graph.nodes) == len(one.graph.nodes)
    assert len(other.graph.wires) == len(one.graph.wires)
    specs = sorted(node.spec for node in other.graph.nodes.values())
    assert specs == sorted(node.spec for node in one.graph.nodes.values())


@pytest.mark.parametrize("text", ["hello", "{}", '{"format": "netwright", "x'])
def test_foreign_or_broken_text_is_refused_in_a_sentence(make_hand: Make, text: str) -> None:
    hand = make_hand(digits())
    QGuiApplication.clipboard().setText(text)
    hand.key(KEY_V, CTRL)
    assert hand.steps() == 0
    assert len(hand.sentences) == 1
    assert hand.sentences[0] == FOREIGN or hand.sentences[0].startswith("The copied nodes are")


def test_an_empty_clipboard_is_said(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(KEY_V, CTRL)
    assert hand.sentences == [FOREIGN]
    assert copying.cannot_paste(hand.canvas) == FOREIGN


def test_nodes_without_a_written_place_are_pasted_in_their_shown_order(make_hand: Make) -> None:
    project = digits()
    hand = make_hand(Project(project.main, run=project.run))
    hand.canvas.select(PAIR)
    hand.key(KEY_C, CTRL)
    hand.key(KEY_V, CTRL)
    conv, norm = pasted(hand)
    assert hand.canvas.places()[norm][0] > hand.canvas.places()[conv][0]


def test_wires_keep_their_bends_where_they_are_pasted_or_duplicated(make_hand: Make) -> None:
    way = ((900.0, 400.0), (700.0, 460.0))
    hand = make_hand(set_bends(digits(), "main", ins("bn1"), way))
    hand.canvas.select(PAIR)
    hand.key(KEY_C, CTRL)
    for key in (KEY_V, KEY_D):
        hand.canvas.select(PAIR)
        hand.key(key, CTRL)
        conv, norm = pasted(hand)
        (x, y), (new_x, new_y) = hand.canvas.places()[PAIR[0]], hand.canvas.places()[conv]
        moved = tuple((a + new_x - x, b + new_y - y) for a, b in way)
        assert hand.canvas.world.wires[ins(norm)].bends == moved
    assert hand.canvas.world.wires[ins("bn1")].bends == way


def test_a_bend_stays_with_its_wire_where_a_list_closes_up(make_hand: Make) -> None:
    hand = make_hand(drawn(one="nn.ReLU", two="nn.ReLU", cat="torch.cat"))
    for index, node in enumerate(("one", "two")):
        end = ins("cat", f"tensors[{index}]")
        hand.document.apply(
            lambda now, e=end, n=node: in_block(now, "main", lambda g: connect(g, out(n), e)),
            "Wire",
        )
    hand.document.apply(
        lambda now: set_bends(now, "main", ins("cat", "tensors[1]"), [(300.0, 90.0)]), "Bend"
    )
    hand.canvas.select([NodeId("two"), NodeId("cat")])
    hand.key(KEY_D, CTRL)
    (wire,) = [w for w in hand.canvas.world.wires.values() if w.target.node not in ("cat", "two")]
    step = hand.canvas.places()[wire.target.node][1] - hand.canvas.places()[NodeId("cat")][1]
    assert step > 0
    assert wire.bends == ((300.0, 90.0 + step),)
