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
    "run": "starts a run without the button",
    "pause": "is no mouse",
    "clear": "is no key",
    "click": "is no mouse, where it is not told what to click",
    "show_places": "moves nodes without the mouse",
    "arrange_all": "moves nodes without the mouse",
    "invokeMethod": "calls what cannot be seen here",
    "attrgetter": "calls what cannot be seen here",
    "methodcaller": "calls what cannot be seen here",
    "__dict__": "reaches what cannot be seen here",
}
NAMES = {"getattr", "setattr", "vars", "eval", "exec", "__import__", "attrgetter", "methodcaller"}
HANDS = ("tests.canvas", "tests.panels", "tests.window")
"""Tests that may reach behind the window, and what helps them to."""


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
    found += [f"imports {name}" for name in sorted(modules(tree)) if name.startswith(HANDS)]
    fair = allowed(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in NEVER and node not in fair:
            found.append(f"line {node.lineno}: .{node.attr} {NEVER[node.attr]}")
        if isinstance(node, ast.Name) and node.id in NAMES:
            found.append(f"line {node.lineno}: {node.id} reaches what cannot be seen here")
    return found


def allowed(tree: ast.AST) -> set[ast.expr]:
    """Return the uses of those names that mean another thing: other processes, and a person."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    told = {n.func for n in calls if isinstance(n.func, ast.Attribute) and n.func.attr == "click"}
    empty = {n.func for n in calls if not n.args}
    used = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
    processes = {n for n in used if ast.unparse(n) == "subprocess.run"}
    return processes | (told - empty)


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
        "button.click()",
        "act = button.click",
        "person.canvas.show_places({})",
        "person.canvas.arrange_all()",
        "window.desk.pause()",
        "command.run(frame)",
        "field.clear()",
        "getattr(person.window, 'desk').stop()",
        "setattr(field, 'text', '3')",
        "person.window.__dict__['desk']",
        "QMetaObject.invokeMethod(button, 'click')",
        "from tests.canvas.hand import Hand",
        "import tests.panels.judged",
    ],
)
def test_the_finder_finds_what_no_person_does(line: str) -> None:
    assert wrong(ast.parse(line))


@pytest.mark.parametrize(
    "line", ["person.click(button)", "subprocess.run(['python'])", "person.press('Ctrl+R')"]
)
def test_the_finder_lets_a_person_act(line: str) -> None:
    assert not wrong(ast.parse(line))
