"""The window is there before anything heavy is; without a display the terminal does the job."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from tests.house.sources import ROOT
from tests.house.test_walls import HEAVY

pytestmark = pytest.mark.timeout(300)
HEAVY_HERE = set(HEAVY) - {"PySide6"}


def test_the_first_paint_comes_before_any_heavy_module(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.first_look"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    first, furnished = map(json.loads, done.stdout.splitlines())
    assert (first["moment"], furnished["moment"]) == ("first paint", "furnished")
    assert not HEAVY_HERE & set(first["modules"])
    assert {"Train", "Export"} <= {words.strip() for words in first["buttons"]}
    assert "torch" not in furnished["modules"]
    assert "app.session.session" in furnished["modules"]
    assert not own_home.exists() or not list(own_home.glob("journals/*"))


@pytest.mark.slow
def test_without_a_display_the_terminal_does_the_main_job(tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    surroundings = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py")],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    if sys.platform.startswith("linux"):
        assert "DISPLAY" in first
        assert "WAYLAND_DISPLAY" in first
    (run,) = (tmp_path / "runs").iterdir()
    assert (run / "loss.svg").exists()
    assert str(run) in done.stdout
