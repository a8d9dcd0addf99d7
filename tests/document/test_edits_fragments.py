"""Copy and paste: inner wires stay, ids are new, addresses lead to the copies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.document import edits
from graph_editor.document.edits import EditError, Fragment
from graph_editor.document.files import load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Address,
    At,
    Block,
    BlockId,
    Code,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Parameter,
    Project,
    Weights,
)
from tests.document.sketch import PROJECT_FILES, ids, main, node, sketch, sound, wires

A, B, C = ids("a b c")
PROJECTS = [load(path).project for path in PROJECT_FILES]


def test_inner_wires_stay_and_outer_ones_do_not() -> None:
    project = main(sketch("a b c", "a>b b>c"))
    done = edits.duplicate(project, "main", [A, B], IdSource("t"))
    new = done.ids
    assert wires(done.project.main.graph) == wires(project.main.graph) | {
        f"{new[A]}.output>{new[B]}.input"
    }
    assert set(new.values()).isdisjoint("abc")


def test_a_list_whose_first_wires_stay_behind_closes_up() -> None:
    project = main(sketch("a b c", "a>c.tensors[0] b>c.tensors[1]"))
    fragment = edits.copy(project, "main", [B, C])
    assert wires(fragment.graph) == {"b.output>c.tensors[0]"}


def test_ids_are_given_in_sorted_order_whatever_the_order_of_the_selection() -> None:
    project = main(sketch("a b c", "a>b b>c"))
    one = edits.duplicate(project, "main", [C, A, B], IdSource("t"))
    two = edits.duplicate(project, "main", [A, B, C], IdSource("t"))
    assert one == two


def test_mentions_lead_to_the_copies_or_stay_or_go() -> None:
    graph = sketch("a b c opt:optim.Adam")
    graph = edits.set_argument(graph, NodeId("opt"), "trains", (At(Address("a")), At(Address("c"))))
    graph = edits.set_weights(graph, B, Weights(follows=Address("a")))
    graph = edits.tie(graph, "a.weight", "b.weight")
    project = main(graph)
    fragment = edits.copy(project, "main", ids("a b opt"))
    here = edits.paste(project, "main", fragment, IdSource("t"))
    copied, new = here.project.main.graph, here.ids
    assert copied.nodes[new[NodeId("opt")]].args["trains"] == (
        At(Address(new[A])),
        At(Address("c")),
    )
    assert copied.nodes[new[B]].weights == Weights(follows=Address(new[A]))
    assert copied.ties[f"{new[A]}.weight"] == f"{new[B]}.weight"
    there = edits.paste(Project(), "main", fragment, IdSource("t"))
    opt = there.project.main.graph.nodes[there.ids[NodeId("opt")]]
    assert opt.args["trains"] == (At(Address(there.ids[A])),)


def test_a_copied_call_stays_a_call_where_its_owner_is() -> None:
    graph = edits.add_node(Graph(), A, node("nn.Linear", out_features=3))
    for call in (B, C):
        graph = edits.add_node(graph, call, Node("nn.Linear", weights=Weights(same_as=A)))
    project = main(graph)
    fragment = edits.copy(project, "main", [B, C])
    here = edits.paste(project, "main", fragment, IdSource("t"))
    assert here.project.main.graph.nodes[here.ids[B]].weights == Weights(same_as=A)
    there = edits.paste(Project(), "main", fragment, IdSource("t"))
    nodes = there.project.main.graph.nodes
    assert nodes[there.ids[B]] == node("nn.Linear", out_features=3)
    assert nodes[there.ids[C]].weights == Weights(same_as=there.ids[B])
    whole = edits.duplicate(project, "main", [A, B], IdSource("t"))
    weights = whole.project.main.graph.nodes[whole.ids[B]].weights
    assert weights == Weights(same_as=whole.ids[A])


def with_block(parameters: tuple[Parameter, ...] = ()) -> Project:
    inner = Block(
        sketch("x:io.input r y:io.output", "x>r r>y"), "In", (), *[tuple(ids(n)) for n in "xy"]
    )
    outer = Block(sketch("q:block.inner c:code.f"), "Out", parameters)
    project = edits.add_block(
        edits.add_block(Project(), BlockId("inner"), inner), BlockId("outer"), outer
    )
    project = edits.set_code(project, "f", Code("pass"))
    return edits.in_block(project, "main", lambda _: sketch("a:block.outer"))


def test_blocks_and_code_come_along() -> None:
    source = with_block()
    fragment = edits.copy(source, "main", [A])
    there = sound(edits.paste(Project(), "main", fragment, IdSource("t")).project)
    assert there.blocks == source.blocks
    assert there.code == source.code
    again = edits.paste(source, "main", fragment, IdSource("t")).project
    assert again.blocks is source.blocks


def test_a_block_of_the_same_id_and_another_interface_comes_anew() -> None:
    fragment = edits.copy(with_block(), "main", [A])
    target = edits.set_code(with_block((Parameter("p", "int"),)), "f", Code("other"))
    pasted = edits.paste(target, "main", fragment, IdSource("t"))
    made = sound(pasted.project)
    own = BlockId(made.main.graph.nodes[pasted.ids[A]].spec.removeprefix("block."))
    assert own not in target.blocks
    assert made.blocks[own].parameters == ()
    code = made.blocks[own].graph.nodes[C].spec
    assert code != "code.f"
    assert made.code[code.removeprefix("code.")] == Code("pass")
    assert made.blocks[own].graph.nodes[NodeId("q")].spec == "block.inner"


def test_a_block_is_not_pasted_into_itself() -> None:
    project = with_block()
    fragment = edits.copy(project, "main", [A])
    with pytest.raises(EditError, match="contain itself"):
        edits.paste(project, "inner", fragment, IdSource("t"))
    with pytest.raises(EditError, match="no node zz"):
        edits.copy(project, "main", ids("zz"))


def test_places_and_frames_come_along() -> None:
    project = main(
        sketch("a b c"),
        at=FrozenMap({"a": (1, 2), "c": (5, 5)}),
        frames=(
            FrozenMap({"title": "T", "nodes": (A, B)}),
            FrozenMap({"title": "U", "nodes": (B, C)}),
        ),
    )
    done = edits.paste(
        project, "main", edits.copy(project, "main", [A, B]), IdSource("t"), (10, 20)
    )
    layout = edits.layout_of(sound(done.project), "main")
    assert layout["at"] == FrozenMap({"a": (1, 2), "c": (5, 5), done.ids[A]: (11, 22)})
    assert [f["title"] for f in layout["frames"]] == ["T", "U", "T"]
    assert layout["frames"][2]["nodes"] == (done.ids[A], done.ids[B])


def test_nothing_pasted_is_nothing_changed() -> None:
    project = main(sketch("a"))
    assert edits.paste(project, "main", Fragment(Graph()), IdSource("t")).project is project


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(PROJECTS), st.data())
def test_a_copy_of_any_part_of_any_project_is_alike_inside(
    project: Project, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(edits.keys_of(project)))
    graph = project.block(key).graph
    chosen = (
        data.draw(st.sets(st.sampled_from(sorted(graph.nodes)), min_size=1))
        if graph.nodes
        else set()
    )
    if not chosen:
        return
    done = edits.duplicate(project, key, chosen, IdSource("t"))
    sound(done.project)
    copied = done.project.block(key).graph
    for old, new in done.ids.items():
        assert copied.nodes[new].spec == graph.nodes[old].spec
        assert copied.nodes[new].args.keys() <= graph.nodes[old].args.keys()
    inner = [(t, s) for t, s in graph.wires.items() if {t.node, s.node} <= chosen]
    made = [(t, s) for t, s in copied.wires.items() if t.node in set(done.ids.values())]
    expected = {(done.ids[s.node], s.port, done.ids[t.node]) for t, s in inner}
    assert {(s.node, s.port, t.node) for t, s in made} == expected
    assert len(made) == len(inner)
    back = edits.delete(done.project, key, done.ids.values())
    assert back.block(key) == project.block(key)


def test_a_copied_input_gets_a_name_of_its_own() -> None:
    graph = sketch("x:io.input y:io.output l:nn.Linear", "x>l l>y")
    graph = edits.rename_node(edits.rename_node(graph, NodeId("x"), "skip"), NodeId("y"), "skip")
    project = main(graph)
    for number in (2, 3):
        made = edits.duplicate(project, "main", ids("x y l"), IdSource("t"))
        project = made.project
        nodes = project.main.graph.nodes
        assert {nodes[made.ids[key]].name for key in ids("x y")} == {f"skip{number}"}
