# Written by Netwright from "Super-resolution". It needs only PyTorch; edit it freely.
"""SuperResolution: adds what bilinear scaling lacks, by a pixel shuffle (Shi et al., 2016)."""

import torch
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    """What two convolutions add to a map. Input and output: (B, channels, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x) + x


class SuperResolution(nn.Module):
    """Input: small (B, 1, 16, 16) float32. Output: large (B, 1, 32, 32) float32."""

    def __init__(self, channels: int = 24) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, channels, 3, padding=1)
        self.body = nn.Sequential(*[ResidualBlock(channels) for _ in range(2)])
        self.widen = nn.Conv2d(channels, 4, 3, padding=1)
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, small: torch.Tensor) -> torch.Tensor:
        x = self.stem(small)  # (B, 24, 16, 16)
        x = self.shuffle(self.widen(self.body(x)))  # (B, 1, 32, 32)
        grown = F.interpolate(small, scale_factor=2.0, mode="bilinear")  # (B, 1, 32, 32)
        return x + grown  # (B, 1, 32, 32)
