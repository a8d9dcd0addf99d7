"""The library of blocks: what ships says what it is, is used once, and can be renewed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graph_editor.catalogue.library import (
    SHIPPED,
    Entry,
    Library,
    entry_of,
    library,
    newer,
    offered,
    settled,
    with_library,
)
from graph_editor.catalogue.search import search
from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.edits.shelf import (
    Mark,
    find_marked,
    kept,
    mark_of,
    marked,
    renew,
    says_the_same,
    take,
)
from graph_editor.document.files import dumps, load, loads
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Address,
    BlockId,
    Code,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

FILES = sorted(SHIPPED.glob("*.netwright"))
WANTED = {
    "residual", "bottleneck", "inverted_residual", "squeeze_excitation", "transformer_encoder",
    "transformer_decoder", "unet_down", "unet_up", "conv_norm_act", "mlp",
}  # fmt: skip
IDS = IdSource("library")


def entry(name: str) -> Entry:
    return library().entries()[name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_ships_is_canonical_named_described_and_parametrised(path: Path) -> None:
    project = load(path).project
    assert dumps(project) == path.read_text(encoding="utf-8")
    found = entry_of(project, path.stem)
    assert found is not None
    assert found.mark.version >= 1
    for block in project.blocks.values():
        assert mark_of(block) is not None
        assert block.name
        assert block.doc.endswith(".")
        assert block.parameters
        assert all(p.doc.endswith(".") for p in block.parameters)
    arguments = [a for a in found.spec.arguments if a.port is None]
    assert all(a.infer or not a.required for a in arguments), "it runs as it is placed"


def test_all_that_is_promised_ships() -> None:
    assert {path.stem for path in FILES} >= WANTED
    hits = search(offered(Project()), "residual 32")
    assert hits[0].spec.title == "Residual"
    assert hits[0].args == FrozenMap({"channels": 32})


def placed(project: Project, name: str, node: str) -> Project:
    project, use = settled(project, Node(f"library.{name}"), IDS)
    return edits.in_block(project, "main", lambda g: edits.add_node(g, NodeId(node), use))


def test_a_block_is_copied_once_with_what_it_needs() -> None:
    project = placed(Project(), "residual", "a")
    assert set(project.blocks) == {"residual", "shortcut"}
    again = placed(project, "residual", "b")
    assert again.blocks == project.blocks
    more = placed(again, "bottleneck", "c")
    assert set(more.blocks) == {"residual", "shortcut", "bottleneck"}
    assert "library.residual" not in {spec.name for spec in offered(more)}
    assert "library.mlp" in {spec.name for spec in offered(more)}
    assert loads(dumps(more)).project == more


def test_another_block_of_that_name_stays_what_it_is() -> None:
    own = edits.add_block(Project(), BlockId("residual"))
    project = placed(own, "residual", "a")
    key = find_marked(project, "residual")
    assert key not in (None, "residual")
    assert project.blocks[BlockId("residual")] == own.blocks[BlockId("residual")]
    assert project.main.graph.nodes[NodeId("a")].spec == f"block.{key}"


def test_code_that_a_block_needs_comes_along_and_replaces_none() -> None:
    source = edits.add_block(Project(), BlockId("part"))
    source = edits.set_code(source, "swish", Code("def swish(x):\n    return x"))
    use = Node("code.swish")
    source = edits.in_block(source, "part", lambda g: edits.add_node(g, NodeId("s"), use))
    taken = edits.set_code(Project(), "swish", Code("def swish(x):\n    return 2 * x"))
    made, key = take(taken, source, BlockId("part"), IDS)
    spec = made.blocks[key].graph.nodes[NodeId("s")].spec
    assert made.code["swish"] == taken.code["swish"]
    assert made.code[spec.removeprefix("code.")] == source.code["swish"]


def newer_residual() -> Project:
    """Return a second version of the residual block: another input id, one parameter less."""
    source = entry("residual").project
    block = source.blocks[BlockId("residual")]
    source = source.with_block("residual", marked(block, Mark("residual", 2)))
    source = edits.in_block(
        source, "residual", lambda g: edits.add_node(g, NodeId("image"), Node("io.input", "x"))
    )
    target = InPort(NodeId("conv1"), PortPath("input"))
    source = edits.in_block(
        source,
        "residual",
        lambda g: edits.connect(g, OutPort(NodeId("image"), "output"), target),
    )
    source = edits.remove_port(source, "residual", NodeId("x"))
    return edits.rename_parameter(source, "residual", "stride", "shrink")


def test_a_newer_version_keeps_wires_and_arguments_of_equal_names() -> None:
    project = placed(Project(), "residual", "a")
    graph = project.main.graph
    for key in ("before", "after"):
        graph = edits.add_node(graph, NodeId(key), Node("nn.ReLU"))
    for source, target in (("before.output", "a.x"), ("a.y", "after.input")):
        start, end = source.split("."), target.split(".")
        graph = edits.connect(
            graph, OutPort(NodeId(start[0]), start[1]), InPort(NodeId(end[0]), PortPath(end[1]))
        )
    graph = edits.set_argument(graph, NodeId("a"), "channels", 32)
    graph = edits.set_argument(graph, NodeId("a"), "stride", 2)
    graph = edits.set_freeze(graph, NodeId("a"), [Address("conv1"), Address("x")])
    project = edits.in_block(project, "main", lambda _: graph)
    made = renew(project, BlockId("residual"), newer_residual(), BlockId("residual"), IDS)
    wires = made.main.graph.wires
    assert wires[InPort(NodeId("a"), PortPath("image"))].node == "before"
    assert wires[InPort(NodeId("after"), PortPath("input"))] == OutPort(NodeId("a"), "y")
    node = made.main.graph.nodes[NodeId("a")]
    assert node.args == FrozenMap({"channels": 32})
    assert node.freeze == (Address("conv1"),)
    assert set(made.blocks) == {"residual", "shortcut"}
    assert mark_of(made.blocks[BlockId("residual")]) == Mark("residual", 2)
    assert loads(dumps(made)).project == made


def test_a_unique_copy_is_no_version_of_the_librarys() -> None:
    project = placed(Project(), "residual", "a")
    made, key = edits.make_unique(project, "main", NodeId("a"), IDS)
    assert mark_of(made.blocks[key]) is None
    with pytest.raises(EditError):
        edits.make_unique(project, "main", NodeId("zz"), IDS)


def test_what_is_kept_can_be_placed_in_another_project(tmp_path: Path) -> None:
    project = placed(Project(), "transformer_encoder", "a")
    alone = kept(project, BlockId("transformer_encoder"), Mark("my/encoder", 3))
    assert says_the_same(alone, kept(project, BlockId("transformer_encoder"), Mark("my/x", 1)))
    (tmp_path / "encoder.netwright").write_text(dumps(alone), encoding="utf-8")
    (tmp_path / "broken.netwright").write_text("{", encoding="utf-8")
    (tmp_path / "plain.netwright").write_text(dumps(Project()), encoding="utf-8")
    mine = Library(own=lambda: tmp_path)
    assert [name for name in mine.entries() if name.startswith("my/")] == ["my/encoder"]
    assert mine.entries()["my/encoder"].mark.version == 3
    changed = replace(alone, main=replace(alone.main, name="Another"))
    text = dumps(
        changed.with_block("attention", replace(alone.blocks[BlockId("attention")], doc=""))
    )
    (tmp_path / "encoder.netwright").write_text(text, encoding="utf-8")
    assert not says_the_same(mine.entries()["my/encoder"].project, alone)


def test_a_drawing_that_names_the_library_itself_knows_nothing_of_it() -> None:
    spec = with_library(Project())("library.residual")
    assert spec is not None
    assert spec.category == "Blocks"
    assert newer(Project(), "residual") is None
