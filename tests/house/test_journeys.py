"""Journeys act as a person does: through events on what is shown, not through edits or gestures."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import ROOT, imports, name_of, parsed

JOURNEYS = sorted((ROOT / "tests" / "journeys").rglob("*.py"))
MAY_IMPORT = {
    "app.window.application": "opens the window",
    "app.panels.code.view": "is looked at: the text, and the lines that are picked out",
    "graph_editor.canvas.canvas": "is looked at: where nodes and ports are on the screen",
    "graph_editor.document.files": "reads a file that was written",
    "graph_editor.document.model": "names nodes and ports, to ask where they are on the screen",
}
NEVER = {
    "apply": "edits the document",
    "apply_fix": "edits the document",
    "transaction": "edits the document",
    "document": "reaches behind the window",
    "select": "selects without the mouse",
    "show_graph": "opens a graph without the mouse",
    "animateClick": "is no mouse",
    "trigger": "is no mouse",
    "activate": "is no mouse",
    "setText": "is no key",
    "setPlainText": "is no key",
    "setValue": "is no key",
    "setChecked": "is no mouse",
    "setCurrentIndex": "is no mouse",
    "gestures": "reaches behind the canvas",
    "train": "starts a run without the button",
}


def modules(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def wrong(tree: ast.AST) -> list[str]:
    """Return what a person could not do."""
    ours = {m for m in modules(tree) if m.partition(".")[0] in ("app", "graph_editor", "codegen")}
    found = [f"imports {name}" for name in sorted(ours - MAY_IMPORT.keys())]
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    found += [f"line {n.lineno}: .{n.attr} {NEVER[n.attr]}" for n in used if n.attr in NEVER]
    return found


@pytest.mark.parametrize("path", JOURNEYS, ids=name_of)
def test_a_journey_sees_the_window_events_and_files(path: Path) -> None:
    assert wrong(parsed(path)) == []
    packages = {found.package for found in imports(parsed(path))}
    assert not packages & {"torch", "hypothesis", "codegen"}


@pytest.mark.parametrize(
    "line",
    [
        "from graph_editor.document.edits import connect",
        "from graph_editor.canvas.gestures import draw_wire",
        "import app.session.session",
        "window.session.apply(edit, 'x')",
        "window.session.document.undo()",
        "action.trigger()",
        "field.setText('3')",
    ],
)
def test_the_finder_finds_what_no_person_does(line: str) -> None:
    assert wrong(ast.parse(line))
