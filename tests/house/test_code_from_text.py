"""No text becomes code, and no module is imported by a name that is made, but where listed here."""

import ast

import pytest

from tests.house.sources import SOURCES, full_name, meanings, name_of, parsed

PLACES: dict[str, tuple[set[str], str]] = {
    "app/engine/__main__.py": (
        {"importlib.import_module"},
        "the role's module, from a table; each is heavy and only one is wanted",
    ),
    "app/engine/custom_code.py": (
        {"compile", "exec"},
        "runs custom code that the user has trusted, in the guarded engine",
    ),
    "app/engine/job.py": (
        {"importlib.import_module"},
        "a task's module in this package, by an identifier",
    ),
    "app/engine/job_preview.py": (
        {"importlib.util.spec_from_file_location", ".exec_module"},
        "runs the data.py that was written a moment ago, in a process of its own",
    ),
    "app/engine/standby.py": (
        {"importlib.import_module"},
        "what written files mostly import, from a table, ahead of time",
    ),
    "app/engine/written_module.py": (
        {"importlib.util.spec_from_file_location", ".exec_module"},
        "runs the model.py that an export has just written, in a process of its own",
    ),
    "app/panels/palette_browser.py": (
        {".exec"},
        "starts a drag of Qt's, with the one action that it offers",
    ),
    "app/panels/plots/imports.py": (
        {"importlib.import_module"},
        "pyqtgraph's modules one by one, from a table, so that the window goes on meanwhile",
    ),
    "app/panels/runs_panel.py": ({".reload"}, "a method of ours: reads the list of runs again"),
    "app/session/waiting.py": (
        {".exec"},
        "runs Qt's event loop until a thread has answered",
    ),
    "app/window/application.py": (
        {"importlib.import_module"},
        "what a window needs behind its frame, from a table, piece by piece after the first paint",
    ),
    "app/window/dialog_table.py": (
        {"importlib.import_module"},
        "imports the dialogs of a table in the source when they are first asked for",
    ),
    "app/window/workplace.py": (
        {"importlib.import_module"},
        "panels and dialogs, from tables, when they are first wanted",
    ),
    "app/training/script.py": (
        {"importlib.util.spec_from_file_location", ".exec_module"},
        "runs the train.py of a run folder, in the run's own process",
    ),
    "codegen/data_source.py": (
        {"importlib.import_module"},
        "every module of codegen.sources, found by being there",
    ),
    "codegen/exporters/__init__.py": (
        {"importlib.import_module"},
        "every module of codegen.exporters, found by being there",
    ),
    "codegen/names.py": ({"builtins"}, "asks for the names of what is built in, to keep off them"),
    "graph_editor/catalogue/custom_code.py": (
        {"builtins", "compile"},
        "asks for the names of what is built in, to keep custom code off them; and whether a text "
        "that the parser lets through compiles, of which the result is thrown away",
    ),
    "graph_editor/checking/explain.py": (
        {"importlib.import_module"},
        "every diagnoser and lint, found by being there",
    ),
}
"""What makes code of text or finds modules by name: by what, and why that is safe."""

BUILT_IN = {"eval", "exec", "compile", "__import__", "builtins", "__builtins__", "globals"}
IMPORTERS = {
    "import_module",
    "reload",
    "exec_module",
    "load_module",
    "spec_from_file_location",
    "SourceFileLoader",
    "run_path",
    "run_module",
}
NAMED = {*BUILT_IN, *IMPORTERS}


def makers(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the lines and names where text may become code, called or only mentioned.

    ``re.compile`` is another thing, and so are ``eval`` and ``exec`` without arguments: the one is
    a mode of modules, the other runs a dialog.
    """
    known = meanings(tree)
    plain = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call) and not n.args}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            name = full_name(node, known)
            if name.rpartition(".")[2] in NAMED and name != "re.compile":
                found.add((node.lineno, name))
        elif isinstance(node, ast.Attribute):
            name = full_name(node, known)
            mode = node.attr in ("eval", "exec") and id(node) in plain
            if node.attr in NAMED and name != "re.compile" and not mode:
                found.add((node.lineno, name))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr":
            words = {a.value for a in node.args if isinstance(a, ast.Constant)}
            found |= {(node.lineno, str(word)) for word in words & NAMED}
    return sorted(found)


def test_no_text_becomes_code() -> None:
    for path in SOURCES:
        place, found = name_of(path), makers(parsed(path))
        allowed = PLACES.get(place, (set(), ""))[0]
        unexplained = [(line, name) for line, name in found if name not in allowed]
        assert not unexplained, f"{place} may make code of text: {unexplained}"
        assert allowed == {name for _, name in found}, (
            f"the list of places names what is gone from {place}"
        )


def test_the_list_names_files_that_are_there() -> None:
    assert PLACES.keys() <= {name_of(path) for path in SOURCES}
    assert all(reason for _, reason in PLACES.values())


@pytest.mark.parametrize(
    "line",
    [
        "eval('1')",
        "exec(text)",
        "compile(text, 'a', 'exec')",
        "__import__('torch')",
        "run = exec",
        "map(eval, texts)",
        "builtins.eval('1')",
        "__builtins__['eval']('1')",
        "getattr(builtins, 'ev' + 'al')('1')",
        "getattr(thing, 'exec')('1')",
        "importlib.import_module('torch')",
        "importlib.import_module(name)",
        "import_module('a')",
        "load('a')",
        "found.exec_module(module)",
        "importlib.util.spec_from_file_location('a', 'b')",
        "runpy.run_path('a')",
        "run_module('a')",
        "globals()['a']()",
    ],
)
def test_the_finder_finds_what_makes_code(line: str) -> None:
    found = makers(ast.parse(IMPORTS + line))
    assert {at for at, _ in found} == {IMPORTS.count("\n") + 1}


@pytest.mark.parametrize(
    "line",
    ["re.compile('a')", "model.eval()", "dialog.exec()", "evaluate('1')", "literal_eval('1')"],
)
def test_the_finder_passes_over_what_only_sounds_alike(line: str) -> None:
    assert makers(ast.parse(IMPORTS + line)) == []


IMPORTS = """\
import builtins, importlib, importlib.util, re, runpy
from ast import literal_eval
from importlib import import_module
from importlib import import_module as load
from runpy import run_module
"""
