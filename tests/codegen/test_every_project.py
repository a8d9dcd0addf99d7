"""Every sample project through the product: judged, then written whole or refused by name."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import torch

from app.engine.judge import Judge
from codegen import generate
from codegen.model import write_model
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.files import load
from graph_editor.document.model import Project
from tests.codegen.sameness import SIZES, built
from tests.codegen.training_projects import executed
from tests.first_examples import FIRST_EXAMPLES

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    **{path.stem: path for path in (ROOT / "tests" / "projects").glob("*.netwright")},
    **{f"{path.stem} (example)": path for path in FIRST_EXAMPLES},
}


@dataclass(frozen=True)
class Refused:
    """The node at which a project is refused, and words of the reason."""

    node: str
    words: str


WRITES = "writes"
UNKNOWN = "is not known here"
OUTCOMES: dict[str, str | Refused] = {
    "actor_critic": Refused("moves", f"data.moves {UNKNOWN}"),
    "arguments": Refused("odd", f"call.some.library.function {UNKNOWN}"),
    "block_parameters": WRITES,
    "custom_code": Refused("head", "before the custom code is trusted"),
    "diabetes (example)": WRITES,
    "digits_cnn": WRITES,
    "digits_cnn (example)": WRITES,
    "digits_lstm (example)": WRITES,
    "digits_mlp (example)": WRITES,
    "digits_residual (example)": WRITES,
    "distillation": WRITES,
    "ema_teacher": WRITES,
    "empty": Refused("main", "no output node and no block"),
    "freeze": WRITES,
    "gan": WRITES,
    "gcn": Refused("papers", f"data.graph {UNKNOWN}"),
    "imported": Refused("scaled", f"call.torchvision.ops.stochastic_depth {UNKNOWN}"),
    "layout": WRITES,
    "losses_and_phases": WRITES,
    "metrics": WRITES,
    "named_sizes": WRITES,
    "recurrence": Refused("cell", "a repeat over an axis"),
    "repeat": WRITES,
    "resnet18": WRITES,
    "run_settings": Refused(".", "no run setting deterministic"),
    "same_as": WRITES,
    "scan": Refused("scan", "a repeat over an axis"),
    "seq2seq": Refused("pairs", f"data.pairs {UNKNOWN}"),
    "several_outputs": WRITES,
    "shadows": Refused("slow", "from inside the model"),
    "silenced": WRITES,
    "sizes_and_options": Refused("probabilities", "for prediction only"),
    "small_gpt": Refused("text", f"data.characters {UNKNOWN}"),
    "splits": Refused("more", f"data.table {UNKNOWN}"),
    "start_weights": Refused("c", "weights of torchvision"),
    "ties": WRITES,
    "transfer": Refused("body", "weights of torchvision"),
    "transforms": Refused("noised", f"transform.noise {UNKNOWN}"),
    "two_towers": Refused("left_vector", "an output for prediction only"),
    "unet": WRITES,
    "unknown_fields": Refused(".", "no run setting shards"),
    "unknown_spec": Refused("mystery", f"hub.quantum_layer {UNKNOWN}"),
    "vae": Refused("code", "an output for prediction only"),
    "when": WRITES,
    "wide_and_deep": Refused("table", f"data.table {UNKNOWN}"),
    "wine (example)": WRITES,
}
WRITTEN = sorted(name for name, outcome in OUTCOMES.items() if outcome == WRITES)


@cache
def judged(name: str) -> tuple[Project, Verdict]:
    project = load(FILES[name]).project
    return project, Judge().judge(project)


@cache
def written(name: str) -> Written:
    project, verdict = judged(name)
    return generate(project, specs_of(project), verdict)


def test_the_table_is_of_all_projects() -> None:
    assert set(OUTCOMES) == set(FILES)


@pytest.mark.parametrize("name", sorted(set(OUTCOMES) - set(WRITTEN)))
def test_a_project_is_refused_by_name(name: str) -> None:
    expected = OUTCOMES[name]
    assert isinstance(expected, Refused)
    with pytest.raises(CannotWrite) as refusal:
        written(name)
    assert refusal.value.node == expected.node
    assert expected.words in refusal.value.feature
    assert refusal.value.way_out


@pytest.mark.parametrize("name", WRITTEN)
def test_a_project_is_written_whole(name: str) -> None:
    project, verdict = judged(name)
    assert not verdict.has_errors
    files = written(name)
    trains = any(node.kind == "optim" for node in project.main.graph.nodes.values())
    scripts = {"data.py", "train.py", "predict.py"} if trains else set()
    always = {"model.py", "tests/test_model.py", "requirements.txt", "README.md"}
    text = write_model(project, specs_of(project), verdict)
    asked = text.class_name or "gan" in name  # a generator makes samples of noise
    without = set() if asked else {"predict.py"}
    without |= set() if text.class_name or trains else {"tests/test_model.py"}
    assert set(files.files) == (always | scripts) - without
    for file, source in files.files.items():
        if file.endswith(".py"):
            compile(source.text, file, "exec")
    assert text.source == files.files["model.py"]
    if not text.class_name:
        return  # the blocks are the models, and what trains them has tests of its own
    model = built(text)
    found = model(*[_tensor(verdict.types[f"{node}.output"]) for _, node in text.inputs])
    found = found if isinstance(found, tuple) else (found,)
    assert len(found) == len(text.outputs)
    for result, (_, node) in zip(found, text.outputs, strict=True):
        _assert_judged(result, verdict.types[f"{node}.output"])
    assert set(files.state_map) == set(model.state_dict())


def _tensor(known: TensorType) -> torch.Tensor:
    """Return a tensor of the type that the judge saw, with two samples."""
    shape = [size if isinstance(size, int) else SIZES.get(size, 2) for size in known.shape]
    if known.dtype == "int64":
        return torch.zeros(shape, dtype=torch.int64)
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def _assert_judged(result: torch.Tensor, known: TensorType) -> None:
    """Assert that a result has the type that the judge saw."""
    assert len(result.shape) == len(known.shape)
    pairs = zip(result.shape, known.shape, strict=True)
    assert all(size == said for size, said in pairs if isinstance(said, int))
    assert str(result.dtype) == f"torch.{known.dtype}"


@pytest.mark.parametrize("name", WRITTEN)
def test_the_data_of_a_project_is_made(name: str) -> None:
    if "data.py" not in written(name).files:
        return
    data = executed(written(name).files["data.py"].text, "data")
    train, validation = data.load_data(0)
    assert len(train) == len(validation) > 0


def test_ruff_finds_nothing_in_all_that_is_written(tmp_path: Path) -> None:
    folders = []
    for place, name in enumerate(WRITTEN):
        folders.append(tmp_path / f"n{place}")
        for file, source in written(name).files.items():
            (folders[-1] / file).parent.mkdir(parents=True, exist_ok=True)
            (folders[-1] / file).write_text(source.text, encoding="utf-8")
    (tmp_path / "ruff.toml").write_text(
        'line-length = 100\n[lint]\nselect = ["E", "F", "I", "UP", "B", "SIM", "D100", "D101"]\n'
        '[lint.isort]\nknown-first-party = ["data", "model", "train"]\n'
    )
    for command in (["check"], ["format", "--diff"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
