# Written by Netwright from "TCN forecaster". It needs only PyTorch; edit it freely.
"""1,000 made-up series, each the noisy sum of two waves."""

import torch

Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): past values (N, 1, 48) and the 8 values that
    follow (N, 8), both float32.
    """
    generator = torch.Generator().manual_seed(seed)
    periods = 8 + 16 * torch.rand(1000, 2, 1, generator=generator)
    starts = torch.rand(periods.shape, generator=generator)
    turns = starts + torch.arange(56) / periods
    series = torch.sin(2 * torch.pi * turns).sum(dim=1, keepdim=True)
    series += 0.1 * torch.randn(series.shape, generator=generator)
    past, future = series[:, :, :48], series[:, 0, 48:]
    train, validation = slice(800), slice(800, 1000)
    return (past[train], future[train]), (past[validation], future[validation])
