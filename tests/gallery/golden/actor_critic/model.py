# Written by Netwright from "Actor-critic". It needs only PyTorch; edit it freely.
"""ActorCritic: a policy and a value on one body, taught by the advantage of recorded moves."""

import torch
from torch import nn


class Body(nn.Sequential):
    """What both heads read. Input: (B, 2). Output: (B, width)."""

    def __init__(self, width: int) -> None:
        super().__init__(
            nn.Linear(2, width),
            nn.Tanh(),
            nn.Linear(width, width),
            nn.Tanh(),
        )


class ActorCritic(nn.Module):
    """Input: state (B, 2) float32. Outputs: logits (B, 3) float32, worth (B, 1) float32."""

    def __init__(self, actions: int = 3, width: int = 64) -> None:
        super().__init__()
        self.body = Body(width)
        self.actor = nn.Linear(width, actions)
        self.critic = nn.Linear(width, 1)

    def forward(self, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.body(state)  # (B, 64)
        return self.actor(x), self.critic(x)
