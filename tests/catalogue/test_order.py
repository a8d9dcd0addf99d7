"""The canonical order and the regions depend on what is drawn, never on ids or positions."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.order import Regions, canonical_order, regions
from graph_editor.document.model import (
    Address,
    At,
    Block,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
)

LOOKUP = catalogue().get
Drawn = dict[str, tuple[str, dict[str, str]]]
"""Nodes by id: the spec, and by input port the wire's source, ``node`` or ``node.port``."""


def graph_of(drawn: Drawn, args: Mapping[str, dict[str, object]] | None = None) -> Graph:
    nodes, wires = {}, {}
    for name, (spec, sources) in drawn.items():
        nodes[NodeId(name)] = Node(spec, args=FrozenMap((args or {}).get(name, {})))  # type: ignore[arg-type]
        for port, source in sources.items():
            start, _, out = source.partition(".")
            wires[InPort(NodeId(name), PortPath(port))] = OutPort(NodeId(start), out or "output")
    return Graph(FrozenMap(nodes), FrozenMap(wires))


def relabelled(graph: Graph, names: Mapping[NodeId, NodeId], shuffle: random.Random) -> Graph:
    nodes = [(names[n], _renamed(node, names)) for n, node in graph.nodes.items()]
    wires = [
        (InPort(names[t.node], t.port), OutPort(names[s.node], s.port))
        for t, s in graph.wires.items()
    ]
    shuffle.shuffle(nodes)
    shuffle.shuffle(wires)
    return Graph(FrozenMap(nodes), FrozenMap(wires))


def _renamed(node: Node, names: Mapping[NodeId, NodeId]) -> Node:
    trains = node.args.get("trains")
    if not isinstance(trains, tuple):
        return node
    moved = tuple(At(Address(names[NodeId(at.address)])) for at in trains if isinstance(at, At))
    return Node(node.spec, args=node.args.set("trains", moved))


RESIDUAL: Drawn = {
    "data": ("data.digits", {}),
    "image": ("io.input", {"input": "data.image"}),
    "conv": ("nn.Conv2d", {"input": "image"}),
    "relu": ("nn.ReLU", {"input": "conv"}),
    "side": ("nn.Conv2d", {"input": "conv"}),
    "add": ("op.add", {"other": "relu", "input": "side"}),
    "flat": ("Tensor.flatten", {"input": "add"}),
    "head": ("nn.Linear", {"input": "flat"}),
    "logits": ("io.output", {"input": "head"}),
    "loss": ("nn.CrossEntropyLoss", {"target": "data.label", "input": "logits"}),
    "adam": ("optim.AdamW", {"losses[0]": "loss"}),
    "plan": ("lr_scheduler.StepLR", {"optimizer": "adam.optimizer"}),
    "hits": ("metric.accuracy", {"input": "logits", "target": "data.label"}),
    "lonely": ("nn.ReLU", {}),
}
GAN: Drawn = {
    "data": ("data.random", {}),
    "z": ("io.input", {"input": "noise"}),
    "noise": ("torch.randn", {}),
    "make": ("nn.Linear", {"input": "z"}),
    "fake": ("io.output", {"input": "make"}),
    "cut": ("Tensor.detach", {"input": "fake"}),
    "judge_fake": ("nn.Linear", {"input": "cut"}),
    "judge_real": ("nn.Linear", {"input": "data.x"}),
    "judge_made": ("nn.Linear", {"input": "fake"}),
    "loss_real": ("nn.BCEWithLogitsLoss", {"input": "judge_real", "target": "ones"}),
    "loss_fake": ("nn.BCEWithLogitsLoss", {"input": "judge_fake", "target": "zeros"}),
    "loss_made": ("nn.BCEWithLogitsLoss", {"input": "judge_made", "target": "ones"}),
    "ones": ("torch.ones_like", {"input": "judge_real"}),
    "zeros": ("torch.zeros_like", {"input": "judge_fake"}),
    "adam_d": ("optim.Adam", {"losses[1]": "loss_fake", "losses[0]": "loss_real"}),
    "adam_g": ("optim.Adam", {"losses[0]": "loss_made"}),
}


def ids(*names: str) -> tuple[NodeId, ...]:
    return tuple(map(NodeId, names))


def main_of(
    drawn: Drawn, output: str, args: Mapping[str, dict[str, object]] | None = None
) -> Block:
    inputs = tuple(NodeId(n) for n, (spec, _) in drawn.items() if spec == "io.input")
    return Block(graph_of(drawn, args), inputs=inputs, outputs=(NodeId(output),))


def test_ports_decide_the_order_and_not_the_ids() -> None:
    graph = graph_of(RESIDUAL)
    order = canonical_order(graph, [NodeId("logits")], LOOKUP)
    assert order == (
        "data", "image", "conv", "side", "relu", "add", "flat", "head", "logits",
    )  # fmt: skip


def test_cut_stops_the_walk_and_keeps_the_node() -> None:
    order = canonical_order(graph_of(RESIDUAL), [NodeId("relu")], LOOKUP, [NodeId("image")])
    assert order == ("image", "conv", "relu")


def test_a_classifier_is_divided_at_its_input_and_output() -> None:
    assert regions(main_of(RESIDUAL, "logits"), LOOKUP) == Regions(
        data=(NodeId("data"),),
        model=tuple(
            map(NodeId, ["image", "conv", "side", "relu", "add", "flat", "head", "logits"])
        ),
        step=tuple(map(NodeId, ["loss", "adam", "plan", "hits"])),
        idle=ids("lonely"),
    )


def test_what_lies_between_data_and_input_is_data_and_noise_is_not() -> None:
    drawn: Drawn = {
        "data": ("data.digits", {}),
        "scaled": ("op.mul", {"input": "data.image", "other": "data.image"}),
        "norm": ("transform.normalize", {"input": "scaled"}),
        "noise": ("torch.randn_like", {"input": "norm"}),
        "rest": ("torch.zeros", {}),
        "mixed": ("op.add", {"input": "norm", "other": "rest"}),
        "image": ("io.input", {"input": "norm"}),
        "other": ("io.input", {"input": "mixed"}),
        "both": ("op.add", {"input": "image", "other": "other"}),
        "out": ("io.output", {"input": "both"}),
        "loss": ("nn.MSELoss", {"input": "out", "target": "late"}),
        "late": ("op.neg", {"input": "data.image"}),
        "sgd": ("optim.SGD", {"losses[0]": "loss"}),
    }
    found = regions(main_of(drawn, "out"), LOOKUP)
    assert found.data == ("data", "scaled", "norm")
    assert found.step == ("rest", "mixed", "late", "loss", "sgd")
    assert found.model == ("image", "other", "both", "out")
    assert found.idle == ("noise",)


def test_two_optimizers_of_a_gan() -> None:
    found = regions(main_of(GAN, "fake"), LOOKUP)
    assert found.model == ("z", "make", "fake")
    assert found.data == ("data",)
    assert set(found.step) == GAN.keys() - {"z", "make", "fake", "data"}
    assert found.step.index(NodeId("noise")) < found.step.index(NodeId("loss_made"))


def test_an_optimizers_order_goes_before_its_structure() -> None:
    for first, second in (("adam_d", "adam_g"), ("adam_g", "adam_d")):
        found = regions(main_of(GAN, "fake", {second: {"order": 1}}), LOOKUP)
        assert found.step.index(NodeId(first)) < found.step.index(NodeId(second))


def test_without_an_output_node_there_is_no_model() -> None:
    drawn = {k: v for k, v in RESIDUAL.items() if k != "logits"}
    drawn["loss"] = ("nn.CrossEntropyLoss", {"input": "head", "target": "data.label"})
    found = regions(Block(graph_of(drawn)), LOOKUP)
    assert found.model == ()
    assert "head" in found.step


def test_twins_that_train_different_parts_are_told_apart_by_what_they_train() -> None:
    drawn: Drawn = {
        "x": ("io.input", {}),
        "one": ("nn.Linear", {"input": "x"}),
        "two": ("nn.Tanh", {"input": "one"}),
        "out": ("io.output", {"input": "two"}),
        "loss": ("torch.mean", {"input": "out"}),
        "p": ("optim.SGD", {"losses[0]": "loss"}),
        "q": ("optim.SGD", {"losses[0]": "loss"}),
    }
    for trainers in ({"p": "one", "q": "two"}, {"p": "two", "q": "one"}):
        args = {k: {"trains": (At(Address(v)),)} for k, v in trainers.items()}
        step = regions(main_of(drawn, "out", args), LOOKUP).step
        assert [trainers[n] for n in step if n in trainers] == ["one", "two"]


@pytest.mark.parametrize(("drawn", "output"), [(RESIDUAL, "logits"), (GAN, "fake")])
@given(seed=st.integers(0, 10**6))
def test_new_ids_change_nothing_but_the_ids(drawn: Drawn, output: str, seed: int) -> None:
    chance = random.Random(seed)
    block = main_of(drawn, output)
    fresh = [NodeId(f"n{i}") for i in range(len(drawn))]
    chance.shuffle(fresh)
    names = dict(zip(block.graph.nodes, fresh, strict=True))
    moved = Block(
        relabelled(block.graph, names, chance),
        inputs=tuple(names[n] for n in block.inputs),
        outputs=tuple(names[n] for n in block.outputs),
    )
    before, after = regions(block, LOOKUP), regions(moved, LOOKUP)
    for part in ("data", "model", "step"):
        assert [names[n] for n in getattr(before, part)] == list(getattr(after, part))
    assert {names[n] for n in before.idle} == set(after.idle)


@given(st.data())
def test_sources_come_first_and_nothing_twice(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    drawn: Drawn = {}
    for index in range(size):
        ends = st.integers(0, index - 1).map(lambda i: f"n{i}") if index else st.nothing()
        wires = (
            data.draw(st.dictionaries(st.sampled_from(["input", "other"]), ends)) if index else {}
        )
        drawn[f"n{index}"] = ("op.add", wires)
    graph = graph_of(drawn)
    order = canonical_order(graph, [NodeId(f"n{size - 1}")], LOOKUP)
    assert len(set(order)) == len(order)
    place = {node: index for index, node in enumerate(order)}
    for target, source in graph.wires.items():
        if target.node in place:
            assert place[source.node] < place[target.node]


def test_a_cycle_is_walked_once() -> None:
    drawn: Drawn = {
        "a": ("op.add", {"input": "c", "other": "b"}),
        "b": ("nn.ReLU", {"input": "a"}),
        "c": ("nn.ReLU", {"input": "b"}),
    }
    order = canonical_order(graph_of(drawn), [NodeId("a")], LOOKUP)
    assert sorted(order) == ["a", "b", "c"]
    assert order[-1] == "a"


def test_wires_from_nowhere_and_unknown_specs_are_passed_over() -> None:
    drawn: Drawn = {
        "a": ("nn.FromTheFuture", {"y": "c", "x": "b", "z": "gone"}),
        "b": ("nn.ReLU", {}),
        "c": ("nn.ReLU", {}),
    }
    assert canonical_order(graph_of(drawn), [NodeId("a")], LOOKUP) == ("b", "c", "a")


def test_long_chains_need_no_deep_stack() -> None:
    size = 10_000
    drawn: Drawn = {"n0": ("nn.ReLU", {})}
    drawn |= {f"n{i}": ("nn.ReLU", {"input": f"n{i - 1}"}) for i in range(1, size)}
    order = canonical_order(graph_of(drawn), [NodeId(f"n{size - 1}")], LOOKUP)
    assert order == tuple(f"n{i}" for i in range(size))
