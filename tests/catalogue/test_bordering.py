"""A wire from data into a layer brings an input node, one from a layer into a loss an output."""

from __future__ import annotations

import pytest

from graph_editor.catalogue.bordering import join
from graph_editor.catalogue.order import regions
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.document import Document
from graph_editor.document.edits import EditError, add_node, in_block, positions_of
from graph_editor.document.files import load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Block,
    BlockId,
    Expr,
    FrozenMap,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)


def drawn(**specs: str) -> Project:
    """Return a project with unwired nodes by id."""
    project = Project()
    for name, spec in specs.items():
        node = Node(spec)
        project = in_block(project, "main", lambda g, n=name, o=node: add_node(g, NodeId(n), o))
    return project


def wired(project: Project, *wires: str, key: str = "main") -> Project:
    """Return the project with wires such as ``digits.image > conv.input`` joined in order."""
    ids = IdSource("test")
    for wire in wires:
        start, end = (part.strip().split(".") for part in wire.split(">"))
        project = join(
            project,
            key,
            OutPort(NodeId(start[0]), start[1]),
            InPort(NodeId(end[0]), PortPath(end[1])),
            specs_of(project),
            ids,
        )
    return project


def of_spec(project: Project, spec: str) -> list[NodeId]:
    return [key for key, node in project.main.graph.nodes.items() if node.spec == spec]


def feeding(project: Project, node: str, port: str = "input") -> OutPort:
    return project.main.graph.wires[InPort(NodeId(node), PortPath(port))]


def test_data_into_a_layer_goes_through_an_input_with_its_shape() -> None:
    project = wired(drawn(digits="data.digits", conv="nn.Conv2d"), "digits.image > conv.input")
    (entry,) = of_spec(project, "io.input")
    assert project.main.graph.nodes[entry].args == FrozenMap({"shape": (Expr("B"), 1, 8, 8)})
    assert project.main.graph.nodes[entry].name == "image"
    assert project.main.inputs == (entry,)
    assert feeding(project, entry) == OutPort(NodeId("digits"), "image")
    assert feeding(project, "conv") == OutPort(entry, "output")


def test_the_input_says_a_dtype_that_is_not_float32() -> None:
    project = wired(drawn(digits="data.digits", e="nn.Embedding"), "digits.label > e.input")
    (entry,) = of_spec(project, "io.input")
    wanted = FrozenMap({"shape": (Expr("B"),), "dtype": Name("int64")})
    assert project.main.graph.nodes[entry].args == wanted


def test_a_second_layer_on_the_same_data_shares_the_input() -> None:
    project = wired(
        drawn(digits="data.digits", a="nn.Conv2d", b="nn.Flatten"),
        "digits.image > a.input",
        "digits.image > b.input",
    )
    (entry,) = of_spec(project, "io.input")
    assert feeding(project, "b") == OutPort(entry, "output")


def test_other_data_takes_the_place_of_what_fed_only_this_layer() -> None:
    project = wired(
        drawn(digits="data.digits", wine="data.wine", a="nn.Linear"),
        "digits.image > a.input",
        "wine.x > a.input",
    )
    (entry,) = of_spec(project, "io.input")
    assert feeding(project, entry) == OutPort(NodeId("wine"), "x")
    assert project.main.graph.nodes[entry].args["shape"] == (Expr("B"), 13)


def test_a_layer_into_a_loss_goes_through_an_output() -> None:
    project = wired(
        drawn(digits="data.digits", head="nn.Linear", loss="nn.CrossEntropyLoss"),
        "digits.image > head.input",
        "head.output > loss.input",
        "digits.label > loss.target",
    )
    (out,) = of_spec(project, "io.output")
    assert project.main.graph.nodes[out].name == "logits"
    assert feeding(project, "loss") == OutPort(out, "output")
    assert feeding(project, "loss", "target") == OutPort(NodeId("digits"), "label")
    parts = regions(project.main, specs_of(project))
    assert "head" in parts.model
    assert parts.data == ("digits",)


def test_loss_and_metric_share_the_output() -> None:
    project = wired(
        drawn(head="nn.Linear", loss="nn.MSELoss", mae="metric.mae"),
        "head.output > loss.input",
        "head.output > mae.input",
    )
    (out,) = of_spec(project, "io.output")
    assert project.main.graph.nodes[out].name == "prediction"
    assert feeding(project, "mae") == OutPort(out, "output")


def test_another_layer_takes_over_the_output_that_fed_only_this_loss() -> None:
    project = wired(
        drawn(a="nn.Linear", b="nn.Linear", loss="nn.MSELoss"),
        "a.output > loss.input",
        "b.output > loss.input",
    )
    (out,) = of_spec(project, "io.output")
    assert feeding(project, out) == OutPort(NodeId("b"), "output")


def test_what_already_reaches_an_output_is_wired_as_it_is() -> None:
    project = wired(
        drawn(a="nn.Linear", b="nn.Linear", out="io.output", loss="nn.MSELoss"),
        "a.output > b.input",
        "b.output > out.input",
        "a.output > loss.input",
    )
    assert of_spec(project, "io.output") == ["out"]
    assert feeding(project, "loss") == OutPort(NodeId("a"), "output")


@pytest.mark.parametrize(
    "wires",
    [
        ("digits.label > loss.target",),
        ("digits.image > entry.input",),
        ("digits.label > cast.input",),
        ("digits.label > cast.input", "cast.output > loss.target"),
        ("entry.output > head.input",),
        ("loss.output > adam.losses[0]",),
        ("out.output > soft.input", "soft.output > loss.input"),
    ],
)
def test_nothing_comes_along_where_no_border_is_crossed(wires: tuple[str, ...]) -> None:
    start = drawn(
        digits="data.digits",
        entry="io.input",
        head="nn.Linear",
        out="io.output",
        cast="Tensor.float",
        soft="torch.softmax",
        loss="nn.MSELoss",
        adam="optim.AdamW",
    )
    assert set(wired(start, *wires).main.graph.nodes) == set(start.main.graph.nodes)


def test_inside_a_block_nothing_comes_along() -> None:
    project = Project(blocks=FrozenMap({BlockId("b"): Block()}))
    for name, spec in (("head", "nn.Linear"), ("loss", "nn.MSELoss")):
        node = Node(spec)
        project = in_block(project, "b", lambda g, n=name, o=node: add_node(g, NodeId(n), o))
    project = wired(project, "head.output > loss.input", key="b")
    assert set(project.block("b").graph.nodes) == {"head", "loss"}


def test_it_lies_between_the_ends() -> None:
    project = drawn(digits="data.digits", conv="nn.Conv2d")
    made = join(
        project,
        "main",
        OutPort(NodeId("digits"), "image"),
        InPort(NodeId("conv"), PortPath("input")),
        specs_of(project),
        IdSource("x"),
        {NodeId("digits"): (0, 0), NodeId("conv"): (400, 100)},
    )
    (entry,) = of_spec(made, "io.input")
    assert positions_of(made, "main")[entry] == (168, 38)


def test_one_edit_that_one_undo_takes_back() -> None:
    project = drawn(digits="data.digits", conv="nn.Conv2d")
    document = Document(project)
    document.apply(lambda now: wired(now, "digits.image > conv.input"), "Wire")
    document.undo()
    assert document.project is project
    assert not document.can_undo


def test_a_circle_is_refused() -> None:
    project = load("assets/examples/digits_cnn.netwright").project
    with pytest.raises(EditError, match="circle"):
        wired(project, "head.output > conv1.input")
