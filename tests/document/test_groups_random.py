"""Selection to block and back over random graphs: the same graph, at the same places."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graph_editor.document import edits
from graph_editor.document.edits import EditError
from graph_editor.document.files import dumps, loads
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Address,
    At,
    Expr,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
    Repeat,
    Weights,
)

OUTPUTS = {"nn.LSTM": ("output", "h_n", "c_n"), "torch.chunk": ("chunks[0]", "chunks[1]")}
INPUTS = {"torch.cat": ("tensors[0]", "tensors[1]", "tensors[2]"), "nn.LSTM": ("input", "hx")}
SPECS = ("nn.Linear", "nn.ReLU", "nn.LSTM", "torch.cat", "torch.chunk", "op.add")
NUMBERS = st.integers(-2000, 2000) | st.floats(-2000, 2000, width=32)


@st.composite
def drawings(draw: st.DrawFn) -> Project:
    """Return a random drawing: a graph without circles, and all that can be said of its nodes."""
    graph, ids = Graph(), [NodeId(f"n{index}") for index in range(draw(st.integers(2, 9)))]
    for index, node_id in enumerate(ids):
        before = ids[:index]
        graph = edits.add_node(graph, node_id, draw(nodes(before)))
        spec = graph.nodes[node_id].spec
        ports = INPUTS.get(spec, ("input",))
        for port in ports[: draw(st.integers(1, len(ports)))] if before else ():
            source = draw(st.sampled_from(before))
            leaves = OUTPUTS.get(graph.nodes[source].spec, ("output",))
            wire = OutPort(source, draw(st.sampled_from(leaves)))
            graph = edits.connect(graph, wire, InPort(node_id, PortPath(port)))
    one, other = draw(st.sampled_from(ids)), draw(st.sampled_from(ids))
    if one != other:
        graph = edits.tie(graph, f"{one}.weight", f"{other}.weight")
    graph = edits.add_node(graph, NodeId("opt"), Node("optim.Adam"))
    trained = tuple(At(Address(key)) for key in draw(st.lists(st.sampled_from(ids), max_size=3)))
    graph = edits.set_argument(graph, NodeId("opt"), "trains", trained)
    project = edits.in_block(Project(), "main", lambda _: graph)
    return draw(laid_out(project, ids))


@st.composite
def nodes(draw: st.DrawFn, before: list[NodeId]) -> Node:
    """Return a node that may lean on earlier ones."""
    weights = None
    if before and draw(st.integers(0, 5)) == 0:
        earlier = draw(st.sampled_from(before))
        weights = draw(
            st.sampled_from([Weights(same_as=earlier), Weights(follows=Address(earlier))])
        )
    repeat = draw(st.sampled_from([None, None, Repeat(3), Repeat(Expr("2 * 2"), shared=True)]))
    freeze = draw(st.sampled_from([(), (Address("."),)]))
    return Node(
        draw(st.sampled_from(SPECS)),
        draw(st.sampled_from(["", "Stem"])),
        repeat=repeat,
        weights=weights,
        freeze=freeze,
    )


@st.composite
def laid_out(draw: st.DrawFn, project: Project, ids: list[NodeId]) -> Project:
    """Return the drawing with places, bends and frames."""
    project = edits.move_nodes(
        project, "main", {key: (draw(NUMBERS), draw(NUMBERS)) for key in ids}
    )
    for target in project.main.graph.wires:
        if draw(st.booleans()):
            points = draw(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=2))
            project = edits.set_bends(project, "main", target, points)
    for title in draw(st.lists(st.sampled_from("pq"), max_size=3)):
        members = draw(st.lists(st.sampled_from(ids), unique=True, min_size=1))
        project = edits.add_frame(project, "main", members, title)
    return project


def _refusal(act: Callable[..., object], *args: object) -> str:
    try:
        act(*args)
    except EditError as refusal:
        return str(refusal)
    return ""


@settings(deadline=None, max_examples=250)
@given(drawings(), st.data())
def test_selection_to_block_and_back_is_the_same_drawing(
    project: Project, data: st.DataObject
) -> None:
    free = sorted(key for key in project.main.graph.nodes if key != "opt")
    start = data.draw(st.integers(0, len(free) - 1))
    chosen = free[start : data.draw(st.integers(start + 1, len(free)))]
    refused = _refusal(edits.check_group, project, "main", chosen)
    assert refused == _refusal(edits.group, project, "main", chosen, "Part", IdSource("t"))
    assume(not refused)
    done = edits.group(project, "main", chosen, "Part", IdSource("t"))
    saved = loads(dumps(done.project)).project
    back = edits.ungroup(saved, "main", done.node, IdSource("u")).project
    assert back == project
    step = (data.draw(st.integers(-500, 500)), data.draw(st.integers(-500, 500)))
    at = edits.positions_of(saved, "main")[done.node]
    moved = edits.move_nodes(saved, "main", {done.node: (at[0] + step[0], at[1] + step[1])})
    apart = edits.ungroup(moved, "main", done.node, IdSource("u")).project
    before, after = edits.positions_of(project, "main"), edits.positions_of(apart, "main")
    for key in chosen:
        assert abs(before[key][0] + step[0] - after[key][0]) <= 1
        assert abs(before[key][1] + step[1] - after[key][1]) <= 1
