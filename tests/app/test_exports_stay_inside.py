"""Exports write inside the chosen folder alone, whatever a project is called or what is there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.engine.export_onnx import export
from app.engine.refused_export import RefusedExport
from app.session.exporting import CannotExport, export_python
from app.terminal.errors import CommandError
from app.terminal.generate import keep_others, write_files
from app.training.start_weights import copy_start_weights
from codegen.exporters import exporter, exporters
from codegen.exporters.single_file import file_name
from codegen.written import CannotWrite, SourceText, Written
from graph_editor.document.model import FrozenMap
from tests.codegen.hostile import texts
from tests.codegen.training_projects import simple

NAMES = ("model.py", "data.py", "train.py", "tests/test_model.py", "README.md")
WRITTEN = Written(FrozenMap({name: SourceText(f'"""{name}"""\n', (None,)) for name in NAMES}))
FORMS = [form.key for form in exporters()]
MINE = "what is outside"
Way = Callable[[Path, str], None]


def from_the_window(folder: Path, form: str) -> None:
    """Export as the dialog does once the user lets every file there be replaced."""
    export_python(WRITTEN, folder, replacing=exporter(form).texts(WRITTEN), kind=form)


def from_the_terminal(folder: Path, form: str) -> None:
    """Export as ``--force`` does."""
    files = exporter(form).texts(WRITTEN)
    keep_others(folder, files, force=True)
    write_files(folder, files)


WAYS: tuple[Way, ...] = (from_the_window, from_the_terminal)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder that nobody may change, with a file in it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "model.py").write_text(MINE)
    return tmp_path / "outside"


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("target", ["model.py", "not_there.py", "."])
def test_a_link_of_a_file_leads_nowhere(
    tmp_path: Path, outside: Path, way: Way, form: str, target: str
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for name in exporter(form).texts(WRITTEN):
        if "/" not in name:
            (folder / name).symlink_to(outside / target)
    with pytest.raises((CannotExport, CommandError)):
        way(folder, form)
    assert held(outside) == {"model.py": MINE}


@pytest.mark.parametrize("way", WAYS)
def test_a_link_of_a_folder_leads_nowhere(tmp_path: Path, outside: Path, way: Way) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "tests").symlink_to(outside)
    with pytest.raises((CannotExport, CommandError)):
        way(folder, "project")
    assert held(outside) == {"model.py": MINE}
    assert [path.name for path in folder.iterdir()] == ["tests"]  # nothing at all is written


@pytest.mark.parametrize("way", WAYS)
def test_the_chosen_folder_may_be_a_link_and_hold_links_of_its_own(
    tmp_path: Path, way: Way
) -> None:
    folder, link = tmp_path / "export", tmp_path / "link"
    folder.mkdir()
    (folder / "model.py").symlink_to("kept.py")
    (folder / "kept.py").write_text("old")
    link.symlink_to(folder)
    way(link, "model")
    assert held(folder)["kept.py"] == exporter("model").texts(WRITTEN)["model.py"]


@pytest.mark.parametrize(
    "name",
    [
        "../model.py", "a/../../b.py", "/etc/model.py", "//host/a.py", "C:a.py", "C:\\a.py",
        "..\\a.py", "a\\b.py", ".bashrc", "..", ".", "", "~/a.py", "a//b.py", "a/", "a.py ", "a.",
        "a\n.py", "a\0.py", "a:stream.py", "con.py", "tests/NUL", "Com1.txt", "aux", "lpt9.tar.gz",
        "x" * 200 + ".py", "$HOME.py", "%TEMP%.py", "ä.py", "a*.py", "-rf",
    ],
)  # fmt: skip
def test_a_name_that_is_no_plain_file_is_refused(tmp_path: Path, name: str) -> None:
    files = FrozenMap({"model.py": SourceText("")}).set(name, SourceText(""))
    written = Written(files)
    texts = exporter("project").texts
    with pytest.raises(CannotWrite, match="no name for a file"):
        texts(written)
    with pytest.raises(CannotWrite):
        export_python(written, tmp_path / "export")
    assert not (tmp_path / "export").exists()
    assert list(exporter("model").texts(written)) == ["model.py"]  # which has one name alone


def test_names_that_are_one_file_on_some_disks_are_refused() -> None:
    files = FrozenMap({"model.py": SourceText(""), "Model.py": SourceText("")})
    with pytest.raises(CannotWrite, match="no name for a file"):
        exporter("project").texts(Written(files))


def test_whatever_a_project_is_called_its_file_lies_in_the_folder(tmp_path: Path) -> None:
    titles = (*texts(), "con", "NUL", "com1", "aux.py", "x" * 5_000, "../a", "C:\\a", "a\0b")
    for title in titles:
        name = file_name(title, ())
        ((found, _),) = exporter("single_file").write(Written(WRITTEN.files, title=title)).items()
        assert found == name == os.path.basename(name)  # noqa: PTH119  # by its text alone
        assert len(name) <= 60
        assert name.isascii()
        assert name == name.lower()
    assert file_name("Con", ()) == "con_net.py"
    strange = Written(WRITTEN.files, title="../../etc/passwd")
    made = export_python(strange, tmp_path / "export", kind="single_file")
    assert [p.relative_to(tmp_path).as_posix() for p in made.files] == ["export/etc_passwd.py"]


@pytest.mark.parametrize("name", ["../up.pt", "down/../../up.pt", "link.pt", "away/w.pt"])
def test_weights_are_copied_nowhere_else(tmp_path: Path, outside: Path, name: str) -> None:
    folder, source = tmp_path / "export", tmp_path / "source.pt"
    folder.mkdir()
    source.write_text("weights")
    (folder / "link.pt").symlink_to(outside / "not_there.pt")
    (folder / "away").symlink_to(outside)
    with pytest.raises(OSError, match="outside the folder"):
        copy_start_weights({name: source}, folder, ["load_weights(model, 'x')"])
    assert held(outside) == {"model.py": MINE}
    assert not (tmp_path / "up.pt").exists()


@pytest.mark.parametrize("target", ["model.py", "not_there.onnx"])
def test_onnx_follows_no_link(tmp_path: Path, outside: Path, target: str) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "net.onnx").symlink_to(outside / target)
    with pytest.raises(RefusedExport, match="leads elsewhere"):
        export(simple(), folder / "net.onnx", None, lambda share, text: None)
    assert held(outside) == {"model.py": MINE}
