# Written by Netwright from "MobileNet". It needs only PyTorch; edit it freely.
"""MobileNet: a net of separable convolutions with squeeze and excite (Howard et al., 2019)."""

import torch
from torch import nn


class SqueezeAndExcite(nn.Module):
    """Weighs every map by what all of them show. Input and output: (B, channels, H, W)."""

    def __init__(self, channels: int, squeezed: int = 8) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, squeezed, 1),
            nn.ReLU(),
            nn.Conv2d(squeezed, channels, 1),
            nn.Hardsigmoid(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.features(x)


class Separable(nn.Module):
    """A convolution map by map, the maps weighed, then a mixture of them.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H / stride, W / stride).
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, 3, stride=stride, padding=1, groups=in_channels, bias=False
        )
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.act1 = nn.Hardswish()
        self.weigh = SqueezeAndExcite(in_channels)
        self.pointwise = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.act2 = nn.Hardswish()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act1(self.norm1(self.depthwise(x)))
        x = self.norm2(self.pointwise(self.weigh(x)))
        return self.act2(x)


class MobileNet(nn.Module):
    """Input: image (B, 3, 16, 16) float32. Output: logits (B, 4) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
            nn.Hardswish(),
            Separable(16, 24),
            Separable(24, 32, stride=2),
            Separable(32, 48),
            Separable(48, 64, stride=2),
        )
        self.average = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(64, 4)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.average(self.features(image))  # (B, 64, 1, 1)
        return self.head(x.flatten(1))  # (B, 4)
