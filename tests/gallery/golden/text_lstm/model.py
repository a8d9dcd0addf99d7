# Written by Netwright from "Text LSTM". It needs only PyTorch; edit it freely.
"""TextLSTM: reads a short text word by word, in both directions, and tells its class."""

import torch
from torch import nn


class TextLSTM(nn.Module):
    """Input: words (B, 20) int64. Output: logits (B, 4) float32."""

    def __init__(self, vocab_size: int = 64, dim: int = 32) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim)
        self.lstm = nn.LSTM(dim, dim, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(2 * dim, 4)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        _, (h_n, _) = self.lstm(self.embedding(words))
        x = torch.cat([h_n[0], h_n[1]], dim=1)  # (B, 64)
        return self.head(self.dropout(x))  # (B, 4)
