# Written by Netwright from "Transfer learning". It needs only PyTorch; edit it freely.
"""TransferLearning: a body that knows digits gets a new head, which tells even from odd."""

from typing import Self

import torch
from torch import nn


class Body(nn.Module):
    """What a net that names digits sees in an image. Input: (B, 1, 8, 8). Output: (B, 512)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32)
        self.relu2 = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.relu1(self.bn1(self.conv1(image)))
        x = self.relu2(self.bn2(self.conv2(x)))
        return self.pool(x).flatten(1)


class TransferLearning(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 2) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Body()
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(512, 2)
        self.body.requires_grad_(False)
        self.train()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.head(self.dropout(self.body(image)))  # (B, 2)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for module in self.body.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()  # frozen: its statistics stay
        return self
