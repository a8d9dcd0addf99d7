"""What is remembered of the folders that were exported to."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.exported import KEPT, CannotRead, edited_in, note, noted
from app.places import home

NOW = {"model.py": "model now\n", "train.py": "train\n"}


def test_edits_are_told_from_what_the_drawing_has_changed(tmp_path: Path) -> None:
    note(tmp_path, {"model.py": "model\n", "train.py": "train\n", "README.md": "..."})
    (tmp_path / "model.py").write_text("model\n")
    (tmp_path / "train.py").write_text("train, edited\n")
    assert edited_in(tmp_path, NOW) == {"train.py": ("train\n", "train, edited\n")}
    (tmp_path / "model.py").write_text("model, edited\n")
    assert edited_in(tmp_path, NOW)["model.py"] == ("model\n", "model, edited\n")


def test_without_a_memory_a_file_is_held_against_the_drawing_now(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("model\n")
    assert edited_in(tmp_path, NOW) == {"model.py": ("model now\n", "model\n")}


def test_a_file_that_is_noted_again_leaves_the_others(tmp_path: Path) -> None:
    note(tmp_path, {"model.py": "one", "train.py": "two"})
    note(tmp_path, {"model.py": "three"})
    assert noted(tmp_path) == {"model.py": "three", "train.py": "two"}


@pytest.mark.parametrize("text", ["", "[]", '{"texts": 3}', '{"texts": {"model.py": 3}}', "\udcff"])
def test_a_damaged_memory_is_none(tmp_path: Path, text: str) -> None:
    note(tmp_path, {"model.py": "one"})
    next((home() / "exported").iterdir()).write_text(text, errors="surrogateescape")
    assert noted(tmp_path) == {}


def test_the_folders_that_were_written_longest_ago_are_forgotten(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        note(tmp_path / str(number), {"model.py": str(number)})
    assert len(list((home() / "exported").iterdir())) == KEPT
    assert noted(tmp_path / str(KEPT + 1)) == {"model.py": str(KEPT + 1)}


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_bytes(b"\xff\xfe")
    with pytest.raises(CannotRead, match=r"model\.py is no UTF-8 text"):
        edited_in(tmp_path, NOW)


def test_a_home_that_cannot_be_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NETWRIGHT_HOME", str(tmp_path / "file"))
    note(tmp_path, {"model.py": "one"})
    assert noted(tmp_path) == {}
