"""Edits of nodes: what they do, what they refuse, and that a refusal changes nothing."""

import pytest

from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.model import (
    NOTHING,
    Address,
    At,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    Name,
    Node,
    NodeId,
    Repeat,
    RuleId,
    Slice,
    Weights,
)
from tests.document.sketch import end, ids, node, sketch, start, wires

A, B, C, D = ids("a b c d")
CAT = "a b c d cat:torch.cat"
CAT_WIRES = "a>cat.tensors[0] b>cat.tensors[1] c>cat.tensors[2] d>cat.tensors[3]"
CATTED = NodeId("cat")


def test_a_node_is_added_under_its_id() -> None:
    graph = edits.add_node(Graph(), A, node("nn.Linear", out_features=3))
    assert graph.nodes[A].args["out_features"] == 3


@pytest.mark.parametrize("bad", ["", "A", "a-b", "a" * 41, "1"])
def test_an_id_of_another_form_is_refused(bad: str) -> None:
    with pytest.raises(EditError, match="is no id"):
        edits.add_node(Graph(), NodeId(bad), node("nn.ReLU"))


@pytest.mark.parametrize(
    "bad",
    [
        Node("ReLU"),
        Node("nn.ReLU", name="\ud800"),
        node("nn.ReLU", x=float("nan")),
        node("nn.ReLU", x=[1]),  # type: ignore[arg-type]
        node("nn.ReLU", x=FrozenMap({"$at": 1})),
        node("nn.ReLU", x=At(Address("../up"))),
        node("nn.ReLU", x=Name("a b")),
        node("nn.ReLU", x=Expr("?")),
        Node("nn.ReLU", args=FrozenMap({"class": 1})),
        Node("nn.ReLU", freeze=(Address("A/b"),)),
        Node("nn.ReLU", silence=(RuleId("No Rule"),)),
    ],
)
def test_a_node_that_no_file_can_hold_is_refused(bad: Node) -> None:
    with pytest.raises(EditError):
        edits.add_node(Graph(), A, bad)


def test_an_id_is_not_taken_twice() -> None:
    graph = sketch("a")
    with pytest.raises(EditError, match="already a node a"):
        edits.add_node(graph, A, node("nn.ReLU"))


def test_removing_nodes_takes_their_wires() -> None:
    graph = sketch("a b c", "a>b b>c a>c.other")
    assert wires(edits.remove_nodes(graph, [B])) == {"a.output>c.other"}
    assert edits.remove_nodes(graph, ids("a b c")).wires == NOTHING
    assert edits.remove_nodes(graph, []) is graph
    with pytest.raises(EditError, match="no node d"):
        edits.remove_nodes(graph, [A, D])


def test_a_list_of_inputs_closes_up() -> None:
    graph = sketch(CAT, CAT_WIRES)
    graph = edits.remove_nodes(graph, [B, C])
    assert wires(graph) == {"a.output>cat.tensors[0]", "d.output>cat.tensors[1]"}


def test_weights_of_losses_go_with_their_losses() -> None:
    graph = sketch("a b c opt:optim.AdamW", "a>opt.losses[0] b>opt.losses[1] c>opt.losses[2]")
    graph = edits.set_argument(graph, NodeId("opt"), "loss_weights", (1.0, Expr("epoch"), 3.0))
    graph = edits.remove_nodes(graph, [A])
    assert graph.nodes[NodeId("opt")].args["loss_weights"] == (Expr("epoch"), 3.0)
    assert wires(graph) == {"b.output>opt.losses[0]", "c.output>opt.losses[1]"}


def test_expressions_follow_the_ports_of_a_list() -> None:
    graph = sketch(CAT, CAT_WIRES)
    graph = edits.set_argument(
        graph, CATTED, "dim", Expr("tensors[2].shape[0] - tensors[0].shape[1]")
    )
    graph = edits.remove_nodes(graph, [B])
    assert graph.nodes[CATTED].args["dim"] == Expr("tensors[1].shape[0] - tensors[0].shape[1]")


def test_a_list_of_holes_shrinks_with_its_wires() -> None:
    graph = edits.add_node(sketch("a b"), C, node("call.f", args=(Hole(), Hole())))
    graph = edits.connect(
        edits.connect(graph, start("a"), end("c.args[0]")), start("b"), end("c.args[1]")
    )
    graph = edits.remove_nodes(graph, [A])
    assert graph.nodes[C].args["args"] == (Hole(),)
    assert wires(graph) == {"b.output>c.args[0]"}
    assert "args" not in edits.remove_nodes(graph, [B]).nodes[C].args


def test_items_beside_holes_keep_their_places() -> None:
    graph = edits.add_node(sketch("a b"), C, node("Tensor.view", args=(Hole(), -1, Hole())))
    graph = edits.connect(
        edits.connect(graph, start("a"), end("c.args[0]")), start("b"), end("c.args[2]")
    )
    graph = edits.remove_nodes(graph, [A])
    assert graph.nodes[C].args["args"] == (Hole(), -1, Hole())
    assert wires(graph) == {"b.output>c.args[2]"}


def test_a_pair_of_states_is_no_list() -> None:
    graph = sketch("a b lstm:nn.LSTM", "a>lstm.hx[0] b>lstm.hx[1]")
    assert wires(edits.remove_nodes(graph, [A])) == {"b.output>lstm.hx[1]"}


def test_mentions_of_a_removed_node_are_dropped() -> None:
    graph = sketch("a b c opt:optim.Adam")
    trains = (At(Address("a")), At(Address("b/conv")))
    graph = edits.set_argument(graph, NodeId("opt"), "trains", trains)
    graph = edits.set_argument(graph, C, "of", At(Address("a[2]/x")))
    graph = edits.set_weights(graph, B, Weights(follows=Address("a"), decay=0.9, start="run:1"))
    graph = edits.tie(graph, "a.weight", "b.weight")
    left = edits.remove_nodes(graph, [A])
    assert left.nodes[NodeId("opt")].args["trains"] == (At(Address("b/conv")),)
    assert "of" not in left.nodes[C].args
    assert left.nodes[B].weights == Weights(start="run:1")
    assert left.ties == NOTHING


def test_another_call_takes_the_place_of_a_removed_owner() -> None:
    graph = edits.add_node(sketch("opt:optim.Adam"), C, node("nn.Linear", out_features=7))
    graph = edits.set_freeze(graph, C, [Address(".")])
    for call, origin in ((A, C), (B, A), (D, C)):
        graph = edits.add_node(graph, call, Node("nn.Linear", weights=Weights(same_as=origin)))
    graph = edits.set_argument(graph, NodeId("opt"), "trains", (At(Address("c")),))
    left = edits.remove_nodes(graph, [C])
    assert left.nodes[A] == Node(
        "nn.Linear", args=FrozenMap({"out_features": 7}), freeze=(Address("."),)
    )
    assert left.nodes[D].weights == left.nodes[B].weights == Weights(same_as=A)
    assert left.nodes[NodeId("opt")].args["trains"] == (At(Address("a")),)
    assert edits.remove_nodes(left, [A]).nodes[B].args["out_features"] == 7
    assert edits.remove_nodes(graph, [A, C]).nodes[B].weights is None


def test_removing_a_call_leaves_the_owner_alone() -> None:
    graph = edits.add_node(sketch("a"), B, Node("nn.ReLU", weights=Weights(same_as=A)))
    graph = edits.add_node(graph, C, Node("nn.ReLU", weights=Weights(same_as=B)))
    left = edits.remove_nodes(graph, [B])
    assert left.nodes[A] == Node("nn.ReLU")
    assert left.nodes[C].weights == Weights(same_as=A)


def test_a_node_cannot_be_another_call_of_itself() -> None:
    graph = edits.add_node(sketch("a"), B, Node("nn.ReLU", weights=Weights(same_as=A)))
    for origin in (A, B):
        with pytest.raises(EditError, match="itself"):
            edits.set_weights(graph, A, Weights(same_as=origin))
    with pytest.raises(EditError, match="no node zz"):
        edits.set_weights(graph, A, Weights(same_as=NodeId("zz")))


def test_arguments_are_set_and_unset() -> None:
    graph = edits.set_argument(sketch("a"), A, "p", 1)
    assert edits.set_argument(graph, A, "p", 1) is graph
    assert edits.set_argument(graph, A, "p", 1.0) is not graph
    assert edits.unset_argument(graph, A, "p") == sketch("a")
    with pytest.raises(EditError, match="no value for q"):
        edits.unset_argument(graph, A, "q")
    with pytest.raises(EditError, match="Python name"):
        edits.set_argument(graph, A, "a b", 1)


def test_a_wire_goes_when_its_place_in_an_argument_does() -> None:
    graph = edits.add_node(sketch("a b"), C, node("op.getitem", index=(Slice(0, Hole()), Hole())))
    graph = edits.connect(
        edits.connect(graph, start("a"), end("c.index[0].stop")), start("b"), end("c.index[1]")
    )
    kept = edits.set_argument(graph, C, "index", (Slice(1, Hole(), 2), 3))
    assert wires(kept) == {"a.output>c.index[0].stop"}
    assert wires(edits.unset_argument(graph, C, "index")) == set()


def test_what_a_node_says_is_set() -> None:
    graph = sketch("a")
    graph = edits.rename_node(graph, A, "Größe")
    graph = edits.set_when(graph, A, Expr("training"))
    graph = edits.set_repeat(graph, A, Repeat(Expr("depth"), shared=True))
    graph = edits.set_freeze(graph, A, [Address("."), Address(".")])
    graph = edits.set_silence(graph, A, [RuleId("some-rule")])
    assert graph.nodes[A] == Node(
        "nn.ReLU",
        "Größe",
        when=Expr("training"),
        repeat=Repeat(Expr("depth"), shared=True),
        freeze=(Address("."),),
        silence=(RuleId("some-rule"),),
    )
    assert edits.rename_node(graph, A, "Größe") is graph
    plain = edits.set_repeat(edits.set_when(graph, A, None), A, None)
    assert plain.nodes[A].when is None
    assert plain.nodes[A].repeat is None


def test_replacing_keeps_wires_and_translates_ports() -> None:
    graph = sketch("a b lstm:nn.LSTM c", "a>lstm b>lstm.hx[0] lstm.h_n>c lstm>c.other")
    made = edits.replace_node(
        graph, NodeId("lstm"), node("nn.Linear"), {"hx[0]": None}, {"h_n": "output"}
    )
    assert wires(made) == {"a.output>lstm.input", "lstm.output>c.input", "lstm.output>c.other"}
    assert made.nodes[NodeId("lstm")].spec == "nn.Linear"
    gone = edits.replace_node(graph, NodeId("lstm"), node("nn.ReLU"), None, {"h_n": None})
    assert "lstm.h_n>c.input" not in wires(gone)
    with pytest.raises(EditError, match="Two wires"):
        edits.replace_node(graph, NodeId("lstm"), node("op.add"), {"hx[0]": "input"})


def test_parameters_are_tied_and_untied() -> None:
    graph = edits.tie(sketch("head embed"), "head.weight", "embed.weight")
    assert dict(graph.ties) == {"head.weight": "embed.weight"}
    assert edits.untie(graph, "head.weight").ties == NOTHING
    for one, two in (
        ("embed.weight", "head.weight"),
        ("x.weight", "embed.weight"),
        ("head", "embed.weight"),
        ("head.bias", "head.bias"),
        ("embed.weight", "embed.bias"),
        ("embed.bias", "head.weight"),
    ):
        with pytest.raises(EditError):
            edits.tie(graph, one, two)
    with pytest.raises(EditError, match="not tied"):
        edits.untie(graph, "embed.weight")


def test_a_call_of_another_module_is_never_made_a_call_of_itself() -> None:
    graph = Graph()
    for name in ("a", "b", "c"):
        graph = edits.add_node(graph, NodeId(name), Node("nn.Linear"))
    graph = edits.set_weights(graph, NodeId("b"), Weights(same_as=NodeId("a")))
    graph = edits.set_weights(graph, NodeId("c"), Weights(same_as=NodeId("b")))
    for name, origin in (("b", "b"), ("b", "c"), ("a", "c"), ("a", "a")):
        with pytest.raises(EditError, match="another call of itself"):
            edits.set_weights(graph, NodeId(name), Weights(same_as=NodeId(origin)))
    assert edits.module_of(graph, NodeId("c")) == "a"


def test_no_two_inputs_or_outputs_have_one_name() -> None:
    graph = sketch("x:io.input skip:io.input y:io.output l:nn.Linear", "")
    with pytest.raises(EditError, match="There is an input skip already"):
        edits.rename_node(graph, NodeId("x"), "skip")
    graph = edits.rename_node(graph, NodeId("x"), "y")
    graph = edits.rename_node(graph, NodeId("skip"), "x")
    with pytest.raises(EditError, match="There is an input x already"):
        edits.rename_node(graph, NodeId("x"), "x")
    assert edits.rename_node(graph, NodeId("l"), "x").nodes[NodeId("l")].name == "x"
