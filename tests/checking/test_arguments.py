"""Arguments that are not what they have to be are named, with what is legal and a cure."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.checking.arguments import fits
from graph_editor.checking.bounds import Bounds
from graph_editor.document.model import Arg, Expr, FrozenMap, Hole, Node, NodeId, Project
from tests.checking.drawings import (
    FLAT,
    HEAD,
    B,
    codes,
    cured,
    drawing,
    errors,
    judged,
    one,
    project,
    with_node,
)


def layer(spec: str, **args: Arg) -> Project:
    """Return a drawing with a layer on images, or on rows where it takes no images."""
    node = ("n", spec, args)
    images = "2d" in spec
    return drawing(node, FLAT, HEAD) if images else drawing(FLAT, node, HEAD)


def optimizer(spec: str, **args: Arg) -> Project:
    return with_node(drawing(FLAT, HEAD), "adam", spec=f"optim.{spec}", args=FrozenMap(args))


def schedule(spec: str, **args: Arg) -> Project:
    made = drawing(FLAT, HEAD)
    nodes = dict(made.main.graph.nodes)
    wires = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in made.main.graph.wires.items()}
    nodes[NodeId("sch")] = Node(f"lr_scheduler.{spec}", args=FrozenMap(args))
    return project(nodes, {**wires, "sch.optimizer": "adam.optimizer"}, made.run)


def loss(spec: str, **args: Arg) -> Project:
    made = drawing(FLAT, HEAD, loss=spec, y=(B, 10), classes=None)
    return with_node(made, "loss", args=FrozenMap(args))


@dataclass(frozen=True)
class Case:
    """A drawing with an argument that cannot be what it is."""

    code: str
    argument: str
    says: tuple[str, ...]
    fix: str
    project: Project


TYPES = [
    ("lr", "'abc'", "a number", "Set lr to 0.001", optimizer("AdamW", lr="abc")),
    ("lr", "'0.1'", "a number", "Set lr to 0.1", optimizer("AdamW", lr="0.1")),
    ("betas", "0.9", "2 numbers", "Set betas to (0.9, 0.999)", optimizer("Adam", betas=0.9)),
    ("p", "'x'", "a number", "Set p to 0.5", layer("nn.Dropout", p="x")),
    (
        "bias",
        "'no'",
        "True or False",
        "Set bias to False",
        layer("nn.Linear", out_features=5, bias="no"),
    ),
    ("inplace", "1", "True or False", "Set inplace to True", layer("nn.ReLU", inplace=1)),
    (
        "out_features",
        "2.5",
        "a whole number",
        "Set out_features to 2",
        layer("nn.Linear", out_features=2.5),
    ),
    (
        "out_features",
        "'10'",
        "a whole number",
        "Set out_features to 10",
        layer("nn.Linear", out_features="10"),
    ),
    ("out_features", "'ten'", "a whole number", "", layer("nn.Linear", out_features="ten")),
    (
        "in_features",
        "'x'",
        "a whole number",
        "Let in_features follow what arrives",
        layer("nn.Linear", in_features="x", out_features=5),
    ),
    (
        "kernel_size",
        "(3, 2.5)",
        "or 2 of them",
        "",
        layer("nn.Conv2d", out_channels=4, kernel_size=(3, 2.5)),
    ),
    ("step_size", "'x'", "a whole number", "", schedule("StepLR", step_size="x")),
    (
        "interval",
        "'day'",
        "'epoch' or 'step'",
        "Set interval to 'epoch'",
        schedule("StepLR", step_size=2, interval="day"),
    ),
]
BOUNDS = [
    (
        "kernel_size",
        "0",
        "1 or more",
        "Set kernel_size to 1",
        layer("nn.Conv2d", out_channels=4, kernel_size=0),
    ),
    (
        "kernel_size",
        "-2",
        "1 or more",
        "Set kernel_size to 2",
        layer("nn.AvgPool2d", kernel_size=-2),
    ),
    (
        "padding",
        "-1",
        "0 or more",
        "Set padding to 0",
        layer("nn.Conv2d", out_channels=4, kernel_size=3, padding=-1),
    ),
    (
        "dilation",
        "0",
        "1 or more",
        "Set dilation to 1",
        layer("nn.Conv2d", out_channels=4, kernel_size=3, dilation=0),
    ),
    (
        "out_features",
        "-3",
        "1 or more",
        "Set out_features to 3",
        layer("nn.Linear", out_features=-3),
    ),
    ("momentum", "-1", "from 0 to 1", "Set momentum to 0.1", layer("nn.BatchNorm1d", momentum=-1)),
    ("accumulate", "0", "1 or more", "Set accumulate to 1", optimizer("AdamW", accumulate=0)),
    ("clip_norm", "0", "above 0", "Set clip_norm to None", optimizer("AdamW", clip_norm=0)),
    ("step_size", "0", "1 or more", "Set step_size to 1", schedule("StepLR", step_size=0)),
]
TRIED = [
    ("lr", "-1.0", "0 or more", "Set lr to 0.001", optimizer("AdamW", lr=-1.0)),
    (
        "betas",
        "(0.9, 2.0)",
        "2 numbers, each 0 or more and below 1",
        "Set betas to (0.9, 0.999)",
        optimizer("AdamW", betas=(0.9, 2.0)),
    ),
    ("momentum", "-1.0", "0 or more", "Set momentum to 0", optimizer("SGD", momentum=-1.0)),
    ("nesterov", "True", "cannot be", "Set nesterov to False", optimizer("SGD", nesterov=True)),
    (
        "lr",
        "-1.0",
        "weight_decay is -2.0",
        "Set lr to 0.001 and set weight_decay to 0.01",
        optimizer("AdamW", lr=-1.0, weight_decay=-2.0),
    ),
    ("p", "25", "from 0 to 1 (25 % is 0.25)", "Set p to 0.25", layer("nn.Dropout", p=25)),
    ("p", "25", "from 0 to 1 (25 % is 0.25)", "Set p to 0.25", layer("F.dropout", p=25)),
    ("p", "1.5", "from 0 to 1.", "Set p to 0.5", layer("nn.Dropout", p=1.5)),
    ("p", "300", "from 0 to 1.", "Set p to 0.5", layer("nn.Dropout", p=300)),
    (
        "approximate",
        "'tan'",
        "'none' or 'tanh'",
        "Set approximate to 'tanh'",
        layer("nn.GELU", approximate="tan"),
    ),
    (
        "padding_mode",
        "'zero'",
        "'reflect'",
        "Set padding_mode to 'zeros'",
        layer("nn.Conv2d", out_channels=4, kernel_size=3, padding_mode="zero"),
    ),
    ("delta", "-1.0", "above 0", "Set delta to 1.0", loss("nn.HuberLoss", delta=-1.0)),
    ("T_0", "0", "1 or more", "Set T_0 to 1", schedule("CosineAnnealingWarmRestarts", T_0=0)),
    (
        "factor",
        "2.0",
        "from 0 to 1",
        "Set factor to 0.3333",
        schedule("ConstantLR", factor=2.0),
    ),
    (
        "pct_start",
        "3.0",
        "from 0 to 1",
        "Set pct_start to 0.3",
        schedule("OneCycleLR", max_lr=0.1, total_steps=5_000, pct_start=3.0),
    ),
]
CASES = [
    Case(code, argument, (argument, said, legal), fix, drawn)
    for code, rows in (("wrong-argument", TYPES + BOUNDS), ("refused-argument", TRIED))
    for argument, said, legal, fix, drawn in rows
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.argument}-{c.says[1]}")
def test_the_argument_its_value_and_what_is_legal_are_named(case: Case) -> None:
    verdict = judged(case.project)
    found = one(verdict, case.code)
    assert found.argument == case.argument
    assert [piece for piece in case.says if piece not in found.message] == [], found.message
    assert [c for c in codes(verdict) if c in ("torch", "wrong-argument", "refused-argument")] == [
        case.code
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.argument}-{c.says[1]}")
def test_the_fix_cures_without_a_new_error(case: Case) -> None:
    found = one(judged(case.project), case.code)
    titles = [f.title for f in found.fixes]
    assert (titles[:1], len(titles) < 3) == ([case.fix] if case.fix else [], True)
    for title in titles:
        assert list(errors(cured(case.project, found, title))) == []


def test_torchs_own_words_stay_in_the_detail() -> None:
    assert one(judged(optimizer("AdamW", lr=-1.0)), "refused-argument").detail.startswith("Invalid")


def test_a_formula_of_the_wrong_kind_is_shown_with_what_it_gives() -> None:
    found = one(judged(layer("nn.Linear", out_features=Expr("20 / 2"))), "wrong-argument")
    assert "20 / 2, that is 10.0," in found.message
    assert found.fixes == ()  # a number in its place would no longer follow what it was made of


def test_an_argument_that_is_legal_but_does_not_fit_what_arrives_is_not_called_illegal() -> None:
    drawn = layer("nn.Linear", in_features=7, out_features=5)
    assert not {"wrong-argument", "refused-argument"} & set(codes(judged(drawn)))


def test_bounds_in_words() -> None:
    said = {
        Bounds(0): "0 or more",
        Bounds(0, above=True): "above 0",
        Bounds(0, 1): "from 0 to 1",
        Bounds(0, 1, below=True): "0 or more and below 1",
        Bounds(0, 1, above=True): "above 0 and at most 1",
        Bounds(None, 1): "at most 1",
        Bounds(): "",
    }
    assert {bounds: bounds.text() for bounds in said} == said
    assert not Bounds(0, above=True).hold(0)
    assert Bounds(0, 1).hold(1)
    assert not Bounds(0, 1, below=True).hold(1)


def _defaults() -> list[tuple[Spec, Argument]]:
    specs = [catalogue().get(name) for name in catalogue().specs]
    return [(s, a) for s in specs if s is not None for a in s.arguments if a.default is not None]


def test_every_default_of_the_catalogue_is_of_its_type() -> None:
    known = [(s, a) for s, a in _defaults() if not isinstance(a.default, Expr | Hole)]
    assert len(known) > 400
    assert [f"{s.name}.{a.name}" for s, a in known if not fits(a, a.default)] == []
