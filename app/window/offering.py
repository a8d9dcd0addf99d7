"""Offers, over the canvas, the inputs that a node's output may feed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.panels.outline.connect_list import ConnectList
from app.panels.outline.connecting import choices, wire
from app.panels.outline.facts import Facts
from graph_editor.document.model import InPort, NodeId, OutPort

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.canvas.canvas import Canvas


def offer_inputs(session: Session, canvas: Canvas, node: str) -> None:
    """List what the first output of a node may feed; what is chosen is wired."""
    graph, facts = canvas.key, Facts(session)
    outs = canvas.ports_of(NodeId(node))[1]
    if not outs:
        session.said.emit(f"{canvas.title(NodeId(node))} has no output to wire.")
        return
    title = f"Connect {facts.name(graph, NodeId(node))} to"
    offered = ConnectList(title, choices(session, graph, outs[0], facts), canvas)
    offered.chosen.connect(partial(_wire, session, graph, outs[0], facts))
    place = canvas.node_rect(NodeId(node)).bottomLeft()
    offered.open_at(canvas.viewport().mapToGlobal(place))


def _wire(session: Session, graph: str, source: OutPort, facts: Facts, target: InPort) -> None:
    wire(session, graph, source, target, facts)
