"""Nodes that are switched off for good: what enters them passes by, and they own nothing."""

from __future__ import annotations

from functools import lru_cache

from graph_editor.document.expressions import ExpressionError, evaluate, parse
from graph_editor.document.model import Node


def is_off(node: Node) -> bool:
    """Whether ``when`` is false whatever the sizes are, in training and in evaluation."""
    return node.when is not None and _is_false(node.when.text)


@lru_cache(maxsize=4096)
def _is_false(text: str) -> bool:
    try:
        return not evaluate(parse(text), {})
    except (ExpressionError, LookupError):  # it hangs on a name or on a shape
        return False
