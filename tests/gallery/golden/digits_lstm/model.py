# Written by Netwright from "Digits LSTM". It needs only PyTorch; edit it freely.
"""DigitsLSTM: reads a digit row by row, as a sequence of 8 rows of 8 pixels."""

import torch
from torch import nn


class DigitsLSTM(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self, hidden_size: int = 64) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(hidden_size, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x, _ = self.lstm(image.squeeze(dim=1))
        x = self.dropout(x[:, -1])  # (B, 64)
        return self.head(x)  # (B, 10)
