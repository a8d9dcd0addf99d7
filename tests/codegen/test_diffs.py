"""What an edit changes in the code: what it names, and as good as nothing else."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from app.engine.judge import Judge
from codegen import generate
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import set_run
from graph_editor.document.files import load
from graph_editor.document.model import (
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.codegen.drawings import Drawing

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "assets/examples").glob("*.netwright"))
NAMES = [path.stem for path in EXAMPLES]
MOST = 3
"""Lines that an edit of one parameter may change."""


@cache
def example(name: str) -> Project:
    """Return an example without comments on shapes, which tell of far more than one node."""
    found = load(next(path for path in EXAMPLES if path.stem == name)).project
    return set_run(found, "shape_comments", False)


@cache
def judge() -> Judge:
    return Judge()


def files_of(project: Project) -> dict[str, str]:
    """Return the texts of the Python files."""
    written = generate(project, specs_of(project), judge().judge(project))
    return {n: source.text for n, source in written.files.items() if n.endswith(".py")}


@cache
def files(name: str) -> dict[str, str]:
    return files_of(example(name))


def with_graph(project: Project, graph: Graph) -> Project:
    return replace(project, main=replace(project.main, graph=graph))


def with_node(project: Project, node: NodeId, new: Node) -> Project:
    graph = project.main.graph
    return with_graph(project, replace(graph, nodes=graph.nodes.set(node, new)))


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that went, and those that came."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [x[2:] for x in lines if x[0] == "-"], [x[2:] for x in lines if x[0] == "+"]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_drawing_gives_the_same_bytes_wherever_its_nodes_stand(name: str) -> None:
    project = example(name)
    turned = FrozenMap(reversed(list(project.main.graph.nodes.items())))
    graph = replace(project.main.graph, nodes=turned)
    moved = replace(with_graph(project, graph), layout=FrozenMap({}))
    assert files_of(moved) == files(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_new_name_changes_only_that_name(name: str) -> None:
    project, before = example(name), files(name)
    shown = {n: node.name for n, node in project.main.graph.nodes.items() if node.name}
    tried = 0
    for node, old in shown.items():
        word = re.sub(r"\W+", "_", old).lower()
        new = ("q" * len(word))[: len(word) - 1] + "z"
        if not re.fullmatch(r"[a-z]{3,}", word) or list(shown.values()).count(old) > 1:
            continue
        if any(re.search(rf"(?i)\b{word}\d|\b{word}_|_{word}\b", text) for text in before.values()):
            continue  # something else has that name, too: then either may have a number
        after = files_of(
            with_node(project, node, replace(project.main.graph.nodes[node], name=new))
        )
        for file, text in before.items():
            gone, came = changed(text, after[file])
            back = [re.sub(new, word, line, flags=re.IGNORECASE) for line in came]
            assert [x.lower() for x in gone] == [x.lower() for x in back], (node, file)
        tried += 1
    assert tried


@pytest.mark.parametrize("name", NAMES)
def test_one_parameter_changes_at_most_three_lines(name: str) -> None:
    project, before = example(name), files(name)
    tried = 0
    for id_, node in project.main.graph.nodes.items():
        for argument, value in node.args.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 1:
                continue
            other = replace(node, args=node.args.set(argument, value * 2))
            try:
                after = files_of(with_node(project, id_, other))
            except CannotWrite:
                continue  # the judge has objections
            for file, text in before.items():
                if (name, id_) in OTHER_TASK and file in ("predict.py", "tests/test_model.py"):
                    continue
                gone, came = changed(code_of(text), code_of(after[file]))
                assert max(len(gone), len(came)) <= MOST, (id_, argument, file, gone, came)
            tried += 1
    for parameter in project.main.parameters:
        if isinstance(parameter.default, bool) or not isinstance(parameter.default, int):
            continue
        wider = replace(parameter, default=parameter.default * 2)
        parameters = tuple(wider if p is parameter else p for p in project.main.parameters)
        try:
            after = files_of(replace(project, main=replace(project.main, parameters=parameters)))
        except CannotWrite:
            continue
        for file, text in before.items():
            gone, came = changed(code_of(text), code_of(after[file]))
            most = len(project.main.outputs) + 1 if file == "tests/test_model.py" else 0
            assert max(len(gone), len(came)) <= max(MOST, most), (parameter.name, file, gone, came)
        tried += 1
    assert tried or name in UNSURE


UNSURE = ("clip", "linear_regression", "triplets", "unet")
"""Templates without a number in the main graph that may simply be doubled."""
OTHER_TASK = {("super_resolution", "widen")}
"""Edits after which what comes out is no picture any more, so that predict.py is another one."""


def code_of(text: str) -> str:
    """Return a text without its docstrings, which tell of the shapes of whole blocks."""
    return re.sub(r'^ *""".*?"""$', '    """..."""', text, flags=re.MULTILINE | re.DOTALL)


def with_a_layer_after(project: Project, node: NodeId, port: str) -> Project:
    """Return a project with a ReLU on every wire that leaves a port."""
    graph = project.main.graph
    source, made = OutPort(node, port), NodeId("added_relu")
    wires = {t: OutPort(made, "output") if s == source else s for t, s in graph.wires.items()}
    wires[InPort(made, PortPath("input"))] = source
    nodes = graph.nodes.set(made, Node("nn.ReLU"))
    return with_graph(project, replace(graph, nodes=nodes, wires=FrozenMap(wires)))


def named_by_the_user(project: Project) -> set[str]:
    return {
        re.sub(r"\W+", "_", n.name).lower() for n in project.main.graph.nodes.values() if n.name
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_in_a_chain_adds_lines_and_renames_nothing_that_has_a_name(name: str) -> None:
    project, before = example(name), files(name)["model.py"]
    words = named_by_the_user(project)
    for id_, node in project.main.graph.nodes.items():
        if node.kind != "nn" or "Loss" in node.spec or node.repeat or node.weights:
            continue
        try:
            after = files_of(with_a_layer_after(project, id_, "output"))["model.py"]
        except CannotWrite:
            continue
        for word in words & set(re.findall(r"self\.(\w+) = ", before)):
            assert word in re.findall(r"self\.(\w+) = ", after), (id_, word)


def test_a_layer_in_a_plain_chain_adds_one_line() -> None:
    def chain(*specs: str) -> str:
        main = Drawing().add("a", "io.input", shape=["=B", 4])
        last = "a"
        for place, spec in enumerate(specs):
            args = {"out_features": 4} if spec == "nn.Linear" else {}
            last = f"n{place}"
            main.add(last, spec, "a" if place == 0 else f"n{place - 1}", **args)
        project = set_run(main.add("o", "io.output", last).project(), "shape_comments", False)
        return files_of(project)["model.py"]

    many = ("nn.Linear", "nn.ReLU", "nn.Linear", "nn.Tanh", "nn.Linear", "nn.Linear", "nn.GELU")
    gone, came = changed(chain(*many), chain(*many[:4], "nn.Sigmoid", *many[4:]))
    assert (gone, came) == ([], ["            nn.Sigmoid(),"])


def test_shapes_are_said_unless_the_project_wants_none() -> None:
    project = load(EXAMPLES[NAMES.index("digits_cnn")]).project
    said = files_of(project)["model.py"]
    bare = files_of(set_run(project, "shape_comments", False))["model.py"]
    assert "# (B, " in said
    assert "# (B, " not in bare
    assert re.sub(r"  # \(.*\)$", "", said, flags=re.MULTILINE) == bare
