"""Numbers that the drawing alone fixes, as torch computes them, carried along the wires.

``arange(B)``, a constant, a table of distances made of them: whatever the data and the weights are,
these numbers are the same in every run of a try. torch itself works them out, on the processor and
as far as they are few. Where a call reads such numbers (what an Embedding looks up, a divisor, the
lengths of a CTCLoss), torch is asked whether it takes them; of all else it is then given zeros.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch

from app.engine.evaluate_call import (
    Args,
    Caller,
    Result,
    Value,
    leaves_of,
    type_of,
    words_of,
)
from app.engine.execute import construct
from app.engine.strides import elements, filled
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.fixed_numbers import BY_CHANCE, KINDS, SHAPED_LIKE
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NOTHING, FrozenMap

MOST = 1 << 19
"""So many numbers are worked out of one wire at most, and of one call twice as many."""
KEPT = 1 << 24
"""So many numbers are remembered."""
MODULES = frozenset({"nn.Flatten", "nn.Unflatten", "nn.Identity"})
SHAPED = SHAPED_LIKE | {"Tensor.size"}
"""Specs that look at no number of what they are given."""
READ: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("nn.Embedding", "F.embedding"), ("input",)),
    "nn.EmbeddingBag": ("input", "offsets"),
    **dict.fromkeys(("torch.gather", "torch.scatter", "torch.index_select"), ("index",)),
    **dict.fromkeys(("op.getitem", "op.setitem"), ("index",)),
    **dict.fromkeys(("op.floordiv", "op.mod", "op.pow"), ("other",)),
    "torch.repeat_interleave": ("repeats",),
    "torch.bernoulli": ("input",),
    "nn.BCELoss": ("input", "target"),
    "nn.GaussianNLLLoss": ("var",),
    "nn.CTCLoss": ("input_lengths", "target_lengths"),
    "nn.AdaptiveLogSoftmaxWithLoss": ("target_",),
    **dict.fromkeys(
        (
            *("nn.CrossEntropyLoss", "nn.NLLLoss", "nn.MultiMarginLoss"),
            *("nn.MultiLabelMarginLoss", "nn.LinearCrossEntropyLoss"),
        ),
        ("target",),
    ),
    **dict.fromkeys((f"nn.MaxUnpool{n}d" for n in (1, 2, 3)), ("indices",)),
}
"""For each spec the ports whose numbers may let torch refuse a call."""
TABLES = ("nn.Embedding", "nn.EmbeddingBag")
"""Specs that own a row for each number that may be asked for; the width of a row is no matter."""


class Numbers:
    """The numbers of one tensor, which compare by what they are."""

    __slots__ = ("_key", "_tensor")

    def __init__(self, tensor: torch.Tensor) -> None:
        self._tensor = tensor.detach().clone(memory_format=torch.contiguous_format)
        data = self._tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        self._key = (tuple(tensor.shape), tensor.dtype, data)

    def __eq__(self, other: object) -> bool:
        """Whether shape, dtype and every bit are the same."""
        return isinstance(other, Numbers) and self._key == other._key

    def __hash__(self) -> int:
        """Return the hash of all of these."""
        return hash(self._key)

    def __len__(self) -> int:
        """Return how many they are."""
        return self._tensor.numel()

    def ends(self) -> str:
        """Return the least and the largest of them in words; nothing of none, or of truths."""
        if not len(self) or self._tensor.dtype == torch.bool:
            return ""
        low, high = self._tensor.min().item(), self._tensor.max().item()
        return f"{low:g}" if low == high else f"from {low:g} to {high:g}"

    def tensor(self) -> torch.Tensor:
        """Return a tensor of them that nobody else has."""
        return self._tensor.clone()


Known: TypeAlias = FrozenMap[str, Numbers]


@dataclass(frozen=True, slots=True)
class Worked:
    """What numbers a call gives that the drawing fixes, or why torch refuses those it is given."""

    numbers: Known = NOTHING
    """By output port; what data, weights or chance have a part in is left out."""
    refused: str = ""
    port: str = ""
    """The input whose numbers are refused, where it is one alone."""
    ends: str = ""
    """How far these go, in words."""
    outputs: FrozenMap[str, Value] | None = None
    """What is on the output ports, where that hangs on these numbers."""


_NOT_ASKED = Worked()


def worked_out(
    caller: Caller,
    spec: Spec,
    own: Args,
    args: Args,
    inputs: FrozenMap[str, Value],
    known: Known,
    result: Result,
) -> Worked:
    """Return what comes of the numbers that arrive at a call which is else in order.

    ``known`` are the fixed ones by input port, and ``result`` is what is known of the call else.
    """
    if result.found not in ("ok", "unknown") or args.get("device") is not None:
        return _NOT_ASKED
    whole = _is_whole(spec, inputs, known)
    read = [port for port in known if port.partition("[")[0] in READ.get(spec.name, ())]
    if not (whole or read) or not _is_small(spec, inputs, known, result):
        return _NOT_ASKED
    key = (spec.name, own, args, inputs, known)
    found = caller.worked.get(key)
    if found is None:
        used = known if whole else FrozenMap({port: known[port] for port in read})
        found = _asked(caller, spec, own, args, inputs, used, read, result, whole)
        caller.worked_numbers += 1 + sum(map(len, (*found.numbers.values(), *known.values())))
        if caller.worked_numbers > KEPT:
            caller.worked, caller.worked_numbers = {}, 0
        caller.worked[key] = found
    return found


def _is_whole(spec: Spec, inputs: Mapping[str, Value], known: Known) -> bool:
    """Whether nothing but fixed numbers has a part in what a call gives."""
    if spec.kind not in KINDS and spec.name not in MODULES:
        return False
    if spec.name in BY_CHANCE:
        return False
    tensors = (port for port, value in inputs.items() if isinstance(value, TensorType))
    return spec.name in SHAPED or all(port in known for port in tensors)


def _is_small(spec: Spec, inputs: Mapping[str, Value], known: Known, result: Result) -> bool:
    """Whether there are few enough numbers to try."""
    room = 2 * MOST - sum(map(elements, inputs.values()))
    if spec.name not in TABLES:
        room -= sum(map(elements, result.outputs.values()))
    if result.found == "unknown" and spec.name in ("F.one_hot", "torch.repeat_interleave"):
        port, each = ("tensor", True) if spec.name == "F.one_hot" else ("repeats", False)
        numbers = known[port].tensor() if port in known else torch.zeros(0)
        if numbers.numel():
            room -= int(numbers.max() + 1) * numbers.numel() if each else int(numbers.sum())
    return room >= 0


def _asked(
    caller: Caller,
    spec: Spec,
    own: Args,
    args: Args,
    inputs: FrozenMap[str, Value],
    used: Known,
    read: list[str],
    result: Result,
    whole: bool,
) -> Worked:
    """Call with these numbers, and with zeros for all others."""
    values = {
        port: used[port].tensor() if port in used else filled(value, "cpu", 0)
        for port, value in inputs.items()
    }
    try:
        target = _owner(caller, spec, own)
    except Exception:  # whatever is wrong with it is told where it is made
        return _NOT_ASKED
    if target is _TOO_LARGE:
        return _NOT_ASKED
    try:
        given = leaves_of(spec, target, own.merged(args), values, "cpu")
    except Exception as error:  # torch raises what it likes; all of it is for the user to read
        port = read[0] if len(read) == 1 else ""
        ends = used[port].ends() if port else ""
        return Worked(refused=words_of(error), port=port, ends=ends)
    types = {port: type_of(value) for port, value in given.items()}
    numbers = {
        port: Numbers(value)
        for port, value in given.items()
        if isinstance(value, torch.Tensor) and whole and _is_kept(value)
    }
    outputs = FrozenMap(types) if result.found == "unknown" else None
    return Worked(FrozenMap(numbers), outputs=outputs)


_TOO_LARGE = object()


def _owner(caller: Caller, spec: Spec, own: Args) -> Any:
    """Return what is called: a module on the processor, or None of what owns nothing."""
    if spec.kind != "nn":
        return None
    if spec.name in TABLES:
        rows = own.get("num_embeddings")
        if not isinstance(rows, int) or rows > 2 * MOST:
            return _TOO_LARGE
        return construct(spec, own.merged({"embedding_dim": 1}).without("padding_idx"), "cpu")
    weights = caller.made(spec, own).parameters.values()
    return _TOO_LARGE if sum(map(math.prod, weights)) > 2 * MOST else construct(spec, own, "cpu")


def _is_kept(value: torch.Tensor) -> bool:
    return value.numel() <= MOST and not value.is_complex()
