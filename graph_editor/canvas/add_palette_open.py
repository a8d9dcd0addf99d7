"""Opening the add-palette over a canvas, and doing what is chosen in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.add_palette import AddPalette, nothing
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.copying import pointer
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.findings import PortFacts
from graph_editor.canvas.inserting import (
    add_into_wire,
    goes_into,
    replace_by,
    why_not_replace,
)
from graph_editor.canvas.knowing import feeds, takes
from graph_editor.canvas.recents import recent_specs
from graph_editor.canvas.wiring import add_at
from graph_editor.catalogue.joining import kind_at
from graph_editor.catalogue.search import Hit
from graph_editor.catalogue.spec import Spec
from graph_editor.catalogue.starting import placeable
from graph_editor.document.model import InPort, NodeId, OutPort

SAME_SHAPE = ("Activations", "Normalisation", "Dropout")
"""Categories whose result has the shape of what comes in."""
NUDGE = QPoint(12, 12)
"""From the pointer to the palette's corner."""


def open_palette(
    canvas: Canvas,
    spot: QPoint | None = None,
    wire: InPort | OutPort | None = None,
    back: QWidget | None = None,
) -> AddPalette:
    """Open the palette at a place in the viewport (at the pointer where none is said).

    With a wire in the hand, it shows what fits that wire, and what is chosen is wired to it.
    Afterwards the keyboard goes back to a widget, the canvas where none is said.
    """
    at = pointer(canvas) if spot is None else spot
    place = None if spot is None and canvas.pointer is None else at
    chosen_one = _connectable(canvas) if wire is None else None
    outs = () if chosen_one is None else canvas.ports_of(chosen_one)[1]
    palette = AddPalette(
        _specs(canvas),
        canvas.look,
        canvas.window(),
        recent=recent_specs(canvas),
        accepts=None if wire is None else _accepts(canvas, wire),
        accepts_words="" if wire is None else _words(canvas, wire),
        result=nothing if wire is None else _result(canvas, wire),
        connects="" if chosen_one is None else f"add and wire to {canvas.title(chosen_one)}",
    )

    def chosen(hit: Hit, connect: bool) -> None:
        if wire is None and connect and chosen_one is not None:
            best = max(outs, key=lambda out: takes(canvas, out)(hit.spec))
            add_at(canvas, hit.spec.name, hit.args, None, best)
        else:
            add_at(canvas, hit.spec.name, hit.args, place, wire, is_loose=spot is None)

    palette.chosen.connect(chosen)
    return _opened(canvas, palette, at + (NUDGE if wire is not None else QPoint(0, 0)), back)


def open_palette_for_wire(canvas: Canvas, target: InPort) -> AddPalette:
    """Open the palette on a wire: what is chosen is put into it."""
    middle = canvas.world.wires[target].path().pointAtPercent(0.5)
    palette = AddPalette(
        _specs(canvas),
        canvas.look,
        canvas.window(),
        recent=recent_specs(canvas),
        accepts=goes_into(canvas, target),
        accepts_words="goes into this wire",
    )
    palette.chosen.connect(
        lambda hit, _: add_into_wire(canvas, target, hit.spec.name, hit.args, middle)
    )
    return _opened(canvas, palette, canvas.mapFromScene(middle) + NUDGE)


def open_palette_for_node(canvas: Canvas, node: NodeId) -> AddPalette:
    """Open the palette on a node: what is chosen takes its place."""
    palette = AddPalette(
        _specs(canvas),
        canvas.look,
        canvas.window(),
        recent=recent_specs(canvas),
        accepts=lambda spec: not why_not_replace(canvas, node, spec.name),
        accepts_words=f"replaces {canvas.title(node)}",
    )
    palette.chosen.connect(lambda hit, _: replace_by(canvas, node, hit.spec.name, hit.args))
    return _opened(canvas, palette, canvas.node_rect(node).bottomLeft() + QPoint(0, 4))


def _specs(canvas: Canvas) -> tuple[Spec, ...]:
    project = canvas.document.project
    return tuple(placeable(project, canvas.lookup(project)))


def _opened(
    canvas: Canvas, palette: AddPalette, at: QPoint, back: QWidget | None = None
) -> AddPalette:
    """Show a palette at a place of the viewport, and keep it with the graph that is shown."""
    canvas.leaving.connect(palette.close_palette)  # what it would add belongs to this graph
    palette.closed.connect(partial((back or canvas).setFocus, Qt.FocusReason.PopupFocusReason))
    palette.open_at(canvas.viewport().mapTo(canvas.window(), at))
    return palette


def _connectable(canvas: Canvas) -> NodeId | None:
    """Return the only selected node, where it has an output."""
    chosen = list(canvas.selected())
    return chosen[0] if len(chosen) == 1 and canvas.ports_of(chosen[0])[1] else None


def _accepts(canvas: Canvas, wire: InPort | OutPort) -> Callable[[Spec], int]:
    return takes(canvas, wire) if isinstance(wire, OutPort) else feeds(canvas, wire)


def _words(canvas: Canvas, wire: InPort | OutPort) -> str:
    if isinstance(wire, InPort):
        return f"feeds {canvas.title(wire.node)}.{wire.port}"
    facts = _facts(canvas, wire)
    if facts is not None:
        return f"accepts {facts.label}"
    kind = kind_at(graph_of(canvas), canvas.lookup(canvas.document.project), wire)
    return f"accepts {kind or 'tensor'}"


def _facts(canvas: Canvas, wire: OutPort) -> PortFacts | None:
    return canvas.findings.ports.get(f"{wire.node}.{wire.port}")


def _result(canvas: Canvas, wire: InPort | OutPort) -> Callable[[Hit], str]:
    facts = _facts(canvas, wire) if isinstance(wire, OutPort) else None
    if facts is None:
        return nothing
    label = facts.label
    return lambda hit: f"→ {label}" if hit.spec.category in SAME_SHAPE else ""
