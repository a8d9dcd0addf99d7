"""Types of tensors that do not lie in one piece: what a view may be taken of depends on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from app.engine.execute import named
from graph_editor.checking.strided import Strided
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import FrozenMap

MISLAID = (
    "nn.BatchNorm", "nn.SyncBatchNorm", "nn.GroupNorm", "nn.ChannelShuffle", "nn.PixelShuffle",
    "nn.Conv", "nn.LazyConv", "nn.ReflectionPad", "nn.ReplicationPad", "nn.LogSigmoid", "nn.RReLU",
    "F.scaled_dot_product_attention", "nn.MaxPool1d", "torch.roll", "op.floordiv", "nn.Upsample",
    "F.interpolate",
)  # fmt: skip
"""Specs whose results lie otherwise on ``meta`` than on the processor, where an input is strided.
A test asks all others."""
HALVES = ("float16", "bfloat16")
SAMPLES = 2
"""How many samples are enough to see how a result lies."""


def strided(kind: TensorType, stride: Sequence[int]) -> TensorType:
    """Return a type with these strides: a plain one where they are those of a tensor in one piece.

    Axes of size 1 may have any stride.
    """
    sizes = [int(size) for size in kind.shape]
    step = 1
    for size, own in zip(reversed(sizes), reversed(stride), strict=True):
        if size != 1 and own != step and 0 not in sizes:
            return Strided(kind.shape, kind.dtype, kind.device, kind.requires_grad, tuple(stride))
        step *= size
    return in_one_piece(kind)


def in_one_piece(kind: TensorType) -> TensorType:
    """Return the type of a copy, in one piece."""
    if type(kind) is TensorType:
        return kind
    return TensorType(kind.shape, kind.dtype, kind.device, kind.requires_grad)


def type_of_tensor(tensor: torch.Tensor) -> TensorType:
    """Return the type of a tensor."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    kind = TensorType(tuple(tensor.shape), dtype, "", tensor.requires_grad)
    if tensor.layout is not torch.strided or tensor.is_contiguous():
        return kind
    return strided(kind, tensor.stride())


def tensor_of(kind: TensorType, device: str, fill: int) -> torch.Tensor:
    """Return a tensor of a type, full of one number."""
    options: Any = {"dtype": named(kind.dtype), "device": device}
    shape = [int(size) for size in kind.shape]
    if not isinstance(kind, Strided):
        tensor = torch.full(shape, fill, **options)
        # a copy, since a leaf that wants gradients may not be changed in place
        return tensor.requires_grad_().clone() if kind.requires_grad else tensor
    reach = 1 + sum((size - 1) * step for size, step in zip(shape, kind.stride, strict=True))
    memory = torch.full([reach], fill, **options)
    if kind.requires_grad:
        memory = memory.requires_grad_().clone()
    return memory.as_strided(shape, kind.stride)


def filled(value: object, device: str, fill: int) -> Any:
    """Return a tensor of a type, full of one number; what is no type is returned as it is."""
    return tensor_of(value, device, fill) if isinstance(value, TensorType) else value


def elements(value: object) -> int:
    """Return how many numbers there are on a wire."""
    return math.prod(map(int, value.shape)) if isinstance(value, TensorType) else 1


def mislaid(name: str, inputs: Mapping[str, object]) -> bool:
    """Whether the strides that ``meta`` gives may not be believed."""
    laid = [port for port, value in inputs.items() if isinstance(value, Strided)]
    if not laid or name.startswith(MISLAID):
        return bool(laid)
    if name == "op.getitem":
        return any(port.startswith("index") for port in laid)
    return any(_is_half_stretched(inputs[port]) for port in laid)


def _is_half_stretched(value: object) -> bool:
    """Whether one number stands for several in a tensor of halves: ``meta`` takes other orders."""
    return isinstance(value, Strided) and value.dtype in HALVES and 0 in value.stride


def fewer(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs with fewer samples, where samples lie one after another in all of them."""
    kinds = [kind for kind in inputs.values() if isinstance(kind, TensorType)]
    rank = max(len(kind.shape) for kind in kinds)
    if any(isinstance(k, Strided) and k.stride[0] != max(k.stride) for k in kinds):
        return dict(inputs)
    return {
        port: replace(kind, shape=(min(int(kind.shape[0]), SAMPLES), *kind.shape[1:]))
        if isinstance(kind, TensorType) and len(kind.shape) == rank
        else kind
        for port, kind in inputs.items()
    }


def laid_out_as(outputs: Mapping[str, Any], real: Mapping[str, Any]) -> FrozenMap[str, Any]:
    """Return outputs with the strides of real ones; in one piece where there are none."""
    found = {}
    for port, kind in outputs.items():
        like = real.get(port)
        if isinstance(kind, TensorType):
            kind = in_one_piece(kind)
            if isinstance(like, Strided) and len(like.shape) == len(kind.shape):
                kind = strided(kind, like.stride)
        found[port] = kind
    return FrozenMap(found)
