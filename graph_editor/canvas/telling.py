"""What the canvas tells of a node, a port or a wire in a tooltip: plain text, a line for each."""

from __future__ import annotations

from textwrap import wrap

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.parameter_line import python_text
from graph_editor.canvas.waits import waited_for, waiting_words
from graph_editor.catalogue.joining import kind_at, port_at
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import InPort, Node, NodeId, OutPort

WIDEST = 72
"""Letters in one line."""
LONGEST = 200
"""Letters of one value that are told: more than its card shows."""
SHAPELESS = ("optimizer", "scheduler")
"""Kinds of what goes over a wire and has no shape."""
ROUNDS = "In a size “/” rounds down: 7/2 is 3."
"""Stands below shapes such as ``B×64×H/2×W/2``."""


def node_words(canvas: Canvas, node_id: NodeId) -> str:
    """Return what a node is: its signature with the values, what it does, shapes, problems."""
    graph = graph_of(canvas)
    node = graph.nodes.get(node_id)
    if node is None:
        return ""
    spec = canvas.lookup(canvas.document.project)(node.spec)
    lines = wrap(canvas.title(node_id), WIDEST)
    if spec is None:
        lines.append(f"{node.spec} is not known here.")
    else:
        lines += [signature(spec, node), *wrap(spec.summary, WIDEST)]
    wires = {end.port: start for end, start in graph.wires.items() if end.node == node_id}
    shapes = [
        f"{_called(canvas, InPort(node_id, path))}: {_shape(canvas, start)}"
        for path, start in wires.items()
        if _is_tensor(canvas, start)
    ]
    outs = [port for port in canvas.ports_of(node_id)[1] if _is_tensor(canvas, port)]
    shapes += [f"→ {_called(canvas, port)}: {_shape(canvas, port)}" for port in outs]
    lines += _noted(shapes)
    for found in canvas.findings.of(node_id):
        lines += wrap(found.message, WIDEST)
    status = canvas.findings.status
    if status.get(node_id) == "waiting":
        at_fault = waited_for(graph, status, node_id, canvas.findings.told_at)
        causes = map(canvas.title, at_fault)
        lines += wrap(waiting_words(causes), WIDEST)
    return "\n".join(lines)


def signature(spec: Spec, node: Node) -> str:
    """Return a call with every value that was said: ``torch.nn.Conv2d(out_channels=64, …)``."""
    said = [f"{name}={python_text(value, LONGEST)}" for name, value in node.args.items()]
    rest = [a.name for a in spec.arguments if a.name not in node.args and a.port is None]
    parts = [*said, *(f"{name}={_default(spec.argument(name))}" for name in rest)]
    lines, line = [], f"{spec.callee or spec.title}("
    for index, part in enumerate(parts):
        piece = part + (", " if index < len(parts) - 1 else "")
        if len(line) + len(piece) > WIDEST:
            lines.append(line.rstrip())
            line = "    "
        line += piece
    return "\n".join([*lines, f"{line})"])


def _default(argument: Argument | None) -> str:
    if argument is None or argument.infer:
        return "auto"
    return "?" if argument.required else python_text(argument.default)


def _is_tensor(canvas: Canvas, port: OutPort) -> bool:
    return _kind(canvas, port) not in SHAPELESS


def _kind(canvas: Canvas, port: OutPort) -> str:
    return kind_at(graph_of(canvas), canvas.lookup(canvas.document.project), port) or ""


def _shape(canvas: Canvas, port: OutPort) -> str:
    facts = canvas.findings.ports.get(f"{port.node}.{port.port}")
    if facts is None:
        return kind if (kind := _kind(canvas, port)) in SHAPELESS else "not known yet"
    where = canvas.findings.where(facts)
    parts = (facts.label, facts.dtype, f"on {where}" if where else "")
    return " ".join(part for part in parts if part)


def port_words(canvas: Canvas, port: InPort | OutPort) -> str:
    """Return what a port is called, what it takes or gives, and what goes over it."""
    graph, lookup = graph_of(canvas), canvas.lookup(canvas.document.project)
    title = canvas.title(port.node)
    if isinstance(port, OutPort):
        kind = kind_at(graph, lookup, port) or "output"
        return "\n".join(
            [f"{_called(canvas, port)} of {title}, {kind}", *_noted([_shape(canvas, port)])]
        )
    entry, source = port_at(graph, lookup, port), graph.wires.get(port)
    lines = [f"{_called(canvas, port)} of {title}"]
    if entry is not None:
        lines[0] += f", {entry.kind}{', may stay empty' if entry.optional else ''}"
        lines += [entry.argument.doc] if entry.argument.doc else []
    if source is not None:
        shape, *note = _noted([_shape(canvas, source)])
        lines += [f"{shape} from {canvas.title(source.node)}", *note]
    return "\n".join(lines)


def _called(canvas: Canvas, port: InPort | OutPort) -> str:
    spec = canvas.lookup(canvas.document.project)(graph_of(canvas).nodes[port.node].spec)
    return port.port if spec is None else spec.port_title(port.port)


def wire_words(canvas: Canvas, target: InPort) -> str:
    """Return what goes over a wire, and from where to where."""
    source = graph_of(canvas).wires.get(target)
    if source is None:
        return ""
    ends = f"{canvas.title(source.node)} → {canvas.title(target.node)}"
    shape, *note = _noted([_shape(canvas, source)])
    return "\n".join([shape, ends, *note])


def _noted(shapes: list[str]) -> list[str]:
    """Return lines with shapes, and a note below where a size is divided."""
    return [*shapes, ROUNDS] if any("/" in line for line in shapes) else shapes
