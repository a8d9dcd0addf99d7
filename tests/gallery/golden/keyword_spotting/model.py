# Written by Netwright from "Keyword spotting". It needs only PyTorch; edit it freely.
"""KeywordSpotting, a neural network.

Tells four whistled words apart by convolutions over the time of a spectrogram.
"""

import torch
from torch import nn


class Layer(nn.Sequential):
    """A convolution over time, normed, rectified, and half as long.

    Input: (B, in_channels, T).
    Output: (B, channels, T / 2).
    """

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__(
            nn.Conv1d(in_channels, channels, 5, padding=2, bias=False),
            nn.BatchNorm1d(channels),
            nn.ReLU(),
            nn.MaxPool1d(2),
        )


class KeywordSpotting(nn.Module):
    """Input: spectrogram (B, 33, 48) float32. Output: logits (B, 4) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            Layer(33, 32),
            Layer(32, 32),
            Layer(32, 64),
        )
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(384, 4)

    def forward(self, spectrogram: torch.Tensor) -> torch.Tensor:
        x = self.blocks(spectrogram)  # (B, 64, 6)
        x = self.dropout(x.flatten(1))  # (B, 384)
        return self.head(x)  # (B, 4)
