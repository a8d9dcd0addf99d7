# Written by Netwright from "Two tasks". It needs only PyTorch; edit it freely.
"""TwoTasks: one body with two heads: which shape an image shows, and where its middle is."""

import torch
from torch import nn


class Body(nn.Sequential):
    """What both tasks are solved with. Input: (B, 1, H, W). Output: (B, width)."""

    def __init__(self, width: int) -> None:
        super().__init__(
            nn.Conv2d(1, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(576, width),
            nn.ReLU(),
        )


class TwoTasks(nn.Module):
    """One body with two heads: which shape an image shows, and where its middle is.

    Input: image (B, 1, 24, 24) float32.
    Outputs: logits (B, 4) float32, position (B, 2) float32.
    """

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        self.body = Body(width)
        self.kind_head = nn.Linear(width, 4)
        self.position_head = nn.Linear(width, 2)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.body(image)  # (B, 128)
        return self.kind_head(x), self.position_head(x)
