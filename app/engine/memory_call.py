"""What one call keeps for the way back: measured on ``meta``, where torch keeps the same."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from app.engine.evaluate_slow import BATCH_NORMS, is_plain, surely_legal
from app.engine.execute import call, flatten_outputs
from app.engine.memory_peak import Peak
from app.engine.strides import in_one_piece, tensor_of
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NOTHING, Arg, FrozenMap, Node

FLOAT = 4
"""Bytes of a number of float32."""
RESULT_KEPT = (nn.ReLU, nn.Sigmoid, nn.Tanh)
WEIGHT = "weight"
"""Where an output lies that is a weight of its own node."""
LARGEST_REAL = 1 << 22
"""Numbers up to which a call is measured with real tensors, where ``meta`` cannot tell."""
FEW_STEPS, MANY_STEPS = (2, 3), (16, 32)
"""Lengths at which a recurrent layer is measured, on ``meta`` and with real tensors."""
Storages = dict[int, str]
"""A memory's place in this process -> the port that it arrives or leaves at."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one call keeps until its gradients are computed."""

    inputs: tuple[str, ...] = ()
    """The input ports whose memory it keeps."""
    results: tuple[str, ...] = ()
    """The output ports whose memory it keeps."""
    own: int = 0
    """Bytes that it keeps of what no wire sees: masks, indices, what is between two steps."""
    views: FrozenMap[str, str] = NOTHING
    """Output port -> the input port in whose memory it lies, or ``WEIGHT``."""
    shared: FrozenMap[str, str] = NOTHING
    """Output port -> the earlier output port in whose memory it lies."""
    sizes: FrozenMap[str, int] = NOTHING
    """Output port -> bytes of its memory, where that is new."""
    peak: int = 0
    """Bytes of new memory, results included, that are there at most at once; 0: not measured."""


def kept(spec: Spec, target: Any, args: Mapping[str, Arg], inputs: FrozenMap[str, Any]) -> Kept:
    """Return what a call in training keeps, torch being asked; nothing where it cannot tell.

    ``args`` are those of constructor and call, concrete. Inputs of the same name in ``inputs`` are
    types or numbers; one type *object* under two ports is one tensor.
    """
    if isinstance(target, nn.Module):
        target.train()
    try:
        if isinstance(target, BATCH_NORMS | nn.LayerNorm) and surely_legal(target, inputs):
            return _normalised(target, inputs["input"])
        if type(target) is nn.Linear and type(inputs.get("input")) is TensorType:
            return _linear(target, inputs["input"])
        if type(target) in RESULT_KEPT and is_plain(inputs) and not getattr(target, "inplace", 0):
            return _curve(inputs["input"])
        if isinstance(target, nn.RNNBase):
            return _recurrent(spec, target, args, inputs)
        if isinstance(target, nn.EmbeddingBag) and _elements(inputs["input"]) < LARGEST_REAL:
            return _measured(spec, _of_two_rows(target), args, inputs, "cpu")
        if isinstance(target, nn.ChannelShuffle) and _elements(inputs["input"]) < LARGEST_REAL:
            return _measured(spec, target, args, inputs, "cpu")  # meta may hand on what enters
        return _measured(spec, target, args, inputs, "meta")
    except Exception:  # torch raises what it likes; the verdict has said what there is to say
        return _with_numbers(spec, target, args, inputs)


def _measured(
    spec: Spec, target: Any, args: Mapping[str, Arg], inputs: Mapping[str, Any], device: str
) -> Kept:
    """Call and see which memory autograd holds on to."""
    known: dict[int, Any] = {}
    values: dict[str, Any] = {}
    for port, value in inputs.items():
        if isinstance(value, TensorType):
            known.setdefault(id(value), tensor_of(value, device, 0))
        values[port] = known.get(id(value), value)
    if spec.name == "nn.CTCLoss":
        values |= _whole_lengths(values)
    saved: list[torch.Tensor] = []

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        saved.append(tensor)
        return tensor

    peak = nullcontext() if _learns(target, inputs) else Peak()
    with _quiet(device), saved_tensors_hooks(keep, lambda tensor: tensor), peak:
        given = call(spec, target, args, values)
    outputs = flatten_outputs(spec, Node(spec.name, args=FrozenMap(args)), given)
    found = _sorted(values, outputs, saved, _weights(target))
    return replace(found, peak=peak.most) if isinstance(peak, Peak) else found


def _whole_lengths(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return lengths of all steps and labels that there is room for: by them goes what is kept."""
    labels, lengths = values["targets"], values["target_lengths"]
    each, more = divmod(labels.numel(), max(lengths.numel(), 1))  # one after another, in a row
    longest = torch.full_like(lengths, labels.shape[1] if labels.dim() == 2 else each)
    longest.view(-1)[:1] += more if labels.dim() == 1 else 0
    steps = torch.full_like(values["input_lengths"], values["log_probs"].shape[0])
    return {"input_lengths": steps, "target_lengths": longest}


def _learns(target: Any, inputs: Mapping[str, Any]) -> bool:
    """Whether a call is gone back through: then nearly all that it makes is kept."""
    wants = any(isinstance(v, TensorType) and v.requires_grad for v in inputs.values())
    weights = target.parameters() if isinstance(target, nn.Module) else ()
    return wants or any(weight.requires_grad for weight in weights)


def _sorted(
    values: Mapping[str, Any],
    outputs: Mapping[str, Any],
    saved: list[torch.Tensor],
    weights: set[int],
) -> Kept:
    """Say of everything that was saved, and of every output, in whose memory it lies."""
    arrives: Storages = {}
    for port, value in values.items():
        if isinstance(value, torch.Tensor):
            arrives.setdefault(_place(value), port)
    leaves: Storages = {}
    views, shared, sizes = {}, {}, {}
    for port, value in outputs.items():
        if not isinstance(value, torch.Tensor):
            continue
        place = _place(value)
        if place in weights:
            views[port] = WEIGHT
        elif place in arrives:
            views[port] = arrives[place]
        elif place in leaves:
            shared[port] = leaves[place]
        else:
            leaves[place] = port
            sizes[port] = value.untyped_storage().nbytes()
    held = {_place(t): t.untyped_storage().nbytes() for t in saved}
    return Kept(
        tuple(arrives[place] for place in held if place in arrives),
        tuple(leaves[place] for place in held if place in leaves),
        sum(n for p, n in held.items() if not (p in arrives or p in leaves or p in weights)),
        FrozenMap(views),
        FrozenMap(shared),
        FrozenMap(sizes),
    )


def _place(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _weights(target: Any) -> set[int]:
    """Return where a module's weights and statistics lie: they are there anyway."""
    if isinstance(target, nn.Module):
        return {_place(t) for t in (*target.parameters(), *target.buffers())}
    return {_place(target)} if isinstance(target, torch.Tensor) else set()


@contextmanager
def _quiet(device: str) -> Iterator[None]:
    """Let torch compute as it does in training, without a word."""
    with warnings.catch_warnings(), torch.enable_grad(), torch.device(device), Attention():
        warnings.simplefilter("ignore")
        plain = functional.scaled_dot_product_attention
        functional.scaled_dot_product_attention = _attention  # a mode sees no call within a call
        try:
            yield
        finally:
            functional.scaled_dot_product_attention = plain


SLOWLY = functional.scaled_dot_product_attention
"""Attention as torch has it: on ``meta`` it is never the fused one."""


def _attention(*args: Any, **kwargs: Any) -> Any:
    fused = _fused(*args, **kwargs)
    return SLOWLY(*args, **kwargs) if fused is None else fused


class Attention(TorchFunctionMode):
    """Lets attention on ``meta`` be the fused one, where it would be that on the processor."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Call the fused attention where torch would, else what was called."""
        kwargs = kwargs or {}
        return (_attention if func is SLOWLY else func)(*args, **kwargs)


def _fused(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor | None:
    """Return the fused attention, or None where torch would not take it on the processor."""
    tensors = (query, key, value)
    plain = all(t.dim() == 4 and t.stride(-1) == 1 and 0 not in t.shape for t in tensors)
    alike = plain and len({(t.shape[0], t.shape[3]) for t in tensors}) == 1
    heads = [t.shape[1] for t in tensors] if alike else [1, 2, 2]
    # keys and values with fewer heads serve several queries each
    paired = heads[1] == heads[2] and heads[0] % heads[1] == 0 if enable_gqa else False
    masked = attn_mask is not None and attn_mask.requires_grad
    if query.device.type != "meta" or dropout_p or masked:
        return None
    if not alike or not (paired or len(set(heads)) == 1):
        return None
    if attn_mask is not None and attn_mask.dtype is torch.bool:
        attn_mask = torch.zeros_like(attn_mask, dtype=query.dtype)
    found = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        query, key, value, 0.0, is_causal, attn_mask=attn_mask, scale=scale
    )
    return found[0]


def _with_numbers(
    spec: Spec, target: Any, args: Mapping[str, Arg], inputs: Mapping[str, Any]
) -> Kept:
    """Measure on the processor, if that is no great work."""
    weights = sum(p.numel() for p in target.parameters()) if isinstance(target, nn.Module) else 0
    if weights + sum(_elements(v) for v in inputs.values()) > LARGEST_REAL:
        return Kept()
    try:
        with _on_processor(target):
            return _measured(spec, target, args, inputs, "cpu")
    except Exception:  # as above
        return Kept()


@contextmanager
def _on_processor(target: Any) -> Iterator[None]:
    """Let a module have weights on the processor for a while; what they are does not matter."""
    if not isinstance(target, nn.Module):
        yield
        return
    try:
        target.to_empty(device="cpu")
        yield
    finally:
        target.to("meta")


def _elements(value: Any) -> int:
    if not isinstance(value, TensorType):
        return 1
    return torch.Size(int(size) for size in value.shape).numel()


def _of_two_rows(target: nn.EmbeddingBag) -> nn.EmbeddingBag:
    """Return the same layer with a small table on the processor.

    What it keeps there is not what ``meta`` keeps, and depends on the table's width alone.
    """
    made = nn.EmbeddingBag(
        2,
        target.embedding_dim,
        padding_idx=None if target.padding_idx is None else 1,
        scale_grad_by_freq=target.scale_grad_by_freq,
        mode=target.mode,
        sparse=target.sparse,
        include_last_offset=target.include_last_offset,
        dtype=target.weight.dtype,
    )
    made.weight.requires_grad_(target.weight.requires_grad)
    return made


def _linear(target: nn.Linear, given: TensorType) -> Kept:
    """Return what a linear layer keeps of an input in one piece: the input, if it learns."""
    size = _elements(given) // target.in_features * target.out_features
    keeps = ("input",) if target.weight.requires_grad else ()
    return Kept(keeps, sizes=FrozenMap({"output": size * target.weight.itemsize}))


def _normalised(target: nn.Module, given: TensorType) -> Kept:
    """Return what a norm keeps: its input, and mean and deviation of each channel or row.

    Asking ``meta`` takes longer than all else here.
    """
    size = _elements(given) * FLOAT
    learns = any(weight.requires_grad for weight in target.parameters())
    if not (learns or given.requires_grad):
        return Kept(sizes=FrozenMap({"output": size}))
    if isinstance(target, nn.LayerNorm):
        groups = _elements(given) // math.prod(target.normalized_shape)
    else:
        groups = int(given.shape[1])
    return Kept(("input",), (), 2 * groups * FLOAT, sizes=FrozenMap({"output": size}))


def _curve(given: TensorType) -> Kept:
    """Return what a function keeps whose slope follows from its result."""
    size = _elements(given) * FLOAT
    if given.requires_grad:
        return Kept(results=("output",), sizes=FrozenMap({"output": size}))
    return Kept(sizes=FrozenMap({"output": size}), peak=size)


def _recurrent(
    spec: Spec, target: nn.RNNBase, args: Mapping[str, Arg], inputs: Mapping[str, Any]
) -> Kept:
    """Measure a recurrent layer; what it keeps grows with the steps by the same for each.

    ``meta`` takes the steps of an LSTM one by one, which the processor does not; it alone knows
    how much room it takes to work in.
    """
    given = inputs["input"]
    axis = 1 if target.batch_first and len(given.shape) == 3 else 0
    weights = sum(weight.numel() for weight in target.parameters())
    alike = not isinstance(target, nn.LSTM) and _learns(
        target, inputs
    )  # what meta does is the same
    real = not alike and weights < LARGEST_REAL
    found = _of_length(spec, target, args, inputs, axis, real)
    return _copied(target, given, axis, found) if alike else found


def _copied(target: nn.RNNBase, given: TensorType, axis: int, found: Kept) -> Kept:
    """Return what is kept where the steps of an input do not lie one behind the other.

    Each direction of the first layer then keeps a copy on the processor, ``meta`` the input.
    """
    tensor = tensor_of(replace(given, requires_grad=False), "meta", 0).transpose(0, axis)
    try:
        tensor.view(-1, tensor.shape[-1])
    except RuntimeError:
        if "input" in found.inputs:
            copies = (1 + target.bidirectional) * tensor.numel() * tensor.itemsize
            rest = tuple(port for port in found.inputs if port != "input")
            return replace(found, inputs=rest, own=found.own + copies)
    return found


def _of_length(
    spec: Spec,
    target: nn.RNNBase,
    args: Mapping[str, Arg],
    inputs: Mapping[str, Any],
    axis: int,
    real: bool,
) -> Kept:
    """Measure few steps, and reckon from them what all steps of an input keep."""
    length = int(inputs["input"].shape[axis])
    few = MANY_STEPS if real else FEW_STEPS
    if length <= few[1]:
        return _steps(spec, target, args, inputs, real)
    short, longer = (_steps(spec, target, args, _cut(inputs, axis, s), real) for s in few)

    def of_all(first: int, second: int) -> int:
        return first + round((second - first) / (few[1] - few[0]) * (length - few[0]))

    return replace(
        short,
        own=of_all(short.own, longer.own),
        sizes=short.sizes.set("output", short.sizes["output"] // few[0] * length),
        peak=of_all(short.peak, longer.peak),
    )


def _steps(
    spec: Spec,
    target: nn.Module,
    args: Mapping[str, Arg],
    inputs: Mapping[str, Any],
    real: bool,
) -> Kept:
    if not real:
        return _measured(spec, target, args, inputs, "meta")
    with _on_processor(target):
        return _measured(spec, target, args, inputs, "cpu")


def _cut(inputs: Mapping[str, Any], axis: int, steps: int) -> dict[str, Any]:
    """Return inputs with a shorter sequence."""
    kind = in_one_piece(inputs["input"])
    shape = (*kind.shape[:axis], steps, *kind.shape[axis + 1 :])
    return {**inputs, "input": replace(kind, shape=shape)}
