# Written by Netwright from "TCN forecaster". It needs only PyTorch; edit it freely.
"""TCNForecaster, a neural network.

Says the next eight values of a series from the last 48, by ever wider convolutions.
"""

import torch
from torch import nn


class DilatedLayer(nn.Module):
    """A convolution that sees the past alone, beside what came in.

    Input and output: (B, channels, T).
    """

    def __init__(self, channels: int, dilation: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.ConstantPad1d((2 * dilation, 0), 0.0),
            nn.Conv1d(channels, channels, 3, dilation=dilation),
            nn.ReLU(),
            nn.Dropout(dropout),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x) + x


class TCNForecaster(nn.Module):
    """Input: past (B, 1, 48) float32. Output: future (B, 8) float32."""

    def __init__(self, channels: int = 24) -> None:
        super().__init__()
        self.stem = nn.Conv1d(1, channels, 1)
        self.layers = nn.Sequential(
            *[DilatedLayer(channels, dilation=2**i, dropout=0.05) for i in range(5)]
        )
        self.head = nn.Linear(channels, 8)

    def forward(self, past: torch.Tensor) -> torch.Tensor:
        x = self.stem(past)  # (B, 24, 48)
        x = self.layers(x)  # (B, 24, 48)
        return self.head(x[..., -1])  # (B, 8)
