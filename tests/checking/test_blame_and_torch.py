"""What diagnosers say of equations, masks and sizes is said where torch refuses the call."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.execute import CannotExecute, call, construct
from graph_editor.catalogue.load import catalogue
from graph_editor.checking.diagnosers import (
    einsum,
    expand_size,
    instance_of_one,
    mask_size,
    split_sizes,
)
from graph_editor.checking.failure import Context, Failure, Site
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Address, FrozenMap, Hole, Node, NodeId, Project

REFUSED = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, CannotExecute)
SIZE = st.integers(1, 3)
SHAPE = st.lists(SIZE, min_size=1, max_size=3).map(tuple)
LETTERS = st.text("ijk", min_size=0, max_size=3)


def site(
    spec: str, args: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], **dtypes: str
) -> Site:
    """Return a use of a spec, which gets tensors of these shapes."""
    known = catalogue().get(spec)
    assert known is not None
    types = {p: TensorType(tuple(s), dtypes.get(p, "float32")) for p, s in shapes.items()}
    address = Address("n")
    node = Node(spec, args=FrozenMap(args))
    return Site(address, "main", NodeId("n"), node, known, node.args, FrozenMap(types))


def accepted(of: Site) -> bool:
    """Whether eager torch on the processor takes the call."""
    assert of.spec is not None
    values = {
        port: torch.zeros(kind.shape, dtype=getattr(torch, kind.dtype))  # type: ignore[arg-type]  # numbers
        for port, kind in of.inputs.items()
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is refused in the end
            call(of.spec, construct(of.spec, of.args), of.args, values)
    except REFUSED:
        return False
    return True


def told(module: ModuleType, of: Site) -> str:
    """Return what a diagnoser says of a call; empty where it says nothing."""
    context = Context(Project(), catalogue().get, FrozenMap({of.address: of}))
    found = module.diagnose(Failure(of, ""), context)
    return found.message if found is not None else ""


@st.composite
def equations(draw: st.DrawFn) -> Site:
    """Draw an equation and tensors that fit it about as often as not."""
    terms = draw(st.lists(LETTERS, min_size=1, max_size=2))
    sizes = {letter: draw(SIZE) for letter in "ijk"}
    shapes = [
        draw(st.one_of(st.just(tuple(sizes[letter] for letter in term)), SHAPE)) for term in terms
    ]
    dots = [draw(st.sampled_from(["", "", "..."])) for _ in terms]
    left = ",".join(dot + term for dot, term in zip(dots, terms, strict=True))
    whole = draw(st.sampled_from([left, f"{left}->{draw(st.text('ijkl', max_size=2))}"]))
    ports = {f"args[{n}]": shape for n, shape in enumerate(shapes, 1)}
    return site("torch.einsum", {"args": (whole, *(Hole(),) * len(shapes))}, ports)


@settings(max_examples=300, deadline=None)
@given(equations())
def test_an_equation_is_blamed_where_torch_refuses_it(of: Site) -> None:
    assert bool(told(einsum, of)) != accepted(of), (of.args, of.inputs, told(einsum, of))


@settings(max_examples=150, deadline=None)
@given(SHAPE, st.lists(st.sampled_from([-1, 1, 2, 3]), min_size=1, max_size=4).map(tuple))
def test_an_expand_that_is_blamed_is_refused(
    shape: tuple[int, ...], asked: tuple[int, ...]
) -> None:
    for spec in ("Tensor.expand", "Tensor.repeat"):
        of = site(spec, {"args": asked}, {"input": shape})
        assert not told(expand_size, of) or not accepted(of), (spec, shape, asked)


@settings(max_examples=150, deadline=None)
@given(
    SHAPE, st.lists(SIZE, min_size=1, max_size=3).map(tuple), st.integers(1, 4), st.integers(-3, 2)
)
def test_parts_that_are_blamed_are_refused(
    shape: tuple[int, ...], parts: tuple[int, ...], count: int, dim: int
) -> None:
    split = {"split_size_or_sections": parts, "dim": dim}
    for of in (
        site("torch.split", split, {"tensor": shape}),
        site("torch.topk", {"k": count, "dim": dim}, {"input": shape}),
    ):
        assert not told(split_sizes, of) or not accepted(of), (shape, parts, count, dim)


@settings(max_examples=150, deadline=None)
@given(st.lists(SIZE, min_size=2, max_size=4).map(tuple), st.integers(1, 2))
def test_an_instance_norm_that_is_blamed_is_refused(shape: tuple[int, ...], axes: int) -> None:
    of = site(f"nn.InstanceNorm{axes}d", {"num_features": 3}, {"input": shape})
    assert not told(instance_of_one, of) or not accepted(of), shape


@settings(max_examples=200, deadline=None)
@given(SIZE, SIZE, SIZE, SHAPE, st.booleans(), st.sampled_from(["attn_mask", "key_padding_mask"]))
def test_a_mask_that_is_blamed_is_refused(
    batch: int, rows: int, columns: int, mask: tuple[int, ...], first: bool, port: str
) -> None:
    def laid(steps: int) -> tuple[int, ...]:
        return (batch, steps, 4) if first else (steps, batch, 4)

    shapes = {"query": laid(rows), "key": laid(columns), "value": laid(columns), port: mask}
    args = {"embed_dim": 4, "num_heads": 2, "batch_first": first}
    of = site("nn.MultiheadAttention", args, shapes, **{port: "bool"})
    assert bool(told(mask_size, of)) <= (not accepted(of)), (shapes, told(mask_size, of))


@pytest.mark.parametrize("mask", [(3, 3), (2, 3), (1, 3), (3,), (1, 1), (2, 2, 3), (4, 2, 3)])
def test_a_mask_of_a_function_that_is_blamed_is_refused(mask: tuple[int, ...]) -> None:
    shapes = {"query": (2, 2, 4), "key": (2, 3, 4), "value": (2, 3, 4), "attn_mask": mask}
    of = site("F.scaled_dot_product_attention", {}, shapes, attn_mask="bool")
    assert not told(mask_size, of) or not accepted(of), told(mask_size, of)
