"""Tests of gestures see the window, events and files: no edit, and nothing that makes one.

The rule covers every ``test_*.py`` of ``tests/canvas/by_hand``, and ``rows.py`` there names a test
for each row of ``docs/gestures.md``. What such a test may import and call is listed here; all else
is forbidden, so that a new way to a drawing has to be let in by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.canvas.by_hand.rows import BY_HAND, IN_A_WINDOW
from tests.house.sources import ROOT

FOLDER = ROOT / "tests" / "canvas" / "by_hand"
READ = {
    "graph_editor.document.files": None,
    "graph_editor.document.file_json": None,
    "graph_editor.document.model": None,
    "graph_editor.document.edits": {"instances_of", "layout_of", "positions_of"},
    "graph_editor.catalogue.scope": {"specs_of"},
    "app.engine.judge": {"Judge"},
}
"""Modules that read files and values, and what of them; None: all of it."""
SEEN = {
    "add_palette": {"AddPalette"},
    "backdrop": {"Mark"},
    "findings": {"Findings", "PortFacts"},
    "inline_form": {"InlineForm"},
    "items.frame_item": {"FrameItem"},
    "items.guide_lines": {"GuideLines"},
    "minimap": {"Minimap"},
    "refusal_bubble": {"RefusalBubble"},
    "theme": {"theme"},
    "view": {"MAX_ZOOM", "MIN_ZOOM"},
}
"""Modules of the canvas with what is seen on it, so that a test finds it there."""
LOOKS = {"hovered", "node_at", "node_place", "node_rect", "places", "port_place", "ports_of",
         "selected", "sight", "title", "zoom", "hasFocus", "findChildren", "findChild",
         "mapToScene", "mapFromScene", "mapFromGlobal", "mapToGlobal", "viewport", "scene",
         "rect", "width", "height", "parentWidget", "window", "is_far"}  # fmt: skip
"""What a canvas may be asked."""
SET_UP = {
    "set_zoom": "from how near one looks, so that the pixels are known",
    "zoom_to": "the same",
    "centerOn": "the same",
    "pan_by": "the same, for places far away",
    "show_graph": "which graph is shown: the window does that, where a file or a block is opened",
    "set_findings": "what the judge has found: the window tells that",
    "set_theme": "which theme is chosen: the window does that",
    "look_again": "the sight that the window keeps of a graph",
    "dropEvent": "an event, delivered as Qt does it, to see whether it is taken",
    "resize": "how large the canvas is",
    "setFocus": "that the keyboard has gone elsewhere",
}
"""What a canvas may be told before a hand acts, and why: none of it is a gesture, or an edit."""
OF_THE_HISTORY = {"undo", "redo", "subscribe"}
"""What a document may be told: its history is the window's, and no gesture."""
HIDDEN = {"gestures", "apply", "transaction"}
"""Names that lead behind the window."""


def forbidden(tree: ast.AST) -> Iterator[str]:
    """Yield what a test of gestures may not do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from _imported(node)
        elif isinstance(node, ast.Import):
            ours = [a.name for a in node.names if a.name.startswith(("graph_editor", "app"))]
            yield from (f"{node.lineno}: import {name}" for name in ours)
        elif isinstance(node, ast.Attribute):
            yield from _reached(node)


def _imported(node: ast.ImportFrom) -> Iterator[str]:
    module, names = node.module or "", {alias.name for alias in node.names}
    if not module.startswith(("graph_editor", "app")):
        return
    allowed = {**READ, **{f"graph_editor.canvas.{name}": what for name, what in SEEN.items()}}
    known = allowed.get(module, set())
    if known is not None and names - known:
        yield f"{node.lineno}: {module}: {sorted(names - known)}"


def _reached(node: ast.Attribute) -> Iterator[str]:
    """Yield a method of the canvas or the document that is neither a look nor a known set-up."""
    owner = ast.unparse(node.value).rpartition(".")[2]
    if node.attr in HIDDEN:
        yield f"{node.lineno}: .{node.attr}"
    acts = owner == "canvas" and node.attr not in LOOKS and node.attr not in SET_UP
    if acts and _is_method("Canvas", node.attr):
        yield f"{node.lineno}: canvas.{node.attr}"
    told = owner == "document" and node.attr not in OF_THE_HISTORY
    if told and _is_method("Document", node.attr):
        yield f"{node.lineno}: document.{node.attr}"


def _is_method(owner: str, name: str) -> bool:
    """Whether a name is a method of a canvas or a document; values and signals are looked at."""
    files = {
        "Canvas": ("graph_editor/canvas/canvas.py", "graph_editor/canvas/view.py"),
        "Document": ("graph_editor/document/document.py",),
    }
    text = "".join((ROOT / path).read_text("utf-8") for path in files[owner])
    found = re.search(rf"(@property\n)?    def {re.escape(name)}\(", text)
    return found is not None and found[1] is None


def files() -> list[Path]:
    return sorted(FOLDER.glob("test_*.py"))


def rows() -> list[str]:
    """Return the rows of the table of gestures: ``Port: drag of an output``."""
    page = (ROOT / "docs" / "gestures.md").read_text("utf-8")
    cells = [line.strip("|\n ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [f"{cell[0].strip()}: {cell[1].strip()}" for cell in cells[1:]]


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


def test_gestures_are_tested_by_hand_alone() -> None:
    found = {path.name: list(forbidden(ast.parse(path.read_text("utf-8")))) for path in files()}
    assert {name: what for name, what in found.items() if what} == {}


def test_every_gesture_has_a_test_that_is_there() -> None:
    assert sorted(BY_HAND.keys() | IN_A_WINDOW.keys()) == sorted(rows())
    assert not BY_HAND.keys() & IN_A_WINDOW.keys()
    for folder, table in ((FOLDER, BY_HAND), (ROOT / "tests", IN_A_WINDOW)):
        for row, name in table.items():
            path, _, test = name.partition("::")
            assert test in names_in(folder / f"{path}.py"), f"{row}: {name}"


def test_each_test_by_hand_has_a_hand() -> None:
    for path in files():
        assert "make_hand" in path.read_text("utf-8"), path.name


def test_the_rule_finds_what_it_forbids() -> None:
    lines = """from graph_editor.document.edits import positions_of, connect
from graph_editor.document import edits
from graph_editor.canvas.gestures.knife import Knife
from graph_editor.canvas import actions_wires
from graph_editor.canvas.copying import paste_at
from graph_editor.canvas.carrying import carry
from graph_editor.canvas.aligning import line_up
from graph_editor.canvas.clipboard import put
from app.commands.edit import delete
import graph_editor.canvas.actions
hand.document.apply(edit, "Edit")
hand.canvas.gestures[3].press(event)
hand.canvas.select(["a"])
hand.canvas.cancel_gesture()"""
    for line in lines.splitlines():
        assert list(forbidden(ast.parse(line))), line
    allowed = """from graph_editor.document.edits import positions_of
hand.canvas.set_zoom(1.0)
hand.document.undo()
assert hand.canvas.places() == {}"""
    assert not list(forbidden(ast.parse(allowed)))
