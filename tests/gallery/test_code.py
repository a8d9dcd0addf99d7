"""The code of the gallery: what linters and a checker of types accept, in one run for all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.codegen.test_examples import MYPY, WALK
from tests.gallery.gallery import NAMES, written

RUFF = (
    'line-length = 100\n[lint]\nselect = ["E", "F", "I", "UP", "B", "SIM", "D100", "D101"]\n'
    '[lint.isort]\nknown-first-party = ["data", "model", "predict", "train"]\n'
)


def export(folder: Path) -> list[Path]:
    """Write all templates below a folder, each into one of its own."""
    for name in NAMES:
        for file, source in written(name).files.items():
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source.text, encoding="utf-8", newline="\n")
    return [folder / name for name in NAMES]


def test_ruff_finds_nothing_in_the_gallery(tmp_path: Path) -> None:
    export(tmp_path)
    (tmp_path / "ruff.toml").write_text(RUFF)
    for command in (["check"], ["format", "--diff"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_mypy_finds_nothing_in_the_gallery(tmp_path: Path) -> None:
    folders = export(tmp_path)
    (tmp_path / "mypy.ini").write_text(MYPY)
    places = [str(tmp_path / "mypy.ini"), str(tmp_path / "cache"), *map(str, folders)]
    done = subprocess.run(
        [sys.executable, "-c", WALK, *places], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
