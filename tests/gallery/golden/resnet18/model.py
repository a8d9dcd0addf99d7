# Written by Netwright from "ResNet-18". It needs only PyTorch; edit it freely.
"""ResNet18: He et al. (2015), with the names of torchvision, whose weights it loads."""

import torch
from torch import nn


class Downsample(nn.Sequential):
    """Fits a shortcut to a map of other sizes.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H / stride, W / stride).
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False),
            nn.BatchNorm2d(channels),
        )


class BasicBlock(nn.Module):
    """Two convolutions beside a shortcut.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H / stride, W / stride).
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = (
            Downsample(in_channels, channels, stride=stride)
            if stride != 1 or in_channels != channels
            else nn.Identity()
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        residual = x
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        return self.relu(x + self.downsample(residual))


class Layer(nn.Sequential):
    """Two blocks, the first of which may halve the map.

    Input: (B, in_channels, H, W).
    Output: (B, channels, H / stride, W / stride).
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 2) -> None:
        super().__init__(
            BasicBlock(in_channels, channels, stride=stride),
            BasicBlock(channels, channels),
        )


class ResNet18(nn.Module):
    """Input: image (B, 3, 32, 32) float32. Output: logits (B, 4) float32."""

    def __init__(self, num_classes: int = 4) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = Layer(64, 64, stride=1)
        self.layer2 = Layer(64, 128)
        self.layer3 = Layer(128, 256)
        self.layer4 = Layer(256, 512)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, num_classes)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.bn1(self.conv1(image)))  # (B, 64, 16, 16)
        x = self.layer1(self.maxpool(x))  # (B, 64, 8, 8)
        x = self.layer2(x)  # (B, 128, 4, 4)
        x = self.layer3(x)  # (B, 256, 2, 2)
        x = self.avgpool(self.layer4(x))  # (B, 512, 1, 1)
        return self.fc(x.flatten(1))  # (B, 4)
