"""Fixes that only change one fault for another are kept back; what does cure is offered."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from graph_editor.document.edits.nodes import add_node, remove_nodes
from graph_editor.document.edits.projects import in_block
from graph_editor.document.edits.wires import connect, disconnect
from graph_editor.document.files import apply_change
from graph_editor.document.model import (
    Arg,
    FrozenMap,
    Graph,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Slice,
)
from tests.checking.drawings import FLAT, HEAD, Args, B, Layer, drawing, judged, one
from tests.corpus.form import Layer as Layered
from tests.corpus.form import drawn, linear, net, nn, op, two

CONV: Layer = ("conv", "nn.Conv2d", {"out_channels": 4, "kernel_size": 3})
ENCODER: Args = {"d_model": 32, "nhead": 5, "batch_first": True}


def titles(project: Project, code: str, node: str = "") -> list[str]:
    """Return the fixes of a fault, none of which leaves the node red or stretches a target."""
    found = one(judged(project), code)
    assert node in ("", found.node)
    for fix in found.fixes:
        after = Judge().judge(apply_change(project, dict(fix.patch)), fixes=False)
        assert after.status[found.node] != "error", fix.title
        warned = {d.code for d in after.diagnostics if d.severity == "warning"}
        assert "target-stretched" not in warned, fix.title
    return [fix.title for fix in found.fixes]


def numbers(*layers: Layer, x: tuple[Arg, ...] = (B, 8), y: tuple[Arg, ...] = (B,)) -> Project:
    """Return a drawing whose loss compares numbers with numbers."""
    return drawing(*layers, x=x, y=y, loss="nn.MSELoss", classes=None)


def test_an_optimizer_is_given_neither_scores_nor_labels() -> None:
    whole = drawing(FLAT, HEAD)
    lone = in_block(whole, "main", lambda graph: remove_nodes(graph, [NodeId("loss")]))
    made = ["Add a CrossEntropyLoss of out and data.y, and lower it"]
    assert titles(lone, "missing-input", "adam") == made


@pytest.mark.parametrize(("values", "words"), [(784, "1×28×28"), (3072, "3×32×32")])
def test_rows_of_a_picture_are_laid_out_as_it(values: int, words: str) -> None:
    rows = drawing(CONV, FLAT, HEAD, x=(B, values))
    assert titles(rows, "wrong-number-of-axes", "conv") == [f"Lay each row out as {words}"]


@pytest.mark.parametrize(
    ("spec", "said", "x", "offered"),
    [
        ("nn.TransformerEncoderLayer", ENCODER, (B, 16, 32), "nhead"),
        ("nn.GroupNorm", {"num_groups": 5, "num_channels": 16}, (B, 16, 4, 4), "num_groups"),
    ],
)
def test_of_two_layers_with_one_fault_the_first_is_cured(
    spec: str, said: Args, x: tuple[Arg, ...], offered: str
) -> None:
    source = {"src" if "Encoder" in spec else "input": ""}
    wires = {
        f"{name}.{port}": f"{before}.output"
        for port in source
        for name, before in (("one", "x"), ("two", "one"))
    }
    both = drawing(("one", spec, said), ("two", spec, said), FLAT, HEAD, x=x, wires=wires)
    found = titles(both, "not-divisible", "one")
    assert found == [f"Set {offered} to 4", f"Set {offered} to 2"]


def test_a_sum_over_the_samples_is_made_one_for_each() -> None:
    layer: Layer = ("fc", "nn.Linear", {"out_features": 8})
    summed = numbers(layer, ("total", "torch.sum", {"dim": 0}))
    assert "Set dim to 1" in titles(summed, "batch-axis", "total")


def test_a_target_is_not_given_an_axis_that_stretches_it() -> None:
    said: Args = {"num_embeddings": 9, "embedding_dim": 8}
    product: Layer = ("product", "op.mul", {})
    wires = {"one.input": "x.output", "two.input": "x.output", "product.input": "one.output"}
    wires |= {"product.other": "two.output"}
    tables: list[Layer] = [(name, "nn.Embedding", said) for name in ("one", "two")]
    wide = drawing(
        *tables, product, x=(B,), x_dtype="int64", loss="nn.MSELoss", classes=None, wires=wires
    )
    summed = "Sum the products of “product” up, so that each sample has one number"
    assert titles(wide, "head-width") == [summed]


def test_maps_are_not_cut_to_the_number_of_samples() -> None:
    pooled: Layer = ("pooled", "torch.mean", {"dim": (2, 3)})
    scaled: Layer = ("scaled", "op.mul", {})
    wires = {"scaled.input": "x.output", "scaled.other": "pooled.output"}
    excited = drawing(pooled, scaled, FLAT, HEAD, x=(B, 16, 12, 12), wires=wires)
    assert titles(excited, "number-for-each-sample", "pooled") == [
        "Set keepdim to True",
        "Lay out what “pooled” gives as B×16×1×1",
    ]


def test_rows_are_normalised_as_rows() -> None:
    norm: Layer = ("norm", "nn.BatchNorm2d", {})
    early = drawing(CONV, FLAT, norm, HEAD)
    assert titles(early, "flattened-too-early", "flat") == ["Use BatchNorm1d for “norm”"]


def test_labels_of_each_step_are_laid_out_as_the_scores_are() -> None:
    rows: Layer = ("rows", "Tensor.reshape", {"args": (-1, 10)})
    steps = drawing(HEAD, rows, x=(B, 12, 8), y=(B, 12))
    assert titles(steps, "class-target", "loss") == ["Merge all axes of the target too"]


def test_what_waited_behind_a_fault_is_no_fault_of_its_fix() -> None:
    beside = net(
        linear("head", 10), op("noise", "torch.randn", {}, size=(32, 10)),
        op("scaled", "op.mul", two("head", "noise")), nn("sig", "Sigmoid"),
        x=(B, 8), y=(B, 10), loss="BCELoss",
    )  # fmt: skip
    assert "Set size of “noise” to (B, 10)" in titles(beside, "made-size", "noise")


def test_the_only_loss_is_offered_though_a_node_reads_it() -> None:
    loss, twice = OutPort(NodeId("loss"), "output"), NodeId("twice")
    lowered = InPort(NodeId("adam"), PortPath("losses[0]"))

    def read(graph: Graph) -> Graph:
        graph = add_node(disconnect(graph, lowered), twice, Node("op.neg"))
        return connect(graph, loss, InPort(twice, PortPath("input")))

    found = titles(in_block(drawing(FLAT, HEAD), "main", read), "missing-input", "adam")
    assert "Connect loss to losses[0]" in found


def test_a_map_whose_classes_stand_last_is_not_resized() -> None:
    last: Layer = ("last", "Tensor.permute", {"args": (0, 2, 3, 1)})
    scores: Layer = ("scores", "nn.Conv2d", {"out_channels": 10, "kernel_size": 1})
    drawn = drawing(scores, last, x=(B, 3, 16, 16), y=(B, 16, 16))
    assert titles(drawn, "classes-moved-last", "last") == ["Switch “last” off"]
    norm: Layer = ("norm", "nn.LayerNorm", {"normalized_shape": 10})
    drawn = drawing(norm, x=(B, 16, 16, 10), y=(B, 16, 16))
    moved = ["Move the classes from the last axis to the second"]
    assert titles(drawn, "class-target", "loss") == moved


def by_labels(*before: Layered) -> Project:
    """Return scores of 5 classes, less one-hot rows of 6 that are turned about on the way."""
    return drawn(
        op("data", "data.random", ports={"x": (B, 8), "y": (B,)}, classes={"y": 5}, samples=40),
        op("x", "io.input", "data.x", shape=(B, 8)), linear("head", 5), *before,
        op("rows", "F.one_hot", {"tensor": before[0].name if before else "data.y"}, num_classes=6),
        op("floats", "Tensor.float"), op("turned", "torch.flip", dims=(1,)),
        op("less", "op.sub", two("head", "turned")), op("out", "io.output"),
        nn("loss", "CrossEntropyLoss", {"input": "out", "target": "data.y"}),
        op("adam", "optim.Adam", {"losses[0]": "loss"}),
    )  # fmt: skip


LABELS = op("y", "io.input", "data.y", shape=(B,), dtype=Name("int64"))


@pytest.mark.parametrize("before", [(), (LABELS,)])
def test_no_layer_learns_the_labels(before: tuple[Layered, ...]) -> None:
    found = titles(by_labels(*before), "shapes-do-not-broadcast", "less")
    wide = ["Set out_features of “head” to 6", "Insert a Linear layer that brings input to 6"]
    assert found == wide


def test_no_layer_learns_what_a_target_leaves() -> None:
    weighed = drawn(
        op("data", "data.random", ports={"x": (B, 8), "y": (B, 3), "w": (B, 4)}, samples=40),
        op("x", "io.input", "data.x", shape=(B, 8)), linear("head", 3), op("out", "io.output"),
        op("off", "op.sub", {"input": "data.y", "other": "out"}), op("square", "op.pow", other=2),
        op("cost", "op.mul", {"input": "square", "other": "data.w"}), op("mean", "torch.mean"),
        op("adam", "optim.Adam", {"losses[0]": "mean"}),
    )  # fmt: skip
    assert titles(weighed, "shapes-do-not-broadcast", "cost") == []


def test_a_layer_may_stand_in_a_way_past_others_to_the_head() -> None:
    half = op("half", "op.getitem", "x", index=(Slice(), Slice(None, 8)))
    wide = linear("wide", 13)
    beside = (half, wide, op("add", "op.add", two("wide", "half")), linear("head", 4))
    found = titles(net(*beside, x=(B, 13), classes=4), "shapes-do-not-broadcast", "add")
    assert "Insert a Linear layer that brings other to 13" in found


@pytest.mark.parametrize("sizes", [(B, 7, 5), (B, 7, 6, 5)])
def test_no_layer_takes_steps_or_places_for_channels(sizes: tuple[Arg, ...]) -> None:
    cut = op("cut", "op.getitem", index=(Slice(), Slice(None, 4)))
    layers = (linear("deep", 8), cut, op("add", "op.add", two("cut", "deep")))
    ends = (op("mean", "torch.mean", dim=1), nn("flat", "Flatten"), linear("head", 4))
    shorter = net(*layers, *ends, x=sizes, classes=4)
    assert titles(shorter, "shapes-do-not-broadcast", "add") == []


def test_a_linear_takes_no_places_of_a_curve_for_features() -> None:
    curve = nn("curve", "Conv1d", out_channels=3, kernel_size=4)
    ends = (op("add", "op.add", two("curve", "x")), nn("flat", "Flatten"), linear("head", 4))
    found = titles(net(curve, *ends, x=(B, 3, 20), classes=4), "shapes-do-not-broadcast", "add")
    assert [each for each in found if "Insert" in each] == []


def test_a_layer_is_fed_neither_with_a_score_nor_by_a_schedule() -> None:
    def beside(graph: Graph) -> Graph:
        fresh = Node("nn.Linear", args=FrozenMap({"out_features": 4}))
        graph = add_node(graph, NodeId("fresh"), fresh)
        graph = add_node(graph, NodeId("rate"), Node("lr_scheduler.CosineAnnealingLR"))
        graph = add_node(graph, NodeId("accuracy"), Node("metric.accuracy"))
        rate = InPort(NodeId("rate"), PortPath("optimizer"))
        return connect(graph, OutPort(NodeId("adam"), "optimizer"), rate)

    verdict = judged(in_block(drawing(FLAT, HEAD), "main", beside))
    found = [
        fix.title for told in verdict.diagnostics if told.node == "fresh" for fix in told.fixes
    ]
    assert found == ["Make “fresh” an output"]
