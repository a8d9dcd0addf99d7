"""Write a project as Python: model.py, data.py, train.py, requirements.txt and README.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.report import problem_line
from app.terminal.errors import CommandError
from app.terminal.judging import judge, load
from codegen import generate
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.atomic import atomic_write
from graph_editor.document.model import Project


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument(
        "-o", dest="output", type=Path, metavar="DIR", required=True, help="the folder"
    )
    sub.add_argument("--force", action="store_true", help="replace files that differ")


def run(options: argparse.Namespace) -> int:
    """Write the files; return 1 where errors of the drawing stand in the way."""
    project = load(options.file)
    verdict = judge(project)
    if refuse(project, verdict):
        return 1
    written = write(project, verdict)
    keep_others(options.output, written, force=options.force)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        for name, source in written.files.items():
            atomic_write(options.output / name, source.text)
            print(options.output / name)
    except OSError as problem:
        raise CommandError(f"{options.output} cannot be written: {problem.strerror}") from problem
    return 0


def refuse(project: Project, verdict: Verdict) -> bool:
    """Print the errors of a verdict, if any, and return whether there are some."""
    for problem in verdict.diagnostics:
        if problem.severity == "error":
            print(problem_line(project, problem), file=sys.stderr)
    return verdict.has_errors


def write(project: Project, verdict: Verdict) -> Written:
    """Return the project's files. Raises CommandError, by name, for what cannot be written."""
    try:
        return generate(project, specs_of(project), verdict)
    except CannotWrite as reason:
        raise CommandError(str(reason)) from reason


def keep_others(folder: Path, written: Written, *, force: bool) -> None:
    """Refuse to replace files that differ: they may hold somebody's own changes."""
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file; name a folder")
    changed = [
        name
        for name, source in written.files.items()
        if (folder / name).exists() and (folder / name).read_bytes() != source.text.encode()
    ]
    if changed and not force:
        names = ", ".join(changed)
        raise CommandError(f"{folder} holds other versions of {names}; --force replaces them")
