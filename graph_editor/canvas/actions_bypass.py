"""Bypassing nodes: what enters passes them by, and they are drawn faintly meanwhile."""

from __future__ import annotations

from graph_editor.canvas.actions import cannot_act
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import meant
from graph_editor.canvas.editing import edit, graph_of, name_of, named
from graph_editor.document.edits import in_block, is_off, switch_off, switch_on
from graph_editor.document.model import NodeId

NO_WAY = {
    "io": "marks where the model begins or ends, and is no step that could be left out",
    "data": "is where the data comes from; nothing enters that could pass through",
    "optim": "trains the model; nothing passes through it",
    "lr_scheduler": "sets the learning rate; nothing passes through it",
    "metric": "measures; nothing that is measured passes through it",
}
"""Why nodes of a kind cannot be bypassed, after their name."""
NO_LOSS = "is a loss; what enters it is no loss, and nothing could be trained by that"
NO_INPUT = "has no input that could pass through"
SHARES = "shares its layer with another node; put it into a block to bypass it"


def why_not(canvas: Canvas, node_id: NodeId) -> str:
    """Return why a node cannot be bypassed, as a sentence; nothing where it can, or is."""
    node, scene = graph_of(canvas).nodes[node_id], canvas.world
    if is_off(node):
        return ""
    build = scene.nodes[node_id].anatomy
    reason = NO_WAY.get(node.kind, "")
    if not reason and build.family == "loss":
        reason = NO_LOSS
    elif not reason and not build.inputs:
        reason = NO_INPUT
    elif not reason and _shares(canvas, node_id):
        reason = SHARES
    elif not reason:
        outputs = list(build.outputs)
        drawn = scene.drawing
        wired = (drawn.graph.wires[target].port for target in drawn.out.get(node_id, ()))
        further = sorted({port for port in wired if outputs and port != outputs[0]})
        reason = f"gives {further[0]}, too, for which no input could stand" if further else ""
    return f"{name_of(canvas, node_id)} {reason}." if reason else ""


def _shares(canvas: Canvas, node_id: NodeId) -> bool:
    """Whether a node calls the layer of another one, or another one its layer."""
    for key, node in graph_of(canvas).nodes.items():
        owner = node.weights.same_as if node.weights is not None else None
        if owner is not None and node_id in (key, owner):
            return True
    return False


def cannot_bypass(canvas: Canvas) -> str:
    """Return why none of the selected nodes can be bypassed."""
    if reason := cannot_act(canvas):
        return reason
    reasons = [why_not(canvas, node) for node in sorted(meant(canvas))]
    return reasons[0] if all(reasons) else ""


def bypass_selected(canvas: Canvas) -> None:
    """Bypass the selected nodes; where all that can be are, have them work again. One step."""
    if reason := cannot_bypass(canvas):
        canvas.said.emit(reason)
        return
    reasons = {node: why_not(canvas, node) for node in sorted(meant(canvas))}
    ids = [node for node, reason in reasons.items() if not reason]
    is_on_again = is_bypassed(canvas)
    change, verb = (switch_on, "Stop bypassing") if is_on_again else (switch_off, "Bypass")
    done = edit(
        canvas,
        lambda now: in_block(now, canvas.key, lambda graph: change(graph, ids)),
        f"{verb} {named(canvas, ids)}",
    )
    left = [reason for reason in reasons.values() if reason]
    if done and left:
        rest = f"1 of {len(reasons)} nodes was" if len(left) == 1 else f"{len(left)} were"
        canvas.said.emit(f"{rest} left as {'it is' if len(left) == 1 else 'they are'}: {left[0]}")


def is_bypassed(canvas: Canvas) -> bool:
    """Whether all selected nodes that can be bypassed are."""
    nodes = graph_of(canvas).nodes
    chosen = [nodes[n] for n in meant(canvas) if n in nodes and not why_not(canvas, n)]
    return bool(chosen) and all(map(is_off, chosen))
