# Written by Netwright from "Keyword spotting". It needs only PyTorch; edit it freely.
"""800 made-up whistles whose pitch rises, falls, or does both in turn."""

import torch

Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): spectrograms (N, 33, 48) float32, pitch by time, and
    labels (N,) int64.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(4, (800,), generator=generator)
    time = torch.linspace(0, 1, 1504)
    hill = 1 - (2 * time - 1).abs()
    ways = torch.stack([time, 1 - time, hill, 1 - hill])[labels]
    lowest = 0.05 + 0.2 * torch.rand(len(labels), 1, generator=generator)
    sounds = torch.sin(2 * torch.pi * (lowest + 0.15 * ways).cumsum(dim=1))
    sounds += torch.randn(sounds.shape, generator=generator)
    window = torch.hann_window(64)
    pitches = torch.stft(sounds, 64, 32, window=window, return_complex=True)
    spectrograms = pitches.abs().log1p()
    train, validation = slice(640), slice(640, 800)
    return (spectrograms[train], labels[train]), (spectrograms[validation], labels[validation])
