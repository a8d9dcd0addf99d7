"""Where addresses lead: through blocks and copies, and to nothing where nodes are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.session.locating import Place, address_of, as_shown, first_use, place_of
from graph_editor.document.edits import add_block, delete
from graph_editor.document.files import load
from graph_editor.document.model import BlockId, NodeId, Project

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
