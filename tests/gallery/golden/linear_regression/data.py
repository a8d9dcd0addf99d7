# Written by Netwright from "Linear regression". It needs only requirements.txt; edit it freely.
"""The diabetes patients of scikit-learn: 10 measures of 442 patients and their progression."""

import torch
from sklearn.datasets import load_diabetes  # type: ignore[import-untyped]
from sklearn.model_selection import train_test_split  # type: ignore[import-untyped]

Scale = tuple[torch.Tensor, torch.Tensor]  # a mean and a deviation
Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): features (N, 10) and targets (N, 1), both float32 and
    standardised with the mean and deviation of the training part.
    """
    train, validation, _ = load_scaled_data(seed)
    return train, validation


def load_scaled_data(seed: int = 0) -> tuple[Split, Split, dict[str, Scale]]:
    """Return what load_data does, and by what each tensor was scaled: (raw - mean) / deviation."""
    patients = load_diabetes()
    features = torch.tensor(patients.data, dtype=torch.float32)
    targets = torch.tensor(patients.target, dtype=torch.float32).unsqueeze(1)
    train, validation = train_test_split(range(len(targets)), test_size=0.2, random_state=seed)
    scales: dict[str, Scale] = {}
    mean, deviation = features[train].mean(dim=0), features[train].std(dim=0)
    features = (features - mean) / deviation
    scales["features"] = mean, deviation
    mean, deviation = targets[train].mean(dim=0), targets[train].std(dim=0)
    targets = (targets - mean) / deviation
    scales["targets"] = mean, deviation
    return (features[train], targets[train]), (features[validation], targets[validation]), scales
