"""Any edits, by hand or from elsewhere, in any order: the scene is the document at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random, SystemRandom
from statistics import mean

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt  # after the check that Qt is there
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from graph_editor.canvas.add_palette import AddPalette
from graph_editor.document.document import Edit
from graph_editor.document.edits import EditError, keys_of
from graph_editor.document.files import dumps, loads
from graph_editor.document.ids import IdSource
from graph_editor.document.model import InPort, NodeId
from tests.canvas.as_drawn import check_against_a_new_scene, check_scene
from tests.canvas.hand import ALT, CTRL, NONE, RIGHT, SHIFT, Hand
from tests.document.test_edits_any import PROJECTS, some_edit

EDITS, RUNS, LONG_RUNS = 50, 100, 1000
STEPS = 140
"""Steps of a sequence: so many that the sequences have 50 edits in the mean; what the document
refuses, and what only looks, is a step as well.
"""
SHARES = 4
TRIES = 8
"""How often another edit is drawn where the document refuses one."""
SEEDS = st.integers(0, 2**32 - 1)
EDITED: list[int] = []
"""How many changes each sequence made."""
CLOSE = 1e-6
K = Qt.Key
STROKES = [
    (K.Key_Delete, NONE),
    (K.Key_Delete, CTRL),
    (K.Key_D, CTRL),
    (K.Key_X, CTRL),
    (K.Key_C, CTRL),
    (K.Key_V, CTRL),
    (K.Key_Right, NONE),
    (K.Key_Up, NONE),
    (K.Key_Right, SHIFT),
    (K.Key_Down, CTRL),
    (K.Key_L, NONE),
    (K.Key_L, SHIFT),
    (K.Key_G, CTRL),
    (K.Key_G, CTRL | SHIFT),
    (K.Key_U, NONE),
    (K.Key_T, NONE),
    (K.Key_M, NONE),
    (K.Key_C, NONE),
    (K.Key_N, NONE),
    (K.Key_W, NONE),
    (K.Key_P, NONE),
    (K.Key_S, ALT),
    (K.Key_D, ALT),
    (K.Key_J, CTRL),
    (K.Key_Return, NONE),
    (K.Key_Escape, NONE),
    (K.Key_Left, ALT | SHIFT),
    (K.Key_H, ALT | SHIFT),
    (K.Key_S, ALT | SHIFT),
    (K.Key_BracketLeft, NONE),
    (K.Key_G, SHIFT),
]
"""What is pressed with nodes or a wire selected: all that changes a drawing, and some that only
looks. What has no meaning on a canvas alone changes nothing."""
DROPPED = ["nn.ReLU", "nn.Conv2d", "torch.cat", "op.add", "optim.AdamW", "nn.CrossEntropyLoss"]
DROPPED += ["library.residual"]


class LiveCanvas(RuleBasedStateMachine):
    """Somebody edits a document by hand and from elsewhere while a canvas shows it."""

    @initialize(project=st.sampled_from(PROJECTS))
    def open(self, project: object) -> None:
        QApplication.clipboard().clear()
        self.hand = Hand(project)  # type: ignore[arg-type]  # a Project
        self.ids = IdSource("live")
        self.first = dumps(self.hand.document.project)
        self.written: object = None

    # Edits from elsewhere: panels, fixes, other windows

    @rule(seed=SEEDS)
    def edit(self, seed: int) -> None:
        pick, document = Random(seed).choice, self.hand.document
        for _ in range(TRIES):
            before = document.project
            key = pick(keys_of(before))
            made = some_edit(pick, before, key, self.ids)
            self._apply(lambda _, made=made: made())
            if document.project is not before:
                return

    @rule(seeds=st.tuples(SEEDS, SEEDS))
    def several_edits_at_once(self, seeds: tuple[int, ...]) -> None:
        with self.hand.document.transaction("Several"):
            for seed in seeds:
                self.edit(seed)

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
        self._press(*stroke)

    @rule(data=st.data(), stroke=st.sampled_from(STROKES))
    def select_a_wire_and_press(
        self, data: st.DataObject, stroke: tuple[Qt.Key, Qt.KeyboardModifier]
    ) -> None:
        wire = self._wire(data)
        if wire is not None:
            self.hand.click(self.hand.middle(wire))
            self._press(*stroke)

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        self.hand.key(key, modifiers)
        self._close_popups()

    @rule(data=st.data(), what=st.sampled_from(["bend", "drag a dot", "remove"]))
    def act_on_a_wire(self, data: st.DataObject, what: str) -> None:
        wire = self._wire(data)
        if wire is None:
            return
        spot = self.hand.middle(wire)
        bends = self.hand.canvas.world.wires[wire].bends
        if what == "remove":
            self.hand.click(spot, ALT)
        elif what == "drag a dot" and bends:
            dot = self.hand.canvas.mapFromScene(*bends[0])
            self.hand.drag(dot, dot + QPoint(24, -40))
        else:
            self.hand.double_click(spot)
            self.hand.release(spot)
        self._close_popups()

    @rule(data=st.data())
    def move_all_wires_of_an_output(self, data: st.DataObject) -> None:
        ends = [self._node(data), self._node(data)]
        ports = [self.hand.canvas.ports_of(n)[1] for n in ends if n is not None]
        if len(ports) == 2 and all(ports):
            start, end = (self.hand.canvas.port_place(each[0]) for each in ports)
            self.hand.drag(start, end, modifiers=CTRL)

    @rule(spots=st.tuples(*[st.integers(0, 690)] * 4))
    def draw_the_knife(self, spots: tuple[int, int, int, int]) -> None:
        self.hand.drag(QPoint(*spots[:2]), QPoint(*spots[2:]), RIGHT, CTRL)

    @rule(spots=st.tuples(*[st.integers(0, 690)] * 4), modifiers=st.sampled_from([NONE, SHIFT]))
    def draw_a_box_and_move_it(
        self, spots: tuple[int, int, int, int], modifiers: Qt.KeyboardModifier
    ) -> None:
        self.hand.drag(QPoint(*spots[:2]), QPoint(*spots[2:]), modifiers=modifiers)
        for node in sorted(self.hand.canvas.selected())[:1]:
            start = self.hand.at(node)
            self.hand.drag(start, start + QPoint(*spots[2:]) / 8)

    @rule(data=st.data(), spec=st.sampled_from(DROPPED))
    def drop_on_something(self, data: st.DataObject, spec: str) -> None:
        wire, node = self._wire(data), self._node(data)
        place = data.draw(st.sampled_from(["wire", "node", "ground"]))
        spot = QPoint(*data.draw(st.tuples(st.integers(0, 1190), st.integers(0, 690))))
        if place == "wire" and wire is not None:
            spot = self.hand.middle(wire)
        elif place == "node" and node is not None:
            spot = self.hand.at(node)
        if self.hand.view.rect().contains(spot):
            self.hand.drop(spec, spot)

    @rule(data=st.data())
    def open_a_node_and_type(self, data: st.DataObject) -> None:
        node = self._node(data)
        if node is None:
            return
        self.hand.double_click(self.hand.at(node))
        self.hand.release(self.hand.at(node))
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit):
            QTest.keyClicks(focus, data.draw(st.sampled_from(["3", "=2 * dim", "x"])))
        self._close_popups()

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

    def _wire(self, data: st.DataObject) -> InPort | None:
        wires = sorted(self.hand.graph.wires, key=lambda end: (end.node, end.port))
        shown = [wire for wire in wires if wire in self.hand.canvas.world.wires]
        return data.draw(st.sampled_from(shown)) if shown else None

    def _close_popups(self) -> None:
        """Leave what was opened over the canvas: a palette, a name, a text, a form."""
        for _ in range(3):
            focus = QApplication.focusWidget()
            if focus is None or focus is self.hand.canvas:
                break
            QTest.keyClick(focus, Qt.Key.Key_Escape)
        for palette in self.hand.window.findChildren(AddPalette):
            if palette.isVisible():
                QTest.keyClick(palette.line, Qt.Key.Key_Escape)

    # What must be true

    @invariant()
    def scene_is_document(self) -> None:
        if hasattr(self, "hand"):
            check_scene(self.hand)

    @invariant()
    def bytes_come_back(self) -> None:
        if hasattr(self, "hand") and self.hand.document.project is not self.written:
            self.written = self.hand.document.project
            text = dumps(self.written)
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
@pytest.mark.timeout(900)
@pytest.mark.parametrize("share", range(SHARES))
def test_many_sequences(qt: QApplication, share: int) -> None:
    """A thousand in all; with fresh seeds, others every time."""
    from tests.canvas.live import run

    assert qt.platformName() == "offscreen"
    number = SystemRandom().randrange(10**9) * SHARES + share
    assert run(number, LONG_RUNS // SHARES) == 0, f"python -m tests.canvas.live --seed {number}"
