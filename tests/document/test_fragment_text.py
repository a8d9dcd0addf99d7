"""The clipboard's text: every fragment comes back equal; what is foreign is refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.document.edits import Fragment, copy, paste, positions_of
from graph_editor.document.files import load, loads
from graph_editor.document.fragment_text import (
    FOREIGN,
    NoFragment,
    fragment_from_text,
    fragment_to_text,
)
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Block,
    BlockId,
    Code,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Weights,
)

DIGITS = load("assets/examples/digits_cnn.netwright").project
ALL = sorted(DIGITS.main.graph.nodes)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(ALL), min_size=1))
def test_any_part_of_a_drawing_comes_back_equal(ids: set[NodeId]) -> None:
    fragment = copy(DIGITS, "main", ids)
    again = fragment_from_text(fragment_to_text(fragment))
    assert again.graph == fragment.graph
    assert again.layout.get("at") == fragment.layout.get("at")
    assert (again.blocks, again.code, again.origins) == (
        fragment.blocks,
        fragment.code,
        fragment.origins,
    )


def rich() -> Project:
    """Return a project with a block, code, a shared module and a frame."""
    graph = Graph(
        FrozenMap(
            {
                NodeId("owner"): Node("nn.Linear", args=FrozenMap({"out_features": 8})),
                NodeId("caller"): Node("nn.Linear", weights=Weights(same_as=NodeId("owner"))),
                NodeId("inner"): Node("block.half"),
                NodeId("own"): Node("code.swish"),
            }
        ),
        FrozenMap({InPort(NodeId("inner"), PortPath("x")): OutPort(NodeId("caller"), "output")}),
    )
    half = Block(
        Graph(FrozenMap({NodeId("x"): Node("io.input"), NodeId("y"): Node("io.output")})),
        inputs=(NodeId("x"),),
        outputs=(NodeId("y"),),
    )
    frame = FrozenMap({"nodes": ("caller", "inner"), "title": "Half"})
    layout = FrozenMap({"at": FrozenMap({"caller": (8, 16)}), "frames": (frame,)})
    return Project(
        Block(graph),
        FrozenMap({BlockId("half"): half}),
        FrozenMap({"swish": Code("def forward(x):\n    return x", ("x",), ("y",))}),
        layout=FrozenMap({"main": layout}),
    )


def test_blocks_code_frames_and_borrowed_modules_come_along() -> None:
    fragment = copy(rich(), "main", [NodeId("caller"), NodeId("inner"), NodeId("own")])
    assert fragment.origins
    again = fragment_from_text(fragment_to_text(fragment))
    assert again == fragment


def test_pasted_text_gives_what_pasting_the_fragment_gives() -> None:
    fragment = copy(rich(), "main", [NodeId("caller"), NodeId("inner")])
    text = fragment_to_text(fragment)
    one = paste(Project(), "main", fragment, IdSource("a"), (40, 0)).project
    other = paste(Project(), "main", fragment_from_text(text), IdSource("a"), (40, 0)).project
    assert one == other
    assert (48.0, 16.0) in positions_of(other, "main").values()


def test_the_text_of_a_project_can_be_pasted() -> None:
    text = Path("assets/examples/digits_cnn.netwright").read_text(encoding="utf-8")
    assert fragment_from_text(text).graph == DIGITS.main.graph


def test_the_text_of_a_fragment_is_a_project_file() -> None:
    text = fragment_to_text(copy(DIGITS, "main", ALL[:3]))
    assert set(loads(text).project.main.graph.nodes) == set(ALL[:3])


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", "[1, 2]", '{"format": "other"}', "{broken", "null", "{" * 5000]
)
def test_foreign_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NoFragment) as caught:
        fragment_from_text(text)
    assert str(caught.value) == FOREIGN


def broken(**changes: object) -> str:
    tree = json.loads(fragment_to_text(copy(DIGITS, "main", ALL)))
    tree.update(changes)
    return json.dumps(tree)


@pytest.mark.parametrize(
    "text",
    [
        fragment_to_text(copy(DIGITS, "main", ALL))[:-20],
        broken(main={"nodes": {"a": {}}}),
        broken(main={"nodes": {"a": {"spec": "nn.ReLU", "in": {"input": "gone.output"}}}}),
        broken(main={"nodes": {"Bad Id": {"spec": "nn.ReLU"}}}),
        broken(fragment={"origins": {"x": {"spec": 3}}}),
        broken(fragment=7),
        broken(layout={"main": {"at": {"a": ["x", 2]}}}),
    ],
)
def test_damaged_text_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(NoFragment) as caught:
        fragment_from_text(text)
    assert str(caught.value).startswith("The copied nodes are damaged: ")
    assert str(caught.value).endswith(".")


def test_text_of_a_newer_version_is_refused() -> None:
    with pytest.raises(NoFragment, match="newer Netwright"):
        fragment_from_text(broken(format_version=99, min_reader=99))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_cut_or_changed_text_never_raises_anything_else(data: st.DataObject) -> None:
    text = fragment_to_text(copy(rich(), "main", [NodeId("caller"), NodeId("own")]))
    at = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters())
    for changed in (text[:at], text[:at] + sign + text[at + 1 :]):
        try:
            found = fragment_from_text(changed)
        except NoFragment:
            continue
        assert isinstance(found, Fragment)
