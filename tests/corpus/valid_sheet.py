"""A sheet on which a sound drawing is put down in a few lines: data, layers, losses, optimizers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import input_ports, output_ports
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Block,
    BlockId,
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

B = Expr("B")
BATCH = 4
SAMPLES = 23
"""Of which 18 are trained on: the last batch has 2."""
Layer = tuple[str, dict[str, Any]]


def layer(spec: str, **args: Any) -> Layer:
    """Return a layer of a chain."""
    return spec, args


@dataclass(frozen=True)
class Wire:
    """What leaves an output of a node."""

    node: NodeId
    port: str

    def __getitem__(self, port: str) -> Wire:
        """Return another output of the same node."""
        return Wire(self.node, port)

    @property
    def at(self) -> At:
        """The node, as others mention it."""
        return At(Address(self.node))


class Sheet:
    """One graph; nodes are numbered in the order in which they are put down."""

    def __init__(self, samples: int = SAMPLES) -> None:
        self.nodes: dict[NodeId, Node] = {}
        self.wires: dict[InPort, OutPort] = {}
        self.samples = samples
        self.ports: dict[str, Arg] = {}
        self.dtypes: dict[str, Arg] = {}
        self.classes: dict[str, Arg] = {}
        self.blocks: dict[BlockId, Block] = {}
        self.ties: dict[str, str] = {}
        self.losses: list[Wire] = []
        self.run: dict[str, Arg] = {"batch_size": BATCH}

    # --- what enters ---------------------------------------------------------------------------

    def data(self, *dims: Arg, dtype: str = "float32", classes: int | None = None) -> Wire:
        """Return a new port of the random data: B samples of these sizes."""
        port = f"p{len(self.ports)}"
        self.ports[port] = (B, *dims)
        if classes is not None:
            self.classes[port] = classes
        elif dtype != "float32":
            self.dtypes[port] = Name(dtype)
        return Wire(NodeId("data"), port)

    def input(self, *dims: Arg, dtype: str = "float32", classes: int | None = None) -> Wire:
        """Return an input of the model that the random data feeds."""
        kind = "int64" if classes is not None else dtype
        return self.entry((B, *dims), kind, self.data(*dims, dtype=dtype, classes=classes))

    def entry(
        self, shape: tuple[Arg, ...], dtype: str = "float32", fed: Wire | None = None
    ) -> Wire:
        """Return an input of the model or of a block, fed or not."""
        said: dict[str, Any] = {"shape": shape}
        if dtype != "float32":
            said["dtype"] = Name(dtype)
        return self.put("io.input", *([fed] if fed else []), **said)

    # --- nodes ---------------------------------------------------------------------------------

    def put(self, spec: str, *sources: Wire | list[Wire], **args: Any) -> Wire:
        """Put a node down and return its first output.

        Sources feed its ports in the order of the spec, a list a port that takes many; a wire among
        the arguments feeds the port of that name. ``id`` is the node's own.
        """
        id_ = NodeId(args.pop("id", "") or f"n{len(self.nodes)}")
        assert id_ not in self.nodes, id_
        named = {name: value for name, value in args.items() if isinstance(value, Wire)}
        node = Node(spec, args=FrozenMap({k: v for k, v in args.items() if k not in named}))
        self.nodes[id_] = node
        fed = {**dict(zip(self._free(node, tuple(named)), sources, strict=False)), **named}
        assert len(fed) == len(sources) + len(named), (spec, fed)
        for port, source in fed.items():
            for index, wire in enumerate(source if isinstance(source, list) else ()):
                self._join(id_, port.replace("[0]", f"[{index}]"), wire)
            if isinstance(source, Wire):
                self._join(id_, port, source)
        return Wire(id_, self._outputs(node)[0])

    def line(self, start: Wire, *layers: Layer | str) -> Wire:
        """Put layers down one after another and return the last one's output."""
        for layer in layers:
            spec, args = (layer, {}) if isinstance(layer, str) else layer
            start = self.put(spec, start, **args)
        return start

    def say(self, wire: Wire, **fields: Any) -> Wire:
        """Let the node of a wire say something of itself, as ``when`` or ``repeat``."""
        self.nodes[wire.node] = replace(self.nodes[wire.node], **fields)
        return wire

    def block(
        self, key: str, draw: Callable[[Sheet], object], parameters: tuple[Parameter, ...] = ()
    ) -> str:
        """Draw a block on a sheet of its own and return its spec."""
        inner = Sheet()
        draw(inner)
        self.blocks |= inner.blocks
        self.blocks[BlockId(key)] = replace(inner.main(key.title()), parameters=parameters)
        return f"block.{key}"

    def _join(self, node: NodeId, port: str, source: Wire) -> None:
        self.wires[InPort(node, PortPath(port))] = OutPort(source.node, source.port)

    def _free(self, node: Node, named: tuple[str, ...]) -> list[str]:
        """Return the ports that sources by place may feed."""
        if node.kind == "block":
            return list(self.blocks[BlockId(node.spec.partition(".")[2])].inputs)
        spec = catalogue().get(node.spec)
        assert spec is not None, node.spec
        ports = input_ports(spec, node)
        return [p.path for p in ports if p.path not in named and p.path not in node.args]

    def _outputs(self, node: Node) -> tuple[str, ...]:
        if node.kind == "block":
            return tuple(self.blocks[BlockId(node.spec.partition(".")[2])].outputs)
        spec = catalogue().get(node.spec)
        assert spec is not None, node.spec
        return output_ports(spec, node) or ("",)

    # --- the end -------------------------------------------------------------------------------

    def out(self, wire: Wire, id: str = "") -> Wire:  # noqa: A002  # a node's id
        """Let the model give what is on a wire."""
        return self.put("io.output", wire, id=id)

    def loss(self, spec: str, *sources: Wire, **args: Any) -> Wire:
        """Put down a loss that is trained by."""
        self.losses.append(self.put(spec, *sources, **args))
        return self.losses[-1]

    def classify(self, scores: Wire, classes: int, *dims: Arg) -> Wire:
        """Let scores be an output, held against labels by a cross entropy."""
        given = self.out(scores)
        self.loss("nn.CrossEntropyLoss", given, self.data(*dims, classes=classes))
        return given

    def regress(self, numbers: Wire, *dims: Arg, loss: str = "nn.MSELoss") -> Wire:
        """Let numbers be an output, held against others of the same shape."""
        given = self.out(numbers)
        self.loss(loss, given, self.data(*dims))
        return given

    def train(self, spec: str = "optim.AdamW", *losses: Wire, **args: Any) -> Wire:
        """Put down an optimizer of these losses, or else of all that there are so far."""
        return self.put(spec, list(losses or self.losses), **args)

    def main(self, name: str) -> Block:
        """Return all that was put down as one graph."""
        ends = {
            spec: tuple(n for n, node in self.nodes.items() if node.spec == spec)
            for spec in ("io.input", "io.output")
        }
        graph = Graph(FrozenMap(self.nodes), FrozenMap(self.wires), FrozenMap(self.ties))
        return Block(graph, name, (), ends["io.input"], ends["io.output"])

    def project(self) -> Project:
        """Return the drawing, with an optimizer where losses are drawn and none is."""
        if self.losses and not any(node.kind == "optim" for node in self.nodes.values()):
            self.train()
        if self.ports:
            tables = (("ports", self.ports), ("dtypes", self.dtypes), ("classes", self.classes))
            said = {name: FrozenMap(table) for name, table in tables if table}
            args = FrozenMap[str, Arg]({**said, "samples": self.samples})
            self.nodes[NodeId("data")] = Node("data.random", args=args)
        return Project(self.main("Main"), FrozenMap(self.blocks), run=FrozenMap(self.run))


Drawer = Callable[[Sheet], object]


@dataclass(frozen=True)
class Case:
    """A sound drawing and the name that says what is trapped in it."""

    name: str
    draw: Drawer

    def project(self) -> Project:
        sheet = Sheet()
        self.draw(sheet)
        return sheet.project()


class Cases(list[Case]):
    """Sound drawings, each a function that is called like what is special in it."""

    def __call__(self, draw: Drawer) -> Drawer:
        """Keep a drawing: used as a decorator."""
        self.append(Case(draw.__name__, draw))
        return draw
