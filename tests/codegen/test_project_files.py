"""requirements.txt says what the written code imports, and each file by what it was written."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import replace

import pytest

from app.engine.judge import Judge
from codegen import generate
from codegen.first_line import first_line
from codegen.project_files import REQUIREMENTS, write_requirements
from codegen.third_party import PACKAGES
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Diagnostic, Verdict
from graph_editor.document.model import (
    Address,
    Code,
    FrozenMap,
    Project,
    RuleId,
)
from tests.codegen.drawings import Drawing
from tests.codegen.training_projects import B, Drawn, project, simple

MODULES = {"sklearn": "scikit-learn"}
RANDOM: dict[str, Drawn] = {
    "made_up": ("data.random", {}, {}),
    "x": ("io.input", {"shape": (B, 8)}, {"input": "made_up.x"}),
    "head": ("nn.Linear", {"in_features": 8, "out_features": 1}, {"input": "x"}),
    "y": ("io.output", {}, {"input": "head"}),
    "loss": ("nn.MSELoss", {}, {"input": "y", "target": "made_up.y"}),
    "adam": ("optim.Adam", {}, {"losses[0]": "loss"}),
}


def written(drawn: Project, verdict: Verdict | None = None) -> Written:
    return generate(drawn, specs_of(drawn), verdict or Verdict())


def imported_by(files: Written) -> set[str]:
    """Return the distributions that the written code imports."""
    found = set()
    for name, source in files.files.items():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(source.text)):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add(str(node.module).partition(".")[0])
    own = {"data", "model", "train"}
    return {MODULES.get(m, m) for m in found - set(sys.stdlib_module_names) - own}


@pytest.mark.parametrize("drawn", [simple(), project(RANDOM)], ids=["wine", "random"])
def test_requirements_are_exactly_what_is_imported(drawn: Project) -> None:
    files = written(drawn)
    lines = files.files["requirements.txt"].text.splitlines()
    assert lines == sorted(REQUIREMENTS[name] for name in imported_by(files))


def test_torch_is_always_required() -> None:
    assert write_requirements(()).text == "torch>=2.11,<2.14\n"


def test_errors_of_the_drawing_stand_in_the_way() -> None:
    wrong = Diagnostic(RuleId("shape"), "error", Address("head"), "It takes 12, but 13 arrive.")
    with pytest.raises(CannotWrite, match="head: It takes 12, but 13 arrive"):
        written(simple(), Verdict(diagnostics=(wrong,)))
    warned = Diagnostic(RuleId("shape"), "warning", Address("head"), "Odd.")
    assert "train.py" in written(simple(), Verdict(diagnostics=(warned,))).files


@pytest.mark.parametrize("title", ["", "a", "Digits residual net", "x" * 200, 'q" """ \\ \n b'])
def test_the_first_line_always_fits(title: str) -> None:
    for needs in ("PyTorch", "PyTorch and scikit-learn", "what requirements.txt lists"):
        line = first_line(title, needs)
        assert len(line) <= 100
        assert line.startswith("# Written by Netwright from ")
        assert "\n" not in line


def test_positions_do_not_reach_the_files() -> None:
    moved = Project(simple().main, layout=FrozenMap({"main": FrozenMap({"at": (1, 2)})}))
    assert written(moved).files == written(simple()).files


def test_the_first_line_says_the_whole_title_while_it_fits() -> None:
    for title in ("Variational autoencoder", "Sequence to sequence by attention", "x" * 68):
        for needs in ("PyTorch", "what requirements.txt lists"):
            assert f'"{title}"' in first_line(title, needs)
    assert re.search(r' (a|word) \.\.\."\.$', first_line("a word " * 30, "PyTorch"))


def importing(text: str) -> Written:
    """Return the export of a model that calls a function with these imports."""
    code = Code(f"{text}\n\n\ndef own(x):\n    return x\n", ("x",), ("y",))
    main = Drawing().add("a", "io.input", shape=["=B", 6])
    drawn = main.add("w", "code.own", {"x": "a"}).add("o", "io.output", "w.y").project()
    drawn = replace(drawn, code=FrozenMap({"own": code, "idle": code}))
    return generate(drawn, specs_of(drawn), Judge(lambda _: False).judge(drawn))


def test_what_custom_code_imports_is_required_as_far_as_it_is_known() -> None:
    files = importing(
        "import math\nimport numpy as np\nfrom PIL import Image\nimport odd.things"
    ).files
    assert files["requirements.txt"].text.splitlines() == [
        "numpy>=1.26",
        "pillow>=11",
        "pytest>=8.3  # for tests/ alone",
        "torch>=2.11,<2.14",
        "# odd: custom code imports it; add the package that brings it",
    ]
    assert "imports `odd`. Which package brings that is not known here" in files["README.md"].text
    plain = importing("import math\nimport torch").files
    assert len(plain["requirements.txt"].text.splitlines()) == 2
    assert "not known" not in plain["README.md"].text


def test_packages_of_custom_code_are_said_as_everywhere_else() -> None:
    ours = {line.partition(">")[0]: line.partition("  #")[0] for line in REQUIREMENTS.values()}
    for line in PACKAGES.values():
        name, sign, version = line.partition(">=")
        assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
        assert sign
        assert version[0].isdecimal()
        assert ours.get(name, line) == line
