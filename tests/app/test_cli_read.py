"""``netwright read``: what was edited in exported files comes back into the project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli import main
from app.engine.judge import Judge
from app.terminal import read
from codegen import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import load, save
from graph_editor.document.model import Arg, FrozenMap, NodeId

EXAMPLE = Path(__file__).parents[2] / "assets" / "examples" / "digits_cnn.netwright"


@contextmanager
def in_process(role: str) -> Iterator[Judge]:
    """Stand for the engine: judge without a process of its own."""
    assert role == "judge"
    yield Judge()


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return a copy of an example, and a folder with its files."""
    monkeypatch.setattr(read, "Engine", in_process)
    project = load(EXAMPLE).project
    file, folder = tmp_path / "digits.netwright", tmp_path / "code"
    file.write_bytes(EXAMPLE.read_bytes())
    folder.mkdir()
    for name, source in generate(project, specs_of(project), Judge().judge(project)).files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(source.text, encoding="utf-8")
    return file, folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_edits_of_three_files_are_saved(
    exported: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = exported
    edit(folder / "model.py", "nn.Dropout(0.25)", "nn.Dropout(0.4)")
    edit(folder / "train.py", "epochs: int = 20", "epochs: int = 3")
    edit(folder / "data.py", "test_size=0.2", "test_size=0.25")
    before = file.read_bytes()
    assert main(["read", str(file), str(folder), "--dry-run"]) == 0
    assert file.read_bytes() == before
    assert "p of dropout: 0.25 -> 0.4" in capsys.readouterr().out
    assert main(["read", str(file), str(folder)]) == 0
    out = capsys.readouterr().out
    assert "epochs of the run: 3" in out
    assert "saved" in out
    project, old = load(file).project, load(EXAMPLE).project
    assert project.main.graph.nodes["dropout"].args["p"] == 0.4
    assert project.run["epochs"] == 3
    shares = FrozenMap({"train": 0.75, "val": 0.25})
    assert project.main.graph.nodes["digits"].args["split"] == shares
    assert project.layout == old.layout
    assert main(["read", str(file), str(folder)]) == 0
    assert "nothing was changed" in capsys.readouterr().out


def test_what_is_not_understood_is_named_and_nothing_is_saved(
    exported: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = exported
    edit(folder / "model.py", "nn.Dropout(0.25)", "MyDropout(0.25)")
    edit(folder / "train.py", "epochs: int = 20", "epochs: int = 3")
    before = file.read_bytes()
    assert main(["read", str(file), str(folder)]) == 1
    told = capsys.readouterr()
    lines = (folder / "model.py").read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines, 1) if "MyDropout" in line)
    assert f"model.py:{place}: the drawing has no layer MyDropout" in told.err
    assert "Nothing was changed." in told.err
    assert file.read_bytes() == before


def changed(file: Path, node: str, name: str, value: Arg) -> None:
    """Change the drawing of a file, as somebody does in the window."""
    project = load(file).project
    made = in_block(project, "main", lambda graph: set_argument(graph, NodeId(node), name, value))
    save(file, made)


def argument(file: Path, node: str, name: str) -> Arg:
    return load(file).project.main.graph.nodes[NodeId(node)].args[name]


@pytest.fixture
def generated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[Path, Path]:
    """Return a copy of an example, and a folder into which it was generated."""
    monkeypatch.setattr(read, "Engine", in_process)
    file, folder = tmp_path / "digits.netwright", tmp_path / "code"
    file.write_bytes(EXAMPLE.read_bytes())
    assert main(["generate", str(file), "-o", str(folder)]) == 0
    capsys.readouterr()
    return file, folder


def test_what_the_drawing_changed_since_is_kept(generated: tuple[Path, Path]) -> None:
    file, folder = generated
    changed(file, "conv1", "padding_mode", "reflect")
    edit(folder / "model.py", "nn.Dropout(0.25)", "nn.Dropout(0.4)")
    assert main(["read", str(file), str(folder)]) == 0
    assert argument(file, "dropout", "p") == 0.4
    assert argument(file, "conv1", "padding_mode") == "reflect"
    edit(folder / "model.py", "nn.Dropout(0.4)", "nn.Dropout(0.45)")
    assert main(["read", str(file), str(folder)]) == 0
    assert argument(file, "dropout", "p") == 0.45
    assert argument(file, "conv1", "padding_mode") == "reflect"


def test_files_that_nobody_edited_change_nothing(
    generated: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = generated
    changed(file, "dropout", "p", 0.1)
    before = file.read_bytes()
    assert main(["read", str(file), str(folder)]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert file.read_bytes() == before


def test_a_line_that_both_have_changed_is_named(
    generated: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = generated
    edit(folder / "model.py", "import torch\n", "import torch\n\n# Mine.\n")
    edit(folder / "model.py", "nn.Dropout(0.25)", "nn.Dropout(0.4)")
    changed(file, "dropout", "p", 0.1)
    before = file.read_bytes()
    assert main(["read", str(file), str(folder)]) == 1
    lines = (folder / "model.py").read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines, 1) if "Dropout" in line)
    said = f"model.py:{place}: the drawing has changed this, too; it says: self.dropout = nn.Drop"
    assert said in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_folder_without_python_is_wrong_use(
    exported: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, _ = exported
    assert main(["read", str(file), str(tmp_path / "empty")]) == 2
    assert "holds none of" in capsys.readouterr().err


@pytest.mark.slow
def test_the_engine_of_its_own_judges_likewise(
    exported: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    file, folder = exported
    edit(folder / "model.py", "            nn.ReLU(),\n            nn.MaxPool2d(2),\n",
         "            nn.GELU(),\n            nn.MaxPool2d(2),\n")  # fmt: skip
    assert main(["read", str(file), str(folder)]) == 0
    specs = [node.spec for node in load(file).project.main.graph.nodes.values()]
    assert specs.count("nn.GELU") == 1
