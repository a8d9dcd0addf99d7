# Written by Netwright from "LeNet-5". It needs only PyTorch; edit it freely.
"""LeNet5: the convolutional network of LeCun et al. (1998), fitted to digits of 8x8 pixels."""

import torch
from torch import nn


class FeatureMap(nn.Sequential):
    """A convolution, what it sees squashed, and every 2x2 patch averaged.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H / 2, W / 2).
    """

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__(
            nn.Conv2d(in_channels, channels, 5, padding=2),
            nn.Tanh(),
            nn.AvgPool2d(2),
        )


class LeNet5(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.maps1 = FeatureMap(1, 6)
        self.maps2 = FeatureMap(6, 16)
        self.head = nn.Sequential(
            nn.Linear(64, 120),
            nn.Tanh(),
            nn.Linear(120, 84),
            nn.Tanh(),
            nn.Linear(84, 10),
        )

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.maps1(image)  # (B, 6, 4, 4)
        x = self.maps2(x)  # (B, 16, 2, 2)
        return self.head(x.flatten(1))  # (B, 10)
