# Written by Netwright from "Digits MLP". It needs only PyTorch; edit it freely.
"""DigitsMLP: a multilayer perceptron that reads the 64 pixels of a digit."""

import torch
from torch import nn


class DigitsMLP(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(64, 128),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(128, 64),
            nn.ReLU(),
        )
        self.head = nn.Linear(64, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.mlp(image.flatten(1))  # (B, 64)
        return self.head(x)  # (B, 10)
