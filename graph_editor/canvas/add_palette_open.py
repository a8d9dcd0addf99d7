"""Opening the add-palette over a canvas, and doing what is chosen in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt

from graph_editor.canvas.add_palette import AddPalette, nothing
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.findings import PortFacts
from graph_editor.canvas.inserting import (
    add_into_wire,
    replace_by,
    why_not_into,
    why_not_replace,
)
from graph_editor.canvas.recents import recent_specs
from graph_editor.canvas.wiring import add_at
from graph_editor.catalogue.joining import entrance, exit_to, kind_at, port_at
from graph_editor.catalogue.misfits import misfit
from graph_editor.catalogue.ports import input_ports
from graph_editor.catalogue.search import Hit
from graph_editor.catalogue.spec import PortKind, Spec
from graph_editor.catalogue.starting import placeable
from graph_editor.document.model import InPort, Node, NodeId, OutPort

SAME_SHAPE = ("Activations", "Normalisation", "Dropout")
"""Categories whose result has the shape of what comes in."""
NUDGE = QPoint(12, 12)
"""From the pointer to the palette's corner."""


def open_palette(
    canvas: Canvas, spot: QPoint | None = None, wire: InPort | OutPort | None = None
) -> AddPalette:
    """Open the palette at a place in the viewport (at the pointer where none is said).

    With a wire in the hand, it shows what fits that wire, and what is chosen is wired to it.
    """
    at = _spot(canvas) if spot is None else spot
    chosen_one = _connectable(canvas) if wire is None else None
    palette = AddPalette(
        _specs(canvas),
        canvas.look,
        canvas.window(),
        recent=recent_specs(canvas),
        accepts=None if wire is None else _accepts(canvas, wire),
        accepts_words="" if wire is None else _words(canvas, wire),
        result=nothing if wire is None else _result(canvas, wire),
        connects="" if chosen_one is None else f"add and wire to {canvas.title(chosen_one.node)}",
    )

    def chosen(hit: Hit, connect: bool) -> None:
        if wire is None and connect and chosen_one is not None:
            add_at(canvas, hit.spec.name, hit.args, None, chosen_one)
        else:
            add_at(canvas, hit.spec.name, hit.args, at, wire)

    palette.chosen.connect(chosen)
    return _opened(canvas, palette, at + (NUDGE if wire is not None else QPoint(0, 0)))


def open_palette_for_wire(canvas: Canvas, target: InPort) -> AddPalette:
    """Open the palette on a wire: what is chosen is put into it."""
    middle = canvas.world.wires[target].path().pointAtPercent(0.5)
    palette = AddPalette(
        _specs(canvas),
        canvas.look,
        canvas.window(),
        recent=recent_specs(canvas),
        accepts=lambda spec: not why_not_into(canvas, target, spec.name),
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


def _opened(canvas: Canvas, palette: AddPalette, at: QPoint) -> AddPalette:
    """Show a palette at a place of the viewport, and keep it with the graph that is shown."""
    canvas.leaving.connect(palette.close_palette)  # what it would add belongs to this graph
    palette.closed.connect(lambda: canvas.setFocus(Qt.FocusReason.PopupFocusReason))
    palette.open_at(canvas.viewport().mapTo(canvas.window(), at))
    return palette


def _spot(canvas: Canvas) -> QPoint:
    view = canvas.viewport()
    pointer = view.mapFromGlobal(canvas.cursor().pos())
    inside = view.rect().contains(pointer) and view.underMouse()
    return pointer if inside else view.rect().center()


def _connectable(canvas: Canvas) -> OutPort | None:
    """Return the first output of the only selected node."""
    chosen = list(canvas.selected())
    outs = canvas.ports_of(chosen[0])[1] if len(chosen) == 1 else ()
    return outs[0] if outs else None


def _accepts(canvas: Canvas, wire: InPort | OutPort) -> Callable[[Spec], bool]:
    graph, lookup = graph_of(canvas), canvas.lookup(canvas.document.project)
    if isinstance(wire, OutPort):
        kind = kind_at(graph, lookup, wire) or "tensor"
        facts = _facts(canvas, wire)
        return lambda spec: _takes(spec, kind, facts)
    port = port_at(graph, lookup, wire)
    return lambda spec: port is None or exit_to(spec, port) is not None


def _takes(spec: Spec, kind: PortKind, facts: PortFacts | None) -> bool:
    """Whether a new node has an input for a value, and nothing is known against it."""
    path = entrance(spec, kind)
    if path is None or facts is None:
        return path is not None
    ports = input_ports(spec, Node(spec.name))
    port = next((p for p in ports if p.path == path), None)
    return port is None or not misfit(spec, port, facts.dtype, facts.rank)


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
