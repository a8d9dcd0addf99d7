# Written by Netwright from "Conditional GAN". It needs only PyTorch; edit it freely.
"""ConditionalGAN, a neural network.

A generator draws the digit that it is asked for; a critic names the digit, too.
"""

import torch
from torch import nn


class Critic(nn.Module):
    """An image to the logit that it is real, and to the logits of its digit.

    Input: (B, 1, 8, 8).
    Outputs: logit (B, 1), digit (B, 10).
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Dropout(0.3),
        )
        self.score = nn.Linear(1024, 1)
        self.classifier = nn.Linear(1024, 10)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.features(image)
        return self.score(x), self.classifier(x)


class Generator(nn.Module):
    """Noise and a digit to an image of that digit.

    Inputs: noise (B, latent), label (B,).
    Output: (B, 1, 8, 8).
    """

    def __init__(self, latent: int = 16) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, latent)
        self.features = nn.Sequential(
            nn.Linear(2 * latent, 256),
            nn.Unflatten(1, (64, 2, 2)),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, noise: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.features(torch.cat([noise, self.embedding(label)], dim=1))
