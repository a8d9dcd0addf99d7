"""Ports follow from the spec and the node's arguments alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.catalogue.data_ports import port_types
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.ports import input_ports, output_kind, output_ports, output_tree
from graph_editor.catalogue.spec import PortType
from graph_editor.document.model import Arg, Expr, FrozenMap, Hole, Name, Node, Slice

ANY = Slice()


def node(spec: str, **args: Any) -> Node:
    return Node(spec, args=FrozenMap(args))


def ports(spec: str, *wired: str, **args: Any) -> list[str]:
    """Return ports by path, with ``?`` after the optional and ``:size`` after those of sizes."""
    found = input_ports(catalogue().specs[spec], node(spec, **args), wired)
    kinds = {"tensor": ""}
    return [p.path + "?" * p.optional + kinds.get(p.kind, f":{p.kind}") for p in found]


CASES: list[tuple[list[str], list[str]]] = [
    (ports("nn.Linear"), ["input"]),
    (ports("nn.Conv2d", in_channels=3), ["input"]),
    (ports("nn.LSTM"), ["input", "hx[0]?", "hx[1]?"]),
    (ports("nn.LSTM", "hx"), ["input", "hx?"]),
    (ports("nn.GRU"), ["input", "hx?"]),
    (
        ports("nn.MultiheadAttention"),
        ["query", "key", "value", "key_padding_mask?", "attn_mask?"],
    ),
    (ports("nn.CrossEntropyLoss"), ["input", "target"]),
    (ports("nn.PoissonNLLLoss"), ["input", "target"]),
    (ports("torch.cat"), ["tensors[0]"]),
    (ports("torch.cat", "tensors[0]", "tensors[1]"), ["tensors[0]", "tensors[1]", "tensors[2]?"]),
    (ports("op.add"), ["input", "other"]),
    (ports("op.add", other=2), ["input", "other?"]),
    (ports("op.getitem", index=0), ["input", "index?"]),
    (ports("op.getitem"), ["input", "index"]),
    (
        ports("op.getitem", index=(ANY, Slice(None, Hole(), None), Hole())),
        ["input", "index[1].stop:size", "index[2]"],
    ),
    (ports("Tensor.view", args=(Hole(), -1)), ["input", "args[0]:size"]),
    (ports("Tensor.view", args=(2, -1)), ["input"]),
    (ports("torch.randn", size=(Hole(), 8)), ["size[0]:size", "like?"]),
    (ports("torch.einsum", args=("ij->ji", Hole())), ["args[1]", "args[2]?"]),
    (ports("torch.arange"), ["start?:size", "end:size", "step?:size", "like?"]),
    (ports("Tensor.unsqueeze", dim=Hole()), ["input", "dim:size"]),
    (ports("io.input"), ["input?"]),
    (ports("io.output"), ["input"]),
    (ports("data.digits"), []),
    (ports("optim.AdamW", "losses[0]"), ["losses[0]", "losses[1]?"]),
    (ports("lr_scheduler.StepLR"), ["optimizer:optimizer"]),
    (ports("lr_scheduler.ReduceLROnPlateau"), ["optimizer:optimizer", "metrics?"]),
    (ports("lr_scheduler.ChainedScheduler"), ["optimizer?:optimizer", "schedulers[0]:scheduler"]),
    (ports("metric.accuracy"), ["input", "target"]),
]


@pytest.mark.parametrize(("found", "expected"), CASES, ids=[str(e) for _, e in CASES])
def test_input_ports(found: list[str], expected: list[str]) -> None:
    assert found == expected


def tree(spec: str, **args: Any) -> object:
    return output_tree(catalogue().specs[spec], node(spec, **args))


def test_output_trees() -> None:
    assert tree("nn.Linear") == "output"
    assert tree("nn.LSTM") == ("output", ("h_n", "c_n"))
    assert tree("nn.GRU") == ("output", "h_n")
    assert tree("nn.LSTMCell") == ("h", "c")
    assert tree("torch.chunk", chunks=3) == ("chunks[0]", "chunks[1]", "chunks[2]")
    assert tree("torch.split", split_size_or_sections=4) == ("chunks[0]", "chunks[1]")
    assert tree("torch.unbind", outputs=1) == ("chunks[0]",)
    assert tree("optim.SGD") == "optimizer"
    assert tree("lr_scheduler.StepLR") == "scheduler"
    assert tree("lr_scheduler.ReduceLROnPlateau") == ()


def test_outputs_that_depend_on_an_argument() -> None:
    assert tree("nn.MaxPool2d") == "output"
    assert tree("nn.MaxPool2d", return_indices=True) == ("output", "indices")
    assert tree("nn.MaxPool2d", return_indices=False) == "output"
    assert tree("nn.MultiheadAttention") == ("attn_output", "attn_output_weights")
    assert tree("nn.MultiheadAttention", need_weights=False) == ("attn_output", "_")
    assert tree("torch.max") == "output"
    assert tree("torch.max", dim=0) == ("values", "indices")
    assert tree("torch.max", dim=None) == "output"
    assert tree("torch.max", dim=Expr("axis")) == ("values", "indices")
    assert tree("nn.MaxPool2d", return_indices=Expr("flag")) == "output"


def test_an_unused_place_of_the_tree_is_no_port() -> None:
    attention = catalogue().specs["nn.MultiheadAttention"]
    chosen = node("nn.MultiheadAttention", need_weights=False)
    assert output_ports(attention, chosen) == ("attn_output",)


def test_a_count_that_is_no_number_gives_no_ports() -> None:
    chunk = catalogue().specs["torch.chunk"]
    for count in (Expr("n"), True, None, 2.0):
        assert output_ports(chunk, node("torch.chunk", chunks=count)) == ()


def test_kinds_of_outputs() -> None:
    def kind(spec: str, **args: Any) -> str:
        return output_kind(catalogue().specs[spec], node(spec, **args))

    assert kind("nn.Linear") == "tensor"
    assert kind("Tensor.size") == "size"
    assert kind("io.input") == "tensor"
    assert kind("io.input", kind="size") == "size"
    assert kind("optim.SGD") == "optimizer"
    assert kind("const.value") == "size"


def types(spec: str, **args: Any) -> FrozenMap[str, PortType]:
    return port_types(catalogue().specs[spec], node(spec, **args))


def test_types_of_data_ports() -> None:
    batch = Expr("B")
    assert types("data.digits")["image"] == PortType((batch, 1, 8, 8), "float32", 0.0, 1.0)
    assert types("data.iris")["label"] == PortType((batch,), "int64", 0.0, 2.0, 3)
    assert list(types("data.random")) == ["x", "y"]
    shapes = FrozenMap({"b": (batch,), "a": (batch, 3), "c": (batch,)})
    found = types(
        "data.random",
        ports=shapes,
        classes=FrozenMap({"b": 4}),
        dtypes=FrozenMap({"a": Name("float64"), "c": "int32"}),
    )
    assert list(found) == ["a", "b", "c"]
    assert found["a"] == PortType((batch, 3), "float64")
    assert found["b"] == PortType((batch,), "int64", 0.0, 3.0, 4)
    assert found["c"] == PortType((batch,), "int32")


def test_a_source_of_which_only_names_are_said_has_no_types_there() -> None:
    assert list(types("data.digits", ports=FrozenMap({"picture": None, "label": None}))) == [
        "label"
    ]


@pytest.mark.parametrize("spec", sorted(s.name for s in catalogue() if s.kind == "data"))
def test_the_order_in_which_ports_are_written_does_not_matter(spec: str) -> None:
    one, two = ("z", ()), ("a", ())
    left = node(spec, ports=FrozenMap([one, two]))
    right = node(spec, ports=FrozenMap([two, one]))
    known = catalogue().specs[spec]
    assert output_ports(known, left) == output_ports(known, right) == ("a", "z")


leaves: st.SearchStrategy[Arg] = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.floats(0, 1), st.just(Hole()),
    st.just(Expr("B")), st.just(Slice(None, Hole(), 2)), st.just(Name("float32")),
)  # fmt: skip
values: st.SearchStrategy[Arg] = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6
)


@given(st.data())
def test_any_arguments_give_distinct_ports_and_never_fail(data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(list(catalogue())))
    names = [a.name for a in spec.arguments] or ["none"]
    args = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=4))
    wired = data.draw(st.lists(st.sampled_from([*names, f"{names[-1]}[3]", "hx[1]"]), max_size=3))
    thing = Node(spec.name, args=FrozenMap(args))
    found = [port.path for port in input_ports(spec, thing, wired)]
    assert len(set(found)) == len(found)
    outs = output_ports(spec, thing)
    assert len(set(outs)) == len(outs)
    assert "_" not in outs
