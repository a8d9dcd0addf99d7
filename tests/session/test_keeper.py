"""The journal follows every edit; a save, an undo to what is saved and a refusal end it."""

import errno
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.session.backups import backups_of
from app.session.holding import holders_of
from app.session.keeper import Keeper
from app.session.recent import recent_files
from app.session.recording import Base, Recording
from app.session.recovery import journal_of
from app.session.saving import open_project
from app.session.session import Session
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import load
from graph_editor.document.journal import recover
from graph_editor.document.model import Block, Graph, NodeId, Project
from tests.session.answers import Answers
from tests.session.scripted import acts

EXAMPLE = Path(__file__).parents[2] / "assets" / "examples" / "digits_mlp.netwright"


@pytest.fixture
def keeper(qt: QApplication, tmp_path: Path) -> Iterator[Keeper]:
    file = tmp_path / "digits.netwright"
    file.write_bytes(EXAMPLE.read_bytes())
    opened = open_project(file)
    made = Keeper(Session(opened.project, opened.path), Answers())
    made.opened(opened)
    yield made
    made.close()
    made.session.close()


def edit(keeper: Keeper, value: int) -> None:
    node = NodeId(min(keeper.session.project.main.graph.nodes))

    def valued(graph: Graph) -> Graph:
        return set_argument(graph, node, "x", value)

    assert keeper.session.apply(lambda now: in_block(now, "main", valued), "edit")


def said(keeper: Keeper) -> list[str]:
    heard: list[str] = []
    keeper.session.said.connect(heard.append)
    return heard


def answers(keeper: Keeper) -> Answers:
    assert isinstance(keeper.asks, Answers)
    return keeper.asks


def test_every_edit_is_in_the_journal(keeper: Keeper) -> None:
    path = journal_of(keeper.owner)
    assert not path.exists()
    script = acts(3)
    for number in range(60):
        next(script)(keeper.session)
        if number % 7 == 0:
            assert keeper.settle()
            if keeper.session.document.is_modified:
                assert recover(path).project == keeper.session.project
    edit(keeper, 1)
    assert keeper.settle()
    found = recover(path)
    assert found.project == keeper.session.project
    assert found.file == str(keeper.session.path)
    assert found.edits == keeper.edits
    assert found.changes < found.edits  # several edits were written together


def test_edits_are_written_without_being_waited_for(keeper: Keeper) -> None:
    edit(keeper, 1)
    edit(keeper, 2)
    path = journal_of(keeper.owner)
    for _ in range(200):
        if path.exists() and recover(path).edits == 2:
            break
        time.sleep(0.05)
    assert recover(path).project == keeper.session.project


def test_a_save_ends_the_journal_and_the_next_edit_begins_one(keeper: Keeper) -> None:
    path = journal_of(keeper.owner)
    edit(keeper, 1)
    assert keeper.settle()
    assert keeper.save()
    assert keeper.settle()
    assert not path.exists()
    assert keeper.edits == 0
    edit(keeper, 2)
    assert keeper.settle()
    assert (recover(path).project, recover(path).edits) == (keeper.session.project, 1)


def test_undone_to_what_is_saved_there_is_nothing_to_recover(keeper: Keeper) -> None:
    path = journal_of(keeper.owner)
    edit(keeper, 1)
    assert keeper.settle()
    keeper.session.undo()
    assert keeper.settle()
    assert not path.exists()
    keeper.session.redo()
    assert keeper.settle()
    assert recover(path).project == keeper.session.project


def test_closing_asks_only_where_something_would_be_lost(keeper: Keeper) -> None:
    assert keeper.may_close()
    edit(keeper, 1)
    assert not keeper.may_close()
    assert answers(keeper).asked == [("closing", ("digits.netwright", 1))]
    answers(keeper).closing.append("save")
    assert keeper.may_close()
    assert not keeper.session.document.is_modified


def test_refused_changes_stay_recorded_until_the_window_closes(keeper: Keeper) -> None:
    path = journal_of(keeper.owner)
    edit(keeper, 1)
    answers(keeper).closing.append("discard")
    assert keeper.may_close()
    assert keeper.settle()
    assert path.exists()  # another window may still say no
    edit(keeper, 2)
    keeper.close()
    keeper._recording._thread.join(10)
    assert path.exists()  # the window stayed open, and was edited on


def test_refused_changes_go_with_the_window(keeper: Keeper) -> None:
    edit(keeper, 1)
    answers(keeper).closing.append("discard")
    assert keeper.may_close()
    keeper.close()
    keeper.close()
    keeper._recording._thread.join(10)
    assert not journal_of(keeper.owner).exists()


def test_a_failed_save_keeps_the_window_open(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(keeper, 1)
    answers(keeper).closing.append("save")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.session.saving.atomic_write", full)
    assert not keeper.may_close()
    assert answers(keeper).kinds == ["closing", "trouble"]


def test_a_file_is_held_while_it_is_open(keeper: Keeper, tmp_path: Path) -> None:
    path = keeper.session.path
    assert path is not None
    keeper.settle()
    assert [holder.owner for holder in holders_of(path)] == [keeper.owner]
    edit(keeper, 1)
    answers(keeper).places.append(tmp_path / "other")
    assert keeper.save_as()
    keeper.settle()
    assert holders_of(path) == []
    assert len(holders_of(tmp_path / "other.netwright")) == 1
    keeper.close()
    keeper._later.shutdown(wait=True)
    assert holders_of(tmp_path / "other.netwright") == []


def test_files_are_remembered(keeper: Keeper, tmp_path: Path) -> None:
    answers(keeper).places.append(tmp_path / "new.netwright")
    assert keeper.save_as()
    names = [recent.path.name for recent in recent_files(keeper.session.settings)]
    assert names == ["new.netwright", "digits.netwright"]


def test_unsaved_work_is_copied_once(keeper: Keeper) -> None:
    path = keeper.session.path
    assert path is not None
    keeper.autosave()
    keeper.settle()
    assert keeper.backups() == []
    edit(keeper, 1)
    keeper.autosave()
    keeper.autosave()
    keeper.settle()
    (copy,) = keeper.backups()
    assert copy.is_autosave
    assert load(copy.path).project == keeper.session.project
    assert backups_of(path) == [copy]


def test_copies_are_made_by_a_timer(keeper: Keeper) -> None:
    assert keeper._copying.isActive()
    assert keeper._copying.interval() == 300_000
    keeper.close()
    assert not keeper._copying.isActive()


def test_work_is_saved_aside_whatever_happened(keeper: Keeper, own_home: Path) -> None:
    edit(keeper, 1)
    keeper.close()
    keeper.session.close()
    made = keeper.save_aside()
    assert made.parent == own_home / "rescued"
    assert made.name.startswith("digits-")
    assert load(made).project == keeper.session.project


def test_a_full_disk_is_said_once_and_tried_again(
    keeper: Keeper, qt: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.settle()
    heard = said(keeper)
    monkeypatch.setattr("app.session.recording.RETRY", 0.01)
    real, tries = os.fsync, []

    def full(handle: int) -> None:
        tries.append(handle)
        if len(tries) < 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        edit(keeper, 1)
        assert keeper.settle()
    qt.processEvents()
    assert len(tries) >= 6
    assert [("No space" in line, "again" in line) for line in heard] == [
        (True, True),
        (False, True),
    ]
    assert recover(journal_of(keeper.owner)).project == keeper.session.project


def test_a_journal_that_somebody_deletes_is_begun_anew(keeper: Keeper, own_home: Path) -> None:
    path = journal_of(keeper.owner)
    edit(keeper, 1)
    assert keeper.settle()
    path.unlink()
    path.parent.rmdir()
    edit(keeper, 2)
    assert keeper.settle()
    assert recover(path).project == keeper.session.project


def test_the_disk_is_never_waited_for(
    keeper: Keeper, qt: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Edits come back while a flush hangs; what they made is written once it goes on."""
    go, real, hung = threading.Event(), os.fsync, threading.Event()

    def slow(handle: int) -> None:
        hung.set()
        assert go.wait(20)
        real(handle)

    monkeypatch.setattr(os, "fsync", slow)
    edit(keeper, 1)
    assert hung.wait(20)
    for number in range(50):
        edit(keeper, 100 + number)
    go.set()
    assert keeper.settle()
    assert recover(journal_of(keeper.owner)).project == keeper.session.project


def test_a_fault_of_ours_does_not_end_the_recording(tmp_path: Path) -> None:
    told: list[str] = []
    path, calls = tmp_path / "a.journal", []

    def place() -> Path:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("a fault")
        return path

    recording = Recording(place, told.append)
    recording.keep(Base(Project()), Project(Block(name="a")), 1)
    assert recording.settle()
    assert recover(path).project == Project(Block(name="a"))
    assert "a fault" in told[0]
    recording.drop()
    recording.close()
    recording._thread.join(10)
    assert not path.exists()
    recording.keep(Base(Project()), Project(Block(name="b")), 1)
    assert not path.exists()
