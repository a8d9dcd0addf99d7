"""Drawings whose numbers torch takes as they are: biases, widths, shares, rates, classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from graph_editor.document.model import Address, Arg, At, FrozenMap, Name, Node, NodeId, Project
from tests.checking.drawings import FLAT, HEAD, RGB, Args, B, Layer, drawing, project, with_node

SEQUENCE = (B, 16, 24)
RELU: Layer = ("relu", "nn.ReLU", {})
CONV: Layer = ("conv", "nn.Conv2d", {"out_channels": 8, "kernel_size": 3})
BODY: Layer = ("body", "nn.Linear", {"out_features": 64})
SHORT: Layer = ("body", "nn.Linear", {"out_features": 4})
NARROW: Layer = ("head", "nn.Linear", {"out_features": 5})
WIDE: Layer = ("head", "nn.Linear", {"out_features": 25})
WEIGHTED = FrozenMap({"weight": tuple([1.0] * 25)})


def more(made: Project, nodes: Mapping[str, Node], wires: Mapping[str, str]) -> Project:
    """Return a drawing with other nodes and wires beside its own."""
    graph = made.main.graph
    own = {f"{t.node}.{t.port}": f"{s.node}.{s.port}" for t, s in graph.wires.items()}
    return project({**dict(graph.nodes), **nodes}, {**own, **wires}, made.run)


def saying(made: Project, name: str, args: Args) -> Project:
    """Return the project in which a node has these arguments and no others."""
    return with_node(made, name, args=FrozenMap(args))


def conv(norm: str = "nn.BatchNorm2d", *between: Layer, **args: Arg) -> Project:
    """Return a convolution, what is between, a norm and a last layer."""
    first = (CONV[0], CONV[1], {**CONV[2], **args})
    given: Args = {"normalized_shape": (8, 30, 30)} if norm == "nn.LayerNorm" else {}
    given = {"num_groups": 8} if norm == "nn.GroupNorm" else given
    return drawing(first, *between, ("norm", norm, given), FLAT, HEAD)


def linears(*between: Layer, **options: Any) -> Project:
    return drawing(FLAT, BODY, *between, HEAD, **options)


def inside(first: Layer, second: Layer, uses: int = 1) -> Project:
    """Return a drawing with two layers in a block that is used so many times."""
    inner = {"x": Node("io.input"), "y": Node("io.output")}
    inner |= {name: Node(spec, args=FrozenMap(args)) for name, spec, args in (first, second)}
    a, b = first[0], second[0]
    wires = {f"{a}.input": "x.output", f"{b}.input": f"{a}.output", "y.input": f"{b}.output"}
    block = replace(project(inner, wires, {}).main, name="Stage")
    names = [f"stage{n}" for n in range(uses)]
    joined = {f"{name}.x": "flat.output" for name in names[:1]}
    joined |= {f"{n}.x": f"{before}.y" for before, n in pairwise(names)}
    stages = [(name, "block.stage", {}) for name in names]
    drawn = drawing(FLAT, *stages, HEAD, wires={**joined, "head.input": f"{names[-1]}.y"})
    return drawn.with_block("stage", block)


def skipped(made: Project, name: str, norm: str) -> Project:
    """Return a drawing in which a layer's output is also added behind the one after it."""
    wires = {"sum.input": f"{norm}.output", "sum.other": f"{name}.output"}
    follower = next(
        f"{t.node}.{t.port}" for t, s in made.main.graph.wires.items() if s.node == norm
    )
    return more(made, {"sum": Node("op.add")}, {**wires, follower: "sum.output"})


def read_weight(made: Project, name: str, parameter: str = "bias") -> Project:
    """Return a drawing in which a weight of a layer is read as a value, and trained to be small."""
    args = FrozenMap[str, Arg]({"of": At(Address(name)), "parameter": parameter})
    nodes = {"read": Node("param.of", args=args), "size": Node("torch.mean")}
    return more(made, nodes, {"size.input": "read.output", "adam.losses[1]": "size.output"})


def tied(made: Project, **ties: str) -> Project:
    graph = replace(
        made.main.graph, ties=FrozenMap({k.replace("_", "."): v for k, v in ties.items()})
    )
    return made.with_block("main", replace(made.main, graph=graph))


def trained_apart(made: Project) -> Project:
    """Return a drawing in which one optimizer trains the body and another all else."""
    body, head = ({"trains": (At(Address(n)),)} for n in ("body", "head"))
    nodes = {"second": Node("optim.SGD", args=FrozenMap(body))}
    both = more(made, nodes, {"second.losses[0]": "loss.output"})
    return saying(both, "adam", head)


def dropped(spec: str, **args: Arg) -> Project:
    """Return a drawing with a layer that drops something, of sequences or of images."""
    name = spec.rpartition(".")[2]
    if name == "MultiheadAttention":
        wires = {f"drop.{port}": "x.output" for port in ("query", "key", "value")}
        wires["flat.input"] = "drop.attn_output"
        args = {"embed_dim": 24, "num_heads": 2, "batch_first": True, **args}
        return drawing(("drop", spec, args), FLAT, HEAD, x=SEQUENCE, wires=wires)
    if name == "scaled_dot_product_attention":
        wires = {f"drop.{port}": "x.output" for port in ("query", "key", "value")}
        return drawing(("drop", spec, args), FLAT, HEAD, x=SEQUENCE, wires=wires)
    if name.startswith("Transformer"):
        args = {"d_model": 24, "nhead": 2, "batch_first": True, **args}
        ports = ("src",) if name.endswith("EncoderLayer") else ("tgt", "memory")
        ports = ("src", "tgt") if name == "Transformer" else ports
        wires = {f"drop.{port}": "x.output" for port in ports}
        return drawing(("drop", spec, args), FLAT, HEAD, x=SEQUENCE, wires=wires)
    if name in ("LSTM", "GRU", "RNN"):
        args = {"hidden_size": 8, "batch_first": True, **args}
        return drawing(("drop", spec, args), FLAT, HEAD, x=SEQUENCE)
    shape = {"Dropout1d": SEQUENCE, "Dropout3d": (B, 3, 4, 4, 4)}.get(name, RGB)
    return drawing(("drop", spec, args), FLAT, HEAD, x=shape)


def rated(spec: str, schedule: str = "", *, of: Args | None = None, **args: Arg) -> Project:
    """Return a drawing with an optimizer, and perhaps a schedule for it."""
    made = with_node(drawing(FLAT, HEAD), "adam", spec=f"optim.{spec}", args=FrozenMap(args))
    if not schedule:
        return made
    node = Node(f"lr_scheduler.{schedule}", args=FrozenMap(of or {}))
    return more(made, {"plan": node}, {"plan.optimizer": "adam.optimizer"})


def two_losses(first: int | None, second: int | None) -> Project:
    """Return a drawing whose scores enter two losses, with other labels each."""
    made = drawing(FLAT, ("head", "nn.Linear", {"out_features": 20}))
    known = {"y": first, "z": second}
    data: dict[str, Arg] = {
        "ports": FrozenMap({"x": RGB, "y": (B,), "z": (B,)}),
        "dtypes": FrozenMap({"y": Name("int64"), "z": Name("int64")}),
        "classes": FrozenMap({port: count for port, count in known.items() if count is not None}),
    }
    made = saying(made, "data", data)
    wires = {"other.input": "out.output", "other.target": "data.z"}
    wires["adam.losses[1]"] = "other.output"
    return more(made, {"other": Node("nn.CrossEntropyLoss")}, wires)


def pixels(channels: int) -> Project:
    """Return a drawing that gives scores for each pixel."""
    last = ("conv", "nn.Conv2d", {"out_channels": channels, "kernel_size": 1})
    return drawing(last, y=(B, 32, 32), y_dtype="int64")


def of_labels(source: str = "data.digits", **args: Arg) -> Project:
    """Return a drawing that reads the labels of a data set into an Embedding."""
    table = ("table", "nn.Embedding", {"num_embeddings": 10, "embedding_dim": 4, **args})
    made = drawing(table, HEAD, x=(B,), x_dtype="int64", y_dtype="int64")
    known = made.main.graph.nodes[NodeId("data")].args
    if source == "data.random":
        return saying(made, "data", {**known, "classes": FrozenMap({"x": 10, "y": 10})})
    made = with_node(made, "data", spec=source, args=FrozenMap())
    return more(made, {}, {"x.input": "data.label", "loss.target": "data.label"})


def of_texts(**args: Arg) -> Project:
    """Return a drawing that takes the mean over the rows of short texts' words."""
    bag = ("table", "nn.EmbeddingBag", {"num_embeddings": 64, "embedding_dim": 4, **args})
    topics = ("head", "nn.Linear", {"out_features": 4})
    made = drawing(bag, topics, x=(B, 20), x_dtype="int64", y_dtype="int64")
    made = with_node(made, "data", spec="data.short_texts", args=FrozenMap())
    return more(made, {}, {"x.input": "data.words", "loss.target": "data.label"})


def padded_behind(offset: int) -> Project:
    """Return a drawing whose labels are changed before they enter the Embedding."""
    made = of_labels(padding_idx=0, num_embeddings=10 + offset)
    node = Node("op.add", args=FrozenMap({"other": offset}))
    return more(made, {"later": node}, {"later.input": "x.output", "table.input": "later.output"})
