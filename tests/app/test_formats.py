"""The page on formats against what the commands really write."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
WINE = str(ROOT / "assets" / "examples" / "wine.netwright")


def section(title: str) -> str:
    """Return the text under a heading, to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"no section {title}"
    return found[1]


def documented(title: str) -> set[str]:
    """Return the names in the first column of a section's table."""
    rows = re.findall(r"^\| (`[^|]*`) \|", section(title), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def undocumented(value: Mapping[str, Any], title: str) -> set[str]:
    """Return the keys of a real object that the page does not name."""
    named = documented(title)
    patterns = {re.compile(n.replace("NAME", r"\w+") + "$") for n in named if "NAME" in n}
    return {key for key in value if key not in named and not any(p.match(key) for p in patterns)}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one real, short run."""
    runs = tmp_path_factory.mktemp("runs")
    assert main(["train", WINE, "--json", "--epochs", "2", "--runs", str(runs)]) == 0
    (folder,) = runs.iterdir()
    return folder


def read(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def test_check_json_is_as_described(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.netwright"
    text = Path(WINE).read_text(encoding="utf-8")
    wrong.write_text(
        text.replace(
            '"args": {"out_features": 3}', '"args": {"in_features": 7, "out_features": 3}'
        ),
        encoding="utf-8",
    )
    assert main(["check", "--json", str(wrong)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert set(found) == documented("check --json")
    assert found["format"] == 1
    for problem in found["problems"]:
        assert set(problem) == {"severity", "node", "code", "message", "fixes"}
        assert all(set(fix) == {"id", "title"} for fix in problem["fixes"])
    assert found["problems"][0]["severity"] == "error"
    assert found["shapes"]["measures.output"] == ["B", 13]
    assert isinstance(found["parameters"], int)


def test_the_run_folder_holds_what_the_page_names(run_folder: Path) -> None:
    named = documented("Run folder") - {"control", "best.pt", "checkpoint.pt"}
    assert {path.name for path in run_folder.iterdir()} == named


def test_config_and_status_are_as_described(run_folder: Path) -> None:
    assert not undocumented(read(run_folder / "config.json"), "config.json") - {"format"}
    assert not undocumented(read(run_folder / "status.json"), "status.json") - {"format"}
    assert read(run_folder / "status.json")["format"] == 1


def test_the_state_map_names_every_weight(run_folder: Path) -> None:
    state = read(run_folder / "state_map.json")["state"]
    assert state
    assert all(set(entry) == {"node", "parameter"} for entry in state.values())


def test_metrics_have_the_documented_names(run_folder: Path) -> None:
    lines = (run_folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        assert list(record)[:4] == ["event", "step", "epoch", "time"]
    epochs = [set(r) for r in records if r["event"] == "epoch"]
    steps = [set(r) for r in records if r["event"] == "step"]
    start = {"event", "step", "epoch", "time"}
    assert len(epochs) == 2
    assert all(keys - start == {"train_loss"} for keys in steps)
    wanted = {"lr", "train_loss", "val_loss", "val_accuracy"}
    assert all(keys - start == wanted for keys in epochs)


def test_the_summary_has_the_documented_names(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", str(run_folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert not undocumented(found, "train --json")
    assert {"run", "state", "epochs", "train_loss", "val_loss", "val_accuracy"} <= set(found)
