"""Wiring across the border of the model: the input and output nodes that a wire needs come along.

In the main graph the model is what lies between its input and output nodes. Who wires data into a
layer means an input of the model there, and who wires a layer's result into a loss means an output.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.joining import leading_to, led_from
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import PortType
from graph_editor.document.addresses import MAIN
from graph_editor.document.edits import add_node, connect, in_block, move_nodes, set_argument
from graph_editor.document.edits.placing import Point
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    NOTHING,
    Arg,
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

LAYERS = ("nn", "block", "code")
OPERATIONS = ("torch", "Tensor", "F", "op")
INPUT, OUTPUT = "io.input", "io.output"
FED = PortPath("input")
LOGITS = ("nn.CrossEntropyLoss", "nn.BCEWithLogitsLoss", "nn.MultiMarginLoss")
HALF = (32.0, 12.0)
"""Half of the mark that an input or output is drawn as."""
TARGETS = ("label", "target", "y")
"""What data sources call the ports that hold the right answers."""


def join(
    project: Project,
    key: str,
    source: OutPort,
    target: InPort,
    lookup: Lookup,
    ids: IdSource,
    places: Mapping[NodeId, Point] = NOTHING,
) -> Project:
    """Wire source to target in one graph, through the input or output node that it takes.

    A new input says the shape and dtype that the data source says of its port. ``places`` says
    where the wire's ends are; a new node lies half way. Raises EditError as ``connect`` does.
    """
    if key != MAIN:
        return in_block(project, key, lambda graph: connect(graph, source, target))
    graph = project.main.graph
    connect(graph, source, target)  # refused where it is refused without a node between
    plan = _input_plan(graph, source, target, lookup) or _output_plan(graph, source, target, lookup)
    if plan is None:
        return in_block(project, key, lambda now: connect(now, source, target))
    node_id, node = plan
    if node_id is None:
        node_id = NodeId(ids.fresh(node.name, graph.nodes))
    made = in_block(project, key, lambda now: _through(now, source, target, node_id, node))
    if node_id not in graph.nodes and source.node in places and target.node in places:
        (ax, ay), (bx, by) = places[source.node], places[target.node]
        spot = (float(round((ax + bx) / 2)) - HALF[0], float(round((ay + by) / 2)) - HALF[1])
        made = move_nodes(made, key, {node_id: spot})
    return made


def _through(graph: Graph, source: OutPort, target: InPort, node_id: NodeId, node: Node) -> Graph:
    if node_id not in graph.nodes:
        graph = add_node(graph, node_id, node)
    for name, value in node.args.items():
        graph = set_argument(graph, node_id, name, value)
    graph = connect(graph, source, InPort(node_id, FED))
    return connect(graph, OutPort(node_id, "output"), target)


def _input_plan(
    graph: Graph, source: OutPort, target: InPort, lookup: Lookup
) -> tuple[NodeId | None, Node] | None:
    """Return the input node between data and a layer: the id of one that is there, or a new one."""
    kind = _part(graph, target.node, lookup)
    if kind not in ("layer", "operation") or not _is_data(graph, source.node, lookup):
        return None
    known = _type_of(graph, source, lookup)
    answer = source.port in TARGETS or (known is not None and known.classes is not None)
    if kind == "operation" and (graph.nodes[source.node].kind != "data" or answer):
        return None  # it may be a step of preparing data, or of the loss
    for end, start in graph.wires.items():
        if start == source and graph.nodes[end.node].spec == INPUT and end.port == FED:
            return end.node, Node(INPUT)
    args: dict[str, Arg] = {}
    if known is not None:
        args = {"shape": known.shape}
        if known.dtype != "float32":
            args["dtype"] = Name(known.dtype)
    name = source.port if source.port != "output" else "input"
    return _spared(graph, target, INPUT), Node(INPUT, name, FrozenMap(args))


def _output_plan(
    graph: Graph, source: OutPort, target: InPort, lookup: Lookup
) -> tuple[NodeId | None, Node] | None:
    """Return the output node between a layer and a loss or metric, likewise."""
    if _part(graph, target.node, lookup) != "judge" or not _is_of_model(graph, source.node, lookup):
        return None
    for end, start in graph.wires.items():
        if start == source and graph.nodes[end.node].spec == OUTPUT:
            return end.node, Node(OUTPUT)
    if any(graph.nodes[node].spec == OUTPUT for node in led_from(graph, source.node)):
        return None
    name = "logits" if graph.nodes[target.node].spec in LOGITS else "prediction"
    return _spared(graph, target, OUTPUT), Node(OUTPUT, name)


def _spared(graph: Graph, target: InPort, spec: str) -> NodeId | None:
    """Return the border node that feeds only target, and is of no use once target is rewired."""
    now = graph.wires.get(target)
    if now is None or graph.nodes[now.node].spec != spec:
        return None
    others = [end for end, start in graph.wires.items() if start.node == now.node and end != target]
    return None if others else now.node


def _part(graph: Graph, node_id: NodeId, lookup: Lookup) -> str:
    """Return whether a node is a layer, an operation, a judge (a loss or metric), or another."""
    node = graph.nodes[node_id]
    spec = lookup(node.spec)
    if node.kind == "metric" or (spec is not None and spec.category == "Losses"):
        return "judge"
    if node.kind in LAYERS:
        return "layer"
    return "operation" if node.kind in OPERATIONS else ""


def _is_data(graph: Graph, node_id: NodeId, lookup: Lookup) -> bool:
    """Whether a node is a data source, or makes something of data before the model."""
    cone = [n for n in leading_to(graph, node_id) if n in graph.nodes]
    kinds = {graph.nodes[n].kind for n in cone}
    inside = any(graph.nodes[n].spec == INPUT or _part(graph, n, lookup) == "layer" for n in cone)
    return "data" in kinds and not inside


def _is_of_model(graph: Graph, node_id: NodeId, lookup: Lookup) -> bool:
    """Whether a node is a layer or makes something of layers, before any output or loss."""
    cone = [n for n in leading_to(graph, node_id) if n in graph.nodes]
    if any(graph.nodes[n].spec == OUTPUT or _part(graph, n, lookup) == "judge" for n in cone):
        return False
    ours = _part(graph, node_id, lookup) in ("layer", "operation")
    return ours and any(_part(graph, n, lookup) == "layer" for n in cone)


def _type_of(graph: Graph, source: OutPort, lookup: Lookup) -> PortType | None:
    node = graph.nodes[source.node]
    spec = lookup(node.spec)
    if spec is None or node.kind != "data":
        return None
    return port_types(spec, node).get(source.port)
