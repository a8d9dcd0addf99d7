"""Shorter ways to the types of what is slow on ``meta``: recurrent layers and smooth resizing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg, FrozenMap

RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
"""Which rank each smooth way of resizing takes."""
FLOATS = ("float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A cheaper call, how to turn its outputs into the real ones, and the factor on its price."""

    target: Any
    args: FrozenMap[str, Arg]
    inputs: FrozenMap[str, Any]
    restore: Callable[[str, Any], Any] = lambda _, value: value
    times: int = 1


def shortcut(
    spec: Spec, target: Any, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Return a cheaper call that gives the same types, or None where there is none."""
    if isinstance(target, nn.RNNBase):
        return _one_step(target, args, inputs)
    if isinstance(target, nn.Upsample) and _smooth(target.mode, inputs):
        plain = nn.Upsample(
            target.size, target.scale_factor, recompute_scale_factor=target.recompute_scale_factor
        )
        return Shortcut(plain, args, inputs)
    if spec.name == "F.interpolate" and _smooth(args.get("mode"), inputs):
        return Shortcut(target, args.without("mode", "align_corners", "antialias"), inputs)
    return None


def _smooth(mode: object, inputs: FrozenMap[str, Any]) -> bool:
    """Whether this resizing is one whose sizes are those of the plain way, which is fast."""
    given = inputs.get("input")
    if not isinstance(given, TensorType) or given.dtype not in FLOATS:
        return False
    return isinstance(mode, str) and RANKS.get(mode) == len(given.shape)


def _one_step(
    target: nn.RNNBase, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Run a recurrent layer over one step: only the axis of time in ``output`` has the length."""
    given = inputs.get("input")
    if not isinstance(given, TensorType) or len(given.shape) not in (2, 3):
        return None
    axis = 1 if target.batch_first and len(given.shape) == 3 else 0
    length = int(given.shape[axis])
    if length < 2:
        return None

    def with_length(value: TensorType, size: int) -> TensorType:
        return replace(value, shape=(*value.shape[:axis], size, *value.shape[axis + 1 :]))

    def restore(port: str, value: Any) -> Any:
        return with_length(value, length) if port == "output" else value

    return Shortcut(target, args, inputs.set("input", with_length(given, 1)), restore, length)
