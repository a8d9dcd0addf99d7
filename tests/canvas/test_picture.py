"""Pictures of a drawing: what is in them, and that nothing of the window's state is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRectF
from PySide6.QtGui import QImage, QPainter, qAlpha, qGray
from PySide6.QtSvg import QSvgRenderer

from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.findings import Finding, Findings, PortFacts
from graph_editor.canvas.picture import (
    MARGIN,
    Sheet,
    TooLargeError,
    Wish,
    sheet_of_selection,
    too_large,
)
from graph_editor.canvas.picture_task import PictureTask
from graph_editor.canvas.theme import theme
from graph_editor.document.edits import positions_of
from graph_editor.document.model import FrozenMap, NodeId, Project
from tests.canvas.hand import Hand, digits, drawn, noted

Make = Callable[[Project], Hand]
ONCE, CLEAR = Wish("png", 1.0), Wish("png", 1.0, transparent=True)
SVG = "{http://www.w3.org/2000/svg}"


def known(problems: tuple[Finding, ...] = ()) -> Findings:
    facts = PortFacts("B×16×8×8", 4, "float32")
    return Findings(ports={"conv1.output": facts, "bn1.output": facts}, problems=problems)


@pytest.fixture
def sheet_of(make_hand: Make) -> Callable[..., Sheet]:
    def make(hand: Hand, *only: str) -> Sheet:
        return Sheet(hand.canvas, [NodeId(node) for node in only], hand.canvas)

    return make


def texts(sheet: Sheet) -> list[ET.Element]:
    return list(ET.fromstring(sheet.encoded(Wish("svg"))).iter(f"{SVG}text"))


def words(sheet: Sheet) -> set[str]:
    return {each.text or "" for each in texts(sheet)}


def unlike(one: QImage, other: QImage) -> float:
    """Return the mean difference of two pictures' pixels, of 255."""
    assert one.size() == other.size()
    spots = [(x, y) for x in range(0, one.width(), 2) for y in range(0, one.height(), 2)]
    gaps = [abs(qGray(one.pixel(x, y)) - qGray(other.pixel(x, y))) for x, y in spots]
    return sum(gaps) / len(gaps)


def test_an_svg_has_texts_and_looks_as_the_pixels_do(
    make_hand: Make, sheet_of: Callable[..., Sheet]
) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(known())
    sheet = sheet_of(hand)
    pixels = sheet.image(ONCE)
    found = texts(sheet)
    assert {"Conv2d", "B×16×8×8", "max(0, x)", "Cross entropy", "Cosine decay"} <= words(sheet)
    for each in found:
        said = each.get("textLength")
        assert (said is None) == (len(each.text or "") == 1)
        assert said is None or float(said) > 2 * len(each.text or "")
        assert (each.get("font-family") or "").count(",") >= 2  # something else may stand in
    renderer = QSvgRenderer(sheet.encoded(Wish("svg")))
    assert renderer.isValid()
    again = QImage(sheet.size, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(again)
    renderer.render(painter, QRectF(0, 0, sheet.size.width(), sheet.size.height()))
    painter.end()
    assert unlike(pixels, again) < 1.5
    again.fill(theme("light")["node"])
    assert unlike(pixels, again) > 2.0


def test_the_picture_is_the_same_whatever_the_window_shows(
    make_hand: Make, sheet_of: Callable[..., Sheet]
) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(known())
    first = sheet_of(hand).image(ONCE)
    wrong = Finding(NodeId("conv1"), "error", "No.", "bad", fixes=(("1", "Mend"),))
    hand.canvas.set_findings(replace(known((wrong,)), status={NodeId("conv1"): "error"}))
    hand.click(hand.at("conv1"))
    hand.hover(hand.at("bn1"))
    for name, zoom in (("hc", 3.0), ("light", 0.06)):
        hand.canvas.set_theme(theme(name))
        hand.canvas.zoom_to(zoom)
        assert sheet_of(hand).image(ONCE) == first


def test_it_is_tight_and_on_white_or_on_nothing(
    make_hand: Make, sheet_of: Callable[..., Sheet]
) -> None:
    sheet = sheet_of(make_hand(digits()))
    white, clear = sheet.image(ONCE), sheet.image(CLEAR)
    assert white.pixelColor(0, 0) == theme("light")["node"]
    assert qAlpha(clear.pixel(0, 0)) == 0
    filled = [
        (x, y)
        for x in range(clear.width())
        for y in range(clear.height())
        if qAlpha(clear.pixel(x, y))
    ]
    xs, ys = {x for x, _ in filled}, {y for _, y in filled}
    room = MARGIN + 10
    assert 2 <= min(xs) <= room
    assert 2 <= min(ys) <= room
    assert 2 <= clear.width() - max(xs) <= room
    assert 2 <= clear.height() - max(ys) <= room
    assert sheet.image(Wish("png", 3.0)).size() == sheet.size * 3


def test_of_some_nodes_there_is_only_what_is_between_them(
    make_hand: Make, sheet_of: Callable[..., Sheet]
) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(known())
    part = sheet_of(hand, "conv1", "bn1")
    assert set(part.nodes) == {"conv1", "bn1"}
    assert len(part.wires) == 1
    assert {"Conv2d", "BatchNorm2d"} <= words(part)
    assert "Cross entropy" not in words(part)
    assert part.size.width() < sheet_of(hand).size.width() / 2
    assert set(hand.canvas.world.nodes) == set(hand.graph.nodes)  # the canvas keeps its own


def test_a_pdf_has_the_page_of_the_drawing_and_letters_of_its_own(
    make_hand: Make, sheet_of: Callable[..., Sheet]
) -> None:
    sheet = sheet_of(make_hand(digits()))
    made = sheet.encoded(Wish("pdf"))
    assert made.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", made)
    assert box is not None
    wide, high = (float(side) / 0.75 for side in box.groups())
    assert abs(wide - sheet.size.width()) <= 2
    assert abs(high - sheet.size.height()) <= 2
    assert made.count(b"/FontFile2") >= 2
    assert b"/Subtype /Image" not in made


def test_nodes_that_nobody_placed_are_where_the_canvas_shows_them(
    make_hand: Make, sheet_of: Callable[..., Sheet]
) -> None:
    project = drawn(a="nn.ReLU", b="nn.ReLU")
    hand = make_hand(replace(project, layout=type(project.layout)()))
    assert not positions_of(hand.document.project, "main")
    sheet = sheet_of(hand)
    assert {n: (i.x0, i.y0) for n, i in sheet.nodes.items()} == hand.canvas.places()


def test_more_pixels_than_programs_open_are_refused_in_words(
    make_hand: Make, sheet_of: Callable[..., Sheet]
) -> None:
    sheet = sheet_of(make_hand(digits()))
    scale = 40_000 / sheet.size.width()
    with pytest.raises(TooLargeError, match=r"40,000 × [\d,]+ pixels"):
        sheet.image(Wish("png", scale))
    assert too_large(sheet.size, 4.0) == ""


def test_a_picture_of_the_selection_has_its_notes_and_no_room_for_what_is_away(
    make_hand: Make,
) -> None:
    project = noted(digits(), (0.0, -200.0, "Seen"), (600.0, -200.0, "Unseen"))
    ties = FrozenMap({"conv2.weight": "conv1.weight"})
    main = replace(project.main, graph=replace(project.main.graph, ties=ties))
    hand = make_hand(replace(project, main=main))
    hand.canvas.select([NodeId("head")], [Mark("note", 0)])
    both = sheet_of_selection(hand.canvas, hand.canvas)
    assert "Seen" in words(both)
    assert "Unseen" not in words(both)
    hand.canvas.select([NodeId("head")])
    alone = sheet_of_selection(hand.canvas, hand.canvas)
    card = hand.canvas.world.nodes[NodeId("head")].rect()
    assert alone.size.width() < card.width() + 60
    assert alone.size.height() < card.height() + 60
    hand.canvas.select([], [Mark("note", 1)])
    assert words(sheet_of_selection(hand.canvas, hand.canvas)) == {"Unseen"}


def test_a_canvas_that_goes_ends_what_is_painted_of_it(
    make_hand: Make, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("graph_editor.canvas.picture_task.AT_FIRST", 0)
    hand = make_hand(digits())
    ended: list[object] = []
    for wish in (Wish("svg"), Wish("pdf"), Wish("png")):
        holder = QObject()
        sheet = Sheet(hand.canvas, (), holder)
        task = PictureTask(sheet.encoding(wish), holder)
        task.done.connect(ended.append)
        task.start()
        holder.deleteLater()
        QCoreApplication.sendPostedEvents(holder, QEvent.Type.DeferredDelete)
    assert not ended
    assert "paint device" not in capfd.readouterr().err
