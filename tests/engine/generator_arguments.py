"""Draws arguments from small ranges for each kind, likely ones where the graph should be sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import torch

from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import Arg, Expr, FrozenMap, Name

Dims = tuple[tuple[int, ...], ...]
"""For each axis its size at each batch size."""
Known = Mapping[int, tuple[int, ...]]
COUNTED = ("num_embeddings", "num_classes", "n_classes")
NEVER = ("outputs",)
"""Arguments that are not drawn by themselves: how many parts there are follows from the others."""
DTYPES = ("float32", "float64", "int64", "bool", "float16", "bfloat16", "int32")
RANGES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "kernel_size": ((1, 2, 3), (0, 9, -1)),
    "stride": ((1, 2), (0, -1)),
    "padding": ((0, 1), (2, 7, -1)),
    "dilation": ((1, 2), (0, 9)),
    "groups": ((1, 2), (0, 3)),
    "output_padding": ((0, 1), (2, 5)),
    "p": ((0.0, 0.25, 0.5), (-0.5, 1.5, 25.0)),
    "dropout": ((0.0, 0.25), (-0.5, 1.5)),
    "num_layers": ((1, 2), (0,)),
    "num_heads": ((1, 2), (0, 3)),
    "nhead": ((1, 2), (0, 3)),
    "output_size": ((1, 2, 3), (0, -1)),
    "int": ((1, 2, 3), (0, -1, 7)),
    "float": ((0.1, 0.5, 1.0), (0.0, -1.0, 1.5)),
    "number": ((1, 0.5, 2), (0, -1.0)),
    "numbers": ((2.0, 1.0), (0.5, 0.0, -1.0)),
    "size": ((1, 2, 3), (0, -1)),
    "bool": ((True, False), ()),
    "proj_size": ((0, 2), (4, 5)),
    "ignore_index": ((-100, 0, 1), ()),
    "padding_idx": ((0, 1), (99,)),
    "label_smoothing": ((0.0, 0.1), (1.5, -1.0)),
    "reduction": (("mean", "sum", "none"), ()),
}
"""For an argument, or a type, what is likely and what is not."""
APART = ("torch.split", "nn.Unflatten", "Tensor.unflatten")


def dims_of(values: tuple[Any, ...]) -> Dims:
    """Return the sizes of tensors of one rank, axis by axis; none for numbers."""
    if not all(isinstance(v, torch.Tensor) for v in values):
        return ()
    if len({v.dim() for v in values}) > 1:
        return ()
    return tuple(zip(*(v.shape for v in values), strict=True))


def expressed(dim: tuple[int, ...], tried: Sequence[Mapping[str, int]]) -> int | Expr | None:
    """Return a size as a drawing says it: a number, or an expression over one named size."""
    first = dim[0]
    if len(set(dim)) == 1:
        return first
    slopes = {}
    for size, names in zip(dim[1:], tried[1:], strict=True):
        name = next(name for name in names if names[name] != tried[0][name])
        slopes[name] = (size - first) / (names[name] - tried[0][name])
    moving = [name for name in slopes if slopes[name]]
    if len(moving) > 1 or slopes[moving[0]] < 1 or slopes[moving[0]] % 1:
        return None
    name, slope = moving[0], int(slopes[moving[0]])
    offset = first - slope * tried[0][name]
    text = name if slope == 1 else f"{slope}*{name}"
    return Expr(f"{text} + {offset}" if offset else text) if offset >= 0 else None


def arguments_for(
    random: Random,
    spec: Spec,
    base: Mapping[str, Arg],
    known: Known,
    first: Dims,
    said: tuple[int | Expr | None, ...],
    wild: bool,
) -> dict[str, Arg]:
    """Return arguments like an example's, for other sizes, some of them drawn anew.

    ``first`` are the sizes of the first input, and ``said`` is how a drawing says them.
    """
    args: dict[str, Arg] = {}
    for name, value in base.items():
        argument = spec.argument(name)
        assert argument is not None
        if argument.infer:
            if random.random() < 0.5:
                args[name] = _mapped(value, known)
        elif name in COUNTED:
            args[name] = _mapped(value, known)
        elif name == "args" and spec.kind == "Tensor" and not _holed(value):
            args[name] = _sizes(random, spec.name, value, said, wild)
        elif argument.type in ("int", "size", "float", "number") and random.random() < 0.4:
            args[name] = _drawn(random, argument, first, wild)
        else:
            args[name] = value
    if not wild:
        args |= _apart(random, spec, args, first)
    own = [a for a in spec.arguments if _may_be_drawn(a, args)]
    for argument in random.sample(own, min(len(own), random.choice([0, 0, 1, 2]))):
        args[argument.name] = _drawn(random, argument, first, wild)
    return args


def _apart(random: Random, spec: Spec, args: Mapping[str, Arg], first: Dims) -> dict[str, Arg]:
    """Return how an axis of one size is taken apart, for what does that; mostly so that it can."""
    fixed = [axis for axis, dim in enumerate(first) if len(set(dim)) == 1 and dim[0] > 0]
    if not fixed or spec.name not in APART or random.random() < 0.15:
        return {}
    axis = random.choice(fixed)
    size = first[axis][0]
    dim = axis - random.choice((0, len(first)))
    if spec.name == "torch.split":
        length = random.randint(max(1, size // 3), size)
        parts = -(-size // length)
        lengths = (*[length] * (size // length), *([size % length] if size % length else []))
        return {
            "split_size_or_sections": random.choice((length, lengths)),
            "dim": dim,
            "outputs": parts,
        }
    part = random.choice([d for d in range(1, size + 1) if size % d == 0])
    sizes = random.choice(((part, size // part), (-1, part), (part, 1, -1)))
    return {"dim": dim, ("sizes" if spec.kind == "Tensor" else "unflattened_size"): sizes}


def _may_be_drawn(argument: Argument, args: Mapping[str, Arg]) -> bool:
    kinds = ("int", "size", "float", "number", "numbers", "bool", "str", "dtype")
    return (
        argument.port is None
        and argument.style in ("positional", "keyword")
        and argument.type in kinds
        and not argument.infer
        and argument.name not in args
        and argument.name not in NEVER
        and (argument.type != "str" or bool(argument.choices))
    )


def _drawn(random: Random, argument: Argument, first: Dims, wild: bool) -> Arg:
    if argument.name in ("dim", "dim0", "dim1", "start_dim", "end_dim", "source", "destination"):
        rank = max(len(first), 1)
        edge = 1 if wild else 0
        return random.randint(-rank - edge, rank - 1 + edge)
    if argument.type == "str":
        return random.choice([*argument.choices, *(["nonsense"] if wild else [])])
    if argument.type == "dtype":
        return Name(random.choice(DTYPES))
    likely, odd = RANGES.get(argument.name) or RANGES[argument.type]
    value = random.choice([*likely, *(odd if wild else ())])
    if argument.type == "size" and argument.rank and random.random() < 0.25:
        rank = argument.rank + (wild and random.random() < 0.3)
        return tuple(random.choice(likely) for _ in range(rank))
    return value


def _mapped(value: Arg, known: Known) -> Arg:
    """Return a size of the example as it is here."""
    if isinstance(value, tuple):
        return tuple(_mapped(item, known) for item in value)
    if isinstance(value, int) and not isinstance(value, bool) and value in known:
        return known[value][0]
    return value


def _holed(value: Arg) -> bool:
    return isinstance(value, tuple) and any(not isinstance(item, int) for item in value)


def _sizes(
    random: Random, name: str, value: Arg, said: tuple[int | Expr | None, ...], wild: bool
) -> Arg:
    """Return the sizes that view, reshape, permute, expand or repeat are given."""
    rank = len(said)
    dims: list[Arg] = [-1 if dim is None else dim for dim in said]
    if name == "Tensor.permute":
        order = random.sample(range(rank), rank)
        return tuple(order if not wild else [*order[:-1], random.randint(-1, rank)])
    if name == "Tensor.repeat":
        return tuple(random.choice([1, 2]) for _ in range(rank + random.choice([0, 1]) - wild))
    if name == "Tensor.expand":
        return (*[random.choice([-1, d]) if d != 1 else random.choice([2, 3]) for d in dims],)
    shapes: list[tuple[Arg, ...]] = [(-1,), tuple(dims)]
    if rank:
        shapes += [(dims[0], -1), (-1, dims[-1]), (*dims[:-1], 1, dims[-1]), (*dims, 1)]
    if wild or random.random() < 0.15:
        shapes += [(4, -1), (-1, -1), (-1, 5), (3, 7), tuple(dims[1:])]
    return random.choice(shapes) or value


__all__ = ["Dims", "FrozenMap", "arguments_for", "dims_of", "expressed"]
