"""The tour: eight steps by real keys and mouse, from an empty drawing to a run with a curve."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.commands.shortcuts import give, slots
from app.window.tour import AGAIN, Tour
from app.window.tour_card import card_place
from app.window.tour_steps import STEPS, nodes_of
from app.window.workplace import Workplace
from graph_editor.document.model import InPort, NodeId, OutPort, PortPath, Project
from tests.panels.judged import until
from tests.window.inhabited import Inhabited

K, LEFT = Qt.Key, Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.stand(Project(), 1440, 900)
    QTest.keyClick(made.canvas, K.Key_F1, CTRL)
    return made


def tour(place: Workplace) -> Tour:
    assert place.tour is not None
    return place.tour


def asked(place: Workplace) -> str:
    step = tour(place).step
    return step.title if step is not None else ""


def add(place: Workplace, words: str) -> NodeId:
    """Add a node as one does: Tab, words, Enter."""
    before = set(place.session.project.main.graph.nodes)
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, K.Key_Tab)
    line = QApplication.focusWidget()
    assert line is not None
    QTest.keyClicks(line, words)
    QTest.keyClick(line, K.Key_Return)
    (new,) = nodes_of(place, "data", "layer", "loss", "opt") - before
    return new


def wire(place: Workplace, source: NodeId, out: str, target: NodeId, port: str) -> None:
    """Drag a wire by the mouse."""
    canvas = place.canvas
    canvas.fit_all()
    start = canvas.port_place(OutPort(source, out))
    end = canvas.port_place(InPort(target, PortPath(port)))
    view = canvas.viewport()
    QTest.mousePress(view, LEFT, NONE, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, start + (end - start) * share)
    QTest.mouseRelease(view, LEFT, NONE, end)


def test_all_eight_steps_are_done_and_it_moves_on_by_itself(
    house: Inhabited, place: Workplace
) -> None:
    assert len(STEPS) == 8
    said = [asked(place)]
    wine = add(place, "wine")
    said.append(asked(place))
    linear = add(place, "linear 3")
    said.append(asked(place))
    wire(place, wine, "x", linear, "input")
    said.append(asked(place))
    loss = add(place, "cross entropy")
    wire(place, linear, "output", loss, "input")
    assert asked(place) == said[-1], "a loss without its target is none yet"
    wire(place, wine, "label", loss, "target")
    said.append(asked(place))
    optimizer = add(place, "adamw 0.05")
    wire(place, loss, "output", optimizer, "losses[0]")
    said.append(asked(place))
    house.judged(place)
    QTest.qWait(2 * AGAIN)
    assert asked(place) == "Read the verdict", "it waits to be read, whatever is still selected"
    QTest.mouseClick(place.canvas.viewport(), LEFT, NONE, place.canvas.node_place(linear))
    until(lambda: asked(place) == "Train", 5)
    said.append(asked(place))
    QTest.mouseClick(place.shell.tools.train, LEFT)
    said.append(asked(place))
    assert said == [step.title for step in STEPS]
    assert place.desk.is_live
    until(lambda: "has learned" in tour(place).card.words.text(), 120)
    assert not place.desk.is_live
    run = place.desk.current
    assert run is not None
    assert run.value("val_loss") < 0.3 < run.numbers.epochs["val_loss"][0]
    assert tour(place).card.next.text() == "Done"
    QTest.mouseClick(tour(place).card.next, LEFT)
    assert place.tour is None
    place.desk.stop()
    until(lambda: not place.desk.is_live, 120)


def test_a_verdict_is_read_by_key_or_on_the_node_that_is_selected(house: Inhabited) -> None:
    place = house.judged(house.stand())
    view, canvas = place.canvas.viewport(), place.canvas
    canvas.fit_all()
    place.begin_tour(invites=False)
    head = canvas.node_place(NodeId("head"))
    assert asked(place) == "Read the verdict"
    QTest.mouseClick(view, LEFT, NONE, QPoint(2, 2))
    assert asked(place) == "Read the verdict", "nothing is selected"
    QTest.mouseClick(view, LEFT, NONE, head)
    assert asked(place) == "Train"
    place.begin_tour(invites=False)
    QTest.qWait(2 * AGAIN)
    assert asked(place) == "Read the verdict", "it was selected before"
    QTest.mouseClick(view, LEFT, NONE, head)
    until(lambda: asked(place) == "Train", 5)
    place.begin_tour(invites=False)
    canvas.setFocus()
    QTest.keyClick(canvas, K.Key_Left)
    assert asked(place) == "Train"


def test_words_are_short_and_say_the_present_keys(place: Workplace) -> None:
    keys = place.session.keys
    for step in STEPS:
        words = step.words(place, keys.now)
        assert len(re.findall(r"[.](?: |$)", words)) <= 2, words
        assert len(words) <= 110, words
    give(place.settings, slots()["add.palette"], ("W",))
    assert "Press W on the canvas" in tour(place).card.words.text()
    give(place.settings, slots()["add.palette"], ())
    assert "Double-click the canvas" in tour(place).card.words.text()


def test_next_goes_on_without_doing_and_escape_ends_it(place: Workplace) -> None:
    assert not tour(place).card.isAncestorOf(QApplication.focusWidget()), "it takes no focus"
    QTest.keyClick(place.canvas, K.Key_F1, CTRL)
    assert QApplication.focusWidget() is tour(place).card.next
    QTest.keyClick(tour(place).card.next, K.Key_Space)
    assert asked(place) == "Add a layer"
    QTest.keyClick(tour(place).card.next, K.Key_Escape)
    assert place.tour is None
    assert place.canvas.hasFocus()


def test_the_card_is_whole_and_beside_what_it_speaks_of(house: Inhabited, place: Workplace) -> None:
    for size in (QSize(1280, 720), QSize(960, 540), QSize(1920, 1080)):
        place.shell.resize(size)
        house.rest()
        for at in range(len(STEPS)):
            tour(place)._at = at
            tour(place)._say()
            tour(place)._stand()
            card = tour(place).card
            assert place.shell.rect().contains(card.geometry())
            assert card.height() >= card.heightForWidth(card.width())
            target = tour(place)._target()
            large = target.width() > 2 * card.width() and target.height() > 2 * card.height()
            assert large or not card.geometry().intersects(target)


def test_a_window_that_is_drawn_in_gets_another_one_for_the_tour(house: Inhabited) -> None:
    place = house.stand()
    QTest.keyClick(place.canvas, K.Key_F1, CTRL)
    until(lambda: any(each.tour is not None for each in house.places), 20)
    (toured,) = [each for each in house.places if each.tour is not None]
    assert toured is not place
    assert not toured.session.project.main.graph.nodes


def test_it_is_offered_once(house: Inhabited) -> None:
    place = house.stand()
    place.invite()
    assert tour(place).card.title.text() == "New here?"
    QTest.mouseClick(tour(place).card.skip, LEFT)
    assert place.tour is None
    place.invite()
    assert place.tour is None


def test_where_a_card_stands() -> None:
    room, card = QRect(0, 0, 1000, 700), QSize(300, 120)
    assert card_place(room, QRect(800, 10, 80, 28), card) == QPoint(689, 49)
    assert card_place(room, QRect(0, 100, 200, 500), card).x() == 211
    inside = card_place(room, QRect(200, 100, 790, 590), card)
    assert QRect(200, 100, 790, 590).contains(QRect(inside, card))
    for taken in (QRect(inside, card), QRect(150, 350, 300, 340)):
        other = QRect(card_place(room, QRect(200, 100, 790, 590), card, taken), card)
        assert not other.intersects(taken)
        assert QRect(200, 100, 790, 590).contains(other)
