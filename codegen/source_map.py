"""From a node to the lines written for it, and from a line back to its node."""

from __future__ import annotations

from codegen.written import SourceText
from graph_editor.document.model import Address


def lines_of(source: SourceText, address: str) -> list[int]:
    """Return the lines (from 1) written for a node or for what lies below it."""
    below = (f"{address}/", f"{address}[")
    return [
        number
        for number, node in enumerate(source.lines, 1)
        if node is not None and (node == address or node.startswith(below))
    ]


def node_of(source: SourceText, line: int) -> Address | None:
    """Return the node that a line (from 1) was written for; None for lines of no node."""
    return source.lines[line - 1] if 0 < line <= len(source.lines) else None
