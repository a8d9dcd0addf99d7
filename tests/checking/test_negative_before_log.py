"""What is said of logarithms of raw scores is what torch makes of them."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

RAW = torch.nn.Linear(6, 4)(torch.randn(16, 6, generator=torch.Generator().manual_seed(1)))


@pytest.mark.parametrize("taken", [torch.log, torch.sqrt, torch.rsqrt])
def test_one_nan_makes_the_loss_nan(taken: type[torch.Tensor]) -> None:
    assert taken(RAW).mean().isnan()


def test_a_loss_that_takes_the_logarithm_itself_is_nan_too() -> None:
    seen = torch.ones(16, 4)
    assert functional.poisson_nll_loss(RAW, seen, log_input=False).isnan()
    shares = torch.randn(16, 4).log_softmax(1)
    assert functional.kl_div(shares, RAW, reduction="batchmean").isnan()
    assert not functional.kl_div(shares, RAW.softmax(1), reduction="batchmean").isnan()
