# Written by Netwright from "Recommender". It needs only PyTorch; edit it freely.
"""4,000 made-up ratings from 1 to 5 that 100 users gave to 60 items."""

import torch

Split = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): users (N,) int64, items (N,) int64, and ratings (N, 1)
    float32.
    """
    generator = torch.Generator().manual_seed(seed)
    tastes = torch.randn(100, 3, generator=generator)
    traits = torch.randn(60, 3, generator=generator)
    users = torch.randint(100, (4000,), generator=generator)
    items = torch.randint(60, users.shape, generator=generator)
    liked = (tastes[users] * traits[items]).sum(dim=1, keepdim=True)
    whims = 0.2 * torch.randn(liked.shape, generator=generator)
    ratings = (3 + 0.7 * liked + whims).clamp(1, 5)
    train, validation = slice(3200), slice(3200, 4000)
    return (
        (users[train], items[train], ratings[train]),
        (users[validation], items[validation], ratings[validation]),
    )
