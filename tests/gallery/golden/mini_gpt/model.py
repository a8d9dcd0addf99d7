# Written by Netwright from "Mini GPT". It needs only PyTorch; edit it freely.
"""MiniGPT: a decoder-only transformer language model of characters."""

import torch
import torch.nn.functional as F
from torch import nn


class CausalAttention(nn.Module):
    """Self-attention that looks back only. Input and output: (B, T, dim)."""

    def __init__(self, dim: int, num_heads: int = 4) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        q, k, v = torch.chunk(self.qkv(x), 3, dim=-1)
        q = q.view(batch, length, self.num_heads, -1).transpose(1, 2)
        k = k.view(batch, length, self.num_heads, -1).transpose(1, 2)
        v = v.view(batch, length, self.num_heads, -1).transpose(1, 2)
        x = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
        return self.proj(x.reshape(batch, length, -1))


class TransformerBlock(nn.Module):
    """A transformer layer with pre-norm. Input and output: (B, T, dim)."""

    def __init__(self, dim: int, num_heads: int = 4, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = CausalAttention(dim, num_heads=num_heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, 4 * dim),
            nn.GELU(),
            nn.Linear(4 * dim, dim),
            nn.Dropout(dropout),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class MiniGPT(nn.Module):
    """Input: tokens (B, 32) int64. Output: logits (B, 32, 28) float32."""

    def __init__(
        self,
        vocab_size: int = 28,
        max_length: int = 32,
        dim: int = 64,
        depth: int = 3,
        num_heads: int = 4,
    ) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, dim)
        nn.init.normal_(self.token_embedding.weight, std=0.02)
        self.position_embedding = nn.Parameter(
            nn.init.normal_(torch.empty(1, max_length, dim), std=0.02)
        )
        self.blocks = nn.Sequential(
            *[TransformerBlock(dim, num_heads=num_heads) for _ in range(depth)]
        )
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab_size, bias=False)
        self.head.weight = self.token_embedding.weight  # tied

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        length = tokens.shape[1]
        x = self.token_embedding(tokens) + self.position_embedding[:, :length]  # (B, 32, 64)
        return self.head(self.norm(self.blocks(x)))  # (B, 32, 28)
