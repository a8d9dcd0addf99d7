"""The document: all-or-nothing steps, undo byte for byte, subscribers that cannot harm."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_editor.document import edits
from graph_editor.document.changes import Change
from graph_editor.document.document import BusyError, Document, Edit
from graph_editor.document.edits import EditError
from graph_editor.document.files import dumps, load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import FrozenMap, Node, NodeId, Project
from tests.document.sketch import PROJECT_FILES, ids, main, sketch

A, B = ids("a b")


def seeded(value: int) -> Edit:
    return lambda project: edits.set_run(project, "seed", value)


def broken(project: Project) -> Project:
    raise EditError("No.")


def fail_after(document: Document, value: int, title: str) -> None:
    """Make an edit in a transaction that then fails."""
    with document.transaction(title):
        document.apply(seeded(value), "one")
        document.apply(broken, "broken")


def test_undo_and_redo_walk_the_same_values() -> None:
    document = Document()
    states = [document.project]
    states += [document.apply(seeded(value), f"Seed {value}") for value in range(300)]
    texts = [dumps(state) for state in states]
    for state, text in zip(states[-2::-1], texts[-2::-1], strict=True):
        document.undo()
        assert document.project is state
        assert dumps(document.project) == text
    assert not document.can_undo
    assert document.redo_title == "Seed 0"
    for state in states[1:]:
        document.redo()
        assert document.project is state
    assert (document.can_redo, document.undo_title) == (False, "Seed 299")
    assert document.revision == 900


@given(st.lists(st.integers(0, 12), max_size=20), st.integers(0, 12))
def test_any_position_is_reached_in_one_move(walk: list[int], kept: int) -> None:
    document = Document()
    states = [document.project]
    states += [document.apply(seeded(value), f"Seed {value}") for value in range(12)]
    document.go_to(kept)
    document.mark_saved()
    told: list[Change] = []
    document.subscribe(told.append)
    for position in walk:
        moves = document.position != position
        told.clear()
        document.go_to(position)
        assert len(told) == moves
        assert document.project is states[position]
        assert (document.position, document.length) == (position, 12)
        assert document.saved_position == kept
        assert [document.step_title(k + 1) for k in range(12)] == [f"Seed {k}" for k in range(12)]
        assert document.undo_title == (f"Seed {position - 1}" if position else "")
    with pytest.raises(EditError, match="no step 13"):
        document.go_to(13)


def test_there_is_nothing_before_the_first_and_after_the_last() -> None:
    document = Document()
    for walk in (document.undo, document.redo):
        with pytest.raises(EditError, match="nothing"):
            walk()
    assert (document.undo_title, document.redo_title, document.revision) == ("", "", 0)


def test_a_new_step_ends_redo() -> None:
    document = Document()
    document.apply(seeded(1), "one")
    document.undo()
    document.apply(seeded(2), "two")
    assert not document.can_redo


def test_an_edit_that_fails_or_does_nothing_makes_no_step() -> None:
    document = Document()
    with pytest.raises(EditError):
        document.apply(broken, "broken")
    document.apply(lambda project: project, "nothing")
    with pytest.raises(TypeError, match="gave no project"):
        document.apply(lambda project: None, "none")  # type: ignore[arg-type,return-value]
    assert (document.project, document.can_undo, document.revision) == (Project(), False, 0)


def test_typing_merges_until_something_else_happens() -> None:
    document = Document()
    for value in range(5):
        document.apply(seeded(value), "Seed", merge="seed")
    assert document.project.run["seed"] == 4
    document.break_merge()
    document.apply(seeded(10), "Seed", merge="seed")
    document.apply(seeded(11), "Seed", merge="other")
    document.apply(seeded(12), "Seed", merge="other")
    document.mark_saved()
    document.apply(seeded(13), "Seed", merge="other")
    document.apply(seeded(14), "Seed")
    document.apply(seeded(15), "Seed")
    seen = []
    while document.can_undo:
        document.undo()
        seen.append(document.project.run.get("seed"))
    assert seen == [14, 13, 12, 10, 4, None]


def test_steps_that_merge_into_nothing_leave_none() -> None:
    document = Document()
    document.apply(seeded(1), "Seed", merge="seed")
    document.mark_saved()
    saved = document.project
    document.apply(seeded(2), "Seed", merge="seed")
    assert document.apply(seeded(1), "Seed", merge="seed") is saved
    assert not document.is_modified
    document.apply(seeded(3), "Seed", merge="seed")
    document.undo()
    assert document.project is saved
    document.undo()
    assert not document.can_undo


def test_typing_after_undo_is_a_step_of_its_own() -> None:
    document = Document()
    document.apply(seeded(1), "Seed", merge="seed")
    document.break_merge()
    document.apply(seeded(2), "Seed", merge="seed")
    document.undo()
    document.apply(seeded(3), "Seed", merge="seed")
    document.undo()
    assert document.project.run["seed"] == 1


def test_modified_means_another_value_than_the_saved_one() -> None:
    document = Document()
    assert not document.is_modified
    document.apply(seeded(1), "one")
    assert document.is_modified
    document.undo()
    assert not document.is_modified
    document.redo()
    document.mark_saved()
    assert not document.is_modified
    document.undo()
    assert document.is_modified
    document.redo()
    document.mark_unsaved()
    assert document.is_modified


def test_a_transaction_is_one_step_and_one_message() -> None:
    document, heard = Document(), []
    document.subscribe(heard.append)
    with document.transaction("Both") as inside:
        inside.apply(seeded(1), "one")
        inside.apply(lambda p: edits.set_run(p, "epochs", 2), "two")
        assert document.project.run["seed"] == 1
        assert not heard
    assert len(heard) == 1
    assert heard[0].run.added == {"seed", "epochs"}
    assert document.undo_title == "Both"
    document.undo()
    assert document.project == Project()


def test_a_transaction_that_fails_changes_nothing() -> None:
    document, heard = Document(), []
    document.apply(seeded(0), "first")
    document.undo()
    document.subscribe(heard.append)
    before = document.project
    with pytest.raises(EditError):
        fail_after(document, 1, "Both")
    assert document.project is before
    assert document.can_redo
    assert not heard
    with document.transaction("Nothing"):
        pass
    assert not document.can_undo


def test_an_inner_transaction_takes_back_only_its_own() -> None:
    document = Document()
    with document.transaction("Outer"):
        document.apply(seeded(1), "one")
        with pytest.raises(EditError):
            fail_after(document, 2, "Inner")
        assert document.project.run["seed"] == 1
    assert (document.undo_title, document.project.run["seed"]) == ("Outer", 1)


def test_undo_inside_a_transaction_is_refused() -> None:
    document = Document()
    document.apply(seeded(1), "one")
    with document.transaction("T"):
        for walk in (document.undo, document.redo):
            with pytest.raises(BusyError, match="transaction 'T'"):
                walk()
    assert document.project.run["seed"] == 1


def test_subscribers_hear_of_every_change_until_they_leave() -> None:
    document, heard = Document(), []
    leave = document.subscribe(lambda change: heard.append((change.before, change.after)))
    one = document.apply(seeded(1), "one")
    document.undo()
    document.redo()
    leave()
    leave()
    document.apply(seeded(2), "two")
    assert heard == [(Project(), one), (one, Project()), (Project(), one)]


def test_a_subscriber_that_raises_is_logged_and_harms_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    document, heard = Document(), []

    def bad(change: Change) -> None:
        raise RuntimeError("bad subscriber")

    document.subscribe(bad)
    document.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        document.apply(seeded(1), "one")
        document.undo()
    assert len(heard) == 2
    assert caplog.text.count("RuntimeError: bad subscriber") == 2
    assert document.project == Project()


def test_a_subscriber_cannot_change_the_document() -> None:
    document, refused = Document(), []

    def meddle(change: Change) -> None:
        for attempt in (lambda: document.apply(seeded(9), "x"), document.undo, document.redo):
            with pytest.raises(BusyError, match="subscribers are being told"):
                attempt()
            refused.append(attempt)
        with pytest.raises(BusyError), document.transaction("x"):
            pass

    document.subscribe(meddle)
    document.apply(seeded(1), "one")
    assert len(refused) == 3
    assert document.project.run["seed"] == 1


def test_an_edit_cannot_make_another_edit() -> None:
    document = Document()

    def nested(project: Project) -> Project:
        return document.apply(seeded(1), "inner")

    with pytest.raises(BusyError, match="an edit is being made"):
        document.apply(nested, "outer")
    assert document.apply(seeded(2), "after").run["seed"] == 2


def test_one_who_unsubscribes_another_while_being_told() -> None:
    document, heard = Document(), []
    leaves = []
    document.subscribe(lambda change: [leave() for leave in leaves])
    leaves.append(document.subscribe(heard.append))
    document.apply(seeded(1), "one")
    assert not heard


def test_states_share_what_they_have_in_common() -> None:
    project = main(sketch("a b", "a>b"))
    document = Document(project)
    document.apply(lambda p: edits.move_nodes(p, "main", {A: (1, 1)}), "Move")
    assert document.project.main is project.main
    document.apply(
        lambda p: edits.in_block(p, "main", lambda g: edits.rename_node(g, A, "x")), "Rename"
    )
    assert document.project.main.graph.wires is project.main.graph.wires
    assert document.project.main.graph.nodes[B] is project.main.graph.nodes[B]


def change(before: Project, after: Project) -> Change:
    return Change(before, after)


def test_a_change_names_what_differs() -> None:
    old = main(sketch("a b c", "a>b b>c"))
    new = edits.delete(old, "main", [A])
    new = edits.in_block(new, "main", lambda g: edits.rename_node(g, B, "x"))
    new = edits.in_block(
        new, "main", lambda g: edits.add_node(g, NodeId("d"), sketch("d").nodes[NodeId("d")])
    )
    found = change(old, new).graphs["main"]
    assert (found.nodes.added, found.nodes.removed, found.nodes.changed) == ({"d"}, {A}, {B})
    assert len(found.wires.removed) == 1
    assert not found.wires.added
    assert not found.interface
    assert not change(old, new).is_only_layout


def test_a_change_of_layout_is_told_from_one_of_meaning() -> None:
    old = main(sketch("a b", "a>b"))
    moved = edits.move_nodes(old, "main", {A: (1, 1)})
    found = change(old, moved)
    assert found.is_only_layout
    assert found.layout.added == {"main"}
    assert not found.graphs
    assert found
    assert not change(old, old)
    same = Project(old.main, run=FrozenMap())
    assert not change(old, same)
    assert change(old, same).is_only_layout


def test_a_change_knows_blocks_run_and_code() -> None:
    old = Project()
    new = edits.add_block(edits.set_run(old, "seed", 1), "b")  # type: ignore[arg-type]
    new = edits.add_port(new, "b", A, sketch("a:io.input").nodes[A])
    found = change(old, new)
    assert found.blocks.added == {"b"}
    assert found.graphs["b"].interface
    assert found.run.added == {"seed"}
    back = change(new, old)
    assert back.blocks.removed == {"b"}
    assert back.graphs["b"].nodes.removed == {A}
    renamed = change(new, edits.rename_block(new, "b", "B"))
    assert renamed.graphs["b"].labels
    assert renamed.blocks.changed == {"b"}


def some_edits(project: Project) -> list[Edit]:
    """Return edits of all sorts that any project takes."""
    keys = edits.keys_of(project)
    new = NodeId("quite_new")
    made: list[Edit] = [seeded(12345), lambda p: edits.add_note(p, "main", (1, 2), "A note")]
    for key in keys:
        made.append(
            lambda p, key=key: edits.in_block(
                p, key, lambda g: edits.add_node(g, new, Node("nn.ReLU"))
            )
        )
        made.append(lambda p, key=key: edits.move_nodes(p, key, {new: (7, 8)}))
        made.append(lambda p, key=key: edits.group(p, key, [new], "Part", IdSource(key)).project)
        first = sorted(project.block(key).graph.nodes)[:3]
        made += [lambda p, key=key, n=n: edits.delete(p, key, [n]) for n in first]
    made.append(lambda p: edits.rename_block(p, "main", "Another name"))
    return made


@pytest.mark.parametrize("path", PROJECT_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_project_is_edited_undone_and_redone_byte_for_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = Document(load(path).project)
    texts = [text]
    for number, edit in enumerate(some_edits(document.project)):
        before = document.project
        document.apply(edit, f"Edit {number}")
        assert document.project is not before
        texts.append(dumps(document.project))
    assert len(set(texts)) == len(texts) > 5
    for expected in texts[-2::-1]:
        document.undo()
        assert dumps(document.project) == expected
    assert dumps(document.project) == text
    assert not document.can_undo
    for expected in texts[1:]:
        document.redo()
        assert dumps(document.project) == expected
    assert not document.can_redo
