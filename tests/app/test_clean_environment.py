"""Generated projects in an environment that holds only what their requirements.txt lists."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.engine.judge import Judge
from codegen import generate
from codegen.exporters import exporter
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import load

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "assets" / "examples").glob("*.netwright"))
COMPARED = ("diabetes", "digits_cnn", "digits_lstm", "digits_mlp", "digits_residual", "wine")
"""Those whose curve is held against the app's; test_examples does so for others without pip."""
DRIVER = """\
import os, runpy, sys

import pytest

OWN = ("data", "model", "predict", "test_model", "train")


def forget():
    for module in OWN:
        sys.modules.pop(module, None)


def run(name, *options):
    forget()
    sys.argv = [name, *options]
    try:
        runpy.run_path(name, run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"{os.getcwd()}: {name}: {end.code}") from end


for folder in sys.argv[1:]:
    os.chdir(folder)
    sys.path[0] = folder
    if os.path.exists("train.py"):
        forget()
        assert pytest.main(["-q", "-p", "no:cacheprovider", "tests"]) == 0, folder
        run("train.py", "--epochs", "1")
        if os.path.exists("predict.py"):
            options = ["--samples", "0", "1", "--output", "answers.csv"]
            run("predict.py", *(options if "--samples" in open("predict.py").read() else []))
    else:
        (name,) = [name for name in os.listdir() if name.endswith(".py")]
        run(name, "--epochs", "1")
    print("done", folder)
"""
"""One process for all exports, since PyTorch takes seconds to import; no two are on its path."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Write every example as a project and as a single file; return the folders."""
    whole, judge, found = tmp_path_factory.mktemp("exports"), Judge(), []
    for example in EXAMPLES:
        project = load(example).project
        written = generate(project, specs_of(project), judge.judge(project))
        for form in ("project", "single_file"):
            folder = whole / form / example.stem
            for name, text in exporter(form).texts(written).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
            if "weights/" in written.files["train.py"].text:
                shutil.copytree(example.parent / "weights", folder / "weights")
            found.append(folder)
    return found


@pytest.fixture(scope="module")
def python(exports: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of a new environment with what the projects ask for."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    interpreter = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    lists = [path / "requirements.txt" for path in exports]
    texts = [path.read_text() for path in lists if path.exists()]
    wanted = sorted({line for text in texts for line in text.splitlines()})
    union = folder / "union.txt"
    union.write_text("\n".join(wanted))
    subprocess.run([interpreter, "-m", "pip", "install", "-q", "-r", str(union)], check=True)
    return interpreter


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """Return the variables of this process without those that lead Python elsewhere."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def test_every_export_trains_answers_and_passes_its_own_tests(
    exports: list[Path], python: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """With nothing but the folder and what its requirements list on the path."""
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    command = [python, str(driver), *map(str, exports)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count("done ") == len(exports)
    for folder in exports:
        if (folder / "answers.csv").exists():
            assert len((folder / "answers.csv").read_text().splitlines()) == 3
    assert sum((folder / "answers.csv").exists() for folder in exports) >= len(COMPARED)


def numbers(path: Path) -> list[dict[str, Any]]:
    """Return the records of a metrics file without their times."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{k: v for k, v in record.items() if k != "time"} for record in records]


@pytest.mark.parametrize("name", COMPARED)
def test_an_example_gives_the_apps_curve_bit_for_bit(
    name: str, python: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    options = ["--epochs", "3", "--seed", "5", "--threads", "1", "--device", "cpu"]
    example = str(ROOT / "assets" / "examples" / f"{name}.netwright")
    assert main(["train", example, *options, "--runs", str(tmp_path / "runs")]) == 0
    (run,) = (tmp_path / "runs").iterdir()
    folder = tmp_path / name
    folder.mkdir()
    for file in ("model.py", "data.py", "train.py"):
        (folder / file).write_bytes((run / file).read_bytes())
    command = [python, "train.py", *options]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    assert numbers(folder / "metrics.jsonl") == numbers(run / "metrics.jsonl"), name


def test_the_environment_has_nothing_of_ours(python: Path, tmp_path: Path) -> None:
    code = "import graph_editor"
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0
