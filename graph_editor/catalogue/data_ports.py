"""What a data source says of its ports, from its spec and arguments alone."""

from __future__ import annotations

from graph_editor.catalogue.ports import output_ports
from graph_editor.catalogue.spec import PortType, Spec
from graph_editor.document.model import Arg, FrozenMap, Name, Node


def port_types(spec: Spec, node: Node) -> FrozenMap[str, PortType]:
    """Return the type of each output port of a data source, in the order of the ports.

    The arguments ``ports`` (shapes), ``dtypes`` and ``classes`` win over what the spec says. A
    port whose shape is not said anywhere is absent.
    """
    shapes, dtypes, classes = (_table(spec, node, a) for a in ("ports", "dtypes", "classes"))
    types = {}
    for port in output_ports(spec, node):
        known = spec.types.get(port)
        shape = shapes.get(port)
        if isinstance(shape, tuple):
            types[port] = _described(shape, dtypes.get(port), classes.get(port), known)
        elif known is not None:
            types[port] = known
    return FrozenMap(types)


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
