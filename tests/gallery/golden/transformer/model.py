# Written by Netwright from "Transformer". It needs only PyTorch; edit it freely.
"""Transformer: an encoder and a decoder of attention alone, with the norms first."""

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    """Attention of several heads from x to memory.

    Inputs: x (B, T, dim), memory (B, S, dim).
    Output: (B, T, dim).
    """

    def __init__(self, dim: int, num_heads: int = 4, causal: bool = False) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.causal = causal
        self.query = nn.Linear(dim, dim)
        self.key_value = nn.Linear(dim, 2 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        source_length = memory.shape[1]
        q = self.query(x).view(batch, length, self.num_heads, -1).transpose(1, 2)
        k, v = torch.chunk(self.key_value(memory), 2, dim=-1)
        k = k.view(batch, source_length, self.num_heads, -1).transpose(1, 2)
        v = v.view(batch, source_length, self.num_heads, -1).transpose(1, 2)
        x = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal).transpose(1, 2)
        return self.proj(x.reshape(batch, length, -1))


class FeedForward(nn.Sequential):
    """Two layers for each place apart. Input and output: (B, T, dim)."""

    def __init__(self, dim: int) -> None:
        super().__init__(
            nn.Linear(dim, 4 * dim),
            nn.ReLU(),
            nn.Linear(4 * dim, dim),
        )


class EncoderLayer(nn.Module):
    """Self-attention and two layers for each place. Input and output: (B, T, dim)."""

    def __init__(self, dim: int, num_heads: int = 4) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = Attention(dim, num_heads=num_heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = FeedForward(dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        normed = self.norm1(x)
        x = x + self.attention(normed, normed)
        return x + self.mlp(self.norm2(x))


class DecoderLayer(nn.Module):
    """Causal self-attention, attention to what was read, and two layers for each place.

    Inputs: x (B, T, dim), memory (B, S, dim).
    Output: (B, T, dim).
    """

    def __init__(self, dim: int, num_heads: int = 4) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = Attention(dim, num_heads=num_heads, causal=True)
        self.norm2 = nn.LayerNorm(dim)
        self.cross_attention = Attention(dim, num_heads=num_heads)
        self.norm3 = nn.LayerNorm(dim)
        self.mlp = FeedForward(dim)

    def forward(self, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        normed = self.norm1(x)
        x = x + self.attention(normed, normed)
        x = x + self.cross_attention(self.norm2(x), memory)
        return x + self.mlp(self.norm3(x))


class Transformer(nn.Module):
    """Inputs: source (B, 6) int64, so_far (B, 6) int64. Output: logits (B, 6, 11) float32."""

    def __init__(
        self,
        vocab_size: int = 11,
        max_length: int = 16,
        dim: int = 48,
        depth: int = 2,
        num_heads: int = 4,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.position_embedding = nn.Parameter(
            nn.init.normal_(torch.empty(1, max_length, dim), std=0.02)
        )
        self.encoder = nn.Sequential(
            *[EncoderLayer(dim, num_heads=num_heads) for _ in range(depth)]
        )
        self.encoder_norm = nn.LayerNorm(dim)
        self.decoder = nn.ModuleList(DecoderLayer(dim, num_heads=num_heads) for _ in range(depth))
        self.decoder_norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab_size, bias=False)
        self.head.weight = self.embedding.weight  # tied

    def forward(self, source: torch.Tensor, so_far: torch.Tensor) -> torch.Tensor:
        source_length = source.shape[1]
        length = so_far.shape[1]
        x = self.embedding(so_far) + self.position_embedding[:, :length]  # (B, 6, 48)
        y = self.embedding(source) + self.position_embedding[:, :source_length]  # (B, 6, 48)
        memory = self.encoder_norm(self.encoder(y))  # (B, 6, 48)
        for block in self.decoder:
            x = block(x, memory)
        return self.head(self.decoder_norm(x))  # (B, 6, 11)
