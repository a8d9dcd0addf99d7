# Written by Netwright from "Graph network". It needs only PyTorch; edit it freely.
"""GraphNetwork: tells the groups of all nodes from a few (Kipf and Welling, 2017)."""

import torch
import torch.nn.functional as F
from torch import nn


class GraphConvolution(nn.Module):
    """Every node gets a mixture of what its neighbours have.

    Inputs: x (B, N, in_features), adjacency (B, N, N).
    Output: (B, N, features).
    """

    def __init__(self, in_features: int, features: int) -> None:
        super().__init__()
        self.project = nn.Linear(in_features, features)

    def forward(self, x: torch.Tensor, adjacency: torch.Tensor) -> torch.Tensor:
        return adjacency @ self.project(x)


class GraphNetwork(nn.Module):
    """Tells the groups of all nodes from a few (Kipf and Welling, 2017).

    Inputs: features (B, 16, 2) float32, adjacency (B, 16, 16) float32.
    Output: logits (B, 16) float32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = GraphConvolution(2, 32)
        self.conv2 = GraphConvolution(32, 32)
        self.conv3 = GraphConvolution(32, 1)

    def forward(self, features: torch.Tensor, adjacency: torch.Tensor) -> torch.Tensor:
        normed = adjacency / torch.sum(adjacency, dim=2, keepdim=True)  # (B, 16, 16)
        x = F.relu(self.conv1(features, normed))  # (B, 16, 32)
        x = F.relu(self.conv2(x, normed))  # (B, 16, 32)
        return self.conv3(x, normed).squeeze(dim=2)  # (B, 16)
