"""No field of a node is dropped in silence: it is honoured, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.data import source_code
from codegen.model import write_model
from codegen.train_file import write_train
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import (
    Address,
    At,
    Expr,
    FrozenMap,
    Node,
    NodeId,
    Project,
    Repeat,
    Weights,
)
from tests.codegen.drawings import Drawing
from tests.codegen.sameness import check
from tests.codegen.training_projects import SIMPLE, project, simple

SHARED = Weights(same_as=NodeId("l"))


def model() -> Drawing:
    """Return a linear layer between an input and the place of a further node ``n``."""
    main = Drawing().add("a", "io.input", shape=["=B", 4])
    return main.add("l", "nn.Linear", "a", in_features=4, out_features=4)


def ended(main: Drawing, last: str = "n", **rest: Any) -> Project:
    return main.add("o", "io.output", last).project(**rest)


def refusal(drawn: Project) -> CannotWrite:
    with pytest.raises(CannotWrite) as refused:
        write_model(drawn, specs_of(drawn), Verdict())
    assert refused.value.way_out
    return refused.value


FIELDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a freeze of an operator": ("op.neg", {"_freeze": (".",)}, "freeze"),
    "a freeze of a function": ("F.relu", {"_freeze": (".",)}, "freeze"),
    "a shared operator": ("op.neg", {"_weights": SHARED}, "sharing"),
    "an argument that is none": ("nn.ReLU", {"slope": 2}, "argument slope"),
    "a start of what is off": (
        "nn.ReLU", {"_weights": Weights(start="run:1"), "_when": Expr("False")}, "start from",
    ),
    "a shadow that is off": (
        "nn.ReLU", {"_weights": Weights(follows=Address("l")), "_when": Expr("False")}, "shadow",
    ),
    "a shared module of another kind": ("nn.ReLU", {"_weights": SHARED}, "another kind"),
    "a shared module with other sizes": (
        "nn.Linear", {"_weights": SHARED, "out_features": 7}, "out_features differs",
    ),
    "a shared module that is repeated": (
        "nn.Linear", {"_weights": SHARED, "_repeat": Repeat(2)}, "repeat",
    ),
    "a shared module on a condition": (
        "nn.Linear", {"_weights": SHARED, "_when": Expr("training")}, "when on a module",
    ),
    "a frozen part of no block": (
        "nn.Linear", {"in_features": 4, "out_features": 4, "_freeze": ("x",)}, "is no block",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(FIELDS))
def test_a_field_that_means_nothing_is_refused(case: str) -> None:
    spec, fields, words = FIELDS[case]
    refused = refusal(ended(model().add("n", spec, "l", **fields)))
    assert refused.node == "n"
    assert words in refused.feature


def test_borders_refuse_what_they_cannot_follow() -> None:
    for fields in ({"_repeat": Repeat(2)}, {"_when": Expr("False")}, {"_freeze": (".",)},
                   {"colour": 1}, {"again": At(Address("a"))}):  # fmt: skip
        drawn = model().add("o", "io.output", "l", **fields).project()
        assert refusal(drawn).node == "o"
    for fields in ({"_repeat": Repeat(2)}, {"_weights": SHARED}, {"kind": "list"}, {"low": 0}):
        drawn = Drawing().add("n", "io.input", **fields).add("o", "io.output", "n").project()
        assert refusal(drawn).node == "n"


def test_a_second_share_of_a_share_is_refused() -> None:
    main = model().add("m", "nn.Linear", "l", _weights=SHARED)
    main.add("n", "nn.Linear", "m", _weights=Weights(same_as=NodeId("m")))
    assert "shares one itself" in refusal(ended(main)).feature


def test_a_shared_module_that_says_the_same_again_is_written() -> None:
    main = model().add("n", "nn.Linear", "l", _weights=SHARED, in_features=4, out_features=4)
    assert check(ended(main)).source.text.count("nn.Linear(") == 1


def test_what_a_switched_off_node_does_not_give_is_not_read() -> None:
    main = model().add("r", "nn.LSTM", "l", input_size=4, hidden_size=4, _when=Expr("False"))
    assert "h_n is read" in refusal(ended(main.add("n", "nn.ReLU", "r.h_n"))).feature


TIES = {
    "a side that is gone": ({"n.weight": "x.weight"}, "gone"),
    "a side outside the model": ({"n.weight": "idle.weight"}, "not in the model"),
    "what is tied outside the model": ({"idle.weight": "n.weight"}, "idle.weight is tied, but"),
    "a name that is none": ({"n.weight": "l.gain"}, "has no gain"),
    "a bias that is left out": ({"n.bias": "l.bias"}, "has no bias"),
    "statistics": ({"l.weight": "norm.running_mean"}, "has no running_mean"),
    "no name at all": ({"n": "l"}, "no parameter's name"),
    "a copy that is not said": ({"l.weight": "many.weight"}, "several"),
    "a copy beyond the last": ({"l.weight": "many[2].weight"}, "2 copies"),
    "a copy of what is one": ({"l.weight": "n[0].weight"}, "not repeated"),
    "a node in what is no block": ({"l.weight": "n/x.weight"}, "is no block"),
}


@pytest.mark.parametrize("case", list(TIES))
def test_a_tie_that_leads_nowhere_is_refused(case: str) -> None:
    ties, words = TIES[case]
    main = model().add("n", "nn.Linear", "l", in_features=4, out_features=4, bias=False)
    main.add("norm", "nn.BatchNorm1d", "n", num_features=4)
    main.add("many", "nn.Linear", "norm", in_features=4, out_features=4, _repeat=Repeat(2))
    main.add("idle", "nn.Linear", "a", in_features=4, out_features=4)
    assert words in refusal(ended(main, "many", ties=ties)).feature


def test_a_tie_with_one_copy_is_written() -> None:
    main = model()
    main.add("many", "nn.Linear", "l", in_features=4, out_features=4, _repeat=Repeat(2))
    text = check(ended(main, "many", ties={"l.weight": "many[1].weight"})).source.text
    assert ".weight = self.linear2[1].weight  # tied" in text


def test_a_tensor_is_no_size() -> None:
    block = Drawing().add("x", "io.input").add("n", "io.input", kind="size", _name="count")
    block.add("cut", "op.getitem", "x", index=0).add("y", "op.mul", {"input": "cut", "other": "n"})
    inner = block.add("z", "io.output", "y").block("Cut")
    main = model().add("s", "Tensor.size", "l", dim=1)
    main.add("half", "op.floordiv", {"input": "s"}, other=2)
    good = main.add("n", "block.cut", {"x": "l", "n": "half"}).add("o", "io.output", "n.z")
    assert "self.cut(" in check(good.project(cut=inner)).source.text
    bad = model().add("n", "block.cut", {"x": "l", "n": "l"}).add("o", "io.output", "n.z")
    assert "which is a size" in refusal(bad.project(cut=inner)).feature
    long = model().add("m0", "op.add", "l", other=1)
    for place in range(1, 3000):
        long.add(f"m{place}", "op.add", f"m{place - 1}", other=1)
    long.add("n", "block.cut", {"x": "l", "n": "m2999"}).add("o", "io.output", "n.z")
    assert "which is a size" in refusal(long.project(cut=inner)).feature
    circle = model().add("p", "op.add", {"input": "q", "other": "q"}).add("q", "op.neg", "p")
    circle.add("n", "block.cut", {"x": "l", "n": "q"}).add("o", "io.output", "n.z")
    assert "not connected" in refusal(circle.project(cut=inner)).feature


STEP: dict[str, tuple[str, dict[str, Any]]] = {
    "a frozen loss": ("loss", {"freeze": (".",)}),
    "a repeated optimizer": ("adam", {"repeat": Repeat(2)}),
    "a frozen optimizer": ("adam", {"freeze": ("x",)}),
    "an optimizer on a condition": ("adam", {"when": Expr("training")}),
    "a shared optimizer": ("adam", {"weights": Weights(same_as=NodeId("loss"))}),
    "a repeated source": ("wine", {"repeat": Repeat(2)}),
    "a frozen source": ("wine", {"freeze": (".",)}),
    "a shared source": ("wine", {"weights": Weights(same_as=NodeId("loss"))}),
    "a metric on a condition": ("right", {"when": Expr("False")}),
    "a frozen metric": ("right", {"freeze": (".",)}),
    "a metric's odd argument": ("right", {"args": FrozenMap({"average": "macro"})}),
    "an optimizer's odd argument": ("adam", {"args": FrozenMap({"speed": 3})}),
    "a source's odd argument": ("wine", {"args": FrozenMap({"batch": None})}),
}


@pytest.mark.parametrize("case", list(STEP))
def test_a_step_refuses_what_it_cannot_follow(case: str) -> None:
    node, fields = STEP[case]
    metric = ("metric.accuracy", {}, {"input": "logits", "target": "wine.label"})
    drawn = simple(right=metric)
    graph = drawn.main.graph
    old = graph.nodes[NodeId(node)]
    said = {name: getattr(old, name) for name in ("args", "repeat", "when", "weights", "freeze")}
    new = Node(old.spec, **{**said, **fields})
    changed = graph.__class__(graph.nodes.set(NodeId(node), new), graph.wires)
    drawn = drawn.with_block(
        "main", drawn.main.__class__(changed, "S", (), drawn.main.inputs, drawn.main.outputs)
    )
    with pytest.raises(CannotWrite) as refused:
        write_train(drawn, specs_of(drawn), Verdict(), "Small")
    assert refused.value.node == node


@pytest.mark.parametrize(
    ("spec", "args"),
    [
        ("data.wine", {"batch": None}),
        ("data.digits", {"limit": 100}),
        ("data.random", {"limit": None}),
        ("data.random", {"classes": FrozenMap({"z": 3})}),
        ("data.random", {"dtypes": FrozenMap({"z": 3})}),
    ],
)
def test_a_source_refuses_arguments_that_it_does_not_read(spec: str, args: dict[str, Any]) -> None:
    with pytest.raises(CannotWrite) as refused:
        source_code(Address("d"), Node(spec, args=FrozenMap(args)))
    assert next(iter(args)) in str(refused.value) or "z" in str(refused.value)


TWO = {
    **SIMPLE,
    "again": ("nn.CrossEntropyLoss", {}, {"input": "logits", "target": "wine.label"}),
    "adam": ("optim.AdamW", {}, {"losses[0]": "loss", "losses[1]": "again"}),
}


def shared_losses(owner: str = "loss", **args: Any) -> Project:
    drawn = project(TWO)
    graph = drawn.main.graph
    node = Node("nn.CrossEntropyLoss", args=FrozenMap(args), weights=Weights(NodeId(owner)))
    changed = graph.__class__(graph.nodes.set(NodeId("again"), node), graph.wires)
    return drawn.with_block(
        "main", drawn.main.__class__(changed, "S", (), drawn.main.inputs, drawn.main.outputs)
    )


def test_a_second_loss_may_be_the_first_one_called_again() -> None:
    drawn = shared_losses()
    text = write_train(drawn, specs_of(drawn), Verdict(), "Small").text
    assert text.count("criterion = nn.CrossEntropyLoss()") == 1
    assert text.count("= criterion(logits, labels[batch])") == 2
    assert "def evaluate(\n    model: nn.Module,\n    criterion: nn.Module,\n    features" in text


@pytest.mark.parametrize("owner", ["gone", "head", "wine"])
def test_a_loss_shares_only_what_the_training_makes(owner: str) -> None:
    drawn = shared_losses(owner)
    with pytest.raises(CannotWrite) as refused:
        write_train(drawn, specs_of(drawn), Verdict(), "Small")
    assert refused.value.node == "again"


def test_a_shared_loss_with_other_arguments_is_refused() -> None:
    drawn = shared_losses(label_smoothing=0.5)
    with pytest.raises(CannotWrite, match="label_smoothing differs"):
        write_train(drawn, specs_of(drawn), Verdict(), "Small")


def test_class_weights_are_a_tensor_on_the_device() -> None:
    weighted = ("nn.CrossEntropyLoss", {"weight": (1, 2.5, 3.0)}, SIMPLE["loss"][2])
    drawn = simple(loss=weighted)
    text = write_train(drawn, specs_of(drawn), Verdict(), "Small").text
    line = "criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.5, 3.0])).to(device)\n"
    assert line in text
    plain = simple()
    assert ".to(device)\n" not in (
        write_train(plain, specs_of(plain), Verdict(), "Small").text.partition("criterion = ")[2]
        .partition("optimizer")[0]
    )  # fmt: skip
    wrong = simple(loss=("nn.CrossEntropyLoss", {"weight": ("a", "b")}, SIMPLE["loss"][2]))
    with pytest.raises(CannotWrite, match="weight is not a list of numbers"):
        write_train(wrong, specs_of(wrong), Verdict(), "Small")


def test_class_weights_inside_a_model() -> None:
    main = model().add("t", "io.input", shape=["=B", 4])
    wires = {"input": "l", "target": "t"}
    main.add("n", "nn.BCEWithLogitsLoss", wires, pos_weight=(1, 2, 3, 4.5))
    text = check(ended(main)).source.text
    assert "nn.BCEWithLogitsLoss(" in text
    assert "pos_weight=torch.tensor([1.0, 2.0, 3.0, 4.5])" in text


def test_nodes_that_are_off_in_a_circle_are_refused() -> None:
    off = Expr("False")
    main = Drawing().add("a", "io.input").add("p", "nn.ReLU", "q", _when=off)
    main.add("q", "nn.ReLU", "p", _when=off)
    main.add("n", "op.add", {"input": "q", "other": "a"})
    assert "not connected" in refusal(ended(main)).feature
