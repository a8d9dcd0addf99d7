"""Tests of gestures see the window, events and files: no edit, and nothing that makes one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT

FOLDER = ROOT / "tests" / "canvas" / "by_hand"
BEHIND = (
    "graph_editor.canvas.gestures",
    "graph_editor.canvas.editing",
    "graph_editor.canvas.rewiring",
    "graph_editor.canvas.inserting",
    "graph_editor.canvas.wiring",
    "graph_editor.canvas.opening",
    "graph_editor.canvas.laying_out",
    "graph_editor.canvas.arranging",
    "graph_editor.document.document",
)
"""What gestures are made of."""
EDITS = "graph_editor.document.edits"
READERS = frozenset({"instances_of", "keys_of", "layout_of", "positions_of", "runs_down"})
"""What of the edits only reads a project."""
ACTS = frozenset({"apply", "transaction", "arrange_all", "show_places", "rename", "switch"})
"""Calls that change a drawing, or what is seen of it, without a hand."""


def forbidden(tree: ast.AST) -> Iterator[str]:
    """Yield what a test of gestures may not do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = {alias.name for alias in node.names}
            inner = {f"{module}.{name}" for name in names} | {module}
            if any(each.startswith(BEHIND) for each in inner):
                yield f"{node.lineno}: {module}"
            if any(each.startswith("graph_editor.canvas.actions") for each in inner):
                yield f"{node.lineno}: actions"
            if module.startswith(EDITS) and names - READERS:
                yield f"{node.lineno}: {sorted(names - READERS)}"
        elif isinstance(node, ast.Import):
            yield from (f"{node.lineno}: {a.name}" for a in node.names if "graph_editor" in a.name)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ACTS:
            yield f"{node.lineno}: .{ast.unparse(node.func).rpartition('.')[2]}()"


def files() -> list[Path]:
    return sorted(FOLDER.glob("test_*.py"))


def test_gestures_are_tested_by_hand_alone() -> None:
    found = {path.name: list(forbidden(ast.parse(path.read_text("utf-8")))) for path in files()}
    assert {name: what for name, what in found.items() if what} == {}


def test_every_gesture_has_a_test_by_hand() -> None:
    assert len(files()) >= 8
    for path in files():
        text = path.read_text("utf-8")
        assert "hand." in text, f"{path.name} has no hand"
        assert "make_hand" in text, path.name


def test_the_rule_finds_what_it_forbids() -> None:
    text = """
from graph_editor.document.edits import positions_of, connect
from graph_editor.canvas.gestures.knife import Knife
from graph_editor.canvas import actions_wires
hand.document.apply(edit, "Edit")
"""
    assert len(list(forbidden(ast.parse(text)))) == 4
