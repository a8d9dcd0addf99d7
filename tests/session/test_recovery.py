"""Work is lost by no crash: it is offered until it is saved or refused, and to one window only."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.session import recovery
from app.session.keeper import Keeper
from app.session.owner import new_owner
from app.session.recovery import Lost, journal_of, lost_work, take_over
from app.session.saving import open_project
from app.session.session import Session
from app.session.typed import Unapplied, unapplied_in
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import FileProblem, load
from graph_editor.document.journal import Journal, recover
from graph_editor.document.model import Block, Graph, NodeId, Project
from tests.session.answers import Answers

EXAMPLE = Path(__file__).parents[2] / "assets" / "examples" / "digits_mlp.netwright"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "digits.netwright"
    path.write_bytes(EXAMPLE.read_bytes())
    return path


@pytest.fixture
def windows(qt: QApplication) -> Iterator[list[Keeper]]:
    made: list[Keeper] = []
    yield made
    for keeper in made:
        keeper.close()
        keeper.session.close()


def opened(windows: list[Keeper], path: Path) -> Keeper:
    found = open_project(path)
    keeper = Keeper(Session(found.project, found.path), Answers())
    keeper.opened(found)
    windows.append(keeper)
    return keeper


def recovered(windows: list[Keeper], lost: Lost) -> Keeper:
    assert lost.recovered is not None
    keeper = Keeper(Session(lost.recovered.project, lost.path), Answers())
    windows.append(keeper)
    keeper.recovered(lost)
    return keeper


def edit(keeper: Keeper, value: int) -> Project:
    """Make an edit that shows in the project, and wait until the disk has it."""
    node = next(iter(sorted(keeper.session.project.main.graph.nodes)))

    def with_name(graph: Graph) -> Graph:
        return set_argument(graph, NodeId(node), "x", value)

    assert keeper.session.apply(lambda now: in_block(now, "main", with_name), "edit")
    assert keeper.settle()
    return keeper.session.project


def crash(windows: list[Keeper], keeper: Keeper) -> None:
    """End a window as kill does: its journal stays, and its process is no more."""
    assert keeper.settle()
    windows.remove(keeper)
    journal = journal_of(keeper.owner)
    keeper._drop = lambda: None  # type: ignore[method-assign]  # nobody lives to drop it
    keeper.close()
    keeper.session.close()
    if journal.exists():
        journal.rename(journal_of(replace(keeper.owner, started="1.00")))


def test_a_window_that_was_not_touched_leaves_nothing(windows: list[Keeper], file: Path) -> None:
    keeper = opened(windows, file)
    assert keeper.settle()
    assert not journal_of(keeper.owner).exists()
    crash(windows, keeper)
    assert lost_work() == []


def test_living_windows_are_passed_over(windows: list[Keeper], file: Path) -> None:
    edit(opened(windows, file), 1)
    assert lost_work() == []


def test_crash_recover_crash_recover(windows: list[Keeper], file: Path) -> None:
    first = opened(windows, file)
    edit(first, 1)
    project = edit(first, 2)
    crash(windows, first)
    for _ in range(3):  # offered again and again
        (lost,) = lost_work()
        assert lost.recovered is not None
        assert (lost.recovered.project, lost.path, lost.edits) == (project, file, 2)
        assert lost.title == "digits.netwright"
        assert lost.words.startswith("2 changes, the last one ")

    second = recovered(windows, lost)
    assert second.session.document.is_modified
    assert second.edits == 2
    assert lost_work() == []  # it is in a window's care
    crash(windows, second)  # before any edit
    (lost,) = lost_work()
    assert lost.edits == 2

    third = recovered(windows, lost)
    project = edit(third, 3)
    assert third.edits == 3
    crash(windows, third)
    (lost,) = lost_work()
    assert lost.recovered is not None
    assert (lost.recovered.project, lost.edits) == (project, 3)

    last = recovered(windows, lost)
    assert last.save()
    assert load(file).project == project
    crash(windows, last)
    assert lost_work() == []


def test_what_was_refused_is_gone(windows: list[Keeper], file: Path) -> None:
    keeper = opened(windows, file)
    edit(keeper, 1)
    crash(windows, keeper)
    (lost,) = lost_work()
    lost.refuse()
    lost.refuse()
    assert lost_work() == []


def test_recovered_work_that_is_refused_at_closing_is_gone(
    windows: list[Keeper], file: Path, own_home: Path
) -> None:
    keeper = opened(windows, file)
    edit(keeper, 1)
    crash(windows, keeper)
    again = recovered(windows, lost_work()[0])
    again.asks.closing.append("discard")  # type: ignore[attr-defined]  # Answers
    assert again.may_close()
    again.close()
    again._recording._thread.join(10)
    assert list((own_home / "journals").iterdir()) == []


def test_a_window_that_ends_without_a_word_leaves_its_work(
    windows: list[Keeper], file: Path
) -> None:
    keeper = opened(windows, file)
    edit(keeper, 1)
    journal = journal_of(keeper.owner)
    keeper.close()  # as where the system ends the session
    keeper._recording._thread.join(10)
    assert journal.exists()


def test_saved_just_before_the_crash(windows: list[Keeper], file: Path) -> None:
    """The file is written, and the journal is still there: it says the same, and is dropped."""
    keeper = opened(windows, file)
    edit(keeper, 1)
    keeper._drop = lambda: None  # type: ignore[method-assign]  # killed before it could
    assert keeper.save()
    crash(windows, keeper)
    assert lost_work() == []


def test_the_file_changed_between_crash_and_recovery(windows: list[Keeper], file: Path) -> None:
    keeper = opened(windows, file)
    edit(keeper, 1)
    crash(windows, keeper)
    other = file.read_bytes().replace(b"\n", b" \n", 1)
    file.write_bytes(other)
    again = recovered(windows, lost_work()[0])
    assert not again.save()
    assert again.asks.kinds == ["conflict"]  # type: ignore[attr-defined]  # Answers
    assert file.read_bytes() == other


def test_only_one_window_gets_the_work(windows: list[Keeper], file: Path) -> None:
    keeper = opened(windows, file)
    edit(keeper, 1)
    crash(windows, keeper)
    (one,), (other,) = lost_work(), lost_work()
    recovered(windows, one)
    with pytest.raises(FileProblem, match="recovered in another window"):
        recovered(windows, other)


def test_work_that_cannot_be_taken_over_stays_where_it_is_until_it_is_saved(
    windows: list[Keeper], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = opened(windows, file)
    edit(keeper, 1)
    crash(windows, keeper)
    (lost,) = lost_work()

    def denied(*_: object) -> Path:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", denied)
        again = recovered(windows, lost)
    assert again.session.document.is_modified
    assert lost.journal.exists()
    assert again.save()
    assert again.settle()
    assert not lost.journal.exists()


def _journal(name: str, edits: int = 1, file: str = "") -> Path:
    path = recovery.folder("journals") / f"{name}.journal"
    with Journal(path, file, Project(Block(name="Net"))) as journal:
        for number in range(edits):
            journal.record(Project(Block(name=f"Net {number}")))
    return path


def dead_name() -> str:
    return replace(new_owner(), started="1.00").name


def test_a_torn_end_is_tolerated_and_a_damaged_record_is_kept_aside(own_home: Path) -> None:
    path = _journal(dead_name(), 5)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    (lost,) = lost_work()
    assert lost.edits == 4
    assert lost.title == "Net 3"
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"damaged\n", *lines[3:]]))
    (lost,) = lost_work()
    assert lost.edits == 1
    damaged = path.read_bytes()
    take_over(lost, new_owner())
    (kept,) = (own_home / "rescued").iterdir()
    assert kept.read_bytes() == damaged


def test_a_record_of_which_nothing_can_be_read_is_shown_with_the_reason() -> None:
    path = _journal(dead_name())
    path.write_bytes(b"nothing of ours\n")
    (lost,) = lost_work()
    assert lost.recovered is None
    assert "first line is damaged" in lost.problem
    assert "cannot be read" in lost.words
    assert (lost.edits, lost.path, lost.title) == (0, None, "Untitled")
    lost.refuse()
    assert lost_work() == []


def test_a_record_without_an_edit_is_dropped() -> None:
    path = _journal(dead_name(), 0)
    assert lost_work() == []
    assert not path.exists()


def test_a_record_under_a_strange_name_is_offered_too() -> None:
    _journal("copy of mine")
    assert len(lost_work()) == 1


def test_a_record_of_another_computer_is_offered_once_it_is_quiet() -> None:
    path = _journal(replace(new_owner(), computer="0" * 12).name)
    assert lost_work() == []
    os.utime(path, (0, path.stat().st_mtime - recovery.FAR_QUIET - 5))
    (lost,) = lost_work()
    assert lost.far


def test_the_newest_work_comes_first_and_leftovers_are_swept() -> None:
    older, newer = _journal("b one"), _journal("a two")
    os.utime(older, (0, older.stat().st_mtime - 100))
    place = newer.parent
    old, young = place / ".x.tmp", place / ".y.tmp"
    old.touch()
    young.touch()
    os.utime(old, (0, 0))
    assert [lost.journal for lost in lost_work()] == [newer, older]
    assert not old.exists()
    assert young.exists()


def test_no_home_no_lost_work(own_home: Path) -> None:
    own_home.write_text("a file")
    assert lost_work() == []


def test_text_that_was_typed_and_not_applied_outlives_its_window(
    windows: list[Keeper], file: Path
) -> None:
    keeper = opened(windows, file)
    typed = Unapplied("model.py", "a\n", "b\n")
    keeper.session.typed.keep(Unapplied("model.py", "a\n", "a2\n"))
    keeper.session.typed.keep(typed)
    crash(windows, keeper)
    (lost,) = lost_work()
    assert lost.typed == typed
    assert lost.words.startswith("an edit of model.py that is not applied, typed ")
    again = recovered(windows, lost)
    assert again.session.typed.waits
    assert again.session.typed.text == typed
    assert not again.session.document.is_modified
    drawn = edit(again, 3)
    crash(windows, again)
    (lost,) = lost_work()
    assert lost.words.startswith("1 change, ")
    assert lost.recovered is not None
    assert (lost.typed, lost.recovered.project) == (typed, drawn)
    last = recovered(windows, lost)
    last.session.typed.keep(None)
    crash(windows, last)
    (lost,) = lost_work()
    assert lost.typed is None
    lost.refuse()


def test_a_save_keeps_what_is_typed_and_applying_it_ends_the_record(
    windows: list[Keeper], file: Path
) -> None:
    keeper = opened(windows, file)
    typed = Unapplied("train.py", "a\n", "b\n")
    keeper.session.typed.keep(typed)
    edit(keeper, 3)
    assert keeper.save()
    assert keeper.settle()
    assert unapplied_in(recover(journal_of(keeper.owner)).notes) == typed
    keeper.session.typed.keep(None)
    assert keeper.settle()
    assert not journal_of(keeper.owner).exists()


@pytest.mark.parametrize("said", [None, 3, {"file": 1}, {"file": "a", "before": "b"}, [], {}])
def test_notes_of_any_other_form_are_no_edit(said: object) -> None:
    assert unapplied_in({"typed": said}) is None
