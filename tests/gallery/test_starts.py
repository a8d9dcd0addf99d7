"""Models of language begin as if every token were as likely, also where the head is tied."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from tests.codegen.training_projects import executed
from tests.gallery.gallery import written


@pytest.mark.parametrize(
    ("name", "class_name", "inputs", "vocabulary"),
    [
        ("mini_gpt", "MiniGPT", 1, 28),
        ("char_gru", "CharacterGRU", 1, 28),
        ("transformer", "Transformer", 2, 11),
    ],
)
def test_a_tied_head_begins_with_the_loss_of_guessing(
    name: str, class_name: str, inputs: int, vocabulary: int
) -> None:
    torch.manual_seed(0)
    model = getattr(executed(written(name).files["model.py"].text), class_name)()
    tokens = torch.randint(vocabulary, (64, 6))
    with torch.no_grad():
        logits = model(*[tokens] * inputs)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), tokens.roll(1, 0).flatten())
    assert abs(float(loss) - math.log(vocabulary)) < 0.2
