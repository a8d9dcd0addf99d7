"""Faults inside blocks, behind their borders and in repeated nodes are found where they are."""

from __future__ import annotations

from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.spec import PortType
from graph_editor.checking.explain import diagnose
from graph_editor.checking.failure import Context, Failure, Site, Source
from graph_editor.checking.verdict import TensorType
from graph_editor.checking.walk import chain_before, facts_of, source_of, width_before
from graph_editor.document.model import (
    Address,
    Arg,
    Block,
    BlockId,
    FrozenMap,
    Node,
    NodeId,
    Project,
    Repeat,
)
from tests.checking.drawings import (
    FLAT,
    HEAD,
    cured,
    drawing,
    errors,
    judged,
    one,
    project,
    with_node,
)

CELL = ("cell", "block.cell", {})


def cell(**linear: Arg) -> Block:
    """Return a block: input → Linear → ReLU → output."""
    args: dict[str, Arg] = {"out_features": 12, **linear}
    made = project(
        {
            "h": Node("io.input"),
            "fc": Node("nn.Linear", args=FrozenMap(args)),
            "relu": Node("nn.ReLU"),
            "y": Node("io.output"),
        },
        {"fc.input": "h.output", "relu.input": "fc.output", "y.input": "relu.output"},
        {},
    ).main
    return Block(made.graph, "Cell", (), made.inputs, made.outputs)


def with_cell(block: Block, *layers: tuple[str, str, dict[str, Arg]], **rest: object) -> Project:
    """Return a drawing in which ``cell`` is an instance of the block."""
    made = drawing(*layers, **rest)  # type: ignore[arg-type]  # as drawing takes them
    return Project(made.main, FrozenMap({BlockId("cell"): block}), run=made.run)


def wired(*layers: tuple[str, str, dict[str, Arg]]) -> Project:
    """Return a drawing with the block's ports where its neighbours are wired to it."""
    names = [name for name, *_ in layers]
    at = names.index("cell")
    after = names[at + 1]
    before = names[at - 1] if at else "x"
    wires = {"cell.h": f"{before}.output", f"{after}.input": "cell.y"}
    return with_cell(cell(), *layers, wires=wires)


def test_a_fault_inside_a_block_is_mended_in_the_block() -> None:
    made = wired(FLAT, CELL, HEAD)
    made = made.with_block("cell", cell(in_features=7))
    found = one(judged(made), "linear-in-features")
    assert found.node == "cell/fc"
    assert "7" in found.message
    assert "B×3072" in found.message
    assert list(errors(cured(made, found, "Set in_features to 3072"))) == []


def test_the_layer_at_fault_is_found_through_the_border_of_a_block() -> None:
    made = wired(FLAT, CELL, ("b", "nn.Linear", {"in_features": 99, "out_features": 10}))
    found = one(judged(made), "linear-in-features")
    assert found.node == "b"
    titles = [fix.title for fix in found.fixes]
    assert "Set out_features of “fc” to 99" in titles
    assert list(errors(cured(made, found, "Set out_features of “fc” to 99"))) == []


def test_a_repeated_block_is_mended_once_for_all_its_copies() -> None:
    made = wired(FLAT, ("a", "nn.Linear", {"out_features": 12}), CELL, HEAD)
    made = made.with_block("cell", cell(in_features=5))
    made = with_node(made, "cell", repeat=Repeat(3))
    verdict = judged(made)
    found = one(verdict, "linear-in-features")
    assert "12" in found.message
    assert len(list(errors(verdict))) == 1
    assert list(errors(cured(made, found, "Set in_features to 12"))) == []


def test_a_softmax_at_the_end_of_a_block_is_seen_by_the_loss_outside() -> None:
    inner = cell(out_features=10)
    graph = inner.graph
    soft = Node("nn.Softmax", args=FrozenMap({"dim": 1}))
    nodes = graph.nodes.set(NodeId("relu"), soft)
    block = Block(type(graph)(nodes, graph.wires), "Cell", (), inner.inputs, inner.outputs)
    made = with_cell(block, FLAT, CELL, wires={"cell.h": "flat.output", "out.input": "cell.y"})
    assert one(judged(made), "softmax-before-cross-entropy").node == "cell/relu"


# --- by hand: values that no judge is needed for ---------------------------------------------


def site(address: str, spec: str, args: dict[str, Arg] | None = None, **feeds: str) -> Site:
    """Return a site; ``feeds`` say what is wired to its ports: ``input="conv.output"``."""
    sources = {}
    for port, text in feeds.items():
        before, _, leaf = text.rpartition(".")
        sources[port] = Source(Address(before), leaf)
    name = address.rpartition("/")[2]
    return Site(
        Address(address),
        "main",
        NodeId(name),
        Node(spec),
        catalogue().get(spec),
        FrozenMap(args or {}),
        FrozenMap({port: TensorType((4, 10)) for port in feeds}),
        FrozenMap(sources),
    )


def context(*sites: Site, facts: dict[str, PortType] | None = None) -> Context:
    return Context(
        Project(),
        catalogue().get,
        FrozenMap({s.address: s for s in sites}),
        facts=FrozenMap(facts or {}),
    )


NESTED = (
    site("fc", "nn.Linear", {"out_features": 10}, input="x.output"),
    site("outer", "block.outer", h="fc.output"),
    site("outer/h", "io.input"),
    site("outer/inner", "block.inner", a="outer/h.output"),
    site("outer/inner/a", "io.input"),
    site("outer/inner/relu", "nn.ReLU", input="outer/inner/a.output"),
    site("outer/inner/b", "io.output", input="outer/inner/relu.output"),
    site("outer/y", "io.output", input="outer/inner.b"),
    site("loss", "nn.MSELoss", input="outer.y"),
)


def test_sources_are_found_through_two_blocks_in_both_directions() -> None:
    around = context(*NESTED)
    loss = around.sites[Address("loss")]
    assert source_of(loss, "input", around) == Source(Address("outer/inner/relu"), "output")
    chain = [s.address for s in chain_before(loss, "input", around)]
    assert chain == ["outer/inner/relu", "fc"]
    maker = width_before(loss, "input", -1, around)
    assert maker is not None
    assert (maker[0].address, maker[1]) == ("fc", "out_features")


def test_a_walk_ends_where_nothing_is_known_and_never_runs_in_circles() -> None:
    one_, two = site("a", "nn.ReLU", input="b.output"), site("b", "nn.ReLU", input="a.output")
    assert [s.address for s in chain_before(one_, "input", context(one_, two))] == ["b", "a"]
    assert list(chain_before(site("a", "nn.ReLU"), "input", context())) == []
    lonely = site("a", "nn.ReLU", input="gone.output")
    assert source_of(lonely, "input", context(lonely)) == Source(Address("gone"), "output")


def test_facts_reach_a_loss_through_what_changes_no_value_and_stop_at_what_does() -> None:
    facts = {"data.label": PortType(("=B",), "int64", classes=10)}
    flat = site("flat", "Tensor.flatten", input="data.label")
    loss = site("loss", "nn.CrossEntropyLoss", target="flat.output")
    found = facts_of(loss, "target", context(flat, loss, facts=facts))
    assert found is not None
    assert found.classes == 10
    changed = site("flat", "torch.abs", input="data.label")
    assert facts_of(loss, "target", context(changed, loss, facts=facts)) is None


def test_a_failure_that_nobody_knows_is_left_to_the_judge() -> None:
    strange = site("s", "nn.Unflatten", input="x.output")
    assert diagnose(Failure(strange, "anything"), context(strange)) is None


def test_messages_of_torch_are_never_read() -> None:
    linear = site("fc", "nn.Linear", {"in_features": 3, "out_features": 2}, input="x.output")
    said = {
        diagnose(Failure(linear, m), context(linear)).message for m in ("", "mat1 and mat2", "ü")
    }  # type: ignore[union-attr]  # there is one
    assert len(said) == 1
