# Written by Netwright from "Digits CNN". It needs only PyTorch; edit it freely.
"""DigitsCNN: a small convolutional classifier of 8x8 grey digits."""

import torch
from torch import nn


class DigitsCNN(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.dropout = nn.Dropout(0.25)
        self.head = nn.Linear(512, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.features(image)  # (B, 32, 4, 4)
        x = self.dropout(x.flatten(1))  # (B, 512)
        return self.head(x)  # (B, 10)
