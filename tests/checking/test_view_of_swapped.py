"""Whether a shape can be laid over strides without a copy: torch is the oracle."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.checking.lints.view_of_swapped import can_view

SIZES = st.lists(st.sampled_from([1, 2, 3, 4]), min_size=1, max_size=4)


@st.composite
def tensors_and_shapes(draw: st.DrawFn) -> tuple[torch.Tensor, list[int]]:
    """Draw a tensor with swapped axes, and a shape with as many values."""
    shape = draw(SIZES)
    tensor = torch.zeros(shape).permute(draw(st.permutations(range(len(shape)))))
    if draw(st.booleans()):
        tensor = tensor.unsqueeze(draw(st.integers(0, tensor.dim())))
    factors = [f for size in shape for f in ([2, 2] if size == 4 else [size])]
    wanted = [1]
    for factor in draw(st.permutations(factors)):
        if draw(st.booleans()):
            wanted[-1] *= factor
        else:
            wanted.append(factor)
    return tensor, draw(st.sampled_from([wanted, list(tensor.shape)]))


@settings(max_examples=1500, deadline=None)
@given(tensors_and_shapes())
def test_views_are_refused_exactly_where_torch_refuses_them(
    case: tuple[torch.Tensor, list[int]],
) -> None:
    tensor, wanted = case
    try:
        tensor.view(wanted)
        possible = True
    except RuntimeError:
        possible = False
    axes = list(zip(tensor.shape, tensor.stride(), strict=True))
    assert can_view(axes, wanted) is possible
