# Written by Netwright from "Wine". It needs only PyTorch and scikit-learn; edit it freely.
"""The wines of scikit-learn: 13 chemical measures of 178 wines of 3 growers."""

import torch
from sklearn.datasets import load_wine  # type: ignore[import-untyped]
from sklearn.model_selection import train_test_split  # type: ignore[import-untyped]

Scale = tuple[torch.Tensor, torch.Tensor]  # a mean and a deviation
Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): features (N, 13) float32, standardised with the mean and
    deviation of the training part, and labels (N,) int64.
    """
    train, validation, _ = load_scaled_data(seed)
    return train, validation


def load_scaled_data(seed: int = 0) -> tuple[Split, Split, dict[str, Scale]]:
    """Return what load_data does, and by what each tensor was scaled: (raw - mean) / deviation."""
    wines = load_wine()
    features = torch.tensor(wines.data, dtype=torch.float32)
    labels = torch.tensor(wines.target, dtype=torch.int64)
    train, validation = train_test_split(
        range(len(labels)), test_size=0.2, random_state=seed, stratify=labels
    )
    scales: dict[str, Scale] = {}
    mean, deviation = features[train].mean(dim=0), features[train].std(dim=0)
    features = (features - mean) / deviation
    scales["features"] = mean, deviation
    return (features[train], labels[train]), (features[validation], labels[validation]), scales
