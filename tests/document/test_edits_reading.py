"""Reading a graph along its wires: after all that leads to a node, and whatever the ids are."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.document import edits
from graph_editor.document.edits.reading import port_key, reading_order
from graph_editor.document.files import load
from graph_editor.document.model import (
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.document.sketch import PROJECT_FILES, ids, sketch

PROJECTS = [load(path).project for path in PROJECT_FILES]


def test_items_of_a_list_are_in_order() -> None:
    ports = ["tensors[10]", "tensors[2]", "input", "index[1].stop", "index[1].start"]
    expected = ["index[1].start", "index[1].stop", "input", "tensors[2]", "tensors[10]"]
    assert sorted(ports, key=port_key) == expected


def test_the_interface_comes_first_and_in_its_order() -> None:
    graph = sketch("a:nn.ReLU x:io.input b:io.input c:nn.ELU", "x>a b>c")
    assert reading_order(graph, ids("x b")) == ids("x b a c")
    assert reading_order(graph, ids("b x")) == ids("b x c a")


def test_nodes_on_circles_come_last_and_wires_from_nowhere_are_passed_over() -> None:
    wires = {
        InPort(NodeId(end), PortPath("input")): OutPort(NodeId(start), "output")
        for start, end in ("ab", "ba", "bc", "xd")
    }
    graph = Graph(FrozenMap({node: Node("nn.ReLU") for node in ids("c a b d")}), FrozenMap(wires))
    assert reading_order(graph) == ids("d a b c")


def respelled(graph: Graph, names: dict[NodeId, NodeId], mix: random.Random) -> Graph:
    """Return the graph under other ids, its nodes and wires in another order."""
    nodes = [(names[key], node) for key, node in graph.nodes.items()]
    wires = [
        (InPort(names[end.node], end.port), OutPort(names[start.node], start.port))
        for end, start in graph.wires.items()
    ]
    mix.shuffle(nodes)
    mix.shuffle(wires)
    return Graph(FrozenMap(nodes), FrozenMap(wires))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(PROJECTS), st.data(), st.randoms(use_true_random=False))
def test_ids_do_not_matter_where_nodes_differ(
    project: Project, data: st.DataObject, mix: random.Random
) -> None:
    block = project.block(data.draw(st.sampled_from(edits.keys_of(project))))
    graph = block.graph
    for number, key in enumerate(graph.nodes):
        graph = edits.rename_node(graph, key, f"node {number}")
    order = reading_order(graph, block.inputs)
    assert sorted(order) == sorted(graph.nodes)
    place = {key: number for number, key in enumerate(order)}
    assert all(place[start.node] < place[end.node] for end, start in graph.wires.items())
    others = [NodeId(f"n{number}") for number in range(len(order))]
    mix.shuffle(others)
    names = dict(zip(sorted(order), others, strict=True))
    again = reading_order(respelled(graph, names, mix), [names[key] for key in block.inputs])
    assert again == [names[key] for key in order]
