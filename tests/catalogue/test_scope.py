"""A project's own blocks and code can be placed like the catalogue's specs."""

from typing import Any

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import input_ports, output_ports
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import (
    Block,
    BlockId,
    Code,
    Expr,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Parameter,
    Project,
)


def entry(**args: Any) -> Node:
    return Node("io.input", args=FrozenMap(args))


ATTENTION = Block(
    graph=Graph(
        nodes=FrozenMap(
            {
                NodeId("x"): entry(shape=(Expr("B"), Expr("T"), Expr("dim"))),
                NodeId("mask"): entry(optional=True),
                NodeId("length"): entry(kind="size"),
                NodeId("y"): Node("io.output"),
                NodeId("weights"): Node("io.output"),
            }
        )
    ),
    name="Attention",
    parameters=(
        Parameter("dim", "int"),
        Parameter("heads", "int", 4, "How many look at once."),
        Parameter("scale", "float"),
    ),
    inputs=(NodeId("x"), NodeId("mask"), NodeId("length")),
    outputs=(NodeId("y"), NodeId("weights")),
    doc="Looks around.",
)
PROJECT = Project(
    blocks=FrozenMap({BlockId("attention"): ATTENTION}),
    code=FrozenMap(
        {
            "swish": Code(
                "def swish(x, beta): ...", ("x",), ("y",), (Parameter("beta", "float", 1.0),)
            )
        }
    ),
)


def found(name: str) -> Spec:
    spec = specs_of(PROJECT)(name)
    assert spec is not None
    return spec


def test_a_block_has_the_ports_of_its_interface() -> None:
    spec = found("block.attention")
    ports = [(p.path, p.kind, p.optional) for p in input_ports(spec, Node(spec.name))]
    assert ports == [
        ("x", "tensor", False),
        ("mask", "tensor", True),
        ("length", "size", False),
    ]
    assert output_ports(spec, Node(spec.name)) == ("y", "weights")
    assert (spec.title, spec.summary, spec.category) == ("Attention", "Looks around.", "Blocks")


def test_a_blocks_parameters_are_its_arguments() -> None:
    spec = found("block.attention")
    dim, heads, scale = spec.arguments[:3]
    assert (dim.type, dim.required, dim.infer) == ("int", True, "x.shape[2]")
    assert (heads.default, heads.required, heads.infer) == (4, False, "")
    assert heads.doc == "How many look at once."
    assert (scale.required, scale.infer) == (True, "")


def test_one_output_is_no_tuple() -> None:
    single = Block(outputs=(NodeId("out"),))
    project = Project(blocks=FrozenMap({BlockId("one"): single}))
    spec = specs_of(project)("block.one")
    assert spec is not None
    assert spec.outputs == "out"


def test_code_has_the_ports_it_says() -> None:
    spec = found("code.swish")
    assert [p.path for p in input_ports(spec, Node(spec.name))] == ["x"]
    assert output_ports(spec, Node(spec.name)) == ("y",)
    beta = spec.argument("beta")
    assert beta is not None
    assert (beta.default, beta.stage, spec.callee) == (1.0, "call", "swish")


def test_a_block_without_interface_nodes_has_no_ports() -> None:
    broken = Block(inputs=(NodeId("gone"),), outputs=())
    spec = specs_of(Project(blocks=FrozenMap({BlockId("b"): broken})))("block.b")
    assert spec is not None
    assert input_ports(spec, Node(spec.name)) == ()
    assert output_ports(spec, Node(spec.name)) == ()


def test_what_is_unknown_stays_unknown_and_what_is_known_is_the_catalogues() -> None:
    lookup = specs_of(PROJECT)
    assert lookup("block.nothing") is None
    assert lookup("code.nothing") is None
    assert lookup("nn.NoSuchLayer") is None
    assert lookup("") is None
    assert lookup("nn.Linear") is catalogue().get("nn.Linear")
    assert lookup("block.attention") is lookup("block.attention")
