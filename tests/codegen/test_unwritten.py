"""What PyTorch accepts and no code is written for is said before anybody trains or exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from app.session.shown import findings_of
from codegen.unwritten import with_unwritten
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import NO_CODE, Diagnostic, Verdict
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.files import dumps, load
from graph_editor.document.model import Address, Arg, NodeId, Project, RuleId
from tests.checking.drawings import judged
from tests.codegen.training_projects import simple

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "examples"


def changed(node: str, name: str, value: Arg) -> Project:
    return in_block(
        load(EXAMPLES / "digits_cnn.netwright").project,
        "main",
        lambda g: set_argument(g, NodeId(node), name, value),
    )


def test_what_has_code_is_left_alone() -> None:
    drawn = simple()
    verdict = judged(drawn)
    assert with_unwritten(drawn, specs_of(drawn), verdict) is verdict


def test_what_is_refused_is_a_warning_at_its_node() -> None:
    drawn = simple()
    drawn = in_block(
        drawn, "main", lambda g: set_argument(g, NodeId("adam"), "trains", (Address("head"),))
    )
    verdict = judged(drawn)
    assert not verdict.has_errors
    found = with_unwritten(drawn, specs_of(drawn), verdict)
    assert not found.has_errors
    assert found.diagnostics[:-1] == verdict.diagnostics
    last = found.diagnostics[-1]
    assert (last.code, last.severity, last.node) == (NO_CODE, "warning", "adam")
    assert last.message == (
        "There is no code: trains does not name parts of the drawing. Choose its nodes."
    )
    assert [p.node for p in findings_of(verdict, refusal=last).problems][-1:] == ["adam"]


def test_errors_come_first_and_nothing_drawn_is_no_problem() -> None:
    drawn = simple()
    wrong = Verdict(diagnostics=(Diagnostic(RuleId("x"), "error", Address("head"), "No."),))
    assert with_unwritten(drawn, specs_of(drawn), wrong) is wrong
    empty = Verdict()
    assert with_unwritten(Project(), specs_of(Project()), empty) is empty


def test_check_says_in_the_terminal_what_generate_would_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "drawn.netwright"
    path.write_text(dumps(changed("optimizer", "every", 2)), encoding="utf-8")
    assert main(["check", str(path)]) == 0
    out = capsys.readouterr().out
    assert "There is no code: no optimizer acts in every step. Remove every from one" in out
    assert "No problems found." not in out
    assert main(["check", "--json", str(path)]) == 0
    told = json.loads(capsys.readouterr().out)["problems"]
    assert [(p["code"], p["severity"]) for p in told] == [("no-code", "warning")]
