"""What a node may say of itself beside its arguments: ``when``, ``repeat``, weights, freezing."""

from __future__ import annotations

from collections.abc import Mapping

_ENDS = frozenset({"io", "data", "optim", "lr_scheduler"})
_WEIGHTLESS = _ENDS | {"metric", "transform", "op", "const", "F", "torch", "Tensor"}
WITHOUT: Mapping[str, frozenset[str]] = {
    "when": _ENDS,  # nothing enters that could pass through, or nothing leaves
    "repeat": _ENDS | {"metric", "param", "buffer", "const"},  # nothing a next copy could take
    "same_as": _WEIGHTLESS,
    "follows": _WEIGHTLESS,
    "start": _WEIGHTLESS,
    "freeze": _WEIGHTLESS | {"buffer"},
}
"""The kinds of nodes, by field, on which it means nothing."""


def means(kind: str, field: str) -> bool:
    """Return whether a field means anything on nodes of a kind."""
    return kind not in WITHOUT[field]
