# Written by Netwright from "Vision transformer". It needs only PyTorch; edit it freely.
"""VisionTransformer: cuts a digit into 16 patches, which attend to each other."""

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    """Self-attention with several heads. Input and output: (B, T, dim)."""

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
        x = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, -1)
        return self.proj(x)


class TransformerBlock(nn.Module):
    """A transformer layer with pre-norm. Input and output: (B, T, dim)."""

    def __init__(self, dim: int, num_heads: int = 4, dropout: float = 0.2) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = Attention(dim, num_heads=num_heads)
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


class VisionTransformer(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self, dim: int = 48, depth: int = 2, num_heads: int = 4) -> None:
        super().__init__()
        self.class_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.patch_embedding = nn.Conv2d(1, dim, 2, stride=2)
        self.position_embedding = nn.Parameter(nn.init.normal_(torch.empty(1, 17, dim), std=0.02))
        self.blocks = nn.Sequential(
            *[TransformerBlock(dim, num_heads=num_heads) for _ in range(depth)]
        )
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        batch = image.shape[0]
        class_tokens = self.class_token.expand(batch, -1, -1)  # (B, 1, 48)
        patches = self.patch_embedding(image).flatten(2).transpose(1, 2)  # (B, 16, 48)
        x = torch.cat([class_tokens, patches], dim=1) + self.position_embedding  # (B, 17, 48)
        x = self.norm(self.blocks(x))  # (B, 17, 48)
        return self.head(x[:, 0])  # (B, 10)
