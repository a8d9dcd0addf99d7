"""Start weights: found beside the project or with the templates, and copied beside the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from app.training.start_weights import TEMPLATES, copy_start_weights, start_weights
from graph_editor.document.files import load

NAME = "weights/digits_body.safetensors"
FILE = TEMPLATES / "transfer_learning.netwright"


def test_what_lies_beside_the_project_wins_over_what_ships(tmp_path: Path) -> None:
    project = load(FILE).project
    assert start_weights(project, tmp_path) == {NAME: TEMPLATES / NAME}
    (tmp_path / "weights").mkdir()
    (tmp_path / NAME).write_bytes(b"mine")
    assert start_weights(project, tmp_path) == {NAME: tmp_path / NAME}


def test_copies_are_made_for_code_that_loads_them_and_replace_nothing(tmp_path: Path) -> None:
    weights = {NAME: TEMPLATES / NAME}
    assert copy_start_weights(weights, tmp_path, ["import torch"]) == ()
    loading = [f'load_weights(model, "{NAME}")']
    assert copy_start_weights(weights, tmp_path, loading) == (tmp_path / NAME,)
    assert (tmp_path / NAME).read_bytes() == (TEMPLATES / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(b"mine")
    assert copy_start_weights(weights, tmp_path, loading) == ()
    assert (tmp_path / NAME).read_bytes() == b"mine"
    with pytest.raises(FileNotFoundError):
        copy_start_weights({"gone.pt": tmp_path / "gone.pt"}, tmp_path / "more", loading)


def test_a_template_is_written_with_its_weights(tmp_path: Path) -> None:
    assert main(["generate", str(FILE), "-o", str(tmp_path)]) == 0
    assert (tmp_path / NAME).read_bytes() == (TEMPLATES / NAME).read_bytes()
    assert "load_weights(model.body" in (tmp_path / "train.py").read_text(encoding="utf-8")
