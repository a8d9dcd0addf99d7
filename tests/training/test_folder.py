"""The run folder: what is in it, that names never clash, and that changes are seen."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from importlib import metadata
from pathlib import Path

import pytest

from app.training import folder as run_folder
from app.training.folder import changed_files, default_threads, read_config, repeat_command
from app.training.status import read_status
from tests.training.conftest import MODEL, PROJECT, MakeRun, written


def test_everything_to_repeat_the_run_is_there(make_run: MakeRun) -> None:
    folder = make_run(seed=3, lr=0.5, keep_best=True)
    assert {path.name for path in folder.iterdir()} == {
        "model.py",
        "data.py",
        "train.py",
        "requirements.txt",
        "project.netwright",
        "config.json",
        "state_map.json",
        "source_map.json",
        "status.json",
    }
    assert (folder / "model.py").read_bytes() == MODEL.encode()
    config = json.loads((folder / "config.json").read_bytes())
    assert config["format"] == 1
    assert config["settings"] == {"threads": 1, "seed": 3, "lr": 0.5}
    assert config["command"] == "python train.py --threads 1 --seed 3 --lr 0.5"
    assert config["python"] == platform.python_version()
    assert config["torch"] == metadata.version("torch")
    assert config["packages"] == {"torch": config["torch"], "not-installed-anywhere": ""}
    assert config["files"]["model.py"] == hashlib.sha256(MODEL.encode()).hexdigest()
    assert set(config["files"]) >= {"train.py", "data.py", "project.netwright"}
    assert read_status(folder).state == "starting"
    read = read_config(folder)
    assert (read.name, read.keep_best, read.command) == ("tiny net", True, config["command"])
    assert abs(read.created - time.time()) < 60


def test_maps_name_the_nodes(make_run: MakeRun) -> None:
    folder = make_run()
    state = json.loads((folder / "state_map.json").read_bytes())["state"]
    assert state["body.0.weight"] == {"node": "first", "parameter": "weight"}
    lines = json.loads((folder / "source_map.json").read_bytes())["files"]["model.py"]
    assert len(lines) == len(MODEL.splitlines())
    assert lines[MODEL.splitlines().index("        return self.head(x)")] == "head"
    assert lines[0] is None


def test_runs_lie_beside_the_project_and_never_clash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.5)
    made = [
        run_folder.create(written(), PROJECT, {}, project_file=tmp_path / "net.netwright")
        for _ in range(3)
    ]
    moment = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(1_700_000_000))
    assert [path.name for path in made] == [f"{moment}-net{end}" for end in ("", "-2", "-3")]
    assert {path.parent for path in made} == {tmp_path / "runs"}


@pytest.mark.parametrize(
    ("stem", "slug"),
    [("Größe ../x", "Gro-e-x"), ("日本", "run"), ("a" * 90, "a" * 40), (".", "run")],
)
def test_any_name_of_a_project_gives_a_plain_folder(tmp_path: Path, stem: str, slug: str) -> None:
    file = tmp_path / f"{stem.replace('/', ' ')}.netwright"
    made = run_folder.create(
        written(), PROJECT, {}, project_file=file, runs=tmp_path / "else where"
    )
    assert made.parent == tmp_path / "else where"
    assert made.name.isascii()
    assert made.name.split("-", 5)[5].startswith(slug[:3])


def test_the_window_keeps_one_core(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for cores, threads in ((1, 1), (2, 1), (8, 7)):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, n=cores: set(range(n)))
        assert default_threads() == threads
    made = run_folder.create(written(), PROJECT, {}, project_file=tmp_path / "n.netwright")
    assert read_config(made).settings == {"threads": 7}


def test_the_command_survives_a_shell() -> None:
    assert repeat_command({"batch_size": 8, "act": "a b"}) == (
        "python train.py --batch-size 8 --act 'a b'"
    )


def test_changed_and_missing_files_are_seen(make_run: MakeRun) -> None:
    folder = make_run()
    config = read_config(folder)
    assert changed_files(folder, config) == []
    (folder / "train.py").write_text("print()")
    (folder / "data.py").unlink()
    assert changed_files(folder, config) == ["data.py", "train.py"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "not JSON"),
        (b"[1]", "object"),
        (b"[" * 100_000, "deeply"),
        (b'{"settings": [], "files": {}}', "settings"),
        (b'{"settings": {"lr": [1]}, "files": {}}', "settings.lr"),
        (b'{"settings": {}, "files": {}, "created": "now"}', "created"),
    ],
)
def test_a_spoilt_config_is_refused_with_its_place(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "config.json").write_bytes(text)
    with pytest.raises(ValueError, match=said):
        read_config(tmp_path)
