# Written by Netwright from "Inception net". It needs only PyTorch; edit it freely.
"""InceptionNet: convolutions of several sizes side by side (Szegedy et al., 2015), in small."""

import torch
from torch import nn


class Convolution(nn.Sequential):
    """A convolution that keeps the map's size, normed and rectified.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H, W).
    """

    def __init__(self, in_channels: int, channels: int, size: int = 1) -> None:
        super().__init__(
            nn.Conv2d(in_channels, channels, size, padding=size // 2, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )


class Tower(nn.Sequential):
    """Fewer maps first, which makes the wider convolution cheap.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H, W).
    """

    def __init__(self, in_channels: int, channels: int, size: int = 3) -> None:
        super().__init__(
            Convolution(in_channels, channels),
            Convolution(channels, channels, size=size),
        )


class Inception(nn.Module):
    """Looks at a map in four ways and puts what they see beside each other.

    Input: (B, in_channels, H, W).
    Output: (B, 4 * channels, H, W).
    """

    def __init__(self, in_channels: int, channels: int = 8) -> None:
        super().__init__()
        self.point = Convolution(in_channels, channels)
        self.tower3 = Tower(in_channels, channels)
        self.tower5 = Tower(in_channels, channels, size=5)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.pooled = Convolution(in_channels, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        point = self.point(x)
        tower3 = self.tower3(x)
        tower5 = self.tower5(x)
        pooled = self.pooled(self.pool(x))
        return torch.cat([point, tower3, tower5, pooled], dim=1)


class InceptionNet(nn.Module):
    """Input: image (B, 3, 16, 16) float32. Output: logits (B, 4) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Convolution(3, 16, size=3)
        self.inception1 = Inception(16)
        self.pool1 = nn.MaxPool2d(2)
        self.inception2 = Inception(32, channels=12)
        self.pool2 = nn.MaxPool2d(2)
        self.inception3 = Inception(48, channels=16)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(64, 4)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.stem(image)  # (B, 16, 16, 16)
        x = self.pool1(self.inception1(x))  # (B, 32, 8, 8)
        x = self.pool2(self.inception2(x))  # (B, 48, 4, 4)
        x = self.average(self.inception3(x))  # (B, 64, 1, 1)
        x = self.dropout(x.flatten(1))  # (B, 64)
        return self.head(x)  # (B, 4)
