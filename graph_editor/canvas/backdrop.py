"""What lies behind and beside the nodes: frames, notes, and the lines of tied weights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Literal, NamedTuple, TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from graph_editor.canvas.drawn_graph import DrawnGraph
from graph_editor.canvas.glyphs import glyph_path
from graph_editor.canvas.items.frame_item import DEEPER, Z_FRAME, FrameItem, NoteItem
from graph_editor.document.edits import Point
from graph_editor.document.model import FrozenMap, Graph, NodeId

Z_TIES = 9.0
ARCH = 28.0
"""How high above the nodes the line of a tie runs."""
Listed: TypeAlias = tuple[Mapping[str, object], ...]


class Mark(NamedTuple):
    """A frame or a note of the shown graph, by its place in the layout."""

    kind: Literal["frame", "note"]
    place: int


class Backdrop:
    """Keeps frames, notes and ties of one scene where its nodes are."""

    def __init__(self, scene: DrawnGraph) -> None:
        self._scene = scene
        self.forget()

    def forget(self) -> None:
        """Take it that the scene has deleted all items."""
        self.frames: list[FrameItem] = []
        self.notes: list[NoteItem] = []
        self.chosen: frozenset[Mark] = frozenset()
        """The frames and notes that are selected."""
        self._shown: tuple[Listed, Listed] = ((), ())
        self._ties: tuple[tuple[NodeId, NodeId], ...] = ()
        self._line: QGraphicsPathItem | None = None
        self._chains: QGraphicsPathItem | None = None

    def follow(self, graph: Graph, layout: FrozenMap[str, object]) -> None:
        """Show the frames and notes of a layout, and the ties of a graph."""
        parts = (_entries(layout.get("frames", ())), _entries(layout.get("notes", ())))
        if parts != self._shown:
            old, self._shown = self._shown, parts
            kept = frozenset(_followed(old, parts, self.chosen))
            self._draw(*parts)
            self.choose(kept)
        self._ties = tied_pairs(graph)
        self.lie()

    def _draw(self, frames: Listed, notes: Listed) -> None:
        for item in chain(self.frames, self.notes):
            self._scene.removeItem(item)
        scope = self._scene.scope
        self.frames = [FrameItem(scope, each) for each in frames]
        self.notes = [NoteItem(scope, each) for each in notes]
        self._settle()
        for item in chain(self.frames, self.notes):
            self._scene.addItem(item)

    def _settle(self) -> None:
        """Have each frame around its own nodes, and each note where it was written."""
        frames, notes = self._shown
        for frame, entry in zip(self.frames, frames, strict=True):
            members = entry.get("nodes", ())
            frame.nodes = members if isinstance(members, tuple) else ()
        for note, entry in zip(self.notes, notes, strict=True):
            note.setPos(*_point(entry.get("at", (0.0, 0.0))))
        self._nest()

    def _nest(self) -> None:
        """Find which frames stand within which: those whose nodes are all in the other, too."""
        order = sorted(self.frames, key=lambda frame: len(set(frame.nodes)))  # keeps those alike
        for place, frame in enumerate(order):
            mine = set(frame.nodes)
            within = [other for other in order[:place] if mine.issuperset(other.nodes)]
            frame.inner = within
            frame.is_inner = any(set(f.nodes) >= mine for f in order[place + 1 :])
            frame.setZValue(Z_FRAME - DEEPER * place)
        self._order = order

    def lie(self, moved: Collection[NodeId] | None = None) -> None:
        """Lie where the nodes are now; some of them have moved, or with no word all may have."""
        for frame in self._inside_out():
            if moved is not None and not any(node in moved for node in frame.nodes):
                continue
            area = self._area(frame, frame.nodes)
            frame.setVisible(not area.isNull())
            if not area.isNull():
                frame.surround(area)
        if moved is None or any(end in moved for pair in self._ties for end in pair):
            self._lead_ties()

    def _inside_out(self) -> list[FrameItem]:
        return self._order if self.frames else []

    def _area(self, frame: FrameItem, nodes: Iterable[NodeId]) -> QRectF:
        """Return what nodes take, with the frames that are in another one and around them."""
        known = [node for node in nodes if node in self._scene.nodes]
        area = self._scene.extent(known) if known else QRectF()
        for inner in frame.inner:
            if inner.isVisible() and known:
                area = area.united(inner.rect())
        return area

    def around(self, index: int, nodes: Collection[NodeId]) -> QRectF:
        """Return where a frame would lie around some of its nodes alone."""
        known = [node for node in nodes if node in self._scene.nodes]
        return self.frames[index].around(self._scene.extent(known)) if known else QRectF()

    # Selected and pointed at

    def choose(self, marks: Iterable[Mark]) -> bool:
        """Show frames and notes as selected, and no others; return whether that is news."""
        before, self.chosen = self.chosen, frozenset(m for m in marks if self.item(m) is not None)
        for place, frame in enumerate(self.frames):
            frame.set_chosen(Mark("frame", place) in self.chosen)
        for place, note in enumerate(self.notes):
            note.set_chosen(Mark("note", place) in self.chosen)
        return before != self.chosen

    def item(self, mark: Mark) -> FrameItem | NoteItem | None:
        """Return what shows a mark; None where there is none."""
        items = self.frames if mark.kind == "frame" else self.notes
        return items[mark.place] if 0 <= mark.place < len(items) else None

    def mark_at(self, at: QPointF) -> Mark | None:
        """Return the note under a place of the scene, else the frame whose title is there."""
        for index in reversed(range(len(self.notes))):
            if self.notes[index].rect().contains(at):
                return Mark("note", index)
        for frame in self._inside_out():
            if frame.isVisible() and frame.bar().contains(at):
                return Mark("frame", self.frames.index(frame))
        return None

    def notes_in(self, area: QRectF) -> frozenset[Mark]:
        """Return the notes that an area touches."""
        places = (i for i, note in enumerate(self.notes) if note.rect().intersects(area))
        return frozenset(Mark("note", place) for place in places)

    def frames_at(self, at: QPointF) -> list[int]:
        """Return the frames in which a place of the scene lies."""
        return [
            place
            for place, frame in enumerate(self.frames)
            if frame.isVisible() and frame.rect().contains(at)
        ]

    def extent(self) -> QRectF:
        """Return the area that frames and notes take."""
        area = QRectF()
        for rect in self._rects():
            area = area.united(rect)
        return area

    def _rects(self) -> Iterator[QRectF]:
        yield from (frame.rect() for frame in self.frames if frame.isVisible())
        yield from (note.rect() for note in self.notes)

    # While they are dragged

    def put_notes(self, spots: Mapping[int, Point]) -> None:
        """Show notes at other places; the document is not changed."""
        for index, spot in spots.items():
            self.notes[index].setPos(*spot)

    def show_members(self, members: Mapping[int, tuple[NodeId, ...]]) -> None:
        """Show frames around other nodes; the document is not changed."""
        for index, nodes in members.items():
            self.frames[index].nodes = nodes
        self._nest()

    def restore(self) -> None:
        """Show frames and notes again as they are."""
        self._settle()
        self.lie()

    # Far away

    def far_key(self) -> tuple[object, ...]:
        """Return what changes with all that is painted of it from afar."""
        return (tuple(rect.getRect() for rect in self._rects()), self.chosen)

    def paint_far(self, painter: QPainter, zoom: float) -> None:
        """Paint frames and notes as a part of the overview."""
        for frame in reversed(self._inside_out()):
            if frame.isVisible():
                frame.paint_far(painter, zoom)
        for note in self.notes:
            note.paint_far(painter, zoom)

    # Ties

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


def _entries(value: object) -> Listed:
    listed = value if isinstance(value, tuple) else ()
    return tuple(each for each in listed if isinstance(each, Mapping))


def _point(value: object) -> Point:
    return value if isinstance(value, tuple) and len(value) == 2 else (0.0, 0.0)


def _followed(
    old: tuple[Listed, Listed], new: tuple[Listed, Listed], chosen: Iterable[Mark]
) -> Iterator[Mark]:
    """Yield the marks that are still there after a change: by what they say, else by their place.

    A place alone says nothing where others have come or gone.
    """
    for mark in chosen:
        part = 0 if mark.kind == "frame" else 1
        before, after = old[part], new[part]
        alike = [k for k, entry in enumerate(after) if entry == before[mark.place]]
        if alike:
            yield Mark(mark.kind, min(alike, key=lambda k: abs(k - mark.place)))
        elif len(before) == len(after):
            yield mark


def tied_pairs(graph: Graph) -> tuple[tuple[NodeId, NodeId], ...]:
    """Return the pairs of nodes that share weights, each once however many ways they do."""
    shared = [
        {use.weights.same_as, node}
        for node, use in graph.nodes.items()
        if use.weights is not None and use.weights.same_as
    ]
    shared += [
        {NodeId(end.replace("/", ".").partition(".")[0]) for end in pair}
        for pair in graph.ties.items()
    ]
    known = {tuple(sorted(pair)) for pair in shared if pair <= graph.nodes.keys()}
    return tuple((pair[0], pair[1]) for pair in sorted(known) if len(pair) == 2)


def _arch(line: QPainterPath, chains: QPainterPath, one: QRectF, two: QRectF) -> None:
    """Add a line over the nodes from the top of one to the top of the other, and a chain on it."""
    x1, x2 = one.center().x(), two.center().x()
    top = min(one.top(), two.top()) - ARCH
    line.moveTo(x1, one.top())
    line.cubicTo(x1, top, x1 + (x2 - x1) * 0.1, top, (x1 + x2) / 2, top)
    line.cubicTo(x2 - (x2 - x1) * 0.1, top, x2, top, x2, two.top())
    chains.addPath(glyph_path("link").translated((x1 + x2) / 2 - 8, top - 20))
