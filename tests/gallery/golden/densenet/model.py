# Written by Netwright from "DenseNet". It needs only PyTorch; edit it freely.
"""DenseNet: every layer sees the maps of all layers before it (Huang et al., 2017), in small."""

import torch
from torch import nn


class DenseLayer(nn.Module):
    """Puts a few new maps beside all that came in.

    Input: (B, in_channels, H, W).
    Output: (B, in_channels + growth, H, W).
    """

    def __init__(self, in_channels: int, growth: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.BatchNorm2d(in_channels),
            nn.ReLU(),
            nn.Conv2d(in_channels, growth, 3, padding=1, bias=False),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, self.features(x)], dim=1)


class Transition(nn.Sequential):
    """Halves the number of maps and their size.

    Input: (B, in_channels, H, W).
    Output: (B, in_channels / 2, H / 2, W / 2).
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__(
            nn.BatchNorm2d(in_channels),
            nn.ReLU(),
            nn.Conv2d(in_channels, in_channels // 2, 1, bias=False),
            nn.AvgPool2d(2),
        )


class DenseNet(nn.Module):
    """Input: image (B, 3, 16, 16) float32. Output: logits (B, 4) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.dense1 = nn.Sequential(*[DenseLayer(16 + 12 * i, 12) for i in range(3)])
        self.narrow1 = Transition(52)
        self.dense2 = nn.Sequential(*[DenseLayer(26 + 12 * i, 12) for i in range(3)])
        self.narrow2 = Transition(62)
        self.dense3 = nn.Sequential(*[DenseLayer(31 + 12 * i, 12) for i in range(3)])
        self.head = nn.Sequential(
            nn.BatchNorm2d(67),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(67, 4),
        )

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.stem(image)  # (B, 16, 16, 16)
        x = self.dense1(x)  # (B, 52, 16, 16)
        x = self.narrow1(x)  # (B, 26, 8, 8)
        x = self.dense2(x)  # (B, 62, 8, 8)
        x = self.narrow2(x)  # (B, 31, 4, 4)
        x = self.dense3(x)  # (B, 67, 4, 4)
        return self.head(x)  # (B, 4)
