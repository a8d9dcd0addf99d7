"""A canvas that is shown, and a hand that acts on it through real mouse and key events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from graph_editor.canvas.add_palette import AddPalette
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.all import install
from graph_editor.canvas.inline_form import InlineForm
from graph_editor.canvas.rename import RenameLine
from graph_editor.canvas.theme import theme
from graph_editor.catalogue.library import with_library
from graph_editor.document.document import Document
from graph_editor.document.edits import (
    add_block,
    add_frame,
    add_node,
    add_note,
    connect,
    delete,
    in_block,
    move_nodes,
    set_direction,
    set_when,
)
from graph_editor.document.files import load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Block,
    BlockId,
    Expr,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE = Qt.KeyboardModifier.NoModifier
RIGHT = Qt.MouseButton.RightButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
STEPS = 6


def digits() -> Project:
    """Return the example that all know."""
    return load("assets/examples/digits_cnn.netwright").project


def drawn(**specs: str) -> Project:
    """Return a project with unwired nodes in a row, 240 apart."""
    project = Project()
    for index, (name, spec) in enumerate(specs.items()):
        key, node = NodeId(name), Node(spec)
        project = in_block(project, "main", lambda g, k=key, n=node: add_node(g, k, n))
        project = move_nodes(project, "main", {key: (240.0 * index, 0.0)})
    return project


def running_down(project: Project) -> Project:
    """Return a project whose data runs down."""
    return set_direction(project, "main", "down")


def placed(project: Project, spots: Mapping[str, tuple[float, float]]) -> Project:
    """Return a project with nodes of its main graph elsewhere."""
    return move_nodes(project, "main", {NodeId(node): spot for node, spot in spots.items()})


def fed(project: Project, source: OutPort, *targets: InPort) -> Project:
    """Return a project with wires from an output to some inputs of the main graph."""
    for target in targets:
        project = in_block(project, "main", lambda g, t=target: connect(g, source, t))
    return project


def framed(project: Project, nodes: Iterable[str], title: str) -> Project:
    """Return a project with a frame around nodes of its main graph."""
    return add_frame(project, "main", [NodeId(node) for node in nodes], title)


def noted(project: Project, *notes: tuple[float, float, str]) -> Project:
    """Return a project with notes on its main graph: where each is, and what it says."""
    for x, y, text in notes:
        project = add_note(project, "main", (x, y), text)
    return project


def said_when(project: Project, node: str, condition: str) -> Project:
    """Return a project in which a node of the main graph works where a condition holds."""
    return in_block(project, "main", lambda g: set_when(g, NodeId(node), Expr(condition)))


def with_block(key: str, name: str) -> Project:
    """Return a project with an empty block that nothing uses yet."""
    return add_block(Project(), BlockId(key), Block(name=name))


def ins(node: str, port: str = "input") -> InPort:
    return InPort(NodeId(node), PortPath(port))


def out(node: str, port: str = "output") -> OutPort:
    return OutPort(NodeId(node), port)


class Hand:
    """Acts on one canvas; asks it only where things are."""

    def __init__(self, project: Project, size: tuple[int, int] = (1200, 700)) -> None:
        self.document = Document(project)
        self.window = QWidget()
        self.window.resize(*size)
        self.canvas = Canvas(
            self.document, with_library, IdSource("hand"), theme("dark"), self.window
        )
        install(self.canvas)
        self.canvas.resize(*size)
        self.sentences: list[str] = []
        self.canvas.said.connect(self.sentences.append)
        self.window.show()
        self.window.activateWindow()
        self.canvas.setFocus()
        QApplication.processEvents()
        self.canvas.fit_all()

    def close(self) -> None:
        """Leave nothing behind."""
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def left_hidden(self) -> list[str]:
        """Return what was opened over the canvas and is hidden, though nobody shows it again."""
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        kinds = (AddPalette, InlineForm, RenameLine, QPlainTextEdit, QLineEdit)
        found = [w for w in self.canvas.findChildren(QWidget) if isinstance(w, kinds)]
        found += self.window.findChildren(AddPalette)
        return [type(w).__name__ for w in found if w.isHidden()]

    @property
    def view(self) -> QWidget:
        return self.canvas.viewport()

    @property
    def graph(self) -> Graph:
        return self.document.project.block(self.canvas.key).graph

    def lose(self, node: str) -> None:
        """Have a node deleted from elsewhere, as another panel or a step of the history may."""
        self.document.apply(lambda now: delete(now, "main", [NodeId(node)]), "Delete")

    # Acting

    def click(self, spot: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.hover(spot)
        QTest.mouseClick(self.view, LEFT, modifiers, spot)

    def choose(self, nodes: Iterable[str]) -> None:
        """Select nodes alone: a click on the first, one with Shift on each other; else beside."""
        wanted = list(nodes)
        self.click(self.grip(wanted[0]) if wanted else self.empty())
        for node in wanted[1:]:
            self.click(self.grip(node), SHIFT)
        assert self.canvas.selected() == set(wanted)

    def double_click(self, spot: QPoint) -> None:
        QTest.mouseDClick(self.view, LEFT, NONE, spot)

    def press(
        self,
        spot: QPoint,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        self.hover(spot + QPoint(0, -12))  # a real mouse comes from somewhere
        self.hover(spot)
        QTest.mousePress(self.view, button, modifiers, spot)

    def move(
        self,
        spot: QPoint,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        kind = QEvent.Type.MouseMove
        place = QPointF(spot)
        glob = QPointF(self.view.mapToGlobal(spot))
        event = QMouseEvent(kind, place, glob, Qt.MouseButton.NoButton, button, modifiers)
        QApplication.sendEvent(self.view, event)

    def release(
        self,
        spot: QPoint,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        QTest.mouseRelease(self.view, button, modifiers, spot)

    def drag(
        self,
        start: QPoint,
        end: QPoint,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        self.press(start, button, modifiers)
        for step in range(1, STEPS + 1):
            self.move(start + (end - start) * step / STEPS, button, modifiers)
        self.release(end, button, modifiers)

    def hover(self, spot: QPoint) -> None:
        self.move(spot, Qt.MouseButton.NoButton)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, modifiers)

    def wheel(
        self,
        spot: QPoint,
        turn: int = 0,
        pixels: int = 0,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        event = QWheelEvent(
            QPointF(spot),
            QPointF(self.view.mapToGlobal(spot)),
            QPoint(0, pixels),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view, event)

    def drop(self, spec: str, spot: QPoint, lets_go: bool = True) -> None:
        """Drag a spec from the palette to a place, and drop it there."""
        data = QMimeData()
        data.setData("application/x-netwright-spec", spec.encode())
        copy, kept = Qt.DropAction.CopyAction, NONE
        view = self.view
        QApplication.sendEvent(view, QDragEnterEvent(spot, copy, data, LEFT, kept))
        QApplication.sendEvent(view, QDragMoveEvent(spot, copy, data, LEFT, kept))
        if lets_go:
            QApplication.sendEvent(view, QDropEvent(QPointF(spot), copy, data, LEFT, kept))
        else:
            QApplication.sendEvent(view, QDragLeaveEvent())

    # Looking

    def middle(self, target: InPort) -> QPoint:
        """Return the middle of a wire."""
        path = self.canvas.world.wires[target].path()
        return self.canvas.mapFromScene(path.pointAtPercent(0.5))

    def at(self, node: str) -> QPoint:
        return self.canvas.node_place(NodeId(node))

    def grip(self, node: str) -> QPoint:
        """Return a place where a node can be clicked: its middle, else where no other covers it."""
        rect, canvas = self.canvas.node_rect(NodeId(node)), self.canvas
        xs, ys = range(rect.left() + 6, rect.right(), 8), range(rect.top() + 6, rect.bottom(), 8)
        for spot in (self.at(node), *(QPoint(x, y) for y in ys for x in xs)):
            if canvas.node_at(spot) == node and canvas.port_at(spot) is None:
                return spot
        raise AssertionError(f"{node} is covered")

    def port(self, port: InPort | OutPort) -> QPoint:
        return self.canvas.port_place(port)

    def empty(self) -> QPoint:
        """Return a place of the canvas where nothing is."""
        for y in range(20, self.view.height() - 20, 40):
            for x in range(20, self.view.width() - 20, 40):
                spot = QPoint(x, y)
                canvas = self.canvas
                if not (canvas.node_at(spot) or canvas.port_at(spot) or canvas.wire_at(spot)):
                    return spot
        raise AssertionError("the canvas is full")

    def palette(self) -> AddPalette:
        found = [p for p in self.window.findChildren(AddPalette) if p.isVisible()]
        assert len(found) == 1, "no palette is open"
        return found[0]

    def rename_line(self) -> RenameLine:
        found = [p for p in self.view.findChildren(RenameLine) if p.isVisible()]
        assert len(found) == 1, "no name is being typed"
        return found[0]

    def steps(self) -> int:
        """Return how many steps can be undone."""
        count = 0
        while self.document.can_undo:
            self.document.undo()
            count += 1
        for _ in range(count):
            self.document.redo()
        return count
