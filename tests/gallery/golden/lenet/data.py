# Written by Netwright from "LeNet-5". It needs only PyTorch and scikit-learn; edit it freely.
"""The handwritten digits of scikit-learn: 1,797 grey images of 8x8 pixels in 10 classes."""

import torch
from sklearn.datasets import load_digits  # type: ignore[import-untyped]
from sklearn.model_selection import train_test_split  # type: ignore[import-untyped]

Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): images (N, 1, 8, 8) float32 in 0..1, labels (N,) int64."""
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
    labels = torch.tensor(digits.target, dtype=torch.int64)
    train, validation = train_test_split(
        range(len(labels)), test_size=0.2, random_state=seed, stratify=labels
    )
    return (images[train], labels[train]), (images[validation], labels[validation])
