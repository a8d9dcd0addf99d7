# Written by Netwright from "Variational autoencoder". It needs only PyTorch; edit it freely.
"""VariationalAutoencoder: learns a code of a few numbers, from which digits can be drawn."""

import torch
from torch import nn


class Encoder(nn.Module):
    """An image to the mean and the log variance of its code.

    Input: (B, 1, 8, 8).
    Outputs: mean (B, latent), log_variance (B, latent).
    """

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(64, 128),
            nn.ReLU(),
        )
        self.to_mean = nn.Linear(128, latent)
        self.to_log_variance = nn.Linear(128, latent)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.layers(image)
        return self.to_mean(x), self.to_log_variance(x)


class Sample(nn.Module):
    """Draws a code at random, so that gradients pass.

    Inputs: mean (B, L), log_variance (B, L).
    Output: (B, L).
    """

    def forward(self, mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
        deviation = torch.exp(0.5 * log_variance)
        return mean + deviation * torch.randn_like(deviation)


class Decoder(nn.Sequential):
    """A code to the logits of an image. Input: (B, latent). Output: (B, 1, 8, 8)."""

    def __init__(self, latent: int) -> None:
        super().__init__(
            nn.Linear(latent, 128),
            nn.ReLU(),
            nn.Linear(128, 64),
            nn.Unflatten(1, (1, 8, 8)),
        )


class VariationalAutoencoder(nn.Module):
    """Learns a code of a few numbers, from which digits can be drawn.

    Input: image (B, 1, 8, 8) float32.
    Outputs: rebuilt (B, 1, 8, 8) float32, mean (B, 12) float32, log_variance (B, 12) float32.
    """

    def __init__(self, latent: int = 12) -> None:
        super().__init__()
        self.encoder = Encoder(latent)
        self.sample = Sample()
        self.decoder = Decoder(latent)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mean, log_variance = self.encoder(image)
        x = self.sample(mean, log_variance) if self.training else mean  # (B, 12)
        return self.decoder(x), mean, log_variance
