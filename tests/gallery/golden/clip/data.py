# Written by Netwright from "Two towers". It needs only PyTorch; edit it freely.
"""432 made-up images of a coloured shape, each with a caption of its own."""

import torch

Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): images (N, 3, 24, 24) float32 in 0..1 and captions
    (N, 5) int64: words for size, colour, shape, row and column, 18 in all.
    """
    generator = torch.Generator().manual_seed(seed)
    samples, size = 432, 24
    codes = torch.randperm(432, generator=generator)[:samples].view(-1, 1, 1)
    large, colour, kind = codes % 2, codes // 2 % 6, codes // 12 % 4
    row, column = codes // 48 % 3, codes // 144
    words = [large, 2 + colour, 8 + kind, 12 + row, 15 + column]
    captions = torch.cat(words, dim=1).squeeze(2)
    line, third = torch.arange(size), size // 3
    down = (line.view(-1, 1) - third * row - third // 2).abs()
    across = (line - third * column - third // 2).abs()
    near, far = torch.minimum(down, across), torch.maximum(down, across)
    radius = 2 + large
    disc, square = down**2 + across**2 <= radius**2, far < radius
    cross, diamond = (near < 1) & (far <= radius), down + across <= radius
    shapes = torch.stack([disc, square, cross, diamond])
    shapes = shapes[kind.flatten(), torch.arange(samples)]
    paint = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]])
    images = shapes.unsqueeze(1) * paint[colour.flatten()].view(-1, 3, 1, 1).float()
    train, validation = slice(346), slice(346, 432)
    return (images[train], captions[train]), (images[validation], captions[validation])
