# Written by Netwright from "Digits residual net". It needs only PyTorch; edit it freely.
"""DigitsResidualNet: three residual blocks that read 8x8 grey digits."""

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut. Input and output: (B, channels, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.relu(self.features(x) + x)


class DigitsResidualNet(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 3, padding=1)
        self.layers = nn.Sequential(
            ResidualBlock(16),
            nn.MaxPool2d(2),
            ResidualBlock(16),
        )
        self.widen = nn.Conv2d(16, 32, 1)
        self.residual_block = ResidualBlock(32)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(32, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.widen(self.layers(self.stem(image)))  # (B, 32, 4, 4)
        x = self.average(self.residual_block(x))  # (B, 32, 1, 1)
        return self.head(x.flatten(1))  # (B, 10)
