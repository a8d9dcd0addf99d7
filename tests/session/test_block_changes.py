"""What was changed in a copy of a library's block is told exactly, whatever it is called here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.session.differences import differences
from graph_editor.catalogue.library import Entry, library
from graph_editor.document.edits.shelf import MARK, side_by_side, take
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Block, BlockId, FrozenMap, Graph, Node, NodeId, Project

SHIPPED = sorted(name for name in library().entries() if "/" not in name)


def copied(entry: Entry) -> tuple[Project, BlockId]:
    """Return a project where all names are taken, with a copy of a block."""
    taken = Project()
    for key in entry.project.blocks:
        taken = taken.with_block(key, Block(name=f"Other {key}"))
    return take(taken, entry.project, entry.key, IdSource("copied"))


def plain(entry: Entry) -> Entry:
    """Return the same block whose inner blocks are no library's, so that it brings its own."""
    project = entry.project
    for key, block in project.blocks.items():
        if key != entry.key:
            project = project.with_block(key, replace(block, extra=block.extra.without(MARK)))
    return replace(entry, project=project)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_copy_as_it_came_has_no_change(name: str) -> None:
    for entry in (library().entries()[name], plain(library().entries()[name])):
        project, key = copied(entry)
        assert key != entry.key
        assert not differences(*side_by_side(project, key, entry.project, entry.key))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_change_is_told_also_in_an_inner_block(name: str) -> None:
    entry = plain(library().entries()[name])
    project, key = copied(entry)
    changed, count = project, 0
    for at in project.blocks:
        block = project.blocks[at]
        if block.name.startswith("Other "):
            continue
        node_id = min(block.graph.nodes)
        node = replace(block.graph.nodes[NodeId(node_id)], when=False)
        graph = replace(block.graph, nodes=block.graph.nodes.set(node_id, node))
        changed = changed.with_block(at, replace(block, graph=graph, doc="Mine."))
        count += 2
    rows = differences(*side_by_side(changed, key, entry.project, entry.key))
    assert len(rows) == count
    assert {row.what for row in rows} == {"when", "doc"}


def test_an_inner_block_of_the_library_is_not_replaced_and_not_told() -> None:
    entry = library().entries()["residual"]
    project, key = take(Project(), entry.project, entry.key, IdSource("inner"))
    inner = next(b for b in project.blocks if b != key)
    project = project.with_block(inner, replace(project.blocks[inner], doc="Mine."))
    assert not differences(*side_by_side(project, key, entry.project, entry.key))


def test_a_change_two_blocks_down_is_told() -> None:
    entry = plain(library().entries()["residual"])
    nothing = replace(entry.block, extra=entry.block.extra.without(MARK))
    use = FrozenMap({NodeId("use"): Node(f"block.{entry.key}")})
    source = entry.project.with_block(entry.key, nothing)
    source = source.with_block("outer", Block(Graph(use), "Outer"))
    project, key = take(Project(), source, BlockId("outer"), IdSource("deep"))
    deepest = next(b for b in project.blocks if b not in (key, entry.key))
    project = project.with_block(deepest, replace(project.blocks[deepest], doc="Mine."))
    (row,) = differences(*side_by_side(project, key, source, BlockId("outer")))
    assert row.what == "doc"
