# Written by Netwright from "Super-resolution". It needs only PyTorch; edit it freely.
"""400 made-up images of bent stripes, small and twice as large."""

import torch

Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): small images (N, 1, 16, 16) and large images
    (N, 1, 32, 32), both float32 in 0..1.
    """
    generator = torch.Generator().manual_seed(seed)
    line = torch.linspace(-1, 1, 32)
    bends = 4 * torch.randn(4, 400, 1, 1, generator=generator)
    waves = torch.sin(bends[0] * line + bends[1])
    waves = torch.sin(bends[2] * line.view(-1, 1) + bends[3] + 2 * waves)
    large = torch.sigmoid(8 * waves).unsqueeze(1)
    small = large.view(-1, 1, 16, 2, 16, 2).mean(dim=(3, 5))
    train, validation = slice(320), slice(320, 400)
    return (small[train], large[train]), (small[validation], large[validation])
