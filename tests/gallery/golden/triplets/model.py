# Written by Netwright from "Triplet network". It needs only PyTorch; edit it freely.
"""TripletNetwork: one encoder puts images of the same shape close to each other."""

import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    """An image as a vector of length 1. Input: (B, 1, H, W). Output: (B, dim)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(2),
            nn.Flatten(),
            nn.Linear(128, dim),
        )

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.features(image), dim=-1)


class TripletNetwork(nn.Module):
    """One encoder puts images of the same shape close to each other.

    Inputs: anchor (B, 1, 16, 16) float32, positive (B, 1, 16, 16) float32, negative (B, 1, 16, 16)
    float32.
    Outputs: anchor_vector (B, 16) float32, positive_vector (B, 16) float32, negative_vector (B, 16)
    float32.
    """

    def __init__(self, dim: int = 16) -> None:
        super().__init__()
        self.encoder = Encoder(dim)

    def forward(
        self, anchor: torch.Tensor, positive: torch.Tensor, negative: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        return self.encoder(anchor), self.encoder(positive), self.encoder(negative)
