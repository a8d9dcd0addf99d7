"""The gallery's ResNet-18 has torchvision's layout: those weights load and give the same bits."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import torch
from torch import nn

from tests.codegen.training_projects import executed
from tests.gallery.gallery import written

LIBRARY = torch.library.Library("torchvision", "FRAGMENT")
"""Lives as long as the operators that are defined in it."""
OPERATORS = (
    "nms(Tensor a, Tensor b, float c) -> Tensor",
    "qnms(Tensor a, Tensor b, float c) -> Tensor",
)


@pytest.fixture
def torchvision_models() -> Any:
    """Import torchvision's models beside a torch without its compiled operators."""
    for operator in OPERATORS:
        with suppress(RuntimeError):  # where they were compiled after all
            LIBRARY.define(operator)
    return pytest.importorskip("torchvision.models", reason="torchvision is an optional extra")


def ours() -> nn.Module:
    """Return the written model for as many classes as ImageNet has."""
    model = executed(written("resnet18").files["model.py"].text)
    found = model.ResNet18(num_classes=1000)
    assert isinstance(found, nn.Module)
    return found


def test_a_state_dict_of_torchvision_loads_and_gives_the_same_bits(
    torchvision_models: Any,
) -> None:
    torch.manual_seed(0)
    theirs, model = torchvision_models.resnet18(), ours()
    with torch.no_grad():  # statistics and shifts that are not all alike
        for key, value in theirs.state_dict().items():
            if key.endswith("num_batches_tracked"):
                value.fill_(7)
            elif value.dim() == 1:
                value.uniform_(0.5, 1.5)
    model.load_state_dict(theirs.state_dict(), strict=True)
    images = torch.rand(2, 3, 47, 47)
    for training in (False, True):
        with torch.no_grad():
            mine, wanted = model.train(training)(images), theirs.train(training)(images)
        assert torch.equal(mine, wanted)
    for key, value in theirs.state_dict().items():
        assert torch.equal(model.state_dict()[key], value)


def test_the_keys_are_in_the_order_of_torchvision(torchvision_models: Any) -> None:
    assert list(ours().state_dict()) == list(torchvision_models.resnet18().state_dict())
