"""Edits of a project: addresses, interfaces and layout follow an edit of one graph."""

from dataclasses import replace

import pytest

from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.model import (
    NOTHING,
    Address,
    At,
    Block,
    BlockId,
    Code,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Parameter,
    Project,
    Repeat,
    Weights,
)
from tests.document.sketch import end, ids, main, node, sketch, sound, wires

A, B, C, X, Y = ids("a b c x y")
LAYER, BODY = BlockId("layer"), BlockId("body")


def nested() -> Project:
    """Return main > body (block.body) > l1, l2 (block.layer) > conv, with mentions everywhere."""
    layer = sketch("x:io.input conv:nn.Conv2d y:io.output", "x>conv conv>y")
    project = edits.in_block(edits.add_block(Project(), LAYER), LAYER, lambda _: layer)
    body = sketch("x:io.input l1:block.layer l2:block.layer y:io.output", "x>l1.x l1.y>l2.x l2.y>y")
    body = edits.tie(body, "l1/conv.weight", "l2/conv.weight")
    project = edits.in_block(edits.add_block(project, BODY), BODY, lambda _: body)
    graph = sketch(
        "a:io.input body:block.body t:block.body opt:optim.Adam b:io.output", "a>body.x body.y>b"
    )
    trains = (At(Address("body/l1/conv")), At(Address("body/l2")), At(Address("t/l1[3]/conv")))
    graph = edits.set_argument(graph, NodeId("opt"), "trains", trains)
    graph = edits.set_freeze(graph, NodeId("body"), [Address("l1"), Address("l2/conv")])
    graph = edits.set_weights(graph, NodeId("t"), Weights(follows=Address("body"), decay=0.9))
    return sound(edits.in_block(project, "main", lambda _: graph))


def trains(project: Project) -> list[str]:
    value = project.main.graph.nodes[NodeId("opt")].args["trains"]
    assert isinstance(value, tuple)
    return [item.address for item in value if isinstance(item, At)]


def test_new_ends_join_the_interface_and_removed_ones_leave_it() -> None:
    project = main(sketch("x:io.input y:io.output z:io.input"))
    assert (project.main.inputs, project.main.outputs) == ((X, NodeId("z")), (Y,))
    project = edits.delete(project, "main", [X])
    assert project.main.inputs == (NodeId("z"),)
    swapped = edits.in_block(project, "main", lambda g: edits.replace_node(g, Y, Node("io.input")))
    assert (swapped.main.inputs, swapped.main.outputs) == ((NodeId("z"), Y), ())
    kept = edits.in_block(project, "main", lambda g: edits.rename_node(g, Y, "logits"))
    assert kept.main.outputs is project.main.outputs


def test_an_edit_that_changes_nothing_gives_the_same_project() -> None:
    project = nested()
    assert edits.in_block(project, "main", lambda graph: graph) is project
    with pytest.raises(EditError, match="no block zz"):
        edits.in_block(project, "zz", lambda graph: graph)


def test_deleting_below_drops_what_other_graphs_say_of_it() -> None:
    project = sound(edits.delete(nested(), LAYER, ids("conv")))
    assert trains(project) == ["body/l2"]
    assert project.main.graph.nodes[NodeId("body")].freeze == (Address("l1"),)
    assert project.blocks[BODY].graph.ties == NOTHING


def test_deleting_half_way_drops_what_leads_through_it() -> None:
    project = sound(edits.delete(nested(), BODY, ids("l1")))
    assert trains(project) == ["body/l2"]
    assert project.main.graph.nodes[NodeId("body")].freeze == (Address("l2/conv"),)
    assert project.blocks[BODY].graph.ties == NOTHING


def test_deleting_a_leader_frees_its_shadow() -> None:
    project = sound(edits.delete(nested(), "main", ids("body")))
    assert trains(project) == ["t/l1[3]/conv"]
    assert project.main.graph.nodes[NodeId("t")].weights is None


def test_a_node_of_the_same_id_elsewhere_is_not_meant() -> None:
    project = nested()
    other = edits.in_block(
        project, "main", lambda g: edits.add_node(g, NodeId("l1"), node("nn.ReLU"))
    )
    assert trains(edits.delete(other, "main", ids("l1"))) == trains(project)


def test_an_heir_is_named_in_other_graphs_too() -> None:
    def edit(graph: Graph) -> Graph:
        twin = Node("block.layer", weights=Weights(same_as=NodeId("l1")))
        return edits.add_node(graph, NodeId("twin"), twin)

    project = edits.delete(edits.in_block(nested(), BODY, edit), BODY, ids("l1"))
    assert trains(project) == ["body/twin/conv", "body/l2", "t/twin[3]/conv"]
    assert project.main.graph.nodes[NodeId("body")].freeze == (Address("twin"), Address("l2/conv"))
    assert dict(project.blocks[BODY].graph.ties) == {"twin/conv.weight": "l2/conv.weight"}


def test_instances_lose_the_wires_of_a_removed_port() -> None:
    project = nested()
    repeated = Repeat(3, over=FrozenMap({"x": 0}), stack=FrozenMap({"y": 1}))
    project = edits.in_block(project, BODY, lambda g: edits.set_repeat(g, NodeId("l1"), repeated))
    left = sound(edits.remove_port(project, LAYER, X))
    assert wires(left.blocks[BODY].graph) == {"l2.y>y.input"}
    assert left.blocks[BODY].graph.nodes[NodeId("l1")].repeat == replace(repeated, over=NOTHING)
    left = edits.remove_port(project, LAYER, Y)
    assert wires(left.blocks[BODY].graph) == {"x.output>l1.x"}
    assert left.blocks[LAYER].outputs == ()


def test_no_block_contains_itself() -> None:
    project = nested()
    for key, spec in ((LAYER, "block.layer"), (LAYER, "block.body"), (BODY, "block.body")):
        with pytest.raises(EditError, match="contain itself"):
            edits.in_block(project, key, lambda g, s=spec: edits.add_node(g, C, Node(s)))
    graph = sketch("n:block.me")
    with pytest.raises(EditError, match="contain itself"):
        edits.add_block(Project(), BlockId("me"), Block(graph))
    assert edits.blocks_below(project, BODY) == {"layer"}


def test_dissolving_several_nodes_heals_past_all_of_them() -> None:
    project = main(sketch("a b c d", "a>b b>c c>d"))
    assert wires(edits.dissolve_nodes(project, "main", [B, C]).main.graph) == {"a.output>d.input"}


def test_the_layout_follows_nodes_and_wires() -> None:
    graph = sketch("a b c", "a>c.t[0] b>c.t[1]")
    frames = (
        FrozenMap({"title": "both", "nodes": (A, B)}),
        FrozenMap({"title": "one", "nodes": (A,)}),
        FrozenMap({"title": "none"}),
    )
    project = main(
        graph,
        at=FrozenMap({"a": (0, 0), "b": (1, 1)}),
        bends=FrozenMap({"c.t[0]": ((5, 5),), "c.t[1]": ((6, 6),)}),
        frames=frames,
        collapsed=FrozenMap({"a": True}),
    )
    layout = edits.layout_of(sound(edits.delete(project, "main", [A])), "main")
    assert layout["at"] == FrozenMap({"b": (1, 1)})
    assert layout["bends"] == FrozenMap({"c.t[0]": ((6, 6),)})
    assert layout["frames"] == (FrozenMap({"title": "both", "nodes": (B,)}), frames[2])
    assert "collapsed" not in layout
    cut = edits.in_block(project, "main", lambda g: edits.disconnect(g, end("c.t[1]")))
    assert edits.layout_of(cut, "main")["bends"] == FrozenMap({"c.t[0]": ((5, 5),)})


def test_run_settings_are_set_and_unset() -> None:
    project = edits.set_run(Project(), "epochs", 10)
    assert project.run == FrozenMap({"epochs": 10})
    assert edits.unset_run(project, "epochs") == Project()
    with pytest.raises(EditError, match="no run setting"):
        edits.unset_run(project, "seed")
    with pytest.raises(EditError):
        edits.set_run(project, "seed", float("nan"))


def test_custom_code_stays_while_it_is_used() -> None:
    code = Code("def f(x):\n    return x", ("x",), ("y",))
    project = edits.set_code(Project(), "swish", code)
    used = edits.in_block(project, "main", lambda g: edits.add_node(g, A, Node("code.swish")))
    with pytest.raises(EditError, match="a uses the code"):
        edits.delete_code(used, "swish")
    assert edits.delete_code(project, "swish") == Project()
    for bad in (Code("", ("a b",)), Code("\ud800"), Code("", (), ("class",))):
        with pytest.raises(EditError):
            edits.set_code(project, "swish", bad)
    with pytest.raises(EditError, match="no custom code"):
        edits.delete_code(project, "x")
    with pytest.raises(EditError):
        edits.set_code(project, "swish", Code("", parameters=(Parameter("1", "int"),)))
