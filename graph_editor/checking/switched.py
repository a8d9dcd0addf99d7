"""Nodes that never run: what enters them passes by, and they own nothing."""

from __future__ import annotations

from functools import lru_cache

from graph_editor.document.expressions import ExpressionError, evaluate, parse
from graph_editor.document.model import Arg, Expr, Node


def is_off(node: Node) -> bool:
    """Whether ``when`` is false or ``repeat`` 0, whatever the sizes and the mode are."""
    if node.when is not None and _is_nothing(node.when):
        return True
    return node.repeat is not None and _is_nothing(node.repeat.count)


def is_off_in_training(node: Node) -> bool:
    """Whether ``when`` is false in training, by the mode alone."""
    if node.when is None:
        return False
    try:
        return not evaluate(parse(node.when.text), {"training": True})
    except (ExpressionError, LookupError):  # it hangs on another name or on a shape
        return False


def _is_nothing(value: Arg) -> bool:
    return _is_zero(value.text) if isinstance(value, Expr) else value == 0


@lru_cache(maxsize=4096)
def _is_zero(text: str) -> bool:
    try:
        return not evaluate(parse(text), {})
    except (ExpressionError, LookupError):  # it hangs on a name or on a shape
        return False
