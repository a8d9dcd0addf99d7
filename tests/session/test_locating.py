"""Where addresses lead: through blocks and copies, and to nothing where nodes are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.session.locating import Place, address_of, as_shown, first_use, place_of, still_shown
from graph_editor.document.edits import (
    add_block,
    add_node,
    delete,
    delete_block,
    in_block,
    make_unique,
    set_argument,
)
from graph_editor.document.files import load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import BlockId, Node, NodeId, Project

ROOT = Path(__file__).parents[2]


def drawn(name: str) -> Project:
    return load(ROOT / name).project


RESIDUAL = drawn("assets/examples/digits_residual.netwright")
RESNET = drawn("tests/projects/resnet18.netwright")


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("stem", Place("main", "", NodeId("stem"))),
        ("block2", Place("main", "", NodeId("block2"))),
        ("block2/conv1", Place("residual", "block2", NodeId("conv1"))),
        ("block2[3]/conv1", Place("residual", "block2", NodeId("conv1"))),
        ("gone", None),
        ("block2/gone", None),
        ("stem/conv1", None),
        (".", None),
        ("", None),
    ],
)
def test_an_address_leads_to_a_place(address: str, wanted: Place | None) -> None:
    assert place_of(RESIDUAL, address) == wanted


def test_every_node_of_every_use_is_found_again() -> None:
    """Walks all uses of all blocks: the address made on the way leads back to the same place."""
    waiting, found = [("main", "")], 0
    while waiting:
        graph, prefix = waiting.pop()
        for node_id, node in RESNET.block(graph).graph.nodes.items():
            address = address_of(prefix, node_id)
            assert place_of(RESNET, address) == Place(graph, prefix, node_id)
            found += 1
            kind, _, key = node.spec.partition(".")
            if kind == "block":
                waiting.append((key, address))
    assert found > 60


def test_the_use_that_is_shown_is_kept() -> None:
    first = Place("residual", "block1", NodeId("conv1"))
    assert as_shown(first, "residual", "block3") == Place("residual", "block3", NodeId("conv1"))
    assert as_shown(first, "main", "") == first


@pytest.mark.parametrize("project", [RESIDUAL, RESNET], ids=["residual", "resnet"])
def test_a_blocks_first_use_is_an_instance_of_it(project: Project) -> None:
    assert first_use(project, "main") == ""
    for key in project.blocks:
        prefix = first_use(project, key)
        assert prefix is not None
        place = place_of(project, prefix)
        assert place is not None
        assert project.block(place.graph).graph.nodes[place.node].spec == f"block.{key}"


def test_a_block_without_uses_has_no_first_one() -> None:
    spare = add_block(RESIDUAL, BlockId("spare"))
    assert first_use(spare, "spare") is None
    uses = [NodeId(f"block{number}") for number in (1, 2, 3)]
    assert first_use(delete(RESIDUAL, "main", uses), "residual") is None


def nested(**uses: str) -> Project:
    """Return a project of blocks ``outer`` and ``inner``, each used where it is said."""
    project = add_block(add_block(Project(), BlockId("outer")), BlockId("inner"))
    for name, place in uses.items():
        graph, _, key = place.partition(" ")
        node = Node(f"block.{key}")
        project = in_block(project, graph, lambda g, n=name, x=node: add_node(g, NodeId(n), x))
    return project


WHOLE = nested(a="main outer", b="main outer", c="outer inner", d="outer inner", e="main inner")


@pytest.mark.parametrize(
    ("gone", "shown", "wanted"),
    [
        ([], ("inner", "b/d"), ("inner", "b/d")),
        (["main a"], ("inner", "b[2]/d"), ("inner", "b[2]/d")),
        (["outer d"], ("inner", "b/d"), ("inner", "b/c")),
        (["outer c", "outer d"], ("inner", "b/d"), ("inner", "e")),
        (["outer c", "outer d", "main e"], ("inner", "b/d"), ("outer", "b")),
        (["outer c", "outer d", "main e", "main b"], ("inner", "b/d"), ("outer", "a")),
        (["main b"], ("outer", "b"), ("outer", "a")),
        (["main a", "main b"], ("outer", "b"), ("main", "")),
        (["main a", "main b", "main e"], ("inner", "b/d"), ("main", "")),
        (["main a"], ("outer", ""), ("outer", "")),
        (["main a"], ("main", ""), ("main", "")),
    ],
)
def test_a_use_that_is_gone_gives_way_to_the_nearest(
    gone: list[str], shown: tuple[str, str], wanted: tuple[str, str]
) -> None:
    after = WHOLE
    for each in gone:
        graph, _, name = each.partition(" ")
        after = delete(after, graph, [NodeId(name)])
    assert still_shown(WHOLE, after, *shown) == wanted


def test_a_use_with_the_same_values_is_the_nearest() -> None:
    before = nested(a="main outer", b="main outer", c="main outer")
    for name, value in (("a", 1), ("b", 2), ("c", 2)):
        before = in_block(
            before, "main", lambda g, n=name, v=value: set_argument(g, NodeId(n), "k", v)
        )
    after = delete(before, "main", [NodeId("c")])
    assert still_shown(before, after, "outer", "c") == ("outer", "b")


def test_a_use_that_became_its_own_block_is_shown_as_that_and_back() -> None:
    own, other = make_unique(WHOLE, "main", NodeId("b"), IdSource("own"))
    assert still_shown(WHOLE, own, "outer", "b") == (other, "b")
    assert still_shown(own, WHOLE, other, "b") == ("outer", "b")
    assert still_shown(WHOLE, own, "inner", "b/d") == ("inner", "b/d")


def test_a_block_that_is_gone_gives_way_to_the_graph_above() -> None:
    without = delete_block(delete_block(WHOLE, BlockId("inner"), True), BlockId("outer"), True)
    assert still_shown(WHOLE, without, "inner", "") == ("main", "")
    only = delete_block(WHOLE, BlockId("inner"), True)
    assert still_shown(WHOLE, only, "inner", "b/d") == ("outer", "b")
