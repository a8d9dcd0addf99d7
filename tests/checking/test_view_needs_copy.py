"""Views that torch cannot give without a copy, and those that it can."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.strides import type_of_tensor
from graph_editor.checking.strided import can_view
from tests.checking.drawings import HEAD, B, drawing, judged

SEQUENCE = (B, 16, 24)
SWAP = ("swap", "Tensor.transpose", {"dim0": 1, "dim1": 2})
ROWS = ("view", "Tensor.view", {"args": (B, -1)})
PIECE = ("piece", "nn.Linear", {"out_features": 24})


@pytest.mark.parametrize(
    "moves",
    [
        (SWAP,),
        (PIECE, SWAP),
        (("order", "Tensor.permute", {"args": (0, 2, 1)}),),
        (("gru", "nn.GRU", {"hidden_size": 6, "batch_first": True}),),
        (SWAP, ("relu", "nn.ReLU", {})),
    ],
)
def test_a_view_of_what_lies_apart_is_told(moves: tuple) -> None:
    said = judged(drawing(*moves, ROWS, HEAD, x=SEQUENCE)).diagnostics
    assert [(d.code, d.node) for d in said] == [("view-needs-copy", "view")]


@pytest.mark.parametrize("first", [B, -1])
def test_the_batch_is_said_by_its_name(first: object) -> None:
    rows = ("view", "Tensor.view", {"args": (first, 384)})
    (said,) = judged(drawing(SWAP, rows, HEAD, x=SEQUENCE)).diagnostics
    assert "cannot view B×24×16 as B×384:" in said.message


@pytest.mark.parametrize(
    "moves",
    [
        (),
        (SWAP, ("again", *SWAP[1:])),
        (SWAP, ("copy", "Tensor.contiguous", {})),
        (SWAP, ("norm", "nn.LayerNorm", {"normalized_shape": 16})),
        (("gru", "nn.GRU", {"hidden_size": 6}),),
    ],
)
def test_a_view_that_needs_no_copy_is_left_in_peace(moves: tuple) -> None:
    verdict = judged(drawing(*moves, ROWS, HEAD, x=SEQUENCE))
    assert {d.code for d in verdict.diagnostics} <= {"time-first"}  # the GRU takes B for time


def test_a_view_that_only_splits_axes_is_left_in_peace() -> None:
    split = ("view", "Tensor.view", {"args": (B, 4, 6, 16)})
    flat = ("flat", "nn.Flatten", {})
    assert judged(drawing(SWAP, split, flat, HEAD, x=SEQUENCE)).diagnostics == ()


def test_a_wrong_number_of_values_is_told_first() -> None:
    wrong = ("view", "Tensor.view", {"args": (B, 100)})
    found = judged(drawing(SWAP, wrong, HEAD, x=SEQUENCE)).diagnostics
    assert [d.code for d in found] == ["reshape-size"]


SIZES = st.lists(st.sampled_from([1, 2, 3, 4]), min_size=1, max_size=4)


@st.composite
def tensors_and_shapes(draw: st.DrawFn) -> tuple[torch.Tensor, list[int]]:
    """Draw a tensor with swapped, cut or stretched axes, and a shape with as many values."""
    shape = draw(SIZES)
    large = torch.zeros([size + draw(st.integers(0, 1)) for size in shape])
    tensor = large[tuple(slice(size) for size in shape)]
    tensor = tensor.permute(draw(st.permutations(range(len(shape)))))
    if draw(st.booleans()):
        tensor = tensor.unsqueeze(draw(st.integers(0, tensor.dim())))
    if draw(st.booleans()):
        tensor = tensor.expand([2 if size == 1 else size for size in tensor.shape])
    factors = [f for size in tensor.shape for f in ([2, 2] if size == 4 else [size])]
    wanted = [1]
    for factor in draw(st.permutations(factors)):
        if draw(st.booleans()):
            wanted[-1] *= factor
        else:
            wanted.append(factor)
    return tensor, draw(st.sampled_from([wanted, list(tensor.shape)]))


@settings(max_examples=600, deadline=None)
@given(tensors_and_shapes())
def test_views_are_possible_exactly_where_torch_gives_them(
    case: tuple[torch.Tensor, list[int]],
) -> None:
    tensor, wanted = case
    try:
        tensor.view(wanted)
        possible = True
    except RuntimeError:
        possible = False
    assert can_view(type_of_tensor(tensor), wanted) is possible
