"""The shape of the one weight of a layer, from its arguments: what can be tied to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Arg, Expr

Value: TypeAlias = "Callable[[str], Arg]"
"""Returns what an argument comes to; None where that is not known."""
WEIGHT = "weight"


def _conv(value: Value, rank: int, turned: bool) -> tuple[Arg, ...]:
    """Return filters × channels of a group × kernel; a transposed one counts the other way."""
    kernel, groups = value("kernel_size"), value("groups")
    first, second = value("out_channels"), value("in_channels")
    if turned:
        first, second = second, first
    whole = isinstance(second, int) and isinstance(groups, int) and groups > 0
    sizes = kernel if isinstance(kernel, tuple) else (kernel,) * rank
    return (first, second // groups if whole else None, *sizes)  # type: ignore[operator]  # they are whole


def _named(*names: str) -> Callable[[Value], tuple[Arg, ...]]:
    return lambda value: tuple(value(name) for name in names)


SHAPES: Mapping[str, Callable[[Value], tuple[Arg, ...]]] = {
    "nn.Linear": _named("out_features", "in_features"),
    "nn.Bilinear": _named("out_features", "in1_features", "in2_features"),
    "nn.Embedding": _named("num_embeddings", "embedding_dim"),
    "nn.EmbeddingBag": _named("num_embeddings", "embedding_dim"),
    "nn.PReLU": _named("num_parameters"),
    "nn.GroupNorm": _named("num_channels"),
    **{
        f"nn.{kind}Norm{rank}d": _named("num_features")
        for kind in ("Batch", "Instance")
        for rank in (1, 2, 3)
    },
    **{f"nn.Conv{r}d": lambda value, r=r: _conv(value, r, False) for r in (1, 2, 3)},  # type: ignore[misc]  # mypy cannot infer a lambda's default
    **{f"nn.ConvTranspose{r}d": lambda value, r=r: _conv(value, r, True) for r in (1, 2, 3)},  # type: ignore[misc]  # as above
    "nn.LayerNorm": lambda value: _sizes(value("normalized_shape")),
    "nn.RMSNorm": lambda value: _sizes(value("normalized_shape")),
}
"""Layers with one weight that is called so, and how its axes follow from the arguments."""


def _sizes(value: Arg) -> tuple[Arg, ...]:
    return value if isinstance(value, tuple) else (value,)


def why_no_tie(one: Spec | None, other: Spec | None, values: tuple[Value, Value]) -> str:
    """Return why the weights of two layers cannot be one, as far as it can be told; else nothing.

    An axis that is not known yet is taken to fit: the check tells later.
    """
    for spec in (one, other):
        if spec is None or spec.name not in SHAPES:
            called = "This" if spec is None else spec.title
            return f"{called} has no single weight that could be tied."
    assert one is not None  # told above
    assert other is not None  # told above
    mine, theirs = SHAPES[one.name](values[0]), SHAPES[other.name](values[1])
    pairs = zip(mine, theirs, strict=False)
    unlike = any(_is_number(a) and _is_number(b) and a != b for a, b in pairs)
    if len(mine) == len(theirs) and not unlike:
        return ""
    first, second = (" × ".join(map(_text, shape)) for shape in (mine, theirs))
    return f"The weight of {one.title} is {first}, and that of {other.title} is {second}."


def _is_number(value: Arg) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Arg) -> str:
    if isinstance(value, Expr):
        return value.text
    return "?" if value is None else str(value)
