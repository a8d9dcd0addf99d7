# Written by Netwright from "U-Net". It needs only PyTorch; edit it freely.
"""UNet: says of every pixel what it is of (Ronneberger et al., 2015)."""

import torch
from torch import nn


class DoubleConvolution(nn.Sequential):
    """Two convolutions that keep the map's size.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H, W).
    """

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__(
            nn.Conv2d(in_channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        )


class Up(nn.Module):
    """Doubles a map, puts it beside the one from the way down, and merges the two.

    Inputs: x (B, in_channels, H, W), skip (B, skip_channels, 2 * H, 2 * W).
    Output: (B, channels, 2 * H, 2 * W).
    """

    def __init__(self, in_channels: int, skip_channels: int, channels: int) -> None:
        super().__init__()
        self.grow = nn.ConvTranspose2d(in_channels, channels, 2, stride=2)
        self.merge = DoubleConvolution(skip_channels + channels, channels)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        return self.merge(torch.cat([skip, self.grow(x)], dim=1))


class UNet(nn.Module):
    """Input: image (B, 1, 32, 32) float32. Output: logits (B, 3, 32, 32) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = DoubleConvolution(1, 8)
        self.pool1 = nn.MaxPool2d(2)
        self.down2 = DoubleConvolution(8, 16)
        self.pool2 = nn.MaxPool2d(2)
        self.bottom = DoubleConvolution(16, 32)
        self.up2 = Up(32, 16, 16)
        self.up1 = Up(16, 8, 8)
        self.head = nn.Conv2d(8, 3, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        skip1 = self.down1(image)  # (B, 8, 32, 32)
        skip2 = self.down2(self.pool1(skip1))  # (B, 16, 16, 16)
        x = self.bottom(self.pool2(skip2))  # (B, 32, 8, 8)
        x = self.up2(x, skip2)  # (B, 16, 16, 16)
        return self.head(self.up1(x, skip1))  # (B, 3, 32, 32)
