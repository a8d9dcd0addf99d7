"""What is told over the parameters of a node: its problems, or whose problem it waits for."""

from __future__ import annotations

from app.session.naming import Names
from app.session.session import Session
from graph_editor.canvas.findings import Finding, Findings
from graph_editor.canvas.waits import waited_for, waiting_words
from graph_editor.document.model import NodeId

WAITING = "waiting"


def told_of(session: Session, node: NodeId, findings: Findings) -> tuple[Finding, ...]:
    """Return the problems of a node of the shown graph; of one that waits, first what for."""
    found = findings.of(node)
    if findings.status.get(node) != WAITING:
        return found
    key, names = session.graph_key, Names(session.project)
    graph = session.project.block(key).graph
    causes = waited_for(graph, findings.status, node, findings.told_at)
    words = waiting_words(names.node(key, cause) or cause for cause in causes)
    return (Finding(node, WAITING, words), *found)
