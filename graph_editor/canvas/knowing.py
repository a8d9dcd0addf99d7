"""What is known of a value on the canvas, and how well it suits the ports it may be led into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of
from graph_editor.catalogue.choosing import (
    RIGHT,
    UNKNOWN,
    WRONG,
    Known,
    compares,
    given,
    suits,
    way_in,
    way_out,
)
from graph_editor.catalogue.joining import kind_at, port_at
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import InPort, OutPort


def known_at(canvas: Canvas, source: OutPort, lookup: Lookup | None = None) -> Known:
    """Return what is known of an output, from the engine's findings or the spec's own word."""
    node = graph_of(canvas).nodes[source.node]
    spec = (lookup or canvas.lookup(canvas.document.project))(node.spec)
    said = UNKNOWN if spec is None else given(spec, node, source.port)
    facts = canvas.findings.ports.get(f"{source.node}.{source.port}")
    if facts is None:
        return said
    ranks = said.ranks if facts.rank is None else (facts.rank,)
    return replace(said, dtype=facts.dtype or said.dtype, ranks=ranks)


def suits_at(canvas: Canvas, source: OutPort, target: InPort, lookup: Lookup | None = None) -> int:
    """Return how well an output suits an input; what is not known suits."""
    graph, known = graph_of(canvas), lookup or canvas.lookup(canvas.document.project)
    spec, port = known(graph.nodes[target.node].spec), port_at(graph, known, target)
    if spec is None or port is None:
        return RIGHT
    return suits(spec, port, known_at(canvas, source, known))


def takes(canvas: Canvas, source: OutPort) -> Callable[[Spec], int]:
    """Return what tells how well a new node takes an output: 0 not, 1 it may, 2 it is meant to."""
    kind = kind_at(graph_of(canvas), canvas.lookup(canvas.document.project), source) or "tensor"
    known = known_at(canvas, source)

    def told(spec: Spec) -> int:
        found = way_in(spec, kind, known=known)
        if found is None or found[1] == WRONG:
            return 0
        return 2 if known.is_goal and compares(spec) and found[1] == RIGHT else 1

    return told


def feeds(canvas: Canvas, target: InPort) -> Callable[[Spec], int]:
    """Return what tells how well a new node feeds an input: 0 not, 1 it may, 2 it is meant to."""
    graph, lookup = graph_of(canvas), canvas.lookup(canvas.document.project)
    port, into = port_at(graph, lookup, target), lookup(graph.nodes[target.node].spec)

    def told(spec: Spec) -> int:
        if port is None or into is None:
            return 1
        found = way_out(spec, port, into=into)
        if found is None or found[1] == WRONG:
            return 0
        of_loss = into.kind == "optim" and spec.category == "Losses"
        meant = of_loss or (compares(into) and "target" in port.path)
        return 2 if meant and found[1] == RIGHT else 1

    return told
