"""The lint on in-place layers against generated models that torch runs forward and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch

from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Arg, FrozenMap, NodeId, Project
from tests.checking.drawings import Layer, errors, judged, one, with_node
from tests.checking.lint_cases_in_place import (
    ALONE,
    ARGS,
    BESIDE,
    IN_PLACE,
    KEEP,
    NEAR,
    SPECS,
    after,
    beside,
    drawn,
)
from tests.codegen.sameness import built, sample


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
    fine = "warning" if spec == "nn.Identity" else ""  # what it gives lies where its input does
    assert severity(project) == (fine if went else "error")


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


@pytest.mark.parametrize(("code", "near"), [near for near in NEAR if near[0] == "in-place"])
def test_what_only_looks_like_it_goes_forward_and_back(code: str, near: Project) -> None:
    assert severity(near) == ""
    assert outcome(near)[0]
