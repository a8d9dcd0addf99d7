# Written by Netwright from "Autoencoder". It needs only PyTorch; edit it freely.
"""Autoencoder: packs the image of a digit into eight numbers and unfolds it again."""

import torch
from torch import nn


class Encoder(nn.Sequential):
    """Packs an image into a few numbers. Input: (B, 1, 8, 8). Output: (B, latent)."""

    def __init__(self, latent: int) -> None:
        super().__init__(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(128, latent),
        )


class Decoder(nn.Sequential):
    """Unfolds the numbers into an image again. Input: (B, latent). Output: (B, 1, 8, 8)."""

    def __init__(self, latent: int) -> None:
        super().__init__(
            nn.Linear(latent, 128),
            nn.ReLU(),
            nn.Unflatten(1, (32, 2, 2)),
            nn.ConvTranspose2d(32, 16, 2, stride=2),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 2, stride=2),
        )


class Autoencoder(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: restored (B, 1, 8, 8) float32."""

    def __init__(self, latent: int = 8) -> None:
        super().__init__()
        self.encoder = Encoder(latent)
        self.decoder = Decoder(latent)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.encoder(image)  # (B, 8)
        return self.decoder(x)  # (B, 1, 8, 8)
