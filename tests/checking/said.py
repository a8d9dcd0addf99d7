"""Drawings whose nodes say something of themselves that leads nowhere or means nothing."""

from __future__ import annotations

from itertools import pairwise

from graph_editor.document.model import (
    Address,
    At,
    Block,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Repeat,
    Weights,
)
from tests.checking.drawings import FLAT, HEAD, drawing, with_node

RELU = ("relu", "nn.ReLU", {})
BODY = ("body", "nn.Linear", {"out_features": 8})
BLOCK = ("stage", "block.stage", {})
SOUND = drawing(FLAT, BODY, RELU, HEAD)
THERE = (Address("."),)


def said(node: str, **fields: object) -> Project:
    """Return a sound drawing in which one node says something of itself."""
    return with_node(SOUND, node, **fields)


def staged(*freeze: str, of: str = "first") -> Project:
    """Return a drawing with a block of a layer and a ReLU, parts of which are frozen."""
    nodes = {
        "x": Node("io.input"),
        of: Node("nn.Linear", args=FrozenMap({"out_features": 8})),
        "relu": Node("nn.ReLU"),
        "y": Node("io.output"),
    }
    names = list(nodes)
    wires = {
        InPort(NodeId(b), PortPath("input")): OutPort(NodeId(a), "output")
        for a, b in pairwise(names)
    }
    graph = Graph(FrozenMap({NodeId(n): node for n, node in nodes.items()}), FrozenMap(wires))
    stage = Block(graph, "Stage", inputs=(NodeId("x"),), outputs=(NodeId("y"),))
    wired = {"stage.x": "flat.output", "head.input": "stage.y"}
    drawn = drawing(FLAT, BLOCK, HEAD, wires=wired).with_block("stage", stage)
    return with_node(drawn, "stage", freeze=tuple(map(Address, freeze)))


def trained(*names: str) -> Project:
    """Return a drawing whose optimizer trains these nodes."""
    args = FrozenMap({"trains": tuple(At(Address(n)) for n in names)})
    return with_node(SOUND, "adam", args=args)


def rated(*names: str) -> Project:
    """Return a drawing whose optimizer trains these nodes at a tenth of its rate."""
    factors = tuple((At(Address(n)), 0.1) for n in names)
    return with_node(SOUND, "adam", args=FrozenMap({"lr_factors": factors}))


def twice(owner: str, spec: str = "nn.ReLU") -> Project:
    """Return a drawing in which a second ReLU is said to be another call of a node."""
    drawn = drawing(FLAT, BODY, RELU, ("again", spec, {}), HEAD)
    return with_node(drawn, "again", weights=Weights(same_as=NodeId(owner)))


def flat_again() -> Project:
    """Return a drawing in which a function is said to be another call of another one."""
    first, again = ((n, "Tensor.flatten", {"start_dim": 1}) for n in ("first", "again"))
    drawn = drawing(first, again, HEAD)
    return with_node(drawn, "again", weights=Weights(same_as=NodeId("first")))


LOST = [
    ("error", "head", ("freeze", "nothing", "does not exist"), ("Take nothing out of freeze",),
     said("head", freeze=(Address("nothing"),))),
    ("error", "stage", ("freeze", "third"), ("Take third out of freeze",), staged("third")),
    ("error", "stage", ("freeze", "first/deep"), ("Take first/deep out of freeze",),
     staged("first/deep")),
    ("warning", "stage", ("relu", "no weights"), ("Take relu out of freeze",), staged("relu")),
    ("error", "adam", ("trains", "neck"), ("Take neck out of trains",), trained("neck", "head")),
    ("warning", "adam", ("relu", "no weights"), ("Take relu out of trains",),
     trained("relu", "head")),
    ("error", "adam", ("lr_factors", "neck"), ("Take neck out of lr_factors",),
     rated("neck", "head")),
    ("warning", "adam", ("relu", "no weights"), ("Take relu out of lr_factors",), rated("relu")),
    ("error", "head", ("follows", "neck"), ("Remove follows",),
     said("head", weights=Weights(follows=Address("neck"), decay=0.9))),
    ("error", "head", ("follows", "relu", "no weights"), ("Remove follows",),
     said("head", weights=Weights(follows=Address("relu")))),
    ("error", "again", ("same_as", "neck", "does not exist"), ("Remove same_as",), twice("neck")),
    ("error", "again", ("same_as", "the node itself"), ("Remove same_as",), twice("again")),
    ("error", "again", ("same_as", "nn.Linear"), ("Remove same_as",), twice("body")),
]  # fmt: skip
"""Addresses that lead nowhere: grade, node, pieces of the message, fixes, project."""
FOUND = [
    SOUND,
    staged("first"),
    staged("."),
    trained("body", "head"),
    rated("body", "head"),
    twice("relu"),
    said("body", freeze=THERE),
]
"""Drawings whose addresses lead somewhere."""
MEANINGLESS = [
    *[
        ("error", node, (f"{field} has no meaning", node), (f"Remove {field}",),
         said(node, **{field: value}))
        for node in ("data", "x", "out", "adam")
        for field, value in (("repeat", Repeat(2)), ("when", Expr("training")))
    ],
    *[
        ("warning", node, (f"{field} has no meaning", node), (f"Remove {field}",),
         said(node, **fields))
        for node in ("data", "x", "out", "adam", "loss", "relu")
        for field, fields in (
            ("freeze", {"freeze": THERE}), ("start", {"weights": Weights(start="run:a/model.pt")}),
        )
    ],
    ("warning", "again", ("same_as has no meaning",), ("Remove same_as",),
     flat_again()),
    ("warning", "again", ("freeze", "those of “relu”"), ("Remove freeze",),
     with_node(twice("relu"), "again", freeze=THERE)),
]  # fmt: skip
"""Fields that mean nothing where they stand, in the same form."""
MEANT = [
    SOUND,
    staged("."),
    said("relu", repeat=Repeat(3)),
    said("relu", when=Expr("training")),
    said("body", when=Expr("False"), freeze=THERE),
    said("body", weights=Weights(start="run:a/model.pt")),
]
"""Fields that mean something."""
