"""Shorter ways to the types of what is slow on ``meta``: recurrence, resizing, norms, and Linear.

Each is taken only where torch is sure to accept the call; where in doubt, torch is asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from app.engine.strides import in_one_piece, strided
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.empty_rules import multiplies_nothing
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg, FrozenMap

RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
"""Which rank each smooth way of resizing takes."""
BATCH_NORMS = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d
TRANSPOSED = nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d
RANKS_OF_NORMS: dict[type, tuple[int, ...]] = {
    nn.BatchNorm1d: (2, 3),
    nn.BatchNorm2d: (4,),
    nn.BatchNorm3d: (5,),
}
CURVES = (
    nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Dropout,
)  # fmt: skip
"""Functions of each number by itself, which torch takes with their own arguments left alone."""
SINGLE = nn.CrossEntropyLoss | nn.NLLLoss | nn.LinearCrossEntropyLoss
SOFTENED = ("bilinear", "bicubic", "lanczos")
"""Ways of resizing that torch can take with antialias."""
LABELLED = ("nn.CrossEntropyLoss", "nn.NLLLoss", "nn.LinearCrossEntropyLoss")
PRODUCTS = ("op.matmul", "torch.bmm")
FLOATS = ("float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A cheaper call, how to turn its outputs into the real ones, and the factor on its price."""

    target: Any
    args: FrozenMap[str, Arg]
    inputs: FrozenMap[str, Any]
    restore: Callable[[str, Any], Any] = lambda _, value: value
    times: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What torch is sure to give, without being asked: ``output`` and its price."""

    output: TensorType
    flops: int = 0


def known(target: Any, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]) -> Known | None:
    """Return what a norm, a curve or a Linear layer gives, or None where in doubt."""
    if isinstance(target, BATCH_NORMS | nn.LayerNorm):
        return _unchanged(target, inputs) if surely_legal(target, inputs) else None
    if type(target) in CURVES and args.keys() <= {"p"} and is_plain(inputs):
        return _unchanged(target, inputs)
    if type(target) is nn.Linear and is_plain(inputs):
        return _product(target, inputs["input"])
    return None


def shortcut(
    spec: Spec, target: Any, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Return a cheaper call that gives the same types, or None where there is none."""
    if isinstance(target, nn.RNNBase):
        return _one_step(target, args, inputs)
    if spec.name in LABELLED and _dtype(inputs.get("target")) == "uint8":
        label = replace(inputs["target"], dtype="int64")  # the processor takes bytes for labels
        whole = inputs.set("target", label)
        return _single_label(target, args, whole) or Shortcut(target, args, whole)
    if isinstance(target, SINGLE):
        return _single_label(target, args, inputs)
    if isinstance(target, nn.CTCLoss) and (found := _labels_in_rows(target, args, inputs)):
        return found
    if isinstance(target, nn.HuberLoss | nn.SoftMarginLoss):
        return _of_one_dtype(target, args, inputs)
    if spec.name in RESIZERS and (found := _no_samples(target, args, inputs)):
        return found
    if isinstance(target, TRANSPOSED) and (found := _without_places(target, args, inputs)):
        return found
    if spec.name in PRODUCTS and (found := _of_nothing(target, args, inputs)):
        return found
    if spec.name == "torch.roll" and (found := _rolled_away(target, args, inputs)):
        return found
    if isinstance(target, nn.Upsample) and _smooth(target.mode, inputs):
        plain = nn.Upsample(
            target.size, target.scale_factor, recompute_scale_factor=target.recompute_scale_factor
        )
        return Shortcut(plain, args, inputs)
    if spec.name == "torch.where" and _dtype(inputs.get("condition")) == "uint8":
        condition = replace(inputs["condition"], dtype="bool")  # which the processor still takes
        return Shortcut(target, args, inputs.set("condition", condition))
    sharp = args.get("antialias") is True and args.get("mode") not in SOFTENED
    if spec.name == "F.interpolate" and not sharp and _smooth(args.get("mode"), inputs):
        return Shortcut(target, args.without("mode", "align_corners", "antialias"), inputs)
    return None


def _of_nothing(
    target: Any, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Return a product of which one side is empty with both of one dtype, that of the second."""
    types = {port: kind for port, kind in inputs.items() if isinstance(kind, TensorType)}
    if not multiplies_nothing(types):
        return None
    dtype = (types.get("mat2") or types["other"]).dtype
    if types["input"].dtype == dtype:
        return None
    return Shortcut(target, args, inputs.set("input", replace(types["input"], dtype=dtype)))


def _dtype(value: Any) -> str:
    return value.dtype if isinstance(value, TensorType) else ""


def surely_legal(target: nn.Module, inputs: FrozenMap[str, Any]) -> bool:
    """Whether torch is sure to accept this input of a norm; where in doubt, torch is asked."""
    given = inputs.get("input")
    if type(given) is not TensorType or given.dtype != "float32" or 0 in given.shape:
        return False
    shape = tuple(int(size) for size in given.shape)
    if isinstance(target, nn.LayerNorm):
        return shape[-len(target.normalized_shape) :] == target.normalized_shape
    if not isinstance(target, BATCH_NORMS) or len(shape) not in RANKS_OF_NORMS[type(target)]:
        return False
    # statistics over a single value per channel are what torch refuses in training
    return shape[1] == target.num_features and math.prod(shape) > shape[1]


def is_plain(inputs: FrozenMap[str, Any]) -> bool:
    """Whether what arrives is one usual tensor in one piece, with something in it."""
    given = inputs.get("input")
    return (
        type(given) is TensorType
        and given.dtype == "float32"
        and len(given.shape) > 1
        and 0 not in given.shape
    )


def _unchanged(target: nn.Module, inputs: FrozenMap[str, Any]) -> Known:
    """Return what comes in, which also wants gradients if a weight of the norm does."""
    given: TensorType = inputs["input"]
    learns = given.requires_grad or any(weight.requires_grad for weight in target.parameters())
    return Known(TensorType(given.shape, given.dtype, "", learns))


def _product(target: nn.Linear, given: TensorType) -> Known | None:
    """Return what the rows that arrive give by the transposed weight; a bias costs nothing."""
    width, weight = target.out_features, target.weight
    if int(given.shape[-1]) != target.in_features or width < 1 or weight.dtype != torch.float32:
        return None
    learns = given.requires_grad or weight.requires_grad
    output = TensorType((*given.shape[:-1], width), given.dtype, "", learns)
    return Known(output, 2 * math.prod(map(int, given.shape)) * width)


def _single_label(
    target: nn.Module, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Take a list of one label for a label, as the processor does where no sample has an axis."""
    scores, label = inputs.get("input"), inputs.get("target")
    if not isinstance(scores, TensorType) or not isinstance(label, TensorType):
        return None
    if getattr(target, "label_smoothing", 0.0):
        return None
    if len(scores.shape) != 1 or label.shape != (1,):
        return None
    classes = getattr(target, "num_classes", scores.shape[0])
    if label.dtype in FLOATS or (classes == 1 and not isinstance(target, nn.NLLLoss)):
        return None  # of a single class, all but NLLLoss take it for its probability
    return Shortcut(target, args, inputs.set("target", replace(label, shape=())))


def _labels_in_rows(
    target: nn.CTCLoss, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Lay the labels of all samples, which follow one another, out as a row for each.

    In one row they have to be as many as the lengths add up to, and those are numbers, which are
    looked at by a rule.
    """
    labels, scores = inputs.get("targets"), inputs.get("log_probs")
    if not isinstance(labels, TensorType) or not isinstance(scores, TensorType):
        return None
    if len(labels.shape) != 1 or len(scores.shape) not in (2, 3):
        return None
    samples = scores.shape[1] if len(scores.shape) == 3 else 1
    each = max(int(labels.shape[0]), 1)
    rows = TensorType((samples, each), labels.dtype, labels.device, labels.requires_grad)
    return Shortcut(target, args, inputs.set("targets", rows))


def _of_one_dtype(
    target: nn.Module, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Take the target in the dtype of the input, which the result has on the processor."""
    dtype, other = _dtype(inputs.get("input")), _dtype(inputs.get("target"))
    if dtype == other or dtype not in FLOATS or other not in FLOATS:
        return None
    return Shortcut(target, args, inputs.set("target", replace(inputs["target"], dtype=dtype)))


def _smooth(mode: object, inputs: FrozenMap[str, Any]) -> bool:
    """Whether this resizing is one whose sizes are those of the plain way, which is fast."""
    given = inputs.get("input")
    if type(given) is not TensorType or given.dtype not in FLOATS:
        return False
    return isinstance(mode, str) and RANKS.get(mode) == len(given.shape)


def _one_step(
    target: nn.RNNBase, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Run a recurrent layer over one step: only the axis of time in ``output`` has the length."""
    given = inputs.get("input")
    if not isinstance(given, TensorType) or len(given.shape) not in (2, 3):
        return None
    axis = 1 if target.batch_first and len(given.shape) == 3 else 0
    length = int(given.shape[axis])
    if length < 2:
        return None

    def with_length(value: TensorType, size: int) -> TensorType:
        shape = (*value.shape[:axis], size, *value.shape[axis + 1 :])
        return replace(in_one_piece(value), shape=shape)

    def restore(port: str, value: Any) -> Any:
        if port != "output":
            return value
        whole = with_length(value, length)
        if axis == 0:
            return whole
        batch, _, width = (int(size) for size in whole.shape)
        return strided(whole, (width, batch * width, 1))  # steps are computed first to last

    return Shortcut(target, args, inputs.set("input", with_length(given, 1)), restore, length)


def _no_samples(
    target: Any, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Resize a sample in place of none: ``meta`` stumbles over a batch without samples."""
    given = inputs.get("input")
    if type(given) is not TensorType or given.shape[:1] != (0,) or 0 in given.shape[1:]:
        return None

    def restore(_: str, value: Any) -> Any:
        return replace(value, shape=(0, *value.shape[1:]))

    sample = replace(given, shape=(1, *given.shape[1:]))
    return Shortcut(target, args, inputs.set("input", sample), restore)


def _without_places(
    target: TRANSPOSED, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Pad less where no place comes out, which ``meta`` refuses and the processor may take."""
    given, axes = inputs.get("input"), len(target.kernel_size)
    if type(given) is not TensorType or len(given.shape) < axes or "output_size" in args:
        return None
    paddings = [int(number) for number in target.padding]
    numbers = (target.stride, paddings, target.dilation, target.kernel_size)
    if any(len(each) != axes for each in (*numbers, target.output_padding)):
        return None  # which torch refuses
    made = [
        stride * (int(size) - 1) - 2 * padding + dilation * (kernel - 1) + more + 1
        for size, stride, padding, dilation, kernel, more in zip(
            given.shape[-axes:], *numbers, target.output_padding, strict=True
        )
    ]
    if min(made) != 0:
        return None
    less = copy(target)
    less.padding = tuple(old - (size == 0) for old, size in zip(paddings, made, strict=True))
    return Shortcut(less, args, inputs, lambda _, v: replace(v, shape=(*v.shape[:-axes], *made)))


def _rolled_away(
    target: Any, args: FrozenMap[str, Arg], inputs: FrozenMap[str, Any]
) -> Shortcut | None:
    """Roll nothing along an axis that there is: the processor does not look which is asked for."""
    given, dims = inputs.get("input"), args.get("dims")
    if type(given) is not TensorType or 0 not in given.shape or dims is None:
        return None
    known = tuple(0 for _ in dims) if isinstance(dims, tuple) else 0
    return None if known == dims else Shortcut(target, args.set("dims", known), inputs)


RESIZERS = ("F.interpolate", "nn.Upsample", "nn.UpsamplingNearest2d", "nn.UpsamplingBilinear2d")


def empty_result(spec: Spec, outputs: FrozenMap[str, Any], mode: object) -> str:
    """Return why a resized image without pixels is refused: ``meta`` lets it pass."""
    kind = outputs.get("output")
    if spec.name not in RESIZERS or not isinstance(kind, TensorType) or 0 not in kind.shape[2:]:
        return ""
    if mode == "area":  # which is a mean over places, and may have none
        return ""
    return f"Input and output sizes should be greater than 0, but the output is {kind.text()}."
