"""What a data source says of its ports, from its spec and arguments alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.spec import PortType, Spec
from graph_editor.document.expressions import evaluate, names, parse
from graph_editor.document.model import Arg, Expr, FrozenMap, Name, Node


def port_types(spec: Spec, node: Node) -> FrozenMap[str, PortType]:
    """Return the type of each output port of a data source, in the order of the ports.

    The arguments ``ports`` (shapes), ``dtypes`` and ``classes`` win over what the spec says, in
    whose shapes other arguments may stand (``=length``). A port whose shape is not said anywhere
    is absent.
    """
    shapes, dtypes, classes = (_table(spec, node, a) for a in ("ports", "dtypes", "classes"))
    types = {}
    for port in output_ports(spec, node):
        known = spec.types.get(port)
        shape = shapes.get(port)
        if isinstance(shape, tuple):
            types[port] = _described(shape, dtypes.get(port), classes.get(port), known)
        elif known is not None:
            types[port] = _sized(known, spec, node)
    return FrozenMap(types)


def _sized(known: PortType, spec: Spec, node: Node) -> PortType:
    """Return a type with the source's own arguments put in where its shape names them."""
    if all(not isinstance(dim, Expr) or dim.text == "B" for dim in known.shape):
        return known
    said = {a.name: node.args.get(a.name, a.default) for a in spec.arguments}
    sizes = {n: v for n, v in said.items() if isinstance(v, int) and not isinstance(v, bool)}
    return replace(known, shape=tuple(_size(dim, sizes) for dim in known.shape))


def _size(dim: Arg, sizes: Mapping[str, int]) -> Arg:
    tree = parse(dim.text) if isinstance(dim, Expr) else None
    return dim if tree is None or names(tree) - sizes.keys() else evaluate(tree, sizes)


def _table(spec: Spec, node: Node, name: str) -> FrozenMap[str, Arg]:
    argument = spec.argument(name)
    value = node.args.get(name, argument.default if argument else None)
    return value if isinstance(value, FrozenMap) else FrozenMap()


def _described(
    shape: tuple[Arg, ...], dtype: Arg, classes: Arg, known: PortType | None
) -> PortType:
    if isinstance(classes, int) and not isinstance(classes, bool):
        return PortType(shape, "int64", 0.0, float(classes - 1), classes)
    said = dtype.text if isinstance(dtype, Name) else dtype
    if known is None:
        return PortType(shape, said if isinstance(said, str) else "float32")
    kind = said if isinstance(said, str) else known.dtype
    return PortType(shape, kind, known.low, known.high, known.classes)
