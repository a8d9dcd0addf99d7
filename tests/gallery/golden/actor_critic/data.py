# Written by Netwright from "Actor-critic". It needs only PyTorch; edit it freely.
"""3,000 pushes that were tried at random to bring a sliding body to a mark."""

import torch

Split = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): states (N, 2) float32: place and speed; pushes (N,) int64:
    left, none or right; rewards (N, 1) float32: minus how far off it came to rest;
    and the best pushes (N,) int64.
    """
    generator = torch.Generator().manual_seed(seed)
    states = 2 * torch.rand(3000, 2, generator=generator) - 1
    actions = torch.randint(3, (len(states),), generator=generator)
    place, speed = states[:, :1], states[:, 1:]
    pushes = torch.tensor([-1.0, 0.0, 1.0])
    outcomes = -(place + speed + pushes).abs()
    rewards = outcomes.gather(1, actions.unsqueeze(1))
    best_actions = outcomes.argmax(dim=1)
    train, validation = slice(2400), slice(2400, 3000)
    return (
        (states[train], actions[train], rewards[train], best_actions[train]),
        (states[validation], actions[validation], rewards[validation], best_actions[validation]),
    )
