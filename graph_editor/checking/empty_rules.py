"""Rules for tensors that hold no numbers: ``meta`` lets them pass where the processor does not."""

from __future__ import annotations

import math
from collections.abc import Mapping

from graph_editor.checking.number_rules import averaged_to_something
from graph_editor.checking.rules import Call, Rule, RuleFailure, only, per_axis, resized
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg

WIDE, MANY = 3, 20480
"""A kernel above which, and numbers above which, torch's fast convolution pays for one sample."""
NEVER_EMPTY = "nn.AdaptiveAvgPool3d"
"""What takes no empty axis but the first, be it of channels."""


def pooled_from_something(call: Call) -> RuleFailure | None:
    """Refuse averages over nothing, and dtypes that have none; over everything they are nan."""
    found = _averaged(call, call.value("output_size"))
    return found or (None if call.spec.name == NEVER_EMPTY else averaged_to_something(call))


def _averaged(call: Call, size: Arg) -> RuleFailure | None:
    arriving, axes = call.types.get("input"), int(call.spec.name[-2])
    if arriving is None or size in (1, (1,) * axes):
        return None
    looked_at = arriving.shape[1 if call.spec.name == NEVER_EMPTY else -axes :]
    return _empty(call, looked_at, "averages")


def _empty(call: Call, sizes: tuple[object, ...], what: str) -> RuleFailure | None:
    if 0 not in sizes:
        return None
    arriving = call.types["input"].text()
    return RuleFailure(f"there are no numbers in {arriving} to make {what} of", "input")


def resized_from_something(call: Call) -> RuleFailure | None:
    """Refuse to resize samples without numbers; and see ``resized``."""
    arriving, mode = call.types.get("input"), call.value("mode")
    if arriving is not None and len(arriving.shape) > 2:
        is_mean = mode == "area"
        places, size = len(arriving.shape) - 2, call.value("size")
        looked_at = arriving.shape[2:] if is_mean else arriving.shape[1:]
        if not is_mean or size not in (1, (1,) * places):
            found = _empty(call, looked_at, "another size")
            if found is not None:
                return found
    if call.value("antialias") is True and not _stays(call):
        found = only(frozenset({"float32", "float64", "uint8"}))(call)
        return found or _coloured_pixel(call)
    return resized(call) if call.spec.argument("mode") else None


def _coloured_pixel(call: Call) -> RuleFailure | None:
    """Refuse to make one pixel of bytes in three colours, at which torch goes astray."""
    arriving, size, scale = (
        call.types.get("input"),
        call.value("size"),
        call.value("scale_factor"),
    )
    if arriving is None or arriving.dtype != "uint8" or len(arriving.shape) != 4:
        return None
    channels, *places = [size for size in arriving.shape[1:] if isinstance(size, int)]
    if len(places) != 2:
        return None  # a size that goes by a name
    asked = size if scale is None else scale
    each = asked if isinstance(asked, tuple) else (asked, asked)
    factors = [f for f in each if isinstance(f, int | float)]
    if len(factors) != 2:
        return None
    sizes = factors if scale is None else [int(n * f) for n, f in zip(places, factors, strict=True)]
    if channels != 3 or sizes != [1, 1] or places[0] == 1:
        return None
    message = f"{call.spec.title} cannot make one pixel of uint8 in three channels with antialias"
    return RuleFailure(message, "input", wants="float32")


def _stays(call: Call) -> bool:
    """Whether what is resized has that size already, so that there is nothing to compute."""
    arriving, size, scale = (
        call.types.get("input"),
        call.value("size"),
        call.value("scale_factor"),
    )
    places = arriving.shape[2:] if arriving is not None else ()
    if scale is not None:
        return set(scale if isinstance(scale, tuple) else (scale,)) == {1}
    return (size if isinstance(size, tuple) else (size,) * len(places)) == places


def transposed_from_something(call: Call) -> RuleFailure | None:
    """Refuse maps without places, unless there are no samples; and weights without channels."""
    arriving, axes = call.types.get("input"), int(call.spec.name[-2])
    if arriving is None or len(arriving.shape) not in (axes + 1, axes + 2):
        return None
    if arriving.shape[-axes - 1] == 0:
        return RuleFailure("weights for no channels are refused", "input")
    if len(arriving.shape) == axes + 2 and arriving.shape[0] == 0:
        return None
    return _empty(call, arriving.shape[-axes:], "a larger map")


def transposed_to_something(call: Call) -> RuleFailure | None:
    """Refuse a map without places where torch's own convolution does; the fast one makes it.

    The fast one is taken for float32 where it pays, as ``use_mkldnn`` in torch's
    ``Convolution.cpp`` says; ``meta`` knows neither.
    """
    arriving, axes = call.types.get("input"), int(call.spec.name[-2])
    if arriving is None or len(arriving.shape) not in (axes + 1, axes + 2):
        return None
    if call.value("output_size") is not None or 0 in arriving.shape:
        return None
    names = ("stride", "padding", "dilation", "kernel_size", "output_padding")
    columns = [per_axis(call.value(name), axes) for name in names]
    sizes = [
        (int(size) - 1) * stride - 2 * padding + dilation * (kernel - 1) + more + 1
        for size, stride, padding, dilation, kernel, more in zip(
            arriving.shape[-axes:], *columns, strict=True
        )
    ]
    if min(sizes) != 0 or _is_fast(call, arriving, columns[3]):
        return None
    what = "×".join(map(str, sizes))
    message = f"the map that comes out has no places ({what}), padding cuts all of it away"
    return RuleFailure(message, "input", "padding")


def _is_fast(call: Call, arriving: TensorType, kernel: list[int]) -> bool:
    """Whether torch takes the fast convolution on the processor.

    With one thread alone it leaves a kernel of 1 to its own; that is taken for fast too.
    """
    axes, groups = len(kernel), call.value("groups")
    samples = int(arriving.shape[0]) if len(arriving.shape) == axes + 2 else 1
    if arriving.dtype != "float32":
        return False
    wide = axes > 1 and min(kernel[-2:]) > WIDE
    count = math.prod(int(size) for size in arriving.shape)
    return groups != 1 or samples > 1 or wide or count > MANY


def greatest_of_something(call: Call) -> RuleFailure | None:
    """Refuse the greatest, or the least, of no numbers."""
    arriving, dim = call.types.get("input"), call.value("dim")
    if arriving is None or 0 not in arriving.shape or "other" in call.types:
        return None
    if not isinstance(dim, int):
        return RuleFailure(f"there are no numbers in {arriving.text()}", "input")
    if not -len(arriving.shape) <= dim < len(arriving.shape) or arriving.shape[dim] != 0:
        return None
    message = f"dim is {dim}, along which there are no numbers in {arriving.text()}"
    return RuleFailure(message, "input", "dim")


def picked_from_something(call: Call) -> RuleFailure | None:
    """Refuse to pick rows where there are none."""
    index = call.types.get("index") or call.types.get("input")
    if call.spec.name == "torch.index_select":
        rows, dim = call.types.get("input"), call.value("dim")
    else:
        rows, dim = call.types.get("weight"), 0
    if rows is None or index is None or 0 in index.shape or not isinstance(dim, int):
        return None
    if not -len(rows.shape) <= dim < len(rows.shape) or rows.shape[dim] != 0:
        return None
    return RuleFailure(f"there is nothing in {rows.text()} to pick from", "input")


def looked_up_in_something(call: Call) -> RuleFailure | None:
    """Refuse to look up rows of an embedding that has none."""
    index = call.types.get("input")
    if call.value("num_embeddings") != 0 or index is None or 0 in index.shape:
        return None
    return RuleFailure("there are no rows to look up", "", "num_embeddings")


def unshuffled_evenly(call: Call) -> RuleFailure | None:
    """Refuse axes that do not come out even; of no numbers, ``meta`` does not look at them."""
    image, factor = call.types.get("input"), call.value("downscale_factor")
    if image is None or 0 not in image.shape or not isinstance(factor, int) or factor < 1:
        return None
    odd = next((size for size in image.shape[-2:] if size % factor), None)
    if odd is None:
        return None
    message = f"an axis of {image.text()} has {odd} places, which is not divisible by {factor}"
    return RuleFailure(message, "input", "downscale_factor")


def multiplies_nothing(types: Mapping[str, TensorType]) -> bool:
    """Whether stacks of matrices are multiplied of which one holds no number.

    The processor fills the result with zeros then, of the dtype of the second, whatever the first
    is made of.
    """
    first, second = types.get("input"), types.get("mat2") or types.get("other")
    if first is None or second is None or min(len(first.shape), len(second.shape)) < 3:
        return False
    return 0 in first.shape or 0 in second.shape


def unless_nothing(rule: Rule) -> Rule:
    """Return the rule for all products but those of nothing."""

    def held(call: Call) -> RuleFailure | None:
        return None if multiplies_nothing(call.types) else rule(call)

    return held
