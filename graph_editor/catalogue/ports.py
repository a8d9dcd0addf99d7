"""The ports of a node, from its spec and arguments alone: no engine, no torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from graph_editor.catalogue.spec import Argument, OutputTree, PortKind, Spec, Variant
from graph_editor.document.model import NOTHING, Arg, Expr, FrozenMap, Hole, Node, PortPath, Slice


@dataclass(frozen=True, slots=True)
class Port:
    """A place that a wire may feed."""

    path: PortPath
    kind: PortKind
    optional: bool
    argument: Argument


def input_ports(spec: Spec, node: Node, wired: Iterable[str] = ()) -> tuple[Port, ...]:
    """Return the node's input ports in the order of torch's signature.

    Variadic ports are those already wired or held open by holes, and one more to grow by, which
    may stay empty unless it is the only one and something is required.
    """
    taken = tuple(wired)
    found: list[Port] = []
    for argument in spec.arguments:
        if argument.stage == "call":
            found.extend(_ports_of(argument, node, taken))
    return tuple(found)


def _ports_of(argument: Argument, node: Node, wired: tuple[str, ...]) -> Iterator[Port]:
    value = node.args.get(argument.name)
    holes = tuple(_holes(value, argument.name)) if value is not None else ()
    if argument.many:
        yield from _variadic_ports(argument, value, holes, wired)
    elif argument.leaves and argument.name not in wired:
        for leaf in argument.leaves:
            yield Port(PortPath(leaf), argument.port or "tensor", not argument.required, argument)
    elif holes and holes != (argument.name,):
        for path in holes:
            yield Port(PortPath(path), _kind_inside(argument, path), False, argument)
    elif argument.port is not None or holes:
        given = argument.name in node.args and not holes
        kind = argument.port or "size"
        yield Port(PortPath(argument.name), kind, given or not argument.required, argument)


def _variadic_ports(
    argument: Argument, value: Arg, holes: tuple[str, ...], wired: tuple[str, ...]
) -> Iterator[Port]:
    name, kind = argument.name, argument.port or "tensor"
    if isinstance(value, tuple):
        paths: Iterable[str] = holes
        count = len(value)
    else:
        used = [int(p[len(name) + 1 : -1]) for p in wired if _is_item(p, name)]
        count = max(used, default=-1) + 1
        paths = [f"{name}[{i}]" for i in range(count)]
    for path in paths:
        yield Port(PortPath(path), kind, False, argument)
    enough = count > 0 or not argument.required
    yield Port(PortPath(f"{name}[{count}]"), kind, enough, argument)


def _kind_inside(argument: Argument, path: str) -> PortKind:
    """Return the kind of a place inside an argument; bounds of slices are sizes."""
    if argument.port is None or path.endswith((".start", ".stop", ".step")):
        return "size"
    return argument.port


def _is_item(path: str, name: str) -> bool:
    return path.startswith(name + "[") and path.endswith("]") and path[len(name) + 1 : -1].isdigit()


def _holes(value: Arg, path: str) -> Iterator[str]:
    """Yield the places of the holes in an argument, outermost first."""
    if isinstance(value, Hole):
        yield path
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _holes(item, f"{path}[{index}]")
    elif isinstance(value, Slice):
        for name in ("start", "stop", "step"):
            yield from _holes(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, FrozenMap):
        for key in value:
            yield from _holes(value[key], f"{path}.{key}")


def output_tree(spec: Spec, node: Node) -> OutputTree:
    """Return the node's output tree with every ``[*]`` leaf written out."""
    if spec.kind == "data" and isinstance(node.args.get("ports"), FrozenMap):
        return tuple(sorted(named_ports(node)))
    chosen = next((v.outputs for v in spec.variants if _holds(v, spec, node)), spec.outputs)
    return _expanded(chosen, _count(spec, node))


def as_called(spec: Spec, node: Node, owner: Node | None) -> Node:
    """Return a node that calls a module as it is called: made as its owner says, not as it says.

    ``owner`` is the node whose module it is, None if that is unknown.
    """
    if owner is None or owner is node:
        return node
    calls = {a.name for a in spec.arguments if a.stage == "call"}
    made = {name: value for name, value in owner.args.items() if name not in calls}
    said = {name: value for name, value in node.args.items() if name in calls}
    return replace(node, args=FrozenMap({**made, **said}))


def named_ports(node: Node) -> FrozenMap[str, Arg]:
    """Return what the node's own argument ``ports`` says: the shape of each port by name."""
    value = node.args.get("ports")
    return value if isinstance(value, FrozenMap) else NOTHING


def output_ports(spec: Spec, node: Node) -> tuple[str, ...]:
    """Return the leaf names of the node's output tree, in order."""
    return tuple(_leaves(output_tree(spec, node)))


def output_kind(spec: Spec, node: Node) -> PortKind:
    """Return the kind of the node's output ports."""
    return "size" if spec.kind == "io" and node.args.get("kind") == "size" else spec.yields


def _holds(variant: Variant, spec: Spec, node: Node) -> bool:
    argument = spec.argument(variant.argument)
    default = argument.default if argument else None
    value = node.args.get(variant.argument, default)
    if isinstance(value, Expr | Hole):
        value = value if variant.condition == "given" else default
    if variant.condition == "given":
        return value is not None
    return bool(value) is (variant.condition == "true")


def _count(spec: Spec, node: Node) -> int:
    argument = spec.argument(spec.count) if spec.count else None
    if argument is None:
        return 0
    value = node.args.get(argument.name, argument.default)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _expanded(tree: OutputTree, count: int) -> OutputTree:
    if isinstance(tree, tuple):
        return tuple(_expanded(item, count) for item in tree)
    if tree.endswith("[*]"):
        return tuple(f"{tree[:-3]}[{i}]" for i in range(count))
    return tree


def _leaves(tree: OutputTree) -> Iterator[str]:
    if isinstance(tree, tuple):
        for item in tree:
            yield from _leaves(item)
    elif tree != "_":
        yield tree
