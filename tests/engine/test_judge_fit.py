"""What is auto inside blocks, said in the blocks' own parameters."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Expr, Project
from tests.engine.drawings import node, project


def judge(drawn: Project) -> Verdict:
    """Return the verdict, which has to be without fault; matters of taste are none."""
    verdict = Judge().judge(drawn, fixes=False)
    assert [d for d in verdict.diagnostics if d.severity != "info"] == []
    return verdict


def residual_net(order: tuple[str, ...], **given: int) -> Project:
    """Return a net of residual blocks, in which the shortcut is on only where sizes change."""
    conv = {"out_channels": "=cout", "kernel_size": 3, "padding": 1}
    block = {
        "parameters": [
            {"name": "cin", "type": "int"},
            {"name": "cout", "type": "int"},
            {"name": "stride", "type": "int", "default": 1},
        ],
        "nodes": {
            "x": node("io.input", shape=["=B", "=cin", "=H", "=W"]),
            "conv": node("nn.Conv2d", "x", stride="=stride", **conv),
            "norm": node("nn.BatchNorm2d", "conv"),
            "short": node(
                "nn.Conv2d",
                "x",
                out_channels="=cout",
                kernel_size=1,
                stride="=stride",
                when="=stride != 1 or cin != cout",
            ),
            "shortnorm": node("nn.BatchNorm2d", "short", when="=stride != 1 or cin != cout"),
            "sum": node("op.add", {"input": "norm", "other": "shortnorm"}),
            "out": node("io.output", "sum"),
        },
    }
    kinds = {"same": {"cout": 16, **given}, "wider": {"cout": 32, "stride": 2, **given}}
    kinds["same32"] = {"cout": 32}
    nodes = {"x": node("io.input", shape=["=B", 16, 8, 8])}
    last = "x"
    for name in order:
        nodes[name] = node("block.residual", {"x": last}, **kinds[name])
        last = f"{name}.out"
    nodes["y"] = node("io.output", last)
    return project(nodes, {"residual": block})


@pytest.mark.parametrize("order", [("same", "wider"), ("wider", "same32"), ("wider",)])
def test_a_node_that_is_off_in_one_instance_is_fitted_where_it_is_on(
    order: tuple[str, ...],
) -> None:
    found = judge(residual_net(order)).block_inferred
    assert dict(found["residual/short"]) == {"in_channels": Expr("cin")}
    assert dict(found["residual/shortnorm"]) == {"num_features": Expr("cout")}
    assert dict(found["residual/conv"]) == {"in_channels": Expr("cin")}


def test_a_block_is_fitted_as_well_where_its_parameters_are_typed_in() -> None:
    found = judge(residual_net(("same", "wider"), cin=16)).block_inferred
    assert dict(found["residual/short"]) == {"in_channels": Expr("cin")}


def test_a_number_that_no_straight_line_says_is_left_to_the_constructor() -> None:
    block = {
        "parameters": [{"name": "size", "type": "int"}],
        "nodes": {
            "x": node("io.input", shape=["=B", 1, "=size", "=size"]),
            "conv": node("nn.Conv2d", "x", out_channels=2, kernel_size=3),
            "flat": node("nn.Flatten", "conv"),
            "fit": node("nn.Linear", "flat", out_features=3),
            "out": node("io.output", "fit"),
        },
    }
    nodes = {
        "x": node("io.input", shape=["=B", 1, 8, 8]),
        "one": node("block.net", {"x": "x"}),
        "y": node("io.output", "one.out"),
    }
    found = judge(project(nodes, {"net": block})).block_inferred
    assert "net/fit" not in found
    assert dict(found["net/conv"]) == {"in_channels": 1}


def widths(hidden: str = "=hidden") -> Project:
    """Return linear layers whose widths follow the parameters of the main graph."""
    nodes = {
        "x": node("io.input", shape=["=B", 5]),
        "a": node("nn.Linear", "x", out_features=hidden),
        "b": node("nn.Linear", "a", out_features="=2 * hidden + extra"),
        "c": node("nn.Linear", "b", out_features=4),
        "y": node("io.output", "c"),
    }
    parameters = [
        {"name": "hidden", "type": "int", "default": 16},
        {"name": "extra", "type": "int", "default": 1},
    ]
    return project(nodes, parameters=parameters)


def test_the_main_graph_is_fitted_where_its_parameters_matter() -> None:
    found = judge(widths()).block_inferred
    assert {key: dict(args) for key, args in found.items()} == {
        "main/b": {"in_features": Expr("hidden")},
        "main/c": {"in_features": Expr("2 * hidden + extra")},
    }


def test_an_edit_is_fitted_anew() -> None:
    engine = Judge()
    engine.judge(widths())
    found = engine.judge(widths("=hidden // 2")).block_inferred
    assert dict(found["main/b"]) == {"in_features": Expr("hidden // 2")}
    assert engine.judge(widths()).block_inferred == Judge().judge(widths()).block_inferred


def test_fitting_executes_nothing_that_counts() -> None:
    engine = Judge()
    engine.judge(widths())
    assert engine.judge(widths()).evaluated == 0


def test_sizes_of_what_comes_in_are_told_apart_and_followed_to_what_leaves() -> None:
    block = {
        "parameters": [{"name": "channels", "type": "int"}, {"name": "stride", "type": "int"}],
        "inputs": ["x", "skip"],
        "nodes": {
            "x": node("io.input", shape=["=B", "=C", "=H", "=W"]),
            "skip": node("io.input", shape=["=B", "=S", "=H", "=W"]),
            "conv": node("nn.Conv2d", "x", out_channels="=channels", kernel_size=1),
            "join": node("torch.cat", {"tensors[0]": "skip", "tensors[1]": "conv"}, dim=1),
            "last": node("nn.Conv2d", "join", out_channels="=channels", kernel_size=3, padding=1,
                         stride="=stride"),
            "out": node("io.output", "last"),
        },
    }  # fmt: skip
    given = {"channels": 8, "stride": 1}
    nodes = {
        "x": node("io.input", shape=["=B", 8, 16, 16]),
        "one": node("block.net", {"x": "x", "skip": "x"}, **given),
        "two": node("block.net", {"x": "one.out", "skip": "x"}, **given),
        "y": node("io.output", "two.out"),
    }
    found = judge(project(nodes, {"net": block})).block_inferred
    assert dict(found["net/conv"]) == {"in_channels": Expr("C")}
    assert dict(found["net/last"]) == {"in_channels": Expr("S + channels")}
    assert dict(found["net/out.output"]) == {
        "shape[0]": Expr("B"),
        "shape[1]": Expr("channels"),
        "shape[2]": Expr("(H - 1) // stride + 1"),
        "shape[3]": Expr("(W - 1) // stride + 1"),
    }
