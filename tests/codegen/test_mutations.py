"""Whatever is changed in a project, the generator writes files that compile, or refuses by name."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.judge import Judge
from codegen import generate
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import load
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Expr,
    FrozenMap,
    Hole,
    Name,
    Node,
    NodeId,
    OutPort,
    Project,
    Repeat,
    Slice,
    Weights,
)
from tests.first_examples import FIRST_EXAMPLES

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (
    "block_parameters", "digits_cnn", "freeze", "layout", "metrics", "named_sizes", "repeat",
    "resnet18", "same_as", "several_outputs", "unet", "when",
)  # fmt: skip
"""Most changes of these leave something to write; in the others one refusal hides the next."""
FILES = [
    *(ROOT / "tests" / "projects" / f"{name}.netwright" for name in WRITTEN),
    *FIRST_EXAMPLES,
]
EXPRESSIONS = (
    "dim", "i", "n", "training", "False", "True", "epoch > 1", "input.shape[1] // 2", "2 ** i",
    "x.shape[9]", "1 / 0", "B", "not training", "input.shape[-1] != 3", "nonsense (", "epochs",
)  # fmt: skip
VALUES: tuple[Arg, ...] = (
    None, True, False, 0, 1, -1, 3, 64, 0.5, float("inf"), "", "mean", "tanh", "'''", Hole(),
    Name("float32"), Name("int64"), Name("..."), Name("os.system"), Slice(), Slice(0, Hole(), 2),
    At(Address("gone")), At(Address("encoder/first")), (), (1, 2), (1.0, "a"), (Hole(), -1),
    ((1, 2), (3, 4)), FrozenMap(), FrozenMap({"train": 0.5, "val": 0.5}), FrozenMap({"x": (2,)}),
    *map(Expr, EXPRESSIONS),
)  # fmt: skip
FURTHER = ("bias", "extra_argument", "dim", "shape", "kind", "optional", "use", "again", "ports",
           "weight", "trains", "freeze_statistics", "split", "args", "index", "value")  # fmt: skip
NAMES = ("", "forward", "self", "x", "train", "élan", '"""', "import os", "loss", "data")


@cache
def loaded(path: Path) -> Project:
    return load(path).project


@cache
def judged(path: Path) -> Verdict:
    """Return what is known of the untouched project, without its errors."""
    return dataclasses.replace(Judge().judge(loaded(path)), diagnostics=())


def addresses(project: Project, nodes: list[NodeId]) -> st.SearchStrategy[str]:
    """Return addresses of all sorts: true, deeper, of a copy, and wrong."""
    inner = [n for block in project.blocks.values() for n in block.graph.nodes]
    first = st.sampled_from(nodes)
    second = st.sampled_from([*inner, NodeId("nothing")])
    copy = st.builds("{}[{}]".format, first | second, st.integers(0, 4))
    step = first | second | copy
    return st.just(".") | step | st.builds("{}/{}".format, step, step)


@st.composite
def changed_nodes(draw: st.DrawFn, node: Node, project: Project, nodes: list[NodeId]) -> Node:
    """Return a node with one field changed."""
    others, places = st.sampled_from(nodes), addresses(project, nodes)
    counts = st.sampled_from((0, 1, 2, -1)) | st.sampled_from(EXPRESSIONS).map(Expr)
    ways = st.none() | st.just(FrozenMap({"input": 0}))
    weights = st.builds(
        Weights,
        same_as=st.none() | others,
        follows=st.none() | places.map(Address),
        start=st.sampled_from((None, None, "run:1")),
    )
    repeats = st.builds(
        Repeat, counts, shared=st.booleans(), over=ways.map(lambda way: way or FrozenMap())
    )
    fields = {
        "name": st.sampled_from(NAMES),
        "when": st.sampled_from(EXPRESSIONS).map(Expr),
        "repeat": repeats,
        "weights": weights,
        "freeze": st.lists(places.map(Address), max_size=2).map(tuple),
        "spec": st.sampled_from(sorted({n.spec for n in project.main.graph.nodes.values()})),
        "args": st.builds(
            node.args.set,
            st.sampled_from([*node.args, *FURTHER]),
            st.sampled_from(VALUES),
        ),
        "left": st.sampled_from([*node.args, ""]).map(node.args.without),
    }
    field = draw(st.sampled_from(sorted(fields)))
    value = draw(fields[field])
    return dataclasses.replace(node, **{"args" if field == "left" else field: value})


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Path, Project]:
    """Return a project with up to three changes anywhere in its graphs."""
    path = draw(st.sampled_from(FILES))
    project = loaded(path)
    for _ in range(draw(st.integers(1, 2))):
        key = draw(st.sampled_from(["main", *project.blocks]))
        block = project.block(key)
        nodes = sorted(block.graph.nodes)
        if not nodes:
            continue
        graph, kind = block.graph, draw(st.integers(0, 9))
        if kind == 0:
            sides = st.builds(
                "{}.{}".format, addresses(project, nodes),
                st.sampled_from(("weight", "bias", "gain", "running_mean", "a.b")),
            )  # fmt: skip
            graph = dataclasses.replace(graph, ties=graph.ties.set(draw(sides), draw(sides)))
        elif kind == 1 and graph.wires:
            wire = draw(st.sampled_from(sorted(graph.wires, key=str)))
            graph = dataclasses.replace(graph, wires=graph.wires.without(wire))
        elif kind == 2 and graph.wires:
            wire = draw(st.sampled_from(sorted(graph.wires, key=str)))
            source = OutPort(draw(st.sampled_from(nodes)), "output")
            graph = dataclasses.replace(graph, wires=graph.wires.set(wire, source))
        else:
            node = draw(st.sampled_from(nodes))
            new = draw(changed_nodes(graph.nodes[node], project, nodes))
            graph = dataclasses.replace(graph, nodes=graph.nodes.set(node, new))
        project = project.with_block(key, dataclasses.replace(block, graph=graph))
    return path, project


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(mutated())
def test_a_changed_project_is_written_or_refused(case: tuple[Path, Project]) -> None:
    path, project = case
    try:
        written = generate(project, specs_of(project), judged(path))
    except CannotWrite:
        return
    for name, source in written.files.items():
        if name.endswith(".py"):
            compile(source.text, name, "exec")
    assert written.state_map is not None
