"""How a node is built: its size, where its ports are, and what stands in it; nothing is painted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from PySide6.QtGui import QFontMetricsF

from graph_editor.canvas.parameter_line import Piece, line_text, parameter_line
from graph_editor.canvas.sides import Sides, Use, labels_of, ports_of, sides_of, spread
from graph_editor.canvas.theme import code_font, text_font, tokens
from graph_editor.catalogue.families import Family, family_of
from graph_editor.catalogue.ports import output_kind
from graph_editor.catalogue.spec import PortKind, Spec
from graph_editor.document.model import Expr, InPort, Node, OutPort, PortPath

GRID = 8
MIN_WIDTH, MAX_WIDTH, WIDTH_STEP = 96, 320, 16
HEADER, ROW, PORT_ROW, FOOT = 24, 24, 20, 4
TITLE_X, LINE_X, INSET, BADGE, BADGE_GAP = 28, 12, 8, 14, 4
LINE_Y = HEADER + ROW / 2
"""Where the ports of a simple node are, and those of all of a chain."""
MARK = 24
"""Height of the small mark that an interface node of the main graph is."""
CURVES_WIDTH = 144
WIDEST_VALUE = "00.00 %"
"""Room for the last value of a metric."""
PICTURE = 28
"""Side of one sample on a data node."""
CURVE = 56
"""Height of a loss node's curves."""

Side: TypeAlias = Literal["left", "right", "top", "bottom"]
Labels: TypeAlias = tuple[Mapping[str, str], Mapping[str, str]]
"""What stands beside the ports of the left edge, and of the right one."""
NO_LABELS: Labels = ({}, {})


class Shape(Enum):
    """What a node is drawn as."""

    CARD = "card"
    MARK = "mark"
    CUT = "cut"


class Place(NamedTuple):
    """A port of a node: where it is from the node's corner, and what it is called."""

    ref: InPort | OutPort
    x: float
    y: float
    side: Side
    kind: PortKind
    label: str = ""
    quiet: bool = False
    """Optional and empty: shown only while it may be wanted."""
    is_plan: bool = False
    """Whether it belongs to the training plan, which runs across the data."""


class Anatomy(NamedTuple):
    """The build of one node, in pixels at 100 %."""

    shape: Shape
    family: Family
    width: float
    height: float
    title: str
    kind_word: str
    """What a renamed node is a use of."""
    line: tuple[Piece, ...]
    inputs: Mapping[PortPath, Place]
    outputs: Mapping[str, Place]
    picture_y: float = 0.0
    """Where samples or curves begin; 0: there are none."""
    copies: str = ""
    head: float = 0.0
    """Height of a row of names below the header."""
    is_standing: bool = False
    """Whether data runs down through the node."""
    bare: float = 0.0
    """How wide a card would be without its line, where data runs right; 0: as wide as it is."""

    def place(self, ref: InPort | OutPort) -> Place | None:
        """Return where a port is; None where the node has no such port."""
        if isinstance(ref, InPort):
            return self.inputs.get(ref.port)
        return self.outputs.get(ref.port)


@lru_cache(maxsize=1)
def _widths() -> dict[tuple[str, str], float]:
    return {}


@lru_cache(maxsize=16)
def _metrics(style: str) -> QFontMetricsF:
    if style in tokens()["type"]:
        return QFontMetricsF(text_font(style))
    return QFontMetricsF(code_font(float(style)))


def text_width(text: str, style: str) -> float:
    """Return how wide a text is in a type style (or in the code font of a size in pixels)."""
    known = _widths()
    found = known.get((text, style))
    if found is None:
        if len(known) > 50_000:
            known.clear()
        found = known[text, style] = _metrics(style).horizontalAdvance(text)
    return found


def fitted(text: str, style: str, room: float) -> str:
    """Return a text that fits into a room, its end replaced by … where it does not."""
    if text_width(text, style) <= room:
        return text
    for length in range(len(text) - 1, 0, -1):
        short = text[:length].rstrip() + "…"
        if text_width(short, style) <= room:
            return short
    return "…"


def title_of(node: Node, spec: Spec | None) -> str:
    """Return what stands in a node's header: its name, else torch's name of what it is."""
    return node.name or type_word(node.spec, spec)


def type_word(name: str, spec: Spec | None) -> str:
    """Return what a spec is called on the canvas: ``Conv2d``, ``flatten``, ``Digits``."""
    return _last_word(name) if spec is None or spec.callee else spec.title


@lru_cache(maxsize=4096)
def _last_word(name: str) -> str:
    """Return the end of a dotted name, one text for all nodes that are called so."""
    return name.rpartition(".")[2]


def anatomy_of(use: Use) -> Anatomy:
    """Return the build of a node."""
    if use.in_main and use.node.kind == "io":
        return _mark(use)
    if use.node.spec in ("Tensor.detach", "torch.detach"):
        return _cut(use)
    return _card(use)


def _mark(use: Use) -> Anatomy:
    title = title_of(use.node, use.spec)
    room = text_width(title, "caption") + 2 * LINE_X
    width = min(MAX_WIDTH, GRID * math.ceil(room / GRID))
    shown, quiet, names = ports_of(use)
    middle = MARK / 2
    inputs = {p.path: _left(use, p.path, p.kind, middle) for p in (*shown, *quiet)}
    if use.node.spec == "io.input" and not use.wired:
        inputs = {path: _quietly(place) for path, place in inputs.items()}
    kind = _yields(use)
    outputs = {name: _right(use, name, kind, width, middle) for name in names}
    family = family_of(use.spec, use.node.kind)
    line = parameter_line(use.spec, use.node)
    return Anatomy(Shape.MARK, family, width, MARK, title, "", line, inputs, outputs)


def _cut(use: Use) -> Anatomy:
    shown, quiet, names = ports_of(use)
    inputs = {p.path: _left(use, p.path, p.kind, MARK / 2) for p in (*shown, *quiet)}
    outputs = {name: _right(use, name, _yields(use), MARK, MARK / 2) for name in names}
    title = title_of(use.node, use.spec)
    return Anatomy(Shape.CUT, "op", MARK, MARK, title, "", (), inputs, outputs)


def _quietly(place: Place) -> Place:
    return Place(place.ref, place.x, place.y, place.side, place.kind, place.label, True)


def _left(
    use: Use, path: PortPath, kind: PortKind, y: float, label: str = "", quiet: bool = False
) -> Place:
    return Place(InPort(use.id, path), 0.0, y, "left", kind, label, quiet)


def _yields(use: Use) -> PortKind:
    """Return the kind of a node's outputs."""
    return "tensor" if use.spec is None else output_kind(use.spec, use.node)


def _right(
    use: Use, name: str, kind: PortKind, x: float, y: float, label: str = "", quiet: bool = False
) -> Place:
    return Place(OutPort(use.id, name), x, y, "right", kind, label, quiet)


def _card(use: Use) -> Anatomy:
    family = family_of(use.spec, use.node.kind)
    sides = sides_of(use, family)
    title, copies = title_of(use.node, use.spec), _copies(use.node)
    line = parameter_line(use.spec, use.node, use.inferred, use.faulty)
    word = _kind_word(use, family, title)
    rows = sides.rows
    labels = NO_LABELS
    if rows:
        named = labels_of(sides.lefts, use.spec, sides.grows)
        labels = (named, labels_of(sides.rights, use.spec))
    value = WIDEST_VALUE if family == "metric" else ""
    words = _words_width(title, word, labels, copies + value)
    row = 2 * LINE_X + text_width(line_text(line), "parameter")
    bare, width = _stepped(words), _stepped(max(words, row))
    height: float = HEADER + ROW + (PORT_ROW * rows + FOOT if rows else 0)
    picture = 0.0
    if _has_picture(use, family):
        picture = height + (0 if rows else 2)
        height = picture + (PICTURE + 20 if family == "data" else CURVE + 4)
        least = 4 * (PICTURE + 2) + 14 if family == "data" else CURVES_WIDTH
        width = float(WIDTH_STEP * math.ceil(max(width, least) / WIDTH_STEP))
    height = _one(float(GRID * math.ceil(height / GRID)))
    inputs = _inputs(use, sides, labels[0], width, height)
    outputs = _outputs(use, sides, labels[1], width, height)
    return Anatomy(
        Shape.CARD, family, width, height, title, word, line, inputs, outputs, picture, copies,
        bare=0.0 if picture or value else bare,
    )  # fmt: skip


def _row_y(index: int, rows: int) -> float:
    return HEADER + ROW + PORT_ROW * index + PORT_ROW / 2 if rows else LINE_Y


def _inputs(
    use: Use, sides: Sides, labels: Mapping[str, str], width: float, height: float
) -> dict[PortPath, Place]:
    kinds, rows, found = sides.kinds, sides.rows, {}
    for index, path in enumerate(sides.lefts):
        y = _row_y(index, rows)
        found[path] = _left(use, path, kinds[path], y, labels.get(path, ""))
    for index, path in enumerate(sides.feet):
        x = LINE_X + 4 + 16.0 * index
        found[path] = Place(InPort(use.id, path), x, height, "bottom", kinds[path], path, True)
    if not sides.tops:
        return found
    shown = sum(path not in sides.quiet for path in sides.tops)
    spots = spread(shown, len(sides.tops) - shown, width)
    for path, x in zip(sides.tops, spots, strict=True):
        quiet = path in sides.quiet
        found[path] = Place(InPort(use.id, path), x, 0.0, "top", kinds[path], path, quiet, True)
    return found


def _outputs(
    use: Use, sides: Sides, labels: Mapping[str, str], width: float, height: float
) -> dict[str, Place]:
    kind, rows, found = _yields(use), sides.rows, {}
    for index, name in enumerate(sides.rights):
        label, quiet = labels.get(name, ""), name in sides.quiet
        found[name] = _right(use, name, kind, width, _row_y(index, rows), label, quiet)
    if not sides.downs:
        return found
    spots = spread(len(sides.downs), 0, width)
    for name, x in zip(sides.downs, spots, strict=True):
        quiet = name in sides.quiet
        found[name] = Place(OutPort(use.id, name), x, height, "bottom", kind, "", quiet, True)
    return found


def _has_picture(use: Use, family: Family) -> bool:
    if family == "loss":
        return use.has_curves
    return use.spec is not None and shows_samples(use.spec)


def shows_samples(spec: Spec) -> bool:
    """Whether what a data source gives can be shown as pictures."""
    return spec.kind == "data" and any(len(t.shape) >= 4 for t in spec.types.values())


def _copies(node: Node) -> str:
    if node.repeat is None:
        return ""
    count = node.repeat.count
    return f"×{count.text if isinstance(count, Expr) else count}"


def _kind_word(use: Use, family: Family, title: str) -> str:
    """Return what a renamed layer is; the plan's nodes and data say it by their glyph."""
    if not use.node.name or family in ("data", "loss", "opt", "metric", "block", "code"):
        return ""
    word = type_word(use.node.spec, use.spec)
    return "" if word.casefold() == title.casefold() else word


def _words_width(title: str, word: str, labels: Labels, copies: str) -> float:
    """Return how much room a node's header and the names of its ports want."""
    header = TITLE_X + text_width(title, "node_title") + INSET + BADGE + INSET
    if word:
        header += 6 + text_width(word, "caption")
    if copies:
        header += text_width(copies, "caption") + 12
    if labels is NO_LABELS:
        return header
    sides = [max((text_width(t, "caption") for t in s.values()), default=0.0) for s in labels]
    ports = sum(sides) + 2 * LINE_X + (24 if all(sides) else 0)
    return max(header, ports)


def _stepped(width: float) -> float:
    """Return the width of a card in which there is so much room."""
    width = WIDTH_STEP * math.ceil(width / WIDTH_STEP)
    return _one(float(min(max(width, MIN_WIDTH), MAX_WIDTH)))


@lru_cache(maxsize=1024)
def _one(size: float) -> float:
    """Return the same object for equal sizes, of which there are few."""
    return size


def width_without_line(build: Anatomy) -> float:
    """Return how wide a card would be if it said nothing of its parameters."""
    if not build.bare or (build.is_standing and build.head):
        return build.width
    if not build.is_standing:
        return build.bare
    left = {p.label: p.label for p in build.inputs.values() if p.side == "left"}
    right = {p.label: p.label for p in build.outputs.values() if p.side == "right"}
    return _stepped(_words_width(build.title, build.kind_word, (left, right), build.copies))
