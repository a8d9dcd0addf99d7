# Written by Netwright from "TextCNN". It needs only PyTorch; edit it freely.
"""TextCNN: looks for telling groups of two, three and four words anywhere in a text."""

import torch
from torch import nn


class NGramDetector(nn.Module):
    """The strongest answer of each filter over all places.

    Input: (B, dim, T).
    Output: (B, channels).
    """

    def __init__(self, dim: int, channels: int, width: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(dim, channels, width),
            nn.ReLU(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.amax(self.features(x), dim=2)


class TextCNN(nn.Module):
    """Input: words (B, 20) int64. Output: logits (B, 4) float32."""

    def __init__(self, vocab_size: int = 64, dim: int = 32, channels: int = 32) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim)
        self.pairs = NGramDetector(dim, channels, 2)
        self.triples = NGramDetector(dim, channels, 3)
        self.fours = NGramDetector(dim, channels, 4)
        self.dropout = nn.Dropout()
        self.head = nn.Linear(3 * channels, 4)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.embedding(words).transpose(1, 2)  # (B, 32, 20)
        pairs = self.pairs(x)  # (B, 32)
        triples = self.triples(x)  # (B, 32)
        fours = self.fours(x)  # (B, 32)
        x = self.dropout(torch.cat([pairs, triples, fours], dim=1))  # (B, 96)
        return self.head(x)  # (B, 4)
