# Written by Netwright from "Two towers". It needs only PyTorch; edit it freely.
"""TwoTowers: puts images and captions that belong together at the same place."""

import torch
import torch.nn.functional as F
from torch import nn


class ImageTower(nn.Module):
    """An image as a vector of length 1. Input: (B, 3, 24, 24). Output: (B, dim)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
        )
        self.project = nn.Linear(4608, dim)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.project(self.features(image)), dim=-1)


class TextTower(nn.Module):
    """A caption as a vector of length 1. Input: (B, T). Output: (B, dim)."""

    def __init__(self, dim: int, vocab_size: int = 18) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim)
        self.gru = nn.GRU(dim, dim, batch_first=True)
        self.project = nn.Linear(dim, dim)

    def forward(self, caption: torch.Tensor) -> torch.Tensor:
        x, _ = self.gru(self.embedding(caption))
        return F.normalize(self.project(x[:, -1]), dim=-1)


class TwoTowers(nn.Module):
    """Inputs: image (B, 3, 24, 24) float32, caption (B, 5) int64. Output: logits (B, B) float32."""

    def __init__(self, dim: int = 32) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.ones(()))
        self.image_tower = ImageTower(dim)
        self.text_tower = TextTower(dim)

    def forward(self, image: torch.Tensor, caption: torch.Tensor) -> torch.Tensor:
        scale = torch.exp(self.log_scale)
        image_vector = self.image_tower(image)  # (B, 32)
        text_vector = self.text_tower(caption)  # (B, 32)
        return scale * (image_vector @ text_vector.transpose(0, 1))  # (B, B)
