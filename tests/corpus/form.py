"""How the graphs of the corpus are written down, and how a sound one is broken in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graph_editor.document.edits import projects
from graph_editor.document.edits import wires as wire_edits
from graph_editor.document.model import (
    Arg,
    Block,
    BlockId,
    FrozenMap,
    Graph,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.checking.drawings import B, project

BATCH = 6
"""How many samples the graphs of the corpus take at once, where a case says nothing else."""
SAMPLES = 40
"""Of which 32 are trained on, so that the last batch holds 2."""
Feeds = str | Mapping[str, str]


@dataclass(frozen=True)
class Layer:
    """A node by its id; ``at`` says what feeds it: the layer before, unless it says otherwise."""

    name: str
    spec: str
    args: Mapping[str, Any]
    at: Feeds = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


def nn(name: str, kind: str, at: Feeds = "", **args: Any) -> Layer:
    """Return a module: ``nn("fc", "Linear", out_features=10)``."""
    return Layer(name, f"nn.{kind}", args, at)


def op(name: str, spec: str, at: Feeds = "", **args: Any) -> Layer:
    """Return a function, a method, an operator or a use of a block, by its whole spec."""
    return Layer(name, spec, args, at)


def linear(name: str, width: int, at: Feeds = "", **args: Any) -> Layer:
    return nn(name, "Linear", at, out_features=width, **args)


def conv(name: str, channels: int, kernel: int = 3, at: Feeds = "", **args: Any) -> Layer:
    """Return a 2d convolution that keeps the size of the map, unless padding says otherwise."""
    own = {"padding": kernel // 2, **args}
    return nn(name, "Conv2d", at, out_channels=channels, kernel_size=kernel, **own)


def relu(name: str, at: Feeds = "") -> Layer:
    return nn(name, "ReLU", at)


def pool(name: str, size: int = 2, at: Feeds = "") -> Layer:
    return nn(name, "MaxPool2d", at, kernel_size=size)


def flat(name: str = "flat", at: Feeds = "") -> Layer:
    return nn(name, "Flatten", at)


def two(left: str, right: str) -> Feeds:
    """Return what feeds an operator that takes two tensors."""
    return {"input": left, "other": right}


def several(*sources: str) -> Feeds:
    """Return what feeds a node that takes any number of tensors."""
    return {f"tensors[{index}]": source for index, source in enumerate(sources)}


def shared(source: str, *ports: str) -> Feeds:
    """Return one output that feeds several ports of a node."""
    return dict.fromkeys(ports, source)


def net(
    *layers: Layer,
    x: tuple[Any, ...],
    y: tuple[Any, ...] = (B,),
    loss: str | Layer = "CrossEntropyLoss",
    classes: int | None = None,
    tokens: int | None = None,
    x_dtype: str = "float32",
    y_dtype: str = "float32",
    optimizer: Layer | None = None,
    run: Mapping[str, Any] = FrozenMap({"batch_size": BATCH}),
    **data: Any,
) -> Project:
    """Return a whole training: random data, the layers, a loss of the last one, an optimizer.

    Args:
        layers: the model; the last one is its output.
        x: shape of what goes in, with ``B``.
        y: shape of the target.
        loss: a loss by its name, or a layer called ``loss`` with arguments of its own.
        classes: how many class numbers the target has; it is int64 then.
        tokens: how many numbers the input chooses from; it is int64 then.
        x_dtype: what the input holds, unless it holds tokens.
        y_dtype: what the target holds, unless it holds classes.
        optimizer: a layer called ``adam``; AdamW if left out.
        run: the run settings.
        data: further arguments of the data source.

    """
    counts = {k: n for k, n in {"x": tokens, "y": classes}.items() if n is not None}
    dtypes = {"x": "int64" if tokens else x_dtype, "y": "int64" if classes else y_dtype}
    source = {
        "ports": {"x": x, "y": y},
        "dtypes": {k: Name(d) for k, d in dtypes.items() if d != "float32" and k not in counts},
        "classes": counts,
        "samples": SAMPLES,
        **data,
    }
    measure = nn("loss", loss) if isinstance(loss, str) else loss
    ends = {"input": "out", "target": "data.y"}
    last = layers[-1].name if layers else "x"
    return drawn(
        op("data", "data.random", **source),
        op("x", "io.input", "data.x", shape=x, dtype=Name(dtypes["x"])),
        *layers,
        op("out", "io.output", last),
        replace(measure, at=measure.at or ends),
        replace(optimizer or op("adam", "optim.AdamW"), at={"losses[0]": "loss"}),
        run=run,
    )


def drawn(*layers: Layer, run: Mapping[str, Any] = FrozenMap({"batch_size": BATCH})) -> Project:
    """Return a project of these nodes and no others."""
    nodes: dict[str, Node] = {}
    wires: dict[str, str] = {}
    before = ""
    for layer in layers:
        nodes[layer.name] = Node(layer.spec, args=frozen(layer.args), **layer.fields)
        wires |= _wires(layer, before)
        before = layer.name
    return project(nodes, wires, frozen(run))


def _wires(layer: Layer, before: str) -> dict[str, str]:
    if layer.spec.startswith(("data.", "noise.", "const.", "param.", "buffer.")):
        return {}
    feeds = {"input": layer.at or before} if isinstance(layer.at, str) else layer.at
    return {f"{layer.name}.{port}": _output(source) for port, source in feeds.items() if source}


def _output(source: str) -> str:
    return source if "." in source else f"{source}.output"


def frozen(table: Mapping[str, Any]) -> FrozenMap[str, Arg]:
    """Return a table, and all tables in it, as values of a project."""
    return FrozenMap({k: frozen(v) if isinstance(v, Mapping) else v for k, v in table.items()})


# --- one thing changed --------------------------------------------------------------------------


def saying(before: Project, node: str, **args: Any) -> Project:
    """Return the project with arguments of a node set; ``block/node`` for one in a block."""
    return _edited(before, node, lambda old: replace(old, args=old.args.merged(frozen(args))))


def silent(before: Project, node: str, *names: str) -> Project:
    """Return the project in which a node does not say these arguments."""
    return _edited(before, node, lambda old: replace(old, args=old.args.without(*names)))


def being(before: Project, node: str, spec: str, **args: Any) -> Project:
    """Return the project in which a node is another one, with arguments of its own."""
    return _edited(before, node, lambda old: replace(old, spec=spec, args=frozen(args)))


def having(before: Project, node: str, **fields: Any) -> Project:
    """Return the project with fields of a node set: ``when``, ``repeat``, ``freeze`` ..."""
    return _edited(before, node, lambda old: replace(old, **fields))


def lacking(before: Project, *names: str) -> Project:
    """Return the project without nodes, each of whose inputs goes on to what it fed."""
    for name in names:
        before = projects.in_block(
            before, "main", lambda graph, name=name: wire_edits.dissolve(graph, NodeId(name))
        )
    return before


def cut(before: Project, *ports: str) -> Project:
    """Return the project without the wires into these ports: ``fc.input``."""
    return _graph(before, lambda graph: replace(graph, wires=graph.wires.without(*map(_in, ports))))


def wired(before: Project, **wires: str) -> Project:
    """Return the project with wires led anew: ``wired(p, add__other="x")``; ``__`` is the dot."""
    led = {_in(port.replace("__", ".")): _out(_output(source)) for port, source in wires.items()}
    return _graph(before, lambda graph: replace(graph, wires=graph.wires.merged(led)))


def adding(before: Project, *layers: Layer) -> Project:
    """Return the project with more nodes, each of which says what feeds it."""
    more = drawn(*layers).main.graph

    def edit(graph: Graph) -> Graph:
        return replace(
            graph, nodes=graph.nodes.merged(more.nodes), wires=graph.wires.merged(more.wires)
        )

    return _graph(before, edit)


def between(before: Project, port: str, layer: Layer) -> Project:
    """Return the project with a node in the wire into a port."""
    node = Node(layer.spec, args=frozen(layer.args), **layer.fields)
    return _graph(
        before,
        lambda graph: wire_edits.insert_on_wire(graph, _in(port), NodeId(layer.name), node),
    )


def running(before: Project, **settings: Any) -> Project:
    """Return the project with run settings changed."""
    return replace(before, run=before.run.merged(settings))


def with_block(before: Project, key: str, *layers: Layer, parameters: Any = ()) -> Project:
    """Return the project with a block; its inputs and outputs are the ``io`` nodes among layers."""
    inner = drawn(*layers).main
    made = replace(inner, name=key.title(), parameters=tuple(parameters))
    return replace(before, blocks=before.blocks.set(BlockId(key), made))


def _edited(before: Project, node: str, change: Any) -> Project:
    key, _, name = node.rpartition("/")
    return projects.in_block(
        before,
        key or "main",
        lambda graph: replace(
            graph, nodes=graph.nodes.set(NodeId(name), change(graph.nodes[NodeId(name)]))
        ),
    )


def _graph(before: Project, change: Any) -> Project:
    main: Block = before.main
    return before.with_block("main", replace(main, graph=change(main.graph)))


def _in(text: str) -> InPort:
    node, _, port = text.partition(".")
    return InPort(NodeId(node), PortPath(port))


def _out(text: str) -> OutPort:
    node, _, port = text.partition(".")
    return OutPort(NodeId(node), port)
