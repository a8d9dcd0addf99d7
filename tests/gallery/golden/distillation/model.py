# Written by Netwright from "Distillation". It needs only PyTorch; edit it freely.
"""Distillation: a small student learns from the soft answers of a teacher."""

import torch
from torch import nn


class Student(nn.Module):
    """A small perceptron that names digits. Input: (B, 1, 8, 8). Output: (B, 10)."""

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.hidden = nn.Linear(64, width)
        self.relu = nn.ReLU()
        self.head = nn.Linear(width, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.hidden(image.flatten(1))
        return self.head(self.relu(x))


class Distillation(nn.Module):
    """Input: image (B, 1, 8, 8) float32. Output: logits (B, 10) float32."""

    def __init__(self) -> None:
        super().__init__()
        self.student = Student()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.student(image)  # (B, 10)


class Teacher(nn.Module):
    """A convolutional net that names digits. Input: (B, 1, 8, 8). Output: (B, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.relu2 = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(512, 10)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = self.conv2(self.relu1(self.conv1(image)))
        x = self.dropout(self.pool(self.relu2(x)))
        return self.head(x.flatten(1))
