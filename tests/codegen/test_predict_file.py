"""Generated predict.py: it answers as fits what was learned, from samples and files alike."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import TensorType, Verdict
from graph_editor.document.model import FrozenMap, Project
from tests.codegen.training_projects import B, Drawn, executed, imported, simple

TYPES = {
    "x.output": TensorType(("B", 13)),
    "logits.output": TensorType(("B", 3)),
    "wine.label": TensorType(("B",), "int64"),
}


def written(drawn: Project, **more: TensorType) -> Written:
    types = {**TYPES, **{port.replace("_", "."): known for port, known in more.items()}}
    return generate(drawn, specs_of(drawn), Verdict(types=FrozenMap(types)))


def text(drawn: Project, **more: TensorType) -> str:
    return written(drawn, **more).files["predict.py"].text


def loss(spec: str, given: str = "logits", target: str = "wine.label") -> Drawn:
    return (spec, {}, {"input": given, "target": target})


def test_classes_come_with_their_probability() -> None:
    said = text(simple())
    assert 'answers["class"] = logits.argmax(dim=1)' in said
    assert 'answers["probability"] = logits.softmax(dim=1).amax(dim=1)' in said
    assert 'answers["expected"] = labels[chosen]' in said


def test_logarithms_are_raised() -> None:
    said = text(simple(loss=loss("nn.NLLLoss")))
    assert 'answers["probability"] = logits.exp().amax(dim=1)' in said


def test_yes_and_no_come_with_a_probability() -> None:
    said = text(simple(loss=loss("nn.BCEWithLogitsLoss")))
    assert 'answers["yes"] = logits > 0' in said
    assert 'answers["probability"] = logits.sigmoid()' in said
    assert "logits > 0.5" in text(simple(loss=loss("nn.BCELoss")))


def test_numbers_are_given_as_they_are() -> None:
    said = text(simple(loss=loss("nn.MSELoss")))
    assert 'answers["prediction"] = logits' in said
    assert "softmax" not in said


def test_a_metric_tells_classes_where_the_loss_does_not() -> None:
    drawn = simple(
        loss=loss("nn.MSELoss", target="wine.x"),
        right=("metric.accuracy", {}, {"input": "logits", "target": "wine.label"}),
    )
    assert 'answers["score"] = logits.amax(dim=1)' in text(drawn)


def test_classes_are_found_where_a_loss_reads_them_laid_out_in_another_way() -> None:
    drawn = simple(
        flat=("Tensor.flatten", {"end_dim": 1}, {"input": "logits"}),
        loss=loss("nn.CrossEntropyLoss", "flat"),
    )
    said = text(
        drawn,
        logits_output=TensorType(("B", 7, 3)),
        flat_output=TensorType(("7*B", 3)),
    )
    assert 'answers["class"] = logits.argmax(dim=2)' in said


def test_scores_of_a_batch_among_each_other_are_matches() -> None:
    said = text(simple(), logits_output=TensorType(("B", "B")))
    assert 'answers["match"] = torch.tensor(chosen)[logits.argmax(dim=1).cpu()]' in said
    assert "class" not in said.partition("def load_model")[0].partition("def main")[2]


def test_scores_that_become_chances_in_the_step_come_with_a_probability() -> None:
    drawn = simple(
        chances=("torch.softmax", {"dim": -1}, {"input": "logits"}),
        loss=loss("nn.MSELoss", "chances", "wine.x"),
        right=("metric.accuracy", {}, {"input": "logits", "target": "wine.label"}),
    )
    assert 'answers["probability"] = logits.softmax(dim=1).amax(dim=1)' in text(drawn)


def test_each_of_several_outputs_is_named() -> None:
    drawn = simple(
        logits2=("io.output", {}, {"input": "head"}),
        other=loss("nn.MSELoss", "logits2"),
        adam=("optim.AdamW", {}, {"losses[0]": "loss", "losses[1]": "other"}),
    )
    said = text(drawn)
    assert 'answers["logits class"]' in said
    assert 'answers["logits2 prediction"] = logits2' in said
    assert "logits, logits2 = model(" in said


def test_what_samples_have_no_part_of_is_shown_whole() -> None:
    said = text(simple(), logits_output=TensorType((3, 4)))
    assert 'print(f"logits: {told(logits)}")' in said


def test_inputs_that_are_computed_come_from_files_alone() -> None:
    drawn = simple(
        noise=("torch.randn_like", {}, {"input": "wine.x"}),
        x=("io.input", {"shape": (B, 13)}, {"input": "noise"}),
    )
    said = text(drawn)
    assert "load_data" not in said
    assert "required=True" in said
    assert "samples" not in said.partition("def main")[0]


@pytest.fixture
def ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., list[str]]]:
    """Return what runs predict.py with options; untrained weights lie in model.pt."""
    files = written(simple())
    with imported(files) as train:
        predict = executed(files.files["predict.py"].text, "predict")
        torch.manual_seed(0)
        torch.save(train.Small().state_dict(), tmp_path / "model.pt")
        monkeypatch.chdir(tmp_path)

        def asked(*options: str) -> list[str]:
            monkeypatch.setattr(sys, "argv", ["predict.py", *options])
            predict.main()
            return capsys.readouterr().out.splitlines()

        yield asked


def table(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_samples_of_the_validation_part_are_asked(
    ask: Callable[..., list[str]], tmp_path: Path
) -> None:
    assert len(ask()) == 10
    lines = ask("--samples", "3", "0", "--output", "answers.csv")
    assert [line.partition(":")[0] for line in lines] == ["sample 3", "sample 0"]
    head, first, second = table(tmp_path / "answers.csv")
    assert head == ["sample", "expected", "class", "probability"]
    assert [first[0], second[0]] == ["3", "0"]
    assert f"expected {first[1]}, class {first[2]}" in lines[0]
    assert 0 < float(first[3]) <= 1


def test_every_kind_of_file_gives_the_same_answers(
    ask: Callable[..., list[str]], tmp_path: Path
) -> None:
    values = torch.randn(4, 13, generator=torch.Generator().manual_seed(0))
    torch.save(values, tmp_path / "x.pt")
    np.save(tmp_path / "x.npy", values.numpy())
    np.savetxt(tmp_path / "x.csv", values.numpy(), delimiter=",")
    answers = [ask("--input", f"x.{kind}") for kind in ("pt", "npy", "csv")]
    assert len(answers[0]) == 4
    assert answers[0] == answers[1] == answers[2]
    ask("--input", "x.pt", "--output", "answers.pt")
    kept = torch.load(tmp_path / "answers.pt", weights_only=True)
    assert kept["class"].shape == kept["probability"].shape == (4,)


def test_what_is_wrong_is_said_without_a_traceback(
    ask: Callable[..., list[str]], tmp_path: Path
) -> None:
    (tmp_path / "junk.pt").write_bytes(b"junk")
    np.save(tmp_path / "wide.npy", np.zeros((2, 14)))
    torch.save({"other": torch.zeros(1)}, tmp_path / "other.pt")
    cases = {
        ("--weights", "gone.pt"): "There are no weights in gone.pt. Train first",
        ("--weights", "junk.pt"): "junk.pt does not hold weights of this model",
        ("--weights", "other.pt"): "other.pt does not hold weights of this model",
        ("--samples", "9999"): "There is no sample 9999",
        ("--input", "gone.npy"): "gone.npy cannot be read",
        ("--input", "junk.pt"): "junk.pt cannot be read",
        ("--input", "wide.npy"): r"shape \(2, 14\), but the model takes \(N, 13\)",
        ("--device", "nowhere"): "The device nowhere cannot be used here",
    }
    for options, words in cases.items():
        with pytest.raises(SystemExit, match=words):
            ask(*options)


def test_help_says_what_the_file_holds(
    ask: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        ask("--help")
    said = capsys.readouterr().out
    assert "(N, 13)" in said
    assert "--device" in said


def test_raw_measures_are_scaled_as_in_the_training(
    ask: Callable[..., list[str]], tmp_path: Path
) -> None:
    _, (features, _), scales = sys.modules["data"].load_scaled_data()
    mean, deviation = scales["features"]
    torch.save(features[:3] * deviation + mean, tmp_path / "raw.pt")
    answers = [line.partition("class ")[2] for line in ask("--samples", "0", "1", "2")]
    assert [line.partition("class ")[2] for line in ask("--input", "raw.pt")] == answers


def test_samples_are_of_the_data_or_of_a_file(
    ask: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        ask("--samples", "3", "--input", "x.npy")
    assert ended.value.code == 2
    assert "--input brings samples of its own" in capsys.readouterr().err


def test_numbers_that_are_none_are_refused(ask: Callable[..., list[str]], tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.full((2, 13), np.nan, dtype=np.float32))
    with pytest.raises(SystemExit, match="holds numbers that are not finite"):
        ask("--input", "x.npy")


@pytest.mark.parametrize("file", ["answers.txt", "gone/answers.csv"])
def test_answers_are_kept_in_files_of_known_kinds_alone(
    ask: Callable[..., list[str]], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said before anything is computed."""
    with pytest.raises(SystemExit) as ended:
        ask("--output", file)
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert "no .csv or .pt file in a folder that exists" in told.err
    assert not told.out
