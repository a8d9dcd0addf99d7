"""Grouping and ungrouping: each undoes the other, and what cannot stand alone is refused."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.files import dumps, load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    NOTHING,
    Address,
    At,
    BlockId,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
    Repeat,
    Weights,
)
from graph_editor.document.topology import topology
from tests.document.sketch import PROJECT_FILES, end, ids, main, node, sketch, sound, start, wires

A, B, C, D = ids("a b c d")
PROJECTS = [load(path).project for path in PROJECT_FILES]


def grouped(project: Project, names: str, key: str = "main") -> edits.Grouped:
    done = edits.group(project, key, ids(names), "My part", IdSource("t"))
    sound(done.project)
    return done


def test_crossing_wires_become_the_interface() -> None:
    project = main(sketch("a b c d e", "a>b a>c b>c.other b>d c>e c.h_n>d.other"))
    done = grouped(project, "b c")
    block = done.project.blocks[done.block]
    (x,), (y1, y2, y3) = block.inputs, block.outputs
    assert block.name == "My part"
    assert wires(block.graph) == {
        f"{x}.output>b.input",
        f"{x}.output>c.input",
        "b.output>c.other",
        f"b.output>{y1}.input",
        f"c.h_n>{y2}.input",
        f"c.output>{y3}.input",
    }
    instance = done.node
    assert wires(done.project.main.graph) == {
        f"a.output>{instance}.{x}",
        f"{instance}.{y1}>d.input",
        f"{instance}.{y2}>d.other",
        f"{instance}.{y3}>e.input",
    }
    assert edits.ungroup(done.project, "main", instance, IdSource("u")).project == project


def parametric() -> Project:
    """Return a main graph with a parameter, an input with named sizes and nodes that use both."""
    graph = sketch("a:io.input b:nn.Linear c:Tensor.view d", "a>b b>c.args[0] a>c.args[1] c>d")
    graph = edits.set_argument(graph, A, "shape", (Expr("B"), Expr("T"), Expr("2 * dim")))
    graph = edits.set_argument(graph, B, "out_features", Expr("4 * dim"))
    graph = edits.set_argument(graph, C, "more", (Expr("B"), Expr("T")))
    return edits.add_parameter(main(graph), "main", Parameter("dim", "int", 8, "Width."))


def test_parameters_and_sizes_that_are_used_come_along() -> None:
    done = grouped(parametric(), "b c")
    block = done.project.blocks[done.block]
    assert block.parameters == (Parameter("dim", "int", None, "Width."),)
    shape = block.graph.nodes[block.inputs[0]].args["shape"]
    assert shape == (Expr("B"), Expr("T"), Expr("2 * dim"))
    assert done.project.main.graph.nodes[done.node].args == FrozenMap({"dim": Expr("dim")})
    assert edits.ungroup(done.project, "main", done.node, IdSource("u")).project == parametric()


def test_sizes_that_nothing_inside_needs_are_not_carried_along() -> None:
    done = grouped(parametric(), "b")
    block = done.project.blocks[done.block]
    assert block.graph.nodes[block.inputs[0]].args == NOTHING
    assert edits.ungroup(done.project, "main", done.node, IdSource("u")).project == parametric()


def test_names_without_a_meaning_inside_are_refused() -> None:
    cut = edits.in_block(parametric(), "main", lambda g: edits.disconnect(g, end("c.args[1]")))
    with pytest.raises(EditError, match="c uses B"):
        edits.group(cut, "main", [C, D], "x", IdSource("t"))


def test_mentions_lead_through_the_new_block_and_back() -> None:
    graph = sketch("a b c d opt:optim.Adam", "a>b b>c c>d")
    graph = edits.tie(edits.tie(graph, "b.weight", "c.weight"), "d.weight", "c.bias")
    graph = edits.set_weights(graph, C, Weights(follows=Address("b")))
    trains = (At(Address("b")), At(Address("d")), At(Address("c[2]/x")))
    project = main(edits.set_argument(graph, NodeId("opt"), "trains", trains))
    done = grouped(project, "b c")
    outer, inner = done.project.main.graph, done.project.blocks[done.block].graph
    assert dict(inner.ties) == {"b.weight": "c.weight"}
    assert dict(outer.ties) == {"d.weight": f"{done.node}/c.bias"}
    assert inner.nodes[C].weights == Weights(follows=Address("b"))
    assert outer.nodes[NodeId("opt")].args["trains"] == (
        At(Address(f"{done.node}/b")),
        At(Address("d")),
        At(Address(f"{done.node}/c[2]/x")),
    )
    assert edits.ungroup(done.project, "main", done.node, IdSource("u")).project == project


def test_grouping_inside_a_block_reaches_mentions_from_outside() -> None:
    layer = sketch("x:io.input b c y:io.output", "x>b b>c c>y")
    project = edits.in_block(edits.add_block(Project(), BlockId("l")), "l", lambda _: layer)
    graph = edits.set_freeze(
        sketch("one:block.l two:block.l opt:optim.Adam"), NodeId("one"), [Address("b")]
    )
    graph = edits.set_argument(graph, NodeId("opt"), "trains", (At(Address("two/c")),))
    project = edits.in_block(project, "main", lambda _: graph)
    done = grouped(project, "b c", "l")
    nodes = done.project.main.graph.nodes
    assert nodes[NodeId("one")].freeze == (Address(f"{done.node}/b"),)
    assert nodes[NodeId("opt")].args["trains"] == (At(Address(f"two/{done.node}/c")),)
    assert edits.ungroup(done.project, "l", done.node, IdSource("u")).project == project


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("", "nothing to group"),
        ("x", "an end of the graph"),
        ("data", "a data source"),
        ("opt", "an optimizer"),
        ("c e", "d lies between"),
        ("s", "calls b's module"),
        ("b", "calls b's module"),
        ("t", "mentions b"),
        ("zz", "no node zz"),
    ],
)
def test_what_cannot_stand_alone_is_refused(chosen: str, reason: str) -> None:
    graph = sketch("x:io.input data:data.digits opt:optim.Adam b c d e t", "data>x x>b b>c c>d d>e")
    graph = edits.add_node(graph, NodeId("s"), Node("nn.ReLU", weights=Weights(same_as=B)))
    graph = edits.set_weights(graph, NodeId("t"), Weights(follows=Address("b")))
    project = main(graph)
    with pytest.raises(EditError, match=reason):
        edits.group(project, "main", ids(chosen), "x", IdSource("t"))


def block_project(instance: Node, **args: object) -> Project:
    """Return main with one instance, called a, of a block with a linear layer over dim."""
    graph = sketch("x:io.input y:io.output", "")
    graph = edits.add_node(
        graph, B, node("nn.Linear", out_features=Expr("4 * dim"), bias=Expr("dim"))
    )
    graph = edits.connect(edits.connect(graph, start("x"), end("b")), start("b"), end("y"))
    project = edits.in_block(edits.add_block(Project(), BlockId("l")), "l", lambda _: graph)
    project = edits.add_parameter(project, "l", Parameter("dim", "int"))
    outer = edits.add_node(sketch("s e"), A, instance)
    outer = edits.connect(edits.connect(outer, start("s"), end("a.x")), start("a.y"), end("e"))
    return edits.in_block(project, "main", lambda _: outer)


@pytest.mark.parametrize(
    ("value", "features", "whole"),
    [
        (8, Expr("4 * 8"), 8),
        (-8, Expr("4 * (-8)"), -8),
        (Expr("k"), Expr("4 * k"), Expr("k")),
        (Expr("k + 1"), Expr("4 * (k + 1)"), Expr("k + 1")),
        (True, Expr("4 * True"), True),
    ],
)
def test_settings_replace_parameters_when_ungrouped(
    value: int, features: Expr, whole: object
) -> None:
    project = block_project(node("block.l", dim=value))
    done = edits.ungroup(project, "main", A, IdSource("u"))
    made = sound(done.project).main.graph
    assert made.nodes[done.ids[B]].args == FrozenMap({"out_features": features, "bias": whole})
    assert wires(made) == {"s.output>b.input", "b.output>e.input"}
    assert done.project.blocks == NOTHING
    kept = edits.ungroup(project, "main", A, IdSource("u"), keep_block=True).project
    assert kept.blocks == project.blocks


@pytest.mark.parametrize(
    ("instance", "reason"),
    [
        (node("block.l"), "inferred"),
        (node("block.l", dim=Expr("x.shape[1]")), "depends on the shape"),
        (node("block.l", dim="text"), "cannot stand"),
        (Node("block.l", repeat=Repeat(2)), "repeated"),
        (Node("block.l", when=Expr("training")), "only when"),
        (Node("block.l", weights=Weights(start="run:1")), "weights come from"),
        (Node("block.none"), "no instance"),
        (Node("nn.ReLU"), "no instance"),
    ],
)
def test_what_its_parts_cannot_do_alone_is_refused(instance: Node, reason: str) -> None:
    with pytest.raises(EditError, match=reason):
        edits.ungroup(block_project(instance), "main", A, IdSource("u"))


def test_a_whole_that_is_mentioned_is_refused_or_spread() -> None:
    project = block_project(node("block.l", dim=1))

    def edit(graph: Graph) -> Graph:
        graph = edits.add_node(graph, NodeId("opt"), node("optim.Adam", trains=(At(Address("a")),)))
        return edits.set_freeze(graph, A, [Address(".")])

    spread = edits.ungroup(edits.in_block(project, "main", edit), "main", A, IdSource("u")).project
    assert spread.main.graph.nodes[NodeId("opt")].args["trains"] == (At(Address("b")),)
    assert spread.main.graph.nodes[B].freeze == (Address("."),)
    part = edits.in_block(project, "main", lambda g: edits.set_freeze(g, A, [Address("b")]))
    assert edits.ungroup(part, "main", A, IdSource("u")).project.main.graph.nodes[B].freeze == (
        Address("."),
    )
    shadow = Node("block.l", weights=Weights(follows=Address("a")))
    led = edits.in_block(project, "main", lambda g: edits.add_node(g, C, shadow))
    with pytest.raises(EditError, match="mentioned as a whole"):
        edits.ungroup(led, "main", A, IdSource("u"))
    twin = Node("block.l", weights=Weights(same_as=A))
    called = edits.in_block(project, "main", lambda g: edits.add_node(g, C, twin))
    with pytest.raises(EditError, match="calls a's module"):
        edits.ungroup(called, "main", A, IdSource("u"))


def test_what_calls_the_module_of_an_input_is_told_before_ungrouping() -> None:
    graph = sketch("x:io.input a y:io.output", "x>a a>y")
    own = replace(graph.nodes[A], weights=Weights(same_as=NodeId("x")))
    graph = replace(graph, nodes=graph.nodes.set(A, own))
    project = edits.in_block(edits.add_block(Project(), BlockId("l")), "l", lambda _: graph)
    project = edits.in_block(project, "main", lambda _: sketch("s a:block.l e", "s>a.x a.y>e"))
    with pytest.raises(EditError, match="a calls x's module, which has none"):
        edits.ungroup(project, "main", A, IdSource("u"))


def test_a_plain_connection_and_an_open_input_survive_ungrouping() -> None:
    graph = sketch(
        "x:io.input z:io.input c:torch.cat y:io.output w:io.output", "z>c.t[0] x>c.t[1] c>y x>w"
    )
    project = edits.in_block(edits.add_block(Project(), BlockId("l")), "l", lambda _: graph)
    outer = sketch("s a:block.l e f", "s>a.x a.y>e a.w>f")
    project = edits.in_block(project, "main", lambda _: outer)
    made = edits.ungroup(project, "main", A, IdSource("u")).project.main.graph
    assert wires(made) == {"s.output>c.t[0]", "c.output>e.input", "s.output>f.input"}


def test_ids_that_are_taken_outside_are_given_anew() -> None:
    graph = sketch("x:io.input a y:io.output", "x>a a>y")
    graph = edits.set_argument(graph, A, "of", At(Address("a")))
    project = edits.in_block(edits.add_block(Project(), BlockId("l")), "l", lambda _: graph)
    project = edits.in_block(project, "main", lambda _: sketch("s a:block.l e", "s>a.x a.y>e"))
    done = edits.ungroup(project, "main", A, IdSource("u"))
    new = done.ids[A]
    assert new != A
    assert done.project.main.graph.nodes[new].args["of"] == At(Address(new))
    assert wires(done.project.main.graph) == {f"s.output>{new}.input", f"{new}.output>e.input"}


def test_the_layout_moves_in_and_out_again() -> None:
    graph = sketch("a b c d", "a>b b>c c>d")
    project = main(
        graph,
        at=FrozenMap({"a": (0, 0), "b": (10, 11), "c": (21, 30), "d": (50, 0)}),
        bends=FrozenMap({"c.input": ((15, 15),), "d.input": ((40, 40),)}),
        frames=(
            FrozenMap({"nodes": (B, C), "title": "in"}),
            FrozenMap({"nodes": (A, D), "title": "out"}),
        ),
    )
    done = grouped(project, "b c")
    inner = edits.layout_of(done.project, done.block)
    assert inner["at"] == FrozenMap({"b": (10, 11), "c": (21, 30)})
    assert edits.positions_of(done.project, "main")[done.node] == (16, 20)
    back = edits.ungroup(done.project, "main", done.node, IdSource("u")).project
    moved = edits.move_nodes(done.project, "main", {done.node: (17, 20)})
    assert dumps(back) == dumps(project)
    shifted = edits.ungroup(moved, "main", done.node, IdSource("u")).project
    assert edits.positions_of(shifted, "main")[B] == (11, 11)


@pytest.mark.parametrize(
    ("name", "chosen"), [("layout", "flat head"), ("small_gpt", "add blocks cut embed")]
)
def test_frames_keep_their_order_and_that_of_their_members(name: str, chosen: str) -> None:
    (path,) = (path for path in PROJECT_FILES if path.stem == name)
    done = grouped(load(path).project, chosen)
    back = edits.ungroup(done.project, "main", done.node, IdSource("u")).project
    assert dumps(back) == path.read_text(encoding="utf-8")


def framed(*frames: str) -> Project:
    listed = tuple(FrozenMap({"nodes": tuple(f.split()), "title": f}) for f in frames)
    return main(sketch("a b c d", "a>b b>c c>d"), frames=listed)


def frames_of(project: Project, key: str = "main") -> list[str]:
    return [" ".join(frame["nodes"]) for frame in edits.layout_of(project, key)["frames"]]


def test_a_frame_that_was_cut_stands_around_what_it_stood_around() -> None:
    done = grouped(framed("c b", "d b a", "a"), "b c")
    assert frames_of(done.project) == [f"d {done.node} a", "a"]
    assert frames_of(done.project, done.block) == ["c b"]
    back = edits.ungroup(done.project, "main", done.node, IdSource("u")).project
    assert frames_of(back) == ["c b", "d b a", "a"]


def test_a_frame_that_was_changed_meanwhile_keeps_its_change() -> None:
    done = grouped(framed("c b", "d b a", "a"), "b c")
    changed = edits.change_frame(done.project, "main", 0, title="new")
    changed = edits.add_frame(changed, done.block, [C], "inner")
    changed = edits.add_frame(changed, "main", [D, done.node], "outer")
    back = edits.ungroup(changed, "main", done.node, IdSource("u")).project
    assert frames_of(back) == ["c b", "d b c a", "a", "d b c", "c"]
    again = edits.ungroup(edits.delete(changed, done.block, [B]), "main", done.node, IdSource("u"))
    assert frames_of(again.project) == ["d c a", "a", "d c", "c", "c"]


def test_sizes_and_collapsed_nodes_come_along() -> None:
    parts = {"sizes": FrozenMap({"a": (9, 9), "b": (8, 8)}), "collapsed": FrozenMap({"c": True})}
    project = main(sketch("a b c d", "a>b b>c c>d"), **parts)
    done = grouped(project, "b c")
    assert edits.layout_of(done.project, "main") == FrozenMap({"sizes": FrozenMap({"a": (9, 9)})})
    assert edits.layout_of(done.project, done.block) == FrozenMap(
        {"sizes": FrozenMap({"b": (8, 8)}), "collapsed": FrozenMap({"c": True})}
    )
    assert dumps(edits.ungroup(done.project, "main", done.node, IdSource("u")).project) == dumps(
        project
    )


def test_the_interface_is_in_the_order_of_first_use_whatever_the_ids_are() -> None:
    nodes = "{0}:nn.ReLU {1}:nn.Tanh {2}:nn.LSTM {3}:torch.cat {4}:nn.ELU {5}:nn.GELU"
    joins = "{0}>{2} {1}>{3}.tensors[0] {0}>{3}.tensors[1] {2}.output>{4} {2}.h_n>{5}.other {3}>{5}"
    found = []
    for names in ("a b c d e f", "f e d c b a", "c f a e d b"):
        words = names.split()
        project = main(sketch(nodes.format(*words), joins.format(*words)))
        done = grouped(project, f"{words[2]} {words[3]}")
        block = done.project.blocks[done.block]
        into, wired = done.project.main.graph.wires, block.graph.wires
        sources = [into[end(f"{done.node}.{port}")].node for port in block.inputs]
        results = [wired[end(port)] for port in block.outputs]
        at = {word: number for number, word in enumerate(words)}
        found.append(([at[s] for s in sources], [(at[r.node], r.port) for r in results]))
    assert found[0] == ([0, 1], [(2, "output"), (2, "h_n"), (3, "output")])
    assert found[1:] == [found[0]] * 2


def convex(graph: Graph, chosen: set[NodeId]) -> set[NodeId]:
    """Return the nodes with all that lies between them and all that calls the same modules."""
    while True:
        callers = {
            other
            for one, node in graph.nodes.items()
            if node.weights is not None and node.weights.same_as is not None
            for pair in [{one, node.weights.same_as}]
            if pair & chosen
            for other in pair
        }
        more = chosen | callers | topology(graph).amid(chosen)
        if more == chosen:
            return chosen
        chosen = more


def with_some_layout(project: Project, key: str, data: st.DataObject) -> Project:
    """Return the project with frames around random nodes, and random positions."""
    some = st.lists(st.sampled_from(sorted(project.block(key).graph.nodes)), unique=True)
    for title in data.draw(st.lists(st.sampled_from("pqr"), max_size=4)):
        project = edits.add_frame(project, key, data.draw(some), title)
    number = st.integers(-500, 500) | st.floats(-500, 500)
    at = {node: data.draw(st.tuples(number, number)) for node in data.draw(some)}
    return edits.move_nodes(project, key, at)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(PROJECTS), st.data())
def test_ungrouping_undoes_grouping_in_every_project(project: Project, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(edits.keys_of(project)))
    graph = project.block(key).graph
    free = sorted(
        k for k, n in graph.nodes.items() if n.kind not in ("io", "data", "optim", "lr_scheduler")
    )
    if not free:
        return
    chosen = convex(graph, data.draw(st.sets(st.sampled_from(free), min_size=1, max_size=6)))
    project = with_some_layout(project, key, data)
    try:
        done = edits.group(project, key, chosen, "Part", IdSource("t"))
    except EditError:
        return
    sound(done.project)
    back = edits.ungroup(done.project, key, done.node, IdSource("u")).project
    assert dumps(back) == dumps(project)


def test_a_bend_of_a_wire_that_nothing_feeds_any_longer_goes() -> None:
    project = edits.in_block(Project(), "main", lambda g: edits.add_node(g, A, Node("nn.ReLU")))
    project = edits.in_block(project, "main", lambda g: edits.add_node(g, B, Node("nn.GELU")))
    wire = InPort(B, PortPath("input"))
    project = edits.in_block(
        project, "main", lambda g: edits.connect(g, OutPort(A, "output"), wire)
    )
    made = edits.group(project, "main", [B], "Part", IdSource("t"))
    inner = edits.set_bends(made.project, made.block, wire, [(8.0, 8.0)])
    enters = InPort(made.node, PortPath(made.project.blocks[made.block].inputs[0]))
    apart = edits.in_block(inner, "main", lambda g: edits.disconnect(g, enters))
    back = edits.ungroup(apart, "main", made.node, IdSource("u")).project
    assert wire not in back.main.graph.wires
    assert not edits.layout_of(back, "main").get("bends")
