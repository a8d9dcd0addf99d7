"""Changes the least use of a spec, one thing at a time, in ways of which torch refuses many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Arg, At, FrozenMap, Name, Node, NodeId, Project
from tests.catalogue.examples import Example, Mask, Whole
from tests.engine.eager import Stop
from tests.engine.eager_run import run_eagerly
from tests.engine.walk import (
    BATCH,
    COMPOSED,
    B,
    Odd,
    example_of,
    regression,
    scheduled,
    used,
    ways,
)

WRONG: dict[str, tuple[Arg, ...]] = {
    "int": (-1, 9, 0),
    "size": (-1, 9, 0, -99),
    "sizes": ((-1,), (0, 0, 0)),
    "float": (-1.0, 25.0, 0.0),
    "number": (-1.0, 25.0),
    "numbers": (-1.0, (1.0, 2.0, 3.0)),
    "str": ("nonsense",),
    "shape": ((-1,), (9,)),
    "dtype": (Name("bool"), Name("int64")),
    "tensor": (((1, 2), (3,)),),
    "index": (9, (0, 0, 0, 0)),
    "expression": ("nonsense",),
    "any": (),
    "bool": (True, False),
}
"""Values that arguments of each type seldom bear."""
DTYPES = ("float64", "int32", "uint8", "float16", "bfloat16")
OURS = (
    "interval",
    "clip_norm",
    "accumulate",
    "every",
    "order",
    "trains",
    "loss_weights",
    "samples",
)
"""What torch never gets to see."""
NEVER = (
    "inplace",
    "sparse",
    "outputs",
    "capturable",
    "differentiable",
    "fused",
    "foreach",
    "device",
)


ASTRAY = {("nn.EmbeddingBag", "embedding_dim", 0)}
"""Where torch reads past the end of memory: it stops, goes on or crashes, as it happens."""


def faults(name: str) -> Iterator[Project]:
    """Yield drawings in which one thing of a spec's least use is changed."""
    if name.startswith("io."):
        yield from [unfed()] if name == "io.input" else []
        return
    if name in COMPOSED:
        yield scheduled(name, example_of(name), is_one=False)
    for example in changed(name, example_of(name)):
        try:
            yield from list(ways(name, example))[:1]
        except LookupError:
            continue


def unfed() -> Project:
    """Return a drawing whose input has a shape that there is not, and no data."""
    made = regression("optim.SGD", Example())[0]
    made.nodes[NodeId("x")] = Node("io.input", args=FrozenMap({"shape": (B, -3)}))
    made.wires = {t: s for t, s in made.wires.items() if t.node != "x"}
    return made.project()


def changed(name: str, example: Example) -> Iterator[Example]:
    """Yield the examples that differ from one in an input or in an argument."""
    spec = catalogue().specs[name]
    for path, wanted in example.inputs.items():
        for other in others(wanted):
            yield replace(example, inputs={**example.inputs, path: other})
    if len(example.args) > 1:
        yield replace(example, args={})
    for given in example.args:
        yield replace(example, args={k: v for k, v in example.args.items() if k != given})
    for argument in spec.arguments:
        for value in values(argument, example):
            if (name, argument.name, value) in ASTRAY:
                continue
            yield replace(example, args={**example.args, argument.name: value})


def others(wanted: Any) -> Iterator[Any]:
    """Yield what might stand at a port instead: other shapes, then other dtypes."""
    if isinstance(wanted, int):
        yield from (-1, 99)
        return
    shape: tuple[int, ...] = getattr(wanted, "shape", wanted)
    shapes = [shape[:1], (*shape, 2), (*shape[:-1], shape[-1] + 1), shape[:-1], (*shape, 1, 1, 1)]
    if len(shape) > 2:
        shapes.append((shape[0], shape[1] + 1, *shape[2:]))
    for other in shapes:
        if other and other != shape:
            yield replace(wanted, shape=other) if hasattr(wanted, "shape") else other
    yield from (kind for kind in (Whole(2, shape), Mask(shape), shape) if kind != wanted)
    yield from (Odd(shape, dtype, getattr(wanted, "high", 0)) for dtype in DTYPES)


def values(argument: Argument, example: Example) -> Iterator[Arg]:
    """Yield values for an argument that the example does not give it."""
    if argument.name in NEVER or argument.name in example.inputs:
        return
    if argument.name in OURS:
        return
    if argument.port is not None and argument.name not in example.args:
        return
    own = example.args.get(argument.name, argument.default)
    if argument.name == "ports" and isinstance(own, FrozenMap):
        yield own.set("x", (B, -1))
    if argument.name == "parameter":
        yield "nonsense"
    if isinstance(own, At):
        return
    if argument.type == "str" and not argument.choices:
        return
    wrong = WRONG.get(argument.type, ())
    if isinstance(own, int) and not isinstance(own, bool) and argument.type == "any":
        wrong = WRONG["int"]
    if isinstance(own, tuple) and argument.type in ("any", "sizes", "shape"):
        wrong = (*wrong, own[:-1], (*own, 7), (*own[:-1], 7))
    yield from (value for value in wrong if value != own)


def illegal(name: str) -> tuple[Project, Stop] | None:
    """Return the first of the drawings that torch stops at because of the spec; None if none is."""
    for project in faults(name):
        stop = run_eagerly(project, BATCH)
        if stop is not None and stop.node == used(name) and not stop.by_value:
            return project, stop
    return None
