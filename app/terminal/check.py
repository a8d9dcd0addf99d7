"""Check a project with PyTorch and say what is wrong and how to mend it, and what it costs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from app.engine.client import Engine
from app.report import (
    SUMMARIES,
    memory_json,
    memory_line,
    problem_line,
    problems_in_order,
    table,
    verdict_json,
)
from app.terminal.errors import CommandError
from app.terminal.judging import load
from codegen.unwritten import with_unwritten
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.memory_fit import Room, room_on
from graph_editor.checking.summary import summary, totals
from graph_editor.checking.verdict import Fix, Verdict
from graph_editor.document.files import apply_change, dumps, save
from graph_editor.document.model import Project


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument("--json", action="store_true", help="print the verdict as one JSON object")
    sub.add_argument(
        "--summary",
        nargs="?",
        const="text",
        choices=tuple(SUMMARIES),
        help="print the summary alone, blocks with what is in them: text, markdown or tsv",
    )
    sub.add_argument(
        "--device", default="cpu", help="whose free memory counts: cpu (default), cuda, cuda:1, mps"
    )
    sub.add_argument("--fix", metavar="ID", help="apply the fix with this id (needs -o)")
    sub.add_argument(
        "--fix-all", action="store_true", help="apply all safe fixes, one by one (needs -o)"
    )
    sub.add_argument(
        "-o", dest="output", type=Path, metavar="FILE2", help="where the fixed project goes"
    )


def run(options: argparse.Namespace) -> int:
    """Print the problems and the table, or apply a fix; return 1 where an error remains."""
    if (options.fix is not None or options.fix_all) != (options.output is not None):
        raise CommandError(
            "--fix ID (or --fix-all) and -o FILE2 go together: the fixed project goes to FILE2"
        )
    if options.fix is not None and options.fix_all:
        raise CommandError("--fix ID applies one fix and --fix-all all safe ones: say one of them")
    project = load(options.file)
    with Engine("judge") as engine:
        done: list[str] = []
        if options.fix is not None:
            fix = _fix(engine.judge(project), options.fix)
            project = apply_change(project, dict(fix.patch))
            done.append(f"Applied {options.fix}; the fixed project is {options.output}")
        if options.fix_all:
            answer = engine.request({"type": "cure", "project": dumps(project)})
            project = apply_change(project, answer["patch"])
            done += _cured(answer, options.output)
        if options.output is not None:
            save(options.output, project)
        verdict = engine.judge(project)
        told = engine.request({"type": "devices"})["devices"]
    verdict = with_unwritten(project, specs_of(project), verdict)
    _print(options, project, verdict, room_on(options.device, told))
    if not options.json and options.summary is None and done:
        print("\n" + "\n".join(done))
    return int(verdict.has_errors)


def _print(options: argparse.Namespace, project: Project, verdict: Verdict, room: Room) -> None:
    if options.json:
        found = {**verdict_json(verdict), "memory": memory_json(project, verdict, room)}
        print(json.dumps(found, ensure_ascii=False))
    elif options.summary is not None:
        rows = summary(project, specs_of(project), verdict, inside=True)
        print(SUMMARIES[options.summary](rows, totals(project, verdict)))
    else:
        show(project, verdict, room)


def show(project: Project, verdict: Verdict, room: Room | None = None) -> None:
    """Print one line per problem, the table of nodes, and what a training takes of memory."""
    for problem in problems_in_order(verdict):
        print(problem_line(project, problem))
    if not verdict.diagnostics:
        print("No problems found.")
    print("\n" + table(project, specs_of(project), verdict))
    if verdict.activations:
        print(memory_line(project, verdict, room))


def _cured(answer: dict[str, Any], output: Path) -> list[str]:
    """Return a line for each fix that was applied, and for each problem that was left."""
    lines = [f"Applied at {each['node']}: {each['title']}" for each in answer["steps"]]
    left = [f"Left at {each['node']}: {each['reason']}" for each in answer["left"]]
    count = len(lines)
    fixes = "1 safe fix" if count == 1 else f"{count or 'no'} safe fixes"
    return [*lines, *left, f"Applied {fixes}; the project is {output}"]


def _fix(verdict: Verdict, wanted: str) -> Fix:
    fixes = {fix.id: fix for problem in verdict.diagnostics for fix in problem.fixes}
    if wanted not in fixes:
        offered = ", ".join(fixes) or "none"
        raise CommandError(f"there is no fix {wanted} for this project; offered: {offered}")
    return fixes[wanted]
