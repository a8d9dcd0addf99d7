"""Writing replaces a file whole: after any failure the old or the new content is there."""

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from graph_editor.document import atomic
from graph_editor.document.atomic import atomic_write

STEPS = ["tempfile.mkstemp", "os.write", "os.fsync", "Path.chmod", "os.replace", "os.open"]


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a"
    atomic_write(path, "é\r\n\n")
    assert path.read_bytes() == b"\xc3\xa9\r\n\n"
    atomic_write(str(path), b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert _names(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [OSError(5, "broken"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("old", [b"old", None])
def test_every_step_may_fail(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    old: bytes | None,
    error: BaseException,
) -> None:
    path = tmp_path / "a"
    if old is not None:
        path.write_bytes(old)

    owner, name = step.split(".")
    real = getattr(getattr(atomic, owner), name)

    def fail(*args: object, **named: object) -> object:
        if step == "os.open" and args[0] != tmp_path:  # only the folder's flush is to fail
            return real(*args, **named)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(getattr(atomic, owner), name, fail)
        with pytest.raises(type(error)):
            atomic_write(path, b"new")
    content = path.read_bytes() if path.exists() else None
    assert content == (b"new" if step == "os.open" else old)
    assert all(name == "a" for name in _names(tmp_path))


def test_half_a_write_leaves_the_old_file_and_no_open_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, used = os.write, []

    def half(handle: int, content: memoryview) -> int:
        if used:
            raise OSError(28, "No space left on device")
        used.append(handle)
        return real(handle, content[:2])

    path = tmp_path / "a"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space"):
            atomic_write(path, b"new content")
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["a"]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(used[0])


def test_a_write_may_take_several_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: real(handle, content[:3]))
    atomic_write(tmp_path / "a", b"new content")
    assert (tmp_path / "a").read_bytes() == b"new content"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_the_mode_of_a_file_is_kept_and_a_new_one_is_as_usual(tmp_path: Path) -> None:
    path, usual = tmp_path / "a", tmp_path / "usual"
    usual.write_bytes(b"")
    atomic_write(path, "1")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    path.chmod(0o640)
    atomic_write(path, "2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "a", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    atomic_write(link, "new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert _names(tmp_path / "real") == ["a"]


def test_the_content_is_on_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def noted(*args: object, _real=real, _name=name) -> object:
            done.append(_name)
            return _real(*args)

        monkeypatch.setattr(os, name, noted)
    atomic_write(tmp_path / "a", "new")
    assert done == (["fsync", "replace"] if os.name == "nt" else ["fsync", "replace", "fsync"])


def test_where_folders_cannot_be_flushed_the_file_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "a")
    with monkeypatch.context() as patch:
        real = os.open

        def no_folder(place: str, *rest: int) -> int:
            if Path(place).is_dir():
                raise PermissionError(13, "Permission denied")
            return real(place, *rest)

        patch.setattr(os, "open", no_folder)
        with pytest.raises(PermissionError):
            atomic_write(path, "flushed")
        patch.setattr(atomic, "SYSTEM", "nt")
        atomic_write(path, "new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_killed_writer_leaves_one_of_its_contents(tmp_path: Path) -> None:
    path = tmp_path / "a"
    code = """
        import sys
        from graph_editor.document.atomic import atomic_write
        for k in range(10**9):
            atomic_write(sys.argv[1], str(k % 10) * 100_000)
            if k == 5:
                print("going", flush=True)
    """
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            writer.kill()
        content = path.read_text()
        assert len(content) == 100_000
        assert len(set(content)) == 1
