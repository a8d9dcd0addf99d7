"""Topology: what networkx says of a graph, kept while the wires are the same."""

import subprocess
import sys

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.document import edits, topology
from graph_editor.document.model import FrozenMap, Graph, InPort, Node, NodeId, OutPort, PortPath
from tests.document.sketch import end, ids, sketch, start

A, B, C, D, E = ids("a b c d e")


def diamond() -> Graph:
    return sketch("a b c d e", "a>b a>c b>d.input c>d.other d>e")


def looped() -> Graph:
    """Return a graph that edits would refuse but a file may hold."""
    wires = {
        InPort(B, PortPath("input")): OutPort(A, "output"),
        InPort(A, PortPath("input")): OutPort(B, "output"),
        InPort(C, PortPath("input")): OutPort(C, "output"),
        InPort(D, PortPath("input")): OutPort(NodeId("nobody"), "output"),
    }
    return Graph(FrozenMap({n: Node("nn.ReLU") for n in (A, B, C, D)}), FrozenMap(wires))


def test_order_ends_and_reach() -> None:
    found = topology.topology(diamond())
    assert found.order == (A, B, C, D, E)
    assert (found.sources, found.sinks) == ((A,), (E,))
    assert found.before([D]) == {A, B, C}
    assert found.after([B, C]) == {D, E}
    assert found.amid([A, D]) == {B, C}
    assert found.amid([A, B, C]) == frozenset()
    assert found.amid([A, E]) == {B, C, D}
    assert found.between(A, D) == {A, B, C, D}
    assert found.between(D, A) == frozenset()
    assert found.leads_to(A, E)
    assert not found.leads_to(B, C)
    assert found.cycles == ()


def test_dominators_are_what_every_way_goes_through() -> None:
    found = topology.topology(diamond())
    assert found.dominators(A) == {B: A, C: A, D: A, E: D}


def test_circles_are_named_and_wires_from_nowhere_passed_over() -> None:
    found = topology.topology(looped())
    assert found.order is None
    assert found.cycles == (frozenset({A, B}), frozenset({C}))
    assert found.components() == (frozenset({A, B}), frozenset({C}), frozenset({D}))


def test_the_index_is_kept_for_the_same_wires_and_ids() -> None:
    graph = diamond()
    found = topology.topology(graph)
    assert topology.topology(edits.rename_node(graph, A, "x")) is found
    assert topology.topology(edits.add_node(graph, NodeId("f"), Node("nn.ReLU"))) is not found
    assert topology.topology(edits.connect(graph, start("a"), end("e.other"))) is not found
    assert topology.topology(graph) is found


def test_only_so_many_are_kept() -> None:
    first = diamond()
    found = topology.topology(first)
    graphs = [edits.disconnect(diamond(), end("e")) for _ in range(topology.REMEMBERED)]
    for graph in graphs:
        topology.topology(graph)
    assert topology.topology(first) is not found


@given(
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20),
    st.sets(st.integers(0, 7).map(lambda number: NodeId(f"n{number}"))),
)
def test_it_agrees_with_networkx_on_any_graph(
    pairs: set[tuple[int, int]], some: set[NodeId]
) -> None:
    nodes = FrozenMap({NodeId(f"n{i}"): Node("nn.ReLU") for i in range(8)})
    wires = {
        InPort(NodeId(f"n{b}"), PortPath(f"p{a}")): OutPort(NodeId(f"n{a}"), "output")
        for a, b in pairs
    }
    found = topology.topology(Graph(nodes, FrozenMap(wires)))
    oracle = networkx.DiGraph([(f"n{a}", f"n{b}") for a, b in pairs])
    oracle.add_nodes_from(nodes)
    assert (found.order is None) != networkx.is_directed_acyclic_graph(oracle)
    assert bool(found.cycles) == (found.order is None)
    if found.order is not None:
        place = {node: index for index, node in enumerate(found.order)}
        assert all(place[NodeId(f"n{a}")] < place[NodeId(f"n{b}")] for a, b in pairs)
    for node in nodes:
        around = any(node in circle for circle in found.cycles)
        assert (node in found.after([node])) == (node in found.before([node])) == around
        assert found.after([node]) - {node} == networkx.descendants(oracle, node)
        assert found.before([node]) - {node} == networkx.ancestors(oracle, node)
    chosen = [node for node in nodes if node in some]
    after = {end for node in chosen for end in networkx.descendants(oracle, node)}
    before = {end for node in chosen for end in networkx.ancestors(oracle, node)}
    assert found.after(chosen) >= after
    assert found.amid(chosen) == (after & before) - set(chosen)


@pytest.mark.parametrize("module", ["document", "edits", "layout", "topology"])
def test_networkx_is_not_imported_with_the_rooms(module: str) -> None:
    code = f"import sys, graph_editor.document.{module}; print('networkx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
