# Written by Netwright from "Sequence to sequence". It needs only PyTorch; edit it freely.
"""SequenceToSequence: a recurrent encoder, and a decoder that attends to all that was read."""

import torch
from torch import nn


class Attention(nn.Module):
    """Looks up, for every query, what fits in the memory.

    Inputs: query (B, T, dim), memory (B, S, dim).
    Output: (B, T, dim).
    """

    def forward(self, query: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        weights = torch.softmax(query @ memory.transpose(1, 2), dim=-1)
        return weights @ memory


class SequenceToSequence(nn.Module):
    """Inputs: source (B, 6) int64, so_far (B, 6) int64. Output: logits (B, 6, 11) float32."""

    def __init__(self, vocab_size: int = 11, dim: int = 48) -> None:
        super().__init__()
        self.target_embedding = nn.Embedding(vocab_size, dim)
        self.source_embedding = nn.Embedding(vocab_size, dim)
        self.encoder = nn.GRU(dim, dim, batch_first=True)
        self.decoder = nn.GRU(dim, dim, batch_first=True)
        self.attention = Attention()
        self.mix = nn.Linear(2 * dim, dim)
        self.tanh = nn.Tanh()
        self.head = nn.Linear(dim, vocab_size)

    def forward(self, source: torch.Tensor, so_far: torch.Tensor) -> torch.Tensor:
        x = self.target_embedding(so_far)  # (B, 6, 48)
        memory, h_n = self.encoder(self.source_embedding(source))
        x, _ = self.decoder(x, h_n)
        x = self.mix(torch.cat([x, self.attention(x, memory)], dim=-1))  # (B, 6, 48)
        return self.head(self.tanh(x))  # (B, 6, 11)
