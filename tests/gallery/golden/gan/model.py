# Written by Netwright from "Digits GAN". It needs only PyTorch; edit it freely.
"""DigitsGAN: a generator draws digits, and a critic tells them from real ones."""

from torch import nn


class Critic(nn.Sequential):
    """An image to the logit that it is real. Input: (B, 1, 8, 8). Output: (B, 1)."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 32, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(256, 1),
        )


class Generator(nn.Sequential):
    """Noise to an image. Input: (B, latent). Output: (B, 1, 8, 8)."""

    def __init__(self, latent: int = 16) -> None:
        super().__init__(
            nn.Linear(latent, 256),
            nn.Unflatten(1, (64, 2, 2)),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )
