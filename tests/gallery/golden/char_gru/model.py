# Written by Netwright from "Character GRU". It needs only PyTorch; edit it freely.
"""CharacterGRU: a recurrent language model that guesses the next character."""

import torch
from torch import nn


class RecurrentLayer(nn.Module):
    """A GRU beside a shortcut, with the norm first. Input and output: (B, T, dim)."""

    def __init__(self, dim: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.gru = nn.GRU(dim, dim, batch_first=True)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        output, _ = self.gru(self.norm(x))
        return x + self.drop(output)


class CharacterGRU(nn.Module):
    """Input: tokens (B, 32) int64. Output: logits (B, 32, 28) float32."""

    def __init__(self, vocab_size: int = 28, dim: int = 64, depth: int = 2) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.layers = nn.Sequential(*[RecurrentLayer(dim) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab_size, bias=False)
        self.head.weight = self.embedding.weight  # tied

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embedding(tokens)  # (B, 32, 64)
        return self.head(self.norm(self.layers(x)))  # (B, 32, 28)
