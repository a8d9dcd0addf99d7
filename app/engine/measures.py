"""Metrics and transforms as functions of tensors: what no function of torch does alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import torch
from torch import Tensor

Options: TypeAlias = Mapping[str, Any]
"""The node's own arguments, with defaults."""


def _r2(input: Tensor, target: Tensor, _: Options) -> Tensor:  # noqa: A002  # the port's name
    spread = (target - target.mean(0)).square().sum()
    return 1 - (input - target).square().sum() / spread


def _top_k(input: Tensor, target: Tensor, options: Options) -> Tensor:  # noqa: A002  # as above
    best = input.topk(options["k"], 1).indices
    return (best == target.unsqueeze(1)).any(1).float().mean()


METRICS: dict[str, Callable[..., Tensor]] = {
    "metric.accuracy": lambda x, y, o: (x.argmax(o["class_dim"]) == y).float().mean(),
    "metric.binary_accuracy": lambda x, y, o: ((x > o["threshold"]) == (y > 0.5)).float().mean(),
    "metric.mae": lambda x, y, _: (x - y).abs().mean(),
    "metric.mse": lambda x, y, _: (x - y).square().mean(),
    "metric.rmse": lambda x, y, _: (x - y).square().mean().sqrt(),
    "metric.r2": _r2,
    "metric.top_k_accuracy": _top_k,
}


def _normalized(input: Tensor, options: Options) -> Tensor:  # noqa: A002  # the port's name
    """Return input with mean and deviation taken off, per channel (axis 1) or all alike."""
    shape = (-1, *(1 for _ in range(input.dim() - 2)))
    mean, std = (torch.tensor(options[k], device=input.device) for k in ("mean", "std"))
    if mean.dim() or std.dim():
        mean, std = mean.reshape(shape), std.reshape(shape)
    return (input - mean) / std


def _standardized(input: Tensor, _: Options) -> Tensor:  # noqa: A002  # the port's name
    return (input - input.mean(0)) / input.std(0, correction=0).clamp_min(1e-12)


TRANSFORMS: dict[str, Callable[..., Tensor]] = {
    "transform.normalize": _normalized,
    "transform.standardize": _standardized,
}
