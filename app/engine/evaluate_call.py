"""Runs one call on the ``meta`` device and remembers what came of it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import torch
from torch import nn

from app.engine.evaluate_slow import empty_result, known, shortcut
from app.engine.execute import (
    CannotExecute,
    MissingArgument,
    MissingInput,
    arguments_of,
    call,
    construct,
    flatten_outputs,
)
from app.engine.flops import FlopCount
from app.engine.guard import GUARD, Stopped, look_for_memory
from app.engine.harm import Harm
from app.engine.one_way import ODD_DERIVATIVES
from app.engine.strides import elements, fewer, filled, laid_out_as, mislaid, type_of_tensor
from graph_editor.catalogue.spec import Spec
from graph_editor.checking.failure import Phase
from graph_editor.checking.rule_table import check_call
from graph_editor.checking.verdict import TensorType
from graph_editor.document.model import NOTHING, Arg, FrozenMap, Node

Value: TypeAlias = "TensorType | int | float | bool | str"
"""What is known of a value on a wire: a tensor's type, a number, or the word ``optimizer``."""
Args: TypeAlias = FrozenMap[str, Arg]
Found: TypeAlias = Literal["ok", "error", "unknown", "missing-input", "missing-argument"] | Harm

MEMORY = 50_000
MODULES = 5_000
LARGEST_TRIAL = 1 << 22
"""Elements up to which a call that ``meta`` cannot do is tried with numbers."""
NO_NUMBERS = "cannot be called on meta tensors"
"""What torch says where a call looks at values, of which ``meta`` has none."""
MASKED_TWICE = "attn_mask should not be set when is_causal=True"
"""What torch says on ``meta``, and on the processor only where attention goes the long way."""

TRAINING_MATTERS = (
    "Dropout", "BatchNorm", "InstanceNorm", "RReLU", "LSTM", "GRU", "RNN", "MultiheadAttention",
    "Transformer",
)  # fmt: skip
"""Parts of names of the modules that look at ``training``; a test reads torch's sources."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one call gave, or why it gave nothing."""

    found: Found = "ok"
    outputs: FrozenMap[str, Value] = NOTHING
    flops: int = 0
    message: str = ""
    phase: Phase = "forward"
    place: str = ""
    """The port or the argument that is missing."""
    one_way: bool = False
    """Whether an output wants gradients that torch cannot pass on."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a constructor gave: a module or a tensor on ``meta``, or why not."""

    target: Any = None
    parameters: FrozenMap[str, tuple[int, ...]] = NOTHING
    """Shapes of its own learnable tensors by name."""
    problem: Result | None = None


class Caller:
    """Executes calls, each different one once; ``executed`` counts those executed.

    ``runs_code`` says whether the user has trusted the custom code of the project.
    """

    def __init__(self) -> None:
        self.executed = 0
        self.runs_code = False
        self._results: dict[Any, Result] = {}
        self._made: dict[Any, Made] = {}
        self._types: dict[TensorType, TensorType] = {}
        self.worked: dict[Any, Any] = {}
        self.worked_numbers = 0
        """What ``evaluate_numbers`` found out, and how many numbers are held in it."""

    def made(self, spec: Spec, args: Args) -> Made:
        """Return what the constructor gives for these arguments."""
        key = (spec.name, args)
        found = self._made.get(key)
        if found is None:
            if len(self._made) > MODULES:
                self._made.clear()
            found = self._made[key] = _guarded(spec, args)
        return found

    def run(
        self,
        spec: Spec,
        own: Args,
        args: Args,
        inputs: FrozenMap[str, Value],
        training: bool = True,
        frozen: bool = False,
    ) -> Result:
        """Return what a call gives.

        ``own`` are the constructor's arguments and ``args`` the call's, both concrete.
        """
        training = training or not training_matters(spec)
        key = (spec.name, own, args, inputs, training, frozen)
        found = self._results.get(key)
        if found is None:
            made = self.made(spec, own)
            self.executed += 1
            try:
                with GUARD.over((spec.name, own, args)):
                    found = made.problem or self._checked(
                        spec, made, own, args, inputs, training, frozen
                    )
            except Stopped as stopped:
                found = Result(stopped.harm)
            if len(self._results) > MEMORY:
                self._results.clear()
            self._results[key] = found
        return found

    def _checked(
        self,
        spec: Spec,
        made: Made,
        own: Args,
        args: Args,
        inputs: FrozenMap[str, Value],
        training: bool,
        frozen: bool,
    ) -> Result:
        if isinstance(made.target, nn.Module):
            made.target.train(training)
        for parameter in _parameters(made.target).values():
            parameter.requires_grad_(not frozen and parameter.is_floating_point())
        everything = own.merged(args)
        result = _attempt(spec, made.target, everything, inputs)
        if result.found == "ok":
            types = {p: t for p, t in inputs.items() if isinstance(t, TensorType)}
            refused = check_call(spec, with_numbers(everything, inputs), types, training)
            if refused is not None:
                return Result("error", message=refused.message, phase="rule", place=refused.port)
            empty = empty_result(spec, result.outputs, everything.get("mode"))
            if empty:
                return Result("error", message=empty)
        return replace(result, outputs=self._interned(result.outputs))

    def _interned(self, outputs: FrozenMap[str, Value]) -> FrozenMap[str, Value]:
        keep = self._types
        known = {
            port: keep.setdefault(value, value) if isinstance(value, TensorType) else value
            for port, value in outputs.items()
        }
        return FrozenMap(known)


def training_matters(spec: Spec) -> bool:
    """Return whether a call of this spec may differ between training and evaluation."""
    own = spec.kind == "nn" and any(part in spec.name for part in TRAINING_MATTERS)
    return own or spec.kind == "code"


def _parameters(target: Any) -> dict[str, torch.Tensor]:
    if isinstance(target, nn.Module):
        return dict(target.named_parameters())
    return {"": target} if isinstance(target, nn.Parameter) else {}


def _guarded(spec: Spec, args: Args) -> Made:
    try:
        with GUARD.over((spec.name, args)):
            return _made(spec, args)
    except Stopped as stopped:
        return Made(problem=Result(stopped.harm, phase="construct"))


def _made(spec: Spec, args: Args) -> Made:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            target = _constructed(spec, args)
    except MissingArgument as missing:
        problem = Result("missing-argument", message=str(missing), place=missing.argument)
        return Made(problem=replace(problem, phase="construct"))
    except Exception as error:  # torch raises what it likes; all of it is for the user to read
        look_for_memory(error)
        return Made(problem=Result("error", message=words_of(error), phase="construct"))
    shapes = {name: tuple(p.shape) for name, p in _parameters(target).items()}
    return Made(target, FrozenMap(shapes))


class _Unfilled(nn.Linear):
    """A Linear layer that draws no numbers for its weights: on ``meta`` there are none to draw."""

    def reset_parameters(self) -> None:
        """Leave the weights as they are; to fill them takes four times as long as all the rest."""


def _unfilled(spec: Spec, args: Args) -> nn.Linear | None:
    """Return a Linear layer as torch makes it, by a shorter way; None where that may differ."""
    if spec.name != "nn.Linear" or not args.keys() <= {"in_features", "out_features", "bias"}:
        return None
    positional, keywords = arguments_of(spec, "constructor", args, {})
    made: nn.Linear = _Unfilled(*positional, **{**keywords, "device": "meta"})
    made.__class__ = nn.Linear
    return made


def _constructed(spec: Spec, args: Args) -> Any:
    try:
        return _unfilled(spec, args) or construct(spec, args, "meta")
    except MissingArgument:
        raise
    except Exception:  # some modules compute with tensors while they are made
        target = construct(spec, args, "cpu")
        return target.to("meta") if isinstance(target, nn.Module) else target


def _attempt(spec: Spec, target: Any, args: Args, inputs: FrozenMap[str, Value]) -> Result:
    sure = known(target, args, inputs)
    if sure is not None:
        return Result(outputs=FrozenMap({"output": sure.output}), flops=sure.flops)
    quick = shortcut(spec, target, args, inputs)
    if quick is not None:
        result = _attempt(spec, quick.target, quick.args, quick.inputs)
        if result.found == "ok":
            outputs = FrozenMap({p: quick.restore(p, v) for p, v in result.outputs.items()})
            one_way = result.one_way or is_odd(spec, args, inputs, ())
            flops = result.flops * quick.times
            return replace(result, outputs=outputs, flops=flops, one_way=one_way)
    try:
        return _laid_out(spec, target, args, inputs, _called(spec, target, args, inputs, "meta"))
    except MissingInput as missing:
        return Result("missing-input", message=str(missing), place=missing.port)
    except MissingArgument as missing:
        return Result("missing-argument", message=str(missing), place=missing.argument)
    except NotImplementedError as error:
        return _tried_with_numbers(spec, target, args, inputs, error)
    except Exception as error:  # as above
        look_for_memory(error)
        if NO_NUMBERS in str(error) or (spec.kind == "code" and not _too_large(inputs)):
            return _tried_with_numbers(spec, target, args, inputs, error)
        if MASKED_TWICE in str(error):
            return _masked_twice(spec, target, args, inputs, error)
        return Result("error", message=words_of(error))


def _called(
    spec: Spec, target: Any, args: Args, inputs: Mapping[str, Value], device: str, fill: int = 0
) -> Result:
    values = {port: filled(value, device, fill) for port, value in inputs.items()}
    with FlopCount() as count:
        leaves = leaves_of(spec, target, args, values, device)
    outputs = {port: type_of(value) for port, value in leaves.items()}
    one_way = _is_one_way(spec, args, inputs, leaves)
    return Result(outputs=FrozenMap(outputs), flops=count.total, one_way=one_way)


def leaves_of(
    spec: Spec, target: Any, args: Args, values: Mapping[str, Any], device: str
) -> dict[str, Any]:
    """Call and return what is on each output. Raises what torch raises."""
    with warnings.catch_warnings(), torch.enable_grad(), torch.device(device):
        warnings.simplefilter("ignore")
        given = call(spec, target, args, values)
    return flatten_outputs(spec, Node(spec.name, args=args), given)


def _is_one_way(
    spec: Spec, args: Args, inputs: Mapping[str, Value], leaves: Mapping[str, Any]
) -> bool:
    """Whether torch cannot go back through a call whose result wants gradients."""
    found = [v for v in leaves.values() if isinstance(v, torch.Tensor)]
    if spec.name in ODD_DERIVATIVES:
        return bool(found) and is_odd(spec, args, inputs, tuple(found[0].shape))
    makers = (value.grad_fn for value in found)
    return spec.kind != "nn" and any(
        by is not None and by.name() == "torch::autograd::NotImplemented" for by in makers
    )


def is_odd(spec: Spec, args: Args, inputs: Mapping[str, Value], shape: tuple[int, ...]) -> bool:
    """Whether a call is one of those that torch makes forward and refuses to go back through."""
    types = {p: v for p, v in inputs.items() if isinstance(v, TensorType)}
    odd = ODD_DERIVATIVES.get(spec.name)
    return odd is not None and odd(with_numbers(args, inputs), types, shape)


def with_numbers(args: Args, inputs: Mapping[str, Value]) -> Args:
    """Return arguments with the numbers that arrive on wires, as if they were typed."""
    return args.merged({p: v for p, v in inputs.items() if not isinstance(v, TensorType)})


def type_of(value: Any) -> Value:
    """Return what is known of a value: a tensor's type, or the number itself."""
    if isinstance(value, torch.Tensor):
        return type_of_tensor(value)
    if isinstance(value, int | float | bool):
        return value
    raise CannotExecute(f"gives a {type(value).__name__}, which no wire can carry")


def _tried_with_numbers(
    spec: Spec,
    target: Any,
    args: Args,
    inputs: FrozenMap[str, Value],
    refused: Exception,
) -> Result:
    """Judge a call that ``meta`` has no kernel for by doing it twice, with zeros and with ones."""
    if _too_large(inputs):
        return Result("unknown", message=words_of(refused))
    try:
        with _with_numbers(target) as made:
            first, second = (_called(spec, made, args, inputs, "cpu", fill) for fill in (0, 1))
    except Exception as error:  # as above
        look_for_memory(error)
        return Result("error", message=words_of(error))
    return first if first == second else Result("unknown", message=words_of(refused))


def _masked_twice(
    spec: Spec, target: Any, args: Args, inputs: FrozenMap[str, Value], refused: Exception
) -> Result:
    """Judge attention with two masks as the processor does, for a few samples."""
    few = FrozenMap(fewer(inputs))
    if _too_large(few):
        return Result("unknown", message=words_of(refused))
    try:
        real = _called(spec, target, args, few, "cpu")
        once = args.merged({"is_causal": False})
        judged = _called(spec, target, once, inputs, "meta")
    except Exception as error:  # as above
        look_for_memory(error)
        return Result("error", message=words_of(error))
    return replace(judged, outputs=laid_out_as(judged.outputs, real.outputs))


def _laid_out(
    spec: Spec, target: Any, args: Args, inputs: FrozenMap[str, Value], judged: Result
) -> Result:
    """Return a result with the strides of the processor, where those of ``meta`` are others."""
    if not mislaid(spec.name, inputs):
        return judged
    few = FrozenMap(fewer(inputs))
    real: Mapping[str, Value] = NOTHING
    if not _too_large(few):
        with contextlib.suppress(Exception), _with_numbers(target) as made:
            # uncounted: torch lays results out otherwise where each operation is watched
            values = {port: filled(value, "cpu", 0) for port, value in few.items()}
            leaves = leaves_of(spec, made, args, values, "cpu")
            real = {port: type_of(value) for port, value in leaves.items()}
    return replace(judged, outputs=laid_out_as(judged.outputs, real))


@contextlib.contextmanager
def _with_numbers(target: Any) -> Iterator[Any]:
    """Let a module have its weights on the processor for a while."""
    module = target if isinstance(target, nn.Module) else None
    if module is not None and any(
        t.device.type != "cpu" for t in (*module.parameters(), *module.buffers())
    ):
        module.to_empty(device="cpu")
    try:
        yield target
    finally:
        if module is not None:
            module.to("meta")


def _too_large(inputs: Mapping[str, Value]) -> bool:
    return sum(elements(value) for value in inputs.values()) > LARGEST_TRIAL


def words_of(error: Exception) -> str:
    """Return what an exception says; its name where that is nothing."""
    return str(error).strip() or type(error).__name__
