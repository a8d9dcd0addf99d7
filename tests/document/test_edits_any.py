"""Any edits in any order: every project can be drawn by them, undone and redone byte for byte."""

from collections.abc import Callable, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.document import edits
from graph_editor.document.document import Document
from graph_editor.document.edits import EditError
from graph_editor.document.files import dumps, load, loads
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    At,
    Block,
    Expr,
    FrozenMap,
    Graph,
    Hole,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
    Repeat,
    Weights,
)
from tests.document.sketch import PROJECT_FILES

PROJECTS = [load(path).project for path in PROJECT_FILES]
Pick = Callable[[Sequence[Any]], Any]
"""Returns one of several."""


def test_there_are_projects_to_draw() -> None:
    assert len(PROJECTS) > 20


def numbered(port: str) -> tuple[str, int]:
    """Return a key that puts ``tensors[10]`` after ``tensors[2]``."""
    name, _, rest = port.partition("[")
    return name, int(rest.partition("]")[0] or 0) if rest else 0


def drawn_graph(graph: Graph, into: Graph) -> Graph:
    for node_id, node in graph.nodes.items():
        into = edits.add_node(into, node_id, Node(node.spec, node.name))
    for node_id, node in graph.nodes.items():
        for name, value in node.args.items():
            into = edits.set_argument(into, node_id, name, value)
        into = edits.set_when(into, node_id, node.when)
        into = edits.set_repeat(into, node_id, node.repeat)
        into = edits.set_weights(into, node_id, node.weights)
        into = edits.set_freeze(into, node_id, node.freeze)
        into = edits.set_silence(into, node_id, node.silence)
        into = edits.set_extra(into, node_id, node.extra)
    for end in sorted(graph.wires, key=lambda e: (e.node, *numbered(e.port), e.port)):
        into = edits.connect(into, graph.wires[end], end)
    for parameter, to in graph.ties.items():
        into = edits.tie(into, parameter, to)
    return into


def drawn_block(project: Project, key: str, block: Block) -> Project:
    project = edits.rename_block(project, key, block.name)
    project = edits.describe_block(project, key, block.doc)
    for parameter in block.parameters:
        project = edits.add_parameter(project, key, parameter)
    project = edits.in_block(project, key, lambda graph: drawn_graph(block.graph, graph))
    project = edits.reorder_ports(project, key, block.inputs, block.outputs)
    project = edits.set_graph_extra(project, key, block.graph.extra)
    return edits.set_block_extra(project, key, block.extra)


def drawn_layout(project: Project, key: str, layout: FrozenMap[str, Any]) -> Project:
    project = edits.move_nodes(project, key, layout.get("at", NOTHING))
    for wire, points in layout.get("bends", NOTHING).items():
        node, _, port = wire.partition(".")
        project = edits.set_bends(project, key, InPort(NodeId(node), PortPath(port)), points)
    for index, frame in enumerate(layout.get("frames", ())):
        project = edits.add_frame(project, key, frame["nodes"], frame.get("title", ""))
        project = edits.change_frame(project, key, index, **frame)
    for index, note in enumerate(layout.get("notes", ())):
        project = edits.add_note(project, key, note["at"], note["text"])
        project = edits.change_note(project, key, index, **note)
    for name in layout.keys() - {"at", "bends", "frames", "notes"}:
        project = edits.set_layout_part(project, key, name, layout[name])
    return project


@pytest.mark.parametrize("path", PROJECT_FILES, ids=lambda path: path.stem)
def test_every_project_can_be_drawn_by_edits_alone(path: Path) -> None:
    wanted = load(path).project
    project = Project()
    for code_id, code in wanted.code.items():
        project = edits.set_code(project, code_id, code)
    for key in wanted.blocks:
        project = edits.add_block(project, key)
    for key in edits.keys_of(wanted):
        project = drawn_block(project, key, wanted.block(key))
    for key, layout in wanted.layout.items():
        assert isinstance(layout, FrozenMap)
        project = drawn_layout(project, key, layout)
    for name, value in wanted.run.items():
        project = edits.set_run(project, name, value)
    for name, field in wanted.extra.items():
        project = edits.set_extra_field(project, name, field)
    assert project == wanted
    assert dumps(project) == path.read_text(encoding="utf-8")


SPECS = ["nn.ReLU", "nn.Linear", "torch.cat", "io.input", "io.output", "op.add", "block.none"]
PORTS = ["input", "other", "tensors[0]", "tensors[1]", "tensors[2]", "args[0]"]
VALUES: list[Arg] = [1, 1.0, True, None, "=x", Expr("2 * dim"), (Hole(), -1), At(Address("a"))]


def some_node(pick: Pick, project: Project, key: str) -> NodeId:
    nodes = sorted(project.block(key).graph.nodes)
    return pick(nodes) if nodes else NodeId("nobody")


def some_wire(pick: Pick, project: Project, key: str) -> InPort:
    wires = sorted(project.block(key).graph.wires, key=lambda end: (end.node, end.port))
    return pick(wires) if wires else InPort(NodeId("nobody"), PortPath("input"))


def some_edit(pick: Pick, p: Project, key: str, ids: IdSource) -> Callable[[], Project]:
    """Return an edit of a project, with all that it needs drawn."""
    one, two = some_node(pick, p, key), some_node(pick, p, key)
    wire, other = some_wire(pick, p, key), some_wire(pick, p, key)
    port = PortPath(pick(PORTS))
    value = pick(VALUES)
    new = NodeId(ids.fresh("n", p.block(key).graph.nodes))
    spec = pick([*SPECS, *(f"block.{block}" for block in p.blocks)])

    def here(edit: Callable[[Graph], Graph]) -> Callable[[], Project]:
        return lambda: edits.in_block(p, key, edit)

    point = (float(8 * pick(range(-20, 21))), float(8 * pick(range(-20, 21))))
    ends = [port for port, source in p.block(key).graph.wires.items() if source.node == one]
    place = pick(range(3))

    table: list[Callable[[], Project]] = [
        here(lambda g: edits.add_node(g, new, Node(spec))),
        here(lambda g: edits.connect(g, OutPort(one, "output"), InPort(two, port))),
        here(lambda g: edits.disconnect(g, wire)),
        here(lambda g: edits.move_wire(g, wire, InPort(one, port))),
        here(lambda g: edits.swap_inputs(g, wire, other)),
        here(lambda g: edits.insert_on_wire(g, wire, new, Node("nn.ReLU"))),
        here(lambda g: edits.dissolve(g, one)),
        here(lambda g: edits.replace_node(g, one, Node(spec))),
        here(lambda g: edits.replace_node(g, one, Node(spec), {"input": None}, {"output": "y"})),
        here(lambda g: edits.move_wires(g, OutPort(one, "output"), OutPort(two, "output"))),
        here(lambda g: edits.disconnect_all(g, ends)),
        here(lambda g: edits.insert_on_wire(g, wire, one)),
        here(lambda g: edits.bypass(g, one)),
        here(lambda g: edits.set_when(g, one, Expr("False"))),
        here(lambda g: edits.set_when(g, one, None)),
        here(lambda g: edits.switch_off(g, [one, two])),
        here(lambda g: edits.switch_on(g, [one, two])),
        here(lambda g: edits.set_argument(g, one, "args", value)),
        here(lambda g: edits.unset_argument(g, one, "args")),
        here(lambda g: edits.untie(g, f"{one}.weight")),
        here(lambda g: edits.set_repeat(g, one, Repeat(3))),
        here(lambda g: edits.set_copies(g, one, place + 1)),
        here(lambda g: edits.set_weights(g, one, Weights(same_as=two))),
        here(lambda g: edits.set_weights(g, one, Weights(follows=Address(two)))),
        here(lambda g: edits.set_freeze(g, one, [Address(".")])),
        here(lambda g: edits.tie(g, f"{one}.weight", f"{two}.weight")),
        here(lambda g: edits.rename_node(g, one, "Name")),
        lambda: edits.delete(p, key, {one, two}),
        lambda: edits.duplicate(p, key, {one, two}, ids).project,
        lambda: edits.group(p, key, {one, two}, "Part", ids).project,
        lambda: edits.group(p, key, {one}, "Part", ids).project,
        lambda: edits.ungroup(p, key, one, ids).project,
        lambda: edits.make_unique(p, key, one, ids)[0],
        lambda: edits.remove_port(p, key, one),
        lambda: edits.add_parameter(p, key, Parameter("extra", "int", 1)),
        lambda: edits.rename_parameter(p, key, "dim", "width"),
        lambda: edits.move_nodes(p, key, {one: (3, 4)}),
        lambda: edits.move_nodes(p, key, {one: point, two: (point[0], 0.0)}),
        lambda: edits.forget_positions(p, key, [one]),
        lambda: edits.dissolve_nodes(p, key, {one, two}),
        lambda: edits.paste(p, key, edits.copy(p, key, {one, two}), ids, point).project,
        lambda: edits.add_port(p, key, new, Node("io.input", "extra")),
        lambda: edits.reorder_ports(p, key, p.block(key).inputs[::-1], p.block(key).outputs),
        lambda: edits.remove_parameter(p, key, "extra"),
        lambda: edits.promote(p, key, one, "args", Parameter("args", "int", 2)),
        lambda: edits.new_parameter(p, key),
        lambda: edits.move_parameter(p, key, "extra", place - 1),
        lambda: edits.new_port(p, key, pick(("inputs", "outputs")), ids),
        lambda: edits.move_port(p, key, pick(("inputs", "outputs")), one, place - 1),
        lambda: edits.set_direction(p, key, pick(("right", "down"))),
        lambda: edits.change_frame(p, key, place, title="Other", colour=place),
        lambda: edits.change_frame(p, key, place, nodes=(one, two)),
        lambda: edits.remove_frame(p, key, place),
        lambda: edits.add_note(p, key, point, "Note"),
        lambda: edits.change_note(p, key, place, at=point, text="Other"),
        lambda: edits.remove_note(p, key, place),
        lambda: edits.remove_marks(p, key, [place], [0]),
        lambda: edits.set_bends(p, key, wire, [point, (1.0, 2.0)]),
        lambda: edits.set_bends(p, key, wire, []),
        lambda: edits.bend_wires(p, key, {wire: [point], other: []}),
        lambda: edits.add_frame(p, key, [one], "Frame"),
        lambda: edits.set_bends(p, key, wire, [(1, 2)]),
        lambda: edits.set_run(p, "seed", value),
    ]
    return pick(table)


def consistent(project: Project) -> None:
    """Check what every edit must leave true."""
    for key in edits.keys_of(project):
        block = project.block(key)
        nodes = block.graph.nodes
        for end, start in block.graph.wires.items():
            assert end.node in nodes
            assert start.node in nodes
        before: dict[NodeId, list[NodeId]] = {}
        for end, start in block.graph.wires.items():
            before.setdefault(end.node, []).append(start.node)
        TopologicalSorter(before).prepare()  # refuses a circle
        assert all(nodes[port].spec == "io.input" for port in block.inputs)
        assert all(nodes[port].spec == "io.output" for port in block.outputs)
        for node in nodes.values():
            if node.weights is not None and node.weights.same_as is not None:
                assert node.weights.same_as in nodes
        layout = edits.layout_of(project, key)
        assert layout.get("at", NOTHING).keys() <= nodes.keys()
        wired = {edits.wire_text(end) for end in block.graph.wires}
        assert layout.get("bends", NOTHING).keys() <= wired
        assert key not in edits.blocks_below(project, key)


@settings(deadline=None, max_examples=120)
@given(st.sampled_from(PROJECTS), st.data())
def test_any_edits_can_be_undone_and_redone_byte_for_byte(
    project: Project, data: st.DataObject
) -> None:
    def pick(items: Sequence[Any]) -> Any:
        return data.draw(st.sampled_from(items))

    document, ids = Document(project), IdSource("t")
    states = [project]
    for _ in range(data.draw(st.integers(1, 12))):
        key = data.draw(st.sampled_from(edits.keys_of(document.project)))
        before = document.project
        edit = some_edit(pick, before, key, ids)
        try:
            document.apply(lambda _, edit=edit: edit(), "Edit")
        except EditError:
            assert document.project is before
        if document.project is not before:
            consistent(document.project)
            states.append(document.project)
    texts = [dumps(state) for state in states]
    assert loads(texts[-1]).project == states[-1]
    for text in texts[-2::-1]:
        document.undo()
        assert dumps(document.project) == text
    assert document.project is project
    assert not document.can_undo
    for text in texts[1:]:
        document.redo()
        assert dumps(document.project) == text
    assert not document.can_redo
