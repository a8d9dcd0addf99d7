"""Generated projects in an environment that holds only what their requirements.txt lists."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from tests.first_examples import FIRST_EXAMPLES

ROOT = Path(__file__).parents[2]
EXAMPLES = FIRST_EXAMPLES
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Train every example for three epochs in the app's worker; return the run folders."""
    folder = tmp_path_factory.mktemp("runs")
    for example in EXAMPLES:
        options = ["--epochs", "3", "--seed", "5", "--threads", "1", "--runs", str(folder)]
        assert main(["train", str(example), "--device", "cpu", *options]) == 0
    return {path.name.split("-", 3)[-1].split("-", 2)[-1]: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def python(runs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of a new environment with what the projects ask for."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    interpreter = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    wanted = [word for run in runs.values() for word in ("-r", str(run / "requirements.txt"))]
    subprocess.run([interpreter, "-m", "pip", "install", "-q", *wanted], check=True)
    return interpreter


def numbers(path: Path) -> list[dict[str, Any]]:
    """Return the records of a metrics file without their times."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{k: v for k, v in record.items() if k != "time"} for record in records]


def test_all_six_examples_give_the_same_curve_bit_for_bit(
    runs: dict[str, Path], python: Path, tmp_path: Path
) -> None:
    assert len(runs) == len(EXAMPLES) >= 6
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    for name, run in runs.items():
        folder = tmp_path / name
        folder.mkdir()
        for file in ("model.py", "data.py", "train.py"):
            (folder / file).write_bytes((run / file).read_bytes())
        options = ["--epochs", "3", "--seed", "5", "--threads", "1", "--device", "cpu"]
        command = [python, "train.py", *options]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        assert numbers(folder / "metrics.jsonl") == numbers(run / "metrics.jsonl"), name


def test_the_environment_has_nothing_of_ours(python: Path, tmp_path: Path) -> None:
    code = "import graph_editor"
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0


def test_every_export_trains_answers_and_passes_its_own_tests(python: Path, tmp_path: Path) -> None:
    """With nothing but the folder and what its requirements list on the path."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    for example in EXAMPLES:
        folder, alone = tmp_path / example.stem, tmp_path / f"{example.stem}_alone"
        assert main(["export", str(example), "-o", str(folder)]) == 0
        single = ["--format", "single_file", "-o", str(alone)]
        assert main(["export", str(example), *single]) == 0
        (file,) = alone.iterdir()
        for command, place in (
            (["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], folder),
            (["train.py", "--epochs", "1"], folder),
            (["predict.py", "--samples", "0", "1", "--output", "answers.csv"], folder),
            ([file.name, "--epochs", "1"], alone),
        ):
            done = subprocess.run(
                [python, *command],
                cwd=place,
                env=environment,
                check=False,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, (example.stem, command, done.stdout, done.stderr)
        assert len((folder / "answers.csv").read_text().splitlines()) == 3
