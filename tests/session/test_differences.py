"""Differences of two projects in words: none where they are equal, some where they are not."""

from pathlib import Path

from hypothesis import given, settings

from app.session.differences import Difference, counts_of, differences
from graph_editor.document.edits import (
    in_block,
    move_nodes,
    remove_nodes,
    rename_node,
    set_argument,
    set_run,
)
from graph_editor.document.files import load
from graph_editor.document.model import Block, FrozenMap, Graph, Node, NodeId, Project
from tests.document.strategies import PROJECTS

EXAMPLE = load(Path(__file__).parents[2] / "assets" / "examples" / "digits_cnn.netwright").project
MAIN = "Main graph"


@settings(max_examples=60, deadline=None)
@given(PROJECTS, PROJECTS)
def test_there_are_differences_exactly_where_projects_differ(one: Project, other: Project) -> None:
    assert bool(differences(one, other)) == (one != other)
    assert differences(one, one) == []


def _rows(here: Project) -> list[Difference]:
    return differences(EXAMPLE, here)


def _edited(edit: object) -> Project:
    return in_block(EXAMPLE, "main", edit)  # type: ignore[arg-type]  # a lambda below


def test_an_argument() -> None:
    here = _edited(lambda g: set_argument(g, NodeId("conv1"), "out_channels", 32))
    assert _rows(here) == [Difference(MAIN, "Conv2d conv1", "out_channels", "16", "32")]
    here = _edited(lambda g: set_argument(g, NodeId("head"), "bias", None))
    assert _rows(here) == [Difference(MAIN, "Linear head", "bias", "–", "None")]
    assert differences(here, EXAMPLE)[0].here == "–"


def test_a_type_is_a_difference() -> None:
    one = _edited(lambda g: set_argument(g, NodeId("conv1"), "x", 1))
    other = _edited(lambda g: set_argument(g, NodeId("conv1"), "x", True))
    (row,) = differences(one, other)
    assert (row.disk, row.here) == ("1", "True")


def test_a_node_that_is_gone_and_the_wire_that_went_with_it() -> None:
    here = _edited(lambda g: remove_nodes(g, [NodeId("dropout")]))
    assert _rows(here) == [
        Difference(MAIN, "Dropout", "node", "p=0.25", "–"),
        Difference(MAIN, "Linear head", "wire to input", "from Dropout", "not connected"),
    ]


def test_a_name_a_setting_and_positions() -> None:
    here = _edited(lambda g: rename_node(g, NodeId("conv1"), "stem"))
    here = set_run(here, "epochs", 5)
    here = move_nodes(here, "main", {NodeId("head"): (1, 2), NodeId("pool"): (3, 4)})
    assert _rows(here) == [
        Difference(MAIN, "Conv2d stem", "name", "–", "stem"),
        Difference("Run settings", "epochs", "", "20", "5"),
        Difference(MAIN, "layout", "positions", "–", "2 nodes elsewhere"),
    ]
    assert counts_of(_rows(here)) == "3 differences in 3 places"
    assert counts_of(_rows(here)[:1]) == "1 difference"


def test_blocks() -> None:
    block = Block(Graph(FrozenMap({NodeId("a"): Node("nn.ReLU")})), "Layer")
    fields = {name: getattr(EXAMPLE, name) for name in ("main", "code", "run", "layout", "extra")}
    here = Project(blocks=FrozenMap({"layer_1": block}), **fields)  # type: ignore[dict-item]
    assert _rows(here) == [Difference("Block Layer", "block", "", "–", "1 node")]
    changed = here.with_block("layer_1", Block(Graph(), "Layer"))
    assert differences(here, changed) == [
        Difference("Block Layer", "ReLU a", "node", "is there", "–")
    ]


def test_long_texts_are_cut() -> None:
    here = _edited(lambda g: set_argument(g, NodeId("conv1"), "x", "word " * 100))
    (row,) = _rows(here)
    assert len(row.here) == 80
    assert row.here.endswith("…")
