"""What lies behind and beside the nodes: frames, notes, and the lines of tied weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from graph_editor.canvas.drawn_graph import DrawnGraph
from graph_editor.canvas.glyphs import glyph_path
from graph_editor.canvas.items.frame_item import FrameItem, NoteItem
from graph_editor.document.edits.placing import Point
from graph_editor.document.model import FrozenMap, Graph, NodeId

Z_TIES = 9.0
ARCH = 28.0
"""How high above the nodes the line of a tie runs."""


class Backdrop:
    """Keeps frames, notes and ties of one scene where its nodes are."""

    def __init__(self, scene: DrawnGraph) -> None:
        self._scene = scene
        self.forget()

    def forget(self) -> None:
        """Take it that the scene has deleted all items."""
        self._frames: list[tuple[FrameItem, tuple[NodeId, ...]]] = []
        self._notes: list[NoteItem] = []
        self._shown: tuple[object, object] = ((), ())
        self._ties: tuple[tuple[NodeId, NodeId], ...] = ()
        self._line: QGraphicsPathItem | None = None
        self._chains: QGraphicsPathItem | None = None

    def follow(self, graph: Graph, layout: FrozenMap[str, object]) -> None:
        """Show the frames and notes of a layout, and the ties of a graph."""
        parts = (layout.get("frames", ()), layout.get("notes", ()))
        if parts != self._shown:
            self._shown = parts
            self._draw(*parts)
        self._ties = tied_pairs(graph)
        self.lie()

    def _draw(self, frames: object, notes: object) -> None:
        for item in chain((frame for frame, _ in self._frames), self._notes):
            self._scene.removeItem(item)
        self._frames, self._notes = [], []
        for frame in _entries(frames):
            members = frame.get("nodes", ())
            made = FrameItem(self._scene.scope, str(frame.get("title", "")), frame.get("colour"))
            nodes = tuple(map(NodeId, members)) if isinstance(members, tuple) else ()
            self._frames.append((made, nodes))
            self._scene.addItem(made)
        for note in _entries(notes):
            written = NoteItem(self._scene.scope, str(note.get("text", "")))
            at = note.get("at", (0.0, 0.0))
            written.setPos(*_point(at))
            self._notes.append(written)
            self._scene.addItem(written)

    def lie(self) -> None:
        """Lie where the nodes are now."""
        for frame, members in self._frames:
            known = [node for node in members if node in self._scene.nodes]
            frame.setVisible(bool(known))
            if known:
                frame.surround(self._scene.extent(known))
        self._lead_ties()

    def _lead_ties(self) -> None:
        if not self._ties and self._line is None:
            return
        if self._line is None or self._chains is None:
            self._line, self._chains = QGraphicsPathItem(), QGraphicsPathItem()
            for item in (self._line, self._chains):
                item.setZValue(Z_TIES)
                self._scene.addItem(item)
        line, chains = QPainterPath(), QPainterPath()
        for one, two in self._ties:
            if one in self._scene.nodes and two in self._scene.nodes:
                _arch(line, chains, self._scene.nodes[one].rect(), self._scene.nodes[two].rect())
        self._line.setPath(line)
        self._chains.setPath(chains)
        self.dress()

    def dress(self) -> None:
        """Take the colours of the theme."""
        if self._line is not None and self._chains is not None:
            self._line.setPen(self._scene.scope.paints.tie)
            self._chains.setPen(self._scene.scope.paints.badge("link"))


def _entries(value: object) -> Iterable[Mapping[str, object]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, tuple) else []


def _point(value: object) -> Point:
    return value if isinstance(value, tuple) and len(value) == 2 else (0.0, 0.0)


def tied_pairs(graph: Graph) -> tuple[tuple[NodeId, NodeId], ...]:
    """Return the pairs of nodes that share weights."""
    pairs = {
        (owner, node)
        for node, use in graph.nodes.items()
        if use.weights is not None and (owner := use.weights.same_as) in graph.nodes and owner
    }
    for one, two in graph.ties.items():
        ends = sorted(NodeId(end.replace("/", ".").partition(".")[0]) for end in (one, two))
        if ends[0] != ends[1] and all(end in graph.nodes for end in ends):
            pairs.add((ends[0], ends[1]))
    return tuple(sorted(pairs))


def _arch(line: QPainterPath, chains: QPainterPath, one: QRectF, two: QRectF) -> None:
    """Add a line over the nodes from the top of one to the top of the other, and a chain on it."""
    x1, x2 = one.center().x(), two.center().x()
    top = min(one.top(), two.top()) - ARCH
    line.moveTo(x1, one.top())
    line.cubicTo(x1, top, x1 + (x2 - x1) * 0.1, top, (x1 + x2) / 2, top)
    line.cubicTo(x2 - (x2 - x1) * 0.1, top, x2, top, x2, two.top())
    chains.addPath(glyph_path("link").translated((x1 + x2) / 2 - 8, top - 20))
