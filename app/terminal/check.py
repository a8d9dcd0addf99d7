"""Check a project with PyTorch and say what is wrong and how to mend it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from app.report import memory_line, problem_line, problems_in_order, table, verdict_json
from app.terminal.errors import CommandError
from app.terminal.judging import judge, load
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Fix, Verdict
from graph_editor.document.files import apply_change, save
from graph_editor.document.model import Project


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument("--json", action="store_true", help="print the verdict as one JSON object")
    sub.add_argument("--fix", metavar="ID", help="apply the fix with this id (needs -o)")
    sub.add_argument(
        "-o", dest="output", type=Path, metavar="FILE2", help="where the fixed project goes"
    )


def run(options: argparse.Namespace) -> int:
    """Print the problems and the table, or apply a fix; return 1 where an error remains."""
    if (options.fix is None) != (options.output is None):
        raise CommandError(
            "--fix ID and -o FILE2 go together: the fixed project is written to FILE2"
        )
    project = load(options.file)
    verdict = judge(project)
    if options.fix is not None:
        project = apply_change(project, dict(_fix(verdict, options.fix).patch))
        save(options.output, project)
        verdict = judge(project)
    if options.json:
        print(json.dumps(verdict_json(verdict), ensure_ascii=False))
    else:
        show(project, verdict)
        if options.fix is not None:
            print(f"\nApplied {options.fix}; the fixed project is {options.output}")
    return int(verdict.has_errors)


def show(project: Project, verdict: Verdict) -> None:
    """Print one line per problem, and the table of nodes."""
    for problem in problems_in_order(verdict):
        print(problem_line(project, problem))
    if not verdict.diagnostics:
        print("No problems found.")
    print("\n" + table(project, specs_of(project), verdict))
    if verdict.activations:
        print(memory_line(project, verdict))


def _fix(verdict: Verdict, wanted: str) -> Fix:
    fixes = {fix.id: fix for problem in verdict.diagnostics for fix in problem.fixes}
    if wanted not in fixes:
        offered = ", ".join(fixes) or "none"
        raise CommandError(f"there is no fix {wanted} for this project; offered: {offered}")
    return fixes[wanted]
