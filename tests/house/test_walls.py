"""The walls of the house: who may import whom, and what is loaded when."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOMS, ROOT, SOURCES, imports, name_of, parsed

HEAVY = ("torch", "onnx", "sklearn", "networkx", "pyqtgraph", "pandas", "numpy", "PySide6")
HEAVY_AND_PURE = {*HEAVY, "torchvision", "scipy", "matplotlib"} - {"pyqtgraph", "PySide6"}
TORCH_ROOMS = ("app/engine/", "app/training/worker.py")
QT_ROOMS = (
    "graph_editor/canvas/",
    "app/window",
    "app/panels/",
    "app/dialogs/",
    "app/commands/",
    "app/session",
)
PLOT_ROOM = "app/panels/plots/"
"""The only room with pyqtgraph, and with numpy, which pyqtgraph draws from."""
LATE = {"graph_editor/document/topology.py": {"networkx"}}
"""What may import something heavy inside a function, when it is called."""
ATTIC = {"utils", "util", "helpers", "helper", "common", "core", "manager", "managers", "misc"}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_import_contracts_are_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_import_contracts_break_where_they_should(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        only_python = shutil.ignore_patterns("__pycache__", "*.json", "*.pyc")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=only_python)
    for place, line in VIOLATIONS.items():
        with (tmp_path / place).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    (tmp_path / "app/stray.py").write_text('"""A file in no layer."""\n')
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    told = " ".join(done.stdout.split())
    broken = [f"{place.removesuffix('.py').replace('/', '.')} ->" for place in VIOLATIONS]
    assert [words for words in [*broken, "app.stray"] if words not in told] == []


VIOLATIONS = {
    "codegen/emit.py": "from graph_editor.checking import diagnosers",
    "codegen/literals.py": "from graph_editor.checking.diagnosers import shapes as _",
    "codegen/names.py": "from graph_editor.checking import explain as _",
    "codegen/layout.py": "from graph_editor.canvas import scene as _",
    "graph_editor/checking/verdict.py": "from graph_editor.checking import failure as _",
    "graph_editor/document/ids.py": "from graph_editor.catalogue import spec as _",
    "graph_editor/catalogue/ports.py": "from graph_editor.checking import walk as _",
    "graph_editor/checking/walk.py": "import codegen as _",
    "codegen/written.py": "import app.report as _",
    "app/engine/pipe.py": "from app.terminal import errors as _",
    "app/engine/flops.py": "from app import cli as _",
    "app/training/status.py": "from app import report as _",
    "app/training/control.py": "from app.engine import protocol as _",
    "app/report.py": "from app.terminal import errors as _",
    "app/plain_text.py": "import PySide6.QtCore as _",
    "graph_editor/catalogue/order.py": "import torch as _",
    "graph_editor/canvas/findings.py": "from graph_editor.checking import verdict as _",
    "graph_editor/canvas/glyphs.py": "import codegen as _",
    "app/session/places.py": "from app.panels import code_panel as _",
    "app/session/shown.py": "import torch as _",
    "app/settings/store.py": "import PySide6.QtWidgets as _",
    "app/commands/command.py": "from app.window import style as _",
    "app/engine/client.py": "from app.session import session as _",
}
"""Lines that must each break a contract, and where they would stand."""


def test_torch_and_qt_stay_in_their_rooms() -> None:
    for path in SOURCES:
        packages = {found.package for found in imports(parsed(path))}
        place = name_of(path)
        if packages & {"torch", "torchvision"}:
            assert place.startswith(TORCH_ROOMS), f"{place} imports torch"
        if "PySide6" in packages:
            assert place.startswith(QT_ROOMS), f"{place} imports Qt"
        if packages & {"pyqtgraph", "numpy"} and not place.startswith(TORCH_ROOMS):
            assert place.startswith(PLOT_ROOM), f"{place} imports pyqtgraph or numpy"


def test_the_engine_client_is_the_window_side_and_has_no_torch() -> None:
    packages = {found.package for found in imports(parsed(ROOT / "app/engine/client.py"))}
    assert not packages & {"torch", "torchvision"}


def test_no_attic() -> None:
    for path in SOURCES:
        parts = {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
        assert not ATTIC & parts, name_of(path)


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


def misplaced(place: str, tree: ast.AST) -> list[tuple[int, str]]:
    """Return the lines and names of heavy packages that a file must not import there."""
    if place.startswith(TORCH_ROOMS):
        return []
    allowed = LATE.get(place, set())
    heavy = HEAVY_AND_PURE - ({"numpy"} if place.startswith(PLOT_ROOM) else set())
    return [
        (found.line, found.package)
        for found in imports(tree)
        if found.package in heavy and not (found.late and found.package in allowed)
    ]


def test_heavy_packages_are_imported_where_they_are_at_home() -> None:
    for path in SOURCES:
        assert not misplaced(name_of(path), parsed(path)), name_of(path)


@pytest.mark.parametrize(
    "text",
    [
        "import numpy",
        "import numpy.linalg as la",
        "from sklearn.datasets import load_digits",
        "if True:\n    import networkx",
        "try:\n    import torch\nexcept ImportError:\n    pass",
        "class A:\n    import networkx",
        "if TYPE_CHECKING:\n    pass\nelse:\n    import numpy",
        "def f():\n    import numpy",
        "async def f():\n    from torch import nn",
    ],
)
def test_the_import_finder_finds_heavy_imports(text: str) -> None:
    for place in ("graph_editor/document/topology.py", "codegen/sources/digits.py", "app/cli.py"):
        assert misplaced(place, ast.parse(text))
    assert not misplaced("app/engine/judge.py", ast.parse(text))


def test_the_import_finder_knows_late_imports_and_those_for_types() -> None:
    late = ast.parse("if TYPE_CHECKING:\n    import numpy\ndef f():\n    import networkx")
    assert not misplaced("graph_editor/document/topology.py", late)
    assert misplaced("graph_editor/document/layout.py", late) == [(4, "networkx")]
