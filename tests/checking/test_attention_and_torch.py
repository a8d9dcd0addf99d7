"""What is said of attention by hand, and of texts that are too long, is what torch makes of it."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from graph_editor.checking.lints.mask_of_small_numbers import HIGHEST


def seen_places(turned: bool) -> torch.Tensor:
    """Return which places each place hangs on, in attention of 4 heads of 6 places."""
    rows = torch.randn(1, 6, 16, generator=torch.Generator().manual_seed(1), requires_grad=True)
    cut = rows.view(1, 6, 4, 4)
    cut = cut.transpose(1, 2) if turned else cut
    made = functional.scaled_dot_product_attention(cut, cut, cut)
    made = (made.transpose(1, 2) if turned else made).reshape(1, 6, 16)
    grads = (torch.autograd.grad(made[0, n].sum(), rows, retain_graph=True) for n in range(6))
    return torch.stack([grad[0][0].abs().sum(1) > 0 for grad in grads])


def test_a_place_sees_no_other_where_the_heads_stand_behind() -> None:
    assert torch.equal(seen_places(turned=False), torch.eye(6).bool())
    assert bool(seen_places(turned=True).all())


@pytest.mark.parametrize("number", [-HIGHEST, 0.0, 1e-9, HIGHEST])
def test_a_small_number_leaves_what_is_hidden_a_share(number: float) -> None:
    scores = torch.randn(5, 5, generator=torch.Generator().manual_seed(1))
    later = torch.ones(5, 5).triu(1).bool()
    for filling, is_seen in ((number, True), (-1e9, False), (-math.inf, False)):
        shares = scores.masked_fill(later, filling).softmax(dim=-1)
        assert bool((shares[later] > 0).all()) is is_seen


@pytest.mark.parametrize("axis", [1, 2])
def test_shares_along_another_axis_are_no_mean(axis: int) -> None:
    scores = torch.randn(2, 4, 6, 6, generator=torch.Generator().manual_seed(1))
    ones = torch.ones(2, 4, 6, 3)
    assert not torch.allclose(scores.softmax(dim=axis) @ ones, ones, atol=0.1)
    assert torch.allclose(scores.softmax(dim=-1) @ ones, ones)


@pytest.mark.parametrize(("labels", "is_lost"), [(4, False), (5, True)])
def test_more_labels_than_steps_lose_the_gradient(labels: int, is_lost: bool) -> None:
    scores = torch.randn(4, 2, 9, requires_grad=True)
    targets = torch.arange(1, 6).repeat(2, 1)[:, :labels]
    lengths = torch.full((2,), 4), torch.full((2,), labels)
    loss = torch.nn.CTCLoss()(scores.log_softmax(-1), targets, *lengths)
    loss.backward()
    assert bool(loss.isinf()) is is_lost
    assert scores.grad is not None
    assert bool(scores.grad.isnan().any()) is is_lost
