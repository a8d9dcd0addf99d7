# Written by Netwright from "Graph network". It needs only PyTorch; edit it freely.
"""600 made-up graphs: 16 nodes in two groups, of some it is known in which."""

import torch

Split = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): features (N, 16, 2) float32, 1 where it is known that a
    node is in a group; adjacencies (N, 16, 16) float32, 1 between neighbours
    and from each node to itself; labels (N, 16) float32, the group of each: 0 or 1.
    """
    generator = torch.Generator().manual_seed(seed)
    groups = torch.randint(2, (600, 16), generator=generator)
    chance = torch.where(groups.unsqueeze(1) == groups.unsqueeze(2), 0.6, 0.1)
    upper = (torch.rand(chance.shape, generator=generator) < chance).triu(1)
    adjacencies = (upper | upper.mT).float() + torch.eye(16)
    known = torch.rand(groups.shape, generator=generator) < 0.3
    features = torch.stack([known & (groups == 0), known & (groups == 1)], dim=2).float()
    labels = groups.float()
    train, validation = slice(480), slice(480, 600)
    return (
        (features[train], adjacencies[train], labels[train]),
        (features[validation], adjacencies[validation], labels[validation]),
    )
