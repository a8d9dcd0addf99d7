"""Write a project as Python: model, data, training, predictions, tests, requirements and README."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from app.exported import note
from app.report import problem_line
from app.terminal.errors import CommandError
from app.terminal.judging import judge, load
from app.training.start_weights import copy_start_weights, start_weights
from codegen import generate
from codegen.exporters import exporter
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.atomic import atomic_write, leads_out
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
    texts = exporter("project").texts(write(project, verdict))
    keep_others(options.output, texts, force=options.force)
    write_files(options.output, texts)
    copy_weights(project, options.file, options.output, texts)
    return 0


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files into a folder and print their names. Raises CommandError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).parent.mkdir(exist_ok=True)
            atomic_write(folder / name, text)
            print(folder / name)
        note(folder, texts)
    except OSError as problem:
        raise CommandError(f"{folder} cannot be written: {problem.strerror}") from problem


def copy_weights(project: Project, file: Path, folder: Path, texts: Mapping[str, str]) -> None:
    """Put the weights that a training starts from beside its code. Raises CommandError."""
    try:
        weights = start_weights(project, file.parent)
        for copy in copy_start_weights(weights, folder, texts.values()):
            print(copy)
    except OSError as problem:
        raise CommandError(
            f"{problem.filename} cannot be read: {problem.strerror}. The training starts from the "
            f"weights in it; all else is written to {folder}. Put the file there and export again"
        ) from problem


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


def keep_others(folder: Path, texts: Mapping[str, str], *, force: bool) -> None:
    """Refuse to replace files that differ: they may hold somebody's own changes."""
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file; name a folder")
    elsewhere = [n for n in texts if (folder / n).parent != folder and leads_away(folder / n)]
    if elsewhere:
        raise CommandError(f"{(folder / elsewhere[0]).parent} leads out of {folder}; remove it")
    links = [n for n in texts if leads_out(folder, n)]
    if links:
        raise CommandError(f"{folder / links[0]} leads out of {folder}; remove it")
    changed = [
        name
        for name, text in texts.items()
        if (folder / name).exists() and (folder / name).read_bytes() != text.encode()
    ]
    if changed and not force:
        names = ", ".join(changed)
        raise CommandError(f"{folder} holds other versions of {names}; --force replaces them")


def leads_away(file: Path) -> bool:
    """Whether what should be the folder of a file is something else, as a link."""
    folder = file.parent
    return folder.is_symlink() or (folder.exists() and not folder.is_dir())
