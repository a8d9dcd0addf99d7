"""Take what was edited in an exported folder's Python back into the project."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from app.engine.client import Engine
from app.exported import READ, CannotRead, edited_in, note, texts_in
from app.plain_text import plain
from app.report import problem_line
from app.terminal.errors import CommandError
from app.terminal.generate import refuse, write
from app.terminal.judging import load
from codegen.reading.merge import Merged, at_first_edit, merge
from codegen.reading.problems import Problem
from codegen.reading.scripts import merge_script
from codegen.reading.settling import settle, written_otherwise
from codegen.reading.three_way import joined, told_of
from codegen.written import Written
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import save
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Project

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
    try:
        typed = texts_in(options.folder)
    except CannotRead as reason:
        raise CommandError(str(reason)) from reason
    if not typed:
        raise CommandError(f"{options.folder} holds none of {', '.join(READ)}")
    with Engine("judge") as engine:
        verdict = engine.judge(project)
        if refuse(project, verdict):
            return 1
        written = write(project, verdict)
        texts, problems = _joined(options.folder, typed, written)
        made = Merged(project)
        if not problems:
            made, problems = _merged(project, verdict, written, texts)
        if problems:
            _tell(_placed(problems, texts, typed), sys.stderr)
            print("Nothing was changed.", file=sys.stderr)
            return 1
        if not made.changes:
            _tell(_placed(_otherwise(made, written, texts), texts, typed), sys.stderr)
            print("The project says what the files say; nothing was changed.")
            return 0
        settled = settle(made, texts.get("model.py", ""), engine.judge)
        if settled.refusal and "model.py" in texts:
            before, after = written.files["model.py"].text, texts["model.py"]
            problems = (at_first_edit(before, after, settled.refusal),)
            _tell(_placed(problems, texts, typed), sys.stderr)
            print("Nothing was changed.", file=sys.stderr)
            return 1
    for change in made.changes:
        print(plain(change))
    _tell(_placed(settled.remarks, texts, typed), sys.stderr)
    for found in settled.verdict.diagnostics:
        if found.severity == "error":
            print(problem_line(settled.project, found), file=sys.stderr)
    if not options.dry_run:
        save(options.file, settled.project)
        note(options.folder, typed)
        print(f"saved {options.file}")
    return 0


def _joined(
    folder: Path, typed: Mapping[str, str], written: Written
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return the texts that were edited, with what the drawing has changed since in them.

    Where both changed the same lines, those are the problems.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    now = {name: source.text for name, source in written.files.items() if name in READ}
    for name, (before, _) in edited_in(folder, now).items():
        texts[name] = typed[name]
        if name in now:
            found = joined(before, typed[name], now[name], name)
            texts[name] = found.text
            problems += found.clashes
    return texts, tuple(problems)


def _placed(
    problems: tuple[Problem, ...], texts: Mapping[str, str], typed: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Return problems of the joined texts with the lines that the user's files have."""
    return tuple(
        told_of(each, texts[each.file], typed[each.file]) if each.file in texts else each
        for each in problems
    )


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


def _otherwise(made: Merged, written: Written, texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what of a model.py that says nothing new is written in other words, or left out."""
    if "model.py" not in texts or "model.py" not in written.files:
        return made.remarks
    return (*made.remarks, *written_otherwise(texts["model.py"], written.files["model.py"].text))


def _tell(found: tuple[Problem, ...], stream: TextIO) -> None:
    for each in found:
        print(plain(each.text()), file=stream)
