"""Calls that torch makes going forward, and through which it refuses to go back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch

from graph_editor.checking.strided import Strided
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg

Types = Mapping[str, TensorType]
"""What arrives, by port."""
Odd = Callable[[Mapping[str, Arg], Types, tuple[int, ...]], bool]
"""Whether a call is such a one, by its arguments, what arrives and the shape of what it gives."""


def _bool_at(port: str) -> Odd:
    return lambda _, types, __: port in types and types[port].dtype == "bool"


def _unlike(_: Mapping[str, Arg], types: Types, __: tuple[int, ...]) -> bool:
    return len({kind.dtype for kind in types.values()}) > 1


def _emptied(_: Mapping[str, Arg], __: Types, shape: tuple[int, ...]) -> bool:
    return 0 in shape[1:]


def _nothing_moved(args: Mapping[str, Arg], _: Types, shape: tuple[int, ...]) -> bool:
    """Whether no numbers are moved between channels and places: torch 2.13 loses their shape."""
    factor = args.get("upscale_factor", args.get("downscale_factor"))
    return 0 in shape and factor != 1


def _nothing_left(_: Mapping[str, Arg], types: Types, shape: tuple[int, ...]) -> bool:
    """Whether what is put back to its places finds none, so that its gradients cannot be found."""
    return 0 in shape and 0 not in types["input"].shape


def _cropped(_: Mapping[str, Arg], types: Types, __: tuple[int, ...]) -> bool:
    """Whether only a part of what is scattered is used, and all of it wants gradients."""
    source, index = types.get("src"), types.get("index")
    if source is None or index is None or not source.requires_grad:
        return False
    return source.shape != index.shape


def _below(least: int, name: str) -> Odd:
    """Return whether a number is too small."""

    def found(args: Mapping[str, Arg], _: Types, __: tuple[int, ...]) -> bool:
        said = args.get(name)
        sizes = said if isinstance(said, tuple) else (said,)
        return any(isinstance(size, int) and size < least for size in sizes)

    return found


def _listed(args: Mapping[str, Arg], types: Types, _: tuple[int, ...]) -> bool:
    """Whether a list of one label stands for a label, which is taken on the way forward alone."""
    scores, label = types.get("input"), types.get("target")
    if scores is None or label is None or label.dtype not in ("int64", "uint8"):
        return False
    classes = args.get("num_classes", scores.shape[0] if scores.shape else 1)
    return len(scores.shape) == 1 and label.shape == (1,) and classes != 1


def _turned_maps(args: Mapping[str, Arg], types: Types, shape: tuple[int, ...]) -> bool:
    """Whether scores of maps stand in another order in memory, in which gradients are not made."""
    scores = types["input"]
    if not isinstance(scores, Strided) or len(scores.shape) != MAPS:
        return _listed(args, types, shape)
    sizes = [int(size) for size in scores.shape]
    like = torch.empty_like(torch.empty_strided(sizes, scores.stride, device="meta"))
    return not like.is_contiguous()


def _written_over(slope: str) -> Odd:
    """Return whether a curve that falls is laid over what arrives, of which nothing is left."""

    def found(args: Mapping[str, Arg], _: Types, __: tuple[int, ...]) -> bool:
        said = args.get(slope)
        return args.get("inplace") is True and isinstance(said, int | float) and said < 0

    return found


def _counted_rows(args: Mapping[str, Arg], _: Types, __: tuple[int, ...]) -> bool:
    """Whether gradients of the rows that were looked up are to be shared out by their number."""
    return args.get("sparse") is True and args.get("scale_grad_by_freq") is True


def _odd_power(args: Mapping[str, Arg], types: Types, shape: tuple[int, ...]) -> bool:
    """Whether an exponent is bool, of which no 1 can be taken away, or what is raised a switch."""
    return isinstance(args.get("input"), bool) or _bool_at("other")(args, types, shape)


def _smoothed_halves(args: Mapping[str, Arg], types: Types, _: tuple[int, ...]) -> bool:
    """Whether short floats are smoothed: those of a size that stays pass forward alone."""
    return args.get("antialias") is True and types["input"].dtype in ("float16", "bfloat16")


MAPS = 4
"""Axes of scores for each place of a map."""
POOLS = tuple(f"nn.Adaptive{word}Pool{axes}d" for word in ("Avg", "Max") for axes in (1, 2, 3))
UNPOOLS = ("nn.MaxUnpool1d", "nn.MaxUnpool2d", "nn.MaxUnpool3d")
SHUFFLES = ("nn.PixelShuffle", "nn.PixelUnshuffle")
ODD_DERIVATIVES: Mapping[str, Odd] = {
    "nn.SoftMarginLoss": _bool_at("target"),  # which cannot be negated
    "op.pow": _odd_power,
    "F.interpolate": _smoothed_halves,
    "nn.LeakyReLU": _written_over("negative_slope"),
    **dict.fromkeys(("nn.ELU", "nn.CELU"), _written_over("alpha")),
    **dict.fromkeys(("nn.Embedding", "nn.EmbeddingBag"), _counted_rows),
    "nn.HuberLoss": _unlike,
    "nn.CrossMapLRN2d": _below(2, "size"),
    "nn.FractionalMaxPool2d": _below(1, "kernel_size"),
    "nn.FractionalMaxPool3d": _below(1, "kernel_size"),
    "torch.scatter": _cropped,
    **dict.fromkeys(POOLS, _emptied),
    **dict.fromkeys(SHUFFLES, _nothing_moved),
    **dict.fromkeys(UNPOOLS, _nothing_left),
    **dict.fromkeys(("nn.CrossEntropyLoss", "nn.LinearCrossEntropyLoss"), _listed),
    "nn.NLLLoss": _turned_maps,
}
FALLS = "inplace is True: of numbers that were written over, torch has no derivative below 0"
REASONS: Mapping[str, str] = {
    "nn.LeakyReLU": f"negative_slope is below 0 and {FALLS}",
    **dict.fromkeys(("nn.ELU", "nn.CELU"), f"alpha is below 0 and {FALLS}"),
    **dict.fromkeys(
        SHUFFLES, "what arrives holds no numbers, and of that this PyTorch loses the shape"
    ),
    **dict.fromkeys(UNPOOLS, "its result has no places, and torch looks there for the gradients"),
    **dict.fromkeys(
        ("nn.Embedding", "nn.EmbeddingBag"),
        "sparse and scale_grad_by_freq are both True, and torch has sparse gradients unscaled only",
    ),
}
"""Why torch cannot go back, where it is not the kind of what arrives."""
