"""Files and functions stay small enough to be read in one go, and say what they are for."""

import ast

from tests.house.sources import ROOT, SOURCES, name_of

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
TOP = {"app", "graph_editor", "codegen", "assets", "tests", "docs", "benchmarks"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_files_and_functions_are_small() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= LONGEST_FILE, name_of(path)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= LONGEST_FUNCTION, f"{name_of(path)}: {node.name} has {length}"


def test_every_module_says_what_it_is() -> None:
    for path in SOURCES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name_of(path)


def test_the_top_level_is_fixed() -> None:
    packages = {p.name for p in ROOT.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert packages <= TOP
    assert {p.name for p in ROOT.glob("*.py")} == {"main.py"}


def test_typical_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, Function)
    )
    assert lengths[len(lengths) // 2] <= 12
    assert lengths[len(lengths) * 95 // 100] <= 41
