"""Edits of wires: no circles, no gaps, no two wires in one input."""

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.model import FrozenMap, Graph, Hole, NodeId, Slice
from tests.document.sketch import end, ids, node, sketch, start, wires

A, B, C, D = ids("a b c d")


def test_a_second_wire_into_an_input_replaces_the_first() -> None:
    graph = edits.connect(sketch("a b c", "a>c"), start("b"), end("c"))
    assert wires(graph) == {"b.output>c.input"}
    assert edits.connect(graph, start("b"), end("c")) is graph


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("zz", "b", "no node zz"),
        ("a", "zz", "no node zz"),
        ("a", "a", "back into"),
        ("c", "a", "close a circle"),
        ("a", "b.1", "no port"),
        ("a.x y", "b", "no port"),
        ("a", "d.tensors[1]", "leave a gap"),
    ],
)
def test_what_cannot_be_wired_is_refused_in_words(source: str, target: str, reason: str) -> None:
    graph = sketch("a b c d", "a>b b>c")
    with pytest.raises(EditError, match=reason):
        edits.connect(graph, start(source), end(target))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25))
def test_connect_refuses_exactly_what_would_close_a_circle(pairs: list[tuple[int, int]]) -> None:
    graph = sketch("n0 n1 n2 n3 n4 n5 n6")
    oracle = networkx.DiGraph()
    oracle.add_nodes_from(range(7))
    for count, (one, two) in enumerate(pairs):
        legal = one != two and not networkx.has_path(oracle, two, one)
        try:
            graph = edits.connect(graph, start(f"n{one}"), end(f"n{two}.p{count}"))
        except EditError:
            assert not legal
        else:
            assert legal
            oracle.add_edge(one, two)


def test_a_wire_makes_its_hole_in_an_argument_that_is_spelled_out() -> None:
    graph = edits.add_node(sketch("a b c"), D, node("op.getitem", index=(Slice(None, 4), 2)))
    graph = edits.connect(graph, start("a"), end("d.index[0].stop"))
    graph = edits.connect(graph, start("b"), end("d.index[2]"))
    assert graph.nodes[D].args["index"] == (Slice(None, Hole()), 2, Hole())
    for place in ("index[4]", "index.stop", "index[1].stop", "index[0].middle"):
        with pytest.raises(EditError, match="no place"):
            edits.connect(graph, start("c"), end(f"d.{place}"))
    mapped = edits.add_node(sketch("a"), D, node("call.f", mask=FrozenMap({"padding": 1})))
    mapped = edits.connect(mapped, start("a"), end("d.mask.padding"))
    assert mapped.nodes[D].args["mask"] == FrozenMap({"padding": Hole()})


def test_a_wire_into_a_whole_argument_leaves_its_value_for_later() -> None:
    graph = edits.add_node(sketch("a"), B, node("op.add", other=2))
    wired = edits.connect(graph, start("a"), end("b.other"))
    assert edits.disconnect(wired, end("b.other")) == graph


def test_disconnecting_closes_lists_together() -> None:
    graph = sketch("a b c d", "a>d.t[0] b>d.t[1] c>d.t[2]")
    assert wires(edits.disconnect(graph, end("d.t[0]"))) == {"b.output>d.t[0]", "c.output>d.t[1]"}
    both = edits.disconnect_all(graph, [end("d.t[0]"), end("d.t[1]")])
    assert wires(both) == {"c.output>d.t[0]"}
    with pytest.raises(EditError, match=r"No wire ends in d\.x"):
        edits.disconnect(graph, end("d.x"))


@given(st.permutations(range(6)), st.integers(0, 6))
def test_a_list_is_dense_whatever_is_taken_from_it(order: list[int], count: int) -> None:
    graph = sketch(
        "c:torch.cat n0 n1 n2 n3 n4 n5", " ".join(f"n{i}>c.tensors[{i}]" for i in range(6))
    )
    gone = order[:count]
    graph = edits.disconnect_all(graph, [end(f"c.tensors[{i}]") for i in gone])
    kept = [i for i in range(6) if i not in gone]
    assert wires(graph) == {f"n{i}.output>c.tensors[{at}]" for at, i in enumerate(kept)}


def test_wires_are_moved_at_either_end() -> None:
    graph = sketch("a b c d", "a>b a>c")
    assert wires(edits.move_wire(graph, end("c"), end("d"))) == {
        "a.output>b.input",
        "a.output>d.input",
    }
    assert edits.move_wire(graph, end("c"), end("c")) is graph
    assert wires(edits.move_wires(graph, start("a"), start("d"))) == {
        "d.output>b.input",
        "d.output>c.input",
    }
    one = edits.move_wires(graph, start("a"), start("a.h_n"), [end("b")])
    assert wires(one) == {"a.h_n>b.input", "a.output>c.input"}
    for refused in (
        lambda: edits.move_wire(graph, end("d"), end("b")),
        lambda: edits.move_wires(graph, start("a"), start("b")),
        lambda: edits.move_wires(graph, start("d"), start("a"), [end("b")]),
    ):
        with pytest.raises(EditError):
            refused()


def test_inputs_are_swapped() -> None:
    graph = sketch("a b c", "a>c b>c.other")
    swapped = edits.swap_inputs(graph, end("c"), end("c.other"))
    assert wires(swapped) == {"b.output>c.input", "a.output>c.other"}
    assert edits.swap_inputs(swapped, end("c"), end("c.other")) == graph
    with pytest.raises(EditError, match="none to swap"):
        edits.swap_inputs(graph, end("c"), end("c.more"))
    chain = sketch("a b c", "a>b b>c")
    with pytest.raises(EditError, match=r"back into|circle"):
        edits.swap_inputs(chain, end("b"), end("c"))


def test_a_node_goes_into_a_wire_and_out_again() -> None:
    graph = sketch("a c", "a>c")
    longer = edits.insert_on_wire(graph, end("c"), B, node("nn.LSTM"), "input", "h_n")
    assert wires(longer) == {"a.output>b.input", "b.h_n>c.input"}
    assert edits.dissolve(longer, B) == graph
    present = edits.insert_on_wire(sketch("a b c", "a>c"), end("c"), B)
    assert wires(present) == {"a.output>b.input", "b.output>c.input"}
    for refused in (
        lambda: edits.insert_on_wire(graph, end("a"), B, node("nn.ReLU")),
        lambda: edits.insert_on_wire(graph, end("c"), A),
        lambda: edits.insert_on_wire(graph, end("c"), A, node("nn.ReLU")),
    ):
        with pytest.raises(EditError):
            refused()


def test_inserting_into_a_list_keeps_the_place() -> None:
    graph = sketch("a b d", "a>d.t[0] b>d.t[1]")
    longer = edits.insert_on_wire(graph, end("d.t[0]"), C, node("nn.ReLU"))
    assert wires(longer) == {"a.output>c.input", "c.output>d.t[0]", "b.output>d.t[1]"}


def test_dissolving_heals_along_the_input_or_as_told() -> None:
    graph = sketch("a b c d", "a>c.other b>c.input c>d c>d.t[0]")
    assert wires(edits.dissolve(graph, C)) == {"b.output>d.input", "b.output>d.t[0]"}
    assert wires(edits.dissolve(graph, C, "other")) == {"a.output>d.input", "a.output>d.t[0]"}
    with pytest.raises(EditError, match=r"c\.more"):
        edits.dissolve(graph, C, "more")
    unfed = sketch("c d", "c>d")
    assert edits.dissolve(unfed, C) == sketch("d")
    past = edits.bypass(graph, C)
    assert NodeId("c") in past.nodes
    assert "b.output>c.input" in wires(past)


def test_a_refused_edit_leaves_the_graph_as_it_was() -> None:
    graph = sketch("a b c", "a>b b>c")
    before = Graph(graph.nodes, graph.wires, graph.ties)
    with pytest.raises(EditError):
        edits.connect(graph, start("c"), end("a"))
    assert graph == before
