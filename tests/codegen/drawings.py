"""Short ways to write down drawings for tests."""

from __future__ import annotations

from typing import Any

from graph_editor.document.model import (
    NOTHING,
    Block,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
)


def arg(value: Any) -> Any:
    """Return an argument as a file would say it: ``"=dim"`` is an expression."""
    if isinstance(value, str) and value.startswith("="):
        return Expr(value[1:])
    if isinstance(value, list | tuple):
        return tuple(arg(item) for item in value)
    return value


class Drawing:
    """A graph under construction; every node is added with its wires."""

    def __init__(self) -> None:
        self.nodes: dict[NodeId, Node] = {}
        self.wires: dict[InPort, OutPort] = {}
        self.inputs: list[NodeId] = []
        self.outputs: list[NodeId] = []

    def add(
        self, key: str, spec: str, wires: dict[str, str] | str = "", /, **fields: Any
    ) -> Drawing:
        """Add a node. A wire is ``node`` or ``node.port``; fields of Node go by ``_name`` etc."""
        own = {k[1:]: fields.pop(k) for k in list(fields) if k.startswith("_")}
        node = NodeId(key)
        args = FrozenMap({k: arg(v) for k, v in fields.items()})
        self.nodes[node] = Node(spec, args=args, **own)
        if isinstance(wires, str):
            wires = {"input": wires} if wires else {}
        for port, source in wires.items():
            name, _, leaf = source.partition(".")
            self.wires[InPort(node, PortPath(port))] = OutPort(NodeId(name), leaf or "output")
        if spec == "io.input":
            self.inputs.append(node)
        if spec == "io.output":
            self.outputs.append(node)
        return self

    def block(
        self, name: str = "", parameters: tuple[Parameter, ...] = (), ties: Any = NOTHING
    ) -> Block:
        """Return the block."""
        graph = Graph(FrozenMap(self.nodes), FrozenMap(self.wires), FrozenMap(ties))
        return Block(graph, name, parameters, tuple(self.inputs), tuple(self.outputs))

    def project(self, name: str = "Net", ties: Any = NOTHING, **blocks: Block) -> Project:
        """Return a project of this main graph and some blocks."""
        return Project(self.block(name, ties=ties), FrozenMap(blocks))  # type: ignore[arg-type]  # ids


INT64 = Name("int64")
