"""Where values enter: data sources, the inputs of the main graph, and those of blocks."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.evaluate_arguments import missing_input
from app.engine.evaluate_call import Args, Value
from app.engine.evaluate_record import Place, Record, Signal, Signals, Trouble
from app.engine.evaluate_scope import Number, concrete, number
from app.engine.evaluate_sites import Sites
from app.engine.symbolic import bare_name
from app.engine.symbolic_steps import UNKNOWN
from graph_editor.catalogue.data_ports import port_types
from graph_editor.checking.verdict import TensorType
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import Arg, Block, Expr, FrozenMap, Name, Node, NodeId

SIZE_TRIAL = 2
"""What stands for a size that enters the main graph from outside."""


def data_outputs(place: Place, sites: Sites) -> Record:
    """Return what a data source says of its ports."""
    assert place.spec is not None
    site = sites.site(place, {})
    own = {n: a for n, a in place.node.args.items() if isinstance(a, int | float)}
    outputs: dict[str, Signal] = {}
    for port, kind in port_types(place.spec, place.node).items():
        try:
            values = tuple(
                TensorType(_sizes(kind.shape, {**own, **place.names(k)}), kind.dtype)
                for k in range(len(sites.tried))
            )
        except ExpressionError as error:
            text = f"The shape of {port}: {error}."
            trouble = Trouble("expression", text, argument="ports")
            return Record(site, "error", troubles=(trouble,))
        outputs[port] = Signal(values, (f"{place.address}.{port}",))
    return Record(site, "ok", FrozenMap(outputs), sites.types(outputs))


def _sizes(shape: tuple[Arg, ...], names: Mapping[str, Number]) -> tuple[int, ...]:
    return tuple(_size(concrete(dim, names)) for dim in shape)


def _size(value: Arg) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise ExpressionError(f"{value} is no size", 0)


def main_input(place: Place, signals: Signals, sites: Sites) -> Record:
    """Return what an input of the main graph passes on: what arrives, else what it declares."""
    site = sites.site(place, signals)
    declared = place.node.args.get("shape")
    try:
        if "input" in signals:
            trouble = _arriving(place, place.node, "input", signals["input"], sites)
            if trouble is not None:
                return Record(site, "error", troubles=(trouble,))
            outputs = {"output": signals["input"]}
        elif place.node.args.get("kind") == "size":
            outputs = {"output": Signal(tuple(SIZE_TRIAL for _ in sites.tried))}
        elif isinstance(declared, tuple):
            count = len(sites.tried)
            types = [
                TensorType(_sizes(declared, place.names(k)), dtype_of(place.node))
                for k in range(count)
            ]
            outputs = {"output": Signal(tuple(types), (f"{place.address}.output",))}
        else:
            text = "Nothing says what arrives here: connect data, or give the input a shape."
            trouble = Trouble("missing-input", text, port="input", argument="shape")
            return Record(site, "error", troubles=(trouble,))
    except ExpressionError as error:
        trouble = Trouble("expression", f"shape: {error}.", argument="shape")
        return Record(site, "error", troubles=(trouble,))
    found = FrozenMap(outputs)
    return Record(site, "ok", found, sites.types(found))


def _named(signal: Signal, sites: Sites) -> TensorType | None:
    """Return a signal's type as its wire says it, with the names of its sizes, where known."""
    kind = sites.symbolic(signal.values)
    return kind if kind is not None and UNKNOWN not in kind.shape else None


def _arriving(place: Place, node: Node, port: str, signal: Signal, sites: Sites) -> Trouble | None:
    """Bind the names in an input's shape in every try; return what does not agree."""
    named = _named(signal, sites)
    other = other_kind(node, signal.values[0], named)
    if other:
        return Trouble("input-type", f"This input {other}.", port=port, argument="dtype")
    for index in range(len(sites.tried)):
        names = place.scope.names[index]
        bound = bind(node, signal.values[index], names, named)
        if isinstance(bound, str):
            return Trouble("input-shape", bound, port=port, argument="shape", tried=index)
        if isinstance(names, dict):
            names.update(bound)
    return None


def other_kind(node: Node, value: Value | None, named: TensorType | None = None) -> str:
    """Return how what arrives is of another kind or dtype than an input declares, or "".

    ``named`` is the type of what arrives with the names of its sizes, where these are known.
    """
    size = node.args.get("kind") == "size"
    if isinstance(value, TensorType):
        if size:
            return (
                f"takes a size (one whole number), but a tensor {(named or value).text()} arrives"
            )
        if "dtype" in node.args and dtype_of(node) != value.dtype:
            return f"declares {dtype_of(node)}, but {value.dtype} arrives"
    elif value is not None and not size:
        word = value if isinstance(value, str) else "number"
        return f"takes a tensor, but a {word} arrives"
    return ""


def bind(
    node: Node, value: Value | None, names: Mapping[str, Number], named: TensorType | None = None
) -> dict[str, Number] | str:
    """Return the names that an input's declared shape binds, or what does not agree with it.

    ``named`` is the type of what arrives with the names of its sizes, where these are known.
    """
    declared = node.args.get("shape")
    if not isinstance(declared, tuple) or not isinstance(value, TensorType):
        return {}
    shown = "×".join(d.text if isinstance(d, Expr) else str(d) for d in declared)
    arriving = named or value
    if len(declared) != len(value.shape):
        return f"This input declares {shown}, but {arriving.text()} arrives."
    bound: dict[str, Number] = {}
    for dim, size, word in zip(declared, value.shape, arriving.shape, strict=True):
        name, known = bare_name(dim), {**names, **bound}
        if name is not None and name not in known:
            bound[name] = int(size)
            continue
        wanted = number(dim, known) if isinstance(dim, Expr) else dim
        if wanted != size:
            said = f"{dim.text} = {wanted}" if isinstance(dim, Expr) else str(wanted)
            what = f"This input declares {shown}, but {arriving.text()} arrives"
            return f"{what}: {said} is not {word}."
    return bound


def named_sizes(node: Node) -> frozenset[str]:
    """Return the sizes that an input names; none for any other node."""
    declared = node.args.get("shape")
    if node.spec != "io.input" or not isinstance(declared, tuple):
        return frozenset()
    return frozenset(name for dim in declared if (name := bare_name(dim)) is not None)


def block_inputs(
    place: Place, signals: Signals, block: Block, args: Args, sites: Sites
) -> tuple[tuple[Mapping[str, Number], ...], dict[NodeId, Signal]] | Trouble:
    """Return what names mean inside an instance of a block, and what arrives at its inputs."""
    given: dict[NodeId, Signal] = {}
    for name in block.inputs:
        node = block.graph.nodes[name]
        if name in signals:
            given[name] = signals[name]
            other = other_kind(node, given[name].values[0], _named(given[name], sites))
            if other:
                text = f"The input {name} of {block.name or 'the block'} {other}."
                return Trouble("input-type", text, port=name)
        elif node.args.get("optional") is not True:
            return missing_input(place, name)
    known = {n: a for n, a in args.items() if isinstance(a, int | float | bool)}
    scopes: list[Mapping[str, Number]] = []
    for index in range(len(sites.tried)):
        names: dict[str, Number] = dict(known)
        for name, signal in given.items():
            try:
                node, named = block.graph.nodes[name], _named(signal, sites)
                bound = bind(node, signal.values[index], names, named)
            except ExpressionError as error:
                return Trouble("expression", f"The shape of {name}: {error}.", port=name)
            if isinstance(bound, str):
                text = bound.replace(
                    "This input", f"The input {name} of {block.name or 'the block'}"
                )
                return Trouble("input-shape", text, port=name, tried=index)
            names |= bound
        scopes.append(names)
    return tuple(scopes), given


def dtype_of(node: Node) -> str:
    """Return the dtype that an input declares; float32 if it says nothing."""
    said = node.args.get("dtype")
    return said.text.removeprefix("torch.") if isinstance(said, Name) else "float32"
