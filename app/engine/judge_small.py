"""Sizes on wires that hold where the free sizes are large, and not where they are small."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.engine.symbolic_steps import UNKNOWN
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import FrozenMap


def held_to(verdict: Verdict, others: Iterable[Verdict]) -> Verdict:
    """Return a verdict whose wires give no number as a size that sound others do not give.

    ``x[:, 2:40]`` is 38 long where ``x`` is long enough, and no number where it is not.
    """
    types = {
        key: _held(kind, [other.types[key] for other in others if key in other.types])
        for key, kind in verdict.types.items()
    }
    if all(kind is verdict.types[key] for key, kind in types.items()):
        return verdict
    return replace(verdict, types=FrozenMap(types))


def _held(kind: TensorType, others: list[TensorType]) -> TensorType:
    alike = [other.shape for other in others if len(other.shape) == len(kind.shape)]
    shape = tuple(
        UNKNOWN if isinstance(size, int) and any(o[axis] != size for o in alike) else size
        for axis, size in enumerate(kind.shape)
    )
    return kind if shape == kind.shape else replace(kind, shape=shape)
