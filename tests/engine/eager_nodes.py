"""Makes and calls one node on real tensors; nothing here asks the judge.

What is inferred is calculated from the shapes that were seen, and inputs are drawn from the ranges
that sources declare.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from app.engine.execute import arguments_of, call, construct, flatten_outputs, named, resolve
from app.engine.interpret import concrete
from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Spec
from graph_editor.document.expressions import ExpressionError, evaluate, parse
from graph_editor.document.model import Arg, Expr, Graph, Name, Node

Names = Mapping[str, Any]
"""What names mean where a node stands: sizes, parameters, ``i`` and ``n`` of a copy."""
MADE = ("nn", "param", "buffer")


def spec_of(node: Node) -> Spec:
    """Return a node's spec, which is one of the catalogue's."""
    spec = catalogue().get(node.spec)
    assert spec is not None, node.spec
    return spec


def inferred(spec: Spec, node: Node, arrived: Mapping[str, Any], names: Names) -> dict[str, Arg]:
    """Return a node's arguments with those that are ``auto`` found from what arrives."""
    args, shapes = dict(node.args), shapes_of(arrived)
    for argument in spec.arguments:
        if argument.infer and argument.name not in args:
            try:
                args[argument.name] = evaluate(parse(argument.infer), names, shapes)
                axes = re.fullmatch(r"nn\.(?:Conv|ConvTranspose|InstanceNorm)(\d)d", spec.name)
                if axes and len(shapes("input")) == int(axes[1]) + 1:  # one sample by itself
                    args[argument.name] = shapes("input")[0]
            except (ExpressionError, LookupError):
                continue
    return args


def built(spec: Spec, node: Node, arrived: Mapping[str, Any], names: Names) -> Any:
    """Return what a node owns. Raises what torch raises."""
    own = {a.name for a in spec.arguments if a.stage == "constructor"}
    args = inferred(spec, node, arrived, names)
    shapes = shapes_of(arrived)
    return construct(spec, {n: concrete(v, names, shapes) for n, v in args.items() if n in own})


def computed(
    spec: Spec, node: Node, target: Any, arrived: Mapping[str, Any], names: Names
) -> dict[str, Any]:
    """Return a node's results by output port. Raises what torch raises."""
    stages = ("call", "constructor") if spec.kind in ("metric", "transform") else ("call",)
    called = {a.name for a in spec.arguments if a.stage in stages}
    given = {n: v for n, v in node.args.items() if n in called and n not in arrived}
    args = {n: concrete(v, names, shapes_of(arrived)) for n, v in given.items()}
    if spec.name == "nn.CTCLoss":
        look_at_labels(arrived)
    if spec.name in ("nn.Embedding", "nn.EmbeddingBag"):
        look_at_rows(target, arrived)
    return flatten_outputs(spec, node, call(spec, target, args, arrived))


def look_at_labels(arrived: Mapping[str, Any]) -> None:
    """Raise IndexError for a label without a score: torch reads foreign memory there."""
    scores, labels = arrived["log_probs"], arrived["targets"]
    if scores.dim() and labels.numel() and not labels.is_floating_point():
        highest = int(labels.max())
        if highest >= scores.shape[-1]:
            raise IndexError(f"Target {highest} is out of bounds.")


def look_at_rows(target: Any, arrived: Mapping[str, Any]) -> None:
    """Raise IndexError for a row that is not there: before it looks it up, torch makes the vectors
    of a table with ``max_norm`` shorter, and says there what it says of a drawn index too.
    """
    rows = arrived["input"]
    if target.max_norm is None or rows.dtype not in (torch.int32, torch.int64) or not rows.numel():
        return
    if int(rows.min()) < 0 or int(rows.max()) >= target.num_embeddings:
        raise IndexError("index out of range in self")


def shapes_of(arrived: Mapping[str, Any]) -> Callable[[str], tuple[int, ...]]:
    """Return a function from a port to the shape of what arrives there."""
    return lambda port: tuple(
        (arrived[port] if port in arrived else arrived[f"{port}[0]"]).shape
    )  # fmt: skip


def drawn_tensor(
    shape: tuple[int, ...], dtype: str, low: float | None, high: float | None
) -> torch.Tensor:
    """Return random numbers from a range, both ends of which are among them where they fit."""
    kind = named(dtype)
    if kind == torch.bool:
        return torch.rand(shape) < 0.5
    if not kind.is_floating_point:
        first, last = int(low or 0), int(1 if high is None else high)
        made = torch.randint(first, last + 1, shape, dtype=kind)
        flat = made.view(-1)
        flat[:1], flat[1:2] = last, first
        return made
    if low is None or high is None:
        return torch.randn(shape, dtype=kind)
    return torch.rand(shape, dtype=kind) * (high - low) + low


def sourced(node: Node, names: Names) -> dict[str, Any]:
    """Return what a source gives: data by port, or what an input declares."""
    spec = spec_of(node)
    if node.kind == "data":
        return {
            port: drawn_tensor(concrete(kind.shape, names, None), kind.dtype, kind.low, kind.high)
            for port, kind in port_types(spec, node).items()
        }
    dtype = node.args.get("dtype")
    said = dtype.text if isinstance(dtype, Name) else "float32"
    shape = concrete(node.args["shape"], names, None)
    return {"output": drawn_tensor(shape, said, None, None)}


def bind(names: dict[str, Any], node: Node, value: Any) -> None:
    """Name the sizes that a block's input declares. Raises ValueError where others arrive."""
    shape, dtype = node.args.get("shape"), node.args.get("dtype")
    if isinstance(value, torch.Tensor) == (node.args.get("kind") == "size"):
        raise ValueError(f"{node.args.get('kind', 'tensor')} is declared, and {value} arrives")
    if not isinstance(value, torch.Tensor):
        return
    if isinstance(dtype, Name) and str(value.dtype) != f"torch.{dtype.text}":
        raise ValueError(f"{dtype.text} is declared, and {value.dtype} arrives")
    if not isinstance(shape, tuple):
        return
    if len(shape) != value.dim():
        raise ValueError(f"{len(shape)} axes are declared, and {value.dim()} arrive")
    for dim, size in zip(shape, value.shape, strict=True):
        if isinstance(dim, Expr) and dim.text.isidentifier():
            names.setdefault(dim.text, size)
        if concrete(dim, names, None) != size:
            raise ValueError(f"{dim} is declared, and {size} arrives")


def stated(spec: Spec, node: Node, names: Names) -> tuple[list[Any], dict[str, Any]]:
    """Return what a constructor is given by position and by name, formulas as functions."""
    own = [a for a in spec.arguments if a.stage == "constructor" and a.style != "pseudo"]
    plain, formulas = dict[str, Any](), dict[str, Any]()
    for argument in own:
        value = node.args.get(argument.name)
        if argument.name not in node.args:
            continue
        if argument.type == "expression":
            formulas[argument.name] = _formula(value, argument.variables, names)
        else:
            plain[argument.name] = concrete(value, names, None)
    return arguments_of(spec, "constructor", plain, formulas)


def _formula(value: Arg, variables: tuple[str, ...], names: Names) -> Callable[[int], Any]:
    if not isinstance(value, Expr):
        return lambda _: value
    tree = parse(value.text)
    return lambda count: evaluate(tree, {**names, **dict.fromkeys(variables, count)})


def optimizer(node: Node, weights: list[torch.Tensor], names: Names) -> Any:
    """Return an optimizer of weights. Raises what torch raises."""
    positional, keywords = stated(spec_of(node), node, names)
    return resolve(spec_of(node).callee)(weights, *positional, **keywords)


def go(made: Any, node: Node, weights: list[torch.Tensor], names: Names) -> None:
    """Go a step, with gradients shortened where the optimizer asks for it."""
    longest = concrete(node.args.get("clip_norm"), names, None)
    if longest is not None:
        torch.nn.utils.clip_grad_norm_(weights, longest)
    made.step()


def scheduler(node: Node, arrived: Mapping[str, Any], names: Names) -> Any:
    """Return a schedule of an optimizer or of other schedules. Raises what torch raises."""
    spec = spec_of(node)
    given, by_name = arguments_of(spec, "call", {}, arrived)
    if spec.name == "lr_scheduler.SequentialLR" or spec.name == "lr_scheduler.ChainedScheduler":
        given = [list(each) if isinstance(each, tuple) else each for each in given]
    positional, keywords = stated(spec, node, names)
    return resolve(spec.callee)(*given, *positional, **by_name, **keywords)


def weights_in(target: Any) -> Iterator[torch.nn.Parameter]:
    """Yield the learnable tensors of what a node owns."""
    if isinstance(target, torch.nn.Module):
        yield from target.parameters()
    elif isinstance(target, torch.nn.Parameter):
        yield target


def tie(graph: Graph, at: str, targets: Mapping[str, Any]) -> None:
    """Let what was just made have the weights that are another's too, where that is made.

    In the code that is written both are made before anything is called; which of the two tensors
    stays makes no difference to shapes and gradients.
    """
    for pair in graph.ties.items():
        for mine, theirs in (pair, pair[::-1]):
            own, _, name = mine.rpartition(".")
            owner, _, known = theirs.rpartition(".")
            if own == at and owner in targets:
                kept, given = getattr(targets[owner], known), getattr(targets[own], name)
                if kept.shape != given.shape:
                    raise ValueError(f"{mine} and {theirs} are of different shapes")
                kept.requires_grad_(kept.requires_grad and given.requires_grad)
                setattr(targets[own], name, kept)
