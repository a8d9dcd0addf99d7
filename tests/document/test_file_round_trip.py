"""Whatever the values can say goes to text and back; whatever text says is read or refused."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph_editor.document.file_json import decode
from graph_editor.document.files import (
    FileProblem,
    apply_change,
    arg_from_json,
    arg_to_json,
    change_to_json,
    dumps,
    loads,
    node_from_json,
    node_to_json,
)
from graph_editor.document.model import Arg, FrozenMap, Node, NodeId, Project, same
from tests.document.strategies import ARGS, NODES, PROJECTS

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=200)
@given(ARGS)
def test_an_argument_comes_back_with_its_types(arg: Arg) -> None:
    text = json.dumps(arg_to_json(arg), allow_nan=False)
    assert same(arg_from_json(json.loads(text)), arg)


@settings(max_examples=100)
@given(NODES)
def test_a_node_comes_back(node: Node) -> None:
    text = json.dumps(node_to_json(node, {"input": "a.output"}))
    again, wires = node_from_json(NodeId("b"), json.loads(text))
    assert again == node
    assert [(w.port, s.node) for w, s in wires.items()] == [("input", "a")]


@settings(max_examples=80, suppress_health_check=SLOW, deadline=None)
@given(PROJECTS)
def test_a_project_comes_back_equal_and_its_text_byte_for_byte(project: Project) -> None:
    text = dumps(project)
    again = loads(text).project
    assert again == project
    assert dumps(again) == text
    assert json.loads(text)["format_version"] == 1


@settings(max_examples=40, suppress_health_check=SLOW, deadline=None)
@given(PROJECTS, st.randoms())
def test_the_order_of_entries_changes_no_byte(project: Project, random) -> None:
    nodes = list(project.main.graph.nodes.items())
    random.shuffle(nodes)
    graph = project.main.graph
    shuffled = type(graph)(FrozenMap(nodes), graph.wires, graph.ties, graph.extra)
    block = project.main
    changed = type(block)(
        shuffled,
        block.name,
        block.parameters,
        block.inputs,
        block.outputs,
        block.doc,
        block.extra,
    )
    assert dumps(project.with_block("main", changed)) == dumps(project)


@settings(max_examples=80, suppress_health_check=SLOW, deadline=None)
@given(PROJECTS, PROJECTS)
def test_a_change_turns_one_project_into_another_and_back(before: Project, after: Project) -> None:
    change = json.loads(json.dumps(change_to_json(before, after)))
    assert apply_change(before, change) == after
    assert apply_change(after, change_to_json(after, before)) == before
    assert change_to_json(before, before) == {}


SAMPLE = dumps(
    Project(
        layout=FrozenMap({"main": FrozenMap({"at": FrozenMap({"a": (0, 1.5)})})}),
        run=FrozenMap({"epochs": 3}),
    )
)


@settings(max_examples=100, suppress_health_check=SLOW, deadline=None)
@given(PROJECTS, st.data())
def test_damaged_bytes_are_read_or_refused_and_nothing_else(project: Project, data) -> None:
    content = bytearray(dumps(project).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                content[place] = data.draw(st.integers(0, 255))
            case 1:
                del content[place : place + data.draw(st.integers(1, 30))]
            case 2:
                content[place:place] = data.draw(
                    st.sampled_from([b'"', b"{", b"]", b",", b"1e999", b"NaN", b"null", b"\\ud800"])
                )
            case 3:
                end = place + data.draw(st.integers(1, 60))
                content[place:place] = content[place:end]
        if not content:
            break
    _read_or_refused(bytes(content))


@settings(max_examples=133, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8")))
@example(b"")
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    _read_or_refused(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(max_examples=133, suppress_health_check=SLOW, deadline=None)
@given(PROJECTS, st.data())
def test_wrong_values_anywhere_are_read_or_refused_with_a_place(project: Project, data) -> None:
    tree = json.loads(dumps(project))
    spot = tree
    while isinstance(spot, dict) and spot:
        key = data.draw(st.sampled_from(sorted(spot)))
        inner = spot[key]
        if not isinstance(inner, dict) or not inner or data.draw(st.booleans()):
            spot[key] = data.draw(JSON)
            break
        spot = inner
    _read_or_refused(json.dumps(tree).encode())


def _read_or_refused(content: bytes) -> None:
    loaded, problems = None, ()
    try:
        loaded = loads(decode(content, "f"), "f")
    except FileProblem as refused:
        problems = refused.problems
    if loaded is None:
        assert 1 <= len(problems) <= 20
        assert all(found.path == "f" and found.reason for found in problems)
        return
    text = dumps(loaded.project)
    assert loads(text).project == loaded.project
    assert dumps(loads(text).project) == text


def test_nan_has_no_file_form_but_torch_has_a_name_for_it() -> None:
    with pytest.raises(ValueError, match=r'\$name": "nan"'):
        arg_to_json(float("nan"))
    assert arg_to_json(arg_from_json({"$name": "nan"})) == {"$name": "nan"}
