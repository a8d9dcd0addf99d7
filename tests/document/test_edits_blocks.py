"""Edits of blocks: parameters and ports change with all instances; a copy stands alone."""

import pytest

from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    NOTHING,
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Parameter,
    Project,
    Repeat,
    Weights,
)
from tests.document.sketch import end, ids, node, sketch, sound, start, wires

LAYER = BlockId("layer")
X, Y, FC, ONE, TWO = ids("x y fc one two")


def project() -> Project:
    """Return a block with a parameter dim, used twice in main."""
    graph = sketch("x:io.input y:io.output")
    args = FrozenMap(
        {"out_features": Expr("4 * dim"), "more": (Expr("dim"), FrozenMap({"k": Expr("i")}))}
    )
    fc = Node("nn.Linear", args=args, when=Expr("dim > 1"), repeat=Repeat(Expr("dim")))
    graph = edits.add_node(graph, FC, fc)
    graph = edits.set_weights(graph, FC, Weights(decay=Expr("1 / dim"), every=Expr("dim")))
    graph = edits.set_argument(graph, X, "shape", (Expr("B"), Expr("dim")))
    graph = edits.connect(edits.connect(graph, start("x"), end("fc")), start("fc"), end("y"))
    made = edits.in_block(edits.add_block(Project(), LAYER), LAYER, lambda _: graph)
    made = edits.add_parameter(made, LAYER, Parameter("dim", "int"))
    main = edits.add_node(sketch("one:block.layer"), TWO, node("block.layer", dim=8))
    return sound(
        edits.in_block(made, "main", lambda _: edits.connect(main, start("one.y"), end("two.x")))
    )


def test_blocks_are_added_described_and_deleted() -> None:
    made = edits.add_block(Project(), LAYER)
    made = edits.describe_block(edits.rename_block(made, LAYER, "Layer"), LAYER, "What it is.")
    assert made.blocks[LAYER] == Block(name="Layer", doc="What it is.")
    assert edits.delete_block(made, LAYER).blocks == NOTHING
    for bad in ("main", "Layer", "layer"):
        with pytest.raises(EditError):
            edits.add_block(made, BlockId(bad))
    with pytest.raises(EditError, match="used by one in main"):
        edits.delete_block(project(), LAYER)
    gone = edits.delete_block(project(), LAYER, with_instances=True)
    assert gone.main.graph == Graph()
    with pytest.raises(EditError, match="main graph"):
        edits.delete_block(made, BlockId("main"))
    assert edits.rename_block(made, "main", "Net").main.name == "Net"


def test_a_renamed_parameter_is_renamed_wherever_it_is_used() -> None:
    made = sound(edits.rename_parameter(project(), LAYER, "dim", "width"))
    fc = made.blocks[LAYER].graph.nodes[FC]
    assert fc.args["out_features"] == Expr("4 * width")
    assert fc.args["more"] == (Expr("width"), FrozenMap({"k": Expr("i")}))
    assert (fc.when, fc.repeat) == (Expr("width > 1"), Repeat(Expr("width")))
    assert fc.weights == Weights(decay=Expr("1 / width"), every=Expr("width"))
    assert made.blocks[LAYER].graph.nodes[X].args["shape"] == (Expr("B"), Expr("width"))
    assert made.main.graph.nodes[TWO].args == FrozenMap({"width": 8})
    assert edits.rename_parameter(made, LAYER, "width", "dim") == project()


@pytest.mark.parametrize("name", ["B", "i", "training", "epoch", "x", "class", "a b"])
def test_a_parameter_cannot_take_a_name_that_has_a_meaning(name: str) -> None:
    with pytest.raises(EditError):
        edits.rename_parameter(project(), LAYER, "dim", name)
    if name != "B":
        with pytest.raises(EditError):
            edits.add_parameter(project(), LAYER, Parameter(name, "int"))


def test_parameters_are_added_changed_ordered_and_removed() -> None:
    made = edits.add_parameter(project(), LAYER, Parameter("p", "float", 0.5), 0)
    assert [p.name for p in made.blocks[LAYER].parameters] == ["p", "dim"]
    made = edits.change_parameter(made, LAYER, Parameter("p", "int", 1, "Text."))
    assert made.blocks[LAYER].parameters[0] == Parameter("p", "int", 1, "Text.")
    made = edits.reorder_parameters(made, LAYER, ["dim", "p"])
    made = edits.in_block(made, "main", lambda g: edits.set_argument(g, ONE, "p", 2))
    made = edits.remove_parameter(made, LAYER, "p")
    assert made == project()
    for refused in (
        lambda: edits.remove_parameter(made, LAYER, "dim"),
        lambda: edits.remove_parameter(made, LAYER, "zz"),
        lambda: edits.change_parameter(made, LAYER, Parameter("dim", "tensor")),
        lambda: edits.add_parameter(made, LAYER, Parameter("dim", "int")),
        lambda: edits.reorder_parameters(made, LAYER, []),
        lambda: edits.rename_parameter(made, LAYER, "zz", "q"),
    ):
        with pytest.raises(EditError):
            refused()


def test_ports_are_added_ordered_and_removed() -> None:
    made = edits.add_port(project(), LAYER, NodeId("mask"), Node("io.input"), 0)
    made = edits.add_port(made, LAYER, NodeId("z"), Node("io.output"))
    block = made.blocks[LAYER]
    assert (block.inputs, block.outputs) == (tuple(ids("mask x")), tuple(ids("y z")))
    made = edits.reorder_ports(made, LAYER, outputs=ids("z y"))
    assert made.blocks[LAYER].outputs == tuple(ids("z y"))
    assert wires(made.main.graph) == {"one.y>two.x"}
    for port in ids("mask z"):
        made = edits.remove_port(made, LAYER, port)
    assert made == project()
    for refused in (
        lambda: edits.add_port(made, LAYER, NodeId("q"), Node("nn.ReLU")),
        lambda: edits.add_port(made, LAYER, NodeId("dim"), Node("io.input")),
        lambda: edits.add_port(made, LAYER, X, Node("io.input")),
        lambda: edits.remove_port(made, LAYER, FC),
        lambda: edits.reorder_ports(made, LAYER, inputs=[]),
    ):
        with pytest.raises(EditError):
            refused()


def test_one_instance_gets_a_block_of_its_own() -> None:
    placed = edits.move_nodes(project(), LAYER, {FC: (3, 4)})
    made, own = edits.make_unique(placed, "main", ONE, IdSource("t"))
    assert made.main.graph.nodes[ONE].spec == f"block.{own}"
    assert made.main.graph.nodes[TWO].spec == "block.layer"
    assert made.blocks[own] == made.blocks[LAYER]
    assert edits.positions_of(made, own) == edits.positions_of(made, LAYER)
    assert wires(made.main.graph) == wires(project().main.graph)
    changed = edits.delete(made, own, [FC])
    assert FC in sound(changed).blocks[LAYER].graph.nodes
    with pytest.raises(EditError, match="no instance"):
        edits.make_unique(made, LAYER, FC, IdSource("t"))


def test_what_is_unknown_here_can_be_carried_along() -> None:
    extra = FrozenMap({"colour": "red"})
    made = edits.set_block_extra(project(), LAYER, extra)
    made = edits.set_graph_extra(made, LAYER, extra)
    made = edits.in_block(made, "main", lambda g: edits.set_extra(g, ONE, extra))
    made = sound(edits.set_extra_field(made, "theme", "dark"))
    assert made.blocks[LAYER].extra == made.blocks[LAYER].graph.extra == extra
    assert made.main.graph.nodes[ONE].extra == extra
