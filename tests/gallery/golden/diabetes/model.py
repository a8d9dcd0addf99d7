# Written by Netwright from "Diabetes". It needs only PyTorch; edit it freely.
"""Diabetes: predicts how the diabetes of a patient went on within a year."""

import torch
from torch import nn


class Diabetes(nn.Module):
    """Input: measures (B, 10) float32. Output: progression (B, 1) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(10, 32),
            nn.ReLU(),
            nn.Dropout(0.3),
        )
        self.head = nn.Linear(32, 1)

    def forward(self, measures: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(measures))  # (B, 1)
