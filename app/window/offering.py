"""Offers, over the canvas, the inputs that a node's outputs may feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.panels.outline.connect_list import ConnectList
from app.panels.outline.connecting import Choice, choices
from app.panels.outline.facts import Facts
from graph_editor.canvas.knowing import suits_at
from graph_editor.canvas.wiring import connect_ports
from graph_editor.document.model import InPort, NodeId

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.canvas.canvas import Canvas


def offer_inputs(session: Session, canvas: Canvas, node: str) -> None:
    """List what the outputs of a node may feed, what fits best first; what is chosen is wired."""
    node_id = NodeId(node)
    if not canvas.ports_of(node_id)[1]:
        session.said.emit(f"{canvas.title(node_id)} has no output to wire.")
        return
    offered = ConnectList(
        f"Connect {canvas.title(node_id)} to", _offers(session, canvas, node_id), canvas
    )

    def wire(choice: Choice) -> None:
        if choice.source is not None and isinstance(choice.port, InPort):
            connect_ports(canvas, choice.source, choice.port)

    offered.chosen.connect(wire)
    place = canvas.node_rect(node_id).bottomLeft()
    offered.open_at(canvas.viewport().mapToGlobal(place))


def _offers(session: Session, canvas: Canvas, node: NodeId) -> list[Choice]:
    """Return the free inputs, the wired ones, further losses; of each first what fits best."""
    outs, facts, named = canvas.ports_of(node)[1], Facts(session), _names(canvas)
    found: list[tuple[int, int, Choice]] = []
    for source in outs:
        for choice in choices(session, canvas.key, source, facts, named):
            assert isinstance(choice.port, InPort)
            words = (
                f"{facts.port(canvas.key, source)} → {choice.words}"
                if len(outs) > 1
                else choice.words
            )
            suits = suits_at(canvas, source, choice.port)
            found.append((choice.rank, suits, replace(choice, words=words, source=source)))
    return [choice for *_, choice in sorted(found, key=lambda each: each[:2])]


def _names(canvas: Canvas) -> Callable[[NodeId], str]:
    """Return what tells nodes apart: what they are called on the canvas, and their id besides."""
    titles = {node: canvas.title(node) for node in canvas.world.nodes}
    counts = Counter(titles.values())
    return lambda node: titles[node] if counts[titles[node]] == 1 else f"{titles[node]} ({node})"
