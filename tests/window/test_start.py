"""How the program starts: at once with a window, or in the terminal with the reason why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.window import display
from app.window.display import ALWAYS, XCB, why_no_window
from tests.house.sources import ROOT

HEAVY = {"torch", "onnx", "sklearn", "networkx", "pyqtgraph", "pandas", "numpy"}
PAINT = """
import sys, json
from PySide6.QtWidgets import QApplication
import app.start
from app.window.application import Application
qt = QApplication([])
house = Application(qt)
def painted():
    print(json.dumps(sorted(sys.modules)))
    qt.exit()
house.first_painted.connect(painted)
shell = house.start()
qt.exec()
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return {**kept, "NETWRIGHT_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def test_the_first_paint_comes_before_anything_heavy(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PAINT],
        env=environment(own_home, QT_QPA_PLATFORM="offscreen"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & HEAVY
    ours = {m for m in loaded if m.startswith(("app.", "graph_editor.", "codegen"))}
    assert not {m for m in ours if m.startswith(("app.engine", "app.training", "app.panels"))}
    assert "app.session.session" not in ours
    assert "app.cli" not in ours


def test_without_a_display_it_says_so_and_works_in_the_terminal(
    own_home: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py")],
        env=environment(own_home, PATH=os.environ["PATH"]),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    first = done.stdout.splitlines()[0]
    assert first.startswith("There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.")
    assert "terminal" in first
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")
def test_a_file_without_a_display_is_refused_in_one_line(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "some.netwright"],
        env=environment(own_home),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in done.stderr


def test_commands_go_to_the_terminal(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--help"],
        env=environment(own_home),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "check" in done.stdout
    assert "train" in done.stdout


def test_a_display_is_looked_for_on_linux_alone() -> None:
    assert why_no_window({}, "linux").startswith("There is no display")
    assert why_no_window({}, "darwin") == ""
    assert why_no_window({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="xcb is of Linux")
def test_a_display_that_does_not_answer_is_named() -> None:
    reason = why_no_window({"DISPLAY": ":4711"}, "linux")
    missing = reason.startswith("Qt's libraries are missing on this system: ")
    assert missing or reason == "The display :4711 does not answer."


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    reason = why_no_window({"DISPLAY": ":0"}, "linux")
    assert reason.startswith("Qt's libraries are missing on this system: ")
    assert reason.count("\n") == 0


def test_all_missing_libraries_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    gone = ("libxcb-icccm.so.4", "libxcb-keysyms.so.1")
    monkeypatch.setattr(display, "_loads", lambda name: name not in gone)
    reason = why_no_window({"DISPLAY": ":0"}, "linux")
    assert "libxcb-icccm.so.4, libxcb-keysyms.so.1" in reason
    assert "sudo apt install libxcb-icccm4 libxcb-keysyms1" in reason
    assert reason.count("\n") == 0
    assert "xcb" not in why_no_window({"QT_QPA_PLATFORM": "offscreen"}, "linux")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the libraries of Linux")
def test_what_the_loader_finds_loads() -> None:
    assert display._loads("libc.so.6")
    assert not display._loads("libxcb-no-such.so.0")


@pytest.mark.parametrize("name", ["README.md", ".ci/run"])
def test_the_packages_that_qt_needs_are_listed(name: str) -> None:
    words = set((ROOT / name).read_text(encoding="utf-8").split())
    assert {*ALWAYS.values(), *XCB.values()} <= words
