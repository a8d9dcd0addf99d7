"""Rules for calls that torch's ``meta`` device accepts and real devices refuse.

Found by running every common spec with every dtype on both devices (torch 2.11 to 2.13);
``tests/checking/test_rules.py`` repeats that, so that a rule is silent exactly where the CPU is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graph_editor.catalogue.spec import Spec
from graph_editor.checking.rule_einsum import multiplies_matrices_of_bool
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import Arg, Name


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """Why a real device would refuse a call."""

    message: str
    port: str = ""
    argument: str = ""
    wants: str = ""
    """For a dtype that is refused: the one to convert the port's tensor to."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be judged."""

    spec: Spec
    args: Mapping[str, Arg]
    types: Mapping[str, TensorType]
    training: bool = True

    def value(self, name: str) -> Arg:
        """Return an argument's value, or the spec's default."""
        argument = self.spec.argument(name)
        return self.args.get(name, argument.default if argument else None)

    def dtype(self, port: str) -> str:
        """Return the dtype at a port; empty where no tensor arrives."""
        known = self.types.get(port)
        return known.dtype if known else ""


Rule: TypeAlias = Callable[[Call], RuleFailure | None]

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
COMPLEX = frozenset({"complex32", "complex64", "complex128"})
SIGNED = frozenset({"int8", "int16", "int32", "int64"})
INTEGERS = SIGNED | {"uint8"}
NUMBERS = FLOATS | INTEGERS
REAL = NUMBERS | {"bool"}
ALL = REAL | COMPLEX
MIXED = frozenset({"float16", "bfloat16", "float32"})
"""What normalisations with float32 weights or statistics take."""


def only(dtypes: frozenset[str], *ports: str, wants: str = "float32") -> Rule:
    """Return the rule that these ports (else the first tensor) take only these dtypes."""

    def rule(call: Call) -> RuleFailure | None:
        for port in ports or tuple(call.types)[:1]:
            dtype = call.dtype(port)
            if dtype and dtype not in dtypes:
                message = f"{call.spec.title} is not defined for {dtype} at {port}"
                return RuleFailure(message, port, wants=wants)
        return None

    return rule


def weighted(call: Call) -> RuleFailure | None:
    """Refuse all but float32 where float32 weights are multiplied; masks are let through."""
    for port, type_ in call.types.items():
        if type_.dtype != "float32" and "mask" not in port:
            message = f"{call.spec.title} has float32 weights and {port} is {type_.dtype}"
            return RuleFailure(message, port, wants="float32")
    return None


def alike(*ports: str) -> Rule:
    """Return the rule that these ports have one dtype; an integer gives way to a float."""

    def rule(call: Call) -> RuleFailure | None:
        present = [p for p in ports if call.dtype(p)]
        if len({call.dtype(p) for p in present}) <= 1:
            return None
        leader = next((p for p in present if call.dtype(p) in FLOATS), present[0])
        odd = next(p for p in present if call.dtype(p) != call.dtype(leader))
        message = (
            f"{call.spec.title} needs one dtype: {leader} is {call.dtype(leader)}, "
            f"{odd} is {call.dtype(odd)}"
        )
        return RuleFailure(message, odd, wants=call.dtype(leader))

    return rule


def unless(dtype: str, *ports: str, every: bool = False, wants: str = "float32") -> Rule:
    """Return the rule that none of the ports (or, with every, not all of them) has a dtype."""

    def rule(call: Call) -> RuleFailure | None:
        hits = [p for p in ports if call.dtype(p) == dtype]
        if not hits or (every and len(hits) < len(ports)):
            return None
        where = " and ".join(hits)
        return RuleFailure(
            f"{call.spec.title} is not defined for {dtype} at {where}", hits[0], "", wants
        )

    return rule


def float_result(*ports: str) -> Rule:
    """Return the rule that what the ports' dtypes are promoted to is a real float."""

    def rule(call: Call) -> RuleFailure | None:
        dtypes = {port: call.dtype(port) for port in ports}
        if any(d in FLOATS for d in dtypes.values()) and not COMPLEX & set(dtypes.values()):
            return None
        odd = next((p for p in ports if dtypes[p] in COMPLEX), ports[0])
        message = f"{call.spec.title} needs floats, and {odd} is {dtypes[odd]}"
        return RuleFailure(message, odd, wants="float32")

    return rule


def in_training(rule: Rule, otherwise: Rule | None = None) -> Rule:
    """Return a rule that holds in training mode only."""

    def chosen(call: Call) -> RuleFailure | None:
        if call.training:
            return rule(call)
        return otherwise(call) if otherwise else None

    return chosen


def target_not_complex(call: Call) -> RuleFailure | None:
    """Refuse a complex target, which cannot be written into a real result."""
    if call.dtype("target") in COMPLEX and call.dtype("input") not in COMPLEX:
        return only(REAL, "target")(call)
    return None


def resized(call: Call) -> RuleFailure | None:
    """Refuse all but floats; bytes pass where pixels are copied, and for images."""
    arriving = next(iter(call.types.values()), None)
    mode = call.value("mode")
    bytes_too = mode == "nearest" or (
        mode != "area" and arriving is not None and len(arriving.shape) == 4
    )
    return only(FLOATS | {"uint8"} if bytes_too else FLOATS)(call)


def normalised(*switches: str, without: frozenset[str]) -> Rule:
    """Return the rule of a normalisation: MIXED with weights or statistics, else ``without``."""

    def rule(call: Call) -> RuleFailure | None:
        owns = any(call.value(name) for name in switches)
        return only(MIXED if owns else without)(call)

    return rule


def class_targets(call: Call) -> RuleFailure | None:
    """Refuse class labels that are not int64 (or uint8, where there is one per sample)."""
    logits, target = call.types.get("input"), call.types.get("target")
    if logits is None or target is None or target.dtype in FLOATS:
        return None
    accepted = {"int64", "uint8"} if len(logits.shape) <= 2 else {"int64"}
    if target.dtype not in accepted:
        message = f"class labels must be int64, and target is {target.dtype}"
        return RuleFailure(message, "target", wants="int64")
    if len(logits.shape) > 2 and target.shape[1:] != logits.shape[2:]:
        message = (
            f"target {target.text()} has to be input {logits.text()} without its class axis, "
            "that is, one label for each place"
        )
        return RuleFailure(message, "target")
    return None


def transposed_channels(call: Call) -> RuleFailure | None:
    """Refuse channels that are not those of the weights, and output padding of a whole step."""
    arriving, axes = call.types.get("input"), int(call.spec.name[-2])
    if arriving is None or len(arriving.shape) not in (axes + 1, axes + 2):
        return None
    channels, declared = arriving.shape[-axes - 1], call.value("in_channels")
    if declared is not None and channels != declared:
        message = f"in_channels is {declared}, and {channels} channels arrive ({arriving.text()})"
        return RuleFailure(message, "input", "in_channels")
    if call.value("output_size") is not None:
        return None
    names = ("output_padding", "stride", "dilation")
    columns = (per_axis(call.value(name), axes) for name in names)
    if any(pad >= max(stride, dilation) for pad, stride, dilation in zip(*columns, strict=True)):
        message = "output_padding has to be smaller than stride or dilation"
        return RuleFailure(message, "", "output_padding")
    return None


def per_axis(value: Arg, axes: int) -> list[int]:
    """Return an argument's number for each axis, 1 where it has none."""
    items = value if isinstance(value, tuple) else (value,)
    items = items * axes if len(items) == 1 else items
    return [item if isinstance(item, int) else 1 for item in items]


def axis_exists(call: Call) -> RuleFailure | None:
    """Refuse an axis ``dim`` that the input does not have."""
    dim, arriving = call.value("dim"), call.types.get("input")
    if arriving is None or not isinstance(dim, int):
        return None
    rank = max(len(arriving.shape), 1)
    if -rank <= dim < rank:
        return None
    count = len(arriving.shape)
    known = "1 axis" if count == 1 else f"{count} axes"
    places = "0, or -1" if rank == 1 else f"0 to {rank - 1}, or -{rank} to -1"
    if rank == 2:
        places = "0 and 1, or -2 and -1"
    message = f"dim is {dim}, and the input {arriving.text()} has {known}: {places}"
    return RuleFailure(message, "input", "dim")


def size_per_axis(call: Call) -> RuleFailure | None:
    """Refuse sizes of a convolution that are more or fewer than its axes; one may do."""
    axes = int(call.spec.name[-2])
    for name in ("kernel_size", "stride", "padding", "dilation", "output_padding"):
        sizes = call.value(name)
        if not isinstance(sizes, tuple) or len(sizes) == axes:
            continue
        if len(sizes) != 1 or name == "kernel_size":
            message = f"{name} has {len(sizes)} sizes, and {call.spec.title} has {axes} axes"
            return RuleFailure(message, "", name)
    return None


def positive_eps(call: Call) -> RuleFailure | None:
    """Refuse an eps that is no positive number."""
    eps = call.value("eps")
    if not isinstance(eps, int | float) or eps > 0:
        return None
    return RuleFailure(f"eps has to be positive in training, and is {eps}", "", "eps")


def pooled_along_one_axis(call: Call) -> RuleFailure | None:
    """Refuse whole numbers where no places are asked for: those are found by another way."""
    return only(NUMBERS if call.value("return_indices") is True else FLOATS)(call)


def mirrored(call: Call) -> RuleFailure | None:
    """Refuse bool where a pad repeats what is at the edge."""
    bool_too = call.value("mode") in ("constant", "circular")
    return only(ALL if bool_too else ALL - {"bool"})(call)


def even_steps(call: Call) -> RuleFailure | None:
    """Refuse to make several even steps of bool."""
    steps = call.value("steps")
    return None if isinstance(steps, int) and steps < 2 else makes(ALL - {"bool"})(call)


def makes(dtypes: frozenset[str]) -> Rule:
    """Return the rule that the argument ``dtype`` is one of these, if it is said."""

    def rule(call: Call) -> RuleFailure | None:
        said = call.value("dtype")
        name = said.text.removeprefix("torch.") if isinstance(said, Name) else ""
        if not name or name in dtypes:
            return None
        return RuleFailure(f"{call.spec.title} cannot make {name}", "", "dtype")

    return rule


def dropped(call: Call) -> RuleFailure | None:
    """Refuse all but floats where only some values are dropped: all or none need no scaling.

    Of what has no values torch gives back what it got.
    """
    arriving = next(iter(call.types.values()), None)
    is_empty = arriving is not None and 0 in arriving.shape
    return None if is_empty or call.value("p") in (0, 1) else only(FLOATS)(call)


def sharp_without_bool(call: Call) -> RuleFailure | None:
    """Refuse bool where ``beta`` is 0, which makes the loss that of absolute differences."""
    return None if call.value("beta") else unless("bool", "input", "target")(call)


def padding_not_negative(call: Call) -> RuleFailure | None:
    """Refuse a padding below 0 where nothing can be cut off."""
    padding = call.value("padding")
    sizes = padding if isinstance(padding, tuple) else (padding,)
    if all(not isinstance(size, int) or size >= 0 for size in sizes):
        return None
    return RuleFailure(f"padding is {padding}, and has to be 0 or more", "", "padding")


def attention_dropout(call: Call) -> RuleFailure | None:
    """Refuse a share to drop below 0 where attention is computed without its weights."""
    share = call.value("dropout")
    is_fast = call.value("need_weights") is False and not any("mask" in port for port in call.types)
    if not is_fast or not isinstance(share, int | float) or share >= 0:
        return None
    return RuleFailure(f"dropout is {share}, and has to be between 0 and 1", "", "dropout")


def at_most_rank(rank: int, port: str) -> Rule:
    """Return the rule that a port takes tensors of few axes."""

    def rule(call: Call) -> RuleFailure | None:
        known = call.types.get(port)
        if known is None or len(known.shape) <= rank:
            return None
        message = f"{port} may have {rank} axis at most, and {known.text()} arrives"
        return RuleFailure(message, port)

    return rule


def target_fits_input(call: Call) -> RuleFailure | None:
    """Refuse a target that cannot be stretched to the input's shape."""
    given, target = call.types.get("input"), call.types.get("target")
    if given is None or target is None:
        return None
    padded = (1,) * (len(given.shape) - len(target.shape)) + target.shape
    fits = len(padded) == len(given.shape) and all(
        t in (1, i) for t, i in zip(padded, given.shape, strict=True)
    )
    if fits:
        return None
    return RuleFailure(f"target {target.text()} does not fit input {given.text()}", "target")


def contracted_bool(call: Call) -> RuleFailure | None:
    """Refuse bool where an einsum sums over products: bool has no matrix product."""
    equation = call.value("args")
    text = equation[0] if isinstance(equation, tuple) and equation else ""
    if not isinstance(text, str) or len(call.types) < 2:
        return None
    types = call.types.values()
    shapes = [tuple(n if isinstance(n, int) else 2 for n in kind.shape) for kind in types]
    if not multiplies_matrices_of_bool(text, shapes):
        return None
    return unless("bool", *call.types, every=True)(call)
