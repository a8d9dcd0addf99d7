"""The drawing as a picture for papers and talks: always in full detail, light, and nothing else.

No grid, no selection, no problems; what is drawn is what the document holds.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QObject,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPaintDevice, QPainter, QPdfWriter
from PySide6.QtWidgets import QGraphicsPathItem, QStyleOptionGraphicsItem

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import taken_up
from graph_editor.canvas.findings import Live
from graph_editor.canvas.items.labels import LabelsItem
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.picture_text import fixed_in_parts
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import Theme, theme
from graph_editor.document.model import NodeId

T = TypeVar("T")
Format: TypeAlias = Literal["svg", "pdf", "png"]
Steps: TypeAlias = Generator[float, None, T]
"""Work in small steps: yields the share that is done, and returns what is made.

Closed before its end, it leaves nothing behind.
"""
MARGIN = 12.0
"""Pixels around the drawing."""
LINE, REACH = 2.0, 8.0
"""How far a wire is wide, and how far ports and stacked cards reach out of a node."""
DPI = 96
POINTS = 72 / DPI
LONGEST_SIDE, MOST_PIXELS = 32_000, 200_000_000
"""Of a picture of pixels: what other programs still open."""
PRODUCER = "Netwright"
WAIT = 0.01
"""Seconds that a step waits for another thread."""


class TooLargeError(ValueError):
    """A picture would have more pixels than other programs open; says so in words."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What picture is wanted."""

    format: Format = "svg"
    scale: float = 2.0
    """Pixels of a PNG for each pixel at 100 %."""
    transparent: bool = False


def sheet_of_selection(canvas: Canvas, parent: QObject | None = None) -> Sheet:
    """Return a sheet of what would be moved together: nodes, whole frames, notes; else of all."""
    load = taken_up(canvas)
    return Sheet(canvas, load.nodes, parent, load.notes)


class Sheet(Scene):
    """One graph on paper: whole, or only some nodes, with what is between them, and some notes."""

    def __init__(
        self,
        canvas: Canvas,
        only: Iterable[NodeId] = (),
        parent: QObject | None = None,
        notes: Iterable[int] = (),
    ) -> None:
        super().__init__(paper(), parent)
        self.drawing.know(replace(canvas.findings, status={}, problems=()))
        self.drawing.live = Live()
        self.samples = canvas.world.samples
        project = canvas.document.project
        self.show_graph(project, canvas.key, canvas.lookup(project))
        self.put({n: spot for n, spot in canvas.places().items() if n in self.nodes})
        self._land()
        self.name = project.block(canvas.key).name or PRODUCER
        kept, notes = frozenset(only), frozenset(notes)
        if kept or notes:
            self._keep(kept, notes)
        self.area = self._extent()

    def _keep(self, kept: frozenset[NodeId], notes: frozenset[int]) -> None:
        """Take all away but some nodes, what is between them, frames around them, and notes."""
        gone = [t for t, w in self.wires.items() if not {t.node, w.source.node} <= kept]
        self._remove([node for node in self.nodes if node not in kept], gone)
        self.backdrop.lie()
        for place, note in enumerate(self.backdrop.notes):
            note.setVisible(place in notes)

    def _extent(self) -> QRectF:
        """Return what is drawn of the scene, with a margin."""
        area = QRectF()
        for item in self.items():
            if isinstance(item, NodeItem):
                area = area.united(item.rect().adjusted(-REACH, -REACH, REACH, REACH))
            elif isinstance(item, QGraphicsPathItem) and item.isVisible():
                line = item.path().boundingRect()  # its own would hold the points that bend it
                reach = 0.0 if item.path().isEmpty() else LINE  # a tie's, whose ends are away
                area = area.united(line.adjusted(-reach, -reach, reach, reach))
            elif item.isVisible() and not isinstance(item, LabelsItem):
                area = area.united(item.sceneBoundingRect())
        for wire in self.wires.values():
            plate = self.labels.plate(wire) if wire.label else None
            area = area.united(plate) if plate is not None else area
        return area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    @property
    def size(self) -> QSize:
        """Width and height in pixels at 100 %."""
        return self.area.size().toSize()

    def encoded(self, wish: Wish) -> bytes:
        """Return the picture as the bytes of a file. Raises TooLargeError."""
        return at_once(self.encoding(wish))

    def image(self, wish: Wish) -> QImage:
        """Return the picture as pixels. Raises TooLargeError."""
        return at_once(self.pixels(wish))

    def encoding(self, wish: Wish) -> Steps[bytes]:
        """Draw the bytes of a file, step by step. Raises TooLargeError."""
        if wish.format == "png":
            made = yield from self.pixels(wish)
            return (yield from _png(made))
        return (yield from self._svg(wish) if wish.format == "svg" else self._pdf(wish))

    def pixels(self, wish: Wish) -> Steps[QImage]:
        """Draw pixels, step by step. Raises TooLargeError."""
        size = QSize(self.size * wish.scale)
        if reason := too_large(self.size, wish.scale):
            raise TooLargeError(reason)
        made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        made.fill(Qt.GlobalColor.transparent)
        yield from self._paint(made, QRectF(0, 0, size.width(), size.height()), wish)
        made.setText("Title", self.name)
        made.setText("Software", PRODUCER)
        return made

    def _svg(self, wish: Wish) -> Steps[bytes]:
        from PySide6.QtSvg import QSvgGenerator  # only who wants such a picture waits for it

        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QSvgGenerator()
        writer.setOutputDevice(buffer)
        writer.setResolution(DPI)
        writer.setSize(self.size)
        writer.setViewBox(self._page())
        writer.setTitle(self.name)
        writer.setDescription(f"Drawn with {PRODUCER}")
        yield from self._paint(writer, self._page(), wish)
        parts = []
        for part in fixed_in_parts(bytes(buffer.data().data()).decode("utf-8")):
            parts.append(part.encode("utf-8"))
            yield 1.0
        return b"".join(parts)

    def _pdf(self, wish: Wish) -> Steps[bytes]:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        page = QSizeF(self.size) * POINTS
        layout = QPageLayout(
            QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch),
            QPageLayout.Orientation.Portrait,
            QMarginsF(),
        )
        writer.setPageLayout(layout)
        writer.setResolution(DPI)
        writer.setTitle(self.name)
        writer.setCreator(PRODUCER)
        yield from self._paint(writer, self._page(), wish)
        return bytes(buffer.data().data())

    def _page(self) -> QRectF:
        return QRectF(0, 0, self.size.width(), self.size.height())

    def _paint(self, device: QPaintDevice, room: QRectF, wish: Wish) -> Steps[None]:
        painter = QPainter(device)
        try:
            yield from self._painted(painter, room, wish)
        finally:
            painter.end()

    def _painted(self, painter: QPainter, room: QRectF, wish: Wish) -> Steps[None]:
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        )
        if not wish.transparent:
            painter.fillRect(room, self.scope.paints.look["canvas"])
        painter.scale(room.width() / self.size.width(), room.height() / self.size.height())
        painter.translate(-self.area.topLeft())
        # QGraphicsScene.render would hide from a label what is already painted and in its way
        drawn = [item for item in self.items(Qt.SortOrder.AscendingOrder) if item.isVisible()]
        for count, item in enumerate(drawn):
            option = QStyleOptionGraphicsItem()
            option.exposedRect = item.boundingRect()
            painter.save()
            painter.setTransform(item.sceneTransform(), combine=True)
            item.paint(painter, option, None)
            painter.restore()
            yield (count + 1) / len(drawn)


def at_once(steps: Steps[T]) -> T:
    """Take all steps, and return what they make."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: T = end.value
            return made


def paper() -> Theme:
    """Return the theme of pictures: the light one on a white ground."""
    light = theme("light")
    white = light["node"]
    return Theme(
        "paper", {**light.colours, "canvas": white}, light.mix_header, light.mix_far, light.runs
    )


def too_large(size: QSize, scale: float) -> str:
    """Return why no picture of pixels can be made at a scale; empty where one can."""
    wide, high = round(size.width() * scale), round(size.height() * scale)
    if max(wide, high) <= LONGEST_SIDE and wide * high <= MOST_PIXELS:
        return ""
    return (
        f"The picture would have {wide:,} × {high:,} pixels, which few programs open; "
        "choose a smaller scale, SVG or PDF."
    )


def _png(image: QImage) -> Steps[bytes]:
    """Compress pixels, in a thread: Qt does all of it in one go."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    work = threading.Thread(target=image.save, args=(buffer, "PNG"), name="png", daemon=True)
    work.start()
    while work.is_alive():
        work.join(WAIT)
        yield 1.0
    return bytes(data.data())
