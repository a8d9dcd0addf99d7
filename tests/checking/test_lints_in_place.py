"""The lint on in-place layers against generated models that torch runs forward and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch

from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.lints.in_place import (
    INPUT_KEPT,
    INPUT_KEPT_TO_LEARN,
    RESULT_KEPT,
    RESULT_KEPT_IN_PLACE,
    WRITERS,
)
from graph_editor.document.model import Address, Arg, FrozenMap, NodeId, Project, RuleId
from tests.checking.drawings import (
    HEAD,
    B,
    Layer,
    codes,
    cured,
    drawing,
    errors,
    judged,
    one,
    with_node,
)
from tests.checking.test_lints import Case, ids
from tests.codegen.sameness import built, sample

IN_PLACE: dict[str, Arg] = {"inplace": True}
DENSE: Layer = ("a", "nn.Linear", {"out_features": 8})
LINE: tuple[Arg, ...] = (B, 4, 8)
IMAGE: tuple[Arg, ...] = (B, 4, 8, 8)
SHAPES: dict[str, tuple[Arg, ...]] = {
    **{f"nn.{name}": LINE for name in ("Conv1d", "LSTM")},
    **{f"nn.{name}2d": IMAGE for name in ("Conv", "ConvTranspose", "Softmax")},
    **{f"nn.{name}2d": IMAGE for name in ("BatchNorm", "InstanceNorm")},
}
PORTS = {"nn.RMSNorm": "x"}
KEEP: dict[str, Arg] = {"dim": 1, "keepdim": True}
AXIS: dict[str, Arg] = {"dim": 1}
SAME: dict[str, Arg] = {"out_channels": 4, "kernel_size": 3, "padding": 1}
ARGS: dict[str, dict[str, Arg]] = {
    "nn.Threshold": {"threshold": 0.1, "value": 0.0},
    "nn.Linear": {"out_features": 8},
    "nn.LSTM": {"hidden_size": 8},
    "nn.LayerNorm": {"normalized_shape": 8},
    "nn.RMSNorm": {"normalized_shape": 8},
    "nn.GroupNorm": {"num_groups": 2},
    "torch.clamp": {"min": -0.5, "max": 0.5},
    **{f"nn.{name}": SAME for name in ("Conv1d", "Conv2d", "ConvTranspose2d")},
    **{f"nn.{name}": AXIS for name in ("Softmax", "Softmin", "LogSoftmax")},
    **{f"F.{name}": AXIS for name in ("softmax", "log_softmax")},
    **{f"torch.{name}": AXIS for name in ("softmax", "cumprod", "cumsum")},
    **{f"torch.{name}": KEEP for name in ("logsumexp", "std", "var", "prod", "amax", "amin")},
    **{f"torch.{name}": KEEP for name in ("mean", "sum")},
}
OTHERS = [
    *(f"nn.{name}" for name in ("Dropout", "Tanhshrink", "Identity", "AlphaDropout")),
    *(f"torch.{name}" for name in ("floor", "sign", "mean", "sum", "cumsum")),
    "F.dropout",
    "op.neg",
]
"""Nodes of which torch keeps nothing that is written over."""
SPECS = [
    *sorted(RESULT_KEPT | RESULT_KEPT_IN_PLACE | INPUT_KEPT | INPUT_KEPT_TO_LEARN),
    *OTHERS,
]
BESIDE = [spec for spec in SPECS if spec != "nn.LSTM"]
"""What may read a wire beside a writer in these drawings."""
ALONE = sorted(WRITERS - {f"nn.Dropout{n}d" for n in (1, 2, 3)})


def drawn(spec: str, *layers: Layer, wires: dict[str, str] | None = None) -> Project:
    shape = SHAPES.get(spec, (B, 24))
    options = {"x": shape, "y": (*shape[:-1], 10), "loss": "nn.MSELoss", "classes": None}
    return drawing(DENSE, *layers, HEAD, wires=wires or {}, **options)  # type: ignore[arg-type]  # all of them by name


def after(spec: str, writer: str = "nn.ReLU", **more: Arg) -> Project:
    """Return a drawing in which an in-place layer stands behind a node."""
    maker: Layer = ("made", spec, {**ARGS.get(spec, {}), **more})
    wires = {f"made.{PORTS.get(spec, 'input')}": "a.output"}
    return drawn(spec, maker, ("writer", writer, {**ARGS.get(writer, {}), **IN_PLACE}), wires=wires)


def beside(spec: str, first: bool, writer: str = "nn.SiLU") -> Project:
    """Return a drawing in which a node reads the wire that a layer writes over, before or after."""
    other: Layer = ("made", spec, ARGS.get(spec, {}))
    order = ("made", "writer") if first else ("writer", "made")
    wires = {"writer.input": "a.output", f"made.{PORTS.get(spec, 'input')}": "a.output"}
    wires |= {f"sum.{p}": f"{n}.output" for p, n in zip(("input", "other"), order, strict=True)}
    layers = (other, ("writer", writer, IN_PLACE), ("sum", "op.add", {}))
    return drawn(spec, *layers, wires=wires)


def outcome(project: Project) -> tuple[bool, torch.Tensor]:
    """Return whether torch goes back through the generated model, and what the model gives."""
    tame = judged(with_node(project, "writer", args=FrozenMap({})))
    if project.main.graph.nodes[NodeId("writer")].spec == "nn.Threshold":
        tame = judged(with_node(project, "writer", args=FrozenMap(ARGS["nn.Threshold"])))
    model = built(write_model(project, specs_of(project), tame))
    (given,) = sample(project, 5).values()
    torch.manual_seed(1)
    result = model(given)
    try:
        result.square().sum().backward()
    except RuntimeError as error:
        assert "modified by an inplace operation" in str(error)  # noqa: PT017  # nothing else is meant
        return False, result.detach()
    return True, result.detach()


def severity(project: Project) -> str:
    return next((d.severity for d in judged(project).diagnostics if d.code == "in-place"), "")


@pytest.mark.parametrize("spec", SPECS)
def test_behind_a_node_torch_stops_where_the_lint_says_so(spec: str) -> None:
    project = after(spec)
    went, _ = outcome(project)
    assert severity(project) == ("" if went else "error")


@pytest.mark.parametrize("spec", BESIDE)
def test_beside_a_node_that_reads_first_torch_stops_where_the_lint_says_so(spec: str) -> None:
    project = beside(spec, first=True)
    went, _ = outcome(project)
    assert severity(project) == ("" if went else "error")


@pytest.mark.parametrize("spec", BESIDE)
def test_what_reads_after_it_gets_other_numbers(spec: str) -> None:
    project = beside(spec, first=False)
    _, spoiled = outcome(project)
    drawn = with_node(project, "writer", args=FrozenMap({}))
    _, meant = outcome(drawn)
    assert severity(project) == "warning"
    assert severity(drawn) == ""
    same = spec in ("torch.sign", "torch.floor", "nn.Threshold")
    assert same or not torch.equal(spoiled, meant)


@pytest.mark.parametrize("writer", ALONE)
@pytest.mark.parametrize("spec", ["nn.Sigmoid", "nn.GELU"])
def test_every_writer_writes(writer: str, spec: str) -> None:
    project = after(spec, writer)
    went, _ = outcome(project)
    assert severity(project) == ("" if went else "error")
    assert went == (spec == "nn.GELU")


@pytest.mark.parametrize("spec", ALONE)
def test_two_in_a_row(spec: str) -> None:
    project = after(spec, "nn.Dropout", inplace=True)
    went, _ = outcome(project)
    assert severity(project) == ("" if went else "error")


def parted(spec: str, port: str = "input", **args: Arg) -> Project:
    """Return a drawing in which a layer works on a part of what another one gives."""
    writer: Layer = ("writer", "nn.ReLU", IN_PLACE)
    wires = {f"made.{port}": "a.output", "writer.input": "made.chunks[0]"}
    return drawn("nn.LSTM", ("made", spec, args), writer, wires=wires)


def whole(spec: str, writer: Mapping[str, Arg] = IN_PLACE, **args: Arg) -> Project:
    """Return a drawing in which a layer works on a weight, or on numbers that are shown often."""
    wires = {"sum.input": "a.output", "sum.other": "writer.output", "writer.input": "made.output"}
    if spec == "Tensor.expand":
        wires |= {"made.input": "narrow.output"}
    narrow: Layer = ("narrow", "torch.mean", KEEP)
    layers: list[Layer] = [("made", spec, args), ("writer", "nn.ReLU", writer)]
    first = [narrow] if spec == "Tensor.expand" else []
    made = drawn("", *first, *layers, ("sum", "op.add", {}), wires=wires)
    if spec != "Tensor.expand":
        graph = made.main.graph
        kept = {t: s for t, s in graph.wires.items() if t.node != "made"}
        made = made.with_block(
            "main", replace(made.main, graph=replace(graph, wires=FrozenMap(kept)))
        )
    return made


REFUSED = {
    "chunk": parted("torch.chunk", chunks=2, dim=2),
    "split": parted("torch.split", "tensor", split_size_or_sections=4, dim=2, outputs=2),
    "expand": whole("Tensor.expand", args=(-1, 8)),
    "param": whole("param.tensor", shape=(8,)),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_torch_refuses_to_write_over_is_an_error(name: str) -> None:
    project = REFUSED[name]
    found = one(judged(project), "in-place")
    assert (found.severity, found.node) == ("error", "writer")
    assert "torch refuses to write over" in found.message
    tame = with_node(project, "writer", args=FrozenMap({}))
    assert list(errors(judged(tame))) == []
    model = built(write_model(project, specs_of(project), judged(tame)))
    with pytest.raises(RuntimeError, match=r"inplace|in-place|single memory location"):
        model(*sample(project, 5).values())


def test_torch_refuses_to_write_over_one_of_several_views() -> None:
    parts = torch.ones(3, 4, requires_grad=True).mul(2).unbind(1)
    with pytest.raises(RuntimeError, match="modified inplace"):
        torch.nn.functional.relu(parts[0], inplace=True)


STOPS = "training stops in the first step"
CASES = [
    Case("in-place", "error", "writer", ("ReLU “writer”", "Sigmoid “made” gave", STOPS),
         ("Set inplace to False",), after("nn.Sigmoid")),
    Case("in-place", "error", "writer", ("Dropout “writer”", "ReLU “made” gave", STOPS),
         ("Set inplace to False",), after("nn.ReLU", "nn.Dropout", inplace=True)),
    Case("in-place", "error", "writer", ("GELU “made” reads too", STOPS),
         ("Set inplace to False",), beside("nn.GELU", first=True)),
    Case("in-place", "warning", "writer", ("neg “made”", "its result instead of what is drawn"),
         ("Set inplace to False",), beside("op.neg", first=False)),
]  # fmt: skip
NEAR = [
    ("in-place", after("nn.LayerNorm")),
    ("in-place", after("nn.GELU")),
    ("in-place", after("nn.SiLU", "nn.Dropout", inplace=True)),
    ("in-place", with_node(after("nn.Sigmoid"), "writer", args=FrozenMap({}))),
    ("in-place", after("nn.Sigmoid", "nn.AlphaDropout")),
    ("in-place", with_node(after("nn.Sigmoid"), "a", freeze=(Address("."),))),
    ("in-place", beside("op.neg", first=True)),
    ("in-place", with_node(beside("nn.Linear", first=True), "made", freeze=(Address("."),))),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_it_is_named_on_the_layer_and_cured(case: Case) -> None:
    found = one(judged(case.project), case.code)
    assert (found.severity, found.node) == (case.severity, case.node)
    assert [piece for piece in case.says if piece not in found.message] == [], found.message
    assert len(judged(case.project).diagnostics) == 1
    for title in case.fixes:
        after_it = cured(case.project, found, title)
        assert case.code not in codes(after_it)
        assert list(errors(after_it)) == []
    quiet = with_node(case.project, case.node, silence=(RuleId(case.code),))
    assert (case.code in codes(judged(quiet))) is (case.severity == "error")


@pytest.mark.parametrize(("code", "near"), NEAR)
def test_what_only_looks_like_it_goes_forward_and_back(code: str, near: Project) -> None:
    assert code not in codes(judged(near))
    assert outcome(near)[0]
