"""What is said of a triangle of ones is what torch makes of it."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch.nn import functional

from graph_editor.checking.causal_masks import Triangle
from graph_editor.checking.failure import Site
from graph_editor.document.model import Address, Node, NodeId

CUT = Site(Address("cut"), "main", NodeId("cut"), Node("torch.triu"), None)
KINDS = list(
    itertools.product(((4, 4), (2, 5), (5, 2), (1, 3)), range(-5, 6), (True, False), (True, False))
)


def drawn(
    size: tuple[int, int], diagonal: int, is_upper: bool, hides: bool
) -> tuple[Triangle, torch.Tensor]:
    cut = torch.triu if is_upper else torch.tril
    mask = Triangle("attn_mask", CUT, *size, diagonal, is_upper, hides)
    return mask, cut(torch.ones(size), diagonal)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_row_sees_nothing_where_all_of_it_is_hidden(
    kind: tuple[tuple[int, int], int, bool, bool],
) -> None:
    mask, ones = drawn(*kind)
    seen = ~ones.bool() if mask.hides else ones.bool()
    blind = [row for row in range(mask.rows) if not seen[row].any()]
    assert (mask.blind_row in blind) if blind else mask.blind_row is None
    assert mask.is_mixed is (0 < int(ones.sum()) < ones.numel())


def test_the_triangle_that_hides_what_comes_later_is_known() -> None:
    later = torch.ones(4, 4).tril().bool()
    for kind in KINDS:
        mask, ones = drawn(*kind)
        if (mask.rows, mask.columns) == (4, 4):
            seen = ~ones.bool() if mask.hides else ones.bool()
            assert mask.hides_the_future is torch.equal(seen, later)
            assert mask.turned_hides_the_future is torch.equal(~seen, later)


def test_a_blind_row_is_nan_or_0_and_ones_hide_nothing() -> None:
    x = torch.randn(1, 4, 8, generator=torch.Generator().manual_seed(1))
    attend = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    hidden = torch.ones(4, 4).tril().bool()
    assert attend(x, x, x, attn_mask=hidden)[0][0, -1].isnan().all()
    shown = torch.ones(4, 4).triu(1)
    last = functional.scaled_dot_product_attention(x, x, x, attn_mask=shown.bool())[0, -1]
    assert bool(last.isnan().all()) or not last.any()
    weights = attend(x, x, x, attn_mask=shown)[1]
    assert (weights > 0).all()  # each step sees each other


def test_shares_of_a_row_of_minus_infinity_are_nan_and_reach_the_loss_and_weights() -> None:
    x = torch.randn(1, 4, 8, generator=torch.Generator().manual_seed(1))
    given = torch.nn.Linear(8, 8)
    hidden = torch.ones(4, 4).triu(0).bool()
    shares = (x @ x.transpose(1, 2)).masked_fill(hidden, -torch.inf).softmax(-1)
    loss = (shares @ given(x)).square().mean()
    loss.backward()
    assert loss.isnan()
    assert given.weight.grad is not None
    assert given.weight.grad.isnan().all()
