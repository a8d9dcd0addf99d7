# Written by Netwright from "Transformer". It needs only PyTorch; edit it freely.
"""2,000 strings of 6 digits, and the same digits sorted."""

import torch

Split = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): strings, strings so far (they begin with 10) and
    wanted strings, each (N, 6) int64.
    """
    generator = torch.Generator().manual_seed(seed)
    sources = torch.randint(10, (2000, 6), generator=generator)
    targets = sources.sort(dim=1).values
    start = torch.full_like(targets[:, :1], 10)
    so_far = torch.cat([start, targets[:, :-1]], dim=1)
    train, validation = slice(1600), slice(1600, 2000)
    return (
        (sources[train], so_far[train], targets[train]),
        (sources[validation], so_far[validation], targets[validation]),
    )
