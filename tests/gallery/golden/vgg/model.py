# Written by Netwright from "VGG". It needs only PyTorch; edit it freely.
"""VGG: stages of 3x3 convolutions, as Simonyan and Zisserman stacked them (2014), in small."""

import torch
from torch import nn


class Layer(nn.Sequential):
    """A 3x3 convolution, normed and rectified.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H, W).
    """

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__(
            nn.Conv2d(in_channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        )


class Stage(nn.Module):
    """Some layers of as many channels, then a map of half the size.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H / 2, W / 2).
    """

    def __init__(self, in_channels: int, channels: int, layers: int = 2) -> None:
        super().__init__()
        self.first = Layer(in_channels, channels)
        self.rest = nn.Sequential(*[Layer(channels, channels) for _ in range(layers - 1)])
        self.pool = nn.MaxPool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        return self.pool(self.rest(x))


class VGG(nn.Module):
    """Input: image (B, 3, 16, 16) float32. Output: logits (B, 4) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            Stage(3, 16),
            Stage(16, 32),
            Stage(32, 64, layers=3),
        )
        self.head = nn.Sequential(
            nn.Linear(256, 64),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(64, 4),
        )

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.blocks(image)  # (B, 64, 2, 2)
        return self.head(x.flatten(1))  # (B, 4)
