"""Which way back torch does not survive: asked beforehand, for nobody can be asked after it."""

from __future__ import annotations

from typing import Any

import torch
from torch._prims_common import suggest_memory_format

NORM = "NativeGroupNormBackward0"


def ends_the_process(loss: torch.Tensor) -> bool:
    """Whether torch 2.13 ends the process in the way back from a loss.

    It does in a GroupNorm whose weights learn, whose input wants no gradient, and has its channels
    last in memory: it writes the input's gradient all the same, for which there is no place.
    """
    left: list[Any] = [loss.grad_fn]
    seen = set()
    while left:
        node = left.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        is_first = node.name() == NORM and node.next_functions[0][0] is None
        if is_first and suggest_memory_format(node._saved_input) is not torch.contiguous_format:
            return True
        left += [before for before, _ in node.next_functions]
    return False
