# Written by Netwright from "Bag of words". It needs only PyTorch; edit it freely.
"""BagOfWords: averages the vectors of words and of pairs of neighbours, as fastText does."""

import torch
from torch import nn


class BagOfWords(nn.Module):
    """Input: words (B, 20) int64. Output: logits (B, 4) float32."""

    def __init__(self, vocab_size: int = 64, buckets: int = 1009, dim: int = 32) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.buckets = buckets
        self.word_bag = nn.EmbeddingBag(vocab_size, dim, padding_idx=0)
        self.pair_bag = nn.EmbeddingBag(buckets, dim, padding_idx=0)
        self.head = nn.Linear(2 * dim, 4)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        word_bag = self.word_bag(words)  # (B, 32)
        first = words[:, :-1] * self.vocab_size  # (B, 19)
        second = words[:, 1:]  # (B, 19)
        pair_bag = self.pair_bag((first + second) % self.buckets)  # (B, 32)
        return self.head(torch.cat([word_bag, pair_bag], dim=1))  # (B, 4)
