"""Export a project as Python in a form of its own, or as ONNX."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.terminal.errors import CommandError
from app.terminal.generate import copy_weights, keep_others, refuse, write, write_files
from app.terminal.judging import judge, load
from codegen.exporters import exporter, exporters
from codegen.written import CannotWrite


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    forms = [form.key for form in exporters()]
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument("--format", choices=forms, default=forms[0], help="what to write")
    sub.add_argument(
        "-o", dest="output", type=Path, metavar="OUT", required=True, help="the folder"
    )
    sub.add_argument("--force", action="store_true", help="replace files that differ")


def run(options: argparse.Namespace) -> int:
    """Write the files; return 1 where errors of the drawing stand in the way."""
    project = load(options.file)
    verdict = judge(project)
    if refuse(project, verdict):
        return 1
    try:
        texts = exporter(options.format).texts(write(project, verdict))
    except CannotWrite as refusal:
        raise CommandError(str(refusal)) from refusal
    keep_others(options.output, texts, force=options.force)
    write_files(options.output, texts)
    copy_weights(project, options.file, options.output, texts)
    return 0
