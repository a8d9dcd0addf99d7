"""Any edits, by hand or from elsewhere, in any order: the scene is the document at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt  # after the check that Qt is there
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.add_palette import AddPalette
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import theme
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.document import Edit
from graph_editor.document.edits import EditError, keys_of, positions_of
from graph_editor.document.files import dumps, loads
from graph_editor.document.ids import IdSource
from graph_editor.document.model import NodeId
from tests.canvas.hand import CTRL, NONE, Hand
from tests.document.test_edits_any import PROJECTS, some_edit

EDITS, RUNS, LONG_RUNS = 50, 100, 500
STEPS = 200
"""Steps of a sequence: so many that the sequences have 50 edits in the mean; what the document
refuses, and what only looks, is a step as well.
"""
EDITED: list[int] = []
"""How many changes each sequence made."""
CLOSE = 1e-6
STROKES = [
    (Qt.Key.Key_Delete, NONE),
    (Qt.Key.Key_D, CTRL),
    (Qt.Key.Key_X, CTRL),
    (Qt.Key.Key_C, CTRL),
    (Qt.Key.Key_V, CTRL),
    (Qt.Key.Key_Right, NONE),
]


class LiveCanvas(RuleBasedStateMachine):
    """Somebody edits a document by hand and from elsewhere while a canvas shows it."""

    @initialize(project=st.sampled_from(PROJECTS))
    def open(self, project: object) -> None:
        QApplication.clipboard().clear()
        self.hand = Hand(project)  # type: ignore[arg-type]  # a Project
        self.ids = IdSource("live")
        self.first = dumps(self.hand.document.project)

    # Edits from elsewhere: panels, fixes, other windows

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        document = self.hand.document
        key = data.draw(st.sampled_from(keys_of(document.project)))
        made = some_edit(data.draw, document.project, key, self.ids)
        self._apply(lambda _: made())

    @rule(data=st.data())
    def several_edits_at_once(self, data: st.DataObject) -> None:
        document = self.hand.document
        with document.transaction("Several"):
            for _ in range(data.draw(st.integers(1, 3))):
                key = data.draw(st.sampled_from(keys_of(document.project)))
                made = some_edit(data.draw, document.project, key, self.ids)
                self._apply(lambda _, made=made: made())

    def _apply(self, edit: Edit) -> None:
        try:
            self.hand.document.apply(edit, "Edit")
        except EditError:
            return

    # By hand

    @rule(data=st.data())
    def drag_a_node(self, data: st.DataObject) -> None:
        node = self._node(data)
        if node is not None:
            start = self.hand.canvas.node_place(node)
            steps = st.integers(-60, 60)
            end = start + type(start)(data.draw(steps), data.draw(steps))
            self.hand.drag(start, end)

    @rule(data=st.data())
    def draw_a_wire(self, data: st.DataObject) -> None:
        one, two = self._node(data), self._node(data)
        if one is None or two is None:
            return
        sources = self.hand.canvas.ports_of(one)[1]
        targets = self.hand.canvas.ports_of(two)[0]
        if sources and targets:
            place = self.hand.canvas.port_place
            self.hand.drag(
                place(data.draw(st.sampled_from(sources))),
                place(data.draw(st.sampled_from(targets))),
            )
            self._close_popups()

    @rule(data=st.data(), stroke=st.sampled_from(STROKES))
    def select_and_press(
        self, data: st.DataObject, stroke: tuple[Qt.Key, Qt.KeyboardModifier]
    ) -> None:
        chosen = [node for node in (self._node(data), self._node(data)) if node is not None]
        self.hand.canvas.select(chosen)
        self.hand.key(*stroke)

    @rule()
    def arrange(self) -> None:
        self.hand.canvas.arrange_all()

    # The rest

    @rule()
    def undo(self) -> None:
        if self.hand.document.can_undo:
            self.hand.document.undo()

    @rule()
    def redo(self) -> None:
        if self.hand.document.can_redo:
            self.hand.document.redo()

    @rule(data=st.data())
    def show_another_graph(self, data: st.DataObject) -> None:
        self.hand.canvas.show_graph(data.draw(st.sampled_from(keys_of(self.hand.document.project))))

    @rule(zoom=st.sampled_from([0.05, 0.3, 0.5, 1.0, 4.0]))
    def zoom(self, zoom: float) -> None:
        self.hand.canvas.set_zoom(zoom)
        self.hand.canvas.fit_all()

    def _node(self, data: st.DataObject) -> NodeId | None:
        nodes = sorted(self.hand.graph.nodes)
        return data.draw(st.sampled_from(nodes)) if nodes else None

    def _close_popups(self) -> None:
        """Leave the palette that a wire into the empty canvas opens."""
        for palette in self.hand.window.findChildren(AddPalette):
            if palette.isVisible():
                QTest.keyClick(palette, Qt.Key.Key_Escape)

    # What must be true

    @invariant()
    def scene_is_document(self) -> None:
        if hasattr(self, "hand"):
            check_scene(self.hand)

    @invariant()
    def bytes_come_back(self) -> None:
        if hasattr(self, "hand"):
            text = dumps(self.hand.document.project)
            assert dumps(loads(text).project) == text

    def teardown(self) -> None:
        if not hasattr(self, "hand"):
            return
        EDITED.append(self.hand.document.revision)
        try:
            check_scene(self.hand)
            check_against_a_new_scene(self.hand)
            self._back_and_forth()
        finally:
            self.hand.close()

    def _back_and_forth(self) -> None:
        document = self.hand.document
        while document.can_redo:
            document.redo()
        last = dumps(document.project)
        while document.can_undo:
            document.undo()
        assert dumps(document.project) == self.first
        check_scene(self.hand)
        while document.can_redo:
            document.redo()
        assert dumps(document.project) == last
        check_scene(self.hand)


def shown(hand: Hand) -> Scene:
    scene = hand.canvas.scene()
    assert isinstance(scene, Scene)
    return scene


def check_scene(hand: Hand) -> None:
    """Check that nodes, wires, places and ends of wires are those of the document."""
    project, key = hand.document.project, hand.canvas.key
    assert key in keys_of(project)
    graph, scene = project.block(key).graph, shown(hand)
    assert scene.nodes.keys() == set(graph.nodes)
    assert {target: wire.source for target, wire in scene.wires.items()} == dict(
        graph.wires.items()
    )
    for node, (x, y) in positions_of(project, key).items():
        item = scene.nodes[node]
        assert abs(item.x0 - x) < CLOSE
        assert abs(item.y0 - y) < CLOSE
    for target, wire in scene.wires.items():
        for end, port in ((wire.start, wire.source), (wire.end, target)):
            item = scene.nodes[port.node]
            if item.place(port) is None:  # no such port: the wire ends at the node's edge
                assert item.rect().adjusted(-1, -1, 1, 1).contains(*end), port
                continue
            place = scene.place_of(port)
            assert abs(end[0] - place.x()) < CLOSE, port
            assert abs(end[1] - place.y()) < CLOSE, port
    assert hand.canvas.selected() <= set(graph.nodes)


def check_against_a_new_scene(hand: Hand) -> None:
    """Check that following edits gives what drawing anew gives."""
    project, key, scene = hand.document.project, hand.canvas.key, shown(hand)
    anew = Scene(theme("dark"))
    anew.show_graph(project, key, specs_of(project))
    for node, item in anew.nodes.items():
        assert scene.nodes[node].anatomy == item.anatomy, node
    for target, wire in anew.wires.items():
        assert scene.wires[target].form == wire.form
        assert scene.wires[target].rank == wire.rank
        assert scene.wires[target].bends == wire.bends
    anew.deleteLater()


COMMON = settings(
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestLiveCanvas(LiveCanvas.TestCase):
    """The suite's share: the same sequences every time."""

    settings = settings(
        COMMON, max_examples=RUNS, derandomize=True, database=None, phases=[Phase.generate]
    )

    @pytest.fixture(autouse=True)
    def _app(self, qt: QApplication) -> Iterator[None]:
        EDITED.clear()
        yield
        assert qt.platformName() == "offscreen"
        assert len(EDITED) >= RUNS
        assert mean(EDITED) >= EDITS


@pytest.mark.slow
@pytest.mark.timeout(1500)
class TestLiveCanvasLong(LiveCanvas.TestCase):
    """Five times as many; with fresh seeds, others every time."""

    settings = settings(COMMON, max_examples=LONG_RUNS, print_blob=True)

    @pytest.fixture(autouse=True)
    def _app(self, qt: QApplication) -> None:
        assert qt.platformName() == "offscreen"
