"""Values edited in train.py and data.py arrive in the drawing; all else is named by line."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from codegen import generate
from codegen.reading.scripts import merge_script
from graph_editor.catalogue.scope import specs_of
from tests.codegen.reading.texts import stripped
from tests.codegen.test_every_project import judged, written

CNN, MLP, WINE, DIABETES = (
    f"{name} (example)" for name in ("digits_cnn", "digits_mlp", "wine", "diabetes")
)
SEED = "seed: int = 0"
EDITS = [
    (CNN, "train.py", [("epochs: int = 20", "epochs: int = 40")]),
    (CNN, "train.py", [("lr: float = 0.002", "lr: float = 0.01"), (SEED, "seed: int = 7")]),
    (CNN, "train.py", [("batch_size: int = 64", "batch_size: int = 32")]),
    (CNN, "train.py", [("nn.CrossEntropyLoss()", "nn.CrossEntropyLoss(label_smoothing=0.1)")]),
    (CNN, "train.py", [("T_max=settings.epochs)", "T_max=settings.epochs, eta_min=0.001)")]),
    (CNN, "data.py", [("test_size=0.2", "test_size=0.25")]),
    (WINE, "data.py", [("test_size=0.2", "test_size=0.3")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file", "changes"), EDITS)
def test_an_edited_value_arrives(name: str, file: str, changes: list[tuple[str, str]]) -> None:
    project, verdict = judged(name)
    text = written(name).files[file].text
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    merged = merge_script(project, specs_of(project), verdict, file, text)
    assert merged.problems == ()
    assert len(merged.changes) == len(changes)
    made = merged.project
    files = generate(made, specs_of(made), Judge().judge(made)).files
    assert stripped(files[file].text) == stripped(text)
    assert files["model.py"] == written(name).files["model.py"]
    assert made.layout == project.layout


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("loss.backward()", "loss.backward(retain_graph=True)", "no argument of the drawing"),
        ("optimizer.step()", "optimizer.step(closure)", "only values are read back"),
        ("    step = 0\n", "    step = 0\n    print(step)\n", "only values are read back"),
        ("torch.optim.AdamW(", "torch.optim.Nonsense(", "has no torch.optim.Nonsense"),
        ('device: str = "cpu"', 'device: str = "cuda"', "say --device"),
        ('"model.pt"', '"other.pt"', "no argument of the drawing"),
    ],
)
def test_all_else_is_named_by_line_and_changes_nothing(old: str, new: str, words: str) -> None:
    project, verdict = judged(MLP)
    text = written(MLP).files["train.py"].text
    assert old in text
    text = text.replace("lr: float = 0.001", "lr: float = 0.1").replace(old, new, 1)
    merged = merge_script(project, specs_of(project), verdict, "train.py", text)
    assert merged.project is project
    assert merged.changes == ()
    assert any(words in problem.words for problem in merged.problems)
    line = next(p.line for p in merged.problems if words in p.words)
    assert text.splitlines()[line - 1] != written(MLP).files["train.py"].text.splitlines()[line - 1]


def test_a_number_that_becomes_a_setting_arrives_too() -> None:
    project, verdict = judged(CNN)
    text = written(CNN).files["train.py"].text
    assert text.count("lr=settings.lr)") == 1
    text = text.replace("lr=settings.lr)", "lr=settings.lr, weight_decay=0.05)")
    merged = merge_script(project, specs_of(project), verdict, "train.py", text)
    assert merged.problems == ()
    (optimizer,) = [n for n in merged.project.main.graph.nodes.values() if n.kind == "optim"]
    assert optimizer.args["weight_decay"] == 0.05
    assert optimizer.args["lr"] == 0.002


def test_the_text_as_it_was_written_changes_nothing() -> None:
    project, verdict = judged(DIABETES)
    for file in ("train.py", "data.py"):
        text = stripped(written(DIABETES).files[file].text)
        merged = merge_script(project, specs_of(project), verdict, file, text)
        assert merged.project is project
        assert (merged.changes, merged.problems) == ((), ())


def test_other_files_and_broken_ones_are_refused() -> None:
    project, verdict = judged(DIABETES)
    for file, text in (("predict.py", "x = 1"), ("train.py", "def ("), ("data.py", "")):
        merged = merge_script(project, specs_of(project), verdict, file, text)
        assert merged.project is project
        assert merged.problems[0].file == file
