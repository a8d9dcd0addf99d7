"""The page on formats against what is really written, in both directions."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest
import torch

from app.cli import main
from app.engine.judge import Judge
from app.training import worker
from app.training.control import REQUESTS, request
from app.training.status import RunStatus, write_status
from graph_editor.checking.wire import verdict_to_json
from graph_editor.document.files import loads

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
WINE = str(ROOT / "assets" / "examples" / "wine.netwright")
PLACE = ["event", "step", "epoch", "time"]
MADE_AT_START = {
    *("model.py", "data.py", "train.py", "predict.py", "tests/test_model.py"),
    *("requirements.txt", "README.md", "project.netwright"),
    *("config.json", "state_map.json", "source_map.json", "status.json"),
}
OPTIONAL = {
    "Run folder": {"control", "best.pt", "checkpoint.pt"},
    "train --json": {"reason", "error", "node", "train_NAME"},
}
"""What the page names and a plain run need not have; another run below does have it."""


def section(title: str) -> str:
    """Return the text under a heading, to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"no section {title}"
    return found[1]


def names(text: str) -> list[str]:
    """Return what stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


def first_column(text: str) -> set[str]:
    rows = re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE)
    return {name for row in rows for name in names(row)}


def documented(title: str) -> set[str]:
    """Return the names in the first column of a section's table."""
    return first_column(section(title))


def cell(title: str, name: str) -> str:
    """Return the second column of a row."""
    found = re.search(rf"^\| `{re.escape(name)}` \| ([^|\n]*)", section(title), re.MULTILINE)
    assert found, f"no row {name} in {title}"
    return found[1]


def fits(named: str, key: str) -> bool:
    return re.fullmatch(re.escape(named).replace("NAME", r"\w+"), key) is not None


def assert_as_documented(
    found: Iterable[str], named: Collection[str], optional: Collection[str] = ()
) -> None:
    """Every key is on the page, and every key of the page is there, but for the optional."""
    keys = set(found)
    assert {key for key in keys if not any(fits(n, key) for n in named)} == set()
    missing = {n for n in named if not any(fits(n, key) for key in keys)}
    assert missing <= set(optional)


def read(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def lines_of(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "metrics.jsonl").read_text(encoding="utf-8")
    return [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one real, short run."""
    runs = tmp_path_factory.mktemp("runs")
    assert main(["train", WINE, "--json", "--epochs", "2", "--runs", str(runs)]) == 0
    (folder,) = runs.iterdir()
    return folder


def fresh(run: Path, place: Path, *, model: tuple[str, str] = ("", ""), **settings: Any) -> Path:
    """Return a folder as the run's was before it began, with other settings or another model."""
    place.mkdir()
    for name in MADE_AT_START:
        (place / name).parent.mkdir(exist_ok=True)
        shutil.copy(run / name, place / name)
    text = (place / "model.py").read_text(encoding="utf-8").replace(*model)
    (place / "model.py").write_text(text, encoding="utf-8")
    config = read(place / "config.json")
    config["files"]["model.py"] = hashlib.sha256(text.encode()).hexdigest()
    config |= {"settings": config["settings"] | settings, "keep_best": True}
    (place / "config.json").write_text(json.dumps(config), encoding="utf-8")
    write_status(place, RunStatus())
    return place


@pytest.fixture(scope="module")
def steered(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of which everything was asked for that can be."""
    folder = fresh(run_folder, tmp_path_factory.mktemp("steered") / "run")
    for what in REQUESTS:
        request(folder, what)
    (folder / "control" / "000001-stop").unlink()  # the run is to go on
    assert worker.run(folder, detached=False) == 0
    return folder


@pytest.fixture(scope="module")
def broken(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run that failed within a node."""
    spoilt = ("self.layers(measures)", "self.layers(measures[:, 1:])")
    folder = fresh(run_folder, tmp_path_factory.mktemp("broken") / "run", model=spoilt)
    assert worker.run(folder, detached=False) == 1
    return folder


@pytest.fixture(scope="module")
def endless(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run whose loss became no number."""
    folder = fresh(run_folder, tmp_path_factory.mktemp("endless") / "run", lr=1e9)
    assert worker.run(folder, detached=False) == 1
    return folder


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a drawing with a fault that has a fix."""
    text = Path(WINE).read_text(encoding="utf-8")
    faulty = text.replace(
        '"args": {"out_features": 3}', '"args": {"in_features": 7, "out_features": 3}'
    )
    path = tmp_path_factory.mktemp("wrong") / "wrong.netwright"
    path.write_text(faulty, encoding="utf-8")
    return path


def test_check_json_is_as_described(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", str(wrong)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert_as_documented(found, documented("check --json"))
    assert found["format"] == 1
    grades = {"error", "warning", "info"}
    fields = set(names(cell("check --json", "problems"))) - grades - {"docs/diagnostics.md"}
    for problem in found["problems"]:
        assert set(problem) == fields
        assert problem["severity"] in grades
        assert all(set(fix) == {"id", "title"} for fix in problem["fixes"])
    assert found["problems"][0]["severity"] == "error"
    assert any(problem["fixes"] for problem in found["problems"])
    assert found["shapes"]["measures.output"] == ["B", 13]
    assert isinstance(found["parameters"], int)


def test_a_verdict_of_the_engine_is_as_described(wrong: Path) -> None:
    verdict = verdict_to_json(Judge().judge(loads(wrong.read_text(encoding="utf-8")).project))
    part = section("Engine protocol").partition("A `verdict` has these fields")[2]
    table, _, _ = part.partition("\n\n**standby**")
    assert_as_documented(verdict, first_column(table) - {"Field"})
    (row,) = re.findall(r"^\| `diagnostics` \| (.*) \|$", table, re.MULTILINE)
    before, _, inner = row.partition("`fixes` (")
    assert verdict["diagnostics"]
    for diagnostic in verdict["diagnostics"]:
        assert set(diagnostic) == {*names(before), "fixes"}
        assert all(set(fix) == set(names(inner)) for fix in diagnostic["fixes"])
    assert any(diagnostic["fixes"] for diagnostic in verdict["diagnostics"])
    (states,) = re.findall(r"^\| `status` \| address → (.*) \|$", table, re.MULTILINE)
    assert set(verdict["status"].values()) <= set(names(states))
    for shape, dtype, device, requires_grad in verdict["types"].values():
        assert all(isinstance(size, int | str) for size in shape)
        assert [type(v) for v in (dtype, device, requires_grad)] == [str, str, bool]


def test_run_folders_hold_what_the_page_names(run_folder: Path, steered: Path) -> None:
    plain = {path.name for path in run_folder.iterdir()}
    assert_as_documented(plain, documented("Run folder"), OPTIONAL["Run folder"])
    assert not plain & OPTIONAL["Run folder"]
    assert OPTIONAL["Run folder"] <= {path.name for path in steered.iterdir()}


def test_config_and_status_are_as_described(run_folder: Path, broken: Path) -> None:
    for folder in (run_folder, broken):
        for name in ("config.json", "status.json"):
            value = read(folder / name)
            assert value.pop("format") == 1
            assert_as_documented(value, documented(name))
    config, status = read(run_folder / "config.json"), read(run_folder / "status.json")
    made_from = {name.partition("/")[0] for name in config["files"]}
    assert made_from <= documented("Run folder")
    assert status["state"] in names(cell("status.json", "state"))
    assert (status["reason"], status["error"], status["node"]) == ("", "", "")


def test_a_failed_run_says_why_what_and_where(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = read(broken / "status.json")
    assert status["state"] == "failed"
    assert (
        status["node"] in loads((broken / "project.netwright").read_text()).project.main.graph.nodes
    )
    assert status["error"].startswith("RuntimeError: ")
    assert status["node"] in status["reason"]
    assert main(["runs", str(broken), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"reason", "error", "node"} <= set(found)
    assert_as_documented(found, documented("train --json"), documented("train --json"))


def test_the_maps_name_every_weight_and_line(run_folder: Path) -> None:
    nodes = loads((run_folder / "project.netwright").read_text()).project.main.graph.nodes
    state = read(run_folder / "state_map.json")
    assert set(state) == {"format", "state"}
    assert set(state["state"]) == set(torch.load(run_folder / "model.pt", weights_only=True))
    for entry in state["state"].values():
        assert set(entry) == {"node", "parameter"}
        assert entry["node"] in nodes
    lines = read(run_folder / "source_map.json")
    assert set(lines) == {"format", "files"}
    for name, owners in lines["files"].items():
        text = (run_folder / name).read_text(encoding="utf-8")
        assert len(owners) == len(text.splitlines())
        assert set(owners) - {None} <= set(nodes)
    assert {"hidden", "head"} <= set(lines["files"]["model.py"])


def test_control_holds_what_can_be_asked_for(steered: Path) -> None:
    assert documented("control") == set(REQUESTS)
    asked = {path.name for path in (steered / "control").iterdir()}
    assert asked == {"000002-pause", "000003-resume", "000004-checkpoint"}
    assert all(path.stat().st_size == 0 for path in (steered / "control").iterdir())
    assert "`000001-pause`" in section("control")


def test_a_checkpoint_and_the_best_weights_are_as_described(steered: Path) -> None:
    saved = torch.load(steered / "checkpoint.pt", weights_only=True)
    text = section("Run folder").partition("`checkpoint.pt` loads with ")[2].partition("\n\n")[0]
    before, _, inner = text.partition("and `random`")
    named = set(names(before)) - {"train.py"} - {n for n in names(before) if "(" in n}
    assert_as_documented(saved, named | {"random"})
    assert_as_documented(saved["random"], names(inner), {"cuda"})
    best, last = (torch.load(steered / n, weights_only=True) for n in ("best.pt", "model.pt"))
    assert list(best) == list(last)


def test_metrics_have_the_documented_names(run_folder: Path) -> None:
    records = lines_of(run_folder)
    assert all(list(record)[:4] == PLACE for record in records)
    assert {record["event"] for record in records} == documented("metrics.jsonl") - {"event"}
    assert sum(record["event"] == "epoch" for record in records) == 2
    for record in records:
        named = set(names(cell("metrics.jsonl", record["event"]))) - {"val_accuracy"}
        assert_as_documented(set(record) - set(PLACE), named, {"train_NAME"})
    assert all("val_accuracy" in record for record in records if record["event"] == "epoch")


def test_by_hand_the_lines_are_the_same_but_for_the_time(endless: Path, tmp_path: Path) -> None:
    """And a loss that is no number is null, ends both, and its line is the last."""
    for name in ("model.py", "data.py", "train.py"):
        shutil.copy(endless / name, tmp_path)
    settings = read(endless / "config.json")["settings"]
    options = [word for k, v in settings.items() for word in (f"--{k.replace('_', '-')}", str(v))]
    done = subprocess.run(
        [sys.executable, "train.py", *options], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 1
    by_hand, by_worker = lines_of(tmp_path), lines_of(endless)
    assert all("time" not in record for record in by_hand)
    assert by_hand == [{k: v for k, v in r.items() if k != "time"} for r in by_worker]
    assert by_worker[-1]["train_loss"] is None
    assert all(record["train_loss"] is not None for record in by_worker[:-1])
    status = read(endless / "status.json")
    epochs = [r["epoch"] for r in by_worker if r["event"] == "epoch"]
    assert (status["state"], status["epoch"]) == ("failed", max(epochs, default=0))
    assert f"epoch {by_worker[-1]['epoch']}, step {by_worker[-1]['step']}" in status["reason"]


def test_the_summary_has_the_documented_names(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", str(run_folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert_as_documented(found, documented("train --json"), OPTIONAL["train --json"])
    assert "val_accuracy" in found
