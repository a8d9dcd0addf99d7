"""train.py unpacks the data that it reads, asks lengths where they are known, and names plainly."""

from __future__ import annotations

import ast

import pytest

from codegen import generate
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Project
from tests.codegen.training_projects import SIMPLE, B, Drawn, Recorder, imported, project
from tests.gallery.gallery import NAMES
from tests.gallery.golden import FOLDER

COPYING: dict[str, Drawn] = {
    "wine": ("data.wine", {}, {}),
    "x": ("io.input", {"shape": (B, 13)}, {"input": "wine.x"}),
    "body": ("nn.Linear", {"in_features": 13, "out_features": 13}, {"input": "x"}),
    "copy": ("io.output", {}, {"input": "body"}),
    "loss": ("nn.MSELoss", {}, {"input": "copy", "target": "wine.x"}),
    "adam": ("optim.AdamW", {}, {"losses[0]": "loss"}),
}
"""A model that gives back what it gets, for which the labels are of no use."""


def text_of(drawn: Project) -> str:
    return generate(drawn, specs_of(drawn), Verdict()).files["train.py"].text


def test_data_that_nothing_reads_has_no_name() -> None:
    text = text_of(project(COPYING))
    assert "    features, _ = (tensor.to(device) for tensor in train_part)\n" in text
    assert "    val_features, _ = (tensor.to(device) for tensor in val_part)\n" in text
    assert "evaluate(model, criterion, val_features)" in text
    assert "labels" not in text
    with imported(generate(project(COPYING), specs_of(project(COPYING)), Verdict())) as train:
        recorder = Recorder()
        train.train(train.Settings(epochs=1), recorder)
    assert recorder.events[-1]["val_loss"] > 0


def test_a_metric_that_reads_them_first_gives_them_a_name() -> None:
    soft: Drawn = ("metric.accuracy", {}, {"input": "copy", "target": "wine.label"})
    text = text_of(project({**COPYING, "accuracy": soft}))
    assert "    features, labels = (tensor.to(device) for tensor in train_part)\n" in text
    assert "evaluate(model, criterion, *validation)" in text


@pytest.mark.parametrize("name", NAMES)
def test_no_template_takes_what_it_does_not_use(name: str) -> None:
    tree = ast.parse((FOLDER / name / "train.py").read_text("utf-8"))
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
        used = {n.id for n in names if isinstance(n.ctx, ast.Load)}
        taken = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        taken |= {a.arg for a in function.args.args} - {"frame"}  # what a signal handler is given
        assert taken - used <= {"_"}, function.name


def test_an_output_with_the_name_of_the_data_is_what_is_predicted() -> None:
    nodes = {**SIMPLE, "labels": SIMPLE["logits"]}
    del nodes["logits"]
    nodes["loss"] = ("nn.CrossEntropyLoss", {}, {"input": "labels", "target": "wine.label"})
    assert "loss = criterion(predicted_labels, labels[batch])" in text_of(project(nodes))
