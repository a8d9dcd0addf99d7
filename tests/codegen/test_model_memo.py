"""Writing again after edits gives the very text that writing anew gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen import model_memo
from codegen.model import ModelText, draft_of, write_model
from codegen.model_memo import ModelWriter
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.files import load
from graph_editor.document.model import (
    Address,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    PortPath,
    Project,
    Weights,
)
from tests.codegen.drawings import Drawing
from tests.first_examples import FIRST_EXAMPLES

EXAMPLES = FIRST_EXAMPLES


def large(size: int = 300) -> Project:
    """Return a residual network of about size nodes, a part of it in a block used twice."""
    inner = (
        Drawing()
        .add("a", "io.input", _name="a")
        .add("conv", "nn.Conv2d", "a", in_channels=8, out_channels=8, kernel_size=3, padding=1)
        .add("act", "nn.ReLU", "conv")
        .add("out", "io.output", "act")
    )
    drawing, last = Drawing(), "image"
    drawing.add("image", "io.input", shape=["=B", 8, 16, 16])
    for index in range(size // 5):
        start = last
        conv = {"out_channels": 8, "kernel_size": 3, "padding": 1}
        drawing.add(f"c{index}", "nn.Conv2d", last, **conv)
        drawing.add(f"b{index}", "nn.BatchNorm2d", f"c{index}", num_features=8)
        drawing.add(f"s{index}", "op.add", {"input": f"b{index}", "other": start})
        spec = "F.softmax" if index % 2 else "nn.Softmax"
        drawing.add(f"f{index}", spec, f"s{index}", dim=1)
        last = f"f{index}"
        if index in (3, 9):
            drawing.add(f"u{index}", "block.unit", {"a": last})
            last = f"u{index}.out"
            again = Weights(same_as=NodeId("b0"))
            drawing.add(f"again{index}", "nn.BatchNorm2d", last, _weights=again, num_features=8)
            last = f"again{index}"
    drawing.add("y", "io.output", last)
    return drawing.project(unit=inner.block("Unit"))


def guessed(project: Project, size: int) -> Verdict:
    """Return some verdict: writing must not depend on how true it is."""
    main = project.main.graph
    types = {f"{n}.output": TensorType(("B", size, 4, 4)) for n in main.nodes}
    autos = {
        Address(n): FrozenMap(dict.fromkeys(("in_channels", "in_features", "num_features"), size))
        for n in main.nodes
    }
    lookup, blocks = specs_of(project), {}
    for key, block in project.blocks.items():
        for n in block.graph.nodes:
            spec = lookup(block.graph.nodes[n].spec)
            asked = [a.name for a in spec.arguments if a.infer] if spec else []
            if asked:
                blocks[f"{key}/{n}"] = FrozenMap(dict.fromkeys(asked, size))
    return Verdict(
        types=FrozenMap(types), inferred=FrozenMap(autos), block_inferred=FrozenMap(blocks)
    )


PROJECTS = {path.stem: load(path).project for path in EXAMPLES} | {"large": large()}
LITERALS: tuple[Any, ...] = (0, 1, 2, 3, 8, 0.5, True, False, None, "same", (2, 2), Expr("B"))
ARGUMENTS = (
    "kernel_size", "padding", "bias", "out_channels", "num_features", "in_channels", "eps",
    "affine", "dim", "p", "num_layers", "bidirectional", "start_dim", "out_features", "lr",
    "track_running_stats", "stride", "hidden_size", "batch_first", "inplace",
)  # fmt: skip


@st.composite
def edits(draw: st.DrawFn, project: Project) -> Project:
    """Return a project after one edit: mostly an argument, sometimes anything."""
    key = draw(st.sampled_from(["main", "main", *project.blocks]))
    block = project.block(key)
    graph = block.graph
    node = draw(st.sampled_from(sorted(graph.nodes)))
    found = graph.nodes[node]
    kind = draw(st.sampled_from(["argument"] * 8 + ["unset", "name", "wire", "when", "title"]))
    if kind == "title":
        return project.with_block(key, replace(block, name=draw(st.sampled_from(["A", "Two b"]))))
    if kind == "wire" and graph.wires:
        target = draw(st.sampled_from(sorted(graph.wires, key=str)))
        source = graph.wires[draw(st.sampled_from(sorted(graph.wires, key=str)))]
        wired = replace(graph, wires=graph.wires.set(target, source))
        return project.with_block(key, replace(block, graph=wired))
    edited = edited_node(draw, found, kind)
    return project.with_block(
        key, replace(block, graph=replace(graph, nodes=graph.nodes.set(node, edited)))
    )


def edited_node(draw: st.DrawFn, node: Node, kind: str) -> Node:
    """Return a node with another argument, name or condition."""
    if kind == "name":
        return replace(node, name=draw(st.sampled_from(["", "stem", "Loud words"])))
    if kind == "when":
        return replace(node, when=draw(st.sampled_from([None, Expr("1 < 2"), Expr("training")])))
    if kind == "unset" and node.args:
        return replace(node, args=node.args.without(draw(st.sampled_from(sorted(node.args)))))
    name = draw(st.sampled_from([*sorted(node.args), *ARGUMENTS]))
    return replace(node, args=node.args.set(name, draw(st.sampled_from(LITERALS))))


def outcome(write: Any, project: Project, verdict: Verdict) -> ModelText | str:
    """Return what was written, or the words of the refusal."""
    try:
        text: ModelText = write(project, specs_of(project), verdict)
    except CannotWrite as error:
        return str(error)
    return text


@pytest.mark.parametrize("name", sorted(PROJECTS))
@given(data=st.data())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
def test_writing_again_equals_writing_anew(name: str, data: st.DataObject) -> None:
    project, writer = PROJECTS[name], ModelWriter()
    for _ in range(6):
        verdict = guessed(project, data.draw(st.sampled_from([7, 8])))
        again = outcome(writer.write, project, verdict)
        anew = outcome(write_model, project, verdict)
        assert again == anew
        if isinstance(again, ModelText) and isinstance(anew, ModelText):
            assert list(again.state_map.items()) == list(anew.state_map.items())
        project = data.draw(edits(project))


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[Project]:
    """Return the projects that were written anew, as they come."""
    seen: list[Project] = []

    def noted(project: Project, lookup: Any, verdict: Verdict) -> Any:
        seen.append(project)
        return draft_of(project, lookup, verdict)

    monkeypatch.setattr(model_memo, "draft_of", noted)
    return seen


def with_argument(project: Project, key: str, node: str, name: str, value: Any) -> Project:
    """Return a project in which one argument has another value."""
    block = project.block(key)
    found = block.graph.nodes[NodeId(node)]
    changed = replace(found, args=found.args.set(name, value))
    nodes = block.graph.nodes.set(NodeId(node), changed)
    return project.with_block(key, replace(block, graph=replace(block.graph, nodes=nodes)))


@pytest.mark.parametrize(
    ("key", "node", "name", "value", "fresh"),
    [
        ("main", "c4", "padding", 2, False),
        ("main", "c4", "bias", False, False),
        ("main", "c4", "stride", 3, False),
        ("unit", "conv", "padding_mode", "reflect", False),
        ("main", "c4", "in_channels", 5, True),  # it was left to inference before
        ("main", "c4", "padding", Expr("1 + 1"), True),
        ("main", "f5", "dim", 2, True),
        ("main", "image", "shape", (1, 8, 16, 16), True),
    ],
)
def test_only_an_edit_beside_construction_is_written_anew(
    anew: list[Project], key: str, node: str, name: str, value: Any, fresh: bool
) -> None:
    before, writer = PROJECTS["large"], ModelWriter()
    verdict = guessed(before, 8)
    first = writer.write(before, specs_of(before), verdict)
    after = with_argument(before, key, node, name, value)
    second = writer.write(after, specs_of(after), verdict)
    assert (len(anew) == 2) is fresh
    assert second == write_model(after, specs_of(after), verdict)
    assert first == write_model(before, specs_of(before), verdict)  # the older text is untouched


def test_new_inferred_sizes_and_shapes_reach_the_lines_that_say_them(anew: list[Project]) -> None:
    project, writer = PROJECTS["large"], ModelWriter()
    writer.write(project, specs_of(project), guessed(project, 8))
    other = replace(guessed(project, 8), inferred=guessed(project, 21).inferred)
    assert "nn.Conv2d(21, 8, 3" in writer.write(project, specs_of(project), other).source.text
    shaped = replace(other, types=guessed(project, 5).types)
    assert "# (B, 5, 4, 4)" in writer.write(project, specs_of(project), shaped).source.text
    assert len(anew) == 1


def test_moving_a_node_and_naming_the_run_write_nothing_anew(anew: list[Project]) -> None:
    project, writer = PROJECTS["large"], ModelWriter()
    first = writer.write(project, specs_of(project), guessed(project, 8))
    moved = replace(project, run=FrozenMap({"epochs": 9}), layout=FrozenMap({"main": 1}))
    assert writer.write(moved, specs_of(moved), guessed(moved, 8)) == first
    assert len(anew) == 1


def test_a_refusal_is_the_same_and_what_was_remembered_stays_right() -> None:
    project, writer = PROJECTS["large"], ModelWriter()
    verdict = guessed(project, 8)
    writer.write(project, specs_of(project), verdict)
    wrong = with_argument(project, "main", "c4", "padding", Expr("nobody"))
    with pytest.raises(CannotWrite, match="c4: padding"):
        writer.write(wrong, specs_of(wrong), verdict)
    wires = project.main.graph.wires.without(InPort(NodeId("c9"), PortPath("input")))
    graph = Graph(project.main.graph.nodes, wires)
    cut = project.with_block("main", replace(project.main, graph=graph))
    with pytest.raises(CannotWrite, match="c9"):
        writer.write(cut, specs_of(cut), verdict)
    torn = with_argument(project, "main", "b0", "num_features", 5)  # others call it with 8
    with pytest.raises(CannotWrite, match="whose module it shares"):
        writer.write(torn, specs_of(torn), verdict)
    last = with_argument(project, "main", "c4", "padding", 4)
    assert writer.write(last, specs_of(last), verdict) == write_model(last, specs_of(last), verdict)


def test_a_weight_that_is_tied_may_not_be_taken_away_unseen() -> None:
    drawing = (
        Drawing()
        .add("x", "io.input", shape=["=B", 4])
        .add("one", "nn.Linear", "x", in_features=4, out_features=4)
        .add("two", "nn.Linear", "one", in_features=4, out_features=4)
        .add("y", "io.output", "two")
    )
    project, writer = drawing.project(ties={"one.bias": "two.bias"}), ModelWriter()
    writer.write(project, specs_of(project), Verdict())
    bare = with_argument(project, "main", "two", "bias", False)
    with pytest.raises(CannotWrite, match="has no bias"):
        writer.write(bare, specs_of(bare), Verdict())
