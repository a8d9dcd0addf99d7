"""The journal gives back unsaved work, up to the last line that is whole."""

import hashlib
import os
from pathlib import Path

import pytest

from graph_editor.document.files import FileProblem
from graph_editor.document.journal import Journal, recover
from graph_editor.document.model import Block, FrozenMap, Graph, Node, NodeId, Project


def _project(count: int) -> Project:
    nodes = {NodeId(f"n{k}"): Node("nn.ReLU", f"é{k}\u2028") for k in range(count)}
    return Project(Block(Graph(FrozenMap(nodes)), "Main"), run=FrozenMap({"epochs": count}))


def _journal(path: Path, count: int) -> list[int]:
    """Record a project of 1 to count nodes; return the file's size after each record."""
    sizes = []
    with Journal(path, "here.netwright", _project(1)) as journal:
        sizes.append(path.stat().st_size)
        for k in range(2, count + 1):
            journal.record(_project(k))
            sizes.append(path.stat().st_size)
    return sizes


def test_every_change_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _journal(path, 5)
    found = recover(path)
    assert found.project == _project(5)
    assert (found.file, found.changes, found.dropped) == ("here.netwright", 4, 0)


def test_a_record_without_change_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "", _project(2)) as journal:
        before = path.stat().st_size
        journal.record(_project(2))
        assert path.stat().st_size == before


def test_a_torn_end_is_dropped_wherever_it_was_torn(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    sizes = _journal(path, 4)
    content = path.read_bytes()
    for length in range(sizes[0], len(content)):
        path.write_bytes(content[:length])
        found = recover(path)
        whole = sum(size <= length for size in sizes)
        assert found.project == _project(whole)
        assert found.dropped == (length not in sizes)


def test_a_changed_byte_ends_the_recovery_before_its_line(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    sizes = _journal(path, 4)
    content = path.read_bytes()
    for place in range(sizes[1], sizes[2]):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        found = recover(path)
        assert found.project == _project(2)
        assert found.dropped >= 1


def test_a_line_that_is_missing_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    sizes = _journal(path, 4)
    content = path.read_bytes()
    path.write_bytes(content[: sizes[1]] + content[sizes[2] :])
    assert recover(path).project == _project(2)


@pytest.mark.parametrize("content", [b"", b"\n", b"nothing of ours\n", b"\xff" * 40])
def test_a_file_without_a_whole_first_line_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(FileProblem, match="first line"):
        recover(path)
    with pytest.raises(FileProblem, match="cannot be read"):
        recover(tmp_path / "absent")


def _line(text: str, before: bytes = b"") -> bytes:
    """Return a line whose checksum is right, whatever it says."""
    checksum = hashlib.blake2b(before + text.encode(), digest_size=8).hexdigest()
    return f"{checksum} {text}\n".encode()


WHOLE = '{"journal": 1, "file": "", "project": {}}'


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("[]", "must be an object"),
        ("1", "must be an object"),
        ("null", "must be an object"),
        ('"journal"', "must be an object"),
        ("{}", "journal is missing"),
        ('{"journal": true, "file": "", "project": {}}', "journal is missing or of a wrong type"),
        ('{"journal": 1}', "file is missing"),
        ('{"journal": 1, "file": 3, "project": {}}', "file is missing or of a wrong type"),
        ('{"journal": 1, "file": ""}', "project is missing"),
        ('{"journal": 1, "file": "", "project": []}', "project is missing or of a wrong type"),
        ('{"journal": 2, "file": "", "project": {}}', "version 2"),
        ('{"journal": 1, "file": "", "project": {"main": 4}}', "main"),
        ("{", "is no JSON"),
        ("[" * 100_000, "deep"),
    ],
)
def test_a_whole_first_line_of_something_else_is_refused(
    tmp_path: Path, first: str, reason: str
) -> None:
    path = tmp_path / "journal"
    path.write_bytes(_line(first))
    with pytest.raises(FileProblem, match=reason):
        recover(path)


@pytest.mark.parametrize("later", ["[]", "null", "{}", '{"change": 1}', '{"change": {"x": 1}}'])
def test_a_whole_later_line_of_something_else_is_refused(tmp_path: Path, later: str) -> None:
    path = tmp_path / "journal"
    first = _line(WHOLE)
    path.write_bytes(first)
    assert recover(path).project == Project()
    path.write_bytes(first + _line(later, first[:16]))
    with pytest.raises(FileProblem):
        recover(path)


def test_a_line_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    checksum = hashlib.blake2b(b"\xff", digest_size=8).hexdigest().encode()
    path.write_bytes(checksum + b" \xff\n")
    with pytest.raises(FileProblem, match="not UTF-8"):
        recover(path)


def test_a_save_begins_the_record_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "", _project(1)) as journal:
        journal.record(_project(2))
        journal.restart("there.netwright", _project(2))
        journal.record(_project(3))
        assert recover(path).project == _project(3)
        assert recover(path).file == "there.netwright"
        assert recover(path).changes == 1
        journal.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_failed_record_leaves_the_record_whole_and_the_next_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "journal"
    real = getattr(os, step)

    def half(handle: int, *content: memoryview) -> None:
        real(handle, *(part[:3] for part in content))
        raise OSError(28, "No space left on device")

    with Journal(path, "", _project(1)) as journal:
        journal.record(_project(2))
        with monkeypatch.context() as patch:
            patch.setattr(os, step, half)
            with pytest.raises(OSError, match="No space"):
                journal.record(_project(3))
        assert recover(path).project == _project(2)
        assert recover(path).dropped == 0
        journal.record(_project(4))
    assert recover(path).project == _project(4)


def test_edits_and_notes_are_kept_with_the_record(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "", _project(1), {"hash": "00", "edits": 3}) as journal:
        assert recover(path).edits == 0
        journal.record(_project(2), edits=4)
        journal.record(_project(3))
    found = recover(path)
    assert (found.changes, found.edits) == (2, 5)
    assert found.notes == {"hash": "00", "edits": 3}


@pytest.mark.parametrize("edits", ["-1", "true", '"many"', "null"])
def test_a_count_of_edits_that_cannot_be_counts_as_one(tmp_path: Path, edits: str) -> None:
    path = tmp_path / "journal"
    first = _line('{"journal": 1, "file": "", "project": {}, "notes": []}')
    later = _line(f'{{"change": {{}}, "edits": {edits}}}', first[:16])
    path.write_bytes(first + later)
    assert (recover(path).edits, recover(path).notes) == (1, {})


def test_a_failed_restart_leaves_the_old_record_and_takes_no_more_until_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    with Journal(path, "", _project(1)) as journal:
        journal.record(_project(2))
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
            with pytest.raises(OSError, match="full"):
                journal.restart("", _project(3))
        assert recover(path).project == _project(2)
        with pytest.raises(OSError, match="descriptor"):
            journal.record(_project(4))
        journal.restart("", _project(4))
        assert recover(path).project == _project(4)
