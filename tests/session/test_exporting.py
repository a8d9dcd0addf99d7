"""Exports: exactly the texts, never over somebody's changes, and every refusal in words."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from app.places import home
from app.session import exporting
from app.session.exporting import CannotExport, differing, export_python, files_of, folder_problem
from codegen.written import SourceText, Written
from graph_editor.document.model import FrozenMap

TEXTS = {
    "model.py": "model\n",
    "data.py": "data\n",
    "train.py": "train ä\n",
    "predict.py": "predict\n",
    "tests/test_model.py": "tests\n",
    "requirements.txt": "torch\n",
    "README.md": "# Net\n",
}
WRITTEN = Written(FrozenMap({name: SourceText(text) for name, text in TEXTS.items()}))
ALONE = Written(FrozenMap({"model.py": SourceText("model\n")}))


def there(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.is_file() and not p.is_relative_to(home())]
    return {p.relative_to(folder).as_posix(): p.read_bytes().decode() for p in files}


def test_all_files_are_written_byte_for_byte(tmp_path: Path) -> None:
    export = export_python(WRITTEN, tmp_path / "a" / "b")
    assert there(tmp_path / "a" / "b") == TEXTS
    assert [path.relative_to(export.folder).as_posix() for path in export.files] == list(TEXTS)
    assert export.command == f"cd {tmp_path / 'a' / 'b'} && python train.py"


def test_the_model_alone(tmp_path: Path) -> None:
    export = export_python(WRITTEN, tmp_path, kind="model")
    assert there(tmp_path) == {"model.py": "model\n"}
    assert export.command == ""
    assert export_python(ALONE, tmp_path / "c").command == ""


def test_every_file_is_described() -> None:
    assert files_of(WRITTEN).keys() == exporting.WHAT.keys()


def test_files_that_differ_are_kept_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("my own changes\n")
    (tmp_path / "data.py").write_text("data\n")
    (tmp_path / "notes.txt").write_text("mine\n")
    before = there(tmp_path)
    with pytest.raises(CannotExport, match=r"train\.py") as refusal:
        export_python(WRITTEN, tmp_path)
    assert refusal.value.differing == ("train.py",) == differing(TEXTS, tmp_path)
    assert there(tmp_path) == before
    export_python(WRITTEN, tmp_path, ["train.py"])
    assert there(tmp_path) == {**TEXTS, "notes.txt": "mine\n"}


def test_only_files_that_were_named_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("named\n")
    (tmp_path / "data.py").write_text("came later\n")
    before = there(tmp_path)
    with pytest.raises(CannotExport) as refusal:
        export_python(WRITTEN, tmp_path, ["train.py"])
    assert refusal.value.differing == ("data.py", "train.py")
    assert there(tmp_path) == before
    export_python(WRITTEN, tmp_path, refusal.value.differing)
    assert there(tmp_path) == TEXTS


def test_the_same_export_again_is_no_question(tmp_path: Path) -> None:
    export_python(WRITTEN, tmp_path)
    export_python(WRITTEN, tmp_path)
    assert differing(TEXTS, tmp_path) == ()


@pytest.mark.parametrize("name", ["model.py", "train.py"])
def test_a_folder_in_the_place_of_a_file_is_said_and_nothing_written(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name / "below").mkdir(parents=True)
    with pytest.raises(CannotExport, match=f"{name} is no plain file") as refusal:
        export_python(WRITTEN, tmp_path, TEXTS)
    assert refusal.value.differing == ()
    assert differing(TEXTS, tmp_path) == ()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_in_the_place_of_a_file_is_not_read_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train.py")
    os.mkfifo(tmp_path / "data.py")
    assert differing(TEXTS, tmp_path) == ()
    assert "data.py, train.py are no plain file" in folder_problem(tmp_path, TEXTS)


@pytest.mark.parametrize("place", ["file", "file/below", "file/a/b"])
def test_a_file_in_the_way_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    assert str(tmp_path / place) in folder_problem(tmp_path / place)
    with pytest.raises(CannotExport, match="folder"):
        export_python(WRITTEN, tmp_path / place)


@pytest.mark.parametrize("place", ["", "out", "../out", "./a/b", "~nobody-of-that-name/x"])
def test_a_path_that_depends_on_where_one_stands_is_refused(place: str) -> None:
    assert "whole path" in folder_problem(Path(place))
    with pytest.raises(CannotExport, match="whole path"):
        export_python(WRITTEN, Path(place))


def test_a_name_that_no_system_takes_is_said() -> None:
    with pytest.raises(CannotExport):
        export_python(WRITTEN, Path("/a\0b").absolute())


def test_a_disk_that_refuses_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.py").write_text("old\n")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "atomic_write", refuse)
    with pytest.raises(CannotExport, match="No space left on device"):
        export_python(WRITTEN, tmp_path, ["model.py"])
    assert there(tmp_path) == {"model.py": "old\n"}


@pytest.mark.skipif(exporting.os.name == "nt", reason="this is how other systems quote")
@pytest.mark.parametrize("name", ["my nets", "a'b", "x$HOME", 'q"uote', "naïve"])
def test_the_command_names_the_folder_as_a_shell_reads_it(tmp_path: Path, name: str) -> None:
    command = export_python(WRITTEN, tmp_path / name).command
    assert shlex.split(command)[:2] == ["cd", str(tmp_path / name)]


def test_a_tilde_is_the_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert export_python(WRITTEN, Path("~/nets")).folder == tmp_path / "nets"
