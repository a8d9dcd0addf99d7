# Written by Netwright from "Mini GPT". It needs only PyTorch; edit it freely.
"""A made-up text of plain sentences: 1,000 pieces of 32 characters."""

import torch

LETTERS = " .abcdefghijklmnopqrstuvwxyz"
Split = tuple[torch.Tensor, torch.Tensor]


def load_data(seed: int = 0) -> tuple[Split, Split]:
    """Return (train, validation): tokens (N, 32) and the tokens that follow
    them (N, 32), both int64: places in LETTERS.
    """
    parts = [
        ["the cat", "a small bird", "the old man", "my sister"],
        ["looks at", "sings to", "walks with", "waits for"],
        ["the moon", "a friend", "the sea", "her dog"],
        ["at night", "every day", "in the garden", "all summer"],
    ]
    generator = torch.Generator().manual_seed(seed)
    choices = torch.randint(4, (916, 4), generator=generator).tolist()
    text = "".join(
        " ".join(part[k] for part, k in zip(parts, row, strict=True)) + ". " for row in choices
    )
    codes = torch.tensor([LETTERS.index(letter) for letter in text])
    pieces = codes.unfold(0, 33, 32)[:1000]
    tokens, following = pieces[:, :-1], pieces[:, 1:]
    train, validation = slice(800), slice(800, 1000)
    return (tokens[train], following[train]), (tokens[validation], following[validation])
