"""The walls of the house: who may import whom, what is loaded when, and who writes to disk."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for room in ("app", "codegen", "graph_editor") for path in (ROOT / room).rglob("*.py")
)
HEAVY = ("torch", "onnx", "sklearn", "networkx", "pyqtgraph", "pandas", "numpy", "PySide6")
TORCH_ROOMS = ("app/engine/", "app/training/worker.py")
QT_ROOMS = (
    "graph_editor/canvas/",
    "app/window",
    "app/panels/",
    "app/dialogs/",
    "app/commands/",
    "app/session",
)
ATTIC = {"utils", "util", "helpers", "helper", "common", "core", "manager", "managers", "misc"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> set[str]:
    """Return the top-level packages that a module imports anywhere in its text."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add((node.module or "").partition(".")[0])
    return found


def test_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_torch_and_qt_stay_in_their_rooms(path: Path) -> None:
    packages = imported(ast.parse(path.read_text(encoding="utf-8")))
    place = name_of(path)
    if packages & {"torch", "torchvision"}:
        assert place.startswith(TORCH_ROOMS), f"{place} imports torch"
    if "PySide6" in packages:
        assert place.startswith(QT_ROOMS), f"{place} imports Qt"
    if "pyqtgraph" in packages:
        assert place.startswith("app/panels/"), f"{place} imports pyqtgraph"


def test_the_engine_client_is_the_window_side_and_has_no_torch() -> None:
    packages = imported(ast.parse((ROOT / "app/engine/client.py").read_text(encoding="utf-8")))
    assert not packages & {"torch", "torchvision"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_attic(path: Path) -> None:
    assert not ATTIC & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


@pytest.mark.parametrize(
    "module",
    [
        "app.cli",
        "app.engine.client",
        "app.training.launch",
        "app.training.follow",
        "codegen",
        "graph_editor.catalogue.scope",
        "graph_editor.checking.wire",
        "graph_editor.document.document",
    ],
)
def test_nothing_heavy_is_imported(module: str) -> None:
    code = f"import {module}, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(json.loads(done.stdout)) & set(HEAVY)


WRITERS = {
    "graph_editor/document/atomic.py": "the one atomic writer itself",
    "graph_editor/document/journal.py": "append-only, each line checked and synced",
}


def writes(tree: ast.AST) -> list[int]:
    """Return the lines that open a file for writing or write one whole."""
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        values = node.args[1:] if isinstance(node.func, ast.Name) else node.args
        arguments = [*values, *(keyword.value for keyword in node.keywords)]
        modes = [a.value for a in arguments if isinstance(a, ast.Constant)]
        opens = called in ("open", "fdopen") and any(
            isinstance(m, str) and len(m) <= 3 and set(m) & set("wax+") for m in modes
        )
        if opens or called in ("write_text", "write_bytes"):
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_user_data_reaches_disk_only_through_the_atomic_writer(path: Path) -> None:
    if name_of(path) in WRITERS:
        pytest.skip(WRITERS[name_of(path)])
    text = path.read_text(encoding="utf-8")
    lines = writes(ast.parse(text))
    rows = text.splitlines()
    unexplained = [n for n in lines if "# append-only" not in rows[n - 1]]
    assert not unexplained, f"{name_of(path)} writes by itself in lines {unexplained}"


def test_the_write_finder_finds_writes() -> None:
    found = "open('a', 'w')\np.open('ab')\np.write_text('')\nopen('a')\nopen('a', 'rb')\n"
    assert writes(ast.parse(found)) == [1, 2, 3]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_text_becomes_code(path: Path) -> None:
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"eval", "exec", "compile", "__import__"}
