# Written by Netwright from "Wine". It needs only PyTorch; edit it freely.
"""Wine: tells the grower of a wine from 13 chemical measures."""

import torch
from torch import nn


class Wine(nn.Module):
    """Input: measures (B, 13) float32. Output: logits (B, 3) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(13, 32),
            nn.ReLU(),
            nn.Dropout(0.2),
        )
        self.head = nn.Linear(32, 3)

    def forward(self, measures: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(measures))  # (B, 3)
