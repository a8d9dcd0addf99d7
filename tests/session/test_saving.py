"""A save replaces only what its user knows, and leaves the old or the new file, never a third."""

import errno
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.session.ago import ago, counted
from app.session.backups import backups_of
from app.session.holding import hold, release
from app.session.keeper import Keeper
from app.session.owner import new_owner
from app.session.saving import Opened, open_project, refusal_words
from app.session.session import Session
from app.session.waiting import waited
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import FileProblem, load
from graph_editor.document.model import Graph, NodeId, Project
from tests.session.answers import Answers
from tests.session.test_holding import living

EXAMPLE = Path(__file__).parents[2] / "assets" / "examples" / "digits_mlp.netwright"
OTHERS = EXAMPLE.read_bytes().replace(b'"seed": 0', b'"seed": 7')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "digits.netwright"
    path.parent.mkdir()
    path.write_bytes(EXAMPLE.read_bytes())
    return path


@pytest.fixture
def opening(qt: QApplication) -> Iterator[Callable[[Path | None], Keeper]]:
    made: list[Keeper] = []

    def open_in_a_window(path: Path | None) -> Keeper:
        opened = open_project(path) if path is not None else None
        session = Session(opened.project, opened.path) if opened is not None else Session()
        keeper = Keeper(session, Answers())
        made.append(keeper)
        if opened is not None:
            keeper.opened(opened)
        keeper.settle()
        return keeper

    yield open_in_a_window
    for keeper in made:
        keeper.close()
        keeper.session.close()


@pytest.fixture
def keeper(opening: Callable[[Path | None], Keeper], file: Path) -> Keeper:
    return opening(file)


def edit(keeper: Keeper, value: int) -> Project:
    node = NodeId(min(keeper.session.project.main.graph.nodes))

    def valued(graph: Graph) -> Graph:
        return set_argument(graph, node, "x", value)

    assert keeper.session.apply(lambda now: in_block(now, "main", valued), "edit")
    assert keeper.settle()
    return keeper.session.project


def answers(keeper: Keeper) -> Answers:
    assert isinstance(keeper.asks, Answers)
    return keeper.asks


def test_what_is_saved_is_there_and_the_former_content_is_kept(keeper: Keeper, file: Path) -> None:
    former = file.read_bytes()
    project = edit(keeper, 1)
    assert keeper.save()
    assert load(file).project == project
    assert not keeper.session.document.is_modified
    assert answers(keeper).asked == []
    assert [backup.path.read_bytes() for backup in backups_of(file)] == [former]
    edit(keeper, 2)
    assert keeper.save()  # its own save is no change by somebody else
    assert answers(keeper).asked == []
    assert len(keeper.backups()) == 2


def test_a_file_that_was_only_touched_is_saved_without_a_question(
    keeper: Keeper, file: Path
) -> None:
    os.utime(file, (0, 0))
    edit(keeper, 1)
    assert keeper.save()
    assert answers(keeper).asked == []


def test_a_file_changed_on_disk_with_its_old_time_is_asked_about(
    keeper: Keeper, file: Path
) -> None:
    before = file.stat()
    file.write_bytes(OTHERS)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    project = edit(keeper, 1)
    assert not keeper.save()
    ((kind, conflict),) = answers(keeper).asked
    assert kind == "conflict"
    assert conflict.disk == OTHERS
    assert conflict.here is project
    assert "digits.netwright was changed on disk" in conflict.words
    assert "by another program" in conflict.words
    assert file.read_bytes() == OTHERS
    assert keeper.session.document.is_modified


def test_overwriting_keeps_what_the_other_wrote_and_asks_no_more(
    keeper: Keeper, file: Path
) -> None:
    file.write_bytes(OTHERS)
    project = edit(keeper, 1)
    answers(keeper).conflicts.append("overwrite")
    assert keeper.save()
    assert load(file).project == project
    assert [backup.path.read_bytes() for backup in backups_of(file)] == [OTHERS]
    edit(keeper, 2)
    assert keeper.save()
    assert answers(keeper).kinds == ["conflict"]


def test_what_changes_while_it_is_asked_is_asked_again(keeper: Keeper, file: Path) -> None:
    asks, contents = answers(keeper), [OTHERS + b" ", OTHERS + b"  "]

    def overwrite(parent: object, conflict: Any) -> str:
        asks.asked.append(("conflict", conflict))
        if contents:
            file.write_bytes(contents.pop())
        return "overwrite"

    asks.conflict = overwrite  # type: ignore[method-assign,assignment]  # a slow answer
    file.write_bytes(OTHERS)
    edit(keeper, 1)
    assert keeper.save()
    assert [len(conflict.disk) - len(OTHERS) for _, conflict in asks.asked] == [0, 2, 1]


def test_without_a_backup_the_work_of_others_is_not_replaced(
    keeper: Keeper, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.session.saving.keep_former", full)
    file.write_bytes(OTHERS)
    edit(keeper, 1)
    answers(keeper).conflicts.append("overwrite")
    assert not keeper.save()
    assert file.read_bytes() == OTHERS
    assert "no backup" in answers(keeper).asked[-1][1].words
    file.write_bytes(EXAMPLE.read_bytes())  # its own former content may go
    heard: list[str] = []
    keeper.session.said.connect(heard.append)
    assert keeper.save()
    assert "No backup of its content could be made" in heard[-1]


def test_a_conflict_may_end_in_another_file(keeper: Keeper, file: Path) -> None:
    file.write_bytes(OTHERS)
    project = edit(keeper, 1)
    answers(keeper).conflicts.append("save_as")
    answers(keeper).places.append(file.with_name("mine"))
    assert keeper.save()
    assert file.read_bytes() == OTHERS
    assert load(file.with_name("mine.netwright")).project == project
    assert keeper.session.path == file.with_name("mine.netwright")


def test_a_file_that_is_gone_is_written_again(keeper: Keeper, file: Path) -> None:
    file.unlink()
    project = edit(keeper, 1)
    assert keeper.save()
    assert load(file).project == project


def test_a_folder_that_is_gone_is_said(keeper: Keeper, file: Path) -> None:
    file.unlink()
    file.parent.rmdir()
    edit(keeper, 1)
    assert not keeper.save()
    ((kind, trouble),) = answers(keeper).asked
    assert kind == "trouble"
    assert "digits.netwright" in trouble.words
    assert "another name" in trouble.words
    assert keeper.session.document.is_modified


def test_a_new_project_asks_where(opening: Callable[[Path | None], Keeper], file: Path) -> None:
    keeper = opening(None)
    assert not keeper.save()
    assert keeper.session.path is None
    answers(keeper).places.append(file.with_name("new.v2"))
    assert keeper.save()
    assert keeper.session.path == file.with_name("new.v2.netwright")
    assert not keeper.session.document.is_modified
    assert "where" in answers(keeper).kinds
    suggested = answers(keeper).asked[0][1]
    assert suggested.name == "Untitled.netwright"


def test_saving_over_another_file_keeps_it(keeper: Keeper, file: Path) -> None:
    other = file.with_name("other.netwright")
    other.write_bytes(OTHERS)
    project = edit(keeper, 1)
    answers(keeper).places.append(other)
    assert keeper.save_as()
    assert load(other).project == project
    assert [backup.path.read_bytes() for backup in backups_of(other)] == [OTHERS]


def test_saving_as_itself_is_saving(keeper: Keeper, file: Path) -> None:
    file.write_bytes(OTHERS)
    edit(keeper, 1)
    answers(keeper).places.append(file)
    assert not keeper.save_as()
    assert answers(keeper).kinds == ["where", "conflict"]
    assert file.read_bytes() == OTHERS


def test_a_huge_file_is_not_replaced(
    keeper: Keeper, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = file.with_name("film.netwright")
    huge.write_bytes(b"0" * 2_000)
    monkeypatch.setattr("app.session.saving.MAX_BYTES", 1_999)
    answers(keeper).places.append(huge)
    assert not keeper.save_as()
    assert "is not replaced" in answers(keeper).asked[-1][1].words
    assert huge.stat().st_size == 2_000


def test_a_file_that_another_window_holds_opens_for_reading_only(
    opening: Callable[[Path | None], Keeper], file: Path
) -> None:
    other = living()
    hold(file, other)
    opened = open_project(file)
    assert opened.waits
    assert opened.holder is not None
    assert not opened.holder.owner.is_here
    assert "is open in another Netwright" in opened.warnings[-1]
    keeper = opening(file)
    assert keeper.session.read_only
    edit(keeper, 1)
    before = file.read_bytes()
    assert not keeper.save()
    assert file.read_bytes() == before
    ((kind, conflict),) = answers(keeper).asked
    assert kind == "conflict"
    assert "Who saves last" in conflict.words
    assert keeper.session.read_only
    answers(keeper).conflicts.append("overwrite")
    assert keeper.save()
    assert not keeper.session.read_only
    edit(keeper, 2)
    assert keeper.save()  # the user knows
    assert len(answers(keeper).asked) == 2
    release(file, other)


def test_who_wants_to_edit_a_held_file_says_so_at_once(
    opening: Callable[[Path | None], Keeper], file: Path
) -> None:
    first, second = opening(file), opening(file)
    second.make_writable()
    assert not second.session.read_only
    second.settle()
    edit(first, 1)
    assert not first.save()  # now both are told
    assert answers(first).kinds == ["conflict"]


def test_a_file_can_be_saved_once_the_other_window_is_closed(
    opening: Callable[[Path | None], Keeper], file: Path
) -> None:
    first = opening(file)
    second = opening(file)
    assert (first.read_only, bool(second.read_only)) == ("", True)
    edit(first, 1)
    assert first.save()  # who only reads is in nobody's way
    first.close()
    edit(second, 2)
    assert not second.save()
    assert answers(second).kinds == ["conflict"]  # what it shows is older than the file
    assert not second.session.read_only


def test_a_project_of_a_newer_version_is_saved_as_a_copy_only(
    opening: Callable[[Path | None], Keeper], file: Path
) -> None:
    text = file.read_text().replace('"min_reader": 1', '"min_reader": 9')
    file.write_text(text.replace('"format_version": 1', '"format_version": 9'))
    before = file.read_bytes()
    keeper = opening(file)
    assert keeper.session.read_only
    keeper.make_writable()
    assert keeper.session.read_only
    project = edit(keeper, 1)
    answers(keeper).troubles.append("save_as")
    answers(keeper).places.append(file)  # the same one again
    assert not keeper.save()
    answers(keeper).places.append(file.with_name("copy.netwright"))
    assert keeper.save_as()
    assert file.read_bytes() == before
    assert load(file.with_name("copy.netwright")).project == project
    edit(keeper, 2)
    assert keeper.save()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everything")
def test_a_write_protected_file_is_not_replaced(
    opening: Callable[[Path | None], Keeper], file: Path
) -> None:
    file.chmod(0o444)
    assert "write-protected" in opening(file).read_only


def test_a_write_protected_file_is_for_reading_only(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    opened = open_project(file)
    assert "write-protected" in opened.read_only
    assert not opened.waits


def test_refusals_say_file_reason_and_way_out(keeper: Keeper, file: Path) -> None:
    edit(keeper, 1)
    assert keeper.save()
    file.write_text('{"format": "something"}')
    with pytest.raises(FileProblem) as problem:
        open_project(file)
    words = refusal_words(file, problem.value)
    assert words.startswith("digits.netwright could not be opened: ")
    assert "at format" in words
    assert "1 earlier copy" in words
    with pytest.raises(FileProblem) as problem:
        open_project(file.with_name("absent.netwright"))
    words = refusal_words(file.with_name("absent.netwright"), problem.value)
    assert "there is no such file. Choose another file." in words


def test_opened_says_what_lies_on_disk(file: Path) -> None:
    opened = open_project(os.path.relpath(file))
    assert isinstance(opened, Opened)
    assert opened.path == file
    assert replace(opened, read_only="") == opened


# Every call that may fail is made to fail in turn

CALLS: dict[str, Any] = {
    "mkstemp": tempfile,
    "write": os,
    "fsync": os,
    "open": os,
    "close": os,
    "replace": os,
    "chmod": os,
}
FAULTS = (errno.ENOSPC, errno.EIO, errno.EACCES)


class Faults:
    """Counts calls, and lets the one with a number fail."""

    def __init__(self, at: int | None = None, code: int = errno.EIO, half: bool = False) -> None:
        self.at, self.code, self.half, self.count = at, code, half, 0
        self.made: Counter[str] = Counter()

    def call(self, name: str, real: Callable[..., Any], *args: Any, **named: Any) -> Any:
        self.count += 1
        self.made[name] += 1
        if self.count - 1 == self.at:
            if name == "close":
                real(*args)  # as Linux does: closed all the same
            if name == "write" and self.half:
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            raise OSError(self.code, os.strerror(self.code))
        return real(*args, **named)


@contextmanager
def failing(faults: Faults) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, module in CALLS.items():
            real = getattr(module, name)

            def faulty(*args: Any, _name: str = name, _real: Any = real, **named: Any) -> Any:
                return faults.call(_name, _real, *args, **named)

            patch.setattr(module, name, faulty)
        yield


def _saved_with(faults: Faults, keeper: Keeper) -> bool:
    assert keeper.settle()  # so that nothing else than the save writes
    with failing(faults):
        return keeper.save()


def test_every_call_of_a_save_may_fail(
    opening: Callable[[Path | None], Keeper], tmp_path: Path
) -> None:
    path = tmp_path / "count.netwright"
    path.write_bytes(EXAMPLE.read_bytes())
    keeper, counting = opening(path), Faults()
    edit(keeper, 1)
    assert _saved_with(counting, keeper)
    assert counting.made["replace"] == 2  # the backup and the file
    assert counting.made["fsync"] >= 3
    for at in range(counting.count):
        for code in FAULTS:
            _check_one(opening, tmp_path / f"{at}-{code}", Faults(at, code, half=at % 2 == 0))


def _check_one(opening: Callable[[Path | None], Keeper], folder: Path, faults: Faults) -> None:
    folder.mkdir()
    path = folder / "digits.netwright"
    old = EXAMPLE.read_bytes()
    path.write_bytes(old)
    keeper = opening(path)
    heard: list[str] = []
    keeper.session.said.connect(heard.append)
    project = edit(keeper, 1)
    saved = _saved_with(faults, keeper)
    content = path.read_bytes()
    is_new = content != old
    if is_new:
        assert load(path).project == project, "a third content"
    assert [entry.name for entry in folder.iterdir()] == [path.name]
    assert keeper.session.document.is_modified is not saved
    if saved:
        assert is_new
        if faults.at is not None and not backups_of(path):
            assert "No backup" in heard[-1]
    else:
        assert answers(keeper).kinds == ["trouble"]
        assert "was not saved" in heard[-1]
    assert keeper.save()  # and once nothing fails any more, without a question
    assert load(path).project == project
    assert "conflict" not in answers(keeper).kinds


def test_waiting_returns_and_raises_what_the_work_does(qt: QApplication) -> None:
    assert waited(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        waited(lambda: 1 // 0)


def test_the_owner_of_a_window_opens_its_own_file_again(file: Path) -> None:
    owner = new_owner()
    hold(file, owner)
    assert open_project(file, owner).holder is None
    found = open_project(file).holder
    assert found is not None
    assert found.owner.is_here


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (-5, "just now"),
        (9, "just now"),
        (42, "42 seconds ago"),
        (60, "1 minute ago"),
        (200, "3 minutes ago"),
        (7_200, "2 hours ago"),
        (100_000, "1 day ago"),
    ],
)
def test_times_in_words(passed: float, words: str) -> None:
    assert ago(1_000_000.0, 1_000_000.0 + passed) == words


def test_numbers_in_words() -> None:
    assert counted(1, "copy", "copies") == "1 copy"
    assert counted(1_200, "copy", "copies") == "1,200 copies"
    assert counted(2, "node") == "2 nodes"
