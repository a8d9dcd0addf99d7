"""Sizes of what enters a block, as parameters that its constructor is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from codegen.model_class import ClassPlan, Extra
from codegen.model_expressions import names_in, parts_of
from codegen.names import fresh, size_word, slug
from graph_editor.catalogue.order import Lookup
from graph_editor.document import expressions as tree
from graph_editor.document.model import Arg, Expr, NodeId, OutPort, PortPath

Size = tuple[OutPort, int]
"""A port, and an axis of what is there."""
NO_CHANNELS = ("l", "n", "s", "t")
"""Letters of sizes that are lengths: the second axis of a sequence has no channels."""
MUTE = ("", "in", "input", "x", "value")
"""Names of inputs that do not say what they are."""


def is_declared(plan: ClassPlan, source: OutPort, axis: int) -> bool:
    """Whether an input says a size itself: as a number, or as a parameter of the block."""
    declared = plan.node(source.node).args.get("shape")
    if plan.node(source.node).spec != "io.input" or not isinstance(declared, tuple):
        return False
    dim = declared[axis] if -len(declared) <= axis < len(declared) else None
    return isinstance(dim, int) or (isinstance(dim, Expr) and dim.text.strip() in plan.parameters)


def size_at(plan: ClassPlan, source: OutPort, axis: int) -> tuple[str, str]:
    """Return what a size is called that is asked for: ``x.output`` and ``shape[1]``."""
    shape = plan.node(source.node).args.get("shape")
    if axis < 0 and plan.node(source.node).spec == "io.input" and isinstance(shape, tuple):
        axis += len(shape)
    return f"{source.node}.{source.port}", f"shape[{axis}]"


def told_sizes(plan: ClassPlan, said: Arg) -> list[str]:
    """Return the sizes in an expression that no parameter tells as yet, in its order."""
    if not isinstance(said, Expr):
        return []
    known = names_in(said.text) - set(plan.parameters) - set(plan.sizes)
    return sorted(known, key=said.text.find)


def is_sum(said: Expr) -> bool:
    """Whether no two names are multiplied: what is flattened is told as one number."""
    return re.search(r"[A-Za-z_]\w* (\*|//) [A-Za-z_(]", said.text) is None


def with_values(said: Expr, values: Mapping[str, int | None]) -> Arg:
    """Return an expression with numbers for some of its names; None where one is not known."""
    if None in values.values():
        return None
    return Expr(re.sub(r"[A-Za-z_]\w*", lambda m: str(values.get(m[0], m[0])), said.text))


def place_of_size(plan: ClassPlan, name: str) -> Size | None:
    """Return the input that names a size first, and where."""
    for node in plan.inputs():
        shape = plan.node(node).args.get("shape")
        for axis, dim in enumerate(shape if isinstance(shape, tuple) else ()):
            if isinstance(dim, Expr) and dim.text.strip() == name:
                return OutPort(node, "output"), axis
    return None


def size_parameter(plan: ClassPlan, name: str, used: set[str]) -> Extra:
    """Return the parameter that tells a size which an input names."""
    place = place_of_size(plan, name)
    assert place is not None  # the judge knows no other names
    port, axis = place
    word = fresh(_word(plan, name, port.node, axis), used)
    return Extra(f"{port.node}.{port.port}", f"shape[{axis}]", word, place)


def _word(plan: ClassPlan, name: str, node: NodeId, axis: int) -> str:
    """Return what a size is called: ``in_channels``, and ``skip_channels`` of another input."""
    shape = plan.node(node).args.get("shape")
    last = len(shape) - 1 if isinstance(shape, tuple) else 0
    if len(name) > 1:
        return slug(name)
    if axis == 1 < last and (last > 2 or name.lower() not in NO_CHANNELS):
        word = "channels"
    elif axis == last and last < 3:
        word = "features"
    else:
        return size_word(name)
    called = slug(plan.node(node).name)
    return f"in_{word}" if node == plan.inputs()[0] or called in MUTE else f"{called}_{word}"


SIZE_PARAMETERS = {"shape[1]": "in_channels", "shape[-1]": "in_features"}
"""What a constructor parameter is called that says how large an input is."""


def parameter_word(plan: ClassPlan, argument: str, size: Size | None) -> str:
    """Return what an inferred parameter is called: the channels of an input are its channels."""
    if size is not None and plan.node(size[0].node).spec == "io.input":
        shape = plan.node(size[0].node).args.get("shape")
        if isinstance(shape, tuple) and size[1] % max(len(shape), 1) == 1 < len(shape) - 1:
            return "in_channels"
    return SIZE_PARAMETERS.get(argument, slug(argument))


def inferred_size(plan: ClassPlan, node: NodeId, text: str) -> Size | None:
    """Return the size that an inferred parameter equals, if it is one."""
    parts = parts_of(text)
    if len(parts) != 1 or not isinstance(parts[0], tree.Size):
        return None
    source = plan.origin(plan.wires[node].get(PortPath(parts[0].port)))
    return None if source is None else (source, parts[0].axis)


def outer_size(plan: ClassPlan, node: NodeId, extra: Extra) -> Size | None:
    """Return the size in plan's graph that reaches an inner block as a parameter."""
    if extra.size is None:
        return None
    source = plan.origin(plan.wires[node].get(PortPath(extra.size[0].node)))
    return None if source is None else (source, extra.size[1])


Seen = Callable[[ClassPlan, OutPort, int], Sequence[int | None]]
"""Says what a size is in every instance."""


def first_size(plan: ClassPlan, size: Size | None, lookup: Lookup, seen: Seen) -> Size | None:
    """Return where a size comes from, past modules that keep it: activations, norms, pools."""
    if size is None:
        return None
    port, axis = size
    for source in _before(plan, port, lookup):
        sizes = seen(plan, port, axis)
        if None in sizes or sizes != seen(plan, source, axis):
            break
        port = source
    return port, axis


def _before(plan: ClassPlan, port: OutPort, lookup: Lookup) -> Iterator[OutPort]:
    """Yield what feeds a module, and what feeds that, while they have no width of their own."""
    while plan.node(port.node).kind == "nn" and len(plan.wires[port.node]) == 1:
        spec = lookup(plan.node(port.node).spec)
        source = plan.origin(next(iter(plan.wires[port.node].values())))
        if source is None or spec is None:
            return
        if any(argument.name.startswith("out_") for argument in spec.arguments):
            return
        yield (port := source)
