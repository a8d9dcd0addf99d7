"""Types of tensors that do not lie in one piece, and which shapes can be laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph_editor.checking.verdict import TensorType


@dataclass(frozen=True, slots=True)
class Strided(TensorType):
    """The type of a tensor whose values do not lie one after another in memory.

    The judge and diagnosers tell it from a plain type, which stands for a tensor in one piece;
    verdicts hold plain ones only.
    """

    stride: tuple[int, ...] = ()


def can_view(kind: TensorType, wanted: Sequence[int]) -> bool:
    """Whether a shape with as many values can be laid over a tensor without a copy.

    Neighbouring axes form one run where the stride of the left one is size times stride of the
    right one; each run has to be cut up by the sizes of the new shape exactly.
    """
    if not isinstance(kind, Strided):
        return True
    runs: list[int] = []
    last = 0
    axes = zip((int(size) for size in kind.shape), kind.stride, strict=True)
    for size, stride in (axis for axis in axes if axis[0] != 1):
        if runs and last == size * stride:
            runs[-1] *= size
        else:
            runs.append(size)
        last = stride
    left = [size for size in wanted if size != 1]
    for run in runs:
        filled = 1
        while filled < run and left:
            filled *= left.pop(0)
        if filled != run:
            return False
    return not left
