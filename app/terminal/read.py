"""Take what was edited in an exported folder's Python back into the project."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from app.engine.client import Engine
from app.plain_text import plain
from app.report import problem_line
from app.terminal.errors import CommandError
from app.terminal.generate import refuse, write
from app.terminal.judging import load
from codegen.reading.merge import Merged, merge
from codegen.reading.problems import Problem
from codegen.reading.scripts import merge_script
from codegen.reading.settling import settle
from codegen.reading.source import MAX_LENGTH
from codegen.written import Written
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import save
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Project

READ = ("data.py", "train.py", "model.py")
"""The files that are read back, in this order: values first, then what may change the model."""
Judge = Callable[[Project], Verdict]


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument("folder", type=Path, metavar="FOLDER", help="the folder of its Python")
    sub.add_argument(
        "--dry-run", action="store_true", help="say what would change, and change nothing"
    )


def run(options: argparse.Namespace) -> int:
    """Read the files and save the project; return 1 where something was not understood."""
    project = load(options.file)
    texts = {name: text for name in READ if (text := _text(options.folder / name)) is not None}
    if not texts:
        raise CommandError(f"{options.folder} holds none of {', '.join(READ)}")
    with Engine("judge") as engine:
        verdict = engine.judge(project)
        if refuse(project, verdict):
            return 1
        written = write(project, verdict)
        made, problems = _merged(project, verdict, written, texts)
        if problems:
            _tell(problems, sys.stderr)
            print("Nothing was changed.", file=sys.stderr)
            return 1
        if not made.changes:
            print("The project says what the files say; nothing was changed.")
            return 0
        settled = settle(made, texts.get("model.py", ""), engine.judge)
    for change in made.changes:
        print(plain(change))
    _tell(settled.remarks, sys.stderr)
    for found in settled.verdict.diagnostics:
        if found.severity == "error":
            print(problem_line(settled.project, found), file=sys.stderr)
    if not options.dry_run:
        save(options.file, settled.project)
        print(f"saved {options.file}")
    return 0


def _merged(
    project: Project, verdict: Verdict, written: Written, texts: Mapping[str, str]
) -> tuple[Merged, tuple[Problem, ...]]:
    """Return the project with the edits of all files, or every problem that they have."""
    changes: list[str] = []
    problems: list[Problem] = []
    made = Merged(project)
    for name, text in texts.items():
        if name not in written.files:
            problems.append(Problem(1, 1, "the project has nothing that is written here", name))
            continue
        before = written.files[name].text
        if name == "model.py":
            ids = IdSource(text)
            made = merge(made.project, catalogue().get, before, text, ids)
        else:
            made = merge_script(made.project, specs_of(project), verdict, name, text)
        changes += made.changes
        problems += made.problems
    return Merged(made.project, tuple(changes), (), made.remarks, made.stated), tuple(problems)


def _text(path: Path) -> str | None:
    """Return what a file holds; None where there is none. Raises CommandError."""
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > 4 * MAX_LENGTH:
            raise CommandError(f"{path} is too large to be read")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise CommandError(f"{path} is no UTF-8 text") from problem


def _tell(found: tuple[Problem, ...], stream: TextIO) -> None:
    for each in found:
        print(plain(each.text()), file=stream)
