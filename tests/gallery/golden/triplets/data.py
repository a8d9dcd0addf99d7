# Written by Netwright from "Triplet network". It needs only PyTorch; edit it freely.
"""1,000 made-up triplets of images: a shape, the same again, another one."""

import torch

Split = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): anchors, positives and negatives, each
    (N, 1, 16, 16) float32 in 0..1.
    """
    generator = torch.Generator().manual_seed(seed)
    kinds = torch.randint(4, (1000,), generator=generator)
    others = (kinds + torch.randint(1, 4, kinds.shape, generator=generator)) % 4
    samples, size = 3000, 16
    labels = torch.cat([kinds, kinds, others])
    places = torch.randint(size // 4, size - size // 4, (2, samples), generator=generator)
    radii = torch.randint(size // 5, size // 4 + 1, (samples, 1, 1), generator=generator)
    down = (torch.arange(size).view(-1, 1) - places[0].view(-1, 1, 1)).abs()
    across = (torch.arange(size) - places[1].view(-1, 1, 1)).abs()
    near, far = torch.minimum(down, across), torch.maximum(down, across)
    disc, square = down**2 + across**2 <= radii**2, far < radii
    cross, diamond = (near <= radii // 4) & (far <= radii), down + across <= radii
    shapes = torch.stack([disc, square, cross, diamond])[labels, torch.arange(samples)]
    images = 0.2 + 0.6 * shapes.unsqueeze(1)
    images += 0.1 * torch.randn(images.shape, generator=generator)
    anchors, positives, negatives = images.clamp(0, 1).chunk(3)
    train, validation = slice(800), slice(800, 1000)
    return (
        (anchors[train], positives[train], negatives[train]),
        (anchors[validation], positives[validation], negatives[validation]),
    )
